"""Defines the stage on which a rectangle is drawn over the blurred image or its edges, by mouse or by the arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen

from triage.model.media import CROP_UNITS, LEAST_CROP_SIDE, ImageCrop
from triage.ui.kit import theme
from triage.ui.media.media_stage import MediaStage

FIRST = ImageCrop(3_500, 3_500, 6_500, 6_500)
STEP = 200  # ten-thousandths by which an arrow key moves or enlarges the rectangle
_DIM = 120  # of 255: what lies outside the rectangle


class CropStage(MediaStage):
    """Shows the whole image blurred or as edges with the rectangle, and in grey or colour the rectangle alone.

    The mouse draws the rectangle and opens nothing. The arrow keys move it, with Shift they change its size.

    Signals:
        changed: After the rectangle changed.
    """

    changed = Signal()

    def __init__(self, user: str, fixed: ImageCrop | None) -> None:
        super().__init__(user)
        self.window_of_crop = fixed or FIRST
        self.fixed = fixed is not None
        self.shows_crop = False
        """Whether the pixels that are held are those of the rectangle."""
        self._from: QPoint | None = None

    def set_crop(self, window: ImageCrop) -> None:
        """Chooses a rectangle."""
        if not self.fixed and window != self.window_of_crop:
            self.window_of_crop = window
            self.update()
            self.changed.emit()

    def crop_place(self) -> QRect:
        """Returns where the rectangle lies on the stage."""
        place, crop = self.picture_place(), self.window_of_crop
        return QRect(
            place.left() + place.width() * crop.left // CROP_UNITS,
            place.top() + place.height() * crop.top // CROP_UNITS,
            max(1, place.width() * crop.width // CROP_UNITS),
            max(1, place.height() * crop.height // CROP_UNITS),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the image, and the rectangle over it with everything around it darker."""
        super().paintEvent(event)
        if self.shows_crop and self.is_revealing():
            return
        painter = QPainter(self)
        inner, outer = self.crop_place(), self.picture_place()
        shade = QColor(0, 0, 0, _DIM)
        painter.fillRect(QRect(outer.left(), outer.top(), outer.width(), inner.top() - outer.top()), shade)
        painter.fillRect(QRect(outer.left(), inner.bottom() + 1, outer.width(), outer.bottom() - inner.bottom()), shade)
        painter.fillRect(QRect(outer.left(), inner.top(), inner.left() - outer.left(), inner.height()), shade)
        painter.fillRect(QRect(inner.right() + 1, inner.top(), outer.right() - inner.right(), inner.height()), shade)
        painter.setPen(QPen(theme.current().colour("focus"), 2))
        painter.drawRect(inner)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begins a rectangle."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._from = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draws the rectangle up to the mouse."""
        if self._from is not None and not (self.shows_crop and self.is_revealing()):
            self._draw(self._from, event.position().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ends the rectangle."""
        self._from = None

    def _draw(self, one: QPoint, other: QPoint) -> None:
        """Chooses the rectangle between two points, as far as they lie on the image."""
        place = self.picture_place()
        across = sorted(_to_units(point.x() - place.left(), place.width()) for point in (one, other))
        down = sorted(_to_units(point.y() - place.top(), place.height()) for point in (one, other))
        if across[1] - across[0] >= LEAST_CROP_SIDE and down[1] - down[0] >= LEAST_CROP_SIDE:
            self.set_crop(ImageCrop(across[0], down[0], across[1], down[1]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves the rectangle by the arrow keys, and changes its size with Shift."""
        steps = {
            Qt.Key.Key_Left: (-STEP, 0),
            Qt.Key.Key_Right: (STEP, 0),
            Qt.Key.Key_Up: (0, -STEP),
            Qt.Key.Key_Down: (0, STEP),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._resize(*step)
        else:
            self._move(*step)

    def _move(self, across: int, down: int) -> None:
        """Moves the rectangle, and stops at the edges of the image."""
        crop = self.window_of_crop
        left = max(0, min(CROP_UNITS - crop.width, crop.left + across))
        top = max(0, min(CROP_UNITS - crop.height, crop.top + down))
        self.set_crop(ImageCrop(left, top, left + crop.width, top + crop.height))

    def _resize(self, across: int, down: int) -> None:
        """Moves the lower right corner."""
        crop = self.window_of_crop
        right = max(crop.left + LEAST_CROP_SIDE, min(CROP_UNITS, crop.right + across))
        bottom = max(crop.top + LEAST_CROP_SIDE, min(CROP_UNITS, crop.bottom + down))
        self.set_crop(ImageCrop(crop.left, crop.top, right, bottom))


def _to_units(pixels: int, length: int) -> int:
    """Returns a place on the stage in ten-thousandths of the image, within the image."""
    return max(0, min(CROP_UNITS, pixels * CROP_UNITS // max(1, length)))
