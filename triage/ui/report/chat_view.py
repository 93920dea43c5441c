"""Shows conversations as bubbles: speaker, time and text, each line in its own direction. Only what is on screen is laid out."""

from __future__ import annotations

import unicodedata
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QKeySequence,
    QPainter,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QMenu, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from triage.model.report_page import ChatMessage, Conversation, PageText, TextMark
from triage.ui.kit import theme
from triage.ui.kit.text_view import make_format
from triage.ui.kit.widgets import escape_tooltip
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, is_rtl, isolated, ltr, mark, shown_block, tr, trn, word

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
CACHED = 300
"""So many laid out messages are kept."""
PAD, GAP, SIDE = 10, 6, 40
BATCH = 60
"""Messages that are measured in one turn of the event loop."""

INTENTS = {
    "self_harm": mark("self-harm"),
    "threat": mark("threat"),
    "deadline": mark("ultimatum"),
    "meeting": mark("meeting"),
    "access": mark("access to children"),
    "secrecy": mark("asks for secrecy"),
    "money": mark("asks for money"),
    "age": mark("states an age"),
}
HOW = {"slot": mark("found by its words"), "phrase": mark("found by a phrase"), "classifier": mark("estimated by the classifier")}
ORIGINS = {
    "party": mark("words of a user"),
    "provider": mark("words of the provider"),
    "NCMEC": mark("words of NCMEC"),
    "unknown": mark("author not known"),
}


NO_WORDS = Safe("")


@dataclass(frozen=True, slots=True)
class ChatItem:
    """An entry of the list: a heading, a message, or a text that is no chat. `at_end` messages stand at the far side."""

    heading: Safe = NO_WORDS
    speaker: Safe = NO_WORDS
    time: str = ""
    text: str = ""
    marks: tuple[TextMark, ...] = ()
    tip: Safe = NO_WORDS
    at_end: bool = False
    plain: bool = False
    """It spans the whole width."""


def list_items(conversations: Sequence[Conversation], texts: Sequence[PageText]) -> list[ChatItem]:
    """Returns the entries: each conversation under a heading with its source, then the other texts."""
    items: list[ChatItem] = []
    for talk in conversations:
        items.append(ChatItem(heading=_describe_talk(talk), tip=report_words.full_sources(talk.sources)))
        items += [_build_message(message, talk) for message in talk.messages]
        if talk.left_out:
            said = trn("{n} message is only in the file.", "{n} messages are only in the file.", talk.left_out)
            items.append(ChatItem(heading=said))
    for text in texts:
        where = report_words.short_sources(text.sources)
        said = tr("{whose}: {label}", whose=word(ORIGINS[text.origin]), label=isolated(text.label))
        of = report_words.of(text.of)
        speaker = tr("{said}, about: {of}", said=said, of=of) if text.origin != "party" else said
        items.append(
            ChatItem(
                speaker=speaker,
                time=where,
                text=text.text,
                marks=text.marks,
                tip=report_words.full_sources(text.sources),
                plain=True,
            )
        )
    return items


def _describe_talk(talk: Conversation) -> Safe:
    """Returns what a conversation is and where it stands."""
    count = trn("{n} message", "{n} messages", len(talk.messages))
    if talk.file is not None:
        return tr("Chat in {file}, {count}", file=ltr(talk.file or tr("no name")), count=count)
    where = report_words.short_sources(talk.sources)
    return tr("Chat “{label}”, {count}, {where}", label=isolated(talk.label), count=count, where=where)


def _build_message(message: ChatMessage, talk: Conversation) -> ChatItem:
    role = "" if message.role is None else report_words.role(message.role)
    speaker = isolated(message.speaker) if message.speaker else tr("speaker not stated")
    if role:
        speaker = tr("{who} ({name})", who=role, name=speaker)
    return ChatItem(
        speaker=Safe(speaker),
        time=message.time,
        text=message.text,
        marks=message.marks,
        tip=report_words.full_sources(talk.sources),
        at_end=message.role in report_words.CHILD_ROLES,
    )


def describe_marks(marks: Sequence[TextMark]) -> Safe:
    """Returns why sentences are marked: what they may intend and how that was found."""
    parts = {}
    for each in marks:
        what, how = word(INTENTS.get(each.intent, each.intent)), word(HOW.get(each.how, each.how))
        if each.how == "classifier":
            how = tr("{how}, {percent} %", how=how, percent=round(each.score * 100))
        parts[each.intent] = tr("{what} ({how})", what=what, how=how)
    return tr("Read: {what}", what=report_words.listed(parts.values()))


