"""Defines the dialog that opens a case; it asks first and names what goes in."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from triage.model.casework import CaseView
from triage.ui.core.api import Api
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Changed, Runner
from triage.ui.graph.cluster_dialog import Joined
from triage.ui.kit.fields import label_field
from triage.ui.kit.widgets import label
from triage.ui.text.i18n import tr


class NewCaseDialog(FormDialog):
    """Opens a case with the reports whose numbers are entered, or without any when that is ticked.

    `done` takes the case, and where each report was before.
    """

    def __init__(self, api: Api, runner: Runner, *, parent: QWidget, done: Joined) -> None:
        super().__init__(runner, tr("Open a new case?"), parent=parent, done=lambda made: done(*made), record=tr("Open case"))
        self._api = api
        says = tr("A case gets the next number of the year, which is not given again. You can undo it while the case is empty.")
        self.form.addWidget(label(says, "muted", wrap=True))
        self.numbers = QLineEdit()
        self.numbers.setPlaceholderText("900000001 900000002")
        self.form.addWidget(label_field(tr("Report numbers, separated by spaces"), self.numbers))
        self.empty = QCheckBox(tr("Open it without a report"))
        self.form.addWidget(self.empty)
        self.numbers.setFocus()

    def find_numbers(self) -> tuple[str, ...]:
        """Returns the entered report numbers, each once."""
        return tuple(dict.fromkeys(self.numbers.text().replace(",", " ").replace("،", " ").split()))

    def work(self) -> Callable[[], tuple[CaseView, dict[str, str | None]]] | None:
        """Returns the call that opens the case, or None when no report is entered and an empty case is not meant."""
        wanted = self.find_numbers()
        if not wanted and not self.empty.isChecked():
            self.problem.setText(tr("Enter a report number, or tick that the case begins without one."))
            return None
        self.changes = Changed(reports=frozenset(wanted))

        def open_case() -> tuple[CaseView, dict[str, str | None]]:
            before = self._api.cases_of_reports(wanted)
            return self._api.open_case(wanted), before

        return open_case

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Records on Enter, but not while the key is held down."""
        if not event.isAutoRepeat():
            super().keyPressEvent(event)
