"""Defines the rows of blurred thumbnails on the report page and the media page."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.model.views import ShowFile
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.kit.flow import FlowLayout
from triage.ui.kit.widgets import KeyButton, clear, row
from triage.ui.media.hidden_files import is_hidden as is_hidden_file
from triage.ui.media.thumbnail import Thumbnail
from triage.ui.text.i18n import is_rtl, trn

SIDE = 111
FIRST_FILES = 21


class StripThumbnail(Thumbnail):
    """Is a thumbnail that can be clicked and focused; a hidden file shows no preview.

    `pressed` carries the position of the file, `moved` the position and the step of an arrow key.
    """

    pressed = Signal(int)
    moved = Signal(int, int)

    def __init__(self, file: ShowFile, at: int, *, is_hidden: bool, side: int = SIDE, focusable: bool = True) -> None:
        super().__init__(file, side)
        self.at, self.is_hidden, self.is_current = at, is_hidden, False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if focusable else Qt.FocusPolicy.NoFocus)

    def show_preview(self, grey: bytes | None) -> None:
        """Shows the preview, unless the file is hidden."""
        if not self.is_hidden:
            super().show_preview(grey)

    def set_current(self, current: bool) -> None:
        """Sets whether the thumbnail is framed as the current one."""
        self.is_current = current
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Announces a click."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(self.at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Announces arrow keys as moves and Enter as a click."""
        steps = {Qt.Key.Key_Left: 1 if is_rtl() else -1, Qt.Key.Key_Right: -1 if is_rtl() else 1}
        if event.key() in steps:
            self.moved.emit(self.at, steps[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pressed.emit(self.at)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Repaints the frame."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Repaints the frame."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the thumbnail, framed when it is current or has the focus."""
        super().paintEvent(event)
        if self.hasFocus() or self.is_current:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.current().colour("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRect(1, 1, self.width() - 2, self.height() - 2), 4, 4)


class MediaStrip(QWidget):
    """Shows all files of a report; the first 21 at once, the rest on request.

    `opened` carries the position of the file.
    """

    opened = Signal(int)

    def __init__(self, api: Api, runner: Runner, files: Sequence[ShowFile]) -> None:
        super().__init__()
        self._api, self._runner = api, runner
        self.files = files
        self.thumbs: list[StripThumbnail] = []
        self._flow = FlowLayout(spacing=8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._flow)
        rest = len(files) - FIRST_FILES
        self._more = KeyButton(trn("Show {n} more", "Show {n} more", rest), kind="quiet", on=self.show_all)
        column.addLayout(row(self._more, None))
        self._more.setVisible(rest > 0)
        self._add_until(FIRST_FILES)

    def show_all(self) -> None:
        """Shows all files."""
        self._more.hide()
        self._add_until(len(self.files))

    def current(self) -> int:
        """Returns the position of the focused file, or 0."""
        return next((thumb.at for thumb in self.thumbs if thumb.hasFocus()), 0)

    def refresh(self) -> None:
        """Rebuilds the thumbnails after a file was hidden or shown again."""
        count, self.thumbs = len(self.thumbs), []
        clear(self._flow)
        self._add_until(count)

    def _add_until(self, until: int) -> None:
        """Adds thumbnails up to a position."""
        for at in range(len(self.thumbs), min(until, len(self.files))):
            thumb = build_thumbnail(self._api, self._runner, self.files[at], at)
            thumb.pressed.connect(self.opened)
            thumb.moved.connect(self._move_focus)
            self.thumbs.append(thumb)
            self._flow.addWidget(thumb)
        self.updateGeometry()

    def _move_focus(self, at: int, step: int) -> None:
        """Moves the focus to a neighbouring thumbnail."""
        if 0 <= at + step < len(self.thumbs):
            self.thumbs[at + step].setFocus(Qt.FocusReason.TabFocusReason)


class FilmStrip(QWidget):
    """Shows the files around the current one in a single row.

    `chosen` carries the position of the file that was clicked.
    """

    chosen = Signal(int)

    def __init__(self, api: Api, runner: Runner, files: Sequence[ShowFile]) -> None:
        super().__init__()
        self._api, self._runner, self._files = api, runner, files
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(16, 8, 16, 8)
        self._line.setSpacing(8)
        self._shown: range | None = None
        self.thumbs: list[StripThumbnail] = []
        self.setFixedHeight(SIDE * 3 // 4 + 8 + 16)

    def show_files(self, files: Sequence[ShowFile]) -> None:
        """Replaces the files after the report was read again."""
        self._files = files

    def show_at(self, current: int, *, again: bool = False) -> None:
        """Shows the files around a position and frames that file; `again` rebuilds the thumbnails."""
        room = max(1, (self.width() - 24) // (SIDE + 8))
        first = max(0, min(current - room // 2, len(self._files) - room))
        wanted = range(first, min(len(self._files), first + room))
        if wanted != self._shown or again:
            self._fill(wanted)
        for thumb in self.thumbs:
            thumb.set_current(thumb.at == current)

    def _fill(self, wanted: range) -> None:
        """Builds the thumbnails for these positions."""
        self._shown = wanted
        clear(self._line)
        self.thumbs = []
        for at in wanted:
            thumb = build_thumbnail(self._api, self._runner, self._files[at], at, focusable=False)
            thumb.pressed.connect(self.chosen)
            self.thumbs.append(thumb)
            self._line.addWidget(thumb)
        self._line.addStretch(1)


def build_thumbnail(api: Api, runner: Runner, file: ShowFile, at: int, *, focusable: bool = True) -> StripThumbnail:
    """Builds a thumbnail and reads its preview in the background, unless the file is hidden or not stored."""
    sha256 = file.sha256
    is_hidden = is_hidden_file(api, file)
    thumb = StripThumbnail(file, at, is_hidden=is_hidden, focusable=focusable)
    if sha256 is not None and file.present and not is_hidden:
        runner.ask(lambda: api.preview(sha256), thumb.show_preview, owner=thumb, failed=lambda _: None, about="preview")
    return thumb
