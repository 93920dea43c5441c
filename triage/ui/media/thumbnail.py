"""Draws the stored preview of a file as a small image.

A preview is 32 x 32 grey pixels, blurred in the sandbox.
"""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from triage.model.media import PREVIEW_SIDE
from triage.model.views import ShowFile
from triage.ui.kit import theme
from triage.ui.kit.widgets import set_tooltip
from triage.ui.text.i18n import Safe, ltr, mark, stack_lines, tr, tr_message, word

VERDICTS = {"not known": mark("new"), "not checked": mark("not checked"), "held for review": mark("held")}
"""Short enough for a plate on a small picture; the tooltip says the whole."""


class Thumbnail(QWidget):
    """Shows a file as its blurred preview, its name and one word about what is known."""

    def __init__(self, file: ShowFile, side: int = 80) -> None:
        super().__init__()
        self.file = file
        self._image: QImage | None = None
        self.setFixedSize(QSize(side, side * 3 // 4 + 8))
        name = ltr(file.name or file.original_name or tr("no name"))
        self.setAccessibleName(Safe(tr(", ").join((name, describe_file_state(file)))))
        set_tooltip(self, stack_lines(name, Safe(f"{describe_file_state(file)}: {tr_message(file.verdict.why)}")))

    def show_preview(self, grey: bytes | None) -> None:
        """Shows the preview's bytes; None means that there is none."""
        if grey is not None and len(grey) == PREVIEW_SIDE * PREVIEW_SIDE:
            image = QImage(grey, PREVIEW_SIDE, PREVIEW_SIDE, PREVIEW_SIDE, QImage.Format.Format_Grayscale8)
            self._image = image.copy()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the preview, the name and the word."""
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        body = QPainterPath()
        body.addRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        painter.setClipPath(body)
        painter.fillRect(self.rect(), now.colour("chip"))
        if self._image is not None:
            painter.drawImage(self.rect(), self._image)
        painter.setFont(theme.small_font())
        self._paint_tag(painter, describe_file_state(self.file), top=True)
        name = self.file.name or self.file.original_name or tr("no name")
        self._paint_tag(painter, ltr(PurePath(name).stem), top=False)
        painter.setClipping(False)
        painter.setPen(now.colour("line"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(body)

    def _paint_tag(self, painter: QPainter, text: str, *, top: bool) -> None:
        """Paints a word on a dark plate, so that it is readable on any preview."""
        metrics = QFontMetrics(painter.font())
        fits = metrics.elidedText(text, Qt.TextElideMode.ElideRight if top else Qt.TextElideMode.ElideLeft, self.width() - 12)
        width = metrics.horizontalAdvance(fits) + 8
        height = metrics.height()
        left = self.width() - width - 2 if top else 2
        plate = QRect(left, 2 if top else self.height() - height - 3, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(Qt.GlobalColor.black)
        painter.setOpacity(0.62)
        painter.drawRoundedRect(plate, 3, 3)
        painter.setOpacity(1.0)
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, fits)


def describe_file_state(file: ShowFile) -> Safe:
    """Returns in a word whether the file is stored, readable and known."""
    if not file.present:
        return tr("not here")
    if file.problem:
        return tr("unreadable")
    return word(VERDICTS.get(file.verdict.known, file.verdict.known))
