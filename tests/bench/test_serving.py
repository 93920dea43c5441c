"""The bench of serving asks all that it says, and a slow query turns it red."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bench import serving
from bench.serving_store import fill_store
from triage.jobs.reading import queue
from triage.jobs.session import Session
from triage.model.queue_order import QueueColumn, QueueFacet
from triage.store.key_form import Cost
from triage.store.store import Store

GENEROUS = "50"
"""Times the limits: a test is about whether a miss is noticed, on any machine."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("serving") / "store"
    created = Store.create(made, "bench", serving.PASSPHRASE, cost=Cost(memory_kib=64, iterations=1, lanes=1))
    with Session(created.store) as session:
        fill_store(session, 300, with_feed=False)
    return made


def run(folder: Path, only: str) -> int:
    return serving.main(["--reports", "0", "--store", str(folder), "--only", only, "--slack", GENEROUS])


def test_a_slow_query_turns_it_red(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "page: status + office") == run(folder, "lanes") == 0, capsys.readouterr().out
    quick = queue.select_reports

    def slow(*arguments: object) -> object:
        time.sleep(1.2)
        return quick(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(queue, "select_reports", slow)
    assert run(folder, "page: status + office") == 1
    told = capsys.readouterr().out
    assert "page: status + office" in told and "MISSED" in told
    assert run(folder, "lanes") == 0, "it does not select"


def test_each_facet_pair_of_facets_and_order_is_asked(folder: Path) -> None:
    names = [each.name for each in serving.list_questions(300, "")]
    assert len(names) == len(set(names))
    pairs = len(serving.SOME) * (len(serving.SOME) - 1) // 2
    assert sum(" + " in name for name in names) == pairs
    assert {f"sort: {column}" for column in QueueColumn.__args__} <= set(names)  # type: ignore[attr-defined]
    assert {f"values: {facet}" for facet in QueueFacet.__args__} <= set(names)  # type: ignore[attr-defined]
