"""Locks when nobody has touched the machine for a while, also after it slept: both clocks are watched."""

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
    """`idle` once after `seconds` without a touch; `start` begins anew."""

    idle = Signal()

    def __init__(self, app: QApplication, seconds: float) -> None:
        super().__init__(app)
        self.seconds = seconds
        self._app = app
        self._touched()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        self._touched()
        self._app.installEventFilter(self)
        self._timer.start()

    def stop(self) -> None:
        self._app.removeEventFilter(self)
        self._timer.stop()

    def look(self) -> None:
        """The steady clock stands still while some systems sleep; the wall clock does not."""
        passed = max(time.monotonic() - self._steady, time.time() - self._wall)
        if passed >= self.seconds:
            self.stop()
            self.idle.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in TOUCH:
            self._touched()
        return False

    def _touched(self) -> None:
        self._steady, self._wall = time.monotonic(), time.time()
