"""Paints the heading of a group: a triangle, its band, its title, and how much of it is graded."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPolygon

from triage.model.gallery import GalleryHeading
from triage.ui.gallery.grid_layout import HEADING, MARGIN
from triage.ui.kit import theme
from triage.ui.kit.widgets import paint_band
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, is_rtl, ltr, tr, trn

BAND = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadingLook:
    """What is painted of a heading. `heading` is None while it is on its way."""

    title: Safe
    heading: GalleryHeading | None
    cells: int
    graded: int
    folded: bool


def paint_heading(painter: QPainter, top: int, width: int, look: HeadingLook) -> None:
    """Paints a heading at a height of a view of this width, mirrored in Urdu."""
    line = QRect(MARGIN, top + 8, width - 2 * MARGIN, HEADING - 10)
    _paint_triangle(painter, line, width, folded=look.folded)
    left = MARGIN + 20
    heading = look.heading
    if heading is not None and heading.band is not None:
        at = width - left - BAND if is_rtl() else left
        paint_band(painter, QRect(at, line.top() + 3, BAND, BAND), heading.band)
        left += BAND + 8
    graded = tr("{n} of {total} graded", n=look.graded, total=look.cells)
    end = width - MARGIN - QFontMetrics(theme.small_font()).horizontalAdvance(graded) - 2
    left = _paint_text(painter, left, end, line, look.title, width, bold=True)
    count = trn("{n} media item", "{n} media items", look.cells)
    detail = report_words.listed([ltr(heading.detail), count]) if heading is not None and heading.detail else count
    _paint_text(painter, left + 10, end, line, detail, width)
    _paint_text(painter, end, width, line, graded, width)


def _paint_triangle(painter: QPainter, line: QRect, width: int, *, folded: bool) -> None:
    """Paints whether the group is folded."""
    corners = ((2, 0), (2, 12), (8, 6)) if folded else ((0, 3), (10, 3), (5, 9))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.current().colour("muted"))
    xs = ((width - MARGIN - x if is_rtl() else MARGIN + x, line.top() + 6 + y) for x, y in corners)
    painter.drawPolygon(QPolygon([QPoint(x, y) for x, y in xs]))


def _paint_text(painter: QPainter, left: int, end: int, line: QRect, words: Safe, width: int, *, bold: bool = False) -> int:
    """Paints words between two places, counted from the side where lines begin; returns where they end."""
    font = theme.font(bold=True) if bold else theme.small_font()
    metrics = QFontMetrics(font)
    painter.setFont(font)
    painter.setPen(theme.current().colour("text" if bold else "muted"))
    taken = max(0, min(metrics.horizontalAdvance(words) + 2, end - left))
    place = QRect(width - left - taken if is_rtl() else left, line.top(), taken, line.height())
    fits = metrics.elidedText(words, Qt.TextElideMode.ElideRight, taken)
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignHCenter, fits)
    return left + taken
