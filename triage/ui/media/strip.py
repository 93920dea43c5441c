"""The files of a report as small blurred pictures. A press, or Space, opens the ladder; arrows go from one to the next."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.model.views import ShowFile
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.kit.widgets import Flow, KeyButton, clear, row
from triage.ui.media.hidden import hidden
from triage.ui.media.thumbs import Thumb
from triage.ui.text.i18n import is_rtl, trn

SIDE = 111
FIRST_FILES = 21


class StripThumb(Thumb):
    """A thumb that can be pressed and focused. A hidden one is a plain ground with its name."""

    pressed = Signal(int)
    moved = Signal(int, int)

    def __init__(self, file: ShowFile, at: int, *, is_hidden: bool, side: int = SIDE, focusable: bool = True) -> None:
        super().__init__(file, side)
        self.at, self.is_hidden, self.is_current = at, is_hidden, False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if focusable else Qt.FocusPolicy.NoFocus)

    def show_preview(self, grey: bytes | None) -> None:
        if not self.is_hidden:
            super().show_preview(grey)

    def set_current(self, current: bool) -> None:
        self.is_current = current
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(self.at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: 1 if is_rtl() else -1, Qt.Key.Key_Right: -1 if is_rtl() else 1}
        if event.key() in steps:
            self.moved.emit(self.at, steps[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pressed.emit(self.at)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus() or self.is_current:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.current().colour("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRect(1, 1, self.width() - 2, self.height() - 2), 4, 4)


class MediaStrip(QWidget):
    """On the report's page: all files, the first rows at once. `opened` tells the place of the file in `files`."""

    opened = Signal(int)

    def __init__(self, api: Api, runner: Runner, files: Sequence[ShowFile]) -> None:
        super().__init__()
        self._api, self._runner = api, runner
        self.files = files
        self.thumbs: list[StripThumb] = []
        self._flow = Flow(spacing=8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._flow)
        rest = len(files) - FIRST_FILES
        self._more = KeyButton(trn("Show {n} more", "Show {n} more", rest), kind="quiet", on=self.show_all)
        column.addLayout(row(self._more, None))
        self._more.setVisible(rest > 0)
        self._add(FIRST_FILES)

    def show_all(self) -> None:
        self._more.hide()
        self._add(len(self.files))

    def current(self) -> int:
        """The file in focus, else the first."""
        return next((thumb.at for thumb in self.thumbs if thumb.hasFocus()), 0)

    def refresh(self) -> None:
        """After something was hidden or shown again."""
        count, self.thumbs = len(self.thumbs), []
        clear(self._flow)
        self._add(count)

    def _add(self, until: int) -> None:
        for at in range(len(self.thumbs), min(until, len(self.files))):
            thumb = thumb_of(self._api, self._runner, self.files[at], at)
            thumb.pressed.connect(self.opened)
            thumb.moved.connect(self._move)
            self.thumbs.append(thumb)
            self._flow.addWidget(thumb)
        self.updateGeometry()

    def _move(self, at: int, step: int) -> None:
        if 0 <= at + step < len(self.thumbs):
            self.thumbs[at + step].setFocus(Qt.FocusReason.TabFocusReason)


class FilmStrip(QWidget):
    """Under the stage: the files around the one on stage, one line, the current one framed."""

    chosen = Signal(int)

    def __init__(self, api: Api, runner: Runner, files: Sequence[ShowFile]) -> None:
        super().__init__()
        self._api, self._runner, self._files = api, runner, files
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(16, 8, 16, 8)
        self._line.setSpacing(8)
        self._shown: range | None = None
        self.thumbs: list[StripThumb] = []
        self.setFixedHeight(SIDE * 3 // 4 + 8 + 16)

    def show_files(self, files: Sequence[ShowFile]) -> None:
        """The same report, read anew."""
        self._files = files

    def show_at(self, current: int, *, again: bool = False) -> None:
        room = max(1, (self.width() - 24) // (SIDE + 8))
        first = max(0, min(current - room // 2, len(self._files) - room))
        wanted = range(first, min(len(self._files), first + room))
        if wanted != self._shown or again:
            self._fill(wanted)
        for thumb in self.thumbs:
            thumb.set_current(thumb.at == current)

    def _fill(self, wanted: range) -> None:
        self._shown = wanted
        clear(self._line)
        self.thumbs = []
        for at in wanted:
            thumb = thumb_of(self._api, self._runner, self._files[at], at, focusable=False)
            thumb.pressed.connect(self.chosen)
            self.thumbs.append(thumb)
            self._line.addWidget(thumb)
        self._line.addStretch(1)


def thumb_of(api: Api, runner: Runner, file: ShowFile, at: int, *, focusable: bool = True) -> StripThumb:
    """A thumb whose preview comes in the background; for a hidden file, or one whose bytes are not here, none is asked."""
    sha256 = file.sha256
    is_hidden = sha256 is not None and sha256 in hidden(api)
    thumb = StripThumb(file, at, is_hidden=is_hidden, focusable=focusable)
    if sha256 is not None and file.present and not is_hidden:
        runner.ask(lambda: api.preview(sha256), thumb.show_preview, owner=thumb, failed=lambda _: None)
    return thumb
