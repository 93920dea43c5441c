"""Defines the dialogs that write requests: of a case, and of everything that expires soon."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QComboBox, QSpinBox, QVBoxLayout, QWidget

from triage.model.bulk import BulkScope
from triage.model.data_requests import MadeRequests, PlannedRequests, RequestKind
from triage.model.handover import Handover
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.core.writing_dialog import Work, WritingDialog
from triage.ui.kit.fields import NamedField, label_field, lay_side_by_side
from triage.ui.kit.widgets import label, set_tooltip
from triage.ui.requests.request_words import KINDS, describe_kind, describe_left_out, list_messages
from triage.ui.text.i18n import Safe, isolated, ltr, number, searchable, tr, trn, word
from triage.ui.text.words import name_reports

MOST_DAYS = 3_650  # ten years, as triage/jobs/requests/planning.py
LOW_PREVIEW = 96  # pixels; the form of a case is high
MOST_SHARED = 20
"""Identifiers of other workstations that are named first."""
MOST_LEFT_OUT = 60
"""Values left out that are listed; the rest is counted."""


class _RequestsDialog(WritingDialog):
    """Shows requests that would be made, and those that were."""

    def show_preview(self, found: PlannedRequests) -> bool:
        """Lists the addressees with their lines and what is missing, then what is left out and why."""
        for both in found.shared[:MOST_SHARED]:
            says = tr(
                "{value} is held by {store} too: speak to them before the letter leaves.",
                value=isolated(both.value),
                store=isolated(both.store),
            )
            self.add_line(says, "warn")
        if not found.requests:
            self.add_line(tr("No line leads to an operator or provider; there is nothing to write."), "muted")
        for each in found.requests:
            lines = trn("{n} line", "{n} lines", each.lines)
            says = tr(
                "{addressee}: {kind}, {lines}", addressee=isolated(each.addressee), kind=describe_kind(each.kind), lines=lines
            )
            self.add_line(says, "strong")
            if each.missing:
                self.add_line(tr("DRAFT; missing: {what}", what=list_messages(each.missing)), "warn", indent=16)
        if found.left_out:
            self.add_line(trn("{n} value is left out", "{n} values are left out", len(found.left_out)), "heading")
        for left in found.left_out[:MOST_LEFT_OUT]:
            self.add_line(describe_left_out(left), "small")
        if (more := len(found.left_out) - MOST_LEFT_OUT) > 0:
            self.add_line(tr("and {n} more", n=number(more)), "small")
        return bool(found.requests)

    def show_written(self, made: MadeRequests, column: QVBoxLayout) -> None:
        """Lists the requests with their numbers."""
        for each in made.requests:
            lines = trn("{n} line", "{n} lines", each.lines)
            name = isolated(each.addressee)
            column.addWidget(label(tr("{number} to {addressee}: {lines}", number=ltr(each.number), addressee=name, lines=lines)))
            if each.missing:
                column.addWidget(label(tr("DRAFT; missing: {what}", what=list_messages(each.missing)), "warn", wrap=True))
        says = tr("When a letter was sent, record the day on the page Requests, so that its deadlines run.")
        column.addWidget(label(says, "muted", wrap=True))


class PreserveDialog(_RequestsDialog):
    """Asks all operators and providers to keep what expires within some days, of all reports or of those of a selection."""

    def __init__(self, api: Api, runner: Runner, days: int, *, parent: QWidget, scope: BulkScope | None = None) -> None:
        super().__init__(api, runner, tr("Ask to keep what expires soon"), parent=parent, name="preserve")
        self._only = None if scope is None else (*scope.chosen, *scope.folded)
        if scope is not None and self._only is not None:
            only = trn("Of {n} selected report only.", "Of {n} selected reports only.", len(self._only))
            self.form.addWidget(label(only, "strong"))
            self.form.addWidget(label(name_reports(scope.named, len(self._only)), wrap=True))
        self.days = QSpinBox()
        self.days.setRange(0, MOST_DAYS)
        self.days.setValue(days)
        self.days.valueChanged.connect(self.ask_preview)
        self.form.addWidget(label_field(tr("Everything that expires within so many days"), self.days))
        leaves = tr("Only addresses, ports, times and numbers leave, and to a provider the account that it named itself.")
        self.form.addWidget(label(leaves, "muted", wrap=True))
        self.days.setFocus()
        self.read_preview()

    def plan_preview(self) -> Work | None:
        """Returns the call that finds what expires."""
        days, only = self.days.value(), self._only
        return lambda on_progress, cancel: self.api.preview_expiring(days, only=only, on_progress=on_progress, cancel=cancel)

    def plan_writing(self, out: Path, handover: Handover) -> Work | None:
        """Returns the call that writes the letters."""
        days = self.days.value()
        return lambda on_progress, cancel: self.api.preserve_expiring(
            days, out, only=self._only, handover=handover, on_progress=on_progress, cancel=cancel
        )


class RequestDataDialog(_RequestsDialog):
    """Asks the operators and providers to whom the lines of a case lead for data of one kind."""

    def __init__(self, api: Api, runner: Runner, case: str, *, parent: QWidget) -> None:
        super().__init__(api, runner, tr("Request data for case {number}", number=ltr(case)), parent=parent, name="requests")
        self._case = case
        self.kind = QComboBox()
        for kind in RequestKind:
            self.kind.addItem(word(KINDS[kind.value]), kind)
        self.kind.currentIndexChanged.connect(self._choose_kind)
        self.warrant = NamedField(tr("Number of the Court's warrant; blank: the case's"))
        self.warrant.textEdited.connect(self.ask_preview)
        self.child_line = QCheckBox(tr("Ask about the child's own line, and nothing else"))
        self.child_line.setEnabled(api.may(Right.ASSIGN))
        if not api.may(Right.ASSIGN):
            set_tooltip(self.child_line, tr("Only a lead may ask about the child's own line."))
        self.child_line.toggled.connect(self.ask_preview)
        self.form.addLayout(lay_side_by_side(label_field(tr("What is asked for"), self.kind), self.warrant.holder))
        self.operator = QComboBox()
        self.operator.addItem(tr("All of them"), None)
        self.form.addLayout(lay_side_by_side(label_field(tr("Operator or provider"), self.operator), self.child_line))
        self.cleared = NamedField(tr("Although cleared: the reason"), tr("only if the reported user of a report was cleared"))
        self.cleared.editingFinished.connect(self.ask_preview)
        self.form.addWidget(self.cleared.holder)
        self.preview_area.setFixedHeight(LOW_PREVIEW)
        self._choose_kind()
        self.kind.setFocus()
        self.read_preview()

    def show_preview(self, found: PlannedRequests) -> bool:
        """Offers the addressees, so that one of them alone can be asked; then shows what would be made."""
        chosen = self.operator.currentData()
        self.operator.clear()
        self.operator.addItem(tr("All of them"), None)
        for name in dict.fromkeys(each.addressee for each in found.requests):
            self.operator.addItem(searchable(name), name)
        self.operator.setCurrentIndex(max(0, self.operator.findData(chosen)))
        return super().show_preview(found)

    def _choose_kind(self, _: int = 0) -> None:
        """Allows the warrant where one is needed, and makes the preview anew."""
        self.warrant.setEnabled(self.chosen_kind().needs_warrant)
        self.ask_preview()

    def chosen_kind(self) -> RequestKind:
        """Returns what is asked for."""
        return RequestKind(self.kind.currentData())

    def plan_preview(self) -> Work | None:
        """Returns the call that finds the lines of the case."""
        kind, warrant, child = self.chosen_kind(), self._read_warrant(), self.child_line.isChecked()
        reason = self.cleared.get_text()
        return lambda on_progress, cancel: self.api.preview_requests(
            self._case,
            kind,
            warrant=warrant,
            child_line=child,
            although_cleared=reason,
            on_progress=on_progress,
            cancel=cancel,
        )

    def plan_writing(self, out: Path, handover: Handover) -> Work | None:
        """Returns the call that writes the letters."""
        kind, warrant, child = self.chosen_kind(), self._read_warrant(), self.child_line.isChecked()
        operator, reason = self.operator.currentData(), self.cleared.get_text()
        return lambda on_progress, cancel: self.api.create_requests(
            self._case,
            kind,
            out,
            operator=operator,
            warrant=warrant,
            child_line=child,
            although_cleared=reason,
            handover=handover,
            on_progress=on_progress,
            cancel=cancel,
        )

    def _read_warrant(self) -> str | None:
        """Returns the number of the warrant, where the kind needs one."""
        return self.warrant.get_text() if self.chosen_kind().needs_warrant else None


def describe_no_right() -> Safe:
    """Returns why a person may not write requests."""
    return tr("Your roles do not allow papers of a case.")
