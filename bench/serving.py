"""How fast a store with a nation's year of reports is served: the queue, its counts, search, reports, clusters and statistics.

A row of the suite: `python -m bench serving`. The store is built by bench/serving_store.py. Each question is one thing that a person asks
for, cold (a new connection, and the database dropped from the system's memory) and warm (again, the best of three).

Limits: the first page of any filter and order 100 ms cold and 20 ms warm, any other page as the first; lane counts 50 ms; statistics
1 s, also for the leads and of the funnel, whose 500 overdue reports, or those behind a figure, take 300 ms cold and 50 ms warm; full-text search 200 ms;
opening a report 50 ms; a cluster 100 ms; the graph around a report, with who else holds its values, 200 ms cold and 100 ms warm. What
the other pages of the desktop ask first has 100 ms cold and 20 ms warm, like a page of the queue; the gallery of the whole store has
1 s, also by user. What depends on the time is asked a month and a year later too, and of a store whose dates all lie in the past, with
the same limits. They hold for processor time, which leaves out the disk; the JSON has the clock too. Python looks for cycles between two
questions, never within one: in the desktop the window's thread does that (triage/ui/core/cycles.py).
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import get_args

from bench.exercise.clock import Clock, moved
from bench.serving_pages import PAGES, read_custody
from bench.serving_store import fill_store
from bench.store_opening import PASSPHRASE, USER, open_store
from bench.suite.model import Place, Result
from triage.jobs.casework.funnel import list_overdue, measure_funnel
from triage.jobs.reading.behind import list_reports_behind
from triage.jobs.reading.clusters import list_clusters, show_links
from triage.jobs.reading.gallery import arrange_gallery, load_gallery
from triage.jobs.reading.lead_figures import measure_lead_figures
from triage.jobs.reading.neighbourhood import show_neighbourhood
from triage.jobs.reading.queue import count_lanes, count_queue, find_place, list_facet_values, load_window
from triage.jobs.reading.queue_picks import list_window_ids
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.jobs.stats import load_statistics
from triage.model.gallery import GalleryFilter, GalleryScope, Grouping
from triage.model.lead_figures import Behind
from triage.model.queue_order import PRESERVE_NOW, QueueColumn, QueueFacet, QueueOrder
from triage.model.views import QueueFilter
from triage.store.key_form import Cost
from triage.store.store import Store

PAGE = 64
PAIRS_FROM = 50_000  # reports
SOME: dict[str, QueueFilter] = {
    "band": QueueFilter(bands=("B",)),
    "status": QueueFilter(statuses=("new", "in_progress")),
    "office": QueueFilter(offices=("KHI", "MUX")),
    "assignee": QueueFilter(assignees=("",)),
    "provider": QueueFilter(providers=("Provider 000", "Provider 007")),
    "incident type": QueueFilter(incident_types=("Kind 01",)),
    "flag": QueueFilter(flags=("child lane", "viral")),
    "language": QueueFilter(languages=("Urdu", "Sindhi")),
    "province": QueueFilter(provinces=("SD",)),
    "open": QueueFilter(open_only=True),
    "preserve now": PRESERVE_NOW,
    "new since": QueueFilter(new_since="2026-11-20T00:00:00Z"),
    "folded": QueueFilter(fold_duplicates=True),
}
"""A filter of each kind that the desktop offers."""
OF_TIME: dict[str, tuple[QueueFilter, QueueOrder]] = {
    "first page": (QueueFilter(), QueueOrder()),
    "page: preserve now": (PRESERVE_NOW, QueueOrder()),
    "page: deadline within a week": (QueueFilter(expiring_within_days=7), QueueOrder()),
    "page: open, preserve now": (QueueFilter(open_only=True, preserve_within_days=30), QueueOrder("deadline")),
    "sort: deadline": (QueueFilter(), QueueOrder("deadline")),
    "sort: deadline, descending": (QueueFilter(), QueueOrder("deadline", descending=True)),
    "sort: deadline, open": (QueueFilter(open_only=True), QueueOrder("deadline")),
}
"""Pages that change as time passes."""
LATER = {"a month later": 30, "a year later": 365}
PAST, PAST_SIZE = 730, 10_000
"""Days by which all dates of one more store are older, and its reports at most."""
BEHIND: dict[str, Behind] = {
    "provider": Behind(provider="Provider 250"),
    "deadline": Behind(open_only=True, due_from=1_790_000_000, due_before=1_790_600_000, due_name="provider data"),
    "finished": Behind(finished_by="bench", finished_since="2026-11-20T00:00:00Z"),
    "assigned": Behind(funnel="assigned"),
}
"""Figures of the leads' page whose reports are listed, from the planes and from indexes."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something that a person asks of a store, and its limits in milliseconds."""

    name: str
    ask: Callable[[Session], object]
    cold: float
    warm: float
    days: int = 0
    """So many days after the present moment it is asked, while nobody wrote."""


