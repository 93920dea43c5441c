"""What the desktop costs its window: start, next report, scrolling, filters, theme, language, and the longest block of the event loop.

A row of the suite: `python -m bench desktop`, at 300, 100,000 and 2,000,000 reports (the stores of bench/serving_store.py). The whole
window is opened on the offscreen platform and worked by keys and acts of its widgets. Values are processor time of the window's
thread, for a start from the interpreter to the filled queue.

The pages that list casework follow (bench/page_lists.py), over a store of their own with as many cases as there are reports, and at most
those of a year.

Limits: start 3 s at any size, the next report 50 ms, theme and language 300 ms until all stands again, and never more than 50 ms
between two turns of the event loop in anything that a person does while working.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from bench.suite.model import Place, Result

if TYPE_CHECKING:
    from triage.ui.app import Desktop
    from triage.ui.shell.main_window import MainWindow

START_MS, STEP_MS, BLOCK_MS, LOOK_MS = 3000.0, 50.0, 50.0, 300.0
MEMORY_MB = 400.0
"""Peak of the whole process after some dozens of reports, the queue and the gallery, at any number of reports."""
SIZE = (1366, 768)
ROOT = Path(__file__).parents[1]
STEPS = 40
WARM_UP = 3  # steps before measuring: fonts, style sheet and caches are filled once
PAUSE_SECONDS = 0.2  # a person reads; what comes next is read ahead meanwhile
DRAGS = 24


def measure_desktop(size: int, place: Place) -> Iterator[Result]:
    """Yields what the window costs over a store with so many reports, which is kept for the next run."""
    folder = build_store(place.stores, size)
    yield from measure_start(folder)
    window = OpenWindow(folder)
    try:
        for part in (window.measure_next_report, window.measure_queue, window.measure_gallery):
            yield from part()
        yield Result("memory at most", 0, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB", MEMORY_MB)
        yield from window.measure_looks()
    finally:
        window.close()
    from bench.casework import YEAR_OF_CASES
    from bench.page_lists import measure_page_lists

    yield from measure_page_lists(min(size, YEAR_OF_CASES), place)


def build_store(stores: Path, size: int) -> Path:
    """Builds the store in a process of its own, whose memory is not the window's; returns its folder."""
    command = [sys.executable, "-c", "import sys; from pathlib import Path; from bench.serving import prepare_store; "]
    command[-1] += "print(prepare_store(Path(sys.argv[1]), int(sys.argv[2])))"
    ended = subprocess.run([*command, str(stores), str(size)], capture_output=True, text=True, check=True, cwd=ROOT)
    return Path(ended.stdout.splitlines()[-1])


def measure_start(folder: Path) -> Iterator[Result]:
    """Yields what a start costs, the least of two, each in a process of its own: first without the probe, which costs time itself."""
    found: dict[str, list[dict[str, float]]] = {"": [], "probed": []}
    for how in ("", "probed") * 2:
        command = [sys.executable, "-m", "bench.ui", str(folder), how]
        ended = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
        found[how].append(json.loads(ended.stdout.splitlines()[-1]))
    spent, clock = (min(each[name] for each in found[""]) for name in ("spent", "clock"))
    block = min(each["block"] for each in found["probed"])
    yield Result("start until the queue is filled", 0, spent, "ms", START_MS, clock=clock)
    yield Result("start, longest block once the window stands", 0, block, "ms", BLOCK_MS)


