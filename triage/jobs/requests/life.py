"""The life of a request: listed, sent, reminded of, told to the Court, closed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from triage.errors import NotFound, Refused
from triage.exports.outgoing_file import must_be_free
from triage.exports.request_letter import describe_case_numbers, format_reminder, get_reply_days
from triage.jobs.casework.preservation import parse_past_moment
from triage.jobs.judging.assess import mark_for_reassessing, reassess
from triage.jobs.leaving.outgoing import NOT_SAID, write_out
from triage.jobs.lookup import find_case
from triage.jobs.officer import describe_officer
from triage.jobs.requests.making import make_letter_facts
from triage.jobs.requests.sent_notices import record_notices
from triage.jobs.requests.watch import StepWatch
from triage.jobs.session import Session, now
from triage.message import Message, from_data
from triage.model.casework import NumberKind
from triage.model.choices import MOST_NAMED, name_choices
from triage.model.damage import read_word
from triage.model.data_requests import Reminder, RequestKind, RequestList, RequestRow, RequestState
from triage.model.handover import Handover
from triage.model.moment import (
    add_time,
    format_pakistan_day,
    format_utc,
    pakistan_day,
    parse_person_time,
    parse_utc,
    to_pakistan,
)
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.queries import cases, request_list, request_replies, requests
from triage.store.queries.request_replies import ReplyCounts
from triage.store.queries.requests import StoredRequest

_REGISTERS = (NumberKind.ENQUIRY.value, NumberKind.FIR.value)
_WRITING = Message("writing letters")
_A_DAY = timedelta(days=1)
LONGEST_WAIT = 365_000
"""Days; no date lies much further back."""


def find_requests(session: Session) -> RequestList:
    """Returns the ids of all requests, the newest first, and how many are late."""
    session.require(Right.READ_REPORT)
    moment = parse_utc(now())
    with session.reading() as db:
        late = [(kind.value, *_find_bounds(moment, get_reply_days(kind))) for kind in RequestKind]
        overdue = sum(request_list.count_waiting(db, *each) for each in late)
        return RequestList(
            request_list.list_request_ids(db), overdue, request_list.count_court_owed(db, *_find_bounds(moment, 1))
        )


def load_requests(session: Session, request_ids: Sequence[int]) -> dict[int, RequestRow]:
    """Returns id -> request, of these requests."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        found = request_list.load_requests(db, request_ids)
        return dict(zip([each.id for each in found], _build_rows(db, found), strict=True))


def list_requests_of_case(session: Session, number: str) -> tuple[RequestRow, ...]:
    """Returns the requests that were made for a case, the oldest first.

    Raises:
        NotFound: if there is no such case
    """
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return _build_rows(db, request_list.list_requests_of_case(db, find_case(db, number).id))


