"""Which deadlines still run."""

from __future__ import annotations

from datetime import UTC, datetime

from triage.message import NOTHING
from triage.model.deadlines import find_next_deadline, is_overdue
from triage.model.judgement import Clock

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
GONE = Clock(name="provider data", due="2026-11-20T00:00:00Z", basis=NOTHING)
RUNS = Clock(name="operator traffic data", due="2027-01-01T00:00:00Z", basis=NOTHING)
DUTY = Clock(name="tell the Court of the notice", due="2026-11-01T00:00:00Z", basis=NOTHING, duty=True)


def test_a_deadline_that_passed_hides_no_other() -> None:
    assert find_next_deadline((GONE, RUNS), NOW) is RUNS
    assert find_next_deadline((GONE,), NOW) is None and find_next_deadline((), NOW) is None


def test_a_duty_is_overdue_until_it_is_done() -> None:
    assert find_next_deadline((RUNS, DUTY), NOW) is DUTY
    assert is_overdue(DUTY, NOW) and not is_overdue(RUNS, NOW) and not is_overdue(GONE, NOW)
