"""Deadlines that people start: those of preservation notices, and of the stage of a case.

They stand beside the deadlines that follow from a report.
"""

from __future__ import annotations

from collections.abc import Sequence

from triage.message import Message
from triage.model.judgement import Clock
from triage.model.moment import pakistan_day
from triage.priority import notice_clocks
from triage.store.database import Reader
from triage.store.queries import cases
from triage.store.queries.cases import StageRow

STAGE = "case stage"


def load_deadlines(db: Reader, report_id: int) -> tuple[Clock, ...]:
    """Returns the deadlines of the report's notices, and of the stage of its case."""
    case = cases.find_case_of_report(db, report_id)
    found = () if case is None else build_stage_deadline(case.number, cases.list_stages(db, case.id))
    for notice in cases.list_notices(db, report_id):
        found += notice_clocks(notice.issued, notice.to_whom, notice.number, notice.told_court)
    return found


def build_stage_deadline(number: str, way: Sequence[StageRow]) -> tuple[Clock, ...]:
    """Returns the deadline of the present stage of a case; none when no day is set. A day ends at midnight in Pakistan."""
    last = way[-1] if way else None
    if last is None or last.due is None:
        return ()
    basis = Message(
        "{number}: stage “{stage}” since {day}; {basis}.",
        number=number,
        stage=Message(last.stage),  # message-ok
        day=str(pakistan_day(last.since)),
        basis=Message(last.basis),  # message-ok
    )
    return (Clock(name=STAGE, due=f"{last.due}T18:59:59Z", basis=basis, duty=True),)
