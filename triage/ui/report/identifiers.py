"""Shows identifiers in one table: kind, value, operator and sharing, event and time, source; grouped by whose they are."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QResizeEvent, QTextOption, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QMenu,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from triage.model.report_page import ReportPageView
from triage.model.views import ShowIdentifier
from triage.ui.kit import theme
from triage.ui.kit.column_widths import share_width
from triage.ui.report.identifier_model import ITEM_ROLE, IdentifierModel, Index
from triage.ui.report.identifier_words import (
    HEADERS,
    IdentifierColumn,
    describe_event_and_time,
    describe_operator,
    describe_verified,
    format_value,
)
from triage.ui.text.i18n import Safe, is_rtl, tr, word

PAD = 8
HEADER = 24
WIDE_FROM = 640
"""Pixels from which event and time have a column of their own; below they stand in a second line."""

MUTED = (IdentifierColumn.KIND, IdentifierColumn.SOURCE)
MAY_BE_SMALL = (IdentifierColumn.VALUE, IdentifierColumn.TIME, IdentifierColumn.SOURCE)
"""Columns whose texts are written small rather than cut."""
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
BREAK = 24
"""Pixels that a line of a broken value may be shorter than the other."""
SIGNS = ("@", "/?&=-._")
"""A value without spaces is broken behind one of the first, else of the others, where both lines have room."""


def break_at_sign(text: str, room: float, measure: Callable[[str], float]) -> str:
    """Returns a value in two lines, the first of which ends with a sign; as it is where a line would have no room."""
    if " " not in text:
        places = [at for signs in SIGNS for at in range(len(text) - 1, 0, -1) if text[at - 1] in signs]
        for at in places:
            if measure(text[:at]) <= room and measure(text[at:]) <= room:
                return f"{text[:at]}\u2028{text[at:]}"
    return text


class IdentifierDelegate(QStyledItemDelegate):
    """Paints a cell: its text, then its remark in a muted colour. Narrow tables have a second line for event and time."""

    def __init__(self, table: IdentifierTable) -> None:
        super().__init__(table)
        self._table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paints a cell."""
        now = theme.current()
        model = self._table.rows
        row, column = model.items[index.row()], IdentifierColumn(index.column())
        painter.save()
        place: QRect = option.rect
        if row.entry is None:
            self._write(painter, place.adjusted(PAD, 4, -PAD, 0), row.heading, "text", bold=True)
            painter.restore()
            return
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, now.colour("selected"))
        painter.setPen(now.colour("faint"))
        painter.drawLine(place.bottomLeft(), place.bottomRight())
        text, rest = model.cell(index.row(), column)
        inner = place.adjusted(PAD, 0, -PAD, 0)
        if self._table.is_narrow() and column is IdentifierColumn.VALUE:
            said = Safe("  ".join(filter(None, describe_event_and_time(row.entry))))
            rest = Safe("  ".join(filter(None, (said, rest))))
        if inner.height() < 2 * theme.current().text_px + 8:
            self._write_one(painter, inner, text, rest, column)
        else:
            self._write_two(painter, inner, text, rest, column)
        painter.restore()

    def _write_one(self, painter: QPainter, inner: QRect, text: Safe, rest: Safe, column: IdentifierColumn) -> None:
        """Writes the text of a cell and its remark behind it."""
        if not text:
            self._write(painter, inner, rest, "muted", small=True)
            return
        used = self._write(painter, inner, text, "muted" if column in MUTED else "text", small=self._is_long(text, inner))
        if rest:
            self._write(painter, self._after(inner, used + PAD), rest, "muted", small=True)

    def _write_two(self, painter: QPainter, inner: QRect, text: Safe, rest: Safe, column: IdentifierColumn) -> None:
        """Writes the text of a cell and its remark below it."""
        high = inner.height() // 2
        small = theme.metrics(small=True)
        if column is IdentifierColumn.VALUE and small.horizontalAdvance(text) > inner.width():
            self._write_broken(painter, inner, text)
            return
        if rest:
            above = QRect(inner.left(), inner.top() + 2, inner.width(), high)
            below = QRect(inner.left(), inner.top() + high - 1, inner.width(), high)
        else:
            above = below = inner
        self._write(painter, above, text, "muted" if column in MUTED else "text", small=self._is_long(text, inner))
        if rest:
            self._write(painter, below, rest, "muted", small=True)

    def _write_broken(self, painter: QPainter, place: QRect, text: str) -> None:
        """Writes a long value on two lines, broken at a word, a sign or else anywhere: an address is read whole."""
        painter.setFont(theme.small_font())
        painter.setPen(theme.current().colour("text"))
        side = Qt.AlignmentFlag.AlignRight if _mirrored() else Qt.AlignmentFlag.AlignLeft
        how = QTextOption(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)
        how.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        metrics = painter.fontMetrics()
        if metrics.horizontalAdvance(text) > 2 * place.width() - 16:
            fits = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, 2 * place.width() - 24)
            how.setWrapMode(QTextOption.WrapMode.WrapAnywhere)  # at words it could take three lines
        else:
            fits = break_at_sign(text, place.width(), metrics.horizontalAdvance)
        painter.drawText(QRectF(place), fits, how)

    def _is_long(self, text: str, place: QRect) -> bool:
        """Returns whether a text fits only when it is small: an IPv6 address is read whole."""
        return theme.metrics().horizontalAdvance(text) > place.width() - 4

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Returns the row height."""
        return QSize(40, theme.current().row_px - 4)

    def _write(self, painter: QPainter, place: QRect, text: str, colour: str, *, small: bool = False, bold: bool = False) -> int:
        """Paints a text and returns its width in pixels."""
        if place.width() < 8:
            return 0
        painter.setFont(theme.small_font(bold=bold) if small else theme.font(bold=bold))
        metrics = painter.fontMetrics() if bold else theme.metrics(small=small)
        painter.setPen(theme.current().colour(colour))
        width = metrics.horizontalAdvance(text)
        fits = text if width <= place.width() else metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, RIGHT if _mirrored() else LEFT, fits)
        return min(width, place.width())

    def _after(self, place: QRect, used: int) -> QRect:
        """Returns the part of a place that is left after `used` pixels."""
        return place.adjusted(0, 0, -used, 0) if _mirrored() else place.adjusted(used, 0, 0, 0)


def _mirrored() -> bool:
    """Returns whether the layout runs from right to left."""
    return is_rtl()


class IdentifierTable(QTableView):
    """Shows identifiers in a table as high as its rows. `copied` carries kind and value: the page records and copies it."""

    copied = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._narrow = False
        self._needs: tuple[int, ...] = ()
        self._small_needs: tuple[int, ...] = ()
        self._broken_needs: tuple[int, ...] = ()
        self._shares: dict[int, tuple[int, ...]] = {}
        self._heights: dict[tuple[int, int], int] = {}
        """(row, width) -> height. A page asks for each several times, to share its room."""
        self.rows = IdentifierModel(self)
        self.setModel(self.rows)
        self.setItemDelegate(IdentifierDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setProperty("kind", "inset")
        self.setAccessibleName(tr("Identifiers"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        across = self.horizontalHeader()
        across.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        across.setSectionsClickable(False)
        across.setHighlightSections(False)
        across.setMinimumSectionSize(0)
        across.setFixedHeight(HEADER)
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)

    def show_page(self, view: ReportPageView) -> None:
        """Shows the identifiers of a report."""
        self.clearSpans()
        self.rows.show_page(view)
        self._measure()
        self._span(0)
        self._columns()

    def hidden_rows(self) -> int:
        """Returns how many rows are not shown yet."""
        return len(self.rows.items) - self.rows.shown_rows

    def show_rows(self, count: int) -> None:
        """Shows so many rows."""
        begin = self.rows.shown_rows
        self.rows.show_rows(count)
        self._measure()
        self._span(begin)
        self._columns()

    def show_all(self) -> None:
        """Shows all rows."""
        self.show_rows(len(self.rows.items))

    def measure_height(self, width: int) -> int:
        """Returns the height in pixels of the rows at a width."""
        if not self.rows.shown_rows:
            return 0
        return sum(self.row_height(row, width) for row in range(self.rows.shown_rows)) + HEADER + 1

    def row_height(self, row: int, width: int) -> int:
        """Returns the height of a row at a width: two lines where operator or time have a remark."""
        if (row, width) not in self._heights:
            self._heights[row, width] = self._measure_row(row, width)
        return self._heights[row, width]

    def _measure_row(self, row: int, width: int) -> int:
        one = theme.current().row_px - 4
        entry = self.rows.items[row].entry
        if entry is None:
            return one
        sharing = describe_operator(self.rows.operators.get(entry.value))[1]
        second = entry.time is not None or bool(sharing) or self._is_broken(entry, width) or self._is_crowded(row, width)
        if width < WIDE_FROM:
            second = second or entry.event is not None or bool(describe_verified(entry))
        return one + 14 if second else one

    def _is_broken(self, entry: ShowIdentifier, width: int) -> bool:
        """Returns whether a value needs two lines, since it does not fit even when it is small."""
        room = self.share_width(width)[IdentifierColumn.VALUE] - 2 * PAD
        return theme.metrics(small=True).horizontalAdvance(format_value(entry)) > room

    def _is_crowded(self, row: int, width: int) -> bool:
        """Returns whether a value and its remark do not fit on one line."""
        text, rest = self.rows.cell(row, IdentifierColumn.VALUE)
        used = theme.metrics().horizontalAdvance(text) + PAD + theme.metrics(small=True).horizontalAdvance(rest)
        return bool(rest) and used > self.share_width(width)[IdentifierColumn.VALUE] - 2 * PAD

    def is_narrow(self) -> bool:
        """Returns whether event and time stand below the value."""
        return self._narrow

    def copy(self) -> None:
        """Announces the current value as the source wrote it, so that the page records and copies it."""
        row = self.currentIndex().data(ITEM_ROLE)
        if row is not None and row.entry is not None:
            self.copied.emit(row.entry.kind, row.entry.value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copies the value on Ctrl+C."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leaves the wheel to the page."""
        event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Adjusts the column widths."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._columns()

    def _columns(self) -> None:
        """Gives each column its width; narrow tables have no column for event and time."""
        width = self.viewport().width()
        self._narrow = width < WIDE_FROM
        for column, each in zip(IdentifierColumn, self.share_width(width), strict=True):
            self.setColumnHidden(column, not each)
            self.setColumnWidth(column, each)
        self._set_heights(0)

    def share_width(self, width: int) -> tuple[int, ...]:
        """Returns the width of each column: what its texts need, and the rest for the value; 0 for one that is not shown.

        Where that does not fit, values, times and sources are written small, and then long values are broken into two lines.
        """
        if not self._needs:
            return (0,) * len(IdentifierColumn)
        if width not in self._shares:
            self._shares[width] = self._share_anew(width)
        return self._shares[width]

    def _share_anew(self, width: int) -> tuple[int, ...]:
        shown = [column for column in IdentifierColumn if column is not IdentifierColumn.TIME or width >= WIDE_FROM]
        tried = ([needs[column] for column in shown] for needs in (self._needs, self._small_needs, self._broken_needs))
        needs = next((each for each in tried if sum(each) <= width), [self._broken_needs[column] for column in shown])
        usual = [0 if column is IdentifierColumn.VALUE else need for column, need in zip(shown, needs, strict=True)]
        widths = dict(zip(shown, share_width(needs, usual, width), strict=True))
        return tuple(widths.get(column, 0) for column in IdentifierColumn)

    def _measure(self) -> None:
        """Measures the width in pixels that the texts of each column need, their titles among them."""
        self._shares.clear()
        self._heights.clear()
        self._needs = tuple(self._measure_column(column) for column in IdentifierColumn)
        self._small_needs = tuple(
            self._measure_column(column, small=True) if column in MAY_BE_SMALL else self._needs[column]
            for column in IdentifierColumn
        )
        broken = list(self._small_needs)
        broken[IdentifierColumn.VALUE] = self._measure_column(IdentifierColumn.VALUE, small=True, lines=2)
        self._broken_needs = tuple(broken)

    def _measure_column(self, column: IdentifierColumn, *, small: bool = False, lines: int = 1) -> int:
        """Returns the width in pixels that a column needs when its texts are written small or not, on so many lines."""
        of_text, of_rest = theme.metrics(small=small), theme.metrics(small=True)
        cells = {self.rows.cell(row, column) for row in range(self.rows.shown_rows) if self.rows.items[row].entry is not None}
        widest = of_text.horizontalAdvance(word(HEADERS[column]))
        for text in {text for text, _ in cells}:
            widest = max(widest, of_text.horizontalAdvance(text) // lines + (4 if lines == 1 else BREAK))
        for rest in {rest for _, rest in cells if rest}:
            widest = max(widest, of_rest.horizontalAdvance(rest))
        return widest + 2 * PAD + 2

    def _set_heights(self, begin: int) -> None:
        """Gives each row the height that it needs."""
        width = self.viewport().width()
        for row in range(begin, self.rows.shown_rows):
            self.setRowHeight(row, self.row_height(row, width))

    def _span(self, begin: int) -> None:
        """Lets headings run through all columns."""
        for row in range(begin, self.rows.shown_rows):
            if self.rows.items[row].entry is None:
                self.setSpan(row, 0, 1, len(IdentifierColumn))

    def _menu(self, at: QPoint) -> None:
        """Shows the context menu."""
        index = self.indexAt(at)
        if index.isValid() and self.rows.items[index.row()].entry is not None:
            self.setCurrentIndex(index)
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction(tr("Copy the value"), self.copy)
            menu.popup(self.viewport().mapToGlobal(at))
