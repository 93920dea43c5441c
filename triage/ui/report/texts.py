"""Builds the cards of a report's texts: chats and free texts, and the source's own pages such as covers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from triage.model.damage import DAMAGE
from triage.model.report_page import PageText, ReportPageView
from triage.ui.kit.text_view import TextWriter
from triage.ui.kit.widgets import KeyButton, label
from triage.ui.report.chat_items import list_items
from triage.ui.report.chat_view import ChatView
from triage.ui.report.report_card import ReportCard, TextCard, set_visible
from triage.ui.text import report_words
from triage.ui.text.i18n import isolated, shown_block, tr, tr_message, trn

FOLDED, MOST = 300, 620
"""Pixels of the list of messages: at first, and when it is unfolded or has room."""
LEAST = 40  # pixels of a folded text
FIND_HEIGHT = 36


class FindField(QLineEdit):
    """Takes Esc for itself, which is a key of the page otherwise."""

    def event(self, event: QEvent) -> bool:
        """Claims Esc before the page's shortcut does."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)


class FindLine(QWidget):
    """A line that searches the texts: Enter goes to the next place, Shift+Enter to the one before, Esc closes it."""

    closed = Signal()

    def __init__(self, view: ChatView) -> None:
        super().__init__()
        self._view = view
        self._found: list[int] = []
        self._at = 0
        self.field = FindField()
        self.field.setPlaceholderText(tr("Find in these texts"))
        self.field.setAccessibleName(tr("Find in these texts"))
        self.field.textChanged.connect(self._search)
        self.count = label("", "small")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.field, 1)
        line.addWidget(self.count)
        self.hide()

    def measure_height(self, width: int) -> int:
        """Returns the height in pixels."""
        return FIND_HEIGHT

    def open(self) -> None:
        """Shows the line and takes the keys."""
        self.show()
        self.field.setFocus()
        self.field.selectAll()

    def close_line(self) -> None:
        """Hides the line and ends the search."""
        self.field.clear()
        self.hide()
        self._view.setFocus()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Goes from place to place."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.close_line()
        else:
            super().keyPressEvent(event)

    def _search(self, wanted: str) -> None:
        self._found, self._at = self._view.search(wanted), 0
        if self._found:
            self._view.show_row(self._found[0])
        self._say(wanted)

    def _step(self, step: int) -> None:
        if self._found:
            self._at = (self._at + step) % len(self._found)
            self._view.show_row(self._found[self._at])
            self._say(self.field.text())

    def _say(self, wanted: str) -> None:
        if not wanted.strip():
            self.count.setText("")
        elif not self._found:
            self.count.setText(tr("not found"))
        else:
            self.count.setText(tr("{n} of {all}", n=self._at + 1, all=len(self._found)))


