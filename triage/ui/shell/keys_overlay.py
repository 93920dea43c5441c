"""Defines the overlay that shows all keys of a screen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from triage.model.users import Right
from triage.ui.core.page import PageEntry
from triage.ui.kit import theme
from triage.ui.kit.key_binding import Screen
from triage.ui.kit.keys import KEYS, describe_key
from triage.ui.kit.widgets import cap, fade_in, give_focus_back, label, measure_width
from triage.ui.shell.page_list import SCREENS
from triage.ui.text.i18n import Safe, ltr, tr, word

MOST_ROWS = 18
"""More keys stand in a second column, so that the list fits on a low screen."""


WIDE = 1300
"""Pixels: in a window that is less wide, the keys stand closer together."""
LEAST_WORDS, MOST_WORDS = 150, 340
"""Pixels: longer words take two lines."""
OF_REPORTS = frozenset({"go_queue", "sweep"})
"""Keys of everywhere that do nothing for a person whose roles see no report."""
AROUND, BESIDE_WORDS = 100, 108
"""Pixels around the columns, and of each column beside its words."""


class KeysOverlay(QWidget):
    """Covers the window with the list of keys; any key or click closes it and restores the focus.

    Of the keys that go to pages it lists those of `pages`, which this person's roles open.
    """

    def __init__(self, over: QWidget, screen: Screen, pages: Sequence[PageEntry]) -> None:
        super().__init__(over)
        self._pages = pages
        self._before = over.window().focusWidget()
        self._screen = screen
        self._panel: QFrame | None = None
        self._wide = True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._holder = QVBoxLayout(self)
        over.installEventFilter(self)
        self._follow(over)
        self.show()
        self.raise_()
        self.setFocus()
        fade_in(self)

    def _follow(self, over: QWidget) -> None:
        """Lists the keys as they fit the window."""
        self.setGeometry(over.rect())
        if self._panel is not None:
            self._holder.removeWidget(self._panel)
            self._panel.hide()
            self._panel.deleteLater()
        self._panel = panel = QFrame()
        panel.setProperty("kind", "card")
        grid = QGridLayout(panel)
        self._wide = wide = over.width() >= WIDE
        grid.setContentsMargins(28, 24 if wide else 8, 28, 24 if wide else 8)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(7 if wide else 2)
        shown: tuple[Screen, ...] = ("everywhere",) if self._screen == "everywhere" else (self._screen, "everywhere")
        rows = {name: self._list_rows(name) for name in shown}
        parts = sum(-(-len(each) // MOST_ROWS) for each in rows.values())
        most = min(MOST_WORDS, max(LEAST_WORDS, (over.width() - AROUND) // parts - BESIDE_WORDS))
        across = 0
        for name in shown:
            across += self._add_keys(grid, across, name, rows[name], most)
        hint = label(tr("Any key closes this."), "small")
        grid.addWidget(hint, grid.rowCount(), 0, 1, 5)
        self._holder.addWidget(panel, 0, Qt.AlignmentFlag.AlignCenter)

    def _list_rows(self, screen: Screen) -> list[tuple[str, Safe]]:
        """Returns the keys of a screen as they are printed, and what they do."""
        reads = any(page.right is Right.READ_REPORT for page in self._pages)
        rows = [(entry.cap, describe_key(entry)) for entry in KEYS[screen] if reads or entry.action not in OF_REPORTS]
        if screen == "everywhere":
            reached = sorted((page for page in self._pages if page.shortcut), key=lambda page: page.shortcut)
            rows += [(page.cap, tr("Go to: {page}", page=word(page.words))) for page in reached]
        return rows

    def _add_keys(self, grid: QGridLayout, column: int, screen: Screen, rows: list[tuple[str, Safe]], most: int) -> int:
        """Adds the keys of a screen to the grid, their words at most so wide; returns how many columns of it they take."""
        grid.addWidget(label(word(SCREENS[screen]), "heading"), 0, column, 1, 2)
        parts = -(-len(rows) // MOST_ROWS)
        height = -(-len(rows) // parts)
        for n, (key_cap, words) in enumerate(rows):
            part, at = divmod(n, height)
            grid.addWidget(cap(ltr(key_cap)), at + 1, column + 3 * part, Qt.AlignmentFlag.AlignTrailing)
            does = label(words, "" if self._wide else "small", wrap=True)
            does.setFixedWidth(min(measure_width(words) + 8, most))
            grid.addWidget(does, at + 1, column + 3 * part + 1)
        for part in range(parts):
            grid.setColumnMinimumWidth(column + 3 * part + 2, 20)
        return 3 * parts

    def end(self) -> None:
        """Closes the overlay and restores the focus."""
        self.hide()
        give_focus_back(self._before)
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
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget) and self.isVisible():
            self._follow(watched)
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints a translucent background."""
        painter = QPainter(self)
        ground = theme.current().colour("ground")
        ground.setAlphaF(0.82)
        painter.fillRect(self.rect(), ground)
