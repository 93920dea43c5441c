"""Draws the parts of a queue cell: lines of text, the band's letter block, a bar of 0 to 100, a tick box, and flags as words.

Each function takes the painter and the rectangle of the cell without its padding. Whatever is placed within a cell is mirrored
when the layout runs from right to left.
"""

from __future__ import annotations

import re
from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QTextCharFormat, QTextLayout, QTextOption

from triage.ui.kit import theme
from triage.ui.kit.widgets import paint_band
from triage.ui.text import words
from triage.ui.text.i18n import LRI, PDI, decimal, is_rtl, tr, word

_BAND_SIDE = 22  # pixels
_NUMBER_WIDTH = 24  # pixels, for "100" beside a bar
_BAR_HEIGHT = 6  # pixels
_TICK_SIDE = 15  # pixels
FLAG_LINES = 2  # lines of a row's flags; those without room there are counted
_OVER = 4  # pixels that a line may reach into the padding of its cell
ROW_PAD = 3  # pixels above and below the lines of a row
_BESIDE_NUMBER = re.compile(rf" (?={LRI}?[0-9])|(?<=[0-9]) |(?<=[0-9]{PDI}) ")
_LEADING = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter


def is_mirrored(painter: QPainter) -> bool:
    """Returns whether the layout runs from right to left."""
    return painter.layoutDirection() == Qt.LayoutDirection.RightToLeft


def measure_row() -> int:
    """Returns the height of a row: two lines of text or of flags."""
    two = QFontMetrics(theme.font()).height() + QFontMetrics(theme.small_font()).height()
    flags = QFontMetrics(flag_font()).lineSpacing() * FLAG_LINES
    return max(40, max(two, flags) + 2 * ROW_PAD)


def draw_text(painter: QPainter, place: QRect, text: str, colour: QColor, *, bold: bool = False, small: bool = False) -> None:
    """Draws one line. Text that does not fit ends in an ellipsis."""
    font, metrics = _measured_font(theme.current().text_px - (2 if small else 0), bold, is_rtl())
    painter.setFont(font)
    painter.setPen(colour)
    fits = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width() + _OVER)
    painter.drawText(place.adjusted(-_OVER, 0, 0, 0) if is_mirrored(painter) else place.adjusted(0, 0, _OVER, 0), _LEADING, fits)


def is_cut(place: QRect, text: str, *, small: bool = False) -> bool:
    """Returns whether `draw_text` would have to shorten a text in this place."""
    _, metrics = _measured_font(theme.current().text_px - (2 if small else 0), False, is_rtl())
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width() + _OVER) != text


def cut_middle(text: str, width: int, *, bold: bool = False) -> str:
    """Returns a line of at most a width in pixels: what does not fit is left out in the middle, so that both ends are read."""
    _, metrics = _measured_font(theme.current().text_px, bold, is_rtl())
    return metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, width + _OVER)


def measure_line(text: str, *, bold: bool = False, small: bool = False) -> int:
    """Returns the width in pixels that `draw_text` takes for a text."""
    _, metrics = _measured_font(theme.current().text_px - (2 if small else 0), bold, is_rtl())
    return metrics.horizontalAdvance(text)


@lru_cache(maxsize=16)
def _measured_font(px: int, bold: bool, _rtl: bool) -> tuple[QFont, QFontMetrics]:
    """Returns a font of the language in force with its measures; making both for each cell takes most of the painting."""
    font = theme.font(px=px, bold=bold)
    return font, QFontMetrics(font)


def split_lines(place: QRect) -> tuple[QRect, QRect]:
    """Returns the places of the first and the second line of a cell."""
    px = theme.current().text_px
    first, second = (_measured_font(size, False, is_rtl())[1].height() for size in (px, px - 2))
    top = place.center().y() - (first + second) // 2 + 1
    return QRect(place.left(), top, place.width(), first), QRect(place.left(), top + first, place.width(), second)


def draw_band(painter: QPainter, place: QRect, band: str) -> None:
    """Draws the letter of a band on its colour."""
    block = QRect(0, 0, _BAND_SIDE, _BAND_SIDE)
    block.moveCenter(place.center())
    block.moveLeft(place.right() - _BAND_SIDE + 1 if is_mirrored(painter) else place.left())
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
    draw_text(painter, _mirror(painter, place, number), decimal(value, 0), now.colour("text"))


