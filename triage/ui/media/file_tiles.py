"""Shows files of a case or a series as small blurred previews."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from triage.model.case_page import CaseFile
from triage.model.media import PREVIEW_SIDE
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.kit.flow import FlowLayout
from triage.ui.kit.widgets import clear, set_tooltip
from triage.ui.media.hidden_files import hidden_hashes
from triage.ui.text.i18n import Safe, ltr, mark, tr, trn, word

WIDTH, HEIGHT = 76, 60
STATES = {
    "graded": mark("graded"),
    "waits": mark("second grade"),
    "unreadable": mark("grade can't be read"),
    "not graded": mark("not graded"),
}


class FileTile(QWidget):
    """Shows the stored blurred preview of a file and its state in a word. `opened` is emitted on a click or Enter."""

    opened = Signal(str, str)

    def __init__(self, file: CaseFile) -> None:
        super().__init__()
        self.file = file
        self._image: QImage | None = None
        self.setFixedSize(QSize(WIDTH, HEIGHT))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        held = trn("in {n} report", "in {n} reports", file.copies)
        said = tr("{name}, {state}, {held}", name=ltr(file.name), state=word(STATES[file.state]), held=held)
        self.setAccessibleName(said)
        set_tooltip(self, said)

    def show_preview(self, grey: bytes | None) -> None:
        """Shows the preview's bytes; None means that there is none."""
        if grey is not None and len(grey) == PREVIEW_SIDE * PREVIEW_SIDE:
            image = QImage(grey, PREVIEW_SIDE, PREVIEW_SIDE, PREVIEW_SIDE, QImage.Format.Format_Grayscale8)
            self._image = image.copy()
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Asks to open the file."""
        self.opened.emit(self.file.report, self.file.sha256)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Asks to open the file on Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.file.report, self.file.sha256)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Paints the frame."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Paints the frame."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the preview with the state on a dark plate."""
        now, painter = theme.current(), QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        body = QPainterPath()
        body.addRoundedRect(self.rect().adjusted(1, 1, -2, -2), 4, 4)
        painter.setClipPath(body)
        painter.fillRect(self.rect(), now.colour("chip"))
        if self._image is not None:
            painter.drawImage(self.rect(), self._image)
        font = theme.small_font()
        painter.setFont(font)
        metrics = QFontMetrics(font)
        fits = metrics.elidedText(describe_tag(self.file), Qt.TextElideMode.ElideRight, WIDTH - 10)
        plate = QRect(0, HEIGHT - metrics.height() - 4, WIDTH, metrics.height() + 2)  # above the frame, which would cut letters
        painter.setOpacity(0.62)
        painter.fillRect(plate.adjusted(0, 0, 0, 4), Qt.GlobalColor.black)
        painter.setOpacity(1.0)
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, fits)
        painter.setClipping(False)
        painter.setPen(QPen(now.colour("focus" if self.hasFocus() else "line"), 2 if self.hasFocus() else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(body)


def describe_tag(file: CaseFile) -> Safe:
    """Returns what stands on a tile: copies, or else the state."""
    if file.state == "not graded" and file.copies > 1:
        return trn("{n} copy", "{n} copies", file.copies)
    if file.state == "unreadable":  # the whole is too long for a tile; it stands in the tooltip
        return tr("grade: ?")
    return word(STATES[file.state])


class FileStrip(QWidget):
    """Shows tiles in lines. `opened` carries the report and the SHA-256 of a file."""

    opened = Signal(str, str)

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__()
        self._api, self._runner = api, runner
        self.tiles: list[FileTile] = []
        self._flow = FlowLayout(spacing=6)
        self.setLayout(self._flow)

    def show_files(self, files: tuple[CaseFile, ...]) -> None:
        """Replaces the tiles, and reads the previews of files that the person did not hide."""
        if [tile.file for tile in self.tiles] == list(files):
            return
        clear(self._flow)
        self.tiles = []
        hidden = hidden_hashes(self._api)
        for file in files:
            tile = FileTile(file)
            tile.opened.connect(self.opened)
            self.tiles.append(tile)
            self._flow.addWidget(tile)
            if file.sha256 not in hidden:
                self._read(tile)
        self.updateGeometry()

    def find_focused(self) -> FileTile | None:
        """Returns the tile that has the keys, or None."""
        return next((tile for tile in self.tiles if tile.hasFocus()), None)

    def _read(self, tile: FileTile) -> None:
        """Reads the preview of a tile in the background."""
        sha256 = tile.file.sha256
        self._runner.ask(lambda: self._api.preview(sha256), tile.show_preview, owner=tile, failed=lambda _: None, about="preview")
