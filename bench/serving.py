"""How fast a store with a nation's year of reports is served: the queue, its counts, search, reports, clusters and statistics.

    python -m bench.serving [--reports N] [--store FOLDER] [--json] [--only WORD] [--slack FACTOR]

The store is built by bench/serving_store.py, in FOLDER when one is named and kept there: a second run finds it. Each line is one
thing that a person asks for, its time cold (a new connection, and the database dropped from the system's memory) and warm (again,
the best of three), and each as a share of its limit. Above 1.00 the limit is missed, and the program ends with 1.

Limits (issue 20, point 3): the first page of any filter and order 100 ms cold and 20 ms warm, any other page as the first; lane
counts 50 ms; statistics 1 s; full-text search 200 ms; opening a report 50 ms; a cluster 100 ms. `--slack 3` allows three times as
much, on a machine with other work; `--processor` judges by the processor's time instead of the clock's, which then leaves out the
disk. Both are printed. "load" is how many processes waited.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import get_args

from bench.serving_store import fill_store
from triage.jobs.reading.clusters import list_clusters, show_links
from triage.jobs.reading.queue import count_lanes, count_queue, find_place, list_facet_values, load_window
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.jobs.stats import load_statistics
from triage.model.queue_order import PRESERVE_NOW, QueueColumn, QueueFacet, QueueOrder
from triage.model.views import QueueFilter
from triage.store.key_form import Cost
from triage.store.store import Store

PAGE = 64
PASSPHRASE = "seven green boats"
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


@dataclass(frozen=True, slots=True)
class Question:
    """Something that a person asks of a store, and its limits in milliseconds."""

    name: str
    ask: Callable[[Session], object]
    cold: float
    warm: float


@dataclass(frozen=True, slots=True)
class Answer:
    """How long a question took, in milliseconds and as a share of the limit."""

    name: str
    cold_ms: float
    cold_processor_ms: float
    cold_of_limit: float
    warm_ms: float
    warm_processor_ms: float
    warm_of_limit: float

    @property
    def missed(self) -> bool:
        """Returns whether a limit was missed."""
        return max(self.cold_of_limit, self.warm_of_limit) > 1


def list_questions(total: int, known: str) -> Iterator[Question]:
    """Yields all questions about a store with so many reports; `known` is one of the largest cluster, which can be opened."""

    def page(name: str, wanted: QueueFilter, order: QueueOrder = QueueOrder(), start: int = 0) -> Question:  # noqa: B008
        return Question(name, lambda session: load_window(session, wanted, order, start, PAGE), 100, 20)

    yield page("first page", QueueFilter())
    yield from (page(f"page: {name}", wanted) for name, wanted in SOME.items())
    for (one, first), (other, second) in combinations(SOME.items(), 2):
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
    words = {"in every text": "report", "in one of two": "account", "in one of eight": "message", "two common": "account message"}
    for name, text in {**words, "rare": f"user_{210_000_000}", "rare beginning": "user_2100"}.items():
        wanted = QueueFilter(search=text)
        yield Question(f"search: {name}", lambda s, w=wanted: load_window(s, w, QueueOrder(), 0, PAGE), 200, 200)  # type: ignore[misc]
    yield Question("open a report", lambda s: load_report_view(s, known), 50, 50)
    yield Question("cluster of a report", lambda s: show_links(s, known), 100, 100)
    yield Question("clusters", lambda s: list_clusters(s, 1), 100, 100)


def _join(one: QueueFilter, other: QueueFilter) -> QueueFilter:
    """Returns a filter with the fields of both."""
    plain = QueueFilter()
    fields = {name: value for name, value in asdict(other).items() if value != getattr(plain, name)}
    return QueueFilter(**(asdict(one) | fields))


def measure(folder: Path, questions: Sequence[Question], slack: float = 1.0, *, processor: bool = False) -> list[Answer]:
    """Asks each question on a connection of its own, and then again."""
    answers = []
    with open_store(folder) as session:
        for question in questions:
            question.ask(session)  # what the program loads and reads once is not the store's
            break
    for question in questions:
        drop_from_memory(folder)
        with open_store(folder) as session:
            cold = _time(question, session)
            warm = min(_time(question, session) for _ in range(3))
        at = 1 if processor else 0
        cold_share, warm_share = (round(t[at] / limit / slack, 2) for t, limit in ((cold, question.cold), (warm, question.warm)))
        answers.append(Answer(question.name, *cold, cold_share, *warm, warm_share))
    return answers


def _time(question: Question, session: Session) -> tuple[float, float]:
    """Returns how many milliseconds an answer takes by the clock and by the processor."""
    began, worked = time.perf_counter(), time.process_time()
    question.ask(session)
    return round((time.perf_counter() - began) * 1000, 1), round((time.process_time() - worked) * 1000, 1)


def open_store(folder: Path) -> Session:
    """Opens the store."""
    return Session(Store.open(folder, "bench", PASSPHRASE))


def drop_from_memory(folder: Path) -> None:
    """Asks the system to forget the database, so that it is read from the disk; Windows can't be asked."""
    if not hasattr(os, "posix_fadvise"):
        return
    for path in folder.glob("*.db*"):
        handle = os.open(path, os.O_RDONLY)
        os.fsync(handle)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)


