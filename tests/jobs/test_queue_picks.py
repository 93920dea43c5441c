"""The queue's page asks for ids to select, for folded copies, and for the person's own open work."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.bundles import import_reports
from tests.jobs.conftest import MakeStore
from triage.jobs.casework.decisions import decide
from triage.jobs.reading.queue import count_lanes, load_window
from triage.jobs.reading.queue_picks import OwnWork, count_own_work, list_copies, list_window_ids
from triage.jobs.session import Session
from triage.model.queue_order import QueueOrder
from triage.model.views import QueueFilter

NUMBERS = tuple(str(number) for number in range(900000801, 900000806))


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    return make_store(lambda session, folder: import_reports(session, folder, NUMBERS))


def test_ids_of_a_window_are_those_of_its_rows(filled: Session) -> None:
    order = QueueOrder("received", True)
    window = load_window(filled, QueueFilter(), order, 1, 3)
    assert window.stored == count_lanes(filled).total, "what comes later is told from it"
    rows = window.rows
    assert list_window_ids(filled, QueueFilter(), order, 1, 3) == tuple(row.id for row in rows)
    assert len(list_window_ids(filled, QueueFilter(), order, 0, 10_000)) == 5


def test_copies_are_those_that_the_row_counts(filled: Session) -> None:
    with filled.store.batch() as batch:
        batch.execute("UPDATE queue SET duplicates_of = NULL")
        batch.execute("UPDATE queue SET duplicates_of = 1 WHERE report_id IN (3, 4, 5)")
    folded = load_window(filled, QueueFilter(open_only=True, fold_duplicates=True), QueueOrder(), 0, 10)
    head = next(row for row in folded.rows if row.id == 1)
    assert folded.total == 2 and head.copies == 3
    assert list_copies(filled, 1, 10) == (3, 4, 5) and list_copies(filled, 1, 2) == (3, 4) and list_copies(filled, 2, 9) == ()


def test_own_work_counts_open_reports(filled: Session) -> None:
    decide(filled, NUMBERS[0], assignee="first")
    decide(filled, NUMBERS[1], status="closed", reason="adult", assignee="first")
    decide(filled, NUMBERS[2], status="closed", reason="adult")
    assert count_own_work(filled) == OwnWork(mine=1, unassigned=2)
