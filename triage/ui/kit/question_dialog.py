"""Defines the question before an act that a slip of a key must not do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.ui.kit.fitting_dialog import FittingDialog
from triage.ui.kit.widgets import KeyButton, label, row
from triage.ui.text.i18n import Safe, ltr, tr

KEY = "Y"
"""Not Enter, which a hand presses twice by itself."""


class QuestionDialog(FittingDialog):
    """Says what an act does and asks whether to do it. Only the key Y or the button does it; Enter does nothing."""

    def __init__(self, title: Safe, says: Sequence[Safe], act: Safe, on: Callable[[], None], *, parent: QWidget) -> None:
        super().__init__(parent)
        self._on = on
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(10)
        whole.addWidget(label(title, "title", wrap=True))
        for sentence in says:
            whole.addWidget(label(sentence, wrap=True))
        self.go = KeyButton(act, ltr(KEY), kind="primary", on=self._confirm)
        self.back = KeyButton.for_way_back(tr("Go back"), self.reject)
        whole.addLayout(row(None, self.back, self.go))
        self.setMinimumWidth(440)
        self.back.setFocus()

    def _confirm(self) -> None:
        """Does the act once."""
        self.accept()
        self._on()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Does the act on Y."""
        if event.text().upper() == KEY and not event.isAutoRepeat():
            self._confirm()
        elif event.key() == Qt.Key.Key_Escape:
            self.reject()
