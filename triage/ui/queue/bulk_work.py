"""Acts on the ticked reports: the bar below the table and its dialogs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from triage.model.bulk import BulkResult, BulkScope
from triage.model.casework import CaseView
from triage.model.users import Right
from triage.ui.cases.case_choice import CaseChoice
from triage.ui.core.api import Api
from triage.ui.core.joining_steps import add_step
from triage.ui.core.runner import Runner
from triage.ui.decisions.bulk_dialogs import BulkAct, BulkAssignDialog, BulkDecideDialog
from triage.ui.graph.cluster_dialog import say_joined
from triage.ui.kit import keys
from triage.ui.kit.flow import FlowLayout
from triage.ui.kit.widgets import KeyButton, label, set_tooltip
from triage.ui.queue.ticks import Ticks
from triage.ui.requests.making_dialogs import PreserveDialog, describe_no_right
from triage.ui.text import words
from triage.ui.text.i18n import Safe, isolated, number, tr, trn

MOST_IN_CASE = 500
"""Reports that are put into a case at once."""
SETTLE_MS = 150
ALL_DAYS = 3_650


class BulkBar(QWidget):
    """Shows how many reports are ticked and what can be done with them. It is hidden while nothing is ticked.

    Signals:
        said: A sentence.
    """

    said = Signal(str)

    def __init__(self, api: Api, runner: Runner, ticks: Ticks) -> None:
        super().__init__()
        self._api, self._runner, self.ticks = api, runner, ticks
        self.scope: BulkScope | None = None
        self.setProperty("kind", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.count = label("", "strong")
        self.count.setMinimumHeight(32)
        self.assign = KeyButton.for_action("queue", "assign", tr("Assign"), on=self.ask_assign)
        self.decide = KeyButton.for_action("queue", "decide", tr("Decide"), on=self.ask_decide)
        self.case = KeyButton.for_action("queue", "case", tr("Add to case"), on=self.ask_case)
        self.keep = KeyButton.for_action("queue", "ask_preserve", tr("Ask to keep"), on=self.ask_preserve)
        self.clear = KeyButton.for_action("queue", "untick", tr("Clear"), kind="quiet", on=ticks.clear)
        for button in (self.assign, self.decide, self.case):
            button.setEnabled(api.may(Right.DECIDE))
        self.keep.setEnabled(api.may(Right.CASE_PAPERS))
        if not api.may(Right.CASE_PAPERS):
            set_tooltip(self.keep, describe_no_right())
        flow = FlowLayout(8)
        for part in (self.count, self.assign, self.decide, self.case, self.keep, self.clear):
            flow.addWidget(part)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 8, 16, 8)
        whole.addLayout(flow)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._count_scope)
        ticks.changed.connect(self._ticked)
        self._show_parts()

    # Counting

    def _ticked(self) -> None:
        self.scope = None
        self._show_parts()
        if self.ticks:
            self._settle.start()

    def _count_scope(self) -> None:
        ids = self.ticks.ids()
        if not ids:
            return

        def counted(scope: BulkScope) -> None:
            if ids == self.ticks.ids():
                self.scope = scope
                self._show_parts()

        self._runner.ask(lambda: self._api.bulk_scope(ids), counted, owner=self, failed=self.said.emit, about="scope")

    def _show_parts(self) -> None:
        self.setVisible(bool(self.ticks))
        self.count.setText(self._describe_ticks())
        self.count.adjustSize()
        self.updateGeometry()

    def _describe_ticks(self) -> Safe:
        chosen = trn("{n} selected", "{n} selected", len(self.ticks))
        folded = 0 if self.scope is None else len(self.scope.folded)
        return tr("{chosen} and {n} folded", chosen=chosen, n=number(folded)) if folded else chosen

    # Acts

    def ask_assign(self) -> None:
        """Asks who shall work on the ticked reports."""
        self._with_scope(
            lambda scope: BulkAssignDialog(self._api, self._runner, scope, parent=self.window(), done=self._recorded).open()
        )

    def ask_decide(self) -> None:
        """Asks for the outcome of the ticked reports."""
        self._with_scope(
            lambda scope: BulkDecideDialog(self._api, self._runner, scope, parent=self.window(), done=self._recorded).open()
        )

    def ask_case(self) -> None:
        """Asks into which case the ticked reports go. Copies that are folded into them stay outside."""
        if not self._api.may(Right.DECIDE):
            self.said.emit(tr("Your roles do not allow decisions."))
            return

        def choose(scope: BulkScope) -> None:
            if len(scope.chosen) > MOST_IN_CASE:
                self.said.emit(tr("Select at most {n} reports for a case.", n=MOST_IN_CASE))
                return
            self._runner.ask(
                lambda: tuple(row.report_id for row in self._api.rows(scope.chosen).values()),
                lambda numbers: CaseChoice(self._api, self._runner, numbers, parent=self.window(), done=self._joined).open(),
                owner=self,
                failed=self.said.emit,
                about="act",
            )

        self._with_scope(choose)

    def _joined(self, case: CaseView, before: dict[str, str | None]) -> None:
        """Keeps where the reports were before, so that undo takes them out again."""
        add_step(self._api, case, before)
        self.ticks.clear()
        self.said.emit(say_joined(case, before) if before else tr("Nothing changed: the reports were so already."))

    def ask_preserve(self) -> None:
        """Opens the dialog that asks operators and providers to keep what they hold on the ticked reports."""
        self._with_scope(
            lambda scope: PreserveDialog(self._api, self._runner, ALL_DAYS, parent=self.window(), scope=scope).open()
        )

    def _with_scope(self, then: Callable[[BulkScope], None]) -> None:
        """Reads anew what the act would reach, and hands it on."""
        ids = self.ticks.ids()
        if ids:
            self._runner.ask(lambda: self._api.bulk_scope(ids), then, owner=self, failed=self.said.emit, about="act")

    def _recorded(self, result: BulkResult, act: BulkAct) -> None:
        """Says what was recorded. What was selected stays after a stop, for another try."""
        if not result.stopped:
            self.ticks.clear()
        self.said.emit(describe_result(result, act))


def describe_result(result: BulkResult, act: BulkAct) -> Safe:
    """Returns what an act on many reports did, with the key that takes it back."""
    undo = keys.find_key("queue", "undo").cap
    if not result.done:
        return tr("Nothing changed: the reports were so already.") if not result.stopped else tr("Stopped; nothing was changed.")
    if result.stopped:
        return trn("Stopped after {n} report. Undo: {key}", "Stopped after {n} reports. Undo: {key}", result.done, key=undo)
    parts = []
    if act.status is not None:
        parts.append(words.status(act.status))
    if act.assignee is not None:
        parts.append(tr("with {name}", name=isolated(act.assignee)))
    what = Safe(tr(", ").join(parts))
    said = trn("{n} report: {what}. Undo: {key}", "{n} reports: {what}. Undo: {key}", result.done, what=what, key=undo)
    if not result.unchanged:
        return said
    return trn("{n} report was so already. {said}", "{n} reports were so already. {said}", result.unchanged, said=said)
