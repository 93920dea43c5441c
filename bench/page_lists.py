"""The pages that list casework, at so many cases: opened, searched, scrolled, and read again in the middle.

A row of the suite: `python -m bench page-lists`; a year of the region's rate is 47,600 cases. The store is filled with rows
(bench/casework.py). Each page stands in an invisible window. What it costs is processor time of all threads, a block that of the
window's thread; memory is what the peak of the process grows by.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bench.casework import fill_casework, fill_grades
from bench.probe import Probe, settle, take
from bench.suite.model import Place, Result
from triage.jobs.session import Session
from triage.store.key_form import Cost
from triage.store.store import Store
from triage.ui.app import application
from triage.ui.audit.outgoing_page import OutgoingPage
from triage.ui.cases.list_page import CasesPage
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Runner
from triage.ui.grades.page import GradesPage
from triage.ui.kit import theme
from triage.ui.requests.page import RequestsPage

OPEN_MS, BLOCK_MS, FRAME_MS = 150.0, 50.0, 50.0
GRADES_MS = 400.0
"""Beside the list, the page of grades says how often two people agreed on all graded files."""
MEMORY_MB = 48.0
SIZE = (1186, 740)
"""Of the page in a window of 1366 x 768."""
PAGES: dict[str, Callable[[Api, Runner], DeskPage]] = {
    "cases": CasesPage, "requests": RequestsPage, "grades to give": GradesPage, "what left": OutgoingPage,
}  # fmt: skip
DRAGS = 24
GRADED_SHARE = 1.6
"""Graded files for each case: 77,000 in a year."""


def measure_page_lists(size: int, place: Place) -> Iterator[Result]:
    """Yields what the pages of so many cases cost."""
    theme.apply(application(), "dark", "en")
    api, runner = Api(build_store(place.scratch / f"casework-{size}", size)), Runner()
    try:
        for name, make in PAGES.items():
            yield from measure_page(name, make(api, runner), runner)
    finally:
        runner.stop()
        api.close()


def build_store(folder: Path, size: int) -> Session:
    """Builds a store with casework and no reports."""
    session = Session(Store.create(folder, "bench", "seven green boats", cost=Cost(memory_kib=64, iterations=1, lanes=1)).store)
    with session.store.batch() as batch:
        fill_casework(batch, size)
        fill_grades(batch, int(size * GRADED_SHARE))
        batch.note("bench filled", cases=size)
    return session


def measure_page(name: str, page: Any, runner: Runner) -> Iterator[Result]:
    """Yields what one page costs."""
    host = QWidget()
    layout = QVBoxLayout(host)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(page)
    host.resize(*SIZE)
    host.show()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield from _read(f"{name}, opened", page, runner)
    bar, last = page.table.verticalScrollBar(), page.table.model().rowCount() - 1
    if page.table.current_row() is None:
        raise RuntimeError(f"the page of {name} shows no row, so its times say nothing")
    places = [bar.maximum() * n // DRAGS for n in range(DRAGS + 1)]
    frames = [take(lambda at=at: (bar.setValue(at), page.table.viewport().repaint())) for at in places]  # type: ignore[misc]
    settle(runner)
    yield Result(f"{name}, slowest frame", 0, max(frames), "ms", FRAME_MS)
    page.table.select(last // 2)
    settle(runner)
    yield from _read(f"{name}, read again in the middle", page, runner)
    if hasattr(page, "search"):
        page.search.setText("47 fir")
        yield from _read(f"{name}, searched", page, runner)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before
    yield Result(f"{name}, memory", 0, grown, "MB", MEMORY_MB)
    host.close()
    host.deleteLater()


def _read(name: str, page: DeskPage, runner: Runner) -> Iterator[Result]:
    """Yields what it costs until a page shows its rows."""
    spent, begun = time.process_time(), time.perf_counter()
    page.reload()
    settle(runner)
    spent, clock = time.process_time() - spent, time.perf_counter() - begun
    limit = GRADES_MS if isinstance(page, GradesPage) else OPEN_MS
    yield Result(name, 0, spent * 1000, "ms, all threads", limit, clock=clock * 1000)
    with Probe() as probe:
        page.reload()
        settle(runner)
    yield Result(f"{name}, longest block", 0, probe.longest_ms, "ms", BLOCK_MS)
