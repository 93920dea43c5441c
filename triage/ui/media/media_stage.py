"""Defines the area that shows one file: its blurred preview, words, or revealed pixels."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from triage.model.media import PREVIEW_SIDE
from triage.ui.kit import theme
from triage.ui.media.reveal import HeldPixels
from triage.ui.text import times
from triage.ui.text.i18n import Safe, ltr, tr

PREVIEW_AREA = QSize(640, 480)
MARK_OPACITY = 0.34
PLATE = 160
"""Of 255: white words on it reach 4.5 to 1 also where the preview is white."""
SOFT = ((128, 128), (512, 512))
"""Stretched in two goes, so that the few pixels of a preview show no facets."""
WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignHCenter


class MediaStage(QWidget):
    """Shows the blurred preview, or the revealed pixels while they are held.

    `pressed` and `released` are emitted for the left mouse button. The stage keeps no copy of revealed pixels.
    """

    pressed = Signal()
    released = Signal()

    def __init__(self, user: str) -> None:
        super().__init__()
        self._user = user
        self._preview: QImage | None = None
        self._held: HeldPixels | None = None
        self._words: tuple[Safe, Safe] | None = None
        self.setProperty("kind", "stage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)

    # What is on it

    def show_preview(self, grey: bytes | None) -> None:
        """Shows the stored blurred preview, 32 x 32 grey bytes; None clears it."""
        self._preview = None
        if grey is not None and len(grey) == PREVIEW_SIDE * PREVIEW_SIDE:
            image = QImage(grey, PREVIEW_SIDE, PREVIEW_SIDE, PREVIEW_SIDE, QImage.Format.Format_Grayscale8)
            for width, height in SOFT:
                image = image.scaled(
                    width, height, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
                )
            self._preview = image
        self.update()

    def show_words(self, title: str | None, more: str = "") -> None:
        """Shows words in place of the preview; None as title shows the preview again."""
        self._words = None if title is None else (Safe(title), Safe(more))
        self.setAccessibleDescription("" if title is None else f"{title} {more}")
        self.update()

    def words_instead(self) -> tuple[Safe, Safe] | None:
        """Returns the words in place of the preview, or None."""
        return self._words

    def show_held(self, held: HeldPixels | None) -> None:
        """Shows revealed pixels; with None they have left the screen when this returns."""
        self._held = held
        self.repaint()

    def is_revealing(self) -> bool:
        """Returns whether revealed pixels are shown."""
        return self._held is not None and self._held.image() is not None

    # Painting

    def picture_place(self) -> QRect:
        """Returns the rectangle in which the image is drawn."""
        image = None if self._held is None else self._held.image()
        room = QSize(max(1, self.width() - 48), max(1, self.height() - 48))
        if image is not None:
            size = image.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        else:
            size = PREVIEW_AREA.scaled(room.boundedTo(PREVIEW_AREA), Qt.AspectRatioMode.KeepAspectRatio)
        return QRect((self.width() - size.width()) // 2, (self.height() - size.height()) // 2, size.width(), size.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the image or the words, with the user's name and the time over each image."""
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), now.colour("stage"))
        place = self.picture_place()
        held = None if self._held is None else self._held.image()
        if held is not None:
            painter.drawImage(place, held)
            self._paint_mark_all_over(painter, place)
            return
        if self._words is not None:
            place = self.place_words(*self._words)
        frame = QPainterPath()
        frame.addRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.fillPath(frame, now.colour("panel"))
        if self._words is not None:
            self._paint_words(painter, place, *self._words)
        elif self._preview is not None:
            painter.save()
            painter.setClipPath(frame)
            painter.drawImage(place, self._preview)
            painter.restore()
            self._paint_mark(painter, place)
        painter.setPen(now.colour("focus" if self.hasFocus() else "line"))
        painter.drawPath(frame)

    def place_words(self, title: str, more: str) -> QRect:
        """Returns where words stand: in the place of the image, or on the whole stage where they need more."""
        place = self.picture_place()
        inner = _find_inner(place)
        need = QFontMetrics(_title_font()).boundingRect(inner, WRAP, title).height()
        if more:
            need += 12 + QFontMetrics(theme.font()).boundingRect(inner, WRAP, more).height()
        return place if need <= inner.height() else self.rect().adjusted(2, 2, -2, -2)

    def _paint_words(self, painter: QPainter, place: QRect, title: str, more: str) -> None:
        """Paints a title and a text in place of the image."""
        now = theme.current()
        inner, wrap, font = _find_inner(place), WRAP, _title_font()
        height = QFontMetrics(font).boundingRect(inner, wrap, title).height()
        top = max(inner.top(), inner.center().y() - height)
        painter.setFont(font)
        painter.setPen(now.colour("text"))
        painter.drawText(QRect(inner.left(), top, inner.width(), height), wrap, title)
        painter.setFont(theme.font())
        painter.setPen(now.colour("muted"))
        painter.drawText(QRect(inner.left(), top + height + 12, inner.width(), inner.height() // 2), wrap, more)

    def _paint_mark(self, painter: QPainter, place: QRect) -> None:
        """Paints user and time on a dark plate in a corner of the preview."""
        words, font = self._describe_viewer(), theme.small_font()
        metrics = QFontMetrics(font)
        width, height = metrics.horizontalAdvance(words) + 12, metrics.height() + 4
        left = max(0, min(place.right() - width - 6, self.width() - width))
        plate = QRect(left, place.top() + 6, width, height)  # over the edge of an image that is narrower than the words
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, PLATE))
        painter.drawRoundedRect(plate, 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setFont(font)
        painter.setPen(QColor(255, 255, 255))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_mark_all_over(self, painter: QPainter, place: QRect) -> None:
        """Paints user and time faint and slanted over the whole revealed image."""
        words = self._describe_viewer()
        font = theme.font(px=15, bold=True)
        width = QFontMetrics(font).horizontalAdvance(words)
        painter.save()
        painter.setClipRect(place)
        painter.setOpacity(MARK_OPACITY)
        painter.translate(place.center())
        painter.rotate(-24)
        reach = place.width() + place.height()
        across, down = width + 120, 150
        for line, y in enumerate(range(-reach // 2, reach // 2, down)):
            for x in range(-reach // 2 - (across // 2) * (line % 2), reach // 2, across):
                path = QPainterPath()
                path.addText(QPointF(x, y), font, words)
                painter.strokePath(path, QColor(0, 0, 0, 170))
                painter.fillPath(path, QColor(255, 255, 255))
        painter.restore()

    def _describe_viewer(self) -> Safe:
        """Returns the user's name and the current time in Pakistan."""
        here = times.now().astimezone(times.PKT)
        return Safe(f"{ltr(self._user)}  {times.stamp(here)} {tr('PKT')}")

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Takes the focus, and announces a press on the image."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            if self.picture_place().contains(event.position().toPoint()):
                self.pressed.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Announces the release of the mouse button."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.released.emit()


def _find_inner(place: QRect) -> QRect:
    """Returns the part of a place that words may take."""
    side, edge = min(40, place.width() // 14), min(24, place.height() // 14)
    return place.adjusted(side, edge, -side, -edge)


def _title_font() -> QFont:
    """Returns the font of what stands in place of an image."""
    return theme.font(px=theme.current().text_px + 4, bold=True)
