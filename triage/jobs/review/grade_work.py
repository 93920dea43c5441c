"""The work list of grades bound for court: what waits for a second grader, and where two disagree."""

from __future__ import annotations

from triage.jobs.session import Session
from triage.jobs.state.grades import DISAGREE, GRADED, find_blind_grades, work_out_grade
from triage.model.casework import GradeWork
from triage.model.users import Right
from triage.store.queries import grades, media, reports


def list_grade_work(session: Session) -> tuple[GradeWork, ...]:
    """Returns the files whose grade is open: those that a lead has to settle first, then the longest waiting.

    The grades themselves are not shown, so that the second grader stays blind.
    """
    session.require(Right.READ_REPORT)
    found = []
    with session.reading() as db:
        graded = grades.load_grades(db, grades.list_media_not_agreed_on(db))
        open_ones = {i: (state, rows) for i, rows in graded.items() if (state := work_out_grade(rows)[0]) != GRADED}
        holding = media.load_reports_of_media(db, list(open_ones))
        for medium_id, (state, rows) in open_ones.items():
            last = next(row for row in reversed(rows) if row.court)
            named = [o.name for o in media.list_files(db, last.report_id) if o.medium_id == medium_id]
            found.append(
                GradeWork(
                    sha256=media.load_sha256(db, medium_id),
                    disagree=state == DISAGREE,
                    mine=session.user.id in {row.user_id for row in find_blind_grades(rows)},
                    since=last.given,
                    name=named[0] if named else None,
                    report=reports.load_number(db, last.report_id),
                    copies=len(holding.get(medium_id, ())),
                )
            )
    return tuple(sorted(found, key=lambda work: (not work.disagree, work.since, work.sha256)))
