"""Finds what does not fit on a screen: cut texts and buttons, parts that stick out or overlap, and pages that end in empty space."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QGraphicsView,
    QLabel,
    QLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QStyle,
    QStyleOptionFrame,
    QTextEdit,
    QWidget,
)

from triage.ui.kit import theme
from triage.ui.kit.flow import FlowLayout
from triage.ui.kit.table import PAD, RowsTable
from triage.ui.kit.widgets import ElidedLabel
from triage.ui.report.identifier_words import IdentifierColumn
from triage.ui.report.identifiers import IdentifierTable

ROOMY = 1366
"""From this width in pixels no button of a row stands alone in a line of its own."""
SEVERAL = 4
SLACK = 2
"""Pixels by which rounding of fonts and layouts may differ."""
FIELD_MARGIN = 2
"""Pixels that Qt keeps free on each side of the text of a field."""
HINT = "hint cut"
"""Begins the fault of a hint that does not fit into its field."""
EMPTY_END = 0.34
"""A page may end with so much of a screen empty, so that its last lines do not stick to the edge."""
LEAST_PAGE = 300
"""A lower area is a list within a page, in which the eye sees the end."""
CELLS = 200
"""Rows of a table that are looked at."""
CELL_ROOM = 12
"""Pixels by which a column may be wider than its texts: rounding, marks beside the text, and values broken into two lines."""
FULL = (QAbstractItemView, QGraphicsView, QPlainTextEdit, QTextEdit)
"""Such a part fills its place, whatever it holds."""


def find_faults(window: QWidget) -> list[str]:
    """Returns the faults of what a window shows now, each in words."""
    QApplication.processEvents()
    shown = [part for part in window.findChildren(QWidget) if part.isVisibleTo(window) and not part.visibleRegion().isEmpty()]
    found = [fault for part in shown for fault in (*_cut_text(part), *_sticks_out(part))]
    for part in (window, *shown):
        if (layout := part.layout()) is not None:
            found += _overlaps(layout)
        if isinstance(layout, FlowLayout) and window.width() >= ROOMY:
            found += _lonely(layout)
        if isinstance(part, QScrollArea):
            found += _empty_end(part)
        if isinstance(part, (RowsTable, IdentifierTable)):
            found += _cut_cells(part)
    return list(dict.fromkeys(found))


def _cut_text(part: QWidget) -> list[str]:
    """Returns that the words of a label or a button, or the hint of a field, are wider or higher than it is."""
    if isinstance(part, ElidedLabel):
        return []  # it shortens itself, and the tooltip has the whole
    if isinstance(part, QLabel) and part.text() and part.textFormat() != Qt.TextFormat.RichText:
        room = part.contentsRect()
        if part.wordWrap():
            need = part.heightForWidth(part.width())
            return [f"cut below: {_name(part)}"] if need > part.height() + SLACK else []
        widest = max(part.fontMetrics().horizontalAdvance(line) for line in part.text().split("\n"))
        return [f"cut: {_name(part)}"] if widest > room.width() + SLACK else []
    if isinstance(part, QLineEdit) and part.placeholderText():
        need = part.fontMetrics().horizontalAdvance(part.placeholderText()) + 2 * FIELD_MARGIN
        option = QStyleOptionFrame()
        part.initStyleOption(option)
        room = part.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, part)
        margins = part.textMargins()
        return [f"{HINT}: {_name(part)}"] if need > room.width() - margins.left() - margins.right() else []
    if isinstance(part, QPushButton) and part.text() + part.accessibleName():
        return [f"cut: {_name(part)}"] if part.minimumSizeHint().width() > part.width() + SLACK else []
    return []


def _lonely(flow: FlowLayout) -> list[str]:
    """Returns that one button stands alone below a line of several."""
    parts = [item.widget() for at in range(flow.count()) if (item := flow.itemAt(at)) is not None and not item.isEmpty()]
    if not all(isinstance(part, QPushButton) for part in parts):
        return []
    below = [part for part in parts if part.y() == max(each.y() for each in parts)]
    return [f"alone in its line: {_name(below[0])}"] if len(below) == 1 and len(parts) > SEVERAL else []


def _sticks_out(part: QWidget) -> list[str]:
    """Returns that a part lies partly outside its parent, unless it can be scrolled there."""
    parent = part.parentWidget()
    if parent is None or part.isWindow():
        return []
    area = parent.parentWidget()
    if isinstance(area, QAbstractScrollArea) and parent is area.viewport():
        wide = part.width() > parent.width() + SLACK
        unreachable = area.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        return [f"wider than it can be scrolled: {_name(part)}"] if wide and unreachable and isinstance(area, QScrollArea) else []
    room = parent.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK)
    return [] if room.contains(part.geometry()) else [f"sticks out of {_name(parent)}: {_name(part)}"]


def _overlaps(layout: QLayout) -> list[str]:
    """Returns which parts of a layout lie on each other."""
    placed = [item.widget() for at in range(layout.count()) if (item := layout.itemAt(at)) is not None]
    parts = [part for part in placed if part is not None and part.isVisible()]
    found = []
    if type(layout).__name__ == "QStackedLayout":
        return []
    for one, other in combinations(parts, 2):
        common = one.geometry().intersected(other.geometry())
        if common.width() > SLACK and common.height() > SLACK:
            found.append(f"overlap: {_name(one)} and {_name(other)}")
    return found


def _cut_cells(table: RowsTable[Any] | IdentifierTable) -> list[str]:
    """Returns that a cell is cut although other columns have more room than all their texts need."""
    model = table.model()
    rows = [row for row in range(min(model.rowCount(), CELLS)) if table.columnSpan(row, 0) == 1]
    small = QFontMetrics(theme.small_font())
    cut, room = "", 0
    for column in (at for at in range(model.columnCount()) if not table.isColumnHidden(at)):
        needs = {str(model.index(row, column).data() or ""): _measure_cell(table, row, column) for row in rows}
        widest = max(needs, key=lambda text: needs[text], default="")
        title = small.horizontalAdvance(str(model.headerData(column, Qt.Orientation.Horizontal) or ""))
        left = table.columnWidth(column) - 2 * PAD - max(title, needs.get(widest, 0))
        cut = cut or (widest if left < -SLACK else "")
        room += max(0, left - CELL_ROOM)
    return [f"cut although {room} pixels are free: “{cut[:40]}” in {_name(table)}"] if cut and room > CELL_ROOM else []


def _measure_cell(table: RowsTable[Any] | IdentifierTable, row: int, column: int) -> int:
    """Returns the width that a cell needs at least: in the table of identifiers texts may be small, and values broken."""
    if isinstance(table, RowsTable):
        return QFontMetrics(theme.font()).horizontalAdvance(str(table.model().index(row, column).data() or ""))
    small, name = QFontMetrics(theme.small_font()), IdentifierColumn(column)
    text, rest = table.rows.cell(row, name)
    lines = 2 if name is IdentifierColumn.VALUE else 1
    return max(small.horizontalAdvance(text) // lines, small.horizontalAdvance(rest))


def _empty_end(area: QScrollArea) -> list[str]:
    """Returns that the last screen of a scrolled page is mostly empty."""
    content, view = area.widget(), area.viewport()
    if content is None or area.verticalScrollBar().maximum() == 0 or view.height() < LEAST_PAGE:
        return []
    lowest = max((_bottom(part, content) for part in content.findChildren(QWidget) if _shows(part, content)), default=0)
    blank = content.height() - lowest
    return [f"ends in {blank} empty pixels: {_name(area)}"] if blank > EMPTY_END * view.height() else []


def _shows(part: QWidget, content: QWidget) -> bool:
    """Returns whether a part shows something itself, and is no mere holder of others."""
    if not part.isVisibleTo(content):
        return False
    has_words = isinstance(part, QLabel) and bool(part.text() or not part.pixmap().isNull())
    return has_words or isinstance(part, (QAbstractButton, *FULL)) or type(part).paintEvent is not QWidget.paintEvent


def _bottom(part: QWidget, content: QWidget) -> int:
    return part.mapTo(content, QPoint(0, 0)).y() + part.height()


def _name(part: QWidget) -> str:
    """Returns the class of a part, and the beginning of its words."""
    words = part.text() if isinstance(part, (QLabel, QAbstractButton)) else ""
    words = words or (part.placeholderText() if isinstance(part, QLineEdit) else "")
    words = (words or part.accessibleName() or part.objectName() or part.toolTip()).replace("\n", " ")
    place = QRect(part.mapTo(part.window(), QPoint(0, 0)), part.size())
    return f"{type(part).__name__} “{words[:60]}” at {place.x()},{place.y()} {place.width()}x{place.height()}"