def draw_tick(painter: QPainter, place: QRect, *, ticked: bool, barred: bool = False) -> None:
    """Draws a box, with a tick in it, barred by a line, or empty."""
    now = theme.current()
    box = QRect(0, 0, _TICK_SIDE, _TICK_SIDE)
    box.moveCenter(place.center())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(now.colour("accent" if ticked else "bad" if barred else "muted")))
    painter.setBrush(now.colour("accent") if ticked else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, 3, 3)
    if barred:
        painter.setPen(QPen(now.colour("bad"), 2))
        painter.drawLine(box.left() + 4, box.center().y() + 1, box.right() - 3, box.center().y() + 1)
    if ticked:
        painter.setPen(QPen(now.colour("ground"), 2))
        left, middle, bottom = box.left(), box.center(), box.bottom()
        painter.drawLine(left + 4, middle.y() + 1, middle.x() - 1, bottom - 4)
        painter.drawLine(middle.x() - 1, bottom - 4, box.right() - 3, box.top() + 4)


def draw_framed(painter: QPainter, place: QRect, text: str) -> None:
    """Draws a small text in a thin frame at the beginning of a line."""
    now = theme.current()
    font = theme.small_font()
    width = min(QFontMetrics(font).horizontalAdvance(text) + 10, place.width())
    frame = _mirror(painter, place, QRect(place.left(), place.top(), width, place.height()))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(now.colour("muted")))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(frame.adjusted(0, 0, -1, -1), 3, 3)
    painter.setFont(font)
    painter.setPen(QPen(now.colour("text")))
    fits = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, width - 8)
    painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, fits)


# Flags


def flag_font() -> QFont:
    """Returns the font of flags: one pixel smaller than the text."""
    return theme.font(px=theme.current().text_px - 1)


def order_flags(flags: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the flags with the grave ones first, in their order otherwise."""
    return tuple(sorted(flags, key=lambda flag: words.tone(flag) != "grave"))


@lru_cache(maxsize=512)
def _fit_flags(flags: tuple[str, ...], width: int, _look: tuple[str, int]) -> QTextLayout:
    """Returns as many flags as have room, whole, and the number of the others."""
    for left_out in range(len(flags) + 1):
        layout = _lay_flags(flags, left_out, width)
        if layout.lineCount() <= FLAG_LINES:
            break
    return layout


def _lay_flags(flags: tuple[str, ...], left_out: int, width: int) -> QTextLayout:
    """Breaks all flags but the last `left_out` into lines of a width; grave flags are in bold type and come first."""
    text, formats, gap = "", [], str(tr(", "))
    bold = QTextCharFormat()
    bold.setFontWeight(QFont.Weight.DemiBold)
    for flag in order_flags(flags)[: len(flags) - left_out]:
        text += gap if text else ""
        if words.tone(flag) == "grave":
            format_range = QTextLayout.FormatRange()
            format_range.start, format_range.length, format_range.format = _utf16(text), _utf16(word(flag)), bold
            formats.append(format_range)
        text += _keep_numbers(word(flag))
    if left_out:
        text += (gap if text else "") + _keep_numbers(tr("{n} more", n=left_out))
    layout = QTextLayout(text, flag_font())
    option = QTextOption(Qt.AlignmentFlag.AlignLeft)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    if is_rtl():
        option.setTextDirection(Qt.LayoutDirection.RightToLeft)
    layout.setTextOption(option)
    layout.setFormats(formats)
    layout.beginLayout()
    height = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(24, width))
        line.setPosition(QPointF(0, height))
        height += QFontMetrics(flag_font()).lineSpacing()
    layout.endLayout()
    layout.setCacheEnabled(True)
    return layout


def _keep_numbers(text: str) -> str:
    """Returns a text in which no line ends before or behind a number: "NCMEC 1" and "7 more" stay whole."""
    return _BESIDE_NUMBER.sub("\u00a0", text)


def _utf16(text: str) -> int:
    """Returns the length of a text in the units that Qt counts."""
    return len(text.encode("utf-16-le")) // 2


def lay_flags(flags: tuple[str, ...], width: int) -> QTextLayout:
    """Returns the flags in at most FLAG_LINES lines of a width, in the look in force. Those without room are counted, not cut."""
    now = theme.current()
    return _fit_flags(flags, width, (now.name + str(is_rtl()), now.text_px))


def draw_flags(painter: QPainter, place: QRect, flags: tuple[str, ...]) -> None:
    """Draws the flags as words. The tooltip and the panel beside the queue name all of them."""
    if not flags:
        return
    layout = lay_flags(flags, place.width())
    height = QFontMetrics(flag_font()).lineSpacing() * layout.lineCount()
    painter.setPen(QPen(theme.current().colour("text")))
    layout.draw(painter, QPointF(place.left(), place.top() + max(0, (place.height() - height) / 2)))


def _mirror(painter: QPainter, within: QRect, place: QRect) -> QRect:
    if not is_mirrored(painter):
        return place
    return QRect(within.left() + within.right() - place.right(), place.top(), place.width(), place.height())
