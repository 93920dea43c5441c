"""Explains why one report of the queue stands above another."""

from __future__ import annotations

from dataclasses import replace

from triage.errors import Refused
from triage.jobs.lookup import find_report
from triage.jobs.reading.queue_rows import load_rows
from triage.jobs.reading.show import build_report_view
from triage.jobs.session import Session
from triage.model.users import Right
from triage.priority import OrderExplanation, explain_order
from triage.priority.ordering import QueueStanding
from triage.store.database import Reader


def explain_queue_order(session: Session, one: str, other: str) -> OrderExplanation:
    """Returns which of two reports the queue shows first, and why.

    Raises:
        NotFound: A report is not in the store.
        Refused: Both numbers name the same report, or the score card of one is damaged.
    """
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        ids = find_report(db, one), find_report(db, other)
        if ids[0] == ids[1]:
            raise Refused("{one} and {other} are the same report.", one=one, other=other)
        standings = [_standing(session, db, i) for i in ids]
    rows = load_rows(session, ids)
    first, second = (replace(standing, deadline=rows[i].deadline) for i, standing in zip(ids, standings, strict=True))
    return explain_order(first, second)


def _standing(session: Session, db: Reader, report_id: int) -> QueueStanding:
    shown = build_report_view(session, db, report_id, None, waiting=True)
    score = shown.score
    # The page shows a stand-in for a damaged card, and that is not what orders the queue.
    if not {"score", "clocks", "links"}.isdisjoint(shown.damaged):
        raise Refused(
            "The score card of {report} is damaged, so its place in the queue can't be explained.", report=shown.report_id
        )
    return QueueStanding(
        report_id=shown.report_id,
        band=score.band,
        risk=score.risk,
        actionability=score.actionability,
        deadline=None,
        factors=score.factors,
    )
