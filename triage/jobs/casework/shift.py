"""Closes a shift with a sheet of what is open, which the next person acknowledges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from triage.errors import NotFound, Refused
from triage.exports.shift_sheet import format_shift_sheet
from triage.jobs.casework.corrections import list_correction_ids, load_corrections
from triage.jobs.casework.funnel import count_overdue, list_overdue
from triage.jobs.consent import is_alone
from triage.jobs.leaving.outgoing import NOT_SAID, write_out
from triage.jobs.leaving.signing import describe_export
from triage.jobs.reading.queue import PRIORITY, list_queue_ids, load_window
from triage.jobs.review.grade_work import find_grade_work, load_grade_work
from triage.jobs.session import Session, now
from triage.jobs.state.child_lane import FLAG
from triage.message import Message
from triage.model.casework import WAITS, GradeWork
from triage.model.damage import GRADE_UNREADABLE
from triage.model.handover import Handover
from triage.model.moment import format_pakistan_day
from triage.model.shift import ShiftList, ShiftRow, ShiftSheet
from triage.model.user_names import name_user
from triage.model.users import Right
from triage.model.views import QueueFilter
from triage.store.queries import cases, reports, shifts

MOST = 200
"""Rows of one list on the sheet; the total counts all of them."""
DUE_DAYS = 7
MAX_NOTE = 2000  # characters: a page


def close_shift(session: Session, note: str | None = None) -> ShiftSheet:
    """Makes the sheet of this moment; returns it with its lists.

    Raises:
        Refused: without the right, or for a note that is too long
    """
    session.require(Right.DECIDE)
    if note is not None and len(note) > MAX_NOTE:
        raise Refused("The note has more than {most} characters.", most=MAX_NOTE)
    lists = _build_lists(session)
    with session.store.batch() as batch:
        number = shifts.add_sheet(batch, now(), session.user.id, {each.name: each.total for each in lists}, note)
        batch.note("shift closed", sheet=number)
    return show_shift(session, number)


def print_shift(
    session: Session, number: int, out: Path, *, handover: Handover = NOT_SAID, overwrite: bool = False
) -> ShiftSheet:
    """Writes a sheet, with its lists as of now, to a signed PDF.

    Raises:
        NotFound: if there is no such sheet
        Refused: without the right to export queues
        WorldError: if the file can't be written
    """
    session.require(Right.EXPORT_QUEUE)
    sheet = show_shift(session, number)
    data = format_shift_sheet(sheet, describe_export(session))
    write_out(session, ((out, data),), kind="shift_sheet", handover=handover, overwrite=overwrite)
    return sheet


def acknowledge_shift(session: Session, number: int) -> ShiftSheet:
    """Records that the next person has read the sheet.

    Raises:
        NotFound: if there is no such sheet
        Refused: for one's own sheet, unless the store has only ever had one user, or when it was acknowledged before
    """
    session.require(Right.DECIDE)
    with session.store.batch() as batch:
        record = _find_sheet(session, number)
        if record.acknowledged is not None:
            raise Refused("Shift sheet {number} was acknowledged on {when}.", number=number, when=record.acknowledged)
        if record.user_id == session.user.id and not is_alone(batch):
            raise Refused("You closed this shift yourself; the next person acknowledges it.")
        shifts.acknowledge_sheet(batch, number, now(), session.user.id)
        batch.note("shift acknowledged", sheet=number)
    return show_shift(session, number)


def show_shift(session: Session, number: int) -> ShiftSheet:
    """Returns a sheet with its lists as of now.

    Raises:
        NotFound: if there is no such sheet
    """
    session.require(Right.READ_REPORT)
    return _build_sheet(session.store.users.names(), _find_sheet(session, number), _build_lists(session))


def list_shifts(session: Session) -> tuple[ShiftSheet, ...]:
    """Returns all sheets without their lists, the newest first."""
    session.require(Right.READ_REPORT)
    return tuple(load_shifts(session, list_shift_numbers(session)).values())


def list_shift_numbers(session: Session) -> Sequence[int]:
    """Returns the numbers of all sheets, the newest first."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return shifts.list_sheet_numbers(db)


def load_shifts(session: Session, numbers: Sequence[int]) -> dict[int, ShiftSheet]:
    """Returns number -> sheet without its lists, of these sheets."""
    session.require(Right.READ_REPORT)
    users = session.store.users.names()
    with session.reading() as db:
        return {number: _build_sheet(users, record, ()) for number, record in shifts.load_sheets(db, numbers).items()}


def _find_sheet(session: Session, number: int) -> shifts.ShiftRecord:
    """Returns a sheet. Raises NotFound when there is none of this number."""
    record = shifts.load_sheet(session.store.read(), number)
    if record is None:
        raise NotFound("There is no shift sheet {number}; list them with: triage shift list", number=number)
    return record


