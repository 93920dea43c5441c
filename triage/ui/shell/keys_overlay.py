"""Defines the overlay that shows all keys of a screen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from triage.ui.kit import theme
from triage.ui.kit.keys import KEYS, Screen, describe_key
from triage.ui.kit.widgets import cap, fade_in, label
from triage.ui.shell.page_list import PAGES, SCREENS
from triage.ui.text.i18n import ltr, tr, word


class KeysOverlay(QWidget):
    """Covers the window with the list of keys; any key or click closes it and restores the focus."""

    def __init__(self, over: QWidget, screen: Screen) -> None:
        super().__init__(over)
        self._before = over.window().focusWidget()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        panel = QFrame()
        panel.setProperty("kind", "card")
        grid = QGridLayout(panel)
        grid.setContentsMargins(28, 24, 28, 24)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(7)
        shown: tuple[Screen, ...] = ("everywhere",) if screen == "everywhere" else (screen, "everywhere")
        for across, name in enumerate(shown):
            self._add_keys(grid, across * 3, name)
        grid.setColumnMinimumWidth(2, 32)
        hint = label(tr("Any key closes this."), "small")
        grid.addWidget(hint, grid.rowCount(), 0, 1, 5)
        holder = QVBoxLayout(self)
        holder.addWidget(panel, 0, Qt.AlignmentFlag.AlignCenter)
        over.installEventFilter(self)
        self.setGeometry(over.rect())
        self.show()
        self.raise_()
        self.setFocus()
        fade_in(self)

    def _add_keys(self, grid: QGridLayout, column: int, screen: Screen) -> None:
        """Adds the keys of a screen to the grid."""
        grid.addWidget(label(word(SCREENS[screen]), "heading"), 0, column, 1, 2)
        rows = [(entry.cap, describe_key(entry)) for entry in KEYS[screen]]
        if screen == "everywhere":
            rows += [(page.cap, tr("Go to: {page}", page=word(page.words))) for page in PAGES if page.shortcut]
        for at, (key_cap, words) in enumerate(rows, start=1):
            grid.addWidget(cap(ltr(key_cap)), at, column, Qt.AlignmentFlag.AlignTrailing)
            grid.addWidget(label(words), at, column + 1)

    def end(self) -> None:
        """Closes the overlay and restores the focus."""
        self.hide()
        if self._before is not None:
            self._before.setFocus()
        self.deleteLater()

    def event(self, event: QEvent) -> bool:
        """Keeps keys from triggering shortcuts below."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # a key pressed here is for closing, whatever else it means below
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Closes the overlay on any key but a modifier."""
        if event.key() not in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta):
            self.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Closes the overlay."""
        self.end()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the size of the window."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints a translucent background."""
        painter = QPainter(self)
        ground = theme.current().colour("ground")
        ground.setAlphaF(0.82)
        painter.fillRect(self.rect(), ground)