class OpenWindow:
    """The whole desktop over a store."""

    def __init__(self, folder: Path, *, probed: bool = True) -> None:
        from bench.probe import Probe, rest, settle, take, wait_for
        from bench.store_opening import open_store
        from triage.ui.app import Desktop, application
        from triage.ui.core.api import Api

        self.probe, self._settle, self._rest, self._take = Probe, settle, rest, take
        self.app = application()
        (folder / "desktop.json").unlink(missing_ok=True)
        self.desktop: Desktop = Desktop(self.app, folder, api=Api(open_store(folder)), buses=("", ""))
        if self.desktop.sweeping is not None:
            self.desktop.sweeping.end()  # the comparison of images would take its share of every value
        self.desktop.resize(*SIZE)
        self.desktop.show()
        with Probe() if probed else nullcontext() as probe:
            model = self.window.queue.model
            wait_for(lambda: not model.loading and model.total > 0)
            self.start_ms = time.thread_time() * 1000
            self.settle()
        self.first_block = 0.0 if probe is None else probe.longest_ms

    @property
    def window(self) -> MainWindow:
        """Returns the working window; a change of theme builds another one."""
        found = self.desktop.centralWidget()
        if not hasattr(found, "queue"):
            raise TypeError("the window is locked")
        return found  # type: ignore[return-value]

    def settle(self, is_done: Callable[[], bool] = lambda: True) -> None:
        """Waits until the window is at rest and the queue has its rows."""
        self._settle(self.desktop.runner, lambda: not self.window.queue.model.loading and self.is_filled() and is_done())

    def is_filled(self) -> bool:
        """Returns whether the report page, if one is open, shows all its cards."""
        page = self.window.report
        return page is None or (page.view is not None and page.report is not None and page.view.is_filled())

    def close(self) -> None:
        """Closes the window and the store."""
        self.desktop.close()

    def block_of(self, act: Callable[[], object]) -> float:
        """Returns the longest block of the event loop until all that an act begins is done."""
        with self.probe() as probe:
            act()
            self.settle()
        return probe.longest_ms

    def measure_next_report(self) -> Iterator[Result]:
        """Yields what presses of J cost, over reports that have documents."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        from triage.model.views import QueueFilter

        window = self.window
        values = window.api.facet_values(QueueFilter(), "provider", "", 10_000)
        feed = tuple(each.value for each in values if not each.value.startswith("Provider "))
        window.queue.state.set_filter(QueueFilter(providers=feed))
        self.settle()
        window.queue.table.select_row(0)
        self.settle()
        window.open_report(window.queue.current_id() or "")
        self.settle()
        steps, blocks, shown = [], [], set[str]()
        for n in range(STEPS + WARM_UP):

            def press() -> None:
                QTest.keyClick(window.report.view.area, Qt.Key.Key_J)  # type: ignore[union-attr]

            if n % 2:  # the probe itself costs time: a step is either timed or probed
                blocks.append(self.block_of(press))
            else:
                steps.append(self._take(lambda: (press(), self.settle())))  # type: ignore[func-returns-value]
            self._rest(PAUSE_SECONDS)
            self.settle()
            shown.add(window.report.view.report.report_id)  # type: ignore[union-attr]
        if len(shown) < STEPS + WARM_UP:
            raise RuntimeError("a press of J did not show another report, so its time says nothing")
        steps, blocks = steps[WARM_UP:], blocks[WARM_UP:]
        window.show_queue()
        window.queue.clear_filters()
        self.settle()
        yield Result("next report, median", 0, statistics.median(steps), "ms", STEP_MS)
        yield Result("next report, nine of ten", 0, statistics.quantiles(steps, n=10)[-1], "ms", STEP_MS)
        yield Result("next report, longest block", 0, max(blocks), "ms", BLOCK_MS)

    def measure_queue(self) -> Iterator[Result]:
        """Yields what scrolling, filtering, sorting and searching cost."""
        from triage.model.queue_order import QueueOrder
        from triage.model.views import QueueFilter

        queue = self.window.queue
        bar = queue.table.verticalScrollBar()
        places = [bar.maximum() * n // DRAGS for n in range(DRAGS + 1)]
        frames = [self._take(lambda at=at: (bar.setValue(at), queue.table.viewport().repaint())) for at in places]  # type: ignore[misc]
        self.settle()
        yield Result("queue scroll, slowest frame", 0, max(frames), "ms", STEP_MS)
        yield Result(
            "queue scroll, longest block",
            0,
            max(self.block_of(lambda at=at: bar.setValue(at)) for at in places[::-1]),
            "ms",
            BLOCK_MS,
        )  # type: ignore[misc]
        wanted = {
            "filter by band and office": QueueFilter(bands=("B", "C"), offices=("KHI",), open_only=True),
            "filter by flag": QueueFilter(flags=("child lane",), open_only=True),
            "search a common word": QueueFilter(search="account"),
            "all reports": QueueFilter(),
        }
        for name, each in wanted.items():
            yield Result(f"{name}, longest block", 0, self.block_of(lambda w=each: queue.state.set_filter(w)), "ms", BLOCK_MS)  # type: ignore[misc]
            queue.clear_filters()
            self.settle()
            begun, spent = time.perf_counter(), time.process_time()
            queue.state.set_filter(each)
            self.settle()
            yield Result(
                f"{name}, until it is shown",
                0,
                (time.process_time() - spent) * 1000,
                "ms",
                LOOK_MS,
                clock=(time.perf_counter() - begun) * 1000,
            )
        order = QueueOrder("deadline", True)
        yield Result(
            "sort, longest block", 0, self.block_of(lambda: queue.state.set_filter(QueueFilter(), order)), "ms", BLOCK_MS
        )
        queue.clear_filters()
        self.settle()

    def measure_gallery(self) -> Iterator[Result]:
        """Yields what opening the gallery of the whole store and scrolling it costs."""
        from triage.model.gallery import GalleryScope

        window = self.window
        yield Result("open the gallery, longest block", 0, self.block_of(lambda: window.show_desk("gallery")), "ms", BLOCK_MS)
        page = window.pages.currentWidget()

        def show_all() -> None:
            page.choose_scope(GalleryScope())
            page.reload()

        yield Result("gallery of the store, longest block", 0, self.block_of(show_all), "ms", BLOCK_MS)
        bar = page.grid.verticalScrollBar()
        places = [bar.maximum() * n // DRAGS for n in range(DRAGS + 1)]
        frames = [self._take(lambda at=at: (bar.setValue(at), page.grid.viewport().repaint())) for at in places]  # type: ignore[misc]
        self.settle()
        yield Result("gallery scroll, slowest frame", 0, max(frames), "ms", STEP_MS)
        yield Result(
            "gallery scroll, longest block",
            0,
            max(self.block_of(lambda at=at: bar.setValue(at)) for at in places[::-1]),
            "ms",
            BLOCK_MS,
        )  # type: ignore[misc]
        window.show_queue()
        self.settle()

    def measure_looks(self) -> Iterator[Result]:
        """Yields what changes of theme and language cost, over the queue and over a report."""
        for where in ("queue", "report"):
            if where == "report":
                self.window.queue.table.select_row(0)
                self.window.open_report(self.window.queue.current_id() or "")
                self.settle()
            before = self.desktop.preferences
            for name, changed in (("theme", {"theme": "light"}), ("language", {"language": "ur"})):
                spent = []
                for wanted in (replace(before, **changed), before) * 2:  # type: ignore[arg-type]
                    spent.append(self._take(lambda w=wanted: (self.desktop.change_look(w), self.settle())))  # type: ignore[misc]
                yield Result(f"{name} change over the {where}", 0, statistics.median(spent), "ms", LOOK_MS)


def open_window(folder: Path, *, probed: bool) -> dict[str, float]:
    """Opens the window in this process and returns what it cost since the interpreter began."""
    from triage.cli.group import load_desktop

    began = time.perf_counter()
    load_desktop()
    window = OpenWindow(folder, probed=probed)
    found = {"spent": window.start_ms, "clock": (time.perf_counter() - began) * 1000, "block": window.first_block}
    window.close()
    return found


if __name__ == "__main__":
    print(json.dumps(open_window(Path(sys.argv[1]), probed=sys.argv[2:] == ["probed"])))
