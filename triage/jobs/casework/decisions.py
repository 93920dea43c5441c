"""Records and undoes decisions on a report."""

from __future__ import annotations

from collections.abc import Sequence

from triage.errors import NotFound, Refused
from triage.jobs.casework.outcomes import check_reason, is_reopening
from triage.jobs.judging.assess import mark_for_reassessing, reassess
from triage.jobs.lookup import find_report
from triage.jobs.session import Session, now
from triage.message import Message
from triage.model.casework import NO_OFFENCE
from triage.model.choices import name_choices
from triage.model.users import Right
from triage.model.views import STATUSES, Status
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import clusters, decisions, judgement, link_values


def decide(
    session: Session,
    report_number: str,
    *,
    status: Status | None = None,
    reason: str | None = None,
    note: str | None = None,
    assignee: str | None = None,
) -> int:
    """Records a decision and returns its id; what is not given stays as it was.

    Assigning to others needs a lead. Closing needs one of the reasons of `triage.model.casework.Closing`. The audit log records
    by itself that a closed report is opened again.
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
    bulk_act: int | None = None,
) -> tuple[int, list[int]]:
    """Records a decision as `decide` does, within a batch of the caller.

    Returns the decision's id, and the reports that were marked for a new score. `clearing` allows the reason "cleared".
    `bulk_act` is the act on many reports that the decision is a part of.
    """
    session.require(Right.DECIDE)
    if status is not None and status not in STATUSES:
        raise Refused("There is no status {status}; choose from: {choices}.", status=repr(status), choices=tuple(STATUSES))
    reason = check_reason(status, reason, clearing=clearing)
    assignee_id = None if assignee is None else find_active_user(session, assignee)
    if assignee_id not in (None, session.user.id):
        session.require(Right.ASSIGN)
    report_id = find_report(batch, report_number)
    before, assigned = decisions.load_status(batch, report_id)
    counted, reopened = _counts_as_earlier(batch, report_id), _is_reopened(batch, report_id)
    decision = decisions.add_decision(
        batch,
        report_id=report_id,
        taken=now(),
        user_id=session.user.id,
        status=status or before,
        reason=reason,
        note=note,
        assignee=assigned if assignee_id is None else assignee_id,
        bulk_act=bulk_act,
    )
    _update_queue(batch, report_id)
    if is_reopening(before, status or before):
        batch.note("report reopened", report=report_id, decision=decision)
    batch.note(
        "report decided",
        report=report_id,
        decision=decision,
        status=status or before,
        text=session.store.keyed(f"{reason or ''}\x00{note or ''}"),
    )
    return decision, [*_mark_linked_stale(batch, report_id, counted), *_mark_reopened_stale(batch, report_id, reopened)]


def give_back(session: Session, report_numbers: Sequence[str]) -> tuple[int, ...]:
    """Unassigns reports that are assigned to oneself, without a reason; returns the ids of the decisions, to undo them.

    The history says who gave a report back, as after any decision, and nothing of why. Reports of others are left alone.
    """
    session.require(Right.DECIDE)
    made = []
    with session.store.batch() as batch:
        for report_number in report_numbers:
            report_id = find_report(batch, report_number)
            status, assigned = decisions.load_status(batch, report_id)
            if assigned != session.user.id:
                continue
            decision = decisions.add_decision(
                batch,
                report_id=report_id,
                taken=now(),
                user_id=session.user.id,
                status=status,
                reason=None,
                note=None,
                assignee=None,
            )
            _update_queue(batch, report_id)
            text = session.store.keyed("\x00")
            batch.note("report decided", report=report_id, decision=decision, status=status, text=text)
            made.append(decision)
    return tuple(made)


def record_taken_decision(
    batch: Batch, report_id: int, *, user_id: int, status: str, reason: str | None, note: str | None, assignee: int | None
) -> list[int]:
    """Records a decision of another workstation that is taken over here; returns the reports marked for a new score.

    `user_id` and `assignee` may be people of that workstation. The caller checks rights and adds the audit log entry.
    """
    counted, reopened = _counts_as_earlier(batch, report_id), _is_reopened(batch, report_id)
    decisions.add_decision(
        batch,
        report_id=report_id,
        taken=now(),
        user_id=user_id,
        status=status,
        reason=reason,
        note=note,
        assignee=assignee,
    )
    _update_queue(batch, report_id)
    return [*_mark_linked_stale(batch, report_id, counted), *_mark_reopened_stale(batch, report_id, reopened)]


def undo_decision(session: Session, decision_id: int) -> None:
    """Undoes a decision; it stays in the history, marked as undone. Undoing somebody else's needs a lead.

    Raises:
        NotFound: if there is no such decision
    """
    session.require(Right.DECIDE)
    with session.store.batch() as batch:
        tied = record_undo(session, batch, decision_id)
    reassess(session, tied)


def record_undo(session: Session, batch: Batch, decision_id: int) -> list[int]:
    """Undoes a decision as `undo_decision` does, within a batch of the caller; returns the reports marked for a new score.

    Raises:
        NotFound: if there is no such decision
    """
    session.require(Right.DECIDE)
    row = decisions.load_decision(batch, decision_id)
    if row is None:
        raise NotFound("There is no such decision.")
    if row.user_id != session.user.id:
        session.require(Right.ASSIGN)
    counted, reopened = _counts_as_earlier(batch, row.report_id), _is_reopened(batch, row.report_id)
    decisions.mark_decision_undone(batch, decision_id)
    _update_queue(batch, row.report_id)
    batch.note("decision undone", report=row.report_id, decision=decision_id)
    return [*_mark_linked_stale(batch, row.report_id, counted), *_mark_reopened_stale(batch, row.report_id, reopened)]


def _counts_as_earlier(db: Reader, report_id: int) -> bool:
    """Returns whether linked reports count this one as an earlier report on its user."""
    return not decisions.find_closed_reports(db, [report_id], [reason.value for reason in NO_OFFENCE])


def _mark_linked_stale(batch: Batch, report_id: int, counted: bool) -> list[int]:
    """Marks those that link to a report or name it for a new score, if a decision changed whether it counts; returns them."""
    if _counts_as_earlier(batch, report_id) == counted:
        return []
    naming = link_values.find_naming_reports(batch, report_id)
    tied = sorted(clusters.find_linked_reports(batch, [report_id]) | naming)
    judgement.mark_scores_stale_of(batch, tied)
    return tied


def _is_reopened(db: Reader, report_id: int) -> bool:
    """Returns whether what arrived opened the report again, and nobody decided on it since."""
    return report_id in decisions.find_reopened(db, [report_id])


def _mark_reopened_stale(batch: Batch, report_id: int, reopened: bool) -> list[int]:
    """Marks the report for a new row of the queue if a decision changed whether it changed after closing; returns it."""
    if _is_reopened(batch, report_id) == reopened:
        return []
    mark_for_reassessing(batch, [report_id])
    return [report_id]


def _update_queue(batch: Batch, report_id: int) -> None:
    """Writes the report's present status and assignee into the queue."""
    status, assignee = decisions.load_status(batch, report_id)
    judgement.set_status(batch, report_id, STATUSES.index(status), assignee)


def find_active_user(session: Session, name: str) -> int:
    """Returns the id of the active user with this name.

    Raises:
        NotFound: if there is none
    """
    active = {user.name: user.id for user in session.store.users.all() if not user.disabled}
    if name not in active:
        choices = name_choices(sorted(active), Message("triage user list"))
        raise NotFound("There is no active user {name}; {choices}.", name=repr(name), choices=choices)
    return active[name]
