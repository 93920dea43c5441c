"""A clock that was a year ahead, and was set right again, leaves no trace but the times of what was done then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.exercise.clock import Clock, moved
from tests.jobs.bundles import import_reports
from tests.jobs.conftest import MakeStore
from triage.jobs.casework.decisions import decide, undo_decision
from triage.jobs.keeping.check import verify_record
from triage.jobs.reading.queue import count_lanes, list_queue_ids
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.model.views import QueueFilter

NUMBERS = ("900000701", "900000702")
SOON = QueueFilter(expiring_within_days=400)


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    return make_store(lambda session, folder: import_reports(session, folder, NUMBERS))


def test_deadlines_and_lanes_are_as_before_once_the_clock_is_right_again(filled: Session) -> None:
    before = (count_lanes(filled), list_queue_ids(filled, QueueFilter()), list_queue_ids(filled, SOON))
    assert before[2], "a deadline runs"
    with moved(Clock(datetime.now(UTC) + timedelta(days=400))):
        assert list_queue_ids(filled, SOON) == (), "a year later all have run out"
        count_lanes(filled)
    assert (count_lanes(filled), list_queue_ids(filled, QueueFilter()), list_queue_ids(filled, SOON)) == before


def test_what_was_done_in_between_keeps_its_order_and_the_log_is_whole(filled: Session) -> None:
    decide(filled, NUMBERS[0], status="in_progress")
    with moved(Clock(datetime.now(UTC) + timedelta(days=400))):
        decide(filled, NUMBERS[0], status="on_hold")
    last = decide(filled, NUMBERS[0], status="closed", reason="adult")
    shown = load_report_view(filled, NUMBERS[0])
    assert [each.status for each in shown.decisions] == ["in_progress", "on_hold", "closed"] and shown.status == "closed"
    assert list(verify_record(filled).problems) == []
    undo_decision(filled, last)
    assert load_report_view(filled, NUMBERS[0]).status == "on_hold"
