"""The "preserve now" lane: what runs out soon and is still there. A clock that ran out hides no other one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.jobs.bundles import le_json
from triage.jobs.casework.cases import open_case, set_stage
from triage.jobs.casework.decisions import decide
from triage.jobs.casework.preservation import record_court_informed, record_notice
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.reading.queue import count_lanes, list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.model.deadlines import find_next_deadline, is_running
from triage.model.handover import Receipt
from triage.model.queue_order import PRESERVE_NOW
from triage.model.views import QueueFilter

NOW = datetime.now(UTC)
YEAR = timedelta(days=365)
SOON, HIDDEN, GONE, FAR, LATER = (str(900000700 + n) for n in range(5))


def ago(days: int) -> str:
    return (NOW - YEAR + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def filled(session: Session, tmp_path: Path) -> Session:
    """By how many days from now the provider's and the operator's clocks run out."""
    for number, provider, operator in (
        (SOON, 10, 200),
        (HIDDEN, -20, 12),
        (GONE, -400, -380),
        (FAR, 300, 290),
        (LATER, -20, 200),
    ):
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
    found = {r.report_id: (r.deadline_name, r.deadline) for r in list_queue_rows(session, PRESERVE_NOW)}
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
    assert (gone.deadline, gone.deadline_name) == (None, None)
    assert [each.name for each in gone.ran_out] == ["provider data", "operator traffic data"]
    assert all(datetime.fromisoformat(each.due) < NOW for each in gone.ran_out)


def test_a_clock_that_ran_out_does_not_bring_a_far_one_into_the_lane(filled: Session) -> None:
    assert LATER not in lane(filled)
    row = next(row for row in list_queue_rows(filled, QueueFilter()) if row.report_id == LATER)
    assert row.deadline_name == "operator traffic data" and [each.name for each in row.ran_out] == ["provider data"]


def test_among_equals_the_next_deadline_that_still_runs_decides(filled: Session) -> None:
    with filled.store.batch() as batch:
        batch.execute("UPDATE queue SET band = 3, risk = 50, actionability = 50")
    assert [row.report_id for row in list_queue_rows(filled, QueueFilter())] == [SOON, HIDDEN, LATER, FAR, GONE]


def test_a_duty_runs_until_it_is_done(filled: Session) -> None:
    record_notice(filled, FAR, issued="2026-01-05", to_whom="Lantern Chat", number="4/2026")
    row = next(row for row in list_queue_rows(filled, QueueFilter()) if row.report_id == FAR)
    assert row.deadline_name == "tell the Court of the notice" and FAR in lane(filled)
    shown = load_report_view(filled, FAR)
    following = find_next_deadline(shown.clocks, NOW)
    assert following is not None and (following.due, following.duty) == (row.deadline, True)
    record_court_informed(filled, FAR, told="2026-01-06")
    assert FAR not in lane(filled)


def test_a_stage_of_a_case_that_is_overdue_is_no_evidence_that_expires(filled: Session) -> None:
    case = open_case(filled, [SOON, FAR]).number
    set_stage(filled, case, "FIR", due="2026-01-06")
    due = {row.report_id: row.deadline_name for row in list_queue_rows(filled, QueueFilter(expiring_within_days=30))}
    assert (due[SOON], due[FAR]) == ("case stage", "case stage")
    assert lane(filled).keys() == {SOON, HIDDEN}


def test_what_people_read_agrees(filled: Session) -> None:
    for row in list_queue_rows(filled, QueueFilter()):
        shown = load_report_view(filled, row.report_id)
        following = find_next_deadline(shown.clocks, NOW)
        assert (following and following.due, following and following.name) == (row.deadline, row.deadline_name)
        ran_out = {(each.name, each.due) for each in shown.clocks if not is_running(each, NOW)}
        assert ran_out == {(each.name, each.due) for each in row.ran_out}


def test_what_is_closed_needs_no_preservation(filled: Session) -> None:
    decide(filled, SOON, status="closed", reason="insufficient information")
    assert lane(filled).keys() == {HIDDEN}
    closed = QueueFilter(expiring_within_days=30, statuses=("closed",))
    assert [row.report_id for row in list_queue_rows(filled, closed)] == [SOON]
