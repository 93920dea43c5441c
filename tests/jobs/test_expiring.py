"""The "preserve now" lane: what runs out soon and is still there. A clock that ran out hides no other one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.jobs.bundles import le_json
from triage.jobs.casework.decisions import decide
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.reading.queue import count_lanes, list_queue_rows
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.views import QueueFilter

NOW = datetime.now(UTC)
YEAR = timedelta(days=365)
SOON, HIDDEN, GONE, FAR = (str(900000700 + n) for n in range(4))


def ago(days: int) -> str:
    return (NOW - YEAR + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def filled(session: Session, tmp_path: Path) -> Session:
    """By how many days from now the provider's and the operator's clocks run out."""
    for number, provider, operator in ((SOON, 10, 200), (HIDDEN, -20, 12), (GONE, -400, -380), (FAR, 300, 290)):
        capture = {"captureType": "IP Address", "value": "203.0.113.9", "eventName": "Upload", "dateTime": ago(operator)}
        told = {
            "reportingEsp": {"espName": "Lantern Chat"},
            "incidentSummary": {"incidentType": "Apparent Child Pornography", "incidentDateTime": ago(operator)},
            "reportedPeople": {"reportedPersons": [{"sourceInformation": {"sourceCaptures": [capture]}}]},
        }
        (tmp_path / "in" / number).mkdir(parents=True)
        (tmp_path / "in" / number / "r.json").write_bytes(
            le_json(int(number), dateReceived=ago(provider), reportedInformation=told)
        )
    import_bundles(session, [tmp_path / "in"], receipt=Receipt())
    return session


def lane(session: Session) -> dict[str, tuple[str | None, str | None]]:
    found = {r.report_id: (r.deadline_name, r.deadline) for r in list_queue_rows(session, QueueFilter(expiring_within_days=30))}
    assert count_lanes(session).expiring == len(found)
    return found


def test_what_runs_out_soon_is_in_the_lane_and_what_is_gone_is_not(filled: Session) -> None:
    found = lane(filled)
    assert found.keys() == {SOON, HIDDEN}
    assert found[SOON][0] == "provider data"


def test_a_clock_that_ran_out_does_not_hide_the_next(filled: Session) -> None:
    name, due = lane(filled)[HIDDEN]
    assert name == "operator traffic data"
    assert due is not None and datetime.fromisoformat(due) > NOW
    gone = next(row for row in list_queue_rows(filled, QueueFilter()) if row.report_id == GONE)
    assert gone.deadline is not None and datetime.fromisoformat(gone.deadline) < NOW


def test_what_is_closed_needs_no_preservation(filled: Session) -> None:
    decide(filled, SOON, status="closed", reason="insufficient information")
    assert lane(filled).keys() == {HIDDEN}
    closed = QueueFilter(expiring_within_days=30, status="closed")
    assert [row.report_id for row in list_queue_rows(filled, closed)] == [SOON]
