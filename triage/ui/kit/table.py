"""Provides a table with headings between groups of rows. Its rows are in memory; those of `core/paged_table.py` are read."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
)

from triage.ui.kit import theme
from triage.ui.kit.column_widths import share_width
from triage.ui.kit.widgets import escape_tooltip, paint_band
from triage.ui.text.i18n import Safe, is_rtl, shown, word

T = TypeVar("T")
PAD = 8
BAND_SIDE = 20
LEAST = 150
"""Pixels that the column without a width of its own should have."""
ENOUGH = 300
"""Pixels that it has before a spare column is shown, if its texts need as much."""
CUT_SHORT = 72
"""Pixels below which it says nothing any more."""
MEASURED = 200
"""Rows by which the columns are measured: measuring all of a long table would take longer than showing it."""
WAITING = Safe("…")
"""Stands in a row that is not read yet."""
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
LEAD = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class RowHeading:
    """Is a line between groups of rows; it can't be selected."""

    words: str
    beside: str = ""


@dataclass(frozen=True, slots=True)
class TableColumn(Generic[T]):
    """Describes a column: its title, width, text and look.

    `title` is marked for translation where it is written. `width` is in pixels, as wide as the column is where there is room; 0
    takes the space that is left. `ink` returns
    the name of a palette colour. With `band` the text is a band letter, drawn as a block. `told` returns the tooltip when it
    differs from the text.
    """

    title: str
    width: int
    text: Callable[[T], str]
    ink: Callable[[T], str] = lambda _: "text"
    band: bool = False
    told: Callable[[T], str] | None = None
    spare: bool = False
    """It goes on a narrow window, so that the column without a width has room."""
    cut_middle: bool = False
    """What does not fit is left out in the middle: file names and local report numbers differ at their ends."""