class ChatModel(QAbstractListModel):
    """Holds the entries."""

    def __init__(self, parent: QListView) -> None:
        super().__init__(parent)
        self.items: list[ChatItem] = []

    def show_items(self, items: list[ChatItem]) -> None:
        """Replaces all entries."""
        self.beginResetModel()
        self.items = items
        self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:
        """Returns the number of entries."""
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns the text of an entry, or its source as a tooltip."""
        item = self.items[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return item.heading or Safe(" ".join((item.speaker, isolated(item.time), shown_block(item.text))))
        if role == Qt.ItemDataRole.ToolTipRole and item.tip:
            return escape_tooltip(item.tip)
        return None


class ChatDelegate(QStyledItemDelegate):
    """Measures and paints entries. Laid out documents are kept for the last ones."""

    def __init__(self, view: ChatView) -> None:
        super().__init__(view)
        self._view = view
        self._documents: OrderedDict[tuple[int, int], QTextDocument] = OrderedDict()

    def forget(self) -> None:
        """Drops the laid out documents."""
        self._documents.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Returns the height of an entry at the width of the view."""
        width = self._view.viewport().width()
        return QSize(width, self.measure(index.row(), width))

    def measure(self, row: int, width: int) -> int:
        """Returns the height in pixels of an entry at a width."""
        item = self._view.rows.items[row]
        if item.heading:
            return theme.current().row_px
        inner = self._bubble_width(item, width) - 2 * PAD
        return round(self._document(row, inner).size().height()) + PAD + GAP

    def _bubble_width(self, item: ChatItem, width: int) -> int:
        return width if item.plain else max(160, width - max(SIDE, width // 6))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paints an entry."""
        item, now = self._view.rows.items[index.row()], theme.current()
        place: QRect = option.rect
        painter.save()
        if item.heading:
            painter.setFont(theme.small_font(bold=True))
            painter.setPen(now.colour("muted"))
            side = Qt.AlignmentFlag.AlignRight if is_rtl() else Qt.AlignmentFlag.AlignLeft
            painter.drawText(place, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, item.heading)
            painter.restore()
            return
        width = self._bubble_width(item, place.width())
        left = place.right() + 1 - width if item.at_end != is_rtl() else place.left()
        bubble = QRect(left, place.top(), width, place.height() - GAP)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setPen(now.colour("focus" if selected and self._view.hasFocus() else "line"))
        painter.setBrush(now.colour("selected" if item.at_end else "raised"))
        painter.drawRoundedRect(QRectF(bubble).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.translate(QPointF(bubble.left() + PAD, bubble.top() + PAD // 2))
        self._document(index.row(), width - 2 * PAD).drawContents(painter)
        painter.restore()

    def _document(self, row: int, width: int) -> QTextDocument:
        """Returns the laid out entry."""
        key = (row, width)
        made = self._documents.get(key)
        if made is None:
            made = build_document(self._view.rows.items[row], self._view.wanted)
            made.setTextWidth(width)
            self._documents[key] = made
            if len(self._documents) > CACHED:
                self._documents.popitem(last=False)
        else:
            self._documents.move_to_end(key)
        return made


def build_document(item: ChatItem, wanted: str = "") -> QTextDocument:
    """Returns an entry as a document: speaker and time, the text with marks, and why it is marked.

    Each line of the text has the direction of its own first letter. `wanted` is what a search looks for.
    """
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.setDocumentMargin(0)
    document.setDefaultFont(theme.font())
    cursor = QTextCursor(document)
    direction = QTextBlockFormat()
    direction.setLayoutDirection(Qt.LayoutDirection.RightToLeft if is_rtl() else Qt.LayoutDirection.LeftToRight)
    cursor.setBlockFormat(direction)
    cursor.insertText(item.speaker, make_format("strong" if not item.plain else "muted"))
    if item.time:
        cursor.insertText("   ", make_format(""))
        cursor.insertText(isolated(item.time), make_format("small"))
    plain, flagged, found = make_format(""), _make_flag(), _make_find()
    for line, pieces in _split_lines(item.text, item.marks, wanted):
        block = QTextBlockFormat()
        block.setLayoutDirection(Qt.LayoutDirection.RightToLeft if _is_rtl_line(line) else Qt.LayoutDirection.LeftToRight)
        cursor.insertBlock(block)
        for text, is_flagged, is_found in pieces:
            cursor.insertText(shown_block(text), found if is_found else flagged if is_flagged else plain)
    if item.marks:
        cursor.insertBlock(direction)
        cursor.insertText(describe_marks(item.marks), make_format("warn"))
    return document


def _split_lines(text: str, marks: Sequence[TextMark], wanted: str) -> list[tuple[str, list[tuple[str, bool, bool]]]]:
    """Returns each line with its pieces: text, whether it is marked, and whether a search looks for it."""
    places = [(each.start, each.end) for each in marks]
    finds = find_all(text, wanted)
    edges = sorted({0, len(text), *(edge for span in (*places, *finds) for edge in span)})
    lines: list[tuple[str, list[tuple[str, bool, bool]]]] = []
    at = 0
    for line in text.split("\n"):
        end = at + len(line)
        cuts = [at, *(edge for edge in edges if at < edge < end), end]
        pieces = [(text[a:b], any(s <= a < e for s, e in places), any(s <= a < e for s, e in finds)) for a, b in pairwise(cuts)]
        lines.append((line, pieces))
        at = end + 1
    return lines


def find_all(text: str, wanted: str) -> list[tuple[int, int]]:
    """Returns the places of what a search looks for, whatever its case."""
    if not wanted:
        return []
    folded, found, at = text.lower(), [], 0
    if len(folded) != len(text):  # a letter that changes its length: places would not fit
        folded, wanted = text, wanted
    else:
        wanted = wanted.lower()
    while (at := folded.find(wanted, at)) >= 0:
        found.append((at, at + len(wanted)))
        at += len(wanted)
    return found


def _is_rtl_line(line: str) -> bool:
    """Returns whether the first letter of a line runs from right to left."""
    for char in line:
        kind = unicodedata.bidirectional(char)
        if kind in ("R", "AL"):
            return True
        if kind == "L":
            return False
    return is_rtl()


def _make_flag() -> QTextCharFormat:
    made = make_format("")
    made.setBackground(theme.current().colour("chip_grave"))
    made.setForeground(theme.current().colour("on_chip_grave"))
    made.setFontUnderline(True)
    return made


def _make_find() -> QTextCharFormat:
    made = make_format("")
    made.setBackground(theme.current().colour("accent_fill"))
    made.setForeground(theme.current().colour("on_accent_fill"))
    return made


class ChatView(QListView):
    """Lists the entries. `copied` carries the text of a message: the page records and copies it."""

    copied = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.wanted = ""
        self.rows = ChatModel(self)
        self._delegate = ChatDelegate(self)
        self._heights: dict[int, int] = {}
        self.setModel(self.rows)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("kind", "inset")
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(BATCH)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(False)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(tr("Chat and free text"))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)

    def show_items(self, items: list[ChatItem]) -> None:
        """Replaces all entries."""
        self._delegate.forget()
        self._heights.clear()
        self.wanted = ""
        self.rows.show_items(items)
        self.verticalScrollBar().setValue(0)

    def measure_first(self, width: int, most: int) -> int:
        """Returns the height of the first entries, as many as fit into so many pixels, or all of them."""
        total = 0
        for row in range(len(self.rows.items)):
            total += self._delegate.measure(row, width)
            if total >= most:
                return most
        return total

    def search(self, wanted: str) -> list[int]:
        """Marks what is looked for, and returns the entries that hold it."""
        self.wanted = wanted.strip()
        self._delegate.forget()
        self.viewport().update()
        if not self.wanted:
            return []
        return [
            row
            for row, item in enumerate(self.rows.items)
            if find_all(item.text, self.wanted) or self.wanted.lower() in item.speaker.lower()
        ]

    def show_row(self, row: int) -> None:
        """Scrolls to an entry and makes it the current one."""
        index = self.rows.index(row)
        self.setCurrentIndex(index)
        self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def copy(self) -> None:
        """Announces the text of the current entry."""
        index = self.currentIndex()
        if index.isValid() and (text := self.rows.items[index.row()].text):
            self.copied.emit(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copies on Ctrl+C. Letters are keys of the page, not a search of this list."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolls while the list has the focus; else the page scrolls."""
        bar = self.verticalScrollBar()
        down = event.angleDelta().y() < 0
        at_edge = bar.value() == (bar.maximum() if down else bar.minimum())
        if not self.hasFocus() or at_edge:
            event.ignore()
        else:
            super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lays the entries out for another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._delegate.forget()
            self.scheduleDelayedItemsLayout()

    def _menu(self, at: Any) -> None:
        if self.indexAt(at).isValid():
            self.setCurrentIndex(self.indexAt(at))
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction(tr("Copy this message"), self.copy)
            menu.popup(self.viewport().mapToGlobal(at))
