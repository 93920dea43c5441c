"""Defines the dialog that asks before other rules are used."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.jobs.judging.rules import Trial
from triage.ui.kit.fitting_dialog import FittingDialog
from triage.ui.kit.widgets import KeyButton, label, row, set_tooltip
from triage.ui.rules.rule_words import compare_names
from triage.ui.rules.trial_view import describe_change_count, describe_rise_and_fall
from triage.ui.text.i18n import ltr, stack_lines, tr


class UseDialog(FittingDialog):
    """Asks for confirmation and shows how many reports would change band.

    `use` is called when the person confirms.
    """

    def __init__(self, trial: Trial, user: str, *, back: bool, parent: QWidget, use: Callable[[], None]) -> None:
        super().__init__(parent)
        self._use = use
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = tr("Revert to the previous rules?") if back else tr("Use these rules from now on?")
        self.setWindowTitle(title)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(10)
        whole.addWidget(label(title, "title", wrap=True))
        names = label(compare_names(trial.name, trial.compared_with), "muted", wrap=True)
        set_tooltip(names, stack_lines(ltr(trial.name), ltr(trial.compared_with)))
        whole.addWidget(names)
        whole.addWidget(label(describe_change_count(trial), "strong", wrap=True))
        whole.addWidget(label(describe_rise_and_fall(trial), wrap=True))
        says = tr(
            "Every score card is recalculated and names these rules. This is recorded under your name, {name}.", name=ltr(user)
        )
        whole.addWidget(label(says, wrap=True))
        if not back:
            whole.addWidget(label(tr("You can revert to the previous rules at any time."), "muted", wrap=True))
        self.record = KeyButton(tr("Revert") if back else tr("Use them"), tr("Enter"), kind="primary", on=self.accept)
        cancel = KeyButton.for_way_back(tr("Cancel"), self.reject)
        whole.addLayout(row(None, cancel, self.record))
        self.resize(520, 0)
        self.record.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Confirms on Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        else:
            super().keyPressEvent(event)

    def accept(self) -> None:
        """Closes the dialog and uses the rules."""
        super().accept()
        self._use()
