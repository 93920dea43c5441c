"""Draws a small map of Pakistan with shaded provinces and dots."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from triage.model.judgement import PlaceEvidence
from triage.resources import resource
from triage.ui.kit import theme
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, tr

WEST, EAST, SOUTH, NORTH = 60.5, 78.0, 23.4, 37.3
SQUEEZE = 0.86
"""Degrees of longitude are shorter than those of latitude here: the cosine of 30.5 degrees north."""
STEP = 0.02
"""Degrees between two points of an outline that are worth drawing at this size."""


@dataclass(frozen=True, slots=True)
class MapDot:
    """Is a point of the map with its label; coordinates are in degrees."""

    latitude: float
    longitude: float
    words: Safe


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
    """Shows the provinces named by evidence, and a dot for each stated coordinate."""

    def __init__(self, shaded: frozenset[str], dots: Sequence[MapDot]) -> None:
        super().__init__()
        self._shaded, self.dots = shaded, dots
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(196)
        said = tr("Map of Pakistan; shaded: {provinces}", provinces=", ".join(sorted(shaded)) or tr("nothing"))
        self.setAccessibleName(said)

    def sizeHint(self) -> QSize:
        """Returns a size of 240 by 196 pixels."""
        return QSize(240, 196)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the provinces and the dots."""
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = min(self.width() / ((EAST - WEST) * SQUEEZE), self.height() / (NORTH - SOUTH))
        width = (EAST - WEST) * SQUEEZE * scale
        place = QTransform().translate((self.width() - width) / 2, 0).scale(scale, scale)
        edge = now.colour("muted")
        edge.setAlphaF(0.55)
        painter.setPen(QPen(edge, 1))
        for province, path in load_outlines():
            painter.setBrush(now.colour("selected") if province in self._shaded else now.colour("raised"))
            painter.drawPath(place.map(path))
        for dot in self.dots:
            self._paint_dot(painter, place.map(_project(dot.latitude, dot.longitude)), dot.words)

    def _paint_dot(self, painter: QPainter, at: QPointF, words: Safe) -> None:
        """Paints a dot with its label."""
        now = theme.current()
        painter.setPen(QPen(now.colour("panel"), 2))
        painter.setBrush(now.colour("accent"))
        painter.drawEllipse(at, 5, 5)
        font = theme.small_font()
        metrics = QFontMetrics(font)
        room = QRectF(at.x() + 9, at.y() - metrics.height() / 2, metrics.horizontalAdvance(words) + 2, metrics.height())
        if room.right() > self.width():
            room.moveRight(at.x() - 9)
        painter.setPen(now.colour("text"))
        painter.setFont(font)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)
