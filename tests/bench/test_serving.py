"""The bench of serving asks all that it says, and a slow query turns it red."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from bench import serving
from bench.serving_store import DAY, fill_store
from bench.store_opening import PASSPHRASE, open_store
from bench.suite.model import Plant
from bench.suite.table import find_benchmarks
from triage.jobs.reading import queue
from triage.jobs.session import Session
from triage.model.queue_order import QueueColumn, QueueFacet
from triage.store.database import Reader
from triage.store.key_form import Cost
from triage.store.queries import queue_planes
from triage.store.store import Store

GENEROUS = 10
"""Times the limits: a test is about whether a miss is noticed, on any machine."""
NOT_ASKED = {
    "open a report": "these rows come without documents",
    "cluster of a report": "the same",
    "gallery of the store": "it shows each file of the store, so it reads them all",
}
LARGE = "queue|report|report_version|report_number|deadline|decision|file"
"""Tables with a row for each report, as a pattern."""


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("serving")
    created = Store.create(made / "reports-300", "bench", PASSPHRASE, cost=Cost(memory_kib=64, iterations=1, lanes=1))
    with Session(created.store) as session:
        fill_store(session, 300, with_feed=False)
    return made


def ask(stores: Path, name: str) -> bool:
    """Returns whether a question's limit is missed."""
    questions = [each for each in serving.list_questions(300, "") if each.name == name]
    return any(each.is_missed(GENEROUS) for each in serving.measure_questions(stores / "reports-300", questions))


def test_a_planted_slow_query_turns_it_red(stores: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not ask(stores, "page: flag")
    (row,) = find_benchmarks(("serving",))
    monkeypatch.setattr(queue, "select_reports", Plant(row.plant.function, 300).slow_down(queue.select_reports))
    assert ask(stores, "page: flag")
    assert not ask(stores, "lanes"), "it does not select"


def test_what_takes_long_only_after_a_month_turns_it_red(stores: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, at_once = queue_planes.count_expiring, time.time() + DAY
    slow = Plant("", 600).slow_down(plain)
    monkeypatch.setattr(
        queue_planes, "count_expiring", lambda db, now, before: (slow if now > at_once else plain)(db, now, before)
    )
    assert not ask(stores, "lanes")
    assert ask(stores, "lanes, a month later")


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
        for question in serving.list_questions(300, ""):
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
