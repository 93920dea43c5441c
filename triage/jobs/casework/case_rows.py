"""Lists the reports of a case as rows of the queue. The list of cases does not need what the queue loads."""

from __future__ import annotations

from triage.jobs.lookup import find_case
from triage.jobs.reading.queue_rows import load_rows
from triage.jobs.session import Session
from triage.model.users import Right
from triage.model.views import QueueRow
from triage.store.queries import cases


def list_case_rows(session: Session, number: str) -> tuple[QueueRow, ...]:
    """Returns the reports of a case as the queue shows them, the gravest first.

    Raises:
        NotFound: if there is no such case
    """
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        ids = cases.list_report_ids(db, find_case(db, number).id)
    rows = load_rows(session, ids)
    return tuple(sorted((rows[i] for i in ids if i in rows), key=lambda row: (row.band, -row.risk, row.report_id)))
