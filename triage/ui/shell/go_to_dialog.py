"""Defines the palette that goes to any page or lane by a few letters of its name, or to a report by its number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from triage.model.users import Right
from triage.ui.core.page import PageEntry
from triage.ui.kit.keys import find_key
from triage.ui.kit.widgets import label
from triage.ui.queue.lanes import LANES
from triage.ui.text.i18n import ltr, tr, word

WIDTH, HEIGHT = 460, 420
LONGEST_NUMBER = 64  # characters


@dataclass(frozen=True, slots=True)
class _Goal:
    """A line of the palette: its words, what else finds it, and what it does."""

    words: str
    english: str
    go: Callable[[], object]


class GoToDialog(QDialog):
    """Lists pages and lanes, narrows them by what is typed, and opens the chosen one with Enter.

    The queue and its lanes are offered to people whose pages show reports. Names are found in the language of the screen and
    in English. Digits also offer the report of that number.
    """

    def __init__(
        self,
        pages: Sequence[PageEntry],
        *,
        parent: QWidget,
        show_page: Callable[[str], None],
        show_queue: Callable[[], None],
        show_lane: Callable[[str], None],
        open_report: Callable[[str], None],
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Go to"))
        self._open_report = open_report
        named = {page.name for page in pages}
        reads = any(page.right is Right.READ_REPORT for page in pages)
        queue = f"{tr('Queue')}  {ltr(find_key('everywhere', 'go_queue').cap)}"
        self._goals = [_Goal(queue, "Queue", show_queue)] if reads else []
        self._goals += [
            _Goal(
                f"{word(page.title)}  {ltr(page.cap)}".strip(),
                f"{page.words} {page.title}",
                partial(show_page, page.name),
            )
            for page in pages
        ] + [
            _Goal(tr("Lane: {lane}", lane=word(lane.words)), lane.words, partial(show_lane, lane.name))
            for lane in LANES.values()
            if reads and lane.name not in named
        ]
        self.typed = QLineEdit()
        self.typed.setPlaceholderText(tr("Page, lane or report number"))
        self.typed.setAccessibleName(tr("Go to"))
        self.typed.setMaxLength(LONGEST_NUMBER)
        self.typed.textChanged.connect(self._narrow)
        self.typed.installEventFilter(self)
        self.found = QListWidget()
        self.found.setAccessibleName(tr("Where to go"))
        self.found.itemActivated.connect(lambda _: self.accept())
        self.found.itemClicked.connect(lambda _: self.accept())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 16, 16, 12)
        whole.setSpacing(8)
        whole.addWidget(self.typed)
        whole.addWidget(self.found, 1)
        whole.addWidget(label(tr("Up and Down choose, Enter goes there, Esc closes."), "small"))
        self.resize(WIDTH, HEIGHT)
        self._shown: list[_Goal] = []
        self._narrow("")

    def _narrow(self, typed: str) -> None:
        """Lists what every typed word finds."""
        words = typed.casefold().split()
        self._shown = [goal for goal in self._goals if all(each in f"{goal.words} {goal.english}".casefold() for each in words)]
        number = typed.strip()
        if any(letter.isdigit() for letter in number):
            self._shown.append(_Goal(tr("Report {report}", report=ltr(number)), number, lambda: self._open_report(number)))
        self.found.clear()
        for goal in self._shown:
            self.found.addItem(QListWidgetItem(goal.words))
        self.found.setCurrentRow(0 if self._shown else -1)

    def accept(self) -> None:
        """Goes to the chosen line; without one the palette stays open."""
        at = self.found.currentRow()
        if 0 <= at < len(self._shown):
            goal = self._shown[at]
            super().accept()
            goal.go()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lets Up and Down choose a line while the words keep the focus."""
        if watched is self.typed and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self._shown:
                self.found.setCurrentRow((self.found.currentRow() + step) % len(self._shown))
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Goes to the chosen line on Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        else:
            super().keyPressEvent(event)
