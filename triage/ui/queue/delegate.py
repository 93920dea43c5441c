"""Paints the rows of the queue: their ground, the mark of the current row, ticks, and each cell as its column says."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPolygon
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QToolTip

from triage.model.views import QueueRow
from triage.ui.kit import theme
from triage.ui.kit.widgets import escape_tooltip
from triage.ui.queue.columns import QueueColumn, count_copies
from triage.ui.queue.model import QueueModel
from triage.ui.queue.open_marks import OpenMarks, describe_mark, print_mark
from triage.ui.queue.painting import (
    cut_middle,
    draw_framed,
    draw_text,
    draw_tick,
    is_cut,
    is_mirrored,
    measure_line,
    measure_row,
    split_lines,
)
from triage.ui.queue.ticks import Ticks
from triage.ui.text.i18n import ltr, tr
from triage.ui.text.i18n import number as number_of
from triage.ui.text.words import incident

PAD = 8  # pixels on either side of a cell
_INDENT = 14  # pixels by which a copy stands in
_TRIANGLE = 9  # pixels
_GAP = 8  # pixels between a number and the triangle behind it
Index = QModelIndex | QPersistentModelIndex


class QueueDelegate(QStyledItemDelegate):
    """Draws cells and shows tooltips as the columns of the model say."""

    def __init__(self, model: QueueModel, ticks: Ticks, marks: OpenMarks, parent: QTableView) -> None:
        super().__init__(parent)
        self._model, self._ticks, self._marks = model, ticks, marks

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Returns the height of a row in this theme."""
        return QSize(60, measure_row())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one cell. A row that has not arrived yet says so in the column of its number."""
        at = index.row()
        row = self._model.row(at)
        column = self._model.columns[index.column()]
        painter.save()
        painter.setLayoutDirection(option.direction)
        self._draw_ground(painter, option, row, first=index.column() == 0)
        place = option.rect.adjusted(PAD, 0, -PAD, 0)
        if column.key == "tick":
            if row is not None:
                draw_tick(painter, option.rect, ticked=row.id in self._ticks)
        elif row is None:
            if column.key == "report":
                draw_text(painter, place, tr("loading"), theme.current().colour("muted"))
        elif column.paint is not None:
            column.paint(painter, place, row)
        elif column.key == "report":
            self._draw_report(painter, place, row, at)
        else:
            self._draw_lines(painter, place, row, column)
        painter.restore()

    def _draw_lines(self, painter: QPainter, place: QRect, row: QueueRow, column: QueueColumn) -> None:
        """Draws the lines of a cell; who has the report open stands in place of who works on it."""
        now = theme.current()
        first, second = split_lines(place)
        below = column.second(row)
        mark = self._marks.of_row(row.id) if column.key == "office" else None
        if not below and mark is None:
            first = place
        draw_text(painter, first, column.text(row), now.colour(column.colour(row)), bold=column.is_bold(row))
        if mark is not None:
            draw_framed(painter, second, print_mark(mark))
        elif below:
            draw_text(painter, second, below, now.colour("muted"), small=True)

    def _draw_report(self, painter: QPainter, place: QRect, row: QueueRow, at: int) -> None:
        """Draws the number with the count of folded copies, and the incident below.

        A long number, such as the local ones, is cut in its middle: the tooltip has the whole.
        """
        now = theme.current()
        mirrored = is_mirrored(painter)
        if self._model.is_copy(at):
            place = place.adjusted(0, 0, -_INDENT, 0) if mirrored else place.adjusted(_INDENT, 0, 0, 0)
        first, second = split_lines(place)
        bold, folds = not self._model.is_copy(at), bool(row.copies) and not self._model.is_copy(at)
        beside = _GAP + _TRIANGLE + 2 + measure_line(number_of(row.copies), small=True) if folds else 0
        number = cut_middle(ltr(row.report_id), first.width() - beside, bold=bold)
        draw_text(painter, first, number, now.colour("text"), bold=bold)
        if folds:
            used = measure_line(number, bold=True) + _GAP
            rest = first.adjusted(0, 0, -used, 0) if mirrored else first.adjusted(used, 0, 0, 0)
            self._draw_triangle(painter, rest, unfolded=self._model.is_unfolded(at))
            words = rest.adjusted(0, 0, -_TRIANGLE - 2, 0) if mirrored else rest.adjusted(_TRIANGLE + 2, 0, 0, 0)
            folded = count_copies(row)
            said = number_of(row.copies) if is_cut(words, folded, small=True) else folded
            draw_text(painter, words, said, now.colour("muted"), small=True)
        draw_text(painter, second, incident(row.incident_type), now.colour("muted"), small=True)

    def _draw_triangle(self, painter: QPainter, place: QRect, *, unfolded: bool) -> None:
        """Draws the triangle of folded or unfolded copies."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.current().colour("muted"))
        middle = place.center().y() + 1
        if is_mirrored(painter):
            left = place.right() - 7
            points = [(left + 6, middle - 4), (left + 6, middle + 4), (left, middle)]
        else:
            left = place.left()
            points = [(left, middle - 4), (left, middle + 4), (left + 6, middle)]
        if unfolded:
            points = [(left - 1, middle - 3), (left + 7, middle - 3), (left + 3, middle + 3)]
        painter.drawPolygon(QPolygon([QPoint(x, y) for x, y in points]))

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """Shows the tooltip of the cell, or hides the last one."""
        row = self._model.row(index.row()) if index.isValid() else None
        column = self._model.columns[index.column()] if index.isValid() else None
        text = "" if row is None or column is None else column.tip(row)
        mark = None if row is None or column is None or column.key != "office" else self._marks.of_row(row.id)
        if mark is not None:
            text = f"{text}\n{describe_mark(mark)}"
        if text:
            QToolTip.showText(event.globalPos(), escape_tooltip(text), view)
        else:
            QToolTip.hideText()
        return True

    def _draw_ground(self, painter: QPainter, option: QStyleOptionViewItem, row: QueueRow | None, *, first: bool) -> None:
        now = theme.current()
        rect: QRect = option.rect
        current = bool(option.state & QStyle.StateFlag.State_Selected)
        if current or (row is not None and row.id in self._ticks):
            painter.fillRect(rect, now.colour("selected"))
        elif row is not None and row.band == "A":
            painter.fillRect(rect, now.colour("row_a"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, now.colour("faint"))
        view = option.widget
        if current and isinstance(view, QTableView):
            self._mark_current(painter, rect, view, first=first)

    def _mark_current(self, painter: QPainter, rect: QRect, view: QTableView, *, first: bool) -> None:
        """Draws a bar at the beginning of the row, and a frame around the row when the table has the focus."""
        colour = theme.current().colour("focus")
        if view.hasFocus():
            painter.fillRect(rect.left(), rect.top(), rect.width(), 1, colour)
            painter.fillRect(rect.left(), rect.bottom() - 1, rect.width(), 1, colour)
        if first:
            left = rect.right() - 2 if is_mirrored(painter) else rect.left()
            painter.fillRect(left, rect.top(), 3, rect.height() - 1, colour)
