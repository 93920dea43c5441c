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
    """Emits `idle` once after `seconds` without a key, mouse or touch event."""

    idle = Signal()

    def __init__(self, app: QApplication, seconds: float) -> None:
        super().__init__(app)
        self.seconds = seconds
        self._app = app
        self._touched()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.check_time)

    def start(self) -> None:
        """Starts watching from now."""
        self._touched()
        self._app.installEventFilter(self)
        self._timer.start()

    def stop(self) -> None:
        """Stops watching."""
        self._app.removeEventFilter(self)
        self._timer.stop()

    def check_time(self) -> None:
        """Emits `idle` when the time is over.

        Both clocks are compared, because the monotonic clock stands still while some systems sleep.
        """
        passed = max(time.monotonic() - self._steady, time.time() - self._wall)
        if passed >= self.seconds:
            self.stop()
            self.idle.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notes the time of each key, mouse or touch event."""
        if event.type() in TOUCH:
            self._touched()
        return False

    def _touched(self) -> None:
        """Notes the current time on both clocks."""
        self._steady, self._wall = time.monotonic(), time.time()
