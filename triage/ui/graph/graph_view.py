"""Draws a graph on the grid on which its nodes were placed, and moves over it by keys."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, hypot, pi

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from triage.model.link_graph import GraphNode, GraphPlace, Neighbourhood
from triage.ui.graph.node_words import describe_node, name_node
from triage.ui.kit import theme
from triage.ui.kit.widgets import escape_tooltip, paint_band
from triage.ui.text.i18n import tr

BLOCK = 22
DOT = 6
MARGIN = 24
LEAST_COLUMN, LEAST_ROW = 104, 50
"""Pixels between nodes from which labels are readable; below that the graph scrolls."""
MOST_COLUMN, MOST_ROW = 190, 110
LEAST_FITTED = 12
"""Pixels between nodes when everything is fitted into the window; then only some nodes have labels."""
ZOOM = (0.5, 0.7, 0.85, 1.0, 1.25, 1.6)
PLAIN = ZOOM.index(1.0)
LABELLED = 0.7
"""Share of the readable distance below which only reports and what is tied to the current node have labels."""
REACH = 16
"""Pixels around a node that belong to it for the mouse."""
ARROWS = {Qt.Key.Key_Right: 0.0, Qt.Key.Key_Down: pi / 2, Qt.Key.Key_Left: pi, Qt.Key.Key_Up: -pi / 2}
CONE = pi / 3
"""Half the angle in which an arrow looks for the next node."""


class GraphView(QAbstractScrollArea):
    """Draws nodes and lines, and keeps one node current.

    Arrows move to a tied node in that direction, or to the nearest one there. `chosen` carries the key of the node that a person
    made current, and `opened` that of a node on which Enter or a double click was pressed.
    """

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Graph"))
        self.graph: Neighbourhood | None = None
        self.current: str | None = None
        self._nodes: dict[str, GraphNode] = {}
        self._near: dict[str, set[str]] = {}
        self._labels: dict[str, str] = {}
        self._cut: dict[str, tuple[str, int]] = {}
        """Labels as they fit between nodes, and their widths, until the distances change."""
        self._extent = (0, 0, 0, 0)
        self._zoom = PLAIN
        self._whole_shown = False
        """Whether everything is fitted into the window, even where labels then lack room."""
        self.setCornerWidget(QWidget())
        self._column, self._row = float(LEAST_COLUMN), float(LEAST_ROW)

    def sizeHint(self) -> QSize:
        """Returns the size at which some dozens of nodes are readable."""
        return QSize(520, 420)

    def minimumSizeHint(self) -> QSize:
        """Returns the least size, in which the graph scrolls."""
        return QSize(280, 240)

    # What is shown

    def show_graph(self, graph: Neighbourhood) -> None:
        """Shows a graph, and keeps the current node if it is still there, else takes the first."""
        self.graph = graph
        self._nodes = {node.key: node for node in graph.nodes}
        self._labels = {node.key: name_node(node) for node in graph.nodes}
        self._extent = _measure_extent(graph.nodes)
        self._near = {node.key: set() for node in graph.nodes}
        for edge in graph.edges:
            if edge.report in self._near and edge.other in self._near:
                self._near[edge.report].add(edge.other)
                self._near[edge.other].add(edge.report)
        if self.current not in self._nodes:
            self.current = graph.nodes[0].key if graph.nodes else None
        self._fit()
        if self.current is not None:
            self._scroll_to(self.current, middle=True)
        self._name()
        self.viewport().update()

    def find_places(self) -> dict[str, GraphPlace]:
        """Returns where each node stands, for the next reading of the graph."""
        return {key: node.place for key, node in self._nodes.items()}

    def select(self, key: str) -> None:
        """Makes a node current and scrolls to it, without telling anybody."""
        if key in self._nodes and key != self.current:
            self.current = key
            self._scroll_to(key)
            self._name()
            self.viewport().update()

    def choose(self, key: str) -> None:
        """Makes a node current, scrolls to it and announces it."""
        self.select(key)
        self.chosen.emit(key)

    def zoom(self, step: int) -> None:
        """Enlarges or shrinks the distances between nodes; 0 fits all of them into the window, and at the next call no more."""
        self._whole_shown = step == 0 and not self._whole_shown
        self._zoom = PLAIN if step == 0 else max(0, min(len(ZOOM) - 1, self._zoom + step))
        self._fit()
        if self.current is not None:
            self._scroll_to(self.current)
        self.viewport().update()

    def _name(self) -> None:
        """Tells a screen reader which node is current."""
        node = self._nodes.get(self.current or "")
        self.setAccessibleName(tr("Graph") if node is None else tr("Graph: {node}", node=describe_node(node)))
        if self.hasFocus():
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.NameChanged))

    # Where things lie

    def _fit(self) -> None:
        """Chooses the distances so that the graph fills the window, and sets the scroll bars."""
        left, right, top, bottom = self._extent
        room = self.viewport().size()
        wide = (room.width() - 2 * MARGIN) / (right - left + 1)
        high = (room.height() - 2 * MARGIN) / (bottom - top + 1)
        factor = ZOOM[self._zoom]
        self._cut.clear()
        self._column = max(LEAST_FITTED if self._whole_shown else LEAST_COLUMN, min(MOST_COLUMN, wide)) * factor
        self._row = max(LEAST_FITTED if self._whole_shown else LEAST_ROW, min(MOST_ROW, high)) * factor
        whole = self._whole()
        for bar, size, page in (
            (self.horizontalScrollBar(), whole.width(), room.width()),
            (self.verticalScrollBar(), whole.height(), room.height()),
        ):
            bar.setRange(0, max(0, size - page))
            bar.setPageStep(page)
            bar.setSingleStep(LEAST_ROW)
            if self.current is None:
                bar.setValue(bar.maximum() // 2)

    def _whole(self) -> QSize:
        """Returns the size of the whole graph in pixels."""
        left, right, top, bottom = self._extent
        return QSize(round((right - left + 1) * self._column) + 2 * MARGIN, round((bottom - top + 1) * self._row) + 2 * MARGIN)

    def find_point(self, key: str) -> QPointF:
        """Returns where the middle of a node lies in the viewport."""
        left, _, top, _ = self._extent
        return self._locate(self._nodes[key].place, left, top)

    def _locate(self, place: GraphPlace, left: int, top: int) -> QPointF:
        """Returns where a place lies in the viewport."""
        whole, room = self._whole(), self.viewport().size()
        x = (place.column - left + 0.5) * self._column + MARGIN + max(0, (room.width() - whole.width()) / 2)
        y = (place.row - top + 0.5) * self._row + MARGIN + max(0, (room.height() - whole.height()) / 2)
        return QPointF(x - self.horizontalScrollBar().value(), y - 8 - self.verticalScrollBar().value())

    def _scroll_to(self, key: str, *, middle: bool = False) -> None:
        """Scrolls until a node and its label are visible, or until the node lies in the middle."""
        point, room = self.find_point(key), self.viewport().size()
        for bar, at, size, edge in (
            (self.horizontalScrollBar(), point.x(), room.width(), self._column / 2),
            (self.verticalScrollBar(), point.y(), room.height(), self._row / 2 + 8),
        ):
            if middle:
                bar.setValue(round(bar.value() + at - size / 2))
            elif at < edge:
                bar.setValue(round(bar.value() + at - edge))
            elif at > size - edge:
                bar.setValue(round(bar.value() + at - size + edge))

    def _find_node(self, at: QPointF) -> str | None:
        """Returns the node at a point of the viewport, or None."""
        left, _, top, _ = self._extent
        for key, node in self._nodes.items():
            point = self._locate(node.place, left, top)
            label = QRectF(point.x() - self._column / 2 + 4, point.y() + 8, self._column - 8, 20)
            if hypot(point.x() - at.x(), point.y() - at.y()) <= REACH or label.contains(at):
                return key
        return None

    # Keys and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves between nodes, opens one, or changes the distances."""
        key = Qt.Key(event.key())
        if key in ARROWS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self._move(ARROWS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.opened.emit(self.current)
        elif key == Qt.Key.Key_Home and self._nodes:
            self.choose(next(iter(self._nodes)))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_0):
            self.zoom({Qt.Key.Key_Plus: 1, Qt.Key.Key_Minus: -1}.get(key, 0))
        else:
            event.ignore()

    def _move(self, towards: float) -> None:
        """Makes the next node in a direction current: a tied one, or else the nearest of all."""
        if self.current is None:
            return
        here = self.find_point(self.current)
        for keys in (self._near[self.current], self._nodes.keys() - {self.current}):
            found: list[tuple[float, str]] = []
            for key in keys:
                point = self.find_point(key)
                dx, dy = point.x() - here.x(), point.y() - here.y()
                turned = abs((atan2(dy, dx) - towards + pi) % (2 * pi) - pi)
                if turned <= CONE:
                    found.append((hypot(dx, dy) * (1 + turned), key))
            if found:
                self.choose(min(found)[1])
                return

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Makes the node under the mouse current."""
        if (key := self._find_node(event.position())) is not None:
            self.choose(key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Opens the node under the mouse."""
        if (key := self._find_node(event.position())) is not None:
            self.opened.emit(key)

    def viewportEvent(self, event: QHelpEvent) -> bool:  # type: ignore[override]
        """Shows what a node is as a tooltip."""
        if isinstance(event, QHelpEvent):
            key = self._find_node(QPointF(event.pos()))
            said = "" if key is None else escape_tooltip(describe_node(self._nodes[key]))
            QToolTip.showText(event.globalPos(), said, self)
            return True
        return bool(super().viewportEvent(event))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fits the graph into the new size."""
        super().resizeEvent(event)
        self._fit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paints anew; labels stay readable, so nothing is moved as pixels."""
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Paints the frame of the current node."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Paints the frame of the current node."""
        super().focusOutEvent(event)
        self.viewport().update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints lines, then nodes, then labels, those of the current node last."""
        if self.graph is None:
            return
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, _, top, _ = self._extent
        points = {key: self._locate(node.place, left, top) for key, node in self._nodes.items()}
        self._paint_lines(painter, points)
        area = QRectF(self.viewport().rect()).adjusted(-self._column, -self._row, self._column, self._row)
        shown = [node for key, node in self._nodes.items() if area.contains(points[key])]
        for node in shown:
            self._paint_node(painter, node, points[node.key])
        ground, plain, bold = theme.current().colour("ground"), theme.small_font(), theme.small_font(bold=True)
        ground.setAlphaF(0.8)
        for font, labelled in (
            (plain, [node for node in shown if node.kind != "report"]),
            (bold, [node for node in shown if node.kind == "report"]),
        ):
            painter.setFont(font)
            metrics = QFontMetrics(font)
            for node in labelled:
                self._paint_label(painter, node, points[node.key], metrics, ground)

    def _paint_lines(self, painter: QPainter, points: dict[str, QPointF]) -> None:
        """Paints the lines; those of the current node in the colour of links."""
        now = theme.current()
        lines: dict[tuple[bool, bool], list[QLineF]] = {}
        for edge in self.graph.edges if self.graph else ():
            if edge.report in points and edge.other in points:
                strong = self.current in (edge.report, edge.other)
                lines.setdefault((strong, edge.possible), []).append(QLineF(points[edge.report], points[edge.other]))
        for (strong, dashed), held in sorted(lines.items(), key=lambda each: each[0]):
            pen = QPen(now.colour("accent" if strong else "muted"), 1.8 if strong else 0.8)
            pen.setStyle(Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine)
            painter.setPen(pen)
            painter.drawLines(held)

    def _paint_node(self, painter: QPainter, node: GraphNode, at: QPointF) -> None:
        """Paints the shape of a node: a letter for a report, a dot for a value, a sheet for files."""
        now, current = theme.current(), node.key == self.current
        if current:
            painter.setPen(QPen(now.colour("focus" if self.hasFocus() else "accent"), 2))
            painter.setBrush(now.colour("selected"))
            painter.drawEllipse(at, 17, 17)
        if node.kind == "report":
            self._paint_report(painter, node, at)
            return
        painter.setPen(QPen(now.colour("accent" if current else "muted"), 1.4))
        painter.setBrush(now.colour("chip"))
        if node.kind == "value":
            painter.drawEllipse(at, DOT, DOT)
            return
        sheet = QRectF(at.x() - 8, at.y() - 6, 15, 12)
        if node.kind == "series":
            painter.drawRoundedRect(sheet.translated(3, -3), 2, 2)
        painter.drawRoundedRect(sheet, 2, 2)

    def _paint_report(self, painter: QPainter, node: GraphNode, at: QPointF) -> None:
        """Paints the letter of a report's band: filled here, in a dashed frame outside."""
        now = theme.current()
        place = QRect(round(at.x()) - BLOCK // 2, round(at.y()) - BLOCK // 2, BLOCK, BLOCK)
        letter = node.band or "-"
        if node.inside and node.band:
            paint_band(painter, place, letter)
            return
        ink = now.band(node.band)[0] if node.band else now.colour("muted")
        pen = QPen(ink, 1.5)
        pen.setStyle(Qt.PenStyle.SolidLine if node.inside else Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(now.colour("ground"))
        painter.drawRoundedRect(place, 4, 4)
        painter.setPen(now.colour("text"))
        painter.setFont(theme.font(px=13, bold=True))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, letter)

    def _paint_label(self, painter: QPainter, node: GraphNode, at: QPointF, metrics: QFontMetrics, ground: QColor) -> None:
        """Paints the name below a node, on the ground so that no line runs through it."""
        now = theme.current()
        bright = node.key == self.current or node.kind == "report" or self.current in self._near.get(node.key, ())
        if not bright and min(self._column / LEAST_COLUMN, self._row / LEAST_ROW) < LABELLED:
            return
        if node.key not in self._cut:
            room = max(64, round(self._column) - 10)
            mode = Qt.TextElideMode.ElideRight if node.kind == "series" else Qt.TextElideMode.ElideMiddle
            text = metrics.elidedText(self._labels[node.key], mode, room)
            self._cut[node.key] = text, metrics.horizontalAdvance(text) + 6
        text, width = self._cut[node.key]
        place = QRect(round(at.x()) - width // 2, round(at.y()) + 12, width, metrics.height())
        painter.fillRect(place, ground)
        painter.setPen(now.colour("text" if bright else "muted"))
        painter.drawText(place.adjusted(-20, 0, 20, 0), Qt.AlignmentFlag.AlignCenter, text)


def _measure_extent(nodes: Sequence[GraphNode]) -> tuple[int, int, int, int]:
    """Returns the least and the greatest column, and the least and the greatest row, that hold a node."""
    columns = [node.place.column for node in nodes] or [0]
    rows = [node.place.row for node in nodes] or [0]
    return min(columns), max(columns), min(rows), max(rows)
