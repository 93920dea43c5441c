"""Defines the dialog that asks operators and providers to keep everything that expires soon, in one act."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QDialog, QFileDialog, QVBoxLayout, QWidget

from triage.model.data_requests import MadeRequest, MadeRequests
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit.fields import NamedField
from triage.ui.kit.handover_form import HandoverForm
from triage.ui.kit.widgets import KeyButton, clear, label, row
from triage.ui.text.i18n import Safe, ltr, number, tr, tr_message, trn

_MOST_SHOWN = 12
"""Requests that are listed; the folder and `triage request list` have all."""


class PreserveDialog(QDialog):
    """Asks for the days, the handover and a folder, then writes the requests."""

    said = Signal(str)

    def __init__(self, api: Api, runner: Runner, days: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._api, self._runner = api, runner
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Preservation requests"))
        self.setMinimumWidth(600)
        self.days = NamedField(tr("Everything that expires within so many days"))
        self.days.setValidator(QIntValidator(0, 3_650, self))
        self.days.setText(str(days))
        self.handover = HandoverForm()
        self.problem = label("", "bad", wrap=True)
        self.go = KeyButton(tr("Choose a folder"), kind="primary", on=self.choose_folder)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 20, 24, 20)
        self._column.setSpacing(10)
        add = self._column.addWidget
        add(label(tr("Preservation requests"), "title"))
        what = tr("Writes a letter and an annex for each operator and provider, of all reports that are not closed.")
        leaves = tr("Only addresses, ports, times and numbers leave, and to a provider the account that it named itself.")
        add(label(what, wrap=True))
        add(label(leaves, "muted", wrap=True))
        add(self.days.holder)
        add(self.handover)
        add(self.problem)
        self._column.addLayout(row(None, KeyButton(tr("Cancel"), tr("Esc"), kind="quiet", on=self.reject), self.go))
        self.days.setFocus()

    def choose_folder(self) -> None:
        """Asks for a new or empty folder, and writes the requests there."""
        name = QFileDialog.getExistingDirectory(self, tr("Write the requests to a new or empty folder"))
        if name:
            self.write_to(Path(name))

    def write_to(self, out: Path) -> None:
        """Writes the requests in the background."""
        days, handover = int(self.days.text() or 0), self.handover.read_handover()
        self.setEnabled(False)
        self._runner.do(
            lambda _progress, _cancel: self._api.preserve_expiring(days, out, handover=handover),
            self._written,
            owner=self,
            failed=self._failed,
        )

    def _failed(self, sentence: str) -> None:
        """Shows why nothing was written."""
        self.setEnabled(True)
        self.problem.setText(sentence)

    def _written(self, made: MadeRequests) -> None:
        """Shows what was written, providers abroad first, and how much was left out."""
        self.setEnabled(True)
        clear(self._column)
        add = self._column.addWidget
        add(label(tr("Written and signed") if made.requests else tr("Nothing to preserve"), "title"))
        for each in made.requests[:_MOST_SHOWN]:
            add(label(_describe(each), wrap=True, selectable=True))
        if len(made.requests) > _MOST_SHOWN:
            add(label(tr("and {n} more", n=number(len(made.requests) - _MOST_SHOWN)), "muted"))
        add(label(trn("{n} value was left out", "{n} values were left out", len(made.left_out)), "muted"))
        add(label(tr("Record what was sent with: {command}", command=ltr("triage request sent")), "small", wrap=True))
        close = KeyButton(tr("Close"), tr("Esc"), kind="primary", on=self.accept)
        self._column.addStretch(1)
        self._column.addLayout(row(None, close))
        self.adjustSize()
        close.setFocus()
        self.said.emit(tr("Requests written: {n}.", n=number(len(made.requests))))


def _describe(made: MadeRequest) -> Safe:
    """Returns a request in one line: its number, addressee, lines, and whether it can be sent."""
    missing = Safe("; ".join(tr_message(each) for each in made.missing))
    state = tr("draft: {missing}", missing=missing) if made.draft else tr("can be sent")
    return tr(
        "{number}, {addressee}: {lines}, {state}",
        number=ltr(made.number),
        addressee=ltr(made.addressee),
        lines=trn("{n} line", "{n} lines", made.lines),
        state=state,
    )
