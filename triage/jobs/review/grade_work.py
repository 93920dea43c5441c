"""What waits for a second grader, and on what two disagree: the work list of grades that are bound for court."""

from __future__ import annotations

from triage.jobs.session import Session
from triage.jobs.state.grades import DISAGREE, GRADED, blind, outcome
from triage.model.casework import GradeWork
from triage.model.users import Right
from triage.store.queries import grades, media, reports


def grade_work(session: Session) -> tuple[GradeWork, ...]:
    """Those that a lead has to settle first, then the longest waiting. What was said is not told: looks stay blind."""
    session.require(Right.READ_REPORT)
    found = []
    with session.reading() as db:
        graded = grades.of_media(db, grades.graded_for_court(db))
        open_ones = {i: (state, rows) for i, rows in graded.items() if (state := outcome(rows)[0]) != GRADED}
        holding = media.reports_holding(db, list(open_ones))
        for medium_id, (state, rows) in open_ones.items():
            last = next(row for row in reversed(rows) if row.court)
            named = [o.name for o in media.occurrences(db, last.report_id) if o.medium_id == medium_id]
            found.append(
                GradeWork(
                    sha256=media.sha256_of(db, medium_id),
                    disagree=state == DISAGREE,
                    mine=session.user.id in {row.user_id for row in blind(rows)},
                    since=last.given,
                    name=named[0] if named else None,
                    report=reports.number(db, last.report_id),
                    copies=len(holding.get(medium_id, ())),
                )
            )
    return tuple(sorted(found, key=lambda work: (not work.disagree, work.since, work.sha256)))
