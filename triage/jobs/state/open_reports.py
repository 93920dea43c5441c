"""Marks which reports somebody has open, so that two people don't work on one unknowingly.

A mark is a row in the store: report, session, user, two times. It says nothing of what was viewed. The session renews the mark
while its window lives and removes it afterwards. A mark that was not renewed for `CERTAIN_SECONDS` is uncertain, and after
`KEPT_SECONDS` anybody's next mark removes it. So it does with a mark from the future, which a clock that was ahead left.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

from triage.jobs.lookup import find_report
from triage.jobs.session import Session
from triage.model.moment import format_utc
from triage.model.open_marks import OpenMark
from triage.model.user_names import name_user
from triage.model.users import Right
from triage.store.queries import open_reports, reports
from triage.store.queries.open_reports import OpenRow

RENEW_SECONDS = 60
CERTAIN_SECONDS = 3 * RENEW_SECONDS  # two signs may be late
KEPT_SECONDS = 3600


def mark_open(session: Session, report_number: str) -> tuple[OpenMark, ...]:
    """Marks the report as the one that this session has open; returns who else has it open.

    Raises:
        NotFound: if there is no such report
        WorldError: if the store can't be written; then others don't see the mark
    """
    session.require(Right.READ_REPORT)
    moment = int(time.time())
    with session.store.batch() as batch:
        report_id = find_report(batch, report_number)
        open_reports.delete_open_reports_outside(batch, moment - KEPT_SECONDS, moment + KEPT_SECONDS)
        open_reports.delete_open_reports(batch, session.token)
        row = OpenRow(report_id, session.token, session.user.id, moment, moment)
        open_reports.add_open_report(batch, row)
    return tuple(each for each in list_open_reports(session) if each.row_id == report_id)


def renew_open(session: Session) -> None:
    """Renews the mark of this session, if it has a report open."""
    session.require(Right.READ_REPORT)
    with session.store.batch() as batch:
        open_reports.renew_open_reports(batch, session.token, int(time.time()))


def mark_closed(session: Session) -> None:
    """Removes the mark of this session, if there is one."""
    session.require(Right.READ_REPORT)
    if not open_reports.has_open_report(session.store.read(), session.token):
        return  # a store that is busy or read-only keeps nobody waiting for nothing
    with session.store.batch() as batch:
        open_reports.delete_open_reports(batch, session.token)


def list_open_reports(session: Session) -> tuple[OpenMark, ...]:
    """Returns what other sessions have open, the latest sign of life first."""
    session.require(Right.READ_REPORT)
    moment = int(time.time())
    users = session.store.users.names()
    with session.reading() as db:
        return tuple(
            OpenMark(
                row_id=row.report_id,
                report_id=reports.load_number(db, row.report_id),
                user=name_user(users, row.user_id),
                since=_to_utc(row.since),
                last_sign=_to_utc(row.last_sign),
                certain=abs(moment - row.last_sign) <= CERTAIN_SECONDS,
            )
            for row in open_reports.list_open_reports(db, session.token)
            if abs(moment - row.last_sign) <= KEPT_SECONDS
        )


def _to_utc(seconds: int) -> str:
    return format_utc(datetime.fromtimestamp(seconds, UTC))
