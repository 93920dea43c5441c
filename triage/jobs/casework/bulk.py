"""Decides on many reports at once, in slices, each decision recorded like a single one, and undoes the whole act.

A slice is one batch. A kill loses no slice that was acknowledged, and the act can be undone as far as it came.
"""

from __future__ import annotations

from collections.abc import Sequence

from triage.errors import Cancelled, NotFound, Refused
from triage.jobs.casework.decisions import find_active_user, record_decision, record_undo
from triage.jobs.casework.outcomes import check_reason
from triage.jobs.judging.assess import reassess
from triage.jobs.session import Session, now
from triage.jobs.state.open_reports import list_open_reports
from triage.model.bulk import MOST_NAMED, BulkResult, BulkScope, OwnAct, UndoneAct
from triage.model.judgement import BANDS, name_band
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.model.users import Right
from triage.model.views import STATUSES, Status
from triage.store.queries import bulk, decisions, reports

SLICE = 100  # reports in one batch: well under a second
MOST = 10_000  # reports that one act reaches; more is a filter that is too wide

_CLOSED = STATUSES.index("closed")


def find_bulk_scope(session: Session, chosen: Sequence[int]) -> BulkScope:
    """Returns what an act on these reports would reach.

    Raises:
        Refused: if the act would reach more than `MOST` reports
    """
    session.require(Right.READ_REPORT)
    _check_count(len(chosen))
    opened = {each.row_id: each.report_id for each in list_open_reports(session) if each.certain}
    with session.reading() as db:
        folded = bulk.list_folded(db, chosen, _CLOSED, MOST + 1)
        _check_count(len(chosen) + len(folded))
        states = bulk.load_states(db, [*chosen, *folded])
        numbers = reports.load_numbers(db, chosen[:MOST_NAMED])
    bands = dict.fromkeys(BANDS, 0)
    for state in states:
        bands[name_band(state.band)] += 1
    return BulkScope(
        chosen=tuple(chosen),
        folded=tuple(folded),
        bands={band: count for band, count in bands.items() if count},
        closed=sum(state.status == _CLOSED for state in states),
        named=tuple(numbers[report] for report in chosen[:MOST_NAMED] if report in numbers),
        open_by_others=tuple(opened[state.report_id] for state in states if state.report_id in opened),
    )


def count_urgent(session: Session, report_ids: Sequence[int]) -> int:
    """Returns how many of these reports are in band A or B and not closed."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return sum(state.status != _CLOSED and name_band(state.band) in "AB" for state in bulk.load_states(db, report_ids))


def decide_in_bulk(
    session: Session,
    report_ids: Sequence[int],
    *,
    status: Status | None = None,
    reason: str | None = None,
    note: str | None = None,
    assignee: str | None = None,
    closing_urgent: int = 0,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> BulkResult:
    """Records the same decision on each of these reports; a report that is already so gets none.

    `closing_urgent` is the number of open reports of band A or B that a person agreed to close in a second question. A stop
    keeps what was recorded.

    Raises:
        Refused: without the right, for too many reports, or when the act would close another number of band A or B reports
    """
    session.require(Right.DECIDE)
    _check_count(len(report_ids))
    check_reason(status, reason)
    assignee_id = None if assignee is None else find_active_user(session, assignee)
    with session.reading() as db:
        states = bulk.load_states(db, report_ids)
    wanted = None if status is None else STATUSES.index(status)
    going = [
        state.report_id
        for state in states
        if (wanted is not None and state.status != wanted) or (assignee_id is not None and state.assignee != assignee_id)
    ]
    if status == "closed":
        chosen = set(going)
        urgent = sum(name_band(state.band) in "AB" for state in states if state.report_id in chosen)
        if urgent != closing_urgent:
            raise Refused(
                "This act would close reports of band A or B: {n}, where {agreed} were agreed to. Choose the reports again.",
                n=urgent,
                agreed=closing_urgent,
            )
    act: int | None = None
    done = 0
    tied: set[int] = set()
    stopped = False
    try:
        for at in range(0, len(going), SLICE):
            if cancel is not None:
                cancel.check()
            with session.writing(cancel) as batch:
                if act is None:
                    act = decisions.add_bulk_act(batch, session.user.id, now(), len(going))
                    batch.note("bulk act begun", act=act, reports=len(going))
                numbers = reports.load_numbers(batch, going[at : at + SLICE])  # without those that were destroyed meanwhile
                for _, number in sorted(numbers.items()):
                    tied.update(record_decision(session, batch, number, status, reason, note, assignee, bulk_act=act)[1])
            done += len(numbers)
            on_progress(Progress(done=min(at + SLICE, len(going)), total=len(going), unit="reports"))
    except Cancelled:
        stopped = True
    reassess(session, sorted(tied))
    return BulkResult(act=act, done=done, unchanged=len(states) - len(going), stopped=stopped)


def find_last_act(session: Session, since: str) -> OwnAct | None:
    """Returns what undoing would take back next: the user's newest decision since a time, or the act it is a part of.

    A newest decision that bears an earlier time, or one still to come, was not taken since then: the clock was wrong. Undoing
    then takes back nothing, rather than the decision before.
    """
    session.require(Right.READ_REPORT)
    users = session.store.users.names()
    with session.reading() as db:
        row = decisions.find_last_own_decision(db, session.user.id)
        if row is None or not since <= row.taken <= now():
            return None
        return OwnAct(
            decision=row.id,
            bulk_act=row.bulk_act,
            report=reports.load_number(db, row.report_id),
            reports=1 if row.bulk_act is None else decisions.count_bulk_decisions(db, row.bulk_act),
            taken=row.taken,
            status=row.status,
            reason=row.reason,
            assignee=None if row.assignee is None else users.get(row.assignee),
        )


def undo_last_act(
    session: Session, since: str, *, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None
) -> UndoneAct:
    """Undoes the user's newest decision since a time; of an act on many reports, all of its decisions.

    Raises:
        NotFound: if there is nothing to undo
    """
    session.require(Right.DECIDE)
    act = find_last_act(session, since)
    if act is None:
        raise NotFound("There is nothing to undo: you have decided nothing since you began.")
    undone, stopped = 0, False
    tied: set[int] = set()
    try:
        while going := _list_standing(session, act):
            if cancel is not None:
                cancel.check()
            with session.writing(cancel) as batch:
                for decision in going:
                    tied.update(record_undo(session, batch, decision))
            undone += len(going)
            on_progress(Progress(done=undone, total=act.reports, unit="reports"))
    except Cancelled:
        stopped = True
    reassess(session, sorted(tied))
    users = session.store.users.names()
    with session.reading() as db:
        status, assignee = decisions.load_status(db, reports.find_report(db, act.report) or 0)
    return UndoneAct(
        act=act,
        undone=undone,
        status=status,
        assignee=None if assignee is None else users.get(assignee),
        stopped=stopped,
    )


def _list_standing(session: Session, act: OwnAct) -> list[int]:
    """Returns the next decisions of the act that still stand, at most a slice."""
    with session.reading() as db:
        if act.bulk_act is not None:
            return decisions.list_bulk_decisions(db, act.bulk_act, SLICE)
        row = decisions.load_decision(db, act.decision)
        return [] if row is None or row.undone else [row.id]


def _check_count(count: int) -> None:
    """Refuses an act that reaches too many reports."""
    if count > MOST:
        raise Refused("One act reaches at most {most} reports. Choose fewer, or set a filter first.", most=MOST)
