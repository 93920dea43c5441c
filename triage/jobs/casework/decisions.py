"""Records and undoes decisions on a report."""

from __future__ import annotations

from triage.errors import NotFound, Refused
from triage.jobs.casework.outcomes import reason_for, reopens
from triage.jobs.choices import name_choices
from triage.jobs.judging.assess import reassess
from triage.jobs.load import find
from triage.jobs.session import Session, now
from triage.model.casework import NO_OFFENCE
from triage.model.users import Right
from triage.model.views import STATUSES, Status
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import clusters, decisions, judgement


def decide(
    session: Session,
    report_number: str,
    *,
    status: Status | None = None,
    reason: str | None = None,
    note: str | None = None,
    assignee: str | None = None,
) -> int:
    """Record a decision and return its id; what is not given stays as it was. Assigning to others needs a lead, closing one of
    the reasons of `triage.model.casework.Closing`. That a closed report is opened again stands in the record by itself.
    """
    session.require(Right.DECIDE)
    with session.store.batch() as batch:
        decision, tied = record_decision(session, batch, report_number, status, reason, note, assignee)
    reassess(session, tied)
    return decision


def record_decision(
    session: Session,
    batch: Batch,
    report_number: str,
    status: Status | None,
    reason: str | None,
    note: str | None,
    assignee: str | None,
    *,
    clearing: bool = False,
) -> tuple[int, list[int]]:
    """As `decide`, within a batch of the caller. Returns the decision's id, and the reports that were marked for a new score."""
    session.require(Right.DECIDE)
    if status is not None and status not in STATUSES:
        raise Refused("There is no status {status}; choose from: {choices}.", status=repr(status), choices=tuple(STATUSES))
    reason = reason_for(status, reason, clearing=clearing)
    assignee_id = None if assignee is None else user_id(session, assignee)
    if assignee_id not in (None, session.user.id):
        session.require(Right.ASSIGN)
    report_id = find(batch, report_number)
    before, assigned = decisions.current(batch, report_id)
    counted = _counts(batch, report_id)
    decision = decisions.add(
        batch,
        report_id=report_id,
        taken=now(),
        user_id=session.user.id,
        status=status or before,
        reason=reason,
        note=note,
        assignee=assigned if assignee_id is None else assignee_id,
    )
    _apply(batch, report_id)
    if reopens(before, status or before):
        batch.note("report reopened", report=report_id, decision=decision)
    batch.note(
        "report decided",
        report=report_id,
        decision=decision,
        status=status or before,
        text=session.store.keyed(f"{reason or ''}\x00{note or ''}"),
    )
    return decision, _no_longer_the_same(batch, report_id, counted)


def undo(session: Session, decision_id: int) -> None:
    """Take back a decision; it stays in the history, marked as undone."""
    session.require(Right.DECIDE)
    with session.store.batch() as batch:
        row = decisions.by_id(batch, decision_id)
        if row is None:
            raise NotFound("There is no such decision.")
        if row.user_id != session.user.id:
            session.require(Right.ASSIGN)
        counted = _counts(batch, row.report_id)
        decisions.undo(batch, decision_id)
        _apply(batch, row.report_id)
        batch.note("decision undone", report=row.report_id, decision=decision_id)
        tied = _no_longer_the_same(batch, row.report_id, counted)
    reassess(session, tied)


def _counts(db: Reader, report_id: int) -> bool:
    """Whether the report is an earlier one on its user for those that are tied to it."""
    return not decisions.closed_among(db, [report_id], [reason.value for reason in NO_OFFENCE])


def _no_longer_the_same(batch: Batch, report_id: int, counted: bool) -> list[int]:
    """The reports tied to this one, marked for a new score, when a decision changed whether it counts for them."""
    if _counts(batch, report_id) == counted:
        return []
    tied = sorted(clusters.neighbours(batch, [report_id]))
    judgement.mark_score_stale(batch, tied)
    return tied


def _apply(batch: Batch, report_id: int) -> None:
    status, assignee = decisions.current(batch, report_id)
    judgement.set_status(batch, report_id, STATUSES.index(status), assignee)


def user_id(session: Session, name: str) -> int:
    """Of an active user. Raises NotFound."""
    active = {user.name: user.id for user in session.store.users.all() if not user.disabled}
    if name not in active:
        choices = name_choices(sorted(active), "triage user list")
        raise NotFound("There is no active user {name}; {choices}.", name=repr(name), choices=choices)
    return active[name]