def _build_sheet(users: Mapping[int, str], record: shifts.ShiftRecord, lists: tuple[ShiftList, ...]) -> ShiftSheet:
    """Builds what a person sees of a sheet."""
    return ShiftSheet(
        number=record.id,
        made=record.made,
        by=name_user(users, record.user_id),
        counts=record.counts,
        note=record.note,
        acknowledged=record.acknowledged,
        acknowledged_by=None if record.acknowledged_by is None else users.get(record.acknowledged_by),
        lists=lists,
    )


def _build_lists(session: Session) -> tuple[ShiftList, ...]:
    """Returns the lists of the sheet, the most pressing first."""
    bands = {band: QueueFilter(bands=(band,), open_only=True) for band in ("A", "B")}
    open_grades, corrections = find_grade_work(session), list_correction_ids(session, waiting=True)
    with session.reading() as db:
        sent, not_sent = (shifts.list_waiting_requests(db, sent=which, limit=MOST) for which in (True, False))
        conflicts, waiting = shifts.list_open_conflicts(db), shifts.count_waiting_requests(db)
    return (
        *(_from_queue(session, f"open in band {band}", wanted) for band, wanted in bands.items()),
        *(
            _from_queue(session, f"open in band {band}, assigned to nobody", replace(wanted, assignees=("",)))
            for band, wanted in bands.items()
        ),
        _from_queue(session, f"deadline within {DUE_DAYS} days", QueueFilter(expiring_within_days=DUE_DAYS, open_only=True)),
        _list_waiting_children(session),
        _list(
            "corrections that wait for a second person",
            [(c.report_id, c.says) for c in load_corrections(session, corrections[::-1][:MOST]).values()],
            len(corrections),
        ),
        _list(
            "grades that are not final",
            [(work.report, _describe_open_grade(work)) for work in load_grade_work(session, open_grades.ids[:MOST]).values()],
            len(open_grades.ids),
        ),
        _list(
            "requests without a reply",
            [(n, Message("{to}, sent on {day}", to=to, day=format_pakistan_day(day))) for n, to, day in sent],
            waiting[0],
        ),
        _list("requests that were not sent", [(n, Message("{value}", value=to)) for n, to, _ in not_sent], waiting[1]),
        _list(
            "conflicts with another workstation",
            [(number, Message("two values of {field}", field=field)) for number, field in conflicts],
        ),
        _list(
            "no outcome in time",
            [(o.report_id, _tell_days_over(o.band, o.days_over)) for o in list_overdue(session, MOST)],
            count_overdue(session),
        ),
    )


def _tell_days_over(band: str, days: int) -> Message:
    """Returns by how many days a report without an outcome is late."""
    if days == 1:
        return Message("band {band}, {n} day over", band=band, n=days)
    return Message("band {band}, {n} days over", band=band, n=days)


def _list_waiting_children(session: Session) -> ShiftList:
    """Returns the open reports of the child lane that no lead has confirmed."""
    ids = list_queue_ids(session, QueueFilter(flags=(FLAG,), open_only=True))
    with session.reading() as db:
        confirmed = cases.find_confirmed_child_lane(db, ids)
        waiting = [i for i in ids if i not in confirmed]
        found = [(reports.load_number(db, i), "may not leave until a lead confirms it") for i in waiting[:MOST]]
    return _list("child lane: waits for a lead", found, len(waiting))


def _from_queue(session: Session, name: str, wanted: QueueFilter) -> ShiftList:
    """Returns a list of reports as they stand in the queue."""
    window = load_window(session, wanted, PRIORITY, 0, MOST)
    made = (
        ShiftRow(
            number=row.report_id,
            band=row.band,
            due=row.deadline,
            due_for=row.deadline_name,
            assignee=row.assignee,
            what=row.status,
        )
        for row in window.rows
    )
    return ShiftList(name=name, total=window.total, rows=tuple(made))


def _describe_open_grade(work: GradeWork) -> str:
    """Returns why a grade is not final."""
    return "two people disagree" if work.disagree else GRADE_UNREADABLE if work.damaged else WAITS


def _list(name: str, waiting: Sequence[tuple[str, str | Message]], total: int | None = None) -> ShiftList:
    """Returns a list of what waits, as pairs of report and words. `total`: how many there are, if these are the first ones."""
    made = tuple(
        ShiftRow(number=report, band=None, due=None, due_for=None, assignee=None, what=what) for report, what in waiting[:MOST]
    )
    return ShiftList(name=name, total=len(waiting) if total is None else total, rows=made)
