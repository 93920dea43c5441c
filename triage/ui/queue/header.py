"""The heading of the queue: a click sorts by a column, and a click on its triangle lists the values to filter by."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPolygon
from PySide6.QtWidgets import QHeaderView, QTableView

from triage.model.views import QueueFilter
from triage.ui.kit import theme
from triage.ui.queue.columns import QueueColumn
from triage.ui.queue.facets import DEADLINE, find_facet
from triage.ui.queue.painting import draw_tick
from triage.ui.queue.state import QueueState
from triage.ui.text.i18n import is_rtl, word

FILTER_WIDTH = 18  # pixels at the end of a heading that open the list
SORT_WIDTH = 12  # pixels
PAD = 8  # pixels


class QueueHeader(QHeaderView):
    """Shows the headings.

    Signals:
        sort_asked: Key of a column to sort by.
        facets_asked: Key of a column whose values are to be listed, and the point below its heading.
        all_asked: The box above the ticks was clicked.
    """

    sort_asked = Signal(str)
    facets_asked = Signal(str, QPoint)
    all_asked = Signal()

    def __init__(self, state: QueueState, parent: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._state = state
        self._pressed: QPoint | None = None
        self.all_ticked = False
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(24)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)

    def column_at(self, section: int) -> QueueColumn | None:
        """Returns the column of a section."""
        columns = self._state.shown_columns()
        return columns[section] if 0 <= section < len(columns) else None

    def least_width(self, column: QueueColumn) -> int:
        """Returns the width at which a heading is whole, with its triangle and its arrow."""
        if column.key == "tick":
            return column.usual_width()
        text = QFontMetrics(theme.small_font()).horizontalAdvance(word(column.header))
        sorted_here = column.sort == self._state.order.column
        return text + PAD + (FILTER_WIDTH if column.facets else PAD) + (SORT_WIDTH if sorted_here else 0)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Draws a heading, an arrow when the queue is sorted by it, and a triangle when it filters."""
        column = self.column_at(section)
        if column is None or not rect.isValid():
            return
        now = theme.current()
        painter.save()
        painter.fillRect(rect, now.colour("ground"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, now.colour("line"))
        if column.key == "tick":
            draw_tick(painter, rect, ticked=self.all_ticked)
            painter.restore()
            return
        sorted_here = column.sort == self._state.order.column
        active = any(is_active(facet, self._state.filter) for facet in column.facets)
        font = theme.small_font(bold=sorted_here or active)
        painter.setFont(font)
        painter.setPen(now.colour("text" if sorted_here or active else "muted"))
        painter.setLayoutDirection(Qt.LayoutDirection.RightToLeft if is_rtl() else Qt.LayoutDirection.LeftToRight)
        end = FILTER_WIDTH if column.facets else PAD
        place = rect.adjusted(end, 0, -PAD, 0) if is_rtl() else rect.adjusted(PAD, 0, -end, 0)
        text = QFontMetrics(font).elidedText(word(column.header), Qt.TextElideMode.ElideRight, place.width() + 2)
        painter.drawText(place.adjusted(-2, 0, 2, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, text)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        used = QFontMetrics(font).horizontalAdvance(text) + 8
        if sorted_here:
            painter.setBrush(now.colour("text"))
            x = place.right() - used if is_rtl() else place.left() + used
            _draw_arrow(painter, QPoint(x, rect.center().y()), up=not self._state.order.descending)
        if column.facets:
            painter.setBrush(now.colour("accent" if active else "muted"))
            x = rect.left() + FILTER_WIDTH // 2 if is_rtl() else rect.right() - FILTER_WIDTH // 2
            _draw_triangle(painter, QPoint(x, rect.center().y()))
        painter.restore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remembers where the press began, so that a drag of a border is no click."""
        self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Sorts, lists values or ticks all, as the place says."""
        super().mouseReleaseEvent(event)
        at = event.position().toPoint()
        dragged = self._pressed is None or (at - self._pressed).manhattanLength() > 4
        if dragged or self.cursor().shape() == Qt.CursorShape.SplitHCursor:
            return
        section = self.logicalIndexAt(at)
        column = self.column_at(section)
        if column is None:
            return
        if column.key == "tick":
            self.all_asked.emit()
            return
        left, width = self.sectionViewportPosition(section), self.sectionSize(section)
        from_end = at.x() - left if is_rtl() else left + width - at.x()
        if column.facets and (from_end <= FILTER_WIDTH or not column.sort):
            self.facets_asked.emit(column.key, self.below(column.key))
        elif column.sort:
            self.sort_asked.emit(column.key)

    def below(self, key: str) -> QPoint:
        """Returns the point below the heading of a column, in the coordinates of the screen."""
        section = next((n for n, column in enumerate(self._state.shown_columns()) if column.key == key), 0)
        left = self.sectionViewportPosition(section)
        return self.mapToGlobal(QPoint(left + (self.sectionSize(section) if is_rtl() else 0), self.height()))


def is_active(facet: str, wanted: QueueFilter) -> bool:
    """Returns whether the filter uses a facet."""
    if facet == DEADLINE:
        return wanted.expiring_within_days is not None
    return bool(find_facet(facet).values(wanted)) or (facet == "statuses" and wanted.open_only)


def _draw_arrow(painter: QPainter, middle: QPoint, *, up: bool) -> None:
    """Draws the arrow of the order."""
    tip = -4 if up else 4
    painter.drawPolygon(QPolygon([middle + QPoint(-4, -tip // 2), middle + QPoint(4, -tip // 2), middle + QPoint(0, tip)]))


def _draw_triangle(painter: QPainter, middle: QPoint) -> None:
    """Draws the triangle that opens a list."""
    painter.drawPolygon(QPolygon([middle + QPoint(-4, -2), middle + QPoint(4, -2), middle + QPoint(0, 3)]))
