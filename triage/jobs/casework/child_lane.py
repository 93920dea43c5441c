"""Confirms reports of the child lane: a lead has read them, and they may go out."""

from __future__ import annotations

from triage.errors import Refused
from triage.jobs.lookup import find_report
from triage.jobs.session import Session, now
from triage.jobs.state.child_lane import is_in_lane
from triage.model.users import Right
from triage.store.queries import cases


def confirm_child_lane(session: Session, report_number: str) -> None:
    """Records that a lead has read the report and lets it go out.

    Raises:
        Refused: if the report is not in the child lane
        NotFound: if there is no such report
    """
    session.require(Right.ASSIGN)
    with session.store.batch() as batch:
        report_id = find_report(batch, report_number)
        if not is_in_lane(batch, report_id):
            raise Refused("Report {report} is not in the child lane; it needs no confirmation.", report=report_number)
        cases.confirm_child_lane(batch, report_id, now(), session.user.id)
        batch.note("child lane confirmed", report=report_id)
