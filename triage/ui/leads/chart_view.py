"""Draws a chart with pyqtgraph. A click on a part, or Enter on it, asks for the reports behind it.

The library's own menu is off: its export dialog writes files and fills the clipboard around the register of outgoing data.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QObject, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QKeyEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.ui.kit import theme
from triage.ui.kit.widgets import label
from triage.ui.leads.chart import ChartPart, LeadChart
from triage.ui.leads.chart_library import load_axis, load_pyqtgraph
from triage.ui.text.i18n import is_rtl, number, short_number, tr

LEAST_HEIGHT, MOST_HEIGHT = 190, 250
WIDTH_OF_COLUMN = 0.72  # of the distance between two columns
LEAST_INSIDE = 0.085  # of the chart's height: a lower part has its mark above the column
TICK_GAP, AXIS_WIDTH, LEAST_WIDTH, MOST_TICKS = 14, 50, 240, 8
"""Pixels between two names of columns, of the axis beside them, and of the narrowest chart; names at most."""
STRAIGHT = 0.03  # of the chart's height
_CAPTION = 40  # pixels below an exported chart, for two lines
SCALE = 2  # an exported image has twice the pixels of the screen


def _write_ticks(values: Sequence[float], _scale: float, _spacing: float) -> list[str]:
    """Returns the numbers of an axis."""
    return [number(round(value)) if value == round(value) else short_number(value) for value in values]


def _direct(name: str) -> str:
    """Returns the name of a column with the direction of the language: the axis itself runs from left to right."""
    return f"\u2067{name}\u2069" if is_rtl() else name


class ChartView(QWidget):
    """Shows one chart. Left and Right choose a part, Enter and a click open it.

    Signals:
        part_asked: The chosen `ChartPart`.
    """

    part_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        graph = load_pyqtgraph()
        self.chart: LeadChart | None = None
        self.chosen: int | None = None
        self._places: list[tuple[float, float, float, float]] = []
        """Left, right, bottom and top of each part, in the chart's own units."""
        self._frame: Any = None
        self.plot = graph.PlotWidget(axisItems={"bottom": load_axis()("bottom")}, enableMenu=False)
        self.plot.hideButtons()
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.scene().contextMenu.clear()
        self.plot.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.plot.setMinimumHeight(LEAST_HEIGHT)
        self.plot.setMaximumHeight(MOST_HEIGHT)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for part in (self.plot, self.plot.getPlotItem()):  # time runs to the right in both languages
            part.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.plot.viewport().installEventFilter(self)
        self.plot.scene().sigMouseClicked.connect(self._clicked)
        self.nothing = label("", "muted", wrap=True)
        self.note = label("", "small", wrap=True)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(4)
        whole.addWidget(self.plot, 1)
        whole.addWidget(self.nothing)
        whole.addWidget(self.note)
        whole.addStretch(0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        """Returns the height of a chart in a card."""
        return QSize(280, LEAST_HEIGHT + 30)

    # Drawing

    def show_chart(self, chart: LeadChart) -> None:
        """Draws another chart."""
        self.chart, self.chosen, self._frame = chart, None, None
        self._places = []
        self.setAccessibleName(chart.title)
        self.setAccessibleDescription(". ".join(part.name for part in chart.parts[:40]))
        self.plot.setVisible(bool(chart.parts))
        self.nothing.setVisible(not chart.parts)
        self.nothing.setText(chart.empty)
        self.note.setText(chart.note)
        self.note.setVisible(bool(chart.note) and bool(chart.parts))
        self.plot.clear()
        if not chart.parts:
            return
        colours = theme.current()
        self.plot.setBackground(colours.colour("panel"))
        top = self._find_top(chart)
        self._set_axes(chart, top)
        draw = {"stack": self._draw_stack, "bars": self._draw_bars, "line": self._draw_points, "intervals": self._draw_points}
        draw[chart.kind](chart, top)
        if chart.reference is not None:
            self._draw_reference(chart, chart.reference)

    def _find_top(self, chart: LeadChart) -> float:
        """Returns the highest value that the chart holds, with room for the marks above."""
        if chart.kind == "stack":
            highest = max(chart.total(column) for column in range(len(chart.columns)))
        else:
            highest = max(max(part.value, part.high) for part in chart.parts)
        highest = max(highest, chart.reference or 0)
        room = 1.34 if chart.kind == "stack" else 1.2
        return max(highest * room, 1.0)

    def _set_axes(self, chart: LeadChart, top: float) -> None:
        """Sets the range, the columns' names and the colours of both axes."""
        colours = theme.current()
        for name in ("left", "bottom"):
            axis = self.plot.getAxis(name)
            axis.setPen(colours.colour("line"))
            axis.setTextPen(colours.colour("muted"))
            axis.setStyle(tickFont=theme.small_font(), tickLength=-4, autoExpandTextSpace=True)
            axis.enableAutoSIPrefix(False)
            axis.setZValue(-1)  # the lines of the grid lie behind the parts
        self.plot.getAxis("left").tickStrings = _write_ticks
        self._set_ticks()
        self.plot.showGrid(y=True, alpha=0.15)
        self.plot.setXRange(-0.9, len(chart.columns) - 0.1, padding=0)
        self.plot.setYRange(0, top, padding=0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Names as many columns as have room."""
        super().resizeEvent(event)
        self._set_ticks()

    def _set_ticks(self) -> None:
        """Names the columns of which the names fit beside one another, the newest among them."""
        if self.chart is None or not self.chart.columns:
            return
        names = self.chart.columns
        metrics = QFontMetrics(theme.small_font())
        widest = max(metrics.horizontalAdvance(name) for name in names) + TICK_GAP
        fit = max(1, min(MOST_TICKS, (max(self.plot.width(), LEAST_WIDTH) - AXIS_WIDTH) // widest))
        every = -(-len(names) // fit)
        shown = [(at, _direct(name)) for at, name in enumerate(names) if (len(names) - 1 - at) % every == 0]
        self.plot.getAxis("bottom").setTicks([shown])

    def _draw_stack(self, chart: LeadChart, top: float) -> None:
        """Draws columns of parts. A part that is too low for its mark has it above the column."""
        for column in range(len(chart.columns)):
            bottom = 0.0
            above: list[str] = []
            for part in (each for each in chart.parts if each.column == column):
                self._add_bar(part, column - WIDTH_OF_COLUMN / 2, column + WIDTH_OF_COLUMN / 2, bottom, bottom + part.value)
                if part.value >= top * LEAST_INSIDE:
                    self._add_mark(part.mark, column, bottom + part.value / 2, _ink_of(part.colour), anchor=(0.5, 0.5))
                else:
                    above.append(part.mark)
                bottom += part.value
            if above:
                lines = [" ".join(above[at : at + 2]) for at in range(0, len(above), 2)]
                self._add_mark("\n".join(lines), column, bottom, theme.current().colour("text"), anchor=(0.5, 1.0))

    def _draw_bars(self, chart: LeadChart, top: float) -> None:
        """Draws bars beside one another, each with its number above."""
        for column in range(len(chart.columns)):
            own = [part for part in chart.parts if part.column == column]
            width = WIDTH_OF_COLUMN / max(1, len(own))
            for at, part in enumerate(own):
                left = column - WIDTH_OF_COLUMN / 2 + at * width
                self._add_bar(part, left, left + width * 0.94, 0.0, part.value)
                self._add_mark(part.mark, left + width / 2, part.value, theme.current().colour("text"), anchor=(0.5, 1.0))

    def _draw_points(self, chart: LeadChart, top: float) -> None:
        """Draws points, joined by a line or with their intervals, each with its number above."""
        graph = load_pyqtgraph()
        colours = theme.current()
        x, y = [part.column for part in chart.parts], [part.value for part in chart.parts]
        if chart.kind == "line":
            self.plot.addItem(graph.PlotDataItem(x, y, pen=graph.mkPen(colours.colour("bar"), width=2)))
        else:
            for part in chart.parts:
                pen = graph.mkPen(colours.colour("muted"), width=1.5)
                self.plot.addItem(graph.PlotDataItem([part.column, part.column], [part.low, part.high], pen=pen))
        points = graph.ScatterPlotItem(x, y, size=8, pen=None, brush=colours.colour("bar"))
        self.plot.addItem(points)
        for at, part in enumerate(chart.parts):
            self._places.append((part.column - 0.45, part.column + 0.45, 0.0, top))
            place = max(part.value, part.high)
            below = chart.kind == "line" and place > top * LEAST_INSIDE * 2 and _is_below(y, at, top)
            self._add_mark(part.mark, part.column, place, colours.colour("text"), anchor=(0.5, -0.15 if below else 1.15))

    def _draw_reference(self, chart: LeadChart, value: float) -> None:
        """Draws the line to compare with, and its name upon it."""
        graph = load_pyqtgraph()
        colour = theme.current().colour("muted")
        self.plot.addItem(graph.InfiniteLine(value, angle=0, pen=graph.mkPen(colour, width=1, style=Qt.PenStyle.DashLine)))
        self._add_mark(chart.reference_name, -0.85, value, theme.current().colour("text"), anchor=(0.0, 1.0))

    def _add_bar(self, part: ChartPart, left: float, right: float, bottom: float, top: float) -> None:
        """Draws one bar and notes where it is."""
        graph = load_pyqtgraph()
        fill, edge = theme.current().colour(part.colour), graph.mkPen(theme.current().colour("panel"))
        self.plot.addItem(graph.BarGraphItem(x0=[left], x1=[right], y0=[bottom], y1=[top], brush=fill, pen=edge))
        self._places.append((left, right, bottom, top))

    def _add_mark(self, text: str, x: float, y: float, colour: QColor, *, anchor: tuple[float, float]) -> None:
        """Writes letters and numbers at a place."""
        ground = theme.current().colour("panel")
        ground.setAlpha(0 if anchor[1] in (0.5, 1.0) else 200)  # a steep line may run behind the mark of a point
        made = load_pyqtgraph().TextItem(text, color=colour, anchor=anchor, fill=ground)
        made.setFont(theme.small_font())
        made.setPos(x, y)
        self.plot.addItem(made, ignoreBounds=True)

    # Choosing

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leaves the wheel to the page, so that a chart neither zooms nor stops the scrolling."""
        if isinstance(event, QWheelEvent):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _clicked(self, event: Any) -> None:
        """Opens the part under the mouse."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.open_at(self.plot.getViewBox().mapSceneToView(event.scenePos()))

    def open_at(self, point: QPointF) -> None:
        """Opens the part at a point in the chart's own units, if there is one."""
        for at, (left, right, bottom, top) in enumerate(self._places):
            if left <= point.x() <= right and bottom <= point.y() <= top:
                self.choose(at)
                self._open()
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Chooses the part to the left or right, or opens the chosen one."""
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
        if event.key() in steps and self._places:
            at = 0 if self.chosen is None else self.chosen + steps[Qt.Key(event.key())]
            self.choose(max(0, min(at, len(self._places) - 1)))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        else:
            super().keyPressEvent(event)

    def choose(self, at: int) -> None:
        """Frames a part, and says in words what it is."""
        if self.chart is None:
            return
        graph = load_pyqtgraph()
        self.chosen = at
        left, right, bottom, top = self._places[at]
        if self._frame is not None:
            self.plot.removeItem(self._frame)
        x, y = [left, right, right, left, left], [bottom, bottom, top, top, bottom]
        self._frame = graph.PlotDataItem(x, y, pen=graph.mkPen(theme.current().colour("focus"), width=2))
        self.plot.addItem(self._frame)
        self.note.setText(self.chart.parts[at].name)
        self.note.show()
        self.setAccessibleDescription(self.chart.parts[at].name)

    def _open(self) -> None:
        """Asks for the reports behind the chosen part."""
        if self.chart is not None and self.chosen is not None and self.chart.parts[self.chosen].behind is not None:
            self.part_asked.emit(self.chart.parts[self.chosen])

    def focusOutEvent(self, event: Any) -> None:
        """Takes the frame away."""
        if self._frame is not None and self.chart is not None:
            self.plot.removeItem(self._frame)
            self._frame, self.chosen = None, None
            self.note.setText(self.chart.note)
            self.note.setVisible(bool(self.chart.note))
        super().focusOutEvent(event)


def _is_below(values: list[float], at: int, top: float) -> bool:
    """Returns whether the mark of a point stands below it: where the line bends upwards, it runs through the place above.

    Where it is almost straight, every other mark stands below, so that neighbours do not touch.
    """
    beside = values[max(0, at - 1) : at] + values[at + 1 : at + 2]
    bend = sum(beside) / len(beside) - values[at] if beside else 0.0
    return bend > 0 if abs(bend) > top * STRAIGHT else at % 2 == 1


def _ink_of(colour: str) -> QColor:
    """Returns the colour of letters upon a colour."""
    colours = theme.current()
    return colours.colour(f"on_{colour}" if f"on_{colour}" in colours.colours else "ground")


def _render(widget: QWidget, painter: QPainter) -> None:
    """Draws a widget, and below it that its figures stay inside: unlike a statistic's, its small counts are not withheld."""
    painter.fillRect(QRect(QPoint(), _size_with_caption(widget)), theme.current().colour("panel"))
    widget.render(painter, QPointF(0, 0).toPoint())
    says = tr("Internal figures, not for publication: small counts are not withheld.")
    painter.setFont(widget.font())
    painter.setPen(theme.current().colour("text"))
    place = QRect(8, widget.height(), widget.width() - 16, _CAPTION)
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading | Qt.TextFlag.TextWordWrap, says)


def _size_with_caption(widget: QWidget) -> QSize:
    """Returns the size of the picture of a widget with the line below it."""
    return widget.size() + QSize(0, _CAPTION)


def draw_png(widget: QWidget) -> bytes:
    """Returns a picture of a widget as PNG, in memory."""
    image = QImage(_size_with_caption(widget) * SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SCALE)
    painter = QPainter(image)
    _render(widget, painter)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # no file: Qt writes into the buffer
    return bytes(data.data())


def draw_svg(widget: QWidget, title: str) -> bytes:
    """Returns a drawing of a widget as SVG, in memory."""
    from PySide6.QtSvg import QSvgGenerator

    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    made = QSvgGenerator()
    made.setOutputDevice(buffer)
    made.setSize(_size_with_caption(widget))
    made.setViewBox(QRect(QPoint(), _size_with_caption(widget)))
    made.setTitle(title)
    painter = QPainter(made)
    _render(widget, painter)
    painter.end()
    buffer.close()
    return bytes(data.data())
