"""Shows a code that people copy by hand: large, with every letter in a place of the same width."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

from triage.ui.kit import theme
from triage.ui.text.i18n import ltr

PX = 22
GAP = 3  # pixels between two letters


class CodeLine(QLabel):
    """Is one line of a code, from left to right in both languages. No font of equal widths has to be there."""

    def __init__(self, text: str) -> None:
        super().__init__(ltr(text))
        self._code = text
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._font = theme.font(px=PX, bold=True)
        metrics = QFontMetrics(self._font)
        self._cell = max((metrics.horizontalAdvance(letter) for letter in text), default=0) + GAP
        self._height = metrics.height() + 4

    def sizeHint(self) -> QSize:
        """Returns the size of all places."""
        return QSize(self._cell * len(self._code), self._height)

    def minimumSizeHint(self) -> QSize:
        """Returns the same: no letter may be cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints each letter in the middle of its place."""
        painter = QPainter(self)
        painter.setFont(self._font)
        painter.setPen(theme.current().colour("text"))
        for at, letter in enumerate(self._code):
            painter.drawText(QRect(at * self._cell, 0, self._cell, self.height()), Qt.AlignmentFlag.AlignCenter, letter)
