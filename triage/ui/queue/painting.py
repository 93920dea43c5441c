"""Draws the parts of a queue cell: text, the band's letter block, a bar of 0 to 100, and flags as chips.

Each function takes the painter and the rectangle of the cell without its padding. Whatever is placed within a cell is mirrored
when the layout runs from right to left.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from triage.ui.kit import theme
from triage.ui.kit.widgets import paint_band
from triage.ui.text import words
from triage.ui.text.i18n import Safe, ltr, word

CHIP_GAP = 4  # pixels
CHIP_HEIGHT = 18  # pixels
_BAND_SIDE = 22  # pixels
_NUMBER_WIDTH = 24  # pixels, for "100" beside a bar
_BAR_HEIGHT = 6  # pixels
_CHIP_COLOURS = {
    "plain": ("chip", "on_chip"),
    "grave": ("chip_grave", "on_chip_grave"),
    "calm": ("chip_calm", "on_chip_calm"),
    "more": ("", "muted"),
}
_LEADING = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter


def is_mirrored(painter: QPainter) -> bool:
    """Returns whether the layout runs from right to left."""
    return painter.layoutDirection() == Qt.LayoutDirection.RightToLeft


def draw_text(painter: QPainter, place: QRect, text: str, colour: QColor, *, bold: bool = False) -> None:
    """Draws one line. Text that does not fit ends in an ellipsis."""
    font = theme.font(bold=bold)
    painter.setFont(font)
    painter.setPen(QPen(colour))
    fits = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width() + 4)
    painter.drawText(place.adjusted(0, 0, 4, 0), _LEADING, fits)


def draw_band(painter: QPainter, place: QRect, band: str) -> None:
    """Draws the letter of a band on its colour."""
    block = QRect(0, 0, _BAND_SIDE, _BAND_SIDE)
    block.moveCenter(place.center())
    paint_band(painter, block, band)


def draw_bar(painter: QPainter, place: QRect, value: float) -> None:
    """Draws a bar of 0 to 100 and the number beside it."""
    now = theme.current()
    length = place.width() - _NUMBER_WIDTH - 4
    top = place.center().y() - 2
    filled = round(length * max(0.0, min(100.0, value)) / 100)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for width, colour in ((length, "bar_ground"), (filled, "bar")):
        painter.setBrush(now.colour(colour))
        painter.drawRoundedRect(_mirror(painter, place, QRect(place.left(), top, width, _BAR_HEIGHT)), 3, 3)
    number = QRect(place.left() + length + 6, place.top(), _NUMBER_WIDTH, place.height())
    draw_text(painter, _mirror(painter, place, number), ltr(f"{value:.0f}"), now.colour("muted"))


def draw_chips(painter: QPainter, place: QRect, flags: tuple[str, ...]) -> None:
    """Draws as many flags as fit, each whole."""
    now = theme.current()
    font = theme.small_font()
    painter.setFont(font)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    left = place.left()
    for text, tone, width in fit_chips(flags, place.width(), QFontMetrics(font)):
        ground, ink = _CHIP_COLOURS[tone]
        block = _mirror(painter, place, QRect(left, place.center().y() - CHIP_HEIGHT // 2 + 1, width, CHIP_HEIGHT))
        if ground:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(now.colour(ground))
            painter.drawRoundedRect(block, 3, 3)
        painter.setPen(now.colour(ink))
        painter.drawText(block, Qt.AlignmentFlag.AlignCenter, text)
        left += width + CHIP_GAP


def fit_chips(flags: tuple[str, ...], width: int, metrics: QFontMetrics) -> list[tuple[Safe, str, int]]:
    """Returns text, tone and width of the whole chips that fit. The others become one chip "+2" at the end."""
    chips = [(word(flag), words.tone(flag), metrics.horizontalAdvance(word(flag)) + 11) for flag in flags]
    more = metrics.horizontalAdvance("+99") + 8
    shown: list[tuple[Safe, str, int]] = []
    used = 0
    for at, chip in enumerate(chips):
        rest = len(chips) - at - 1
        if used + chip[2] + (more + CHIP_GAP if rest else 0) > width:
            shown.append((ltr(f"+{rest + 1}"), "more", more))
            break
        shown.append(chip)
        used += chip[2] + CHIP_GAP
    return shown


def _mirror(painter: QPainter, within: QRect, place: QRect) -> QRect:
    if not is_mirrored(painter):
        return place
    return QRect(within.left() + within.right() - place.right(), place.top(), place.width(), place.height())