def list_unanswered(session: Session, older_than: int) -> Sequence[int]:
    """Returns the ids of the requests that were sent at least so many days ago and not answered, the oldest first."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return _list_unanswered(db, older_than)


def send_request(session: Session, number: str, *, sent: str) -> RequestRow:
    """Records that a request was sent. A notice under s.31 is recorded for each of its reports, so that its deadlines run.

    `sent` is a day or an ISO time, in Pakistan's time when it names no zone.

    Raises:
        NotFound: if there is no such request
        Refused: if it was sent or closed already, or the time is none, later than now, or before the day it was made
    """
    session.require(Right.DECIDE)
    when = parse_past_moment(sent)
    with session.store.batch() as batch:
        request = find_request(batch, number)
        if request.sent is not None:
            raise Refused(
                "Request {number} was marked as sent on {day} already.",
                number=request.number,
                day=format_pakistan_day(request.sent),
            )
        if request.closed is not None:
            raise Refused("Request {number} is closed.", number=request.number)
        if _to_day(when) < date.fromisoformat(request.made[:10]):  # in UTC, the earlier of the two days
            raise Refused(
                "{sent} is earlier than the request, which was made on {day}.", sent=sent, day=format_pakistan_day(request.made)
            )
        requests.set_sent(batch, request.id, when, session.user.id)
        ids = _list_reports(batch, request)
        record_notices(batch, request, when, ids, session.user.id)
        batch.note("request sent", request=request.id, reports=ids)
        mark_for_reassessing(batch, ids)
    reassess(session, ids)
    return _load_row(session, request.number)


def record_court_told(session: Session, number: str, *, told: str) -> RequestRow:
    """Records when the Court was told of the notice that a sent request is, for all of its reports.

    Raises:
        NotFound: if there is no such request, or no notice of it that the Court still has to be told of
        Refused: if the time is none, later than now, or earlier than the notice
    """
    session.require(Right.DECIDE)
    when = parse_past_moment(told)
    with session.store.batch() as batch:
        request = find_request(batch, number)
        if request.sent is not None and _to_day(when) < _to_day(request.sent):
            raise Refused(
                "{told} is earlier than the notice, which was issued on {day}.", told=told, day=format_pakistan_day(request.sent)
            )
        if not requests.set_court_informed_of_request(batch, request.id, when):
            raise NotFound("Request {number} has no notice that the Court still has to be told of.", number=request.number)
        ids = _list_reports(batch, request)
        batch.note("court told of request", request=request.id, reports=ids)
        mark_for_reassessing(batch, ids)
    reassess(session, ids)
    return _load_row(session, request.number)


def close_request(session: Session, number: str) -> RequestRow:
    """Closes a request: nothing more is expected of it. Its lines may be asked for again.

    Raises:
        NotFound: if there is no such request
        Refused: if it is closed already
    """
    session.require(Right.DECIDE)
    with session.store.batch() as batch:
        request = find_request(batch, number)
        if request.closed is not None:
            raise Refused("Request {number} is closed already.", number=request.number)
        requests.set_closed(batch, request.id, now(), session.user.id)
        batch.note("request closed", request=request.id)
    return _load_row(session, request.number)


def remind(
    session: Session,
    older_than: int,
    out: Path,
    *,
    handover: Handover = NOT_SAID,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> tuple[Reminder, ...]:
    """Writes a reminder of each request that was sent at least so many days ago and not answered.

    Raises:
        Refused: without the right, or for a number of days below 0
        WorldError: when something lies at `out`, an empty folder excepted
        Cancelled: when it was stopped; then nothing was written
    """
    session.require(Right.CASE_PAPERS)
    if older_than < 0:
        raise Refused("Give a number of days of 0 or more.")
    watch, today = StepWatch(on_progress, cancel), pakistan_day(now())
    reminders: list[Reminder] = []
    files: list[tuple[Path, bytes]] = []
    with session.reading() as db:
        must_be_free(out)
        waiting = request_list.load_requests(db, _list_unanswered(db, older_than))
        for at, request in enumerate(waiting):
            watch.step(at, len(waiting), "files", _WRITING)
            days = _count_days(request, today)
            ids = _list_reports(db, request)
            facts = make_letter_facts(
                request,
                describe_officer(session),
                case_numbers=describe_case_numbers(cases.list_numbers_of_reports(db, ids, _REGISTERS)),
                warrant=request.warrant,
                lines=request.lines,
            )
            path = Path(request.addressee) / f"{request.number}-reminder.docx"
            files.append((path, format_reminder(facts, sent=format_pakistan_day(request.sent or ""), days=days)))
            reminders.append(Reminder(number=request.number, addressee=request.name, days=days, path=str(out / path)))
    if files:
        write_out(
            session,
            files,
            kind="reminder",
            folder=out,
            handover=handover,
            note=lambda batch: batch.note("reminders written", count=len(files)),
        )
    return tuple(reminders)


def find_request(db: Reader, number: str) -> StoredRequest:
    """Returns a request by its number, in any case of letters.

    Raises:
        NotFound: if there is no such request
    """
    found = requests.find_request(db, number.strip().upper())
    if found is None:
        some = request_list.list_oldest_requests(db, MOST_NAMED + 1)
        choices = name_choices([each.number for each in some], Message("triage request list"))
        raise NotFound("There is no request {number}; {choices}.", number=number, choices=choices)
    return found


def _load_row(session: Session, number: str) -> RequestRow:
    """Returns a request as it now is."""
    with session.reading() as db:
        return _build_rows(db, [find_request(db, number)])[0]


def _build_rows(db: Reader, found: Sequence[StoredRequest]) -> tuple[RequestRow, ...]:
    """Builds what people read of requests."""
    ids = [each.id for each in found]
    replies, notices = request_replies.count_replies(db, ids), requests.list_notices_of_requests(db, ids)
    numbers = cases.load_numbers(db, {each.case_id for each in found if each.case_id is not None})
    moment = now()
    rows: list[RequestRow] = []
    for each in found:
        reply = replies.get(each.id)
        issued, informed = notices.get(each.id, (None, None))
        court_due = _add_days(issued, 1) if issued else None
        kind = read_word(RequestKind, each.kind)
        due = _add_days(each.sent, get_reply_days(kind)) if each.sent and kind else None
        rows.append(
            RequestRow(
                number=each.number,
                kind=each.kind,
                addressee=each.name,
                case=None if each.case_id is None else numbers.get(each.case_id),
                made=each.made,
                sent=each.sent,
                due=due,
                replied=reply.last if reply else None,
                lines=each.lines,
                state=_find_state(each, reply, due, moment),
                missing=tuple(from_data(message) for message in json.loads(each.missing)),
                answered_lines=reply.answered_lines if reply else 0,
                unmatched=reply.unmatched if reply else 0,
                unread_replies=reply.waiting if reply else 0,
                court_due=court_due,
                court_informed=informed,
                court_overdue=court_due is not None and informed is None and court_due < moment,
                child_line=bool(each.child),
            )
        )
    return tuple(rows)


def _find_state(each: StoredRequest, reply: ReplyCounts | None, due: str | None, moment: str) -> RequestState:
    """Returns where a request stands. A reply that fits no line answers none; destroyed lines wait for no answer."""
    if each.closed is not None:
        return "closed"
    if reply is not None:
        return "partly answered" if reply.answered_lines < reply.lines else "answered"
    if each.sent is None:
        return "draft" if json.loads(each.missing) else "made"
    return "overdue" if due is not None and due < moment else "sent"


def _add_days(start: str, days: int) -> str | None:
    """Returns the time so many days after a day or time, ISO 8601 UTC."""
    end = add_time(parse_person_time(start), timedelta(days=days))
    return None if end is None else format_utc(end)


def _find_bounds(moment: datetime, days: int) -> tuple[str, str]:
    """Returns until which day, and before which time, lies what became overdue so many days later, before `moment`."""
    end = moment - timedelta(days=days)
    there = to_pakistan(end)
    day = there.date() if there.time() > time.min else there.date() - _A_DAY  # a day means its beginning
    return day.isoformat(), format_utc(end)


def _to_day(when: str) -> date:
    """Returns the day in Pakistan of a day or time."""
    return date.fromisoformat(when) if len(when) == len("YYYY-MM-DD") else pakistan_day(when)


def _list_unanswered(db: Reader, older_than: int) -> list[int]:
    """Returns the requests that were sent at least so many days ago, in Pakistan, and are neither answered nor closed."""
    day = pakistan_day(now()) - min(older_than, LONGEST_WAIT) * _A_DAY
    before = format_utc(parse_person_time((day + _A_DAY).isoformat()))
    return sorted(i for kind in RequestKind for i in request_list.list_waiting(db, kind.value, day.isoformat(), before))


def _count_days(request: StoredRequest, today: date) -> int:
    """Returns how many days ago a request was sent."""
    return max(0, (today - _to_day(request.sent or request.made)) // _A_DAY)


def _list_reports(db: Reader, request: StoredRequest) -> list[int]:
    """Returns the reports of a request's lines, in ascending order of id."""
    return sorted({i for ids in requests.list_reports_of_lines(db, request.id).values() for i in ids})
