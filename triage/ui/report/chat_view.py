"""Shows conversations as bubbles: speaker, time and text, each line in its own direction. Only what is on screen is laid out."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QKeySequence,
    QPainter,
    QResizeEvent,
    QTextDocument,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QMenu, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from triage.ui.kit import theme
from triage.ui.kit.widgets import escape_tooltip
from triage.ui.report.chat_items import ChatItem, build_document, find_all
from triage.ui.text.i18n import FSI, PDI, Safe, is_rtl, isolated, shown_block, tr

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
CACHED = 300
"""So many laid out messages are kept."""
PAD, GAP, SIDE = 10, 6, 40
BATCH = 60
"""Messages that are measured in one turn of the event loop."""


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

    def columnCount(self, parent: Index = ROOT) -> int:
        """Returns 1: a list has one column."""
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns the text of an entry, or its source as a tooltip."""
        item = self.items[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return item.heading or Safe(" ".join((item.speaker, isolated(item.time), f"{FSI}{shown_block(item.text)}{PDI}")))
        if role == Qt.ItemDataRole.ToolTipRole and item.tip:
            return escape_tooltip(item.tip)
        return None


class ChatDelegate(QStyledItemDelegate):
    """Measures and paints entries. Laid out documents are kept for the last ones."""

    def __init__(self, view: ChatView) -> None:
        super().__init__(view)
        self._view = view
        self._documents: OrderedDict[int, QTextDocument] = OrderedDict()

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
        """Returns the laid out entry. At another width only its lines are broken anew."""
        made = self._documents.get(row)
        if made is None:
            made = self._documents[row] = build_document(self._view.rows.items[row], self._view.wanted)
            if len(self._documents) > CACHED:
                self._documents.popitem(last=False)
        else:
            self._documents.move_to_end(row)
        if made.textWidth() != width:
            made.setTextWidth(width)
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
