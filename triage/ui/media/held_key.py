"""Tells a held key from one that is pressed again.

X sends a release and a press for each repeat of a held key, and Qt marks only some of them as repeats.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

REPEAT_GAP_MS = 40
"""A release that no press of the same key follows for so long is a true one; a repeat follows within a millisecond."""
LEAVES = (QEvent.Type.WindowDeactivate, QEvent.Type.WindowBlocked, QEvent.Type.ApplicationStateChange)
"""After these events the release of the key may go elsewhere."""


class HeldKey(QObject):
    """Follows the one key that holds something open.

    `let_go` is emitted 40 ms after the key went up. `interrupted` is emitted when a popup or window opens, or the window is
    left: then the release may never arrive here.
    """

    let_go = Signal()
    interrupted = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._key: int | None = None
        self._released: tuple[int, float] | None = None
        self._up = QTimer(self)
        self._up.setSingleShot(True)
        self._up.setTimerType(Qt.TimerType.PreciseTimer)
        self._up.setInterval(REPEAT_GAP_MS)
        self._up.timeout.connect(self._wait_for_queue)
        self._queue_read = QTimer(self)
        self._queue_read.setSingleShot(True)
        self._queue_read.timeout.connect(self._end)

    def press(self, event: QKeyEvent) -> bool:
        """Takes a press, and returns whether it begins a hold; a repeat does not."""
        key = event.key()
        if key == self._key:
            self._stop_timers()
            return False
        if event.isAutoRepeat() or self._is_repeat(event):
            return False
        if self._key is not None:
            if not self._is_up():
                return False
            self._end()
        self._key = key
        return True

    def release(self, event: QKeyEvent) -> None:
        """Takes a release; `let_go` follows unless the key is pressed again at once."""
        self._released = (event.key(), _read_time(event))
        if event.key() == self._key:
            self._stop_timers()
            self._up.start()

    def press_other(self) -> None:
        """Takes the press of a key that holds nothing: the keyboard repeats only the key that was pressed last."""
        self._released = None

    def watch(self) -> None:
        """Follows the events of the whole application until `forget`: the release may go to another widget."""
        if (application := QApplication.instance()) is not None:
            application.installEventFilter(self)

    def disown(self) -> None:
        """Follows no key any more. A key that is still down begins no hold until it was released."""
        self._key = None
        self._stop_timers()

    def forget(self) -> None:
        """Follows neither a key nor the application any more."""
        self.disown()
        if (application := QApplication.instance()) is not None:
            application.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notices the key wherever it goes, and what takes it away from here; it takes no event."""
        kind = event.type()
        if isinstance(event, QKeyEvent) and self._key is not None and event.key() == self._key:
            if kind == QEvent.Type.KeyRelease:
                self.release(event)
            elif kind == QEvent.Type.KeyPress:
                self._stop_timers()
        elif kind in LEAVES or (kind == QEvent.Type.Show and _is_window(watched)):
            self.interrupted.emit()
        return False

    def _is_repeat(self, event: QKeyEvent) -> bool:
        """Returns whether the release of the same key came just before, as it does for a key that stays down."""
        if self._released is None:
            return False
        key, at = self._released
        return key == event.key() and abs(_read_time(event) - at) < REPEAT_GAP_MS

    def _is_up(self) -> bool:
        """Returns whether the key was released, and it is not known yet whether this is a repeat."""
        return self._up.isActive() or self._queue_read.isActive()

    def _wait_for_queue(self) -> None:
        """Has the events read that wait already, among which a press may be."""
        self._queue_read.start(0)

    def _end(self) -> None:
        """Announces that the key is up."""
        self._stop_timers()
        if self._key is not None:
            self._key = self._released = None
            self.let_go.emit()

    def _stop_timers(self) -> None:
        self._up.stop()
        self._queue_read.stop()


def _read_time(event: QKeyEvent) -> float:
    """Returns when the key moved, in milliseconds: as the screen's server says, else now."""
    return float(event.timestamp() or time.monotonic() * 1000)


def _is_window(watched: QObject) -> bool:
    """Returns whether this is a window, popup or dialog, and no tooltip."""
    return isinstance(watched, QWidget) and watched.isWindow() and watched.windowType() != Qt.WindowType.ToolTip
