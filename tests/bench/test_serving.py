"""The bench of serving asks all that it says, and a slow query turns it red."""

from __future__ import annotations

import importlib
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench import serving
from bench.serving_store import DAY, fill_store
from bench.store_opening import PASSPHRASE, open_store
from bench.suite.table import find_benchmarks
from triage.jobs.reading import queue
from triage.jobs.session import Session
from triage.jobs.state import next_deadlines
from triage.model.queue_order import QueueColumn, QueueFacet
from triage.store.database import Reader
from triage.store.key_form import Cost
from triage.store.queries import deadlines
from triage.store.store import Store

GENEROUS = 10
"""Times the limits: a test is about whether a miss is noticed, on any machine."""
NOT_ASKED = {
    "open a report": "these rows come without documents",
    "cluster of a report": "the same",
    "gallery of the store": "it shows each file of the store, so it reads them all",
    "gallery of the store by user": "the same",
}
LARGE = "queue|report|report_version|report_number|deadline|decision|file|link_key|link_key_holder(_new|s)?"
"""Tables with a row for each report, or some, as a pattern."""


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("serving")
    created = Store.create(made / "reports-300", "bench", PASSPHRASE, cost=Cost(memory_kib=64, iterations=1, lanes=1))
    with Session(created.store) as session:
        fill_store(session, 300, with_feed=False)
    return made


class Clock:
    """The clocks of the bench, which a planted delay moves: to wait it out would take seconds of processor time."""

    def __init__(self) -> None:
        self._moved = 0.0

    def perf_counter(self) -> float:
        return time.perf_counter() + self._moved

    def process_time(self) -> float:
        return time.process_time() + self._moved

    def slow_down(self, inner: Callable[..., Any], milliseconds: int) -> Callable[..., Any]:
        def slow(*values: object, **named: object) -> object:
            self._moved += milliseconds / 1000
            return inner(*values, **named)

        return slow


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(serving, "time", made)
    return made


def ask(stores: Path, name: str) -> bool:
    """Returns whether a question's limit is missed."""
    questions = [each for each in serving.list_questions(300, "") if each.name == name]
    return any(each.is_missed(GENEROUS) for each in serving.measure_questions(stores / "reports-300", questions))


def test_a_planted_slow_query_turns_it_red(stores: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not ask(stores, "page: flag")
    (row,) = find_benchmarks(("serving",))
    module, _, function = row.plant.function.partition(":")
    assert getattr(importlib.import_module(module), function) is queue.select_reports
    monkeypatch.setattr(queue, "select_reports", clock.slow_down(queue.select_reports, 300))
    assert ask(stores, "page: flag")
    assert not ask(stores, "lanes"), "it does not select"


def test_what_takes_long_only_later_turns_it_red(stores: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever depends on the time is slow once some months have passed."""
    at_once = time.time() + 200 * DAY
    for module, name, ms in ((deadlines, "count_expiring", 600), (next_deadlines.NextDeadlines, "find_before", 250)):
        plain = getattr(module, name)
        slow = clock.slow_down(plain, ms)

        def ask_slowly(asked: Any, moment: int, plain: Any = plain, slow: Any = slow) -> object:
            return (slow if moment > at_once else plain)(asked, moment)

        monkeypatch.setattr(module, name, ask_slowly)
    for name in ("lanes", "page: preserve now"):
        assert not ask(stores, f"{name}, a month later")
        assert ask(stores, f"{name}, a year later")


def test_each_facet_pair_of_facets_and_order_is_asked() -> None:
    names = [each.name for each in serving.list_questions(serving.PAIRS_FROM, "")]
    assert len(names) == len(set(names))
    pairs = len(serving.SOME) * (len(serving.SOME) - 1) // 2
    assert sum(" + " in name for name in names) == pairs
    assert {f"sort: {column}" for column in QueueColumn.__args__} <= set(names)  # type: ignore[attr-defined]
    assert {f"values: {facet}" for facet in QueueFacet.__args__} <= set(names)  # type: ignore[attr-defined]


def test_no_question_reads_through_the_tables_of_all_reports(stores: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among 300 reports a scan costs nothing, so the plans are asked."""
    asked: set[str] = set()
    for name in ("all", "each", "first"):
        inner = getattr(Reader, name)
        monkeypatch.setattr(Reader, name, lambda db, sql, params=(), inner=inner: (asked.add(sql), inner(db, sql, params))[1])
    with open_store(stores / "reports-300") as session:
        known = session.store.read().value("SELECT number FROM report WHERE id = 9")
        for question in serving.list_questions(300, known):
            if question.name not in NOT_ASKED:
                question.ask(session)
        asked = {sql for sql in asked if not sql.startswith(("EXPLAIN", "PRAGMA", "BEGIN", "ROLLBACK"))}
        assert len(asked) > 40
        for sql in sorted(asked):
            named = dict.fromkeys(re.findall(r":([a-z]+)", sql), 0)
            numbered = [int(number) for number in re.findall(r"\?(\d+)", sql)]
            values = named or [0] * max(numbered, default=sql.count("?"))
            plan = session.store.read().all(f"EXPLAIN QUERY PLAN {sql}", values)
            scanned = [step.split()[1] for *_, step in plan if step.startswith("SCAN ") and "USING" not in step]
            assert not [each for each in scanned if is_large(each, sql)], sql


def is_large(name: str, sql: str) -> bool:
    """Returns whether a name of a plan stands for one of the large tables, itself or as an alias."""
    return re.fullmatch(LARGE, name) is not None or re.search(rf"\b({LARGE})( AS)? {name}\b", sql) is not None
