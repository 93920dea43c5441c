"""Says what requests would be made, and stores and writes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from triage.jobs.requests.collecting import Collected
from triage.jobs.requests.planning import (
    RequestPlan,
    choose_groups,
    collect_expiring,
    collect_of_case,
    drop_asked,
    find_missing,
    find_numbers,
    list_shared,
)
from triage.jobs.requests.watch import StepWatch
from triage.jobs.session import Session
from triage.model.data_requests import PlannedRequest, PlannedRequests, RequestKind
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.users import Right
from triage.store.database import Reader


def preview_requests(
    session: Session,
    case_number: str,
    kind: RequestKind,
    *,
    warrant: str | None = None,
    child_line: bool = False,
    although_cleared: str | None = None,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> PlannedRequests:
    """Returns which requests of one kind a case would lead to.

    Raises:
        NotFound: if there is no such case
        Refused: without the right
    """
    session.require(Right.CASE_PAPERS)
    if child_line:
        session.require(Right.ASSIGN)
    with session.reading() as db:
        watch = StepWatch(on_progress, cancel)
        planned = collect_of_case(
            db, case_number, kind, warrant=warrant, child_line=child_line, although_cleared=although_cleared, watch=watch
        )
        return _plan(db, [planned])


def preview_expiring(
    session: Session,
    days: int,
    *,
    only: Sequence[int] | None = None,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> PlannedRequests:
    """Returns which requests would ask to keep what expires within so many days, of all or of `only` these reports.

    Raises:
        Refused: without the right, or for a number of days that is none
    """
    session.require(Right.CASE_PAPERS)
    with session.reading() as db:
        return _plan(db, collect_expiring(db, days, StepWatch(on_progress, cancel), only))


def _plan(db: Reader, plans: Sequence[tuple[RequestPlan, Collected]]) -> PlannedRequests:
    """Returns the requests of the plans as they would be made."""
    planned: list[PlannedRequest] = []
    asked_about: set[int] = set()
    for plan, collected in plans:
        groups = choose_groups(collected, None)
        drop_asked(db, plan.kind, groups, collected)
        for group in (each for each in groups if each.lines):
            asked_about.update(i for ids in group.lines.values() for i in ids)
            missing = find_missing(plan, group, find_numbers(db, plan, group))
            name, lines = group.addressee.name, len(group.lines)
            planned.append(PlannedRequest(kind=plan.kind.value, addressee=name, lines=lines, missing=missing))
    left_out = tuple(each for _, collected in plans for each in collected.list_left_out(db))
    return PlannedRequests(requests=tuple(planned), left_out=left_out, shared=list_shared(db, sorted(asked_about)))
