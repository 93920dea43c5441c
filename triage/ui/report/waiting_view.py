"""Stands in place of a report that is being read or can't be read."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.ui.kit import keys
from triage.ui.kit.widgets import KeyButton, label, row
from triage.ui.text.i18n import ltr, tr


class WaitingView(QWidget):
    """Stands in place of a report that is being read or can't be read."""

    def __init__(self, report_id: str, close: Callable[[], None], again: Callable[[], None]) -> None:
        super().__init__()
        self._words = label("", "muted", wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._again = KeyButton(tr("Try again"), on=again)
        back = KeyButton.for_action("report", "back", tr("Back"), on=close)
        keys.bind(self, "report", "back", close)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(self._words)
        column.addLayout(row(None, self._again, back, None))
        column.addStretch(3)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.begin(report_id)

    def begin(self, report_id: str) -> None:
        """Says that a report is being read."""
        self._words.setText(tr("Reading report {report} …", report=ltr(report_id)))
        self._again.hide()

    def say(self, sentence: str) -> None:
        """Shows a sentence and the button to try again."""
        self._words.setText(sentence)
        self._again.show()
