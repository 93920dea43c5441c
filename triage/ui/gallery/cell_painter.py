"""Paints a cell of the gallery: the blurred thumbnail, plates over it, and its name and state in words under it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPixmap, QPolygonF

from triage.model.gallery import FileState, GalleryCell
from triage.ui.gallery import gallery_words
from triage.ui.kit import theme
from triage.ui.kit.theme import Theme
from triage.ui.text import times
from triage.ui.text.i18n import Safe, is_rtl, ltr, tr, trn

PLATE = QColor(0, 0, 0, 168)
"""White words on it reach 4.5 to 1 also where the thumbnail is white."""
MARK = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class CellLook:
    """What is painted of a cell. `cell` is None while its facts are on their way."""

    cell: GalleryCell | None
    thumbnail: QPixmap | None
    state: FileState
    grade: str | None
    files: int
    near: int
    hidden: bool
    selected: bool
    current: bool


class CellPainter:
    """Paints cells with the fonts and colours of the theme in force."""

    def __init__(self) -> None:
        self._now: Theme = theme.current()
        self._small = theme.small_font()
        self._font = theme.font(px=self._now.text_px - 1)
        self._of_small, self._of_font = QFontMetrics(self._small), QFontMetrics(self._font)

    def paint(self, painter: QPainter, place: QRect, look: CellLook) -> None:
        """Paints a cell at a place."""
        picture = QRect(place.topLeft(), QSize(place.width(), place.width() * 3 // 4))
        self._paint_stack(painter, picture, look.near)
        if look.thumbnail is not None and not look.hidden:
            painter.drawPixmap(picture.topLeft(), look.thumbnail)
        else:
            self._paint_instead(painter, picture, look)
        self._paint_plates(painter, picture, look)
        self._paint_frame(painter, picture, look)
        self._paint_words(painter, place, picture, look)

    def _paint_instead(self, painter: QPainter, picture: QRect, look: CellLook) -> None:
        """Paints an empty frame, with words when there will be no thumbnail."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._now.colour("chip"))
        painter.drawRoundedRect(picture, 4, 4)
        if (said := self._say_instead(look)) is not None:
            painter.setFont(self._small)
            painter.setPen(self._now.colour("muted"))
            wrap = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignCenter
            painter.drawText(picture.adjusted(6, 6, -6, -6), wrap, said)

    def _say_instead(self, look: CellLook) -> Safe | None:
        """Returns what stands in place of a thumbnail."""
        if look.hidden:
            return tr("You hid this item")
        if look.cell is None or look.cell.preview is not None:
            return None
        return tr("can't be shown") if look.cell.problem else tr("no preview")

    def _paint_stack(self, painter: QPainter, picture: QRect, near: int) -> None:
        """Paints the edges of the files under the top one."""
        if near < 2:
            return
        painter.setPen(self._now.colour("muted"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for shift in (2, 4):
            painter.drawRoundedRect(picture.translated(-shift if is_rtl() else shift, -shift), 4, 4)

    def _paint_plates(self, painter: QPainter, picture: QRect, look: CellLook) -> None:
        """Paints copies, duration and warnings over the thumbnail, and the tick."""
        copies = gallery_words.describe_copies(look.files, look.near)
        upper = [copies] if copies is not None else []
        if look.cell is not None and look.cell.duration_ms is not None:
            seconds = look.cell.duration_ms // 1000
            upper.append(times.length(seconds))
        if upper:
            self._paint_plate(painter, picture, Safe("  ".join(upper)), top=True)
        if look.cell is not None and look.cell.warnings:
            said = trn("{n} warning", "{n} warnings", len(look.cell.warnings))
            self._paint_plate(painter, picture, said, top=False)
        if look.selected:
            box = QRect(picture.right() - 22 if is_rtl() else picture.left() + 6, picture.top() + 6, 16, 16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._now.colour("accent_fill"))
            painter.drawRoundedRect(box, 3, 3)
            painter.setPen(QPen(self._now.colour("on_accent_fill"), 2))
            painter.drawPolyline([box.topLeft() + QPointF(*at).toPoint() for at in ((4, 8), (7, 11), (12, 5))])

    def _paint_plate(self, painter: QPainter, picture: QRect, words: Safe, *, top: bool) -> None:
        """Paints words on a dark plate, at the upper end or the lower beginning of the thumbnail."""
        fits = self._of_small.elidedText(words, Qt.TextElideMode.ElideRight, picture.width() - 16)
        width, height = self._of_small.horizontalAdvance(fits) + 10, self._of_small.height() + 2
        at_right = top != is_rtl()
        left = picture.right() - width - 4 if at_right else picture.left() + 5
        plate = QRect(left, picture.top() + 5 if top else picture.bottom() - height - 4, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(PLATE)
        painter.drawRoundedRect(plate, 3, 3)
        painter.setFont(self._small)
        painter.setPen(QColor(255, 255, 255))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, fits)

    def _paint_frame(self, painter: QPainter, picture: QRect, look: CellLook) -> None:
        """Frames what is selected, and double what is current."""
        if not (look.selected or look.current):
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._now.colour("focus" if look.current else "accent"), 3 if look.current else 2))
        painter.drawRoundedRect(picture.adjusted(-1, -1, 1, 1), 5, 5)
        if look.current and look.selected:
            painter.setPen(QPen(self._now.colour("text"), 1))
            painter.drawRoundedRect(picture.adjusted(-3, -3, 3, 3), 6, 6)

    def _paint_words(self, painter: QPainter, place: QRect, picture: QRect, look: CellLook) -> None:
        """Paints name and state under the thumbnail."""
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        align |= Qt.AlignmentFlag.AlignRight if is_rtl() else Qt.AlignmentFlag.AlignLeft
        line = QRect(place.left(), picture.bottom() + 3, place.width(), 17)
        if look.cell is not None:
            painter.setFont(self._font)
            painter.setPen(self._now.colour("text"))
            name = self._of_font.elidedText(ltr(look.cell.name), Qt.TextElideMode.ElideMiddle, line.width() - 4)
            painter.drawText(line, align, name)
        line.translate(0, 17)
        self._paint_mark(painter, line, gallery_words.name_mark(look.state))
        painter.setFont(self._small)
        painter.setPen(self._now.colour("muted"))
        words = gallery_words.describe_state(look.state, look.cell, look.grade)
        inner = line.adjusted(0, 0, -MARK - 5, 0) if is_rtl() else line.adjusted(MARK + 5, 0, 0, 0)
        painter.drawText(inner, align, self._of_small.elidedText(words, Qt.TextElideMode.ElideRight, inner.width()))

    def _paint_mark(self, painter: QPainter, line: QRect, shape: str) -> None:
        """Paints the shape of a state; the words beside it say the same."""
        left = line.right() - MARK if is_rtl() else line.left() + 1
        box = QRectF(left, line.center().y() - MARK / 2 + 1, MARK, MARK)
        painter.setPen(QPen(self._now.colour("muted"), 1.2))
        painter.setBrush(self._now.colour("muted") if shape in ("full", "diamond") else Qt.BrushStyle.NoBrush)
        if shape == "diamond":
            middle = box.center()
            reach = MARK / 2 + 0.5
            painter.drawPolygon(
                QPolygonF(
                    [
                        QPointF(middle.x(), middle.y() - reach),
                        QPointF(middle.x() + reach, middle.y()),
                        QPointF(middle.x(), middle.y() + reach),
                        QPointF(middle.x() - reach, middle.y()),
                    ]
                )
            )
        elif shape == "square":
            painter.drawRect(box)
        else:
            painter.drawEllipse(box)
            if shape == "half":
                painter.setBrush(self._now.colour("muted"))
                painter.drawPie(box, 90 * 16, 180 * 16)
        painter.setBrush(Qt.BrushStyle.NoBrush)
