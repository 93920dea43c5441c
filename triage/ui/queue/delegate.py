"""Paints the rows of the queue: their ground, the mark of the current row, and each cell as its column says."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize
from PySide6.QtGui import QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QToolTip

from triage.model.views import QueueRow
from triage.ui.kit import theme
from triage.ui.kit.widgets import escape_tooltip
from triage.ui.queue.columns import COLUMNS, QueueColumn
from triage.ui.queue.model import ROW_ROLE
from triage.ui.queue.painting import draw_text, is_mirrored
from triage.ui.text.i18n import tr

PAD = 8  # pixels on either side of a cell
Index = QModelIndex | QPersistentModelIndex


class QueueDelegate(QStyledItemDelegate):
    """Draws cells and shows tooltips from `COLUMNS`."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Returns the height of a row in this theme."""
        return QSize(60, theme.current().row_px)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one cell. A row that has not arrived yet says so in the column of its number."""
        row: QueueRow | None = index.data(ROW_ROLE)
        column = COLUMNS[index.column()]
        now = theme.current()
        painter.save()
        painter.setLayoutDirection(option.direction)
        self._draw_ground(painter, option, row, first=index.column() == 0)
        place = option.rect.adjusted(PAD, 0, -PAD, 0)
        if row is None:
            if column.key == "report":
                draw_text(painter, place, tr("loading"), now.colour("muted"))
        elif column.paint is not None:
            column.paint(painter, place, row)
        else:
            draw_text(painter, place, column.text(row), now.colour(column.colour(row)), bold=column.is_bold(row))
        painter.restore()

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """Shows the tooltip of the cell, or hides the last one."""
        row: QueueRow | None = index.data(ROW_ROLE)
        column: QueueColumn = COLUMNS[index.column()]
        text = "" if row is None else column.tip(row)
        if text:
            QToolTip.showText(event.globalPos(), escape_tooltip(text), view)
        else:
            QToolTip.hideText()
        return True

    def _draw_ground(self, painter: QPainter, option: QStyleOptionViewItem, row: QueueRow | None, *, first: bool) -> None:
        now = theme.current()
        rect: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, now.colour("selected"))
        elif row is not None and row.band == "A":
            painter.fillRect(rect, now.colour("row_a"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, now.colour("faint"))
        view = option.widget
        if selected and isinstance(view, QTableView):
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