class RowsModel(QAbstractTableModel, Generic[T]):
    """Holds the rows and headings of a RowsTable."""

    def __init__(self, columns: Sequence[TableColumn[T]]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.rows: tuple[T | RowHeading, ...] = ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        """Returns the number of rows and headings."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Returns the number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns the translated title of a column."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return word(self.columns[section].title)
        return int(LEAD) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Makes headings unselectable."""
        return Qt.ItemFlag.ItemIsEnabled if isinstance(self.at(index.row()), RowHeading) else super().flags(index)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns the row object for ROW_ROLE, and the text of the cell for display."""
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        return row.words if isinstance(row, RowHeading) else shown(self.columns[index.column()].text(row))

    def at(self, row: int) -> T | RowHeading | None:
        """Returns a row or heading."""
        return self.rows[row]

    def replace(self, rows: Sequence[T | RowHeading]) -> None:
        """Replaces all rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()


class RowsDelegate(QStyledItemDelegate):
    """Paints the cells and headings of a RowsTable."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Returns the row height of the theme."""
        return QSize(40, theme.current().row_px)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paints a heading or a cell."""
        row = index.data(ROW_ROLE)
        painter.save()
        painter.setLayoutDirection(option.direction)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, RowHeading):
            self._heading(painter, option.rect, row)
        else:
            self._ground(painter, option, index.column())
            self._cell(painter, option.rect.adjusted(PAD, 0, -PAD, 0), self._model(index).columns[index.column()], row)
        painter.restore()

    def _heading(self, painter: QPainter, rect: QRect, row: RowHeading) -> None:
        """Paints a heading with its remark."""
        now = theme.current()
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, now.colour("line"))
        bold, small = theme.small_font(bold=True), theme.small_font()
        place = rect.adjusted(PAD, 6, -PAD, 0)
        words = row.words if is_rtl() else row.words.upper()
        painter.setPen(now.colour("muted"))
        painter.setFont(bold)
        painter.drawText(place, LEAD, words)
        painter.setFont(small)
        used = QFontMetrics(bold).horizontalAdvance(words) + 12
        painter.drawText(place.adjusted(0, 0, -used, 0) if is_rtl() else place.adjusted(used, 0, 0, 0), LEAD, row.beside)

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, column: int) -> None:
        """Paints the background of a cell: a bar at the start of the current row, and a frame when the table has the focus."""
        now, rect = theme.current(), option.rect
        view = option.widget
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, now.colour("selected"))
            if view is not None and view.hasFocus():
                painter.fillRect(rect.left(), rect.top(), rect.width(), 1, now.colour("focus"))
                painter.fillRect(rect.left(), rect.bottom() - 1, rect.width(), 1, now.colour("focus"))
            if column == 0:
                left = rect.right() - 2 if is_rtl() else rect.left()
                painter.fillRect(left, rect.top(), 3, rect.height() - 1, now.colour("focus"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, now.colour("faint"))

    def _cell(self, painter: QPainter, place: QRect, column: TableColumn[Any], row: object) -> None:
        """Paints the text of a cell, or its band block."""
        text = shown(WAITING if row is None else column.text(row))
        if column.band and text:
            block = QRect(0, 0, BAND_SIDE, BAND_SIDE)
            block.moveCenter(place.center())
            block.moveLeft(place.right() - BAND_SIDE + 1 if is_rtl() else place.left())
            paint_band(painter, block, text)
            return
        font = theme.font()
        painter.setFont(font)
        painter.setPen(QPen(theme.current().colour("muted" if row is None else column.ink(row))))
        where = Qt.TextElideMode.ElideMiddle if column.cut_middle else Qt.TextElideMode.ElideRight
        fits = QFontMetrics(font).elidedText(text, where, place.width() + 4)
        painter.drawText(place.adjusted(-4, 0, 0, 0) if is_rtl() else place.adjusted(0, 0, 4, 0), LEAD, fits)

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """Shows the full text of a cell as a tooltip."""
        row = index.data(ROW_ROLE)
        if row is None or isinstance(row, RowHeading):
            QToolTip.hideText()
            return True
        column = self._model(index).columns[index.column()]
        text = column.text(row) if column.told is None else column.told(row)
        QToolTip.showText(event.globalPos(), escape_tooltip(text), view)
        return True

    def _model(self, index: Index) -> RowsModel[Any]:
        """Returns the RowsModel of an index.

        Raises:
            TypeError: the index belongs to another model.
        """
        model = index.model()
        if not isinstance(model, RowsModel):
            raise TypeError("a RowsDelegate paints rows of a RowsModel")
        return model


class RowsTable(QTableView, Generic[T]):
    """Shows rows in a table and keeps one of them current.

    `row_changed` carries the current row or None, and `opened` a row that was double-clicked. `key` identifies a row across
    `show_rows`. An `inset` table lies in a card and allows no selection.
    """

    row_changed = Signal(object)
    opened = Signal(object)

    def __init__(
        self,
        columns: Sequence[TableColumn[T]],
        key: Callable[[T], Hashable],
        *,
        name: str,
        inset: bool = False,
        model: RowsModel[T] | None = None,
    ) -> None:
        super().__init__()
        self._key = key
        self._wanted: Hashable | None = None
        self._needs: list[int] = []
        self.rows_model: RowsModel[T] = RowsModel(columns) if model is None else model
        self.setModel(self.rows_model)
        self.setItemDelegate(RowsDelegate(self))
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        if inset:
            self.setProperty("kind", "inset")
            self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        vertical, across = self.verticalHeader(), self.horizontalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setDefaultSectionSize(theme.current().row_px)
        across.setHighlightSections(False)
        across.setSectionsClickable(False)
        across.setMinimumSectionSize(24)
        across.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.doubleClicked.connect(lambda _: self._open())
        self.selectionModel().currentRowChanged.connect(lambda *_: self._moved())

    def choose(self, key: Hashable) -> None:
        """Selects the row with this key once rows are shown that hold it, such as one that was just added."""
        self._wanted = key

    def show_rows(self, rows: Sequence[T | RowHeading]) -> None:
        """Replaces the rows, and keeps the current row if it is still present, else selects the first.

        A row that was chosen before with `choose` comes first.
        """
        before, chosen = self.current_row(), self._wanted
        wanted = None if before is None else self._key(before)
        self.clearSpans()
        self.rows_model.replace(rows)
        self._needs = []
        self.fit_columns()
        across = self.rows_model.columnCount()
        for at, row in enumerate(rows):
            if isinstance(row, RowHeading) and across > 1:
                self.setSpan(at, 0, 1, across)
        places = [(at, self._key(row)) for at, row in enumerate(rows) if not isinstance(row, RowHeading)]
        if not places or self.selectionMode() == QAbstractItemView.SelectionMode.NoSelection:
            self.row_changed.emit(None)
            return
        if chosen is not None and any(key == chosen for _, key in places):
            wanted, self._wanted = chosen, None
        self.select(next((at for at, key in places if key == wanted), places[0][0]))

    def rows(self) -> list[T]:
        """Returns the rows without the headings."""
        return [row for row in self.rows_model.rows if not isinstance(row, RowHeading)]

    def current_row(self) -> T | None:
        """Returns the current row, or None."""
        index = self.currentIndex()
        row: T | RowHeading | None = index.data(ROW_ROLE) if index.isValid() else None
        return None if isinstance(row, RowHeading) else row

    def go(self, step: int) -> None:
        """Moves the current row by `step`, skipping headings and stopping at the ends."""
        at, count = self.currentIndex().row() + step, self.rows_model.rowCount()
        while 0 <= at < count and isinstance(self.rows_model.at(at), RowHeading):
            at += step
        if 0 <= at < count:
            self.select(at)

    def select(self, at: int) -> None:
        """Selects the row at this position and scrolls to it."""
        index = self.rows_model.index(at, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        above = max(0, at - 1) if at and isinstance(self.rows_model.at(at - 1), RowHeading) else at
        self.scrollTo(self.rows_model.index(above, 0))
        self.scrollTo(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shares the width anew."""
        super().resizeEvent(event)
        self.fit_columns()

    def sample_rows(self) -> Sequence[T]:
        """Returns the rows by which the columns are measured."""
        return [row for row in self.rows_model.rows[:MEASURED] if not isinstance(row, RowHeading)]

    def fit_columns(self) -> None:
        """Shares the width among the columns, hides spare ones when they do not fit, and scrolls when that is not enough."""
        if not self._needs:
            self._needs = self._measure_columns()
        columns, width = self.rows_model.columns, self.viewport().width()
        usual = [column.width * theme.current().text_px // theme.TEXT for column in columns]
        least = [min(need, most or LEAST) for need, most in zip(self._needs, usual, strict=True)]
        shown = self._choose_columns([min(need, most or ENOUGH) for need, most in zip(self._needs, usual, strict=True)], width)
        for at in range(len(columns)):
            self.setColumnHidden(at, at not in shown)
        over = sum(least[at] for at in shown) - width
        scrolls = over > LEAST - CUT_SHORT
        policy = Qt.ScrollBarPolicy
        self.setHorizontalScrollBarPolicy(policy.ScrollBarAsNeeded if scrolls else policy.ScrollBarAlwaysOff)
        widths = (
            [least[at] for at in shown]
            if scrolls
            else share_width([self._needs[at] for at in shown], [usual[at] for at in shown], width)
        )
        for at, each in zip(shown, widths, strict=True):
            self.setColumnWidth(at, each)

    def _choose_columns(self, wanted: Sequence[int], width: int) -> list[int]:
        """Returns which columns are shown: spare ones go until the others have what they want, and come back where they fit."""
        shown = list(range(len(wanted)))
        spare = [at for at, column in enumerate(self.rows_model.columns) if column.spare]
        for at in spare:
            if sum(wanted[each] for each in shown) > width:
                shown.remove(at)
        for at in spare:
            if at not in shown and sum(wanted[each] for each in (*shown, at)) <= width:
                shown.append(at)
        return sorted(shown)

    def _measure_columns(self) -> list[int]:
        """Returns the width in pixels that the texts of each column need, its title among them."""
        plain, small = QFontMetrics(theme.font()), QFontMetrics(theme.small_font())
        rows = self.sample_rows()
        return [
            2 * PAD
            + max(
                small.horizontalAdvance(word(column.title)),
                max((plain.horizontalAdvance(shown(column.text(row))) for row in rows), default=0),
                BAND_SIDE if column.band else 0,
            )
            for column in self.rows_model.columns
        ]

    def _moved(self) -> None:
        """Repaints the table and announces the current row."""
        self.viewport().update()
        self.row_changed.emit(self.current_row())

    def _open(self) -> None:
        """Announces the current row as opened."""
        if (row := self.current_row()) is not None:
            self.opened.emit(row)
