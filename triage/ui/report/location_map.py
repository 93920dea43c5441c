"""Draws a map of Pakistan: shaded provinces, named cities, and dots for coordinates. It zooms and moves by mouse and keys."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from triage.model.judgement import PlaceEvidence
from triage.resources import resource
from triage.ui.kit import theme
from triage.ui.kit.widgets import set_tooltip
from triage.ui.text import report_words, words
from triage.ui.text.i18n import Safe, decimal, is_rtl, isolated, ltr, tr

WEST, EAST, SOUTH, NORTH = 60.5, 78.0, 23.4, 37.3
SQUEEZE = 0.86
"""Degrees of longitude are shorter than those of latitude here: the cosine of 30.5 degrees north."""
STEP = 0.02
"""Degrees between two points of an outline that are worth drawing at this size."""
LEAST_HEIGHT, MOST_HEIGHT = 196, 460
MOST_ZOOM = 24.0  # times the whole country
ZOOM_STEP = 1.5
FROM_ZOOM = {1: 0.0, 2: 1.4, 3: 2.4, 4: 4.0}
"""By rank: how much larger than at its least height the map is, before a city is named."""
PAN_STEP = 40  # pixels
MOST_IMAGES = 24
"""So many images of provinces are kept: they hold outlines and shades, and nothing of a report."""
WHOLE = QRectF(0, 0, (EAST - WEST) * SQUEEZE, NORTH - SOUTH)


@dataclass(frozen=True, slots=True)
class MapDot:
    """Is a point of the map with its label; coordinates are in degrees."""

    latitude: float
    longitude: float
    words: Safe


@dataclass(frozen=True, slots=True)
class MapCity:
    """Is a named city of the map; rank 1 is named on the whole map, 4 only when it is zoomed in."""

    name: str
    urdu: str
    latitude: float
    longitude: float
    rank: int


def find_dots(evidence: Sequence[PlaceEvidence]) -> tuple[MapDot, ...]:
    """Returns a dot for each evidence that states coordinates within the map."""
    found: dict[tuple[float, float], MapDot] = {}
    for entry in evidence:
        if entry.kind == "gps" and (place := _parse_coordinates(entry.value)) is not None:
            found.setdefault((round(place[0], 2), round(place[1], 2)), MapDot(*place, report_words.of(entry.of)))
    return tuple(found.values())


def _parse_coordinates(text: str) -> tuple[float, float] | None:
    """Returns latitude and longitude in degrees, or None outside the map."""
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        return None
    return (latitude, longitude) if SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST else None


@cache
def load_outlines() -> tuple[tuple[str, QPainterPath], ...]:
    """Returns province codes with their outlines in projected degrees, y downwards."""
    features = json.loads(resource("geo", "provinces.geojson").read_text("utf-8"))["features"]
    return tuple((feature["properties"]["province"], _build_outline(feature["geometry"])) for feature in features)


@cache
def load_cities() -> tuple[MapCity, ...]:
    """Returns the cities that the map names, the first rank first."""
    text = resource("geo", "map_cities.tsv").read_text("utf-8")
    rows = csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    return tuple(
        MapCity(row["name"], row["urdu"], float(row["latitude"]), float(row["longitude"]), int(row["rank"])) for row in rows
    )


def _build_outline(geometry: dict) -> QPainterPath:
    """Returns the outline of a GeoJSON geometry."""
    path = QPainterPath()
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        for ring in polygon:
            points = list(_thin_out(ring))
            path.moveTo(points[0])
            for point in points[1:]:
                path.lineTo(point)
            path.closeSubpath()
    return path


def _thin_out(ring: list[list[float]]) -> Iterator[QPointF]:
    """Yields the points of a ring that are far enough apart to be drawn."""
    last = None
    for longitude, latitude, *_ in ring:
        if last is None or abs(longitude - last[0]) + abs(latitude - last[1]) > STEP:
            last = longitude, latitude
            yield _project(latitude, longitude)


def _project(latitude: float, longitude: float) -> QPointF:
    """Returns a point in projected degrees, y downwards."""
    return QPointF((longitude - WEST) * SQUEEZE, NORTH - latitude)


class LocationMap(QWidget):
    """Shows the provinces named by evidence shaded, and a dot for each stated coordinate.

    `zoomed` announces that the view changed. A province is no dot: what has no coordinates gets none.
    """

    zoomed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shaded: frozenset[str] = frozenset()
        self.dots: Sequence[MapDot] = ()
        self.zoom = 1.0
        self.centre = WHOLE.center()
        self._held: QPointF | None = None
        self._high = LEAST_HEIGHT
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        set_tooltip(self, tr("Zoom: + and − or {key} with the wheel. Move: arrows or drag. 0: whole map.", key="Ctrl"))

    def show_places(self, shaded: frozenset[str], dots: Sequence[MapDot]) -> None:
        """Shows the places of a report, on the whole map."""
        self._shaded, self.dots = shaded, dots
        self.zoom, self.centre, self._high = 1.0, WHOLE.center(), LEAST_HEIGHT
        named = report_words.listed(words.province(code) for code in sorted(shaded))
        said = tr("Map of Pakistan; shaded: {provinces}", provinces=named or tr("nothing"))
        self.setAccessibleName(Safe(tr("; ").join([said, *map(_describe_dot, dots)])))
        self.update()

    def sizeHint(self) -> QSize:
        """Returns a size of 240 pixels by the present height."""
        return QSize(240, self._high)

    def measure_height(self, width: int) -> int:
        """Returns the height in pixels: not more than the map fills at this width."""
        return min(self._high, round(width * WHOLE.height() / WHOLE.width()) + 8)

    def grow(self, room: int, freely: bool) -> int:
        """Makes the map higher within so many pixels, and returns by how many; freely up to its full height."""
        most = MOST_HEIGHT if freely else (LEAST_HEIGHT + MOST_HEIGHT) // 2
        added = max(0, min(room, most - self._high))
        self._high += added
        return added

    # View

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zooms, with the point `at` of the widget staying where it is."""
        fixed = at or QPointF(self.width() / 2, self.height() / 2)
        before = self._transform().inverted()[0].map(fixed)
        self.zoom = max(1.0, min(MOST_ZOOM, self.zoom * factor))
        after = self._transform().inverted()[0].map(fixed)
        self._move_to(self.centre + before - after)

    def pan_by(self, right: float, down: float) -> None:
        """Moves the view by so many pixels."""
        scale = self._scale()
        self._move_to(self.centre + QPointF(right / scale, down / scale))

    def reset_view(self) -> None:
        """Shows the whole map."""
        self.zoom = 1.0
        self._move_to(WHOLE.center())

    def _move_to(self, centre: QPointF) -> None:
        """Centres the view, without leaving the map."""
        half = QPointF(WHOLE.width() / 2, WHOLE.height() / 2) * (1 - 1 / self.zoom)
        middle = WHOLE.center()
        self.centre = QPointF(
            max(middle.x() - half.x(), min(middle.x() + half.x(), centre.x())),
            max(middle.y() - half.y(), min(middle.y() + half.y(), centre.y())),
        )
        self.update()
        self.zoomed.emit()

    def _scale(self) -> float:
        return min(self.width() / WHOLE.width(), self.height() / WHOLE.height()) * self.zoom

    def _transform(self) -> QTransform:
        scale = self._scale()
        return (
            QTransform()
            .translate(self.width() / 2, self.height() / 2)
            .scale(scale, scale)
            .translate(-self.centre.x(), -self.centre.y())
        )

    # Input

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zooms by + and −, moves by arrows, shows the whole by 0."""
        moves = {
            Qt.Key.Key_Left: (-PAN_STEP, 0),
            Qt.Key.Key_Right: (PAN_STEP, 0),
            Qt.Key.Key_Up: (0, -PAN_STEP),
            Qt.Key.Key_Down: (0, PAN_STEP),
        }
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(ZOOM_STEP)
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom_by(1 / ZOOM_STEP)
        elif event.key() == Qt.Key.Key_0:
            self.reset_view()
        elif event.key() in moves and self.zoom > 1:
            self.pan_by(*moves[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms with Ctrl; else the page scrolls."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(ZOOM_STEP if event.angleDelta().y() > 0 else 1 / ZOOM_STEP, event.position())
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begins to drag."""
        self._held = event.position()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drags the map."""
        if self._held is not None:
            moved = self._held - event.position()
            self._held = event.position()
            self.pan_by(moved.x(), moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ends dragging."""
        self._held = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Zooms in where it was clicked."""
        self.zoom_by(ZOOM_STEP, event.position())

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the provinces, cities and dots."""
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self.rect())
        place = self._transform()
        painter.drawPixmap(0, 0, self._draw_provinces(place))
        taken = [self._dot_room(place.map(_project(dot.latitude, dot.longitude))) for dot in self.dots]
        self._paint_province_names(painter, place, taken)
        self._paint_cities(painter, place, taken)
        for dot in self.dots:
            self._paint_dot(painter, place.map(_project(dot.latitude, dot.longitude)), dot.words)
        if self.hasFocus():
            painter.setPen(QPen(now.colour("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)

    def _draw_provinces(self, place: QTransform) -> QPixmap:
        """Returns the provinces as an image. Outlines are dear to draw, so the last images are kept."""
        now, ratio = theme.current(), self.devicePixelRatioF()
        view = (self.width(), self.height(), ratio, self.zoom, self.centre.x(), self.centre.y())
        key = (now.name, self._shaded, view)
        made = _images.get(key)
        if made is None:
            made = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
            made.setDevicePixelRatio(ratio)
            made.fill(Qt.GlobalColor.transparent)
            painter = QPainter(made)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_provinces(painter, place)
            painter.end()
            _images[key] = made
            while len(_images) > MOST_IMAGES:
                _images.pop(next(iter(_images)))
        return made

    def _paint_provinces(self, painter: QPainter, place: QTransform) -> None:
        now = theme.current()
        edge = now.colour("muted")
        edge.setAlphaF(0.7)
        painter.setPen(QPen(edge, 1))
        shade = QColor(now.colour("accent"))
        shade.setAlphaF(0.42)
        for province, path in load_outlines():
            painter.setBrush(shade if province in self._shaded else now.colour("raised"))
            painter.drawPath(place.map(path))

    def _paint_province_names(self, painter: QPainter, place: QTransform, taken: list[QRectF]) -> None:
        """Names the shaded provinces."""
        font = theme.small_font(bold=True)
        for province, path in load_outlines():
            if province in self._shaded:
                middle = place.map(path.boundingRect().center())
                self._write(painter, font, words.province(province), middle, taken, centred=True, colour="text")

    def _paint_cities(self, painter: QPainter, place: QTransform, taken: list[QRectF]) -> None:
        """Names cities, the largest first, where there is room; zoom shows smaller ones."""
        now = theme.current()
        font = theme.font(px=now.text_px - 3)
        magnified = self._scale() * WHOLE.height() / LEAST_HEIGHT
        for city in load_cities():
            if magnified < FROM_ZOOM[city.rank]:
                break
            at = place.map(_project(city.latitude, city.longitude))
            if not self.rect().contains(at.toPoint()):
                continue
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(now.colour("muted"))
            name = isolated(city.urdu) if is_rtl() and city.urdu else ltr(city.name)
            if self._write(painter, font, name, at, taken, centred=False, colour="muted"):
                painter.setPen(Qt.PenStyle.NoPen)
                painter.drawRect(QRectF(at.x() - 1.5, at.y() - 1.5, 3, 3))

    def _write(
        self, painter: QPainter, font: QFont, text: str, at: QPointF, taken: list[QRectF], *, centred: bool, colour: str
    ) -> bool:
        """Writes a name where nothing else stands, and returns whether it did."""
        metrics = QFontMetricsF(font)
        width, height = metrics.horizontalAdvance(text) + 4, metrics.height()
        places = [QRectF(at.x() - width / 2, at.y() - height / 2, width, height)]
        if not centred:
            places = [
                QRectF(at.x() + 4, at.y() - height / 2, width, height),
                QRectF(at.x() - 4 - width, at.y() - height / 2, width, height),
            ]
        room = next((each for each in places if self.rect().contains(each.toRect()) and not _meets(each, taken)), None)
        if room is None:
            return False
        taken.append(room)
        painter.setFont(font)
        painter.setPen(theme.current().colour(colour))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
        return True

    def _dot_room(self, at: QPointF) -> QRectF:
        return QRectF(at.x() - 8, at.y() - 8, 90, 16)

    def _paint_dot(self, painter: QPainter, at: QPointF, words: Safe) -> None:
        """Paints a dot with its label."""
        now = theme.current()
        painter.setPen(QPen(now.colour("panel"), 2))
        painter.setBrush(now.colour("bad"))
        painter.drawEllipse(at, 5, 5)
        font = theme.small_font(bold=True)
        metrics = QFontMetricsF(font)
        room = QRectF(at.x() + 9, at.y() - metrics.height() / 2, metrics.horizontalAdvance(words) + 2, metrics.height())
        if room.right() > self.width():
            room.moveRight(at.x() - 9)
        ground = now.colour("panel")
        ground.setAlphaF(0.8)
        painter.fillRect(room, ground)
        painter.setPen(now.colour("text"))
        painter.setFont(font)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)


_images: dict[object, QPixmap] = {}


def _describe_dot(dot: MapDot) -> Safe:
    """Returns a dot in words."""
    return tr("dot: {what} at {where}", what=dot.words, where=Safe(f"{decimal(dot.latitude, 2)}, {decimal(dot.longitude, 2)}"))


def _meets(room: QRectF, taken: Sequence[QRectF]) -> bool:
    """Returns whether a place is taken."""
    return any(room.intersects(each) for each in taken)