def list_questions(total: int, known: str) -> Iterator[Question]:
    """Yields all questions about a store with so many reports; `known` is one of the largest cluster, which can be opened.

    Pairs of facets are left out of small stores, where they cost what a single facet costs.
    """

    def page(name: str, wanted: QueueFilter, order: QueueOrder = QueueOrder(), start: int = 0) -> Question:  # noqa: B008
        return Question(name, lambda session: load_window(session, wanted, order, start, PAGE), 100, 20)

    yield page("first page", QueueFilter())
    yield from (page(f"page: {name}", wanted) for name, wanted in SOME.items())
    for (one, first), (other, second) in combinations(SOME.items(), 2) if total >= PAIRS_FROM else ():
        yield page(f"page: {one} + {other}", _join(first, second))
    for column in get_args(QueueColumn):
        for descending in (False, True):
            order = QueueOrder(column, descending)
            yield page(f"sort: {column}{', descending' * descending}", QueueFilter(), order)
            yield page(f"sort: {column}{', descending' * descending}, open", QueueFilter(open_only=True), order)
    for column in ("priority", "deadline", "provider"):
        yield page(f"middle: {column}", QueueFilter(), QueueOrder(column), total // 2)
        yield page(f"end: {column}", QueueFilter(), QueueOrder(column), total - PAGE)
    yield Question("place of a report", lambda s: find_place(s, QueueFilter(), QueueOrder(), total // 2), 100, 20)
    yield Question("count: open in KHI", lambda s: count_queue(s, QueueFilter(offices=("KHI",), open_only=True)), 100, 20)
    for facet in get_args(QueueFacet):
        yield Question(f"values: {facet}", lambda s, f=facet: list_facet_values(s, QueueFilter(open_only=True), f), 100, 20)  # type: ignore[misc]
    yield Question("values: provider, all reports", lambda s: list_facet_values(s, QueueFilter(), "provider"), 100, 20)
    yield Question("lanes", count_lanes, 50, 50)
    yield Question("statistics", load_statistics, 1000, 1000)
    yield Question("leads' figures", measure_lead_figures, 1000, 1000)
    yield Question("funnel", measure_funnel, 1000, 1000)
    yield Question("overdue reports", lambda s: list_overdue(s, 500), 300, 50)
    for later, days in LATER.items():
        yield from (replace(each, name=f"{each.name}, {later}", days=days) for each in list_questions_of_time())
    for name, behind in BEHIND.items():
        yield Question(f"behind a figure: {name}", lambda s, b=behind: list_reports_behind(s, b), 300, 50)  # type: ignore[misc]
    yield Question("ids of 1,000 reports", lambda s: list_window_ids(s, QueueFilter(), QueueOrder(), 0, 1_000), 100, 20)
    words = {"in every text": "report", "in one of two": "account", "in one of eight": "message", "two common": "account message"}
    typed = {"one letter": "w", "two letters": "re", "a letter and a digit": "w1", "a beginning of many words": "w10"}
    for name, text in {**words, **typed, "rare": f"user_{210_000_000}", "rare beginning": "user_2100"}.items():
        wanted = QueueFilter(search=text)
        yield Question(f"search: {name}", lambda s, w=wanted: load_window(s, w, QueueOrder(), 0, PAGE), 200, 200)  # type: ignore[misc]
    for name, ask in PAGES.items():
        yield Question(f"opens: {name}", ask, 100, 20)
    yield Question("custody of a report", lambda s: read_custody(s, known), 100, 20)
    yield Question("gallery of the store", lambda s: load_gallery(s, GalleryScope()), 1000, 1000)
    yield Question("gallery of the store by user", _group_by_user, 1000, 1000)
    yield Question("open a report", lambda s: load_report_view(s, known), 50, 50)
    yield Question("cluster of a report", lambda s: show_links(s, known), 100, 100)
    yield Question("graph around a report", lambda s: show_neighbourhood(s, known), 200, 100)
    yield Question("clusters", lambda s: list_clusters(s, 1), 100, 100)


def _group_by_user(session: Session) -> object:
    """Shows the gallery of the store, grouped by the accounts of reported users."""
    return arrange_gallery(session, load_gallery(session, GalleryScope()), GalleryFilter(), Grouping.USER)


def list_questions_of_time() -> Iterator[Question]:
    """Yields the questions whose answers change as time passes."""
    for name, (wanted, order) in OF_TIME.items():
        yield Question(name, lambda s, w=wanted, o=order: load_window(s, w, o, 0, PAGE), 100, 20)  # type: ignore[misc]
    yield Question("lanes", count_lanes, 50, 50)
    yield Question("overdue reports", lambda s: list_overdue(s, 500), 300, 50)
    yield Question("leads' figures", measure_lead_figures, 1000, 1000)
    yield Question(
        "behind a figure: overdue", lambda s: list_reports_behind(s, Behind(open_only=True, overdue_duty=True)), 300, 50
    )


def _join(one: QueueFilter, other: QueueFilter) -> QueueFilter:
    """Returns a filter with the fields of both."""
    plain = QueueFilter()
    fields = {name: value for name, value in asdict(other).items() if value != getattr(plain, name)}
    return QueueFilter(**(asdict(one) | fields))


def measure_serving(size: int, place: Place) -> Iterator[Result]:
    """Yields the times of all questions to a store with so many reports, which is kept for the next run."""
    folder = prepare_store(place.stores, size)
    with open_store(folder) as session:
        total = count_queue(session, QueueFilter())
        known = next((cluster.reports[0] for cluster in list_clusters(session, 1)), "")
    yield from measure_questions(folder, list(list_questions(total, known)))

    past = prepare_store(place.stores, min(size, PAST_SIZE), PAST)
    yield from measure_questions(past, [replace(each, name=f"{each.name}, all dates past") for each in list_questions_of_time()])


def prepare_store(stores: Path, size: int, age: int = 0) -> Path:
    """Returns the folder of a store with so many reports, and builds what is not there yet. Its dates are so many days older."""
    stores.mkdir(parents=True, exist_ok=True)
    folder = stores / (f"linked-past-{size}" if age else f"linked-{size}")
    if not folder.exists():
        created = Store.create(folder, USER, PASSPHRASE, cost=Cost(memory_kib=64, iterations=1, lanes=1))
        Session(created.store).close()
    with open_store(folder) as session:
        if count_queue(session, QueueFilter()) < size:
            fill_store(session, size, age=age)
    return folder


def measure_questions(folder: Path, questions: Sequence[Question]) -> Iterator[Result]:
    """Asks each question on a connection of its own, and then again."""
    with open_store(folder) as session:
        for question in questions:
            _time(question, session)  # what the program loads and reads once, and of each kind, is not the store's
    gc.collect()
    gc.freeze()  # what is loaded by now is not looked through again between any two questions, 40 ms each time
    try:
        for question in questions:
            yield from _measure_question(folder, question)
    finally:
        gc.unfreeze()


def _measure_question(folder: Path, question: Question) -> Iterator[Result]:
    """Asks a question cold and warm."""
    drop_from_memory(folder)
    with open_store(folder) as session, _collecting_later():
        clock, spent = _time(question, session)
        yield Result(f"{question.name}, cold", 0, spent, "ms", question.cold, clock=clock)
        clock, spent = min((_time(question, session, after) for after in (1, 2, 3)), key=lambda taken: taken[1])
        yield Result(f"{question.name}, warm", 0, spent, "ms", question.warm, clock=clock)


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Looks for cycles before and not within: a look took some ms of any question."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _time(question: Question, session: Session, after: int = 0) -> tuple[float, float]:
    """Returns how many milliseconds an answer takes by the clock and by the processor, when it is asked `after` some seconds."""
    with moved(
        Clock(datetime.now(UTC) + timedelta(days=question.days, seconds=after))
    ):  # what was known a second ago may be wrong
        began, worked = time.perf_counter(), time.process_time()
        question.ask(session)
        return round((time.perf_counter() - began) * 1000, 1), round((time.process_time() - worked) * 1000, 1)


def drop_from_memory(folder: Path) -> None:
    """Asks the system to forget the database, so that it is read from the disk; Windows can't be asked."""
    if not hasattr(os, "posix_fadvise"):
        return
    for path in folder.glob("*.db*"):
        handle = os.open(path, os.O_RDONLY)
        os.fsync(handle)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)
