"""Measures the window's thread: what it works between two turns of its event loop, and how to wait until it is at rest."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Qt, QTimer

from triage.ui.core.runner import Runner

WAKE_MS = 5
"""So often it is asked at least whether the window is at rest: not all that ends sends an event."""


class Probe(QObject):
    """Notes how much processor time the window's thread takes between two turns of its event loop.

    Processor time, not the clock on the wall: on a busy machine the thread waits for its turn, which no code here can help.
    """

    def __init__(self) -> None:
        super().__init__()
        self.longest_ms = 0.0
        self._last = time.thread_time()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._tick)

    def __enter__(self) -> Probe:
        self._last = time.thread_time()
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._tick()
        self._timer.stop()

    def _tick(self) -> None:
        now = time.thread_time()
        self.longest_ms = max(self.longest_ms, (now - self._last) * 1000)
        self._last = now


def wait_for(is_done: Callable[[], bool], seconds: float = 120) -> None:
    """Runs the event loop until something holds, and until what was due by then is done.

    Between two events it sleeps, as the window does. A loop that asks again and again would count as the window's work.
    """
    until = time.monotonic() + seconds
    wake = QTimer()
    wake.start(WAKE_MS)
    while time.monotonic() < until:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)  # with a time to end, Qt does not wait
        if is_done():
            QCoreApplication.processEvents()
            if is_done():
                return
    raise TimeoutError("the window does not come to rest")


def settle(runner: Runner, is_done: Callable[[], bool] = lambda: True, seconds: float = 120) -> None:
    """Runs the event loop until nothing is read any more, `is_done` holds, and all is painted."""
    wait_for(lambda: is_done() and not runner.under_way(), seconds)


def rest(seconds: float) -> None:
    """Runs the event loop for some time, as while a person reads."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
        time.sleep(0.005)


def take(act: Callable[[], object]) -> float:
    """Returns how many milliseconds of processor time this thread takes for an act."""
    begun = time.thread_time()
    act()
    return (time.thread_time() - begun) * 1000