def build(folder: Path) -> None:
    """Makes an empty store."""
    created = Store.create(folder, "bench", PASSPHRASE, cost=Cost(memory_kib=64, iterations=1, lanes=1))
    Session(created.store).close()


def format_table(answers: Sequence[Answer]) -> str:
    """Returns the answers as lines, what is nearest to its limit first."""
    lines = [f"{'':32} {'cold ms':>9} {'processor':>9} {'of limit':>9} {'warm ms':>9} {'processor':>9} {'of limit':>9}"]
    for each in sorted(answers, key=lambda a: -max(a.cold_of_limit, a.warm_of_limit)):
        lines.append(
            f"{each.name:32} {each.cold_ms:9.1f} {each.cold_processor_ms:9.1f} {each.cold_of_limit:9.2f}"
            f" {each.warm_ms:9.1f} {each.warm_processor_ms:9.1f} {each.warm_of_limit:9.2f}"
            f"{'  MISSED' * each.missed}"
        )
    return "\n".join(lines)


def run(folder: Path, options: argparse.Namespace) -> int:
    """Measures, prints, and returns the program's exit code."""
    if not folder.exists():
        build(folder)
    with open_store(folder) as session:
        if count_queue(session, QueueFilter()) < options.reports:
            fill_store(session, options.reports)
    with open_store(folder) as session:
        total = count_queue(session, QueueFilter())
        known = next((cluster.reports[0] for cluster in list_clusters(session, 1)), "")
    wanted = [each for each in list_questions(total, known) if options.only in each.name]
    answers = measure(folder, wanted, options.slack, processor=options.processor)
    if options.json:
        found = {"reports": total, "load": os.getloadavg()[0], "slack": options.slack, "answers": [asdict(a) for a in answers]}
        print(json.dumps(found, indent=1))
    else:
        print(f"{total} reports, load {os.getloadavg()[0]:.1f}, slack {options.slack}\n{format_table(answers)}")
    return int(any(each.missed for each in answers))


def main(arguments: Sequence[str] | None = None) -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--reports", type=int, default=2_000_000, help="as many are added to the store as it lacks")
    ask.add_argument("--store", type=Path)
    ask.add_argument("--only", default="", help="only questions whose name holds this")
    ask.add_argument("--slack", type=float, default=1.0)
    ask.add_argument("--processor", action="store_true", help="judge by the processor's time")
    ask.add_argument("--json", action="store_true")
    options = ask.parse_args(arguments)
    if options.store is not None:
        return run(options.store, options)
    with tempfile.TemporaryDirectory() as scratch:
        return run(Path(scratch) / "store", options)


if __name__ == "__main__":
    sys.exit(main())
