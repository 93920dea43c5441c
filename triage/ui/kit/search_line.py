"""Provides the search field above a list."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from triage.ui.kit import theme
from triage.ui.kit.key_binding import Screen
from triage.ui.kit.keys import find_key
from triage.ui.kit.widgets import cap
from triage.ui.text.i18n import is_rtl

SETTLE_MS = 120
AROUND = 40
"""Pixels of the field around its hint and its key: borders, padding and the margins of text."""
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down)


class SearchLine(QLineEdit):
    """Filters a list while a person types.

    `changed` is emitted after a short pause. Enter or the down arrow emits it at once, and then `left`, which moves the focus to
    the list.
    """

    changed = Signal()
    left = Signal()

    def __init__(self, screen: Screen, hint: str) -> None:
        super().__init__()
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setMaximumWidth(360)
        self.setMaxLength(200)
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 0, 8, 0)
        line.addStretch(1)
        key = cap(find_key(screen, "search").cap)
        line.addWidget(key)
        room = key.sizeHint().width() + 4
        self.setMinimumWidth(QFontMetrics(theme.font()).horizontalAdvance(hint) + room + AROUND)
        self.setTextMargins(*((room, 0, 0, 0) if is_rtl() else (0, 0, room, 0)))  # Qt does not mirror margins
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self.changed)
        self.textEdited.connect(lambda _: self._settle.start())

    def take_focus(self) -> None:
        """Takes the focus and selects the text."""
        self.setFocus()
        self.selectAll()

    def event(self, event: QEvent) -> bool:
        """Keeps Enter and the down arrow from triggering shortcuts of the page."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in ENTER:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Applies the filter at once and leaves the field on Enter or the down arrow."""
        if event.key() in ENTER:
            self._settle.stop()
            self.changed.emit()
            self.left.emit()
        else:
            super().keyPressEvent(event)
