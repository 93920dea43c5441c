"""Undoes that reports were put into a case: each goes back to where it was before."""

from __future__ import annotations

from collections.abc import Mapping

from triage.jobs.judging.assess import mark_for_reassessing, reassess
from triage.jobs.lookup import find_case, find_report
from triage.jobs.session import Session, now
from triage.model.casework import JoiningUndone
from triage.model.users import Right
from triage.store.queries import cases


def undo_joining(session: Session, number: str, before: Mapping[str, str | None]) -> JoiningUndone:
    """Takes reports out of a case again. A case that the same person opened and that then holds nothing is withdrawn.

    Args:
        session: The session.
        number: The case that the reports were put into.
        before: Report -> the case that it was in before, or None. Reports that have left the case since are left alone.

    Raises:
        NotFound: if there is no such case or report
    """
    session.require(Right.DECIDE)
    with session.store.batch() as batch:
        case = find_case(batch, number)
        moved: list[int] = []
        for report_number, earlier in sorted(before.items()):
            report_id = find_report(batch, report_number)
            if not cases.remove_report(batch, case.id, report_id):
                continue
            moved.append(report_id)
            if earlier is not None:
                back = find_case(batch, earlier)
                cases.assign_report(batch, back.id, report_id, now(), session.user.id)
                batch.note("case joined", case=back.id, reports=[report_id])
        if moved:
            batch.note("case left", case=case.id, reports=moved)
        withdrawn = cases.withdraw_untouched_case(batch, case.id, session.user.id, now())
        if withdrawn:
            batch.note("case withdrawn", case=case.id)
        mark_for_reassessing(batch, moved)
    reassess(session, moved)
    return JoiningUndone(number=case.number, reports=len(moved), withdrawn=withdrawn)
