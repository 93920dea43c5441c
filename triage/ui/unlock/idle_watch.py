"""Detects that nobody touched the machine for a while, also after it slept."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

LOOK_EVERY_MS = 2_000
TOUCH = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class IdleWatch(QObject):
    """Emits `idle` once after `seconds` without a key, mouse or touch event.

    It watches the windows, which receive each input once. A filter of the whole application would be called for every event of
    every widget, some hundred for each report that is opened.
    """

    idle = Signal()

    def __init__(self, app: QApplication, seconds: float) -> None:
        super().__init__(app)
        self.seconds = seconds
        self._app = app
        self._touched()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.check_time)
        app.focusWindowChanged.connect(self._watch_windows)

    def start(self) -> None:
        """Starts watching from now."""
        self._touched()
        self._timer.start()
        self._watch_windows()

    def stop(self) -> None:
        """Stops watching."""
        self._timer.stop()
        for window in self._app.topLevelWindows():
            window.removeEventFilter(self)

    def check_time(self) -> None:
        """Emits `idle` when the time is over, and watches windows that were opened since, such as menus.

        Both clocks are compared, because the monotonic clock stands still while some systems sleep.
        """
        self._watch_windows()
        passed = max(time.monotonic() - self._steady, time.time() - self._wall)
        if passed >= self.seconds:
            self.stop()
            self.idle.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notes the time of each key, mouse or touch event."""
        if event.type() in TOUCH:
            self._touched()
        return False

    def _watch_windows(self, *_: object) -> None:
        """Watches all windows there are; one that is watched already stays so."""
        if self._timer.isActive():
            for window in self._app.topLevelWindows():
                window.installEventFilter(self)

    def _touched(self) -> None:
        """Notes the current time on both clocks."""
        self._steady, self._wall = time.monotonic(), time.time()
