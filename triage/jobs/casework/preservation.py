"""Records written preservation notices (PECA s.31), so that their deadlines run. The notice itself is on paper."""

from __future__ import annotations

from datetime import UTC, date

from triage.errors import NotFound, Refused
from triage.jobs.judging.assess import mark_for_reassessing, reassess
from triage.jobs.lookup import find_report
from triage.jobs.session import Session, now
from triage.jobs.state.deadlines import load_deadlines
from triage.model.judgement import Clock
from triage.model.moment import format_pakistan_day, format_utc, parse_person_time, parse_utc
from triage.model.users import Right
from triage.store.queries import cases


def record_notice(session: Session, report_number: str, *, issued: str, to_whom: str, number: str | None) -> tuple[Clock, ...]:
    """Records a notice; returns the report's deadlines that people started.

    `issued` is a day or an ISO time, in Pakistan's time when it names no zone.

    Raises:
        NotFound: if there is no such report
        Refused: if the time is none or later than now, or nobody is named
    """
    session.require(Right.DECIDE)
    when = parse_past_moment(issued)
    if not to_whom.strip():
        raise Refused("State who the notice was issued to.")
    with session.store.batch() as batch:
        report_id = find_report(batch, report_number)
        notice = cases.add_notice(batch, report_id, when, to_whom.strip(), number, session.user.id)
        batch.note("notice recorded", report=report_id, notice=notice)
        mark_for_reassessing(batch, [report_id])
    reassess(session, [report_id])
    return _load_deadlines(session, report_id)


def record_court_informed(session: Session, report_number: str, *, told: str) -> tuple[Clock, ...]:
    """Records when the court was informed of the report's last open notice; that deadline ends.

    Returns the report's deadlines that people started.

    Raises:
        NotFound: if no notice is open
        Refused: if the time is none, later than now, or earlier than the notice
    """
    session.require(Right.DECIDE)
    when = parse_past_moment(told)
    with session.store.batch() as batch:
        report_id = find_report(batch, report_number)
        open_notices = [n for n in cases.list_notices(batch, report_id) if n.told_court is None]
        if not open_notices:
            raise NotFound("Report {report} has no notice that the Court still has to be told of.", report=report_number)
        if parse_person_time(when) < parse_person_time(open_notices[-1].issued):
            raise Refused(
                "{told} is earlier than the notice, which was issued on {day}.",
                told=told,
                day=format_pakistan_day(open_notices[-1].issued),
            )
        cases.set_court_informed(batch, open_notices[-1].id, when)
        batch.note("court told of notice", report=report_id, notice=open_notices[-1].id)
        mark_for_reassessing(batch, [report_id])
    reassess(session, [report_id])
    return _load_deadlines(session, report_id)


def _load_deadlines(session: Session, report_id: int) -> tuple[Clock, ...]:
    """Returns the report's deadlines that people started, the next one first."""
    with session.reading() as db:
        return tuple(sorted(load_deadlines(db, report_id), key=lambda clock: (clock.due, clock.name)))


def parse_past_moment(text: str) -> str:
    """Returns a day as YYYY-MM-DD and a time in UTC.

    Raises:
        Refused: if the text is neither, or later than now
    """
    try:
        when = parse_person_time(text)
        utc = when.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused("{text} is not a date or time; write it as YYYY-MM-DD or YYYY-MM-DDTHH:MM.", text=repr(text)) from None
    if when > parse_utc(now()):
        raise Refused("{text} is later than this workstation's clock.", text=text)
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return format_utc(utc)
