"""Defines the dialogs that assign many reports or decide on them. Each names how many reports it reaches, and which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from triage.model.bulk import MOST_NAMED, BulkResult, BulkScope
from triage.model.progress import CancelToken, OnProgress
from triage.model.views import Status
from triage.ui.core.api import Api
from triage.ui.core.form_dialog import LongFormDialog
from triage.ui.core.runner import Changed, Runner
from triage.ui.decisions.assign_dialog import AssignDialog
from triage.ui.decisions.close_question import KEY
from triage.ui.decisions.decide_dialog import DecideDialog
from triage.ui.kit.fitting_dialog import FittingDialog
from triage.ui.kit.widgets import KeyButton, label, row
from triage.ui.text.i18n import Safe, ltr, number, tr, trn
from triage.ui.text.words import name_reports


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkAct:
    """What a person chose for many reports; `reports` are queue ids."""

    reports: tuple[int, ...]
    status: Status | None = None
    reason: str | None = None
    note: str | None = None
    assignee: str | None = None
    closing_urgent: int = 0


BulkDone = Callable[[BulkResult, BulkAct], None]


def count_reports(scope: BulkScope, *, folded: bool = True) -> Safe:
    """Returns how many reports an act reaches, with the folded ones unless they are left out."""
    chosen = trn("{n} report", "{n} reports", len(scope.chosen))
    if not scope.folded or not folded:
        return chosen
    return tr("{chosen} and {n} folded", chosen=chosen, n=number(len(scope.folded)))


class _Scope(QWidget):
    """Says which reports an act reaches, and asks whether folded copies are included."""

    def __init__(self, scope: BulkScope) -> None:
        super().__init__()
        self._scope = scope
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        if scope.named:
            column.addWidget(label(name_reports(scope.named, len(scope.chosen)), "strong", wrap=True))
        bands = tr(", ").join(tr("{n} in band {band}", n=number(n), band=ltr(band)) for band, n in scope.bands.items())
        column.addWidget(label(Safe(bands), "muted", wrap=True))
        if scope.closed:
            closed = trn("{n} of them is closed already.", "{n} of them are closed already.", scope.closed)
            column.addWidget(label(closed, "muted", wrap=True))
        if scope.open_by_others:
            others = trn(
                "Somebody else has {n} of them open now: {reports}",
                "Somebody else has {n} of them open now: {reports}",
                len(scope.open_by_others),
                reports=name_reports(scope.open_by_others[:MOST_NAMED], len(scope.open_by_others)),
            )
            column.addWidget(label(others, "warn", wrap=True))
        self.folded = QCheckBox(
            trn("Also the {n} duplicate folded into them", "Also the {n} duplicates folded into them", len(scope.folded))
        )
        self.folded.setChecked(True)
        self.folded.setVisible(bool(scope.folded))
        column.addWidget(self.folded)

    def count(self) -> Safe:
        """Returns how many reports the act reaches as the box stands."""
        return count_reports(self._scope, folded=self.folded.isChecked())

    def reports(self) -> tuple[int, ...]:
        """Returns the queue ids that the act reaches."""
        return (*self._scope.chosen, *(self._scope.folded if self.folded.isChecked() else ()))


def run_bulk_act(api: Api, act: BulkAct) -> Callable[[OnProgress, CancelToken], BulkResult]:
    """Returns the call that records an act on many reports."""
    return lambda on_progress, cancel: api.decide_in_bulk(
        act.reports,
        status=act.status,
        reason=act.reason,
        note=act.note,
        assignee=act.assignee,
        closing_urgent=act.closing_urgent,
        on_progress=on_progress,
        cancel=cancel,
    )


class BulkAssignDialog(LongFormDialog, AssignDialog):
    """Asks who should work on many reports, and assigns them. `done` takes the result and the act."""

    def __init__(self, api: Api, runner: Runner, scope: BulkScope, *, parent: QWidget, done: BulkDone) -> None:
        super().__init__(api, runner, "", parent=parent, current=None, done=lambda *_: None)
        self._bulk_done = done
        self.changes = Changed(all_reports=True)
        self.act: BulkAct | None = None
        self.present.hide()
        self.scope = _Scope(scope)
        self.scope.folded.toggled.connect(self._show_count)
        self.form.insertWidget(0, self.scope)
        self._show_count()

    def _show_count(self) -> None:
        self.set_title(tr("Assign {count}", count=self.scope.count()))

    def work(self) -> Callable[[OnProgress, CancelToken], BulkResult] | None:  # type: ignore[override]
        """Returns the call that assigns the reports, or None while no name is chosen."""
        if self.chosen is None:
            return None
        self.act = BulkAct(reports=self.scope.reports(), assignee=self.chosen)
        return run_bulk_act(self._api, self.act)

    def _made(self, made: BulkResult) -> None:
        if self.act is not None:
            self._bulk_done(made, self.act)
        super()._made(made)


class BulkDecideDialog(LongFormDialog, DecideDialog):
    """Asks for the outcome of many reports, and records it. Closing band A or B asks a second question that names the number.

    `done` takes the result and the act.
    """

    def __init__(self, api: Api, runner: Runner, scope: BulkScope, *, parent: QWidget, done: BulkDone) -> None:
        super().__init__(api, runner, "", status=None, parent=parent, done=lambda *_: None)
        self._bulk_done = done
        self.changes = Changed(all_reports=True)
        self.act: BulkAct | None = None
        self.scope = _Scope(scope)
        self.scope.folded.toggled.connect(self._show_count)
        self.form.insertWidget(0, self.scope)
        self.second: BulkCloseQuestion | None = None
        self._urgent = 0
        self._show_count()

    def _show_count(self) -> None:
        self.set_title(tr("Decide on {count}", count=self.scope.count()))

    def accept(self) -> None:
        """Records the decisions, after the second question when the act closes band A or B."""
        if self.running or self._choice is None or self._choice.status != "closed" or self._reason is None:
            self._record_decisions(0)
            return
        reports = self.scope.reports()
        self.setEnabled(False)
        self._runner.ask(
            lambda: self._api.count_urgent(reports), self._ask_second, owner=self, failed=self._failed, about="urgent"
        )

    def _ask_second(self, urgent: int) -> None:
        """Asks the second question when reports of band A or B would be closed."""
        self.setEnabled(True)
        if not urgent:
            self._record_decisions(0)
            return
        self.second = BulkCloseQuestion(urgent, len(self.scope.reports()), self)
        self.second.accepted.connect(lambda: self._record_decisions(urgent))
        self.second.open()

    def _record_decisions(self, urgent: int) -> None:
        self._urgent = urgent
        LongFormDialog.accept(self)

    def work(self) -> Callable[[OnProgress, CancelToken], BulkResult] | None:  # type: ignore[override]
        """Returns the call that records the decisions, or None and says that a choice is missing."""
        if self._choice is None or self._reason is None:
            self.problem.setText(tr("Choose an outcome and a reason."))
            return None
        self.act = BulkAct(
            reports=self.scope.reports(),
            status=self._choice.status,
            reason=self._reason,
            note=self.note.toPlainText().strip() or None,
            assignee=self.assignee.currentData(),
            closing_urgent=self._urgent,
        )
        return run_bulk_act(self._api, self.act)

    def _made(self, made: BulkResult) -> None:
        if self.act is not None:
            self._bulk_done(made, self.act)
        super()._made(made)


class BulkCloseQuestion(FittingDialog):
    """Asks whether so many reports of band A or B shall be closed together. Agreeing takes the key Y."""

    def __init__(self, urgent: int, count: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = trn("Close {n} report of band A or B?", "Close {n} reports of band A or B together?", urgent)
        self.setWindowTitle(title)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(12)
        whole.addWidget(label(title, "title", wrap=True))
        says = trn(
            "{n} of the {all} reports that you close is in band A or B: a child may be in danger now.",
            "{n} of the {all} reports that you close are in band A or B: children may be in danger now.",
            urgent,
            all=number(count),
        )
        whole.addWidget(label(says, wrap=True))
        after = tr("Nobody looks at them again unless somebody opens them. One undo takes the whole act back.")
        whole.addWidget(label(after, "muted", wrap=True))
        self.no = KeyButton.for_way_back(tr("Keep them open"), self.reject, kind="")
        self.yes = KeyButton(trn("Close {n}", "Close all {n}", urgent), KEY, kind="primary", on=self.accept)
        whole.addLayout(row(None, self.no, self.yes))
        self.no.setFocus()
        self.resize(480, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Agrees on Y; Enter does nothing."""
        if event.text().upper() == KEY and not event.isAutoRepeat():
            self.accept()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
