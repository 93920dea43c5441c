"""The work list of grades bound for court: what waits for a second grader, and where two disagree."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from heapq import merge

from triage.jobs.session import Session
from triage.jobs.state.grades import find_blind_grades, load_grade_states, work_out_grade
from triage.jobs.state.open_grades import find_last_grade, read_changed_grades
from triage.model.casework import DISAGREE, GRADED, GradeState, GradeWork, GradeWorkList
from triage.model.damage import GRADE_UNREADABLE
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.queries import grades, media, reports
from triage.store.queries.grades import GradeRow
from triage.store.queries.kept_grades import iterate_open_grades


def find_grade_work(session: Session) -> GradeWorkList:
    """Returns which files have an open grade: those that a lead has to settle first, then the longest waiting."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        changed = sorted((row.waits, row.since, row.medium_id) for row in read_changed_grades(db) if row.waits is not None)
        found = [
            array("q", (i for _, i in merge(iterate_open_grades(db, waits), (row[1:] for row in changed if row[0] == waits))))
            for waits in (0, 1)
        ]
    return GradeWorkList(found[0] + found[1], len(found[0]))


def load_grade_work(session: Session, medium_ids: Sequence[int]) -> dict[int, GradeWork]:
    """Returns media item -> what is known of its open grade, in their order.

    The grades themselves are not shown, so that the second grader stays blind.
    """
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        graded, holding = grades.load_grades(db, medium_ids), media.load_reports_of_media(db, medium_ids)
        return {i: _build_work(session, db, i, graded[i], len(holding.get(i, ()))) for i in medium_ids if i in graded}


def load_open_grades(session: Session, medium_ids: Sequence[int]) -> dict[int, GradeState]:
    """Returns media item -> the state of its grade, of those whose grade is open; the grades are not shown."""
    session.require(Right.READ_REPORT)
    users = session.store.users.names()
    with session.reading() as db:
        found = load_grade_states(db, medium_ids, users)
    return {i: state for i, state in found.items() if state.state != GRADED}


def _build_work(session: Session, db: Reader, medium_id: int, rows: Sequence[GradeRow], copies: int) -> GradeWork:
    """Builds the row of a file."""
    last, state = find_last_grade(rows), work_out_grade(rows)[0]
    return GradeWork(
        sha256=media.load_sha256(db, medium_id),
        disagree=state == DISAGREE,
        damaged=state == GRADE_UNREADABLE,
        mine=session.user.id in {row.user_id for row in find_blind_grades(rows)},
        since=last.given,
        name=grades.find_file_name(db, last.report_id, medium_id),
        report=reports.load_number(db, last.report_id),
        copies=copies,
    )