class ChatCard(ReportCard):
    """Shows chats as conversations, then what users, the provider and NCMEC wrote of the incident."""

    least_width = 300
    grows = 2

    def __init__(self) -> None:
        super().__init__(tr("Chat and free text"))
        self.view = ChatView()
        self.find_line = FindLine(self.view)
        self.find_line.closed.connect(self._arrange)
        self.note = label("", "small", wrap=True)
        self.nothing = label(tr("The sources contain no chat and no free text."), "muted", wrap=True)
        for part in (self.find_line, self.view, self.nothing, self.note):
            self.add_part(part)
        self.nothing.hide()
        self.note.hide()
        self.nothing.setFixedHeight(20)
        self._most = FOLDED
        self._unfolded = False
        self._heights: dict[tuple[int, int], int] = {}
        self.more = KeyButton.for_action("report", "text", tr("Read all"), kind="mini", on=self.toggle)
        self.search = KeyButton.for_action("report", "find", tr("Find"), kind="mini", on=self.open_find)
        self.add_button(self.search)
        self.add_button(self.more)

    def show_page(self, view: ReportPageView) -> None:
        """Shows the texts of a report."""
        texts = [text for text in view.texts if is_statement(text)]
        items = list_items(view.conversations, texts)
        count = sum(len(talk.messages) for talk in view.conversations)
        marked = sum(bool(item.marks) for item in items)
        said = [trn("{n} message", "{n} messages", count)] if count else []
        said += [trn("{n} to read first", "{n} to read first", marked)] if marked else []
        self.set_title(tr("Chat and free text") if count or not texts else tr("Free text"))
        self.set_beside(report_words.listed(said))
        self.find_line.hide()
        self._most, self._unfolded = FOLDED, False
        self._heights.clear()
        self.more.set_words(tr("Read all"))
        set_visible(self.view, bool(items))
        damaged = "documents" in view.report.damaged
        self.nothing.setText(tr_message(DAMAGE["documents"]) if damaged else tr("The sources contain no chat and no free text."))
        self.nothing.setFixedHeight(40 if damaged else 20)
        set_visible(self.nothing, not items)
        set_visible(self.search, bool(items))
        set_visible(self.more, bool(items))
        self.note.setText("" if view.whole or not items else tr("Not all sentences were read for signs of danger."))
        self.note.setFixedHeight(18)
        set_visible(self.note, not view.whole and bool(items))
        self.view.show_items(items)

    def grow(self, width: int, room: int) -> None:
        """Shows more messages where there is room."""
        self._most = min(self._most + room, MOST if not self._unfolded else self._most + room)

    def is_folded(self) -> bool:
        """Returns whether the list is folded."""
        return not self._unfolded

    def fold(self, folded: bool) -> None:
        """Folds or unfolds the list, and lays the page out again."""
        self._unfolded = not folded
        self._most = FOLDED if folded else MOST
        self.more.set_words(tr("Read all") if folded else tr("Collapse"))
        self._arrange()

    def _arrange(self) -> None:
        """Asks the columns to measure the cards again."""
        arrange = getattr(self.parentWidget(), "arrange", None)
        if arrange is not None:
            arrange()

    def toggle(self) -> None:
        """Folds or unfolds the list."""
        self.fold(self._unfolded)
        self.view.setFocus()

    def open_find(self) -> None:
        """Opens the search line."""
        if self.view.isHidden():
            return
        self.find_line.open()
        self._arrange()

    def measure_part(self, part: QWidget, width: int) -> int:
        """Returns the height of a part; the list of messages is as high as its first messages."""
        if part is self.view and not part.isHidden():
            return self._measure_view(width)
        return super().measure_part(part, width)

    def _measure_view(self, width: int) -> int:
        key = (width, self._most)
        found = self._heights.get(key)
        if found is None:
            found = self._heights[key] = max(LEAST, self.view.measure_first(width - 12, self._most))
        return found


def is_statement(text: PageText) -> bool:
    """Returns whether a text speaks of what happened. Covers and the provider's own pages are sources, not statements."""
    return text.origin != "NCMEC" and text.of != "reporter"


class SourcePagesCard(TextCard):
    """Shows covers, summaries and sections of the source documents as they are, folded."""

    first = 3
    grows = 9

    def __init__(self) -> None:
        super().__init__(tr("Pages of the source"))
        self.set_beside(tr("cover, summary, provider; whole"))

    def show_page(self, page: ReportPageView) -> None:
        """Shows the pages of a report; without any the card is left out."""
        self.has_content = not all(map(is_statement, page.texts))
        if self.has_content:
            super().show_page(page)

    def write(self, writer: TextWriter, page: ReportPageView) -> None:
        """Writes the pages line by line, each under its label and source."""
        lines = [line for text in page.texts if not is_statement(text) for line in _list_page_lines(writer, text)]
        self.fold(writer, lines, lambda n: trn("Show {n} more line", "Show {n} more lines", n))


def _list_page_lines(writer: TextWriter, text: PageText) -> Iterator[Callable[[], object]]:
    """Yields what writes the lines of a page: its label and source, then its text."""
    where, told = report_words.short_sources(text.sources), report_words.full_sources(text.sources)
    yield lambda: writer.write_line([(isolated(text.label), "strong"), ("  ", ""), (where, "small")], tip=told, gap=6)
    for line in text.text.split("\n"):
        yield partial(writer.write_line, [(shown_block(line), "")], gap=0)
