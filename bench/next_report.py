"""Measures what opening the next report costs the window: `python bench/next_report.py STORE USER PASSPHRASE_FILE [REPORTS]`.

It opens the first report of the queue and presses J so many times, on the offscreen platform. For each step it prints nothing;
at the end stand the processor time of the window's thread for a step, until all cards stand and are painted, and the longest
time for which the event loop did not come round. Each is printed as a ratio to its limit. The exit code is 1 over a limit.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from triage.jobs.session import unlock
from triage.ui.app import application
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.shell.main_window import MainWindow

STEP_LIMIT_MS = 50.0  # processor time of the window's thread for one step
BLOCK_LIMIT_MS = 50.0  # processor time of the window's thread between two turns of the event loop
SIZE = (1366, 768)
REPORTS = 60
WARM_UP = 3  # steps before measuring: fonts, style sheet and caches are filled once
PAUSE_SECONDS = 0.25  # a person reads; what comes next is read ahead meanwhile


@dataclass(frozen=True)
class NextReportCost:
    """What was measured: processor time of the window's thread in milliseconds, by step, and between two turns of the loop."""

    steps: tuple[float, ...]
    blocks: tuple[float, ...]

    @property
    def median(self) -> float:
        """Returns the median of a step."""
        return statistics.median(self.steps)

    @property
    def nine_of_ten(self) -> float:
        """Returns what nine of ten steps stay below. On a shared machine the dearest one says more of the others at work."""
        return statistics.quantiles(self.steps, n=10)[-1] if len(self.steps) > 1 else self.steps[0]

    @property
    def longest_block(self) -> float:
        """Returns the longest time between two turns of the event loop."""
        return max(self.blocks)


class Probe(QObject):
    """Notes how much processor time the window's thread takes between two turns of its event loop.

    Processor time, not the clock on the wall: on a busy machine the thread waits for its turn, which no code here can help.
    """

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[float] = []
        self._last = time.thread_time()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begins to measure."""
        self._last = time.thread_time()
        self._timer.start()

    def stop(self) -> None:
        """Ends measuring."""
        self._tick()
        self._timer.stop()

    def _tick(self) -> None:
        now = time.thread_time()
        self.blocks.append((now - self._last) * 1000)
        self._last = now


def measure_next_report(app: QApplication, api: Api, reports: int = REPORTS) -> NextReportCost:
    """Returns what so many presses of J cost over the queue of a store."""
    theme.apply(app, "dark", "en")
    runner = Runner()
    window = MainWindow(api, runner)
    window.sweeping.end()
    window.resize(*SIZE)
    window.show()
    window.start()
    _settle(window, runner)
    window.queue.table.select_row(0)
    _settle(window, runner)
    window.open_report(window.queue.current_id() or "")
    _settle(window, runner)
    steps: list[float] = []
    blocks: list[float] = []
    try:
        for n in range(reports + WARM_UP):
            probe = Probe()
            view = window.report.view if window.report is not None else None
            if view is None:
                raise RuntimeError("no report is shown")
            probed = n % 2 == 1  # the probe itself costs time: a step is either timed or probed
            if probed:
                probe.start()
            begin = time.thread_time()
            QTest.keyClick(view.area, Qt.Key.Key_J)
            _settle(window, runner)
            spent = (time.thread_time() - begin) * 1000
            if probed:
                probe.stop()
            if n >= WARM_UP:
                (blocks if probed else steps).append(max(probe.blocks) if probed else spent)
            _pause(window, runner)
    finally:
        window.drop_everything()
        runner.stop()
        window.deleteLater()
    return NextReportCost(tuple(steps), tuple(blocks))


def _is_done(window: MainWindow, runner: Runner) -> bool:
    page = window.report
    filled = page is None or (page.view is not None and page.report is not None and page.view.is_filled())
    return filled and not runner.under_way()


def _settle(window: MainWindow, runner: Runner, seconds: float = 30) -> None:
    """Runs the event loop until all cards stand, nothing is read any more, and all is painted."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 5)
        if _is_done(window, runner):
            QCoreApplication.processEvents()
            if _is_done(window, runner):
                return
    raise TimeoutError("the page does not come to rest")


def _pause(window: MainWindow, runner: Runner) -> None:
    until = time.monotonic() + PAUSE_SECONDS
    while time.monotonic() < until or not _is_done(window, runner):
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
        time.sleep(0.005)


def print_cost(cost: NextReportCost) -> bool:
    """Prints the measures with their ratios to the limits, and returns whether all are within."""
    lines = (
        ("next report, median step", cost.median, STEP_LIMIT_MS),
        ("next report, nine of ten steps", cost.nine_of_ten, STEP_LIMIT_MS),
        ("next report, longest block of the event loop", cost.longest_block, BLOCK_LIMIT_MS),
    )
    for name, value, limit in lines:
        print(f"{name}: {value:.1f} ms, {value / limit:.2f} of the limit of {limit:.0f} ms")
    return all(value <= limit for _, value, limit in lines)


def main() -> int:
    store, user, passphrase_file, *more = sys.argv[1:]
    app = application()
    passphrase = Path(passphrase_file).read_text("utf-8").partition("\n")[0].rstrip("\r")
    api = Api(unlock(Path(store), user, passphrase))
    try:
        cost = measure_next_report(app, api, int(more[0]) if more else REPORTS)
    finally:
        api.close()
    return 0 if print_cost(cost) else 1


if __name__ == "__main__":
    sys.exit(main())
