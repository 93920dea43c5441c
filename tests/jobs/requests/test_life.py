"""A request is made, sent, overdue, reminded of, told to the Court, answered, closed; clocks follow."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from tests.jobs.listed import list_cases, list_requests
from tests.jobs.requests.conftest import Bring
from tests.jobs.requests.reports import PTCL, Told, day, today, write_reports
from triage.errors import Cancelled, NotFound, Refused
from triage.jobs.casework import cases
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.reading.show import load_report_view
from triage.jobs.requests import life, making
from triage.jobs.session import Session
from triage.model.data_requests import RequestKind
from triage.model.handover import Receipt
from triage.model.progress import CancelToken, Progress

FIRST, SECOND = "900000501", "900000502"


def day_of(ago: int = 0) -> str:
    return (today() - timedelta(days=ago)).date().isoformat()


def clock_names(session: Session, number: str = FIRST) -> list[str]:
    return [clock.name for clock in load_report_view(session, number).clocks]


def make(session: Session, case: str, kind: RequestKind, out: Path) -> str:
    return making.create_requests(session, case, kind, out).requests[0].number


def test_a_request_goes_through_its_states(session: Session, bring: Bring, tmp_path: Path) -> None:
    case = bring([Told(FIRST)])
    number = make(session, case, RequestKind.SUBSCRIBER, tmp_path / "one")
    assert list_requests(session)[0].state == "draft"
    cases.set_number(session, case, "enquiry", "41/2026")
    make(session, case, RequestKind.SUBSCRIBER, tmp_path / "two")
    assert list_requests(session)[0].state == "made"
    sent = life.send_request(session, number.lower(), sent=day_of())
    assert sent.state == "sent" and sent.sent == day_of() and sent.due is not None and sent.court_due is not None
    assert life.close_request(session, number).state == "closed"
    with pytest.raises(Refused, match="closed"):
        life.close_request(session, number)


def test_a_request_is_overdue_after_its_days(session: Session, bring: Bring, tmp_path: Path) -> None:
    number = make(session, bring([Told(FIRST)]), RequestKind.TRAFFIC, tmp_path / "out")
    life.send_request(session, number, sent=day_of())
    with session.store.batch() as batch:
        batch.execute("UPDATE request SET sent = ?", (day_of(30),))
    (row,) = list_requests(session)
    assert row.state == "overdue" and row.court_due is None


def test_what_can_not_be_is_refused(session: Session, bring: Bring, tmp_path: Path) -> None:
    number = make(session, bring([Told(FIRST)]), RequestKind.TRAFFIC, tmp_path / "out")
    for when, words in (("soon", "not a date"), (day_of(-3), "later than"), (day_of(9), "earlier than")):
        with pytest.raises(Refused, match=words):
            life.send_request(session, number, sent=when)
    life.send_request(session, number, sent=day_of())
    with pytest.raises(Refused, match="already"):
        life.send_request(session, number, sent=day_of())
    with pytest.raises(NotFound, match=number):
        life.send_request(session, "R-1", sent=day_of())
    with pytest.raises(NotFound, match="no notice"):
        life.record_court_told(session, number, told=day_of())


def test_a_sent_notice_runs_until_the_court_is_told(session: Session, bring: Bring, tmp_path: Path) -> None:
    number = make(session, bring([Told(FIRST), Told("900000502", handle="other")]), RequestKind.SUBSCRIBER, tmp_path / "out")
    life.send_request(session, number, sent=day_of())
    for report in (FIRST, "900000502"):
        assert {"tell the Court of the notice", "preservation notice"} <= set(clock_names(session, report))
    (duty,) = [clock for clock in list_cases(session)[0].clocks if clock.name == "tell the Court of the notice"]
    assert number in str(duty.basis), "a duty of the case, once for both reports"
    with session.store.batch() as batch:
        batch.execute("UPDATE preservation_notice SET issued = ?", (day_of(3),))
    assert list_requests(session)[0].court_overdue
    told = life.record_court_told(session, number, told=day_of())
    assert told.court_informed == day_of() and not told.court_overdue
    assert "tell the Court of the notice" not in clock_names(session)


def test_preserved_lines_no_longer_expire_until_new_ones_come(session: Session, bring: Bring, tmp_path: Path) -> None:
    case = bring([Told(FIRST, [(PTCL, day(30), "40123")])])
    made = making.create_requests(session, case, RequestKind.PRESERVATION, tmp_path / "out")
    assert "operator traffic data" in clock_names(session)
    life.send_request(session, made.requests[0].number, sent=day_of())
    assert "operator traffic data" in clock_names(session), "one of two operators was asked"
    life.send_request(session, made.requests[1].number, sent=day_of())
    assert "operator traffic data" not in clock_names(session) and "provider data" in clock_names(session)
    again = write_reports(tmp_path / "again", [Told(FIRST, [(PTCL, day(30), "40123"), (PTCL, day(28), "40999")])])
    import_bundles(session, [again], receipt=Receipt())
    assert "operator traffic data" in clock_names(session), "a capture came that nobody was asked to keep"


def test_a_report_that_joins_a_sent_request_has_its_notice_and_no_deadline_left(
    session: Session, bring: Bring, tmp_path: Path
) -> None:
    case = bring([Told(FIRST, [(PTCL, day(30), "40123")], phones=())])
    number = make(session, case, RequestKind.PRESERVATION, tmp_path / "one")
    life.send_request(session, number, sent=day_of())
    life.record_court_told(session, number, told=day_of())
    other = bring([Told(SECOND, [(PTCL, day(30), "40123")], phones=(), handle="other", user_id="acc-2")])
    assert "operator traffic data" in clock_names(session, SECOND)
    again = making.create_requests(session, other, RequestKind.PRESERVATION, tmp_path / "two")
    assert again.requests == () and [each.reports for each in again.left_out if each.identifier == PTCL] == [(SECOND,)]
    assert "operator traffic data" not in clock_names(session, SECOND)
    (notice,) = load_report_view(session, SECOND).notices
    assert (notice.number, notice.issued, notice.court_informed) == (number, day_of(), day_of())
    making.create_requests(session, other, RequestKind.PRESERVATION, tmp_path / "three")
    assert [len(load_report_view(session, each).notices) for each in (FIRST, SECOND)] == [1, 1], "no notice is recorded twice"


def test_reminders_are_stopped_before_anything_is_written(session: Session, bring: Bring, tmp_path: Path) -> None:
    number = make(session, bring([Told(FIRST)]), RequestKind.SUBSCRIBER, tmp_path / "out")
    life.send_request(session, number, sent=day_of())
    token, seen = CancelToken(), list[Progress]()
    life.remind(session, 0, tmp_path / "first", on_progress=seen.append, cancel=token)
    assert [(each.done, each.total) for each in seen] == [(0, 1)]
    token.cancel()
    with pytest.raises(Cancelled):
        life.remind(session, 0, tmp_path / "second", cancel=token)
    assert not (tmp_path / "second").exists()


def test_reminders_name_what_was_not_answered_and_no_report(session: Session, bring: Bring, tmp_path: Path) -> None:
    number = make(session, bring([Told(FIRST)]), RequestKind.SUBSCRIBER, tmp_path / "out")
    assert life.remind(session, 0, tmp_path / "none") == () and not (tmp_path / "none").exists()
    life.send_request(session, number, sent=day_of())
    assert life.remind(session, 5, tmp_path / "none") == ()
    (reminder,) = life.remind(session, 0, tmp_path / "reminders")
    with zipfile.ZipFile(reminder.path) as packed:
        text = packed.read("word/document.xml").decode()
    assert number in text and FIRST not in text and "3000000123" not in text
    life.close_request(session, number)
    assert life.remind(session, 0, tmp_path / "again") == ()
    with pytest.raises(Refused):
        life.remind(session, -1, tmp_path / "no")
