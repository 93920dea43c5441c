"""What people say that a file shows. One grade covers all copies of the bytes. A like picture takes a grade over only when a
person names the two: it then says from whom it inherited, and never counts as seen.

A grade that is bound for court, because it is asked for or because a report with the file is in a case, and the grade "age
uncertain", need a second person who does not know the first one's. Until both are in, nobody is shown either. When they differ
a lead who was neither of the two decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from triage.errors import NotFound, Refused
from triage.jobs.judging.assess import mark_for_reassessing, reassess
from triage.jobs.load import find
from triage.jobs.matching.groups import group_of
from triage.jobs.session import Session, now
from triage.jobs.state.grades import DISAGREE, GRADED, blind, outcome, states
from triage.model.casework import Grade, GradeAgreement, GradeState
from triage.model.users import Right
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import cases, grades, likeness, media
from triage.store.queries.grades import GradeRow

SECOND_LOOK = frozenset({Grade.AGE_UNCERTAIN.value})


def grade_file(
    session: Session,
    report_number: str,
    sha256: str,
    grade: str,
    *,
    for_court: bool = False,
    settle: bool = False,
    also: Sequence[str] = (),
) -> GradeState:
    """Grade a file of a report, by its SHA-256 or the name it has there; pictures like it that are named with `also` take the
    grade over.

    `settle` is a lead's decision between two who disagreed. Raises Refused and NotFound.
    """
    session.require(Right.DECIDE)
    if settle:
        session.require(Right.ASSIGN)
    chosen = _grade(grade)
    with session.store.batch() as batch:
        report_id = find(batch, report_number)
        medium_id = _medium(batch, report_id, sha256)
        rows = grades.of_media(batch, [medium_id]).get(medium_id, [])
        court = for_court or any(row.court for row in rows) or _in_a_case(batch, medium_id)
        if settle:
            _may_settle(rows, session.user.id)
        grades.add(
            batch,
            medium_id=medium_id,
            report_id=report_id,
            user_id=session.user.id,
            given=now(),
            grade=chosen.value,
            court=court or chosen.value in SECOND_LOOK,
            settles=settle,
        )
        ticked = [_like(batch, medium_id, other) for other in also]
        for each in ticked:
            _take_over(session, batch, report_id, each, medium_id)
        batch.note("file graded", report=report_id, media=[medium_id], settles=int(settle))
        holders = sorted({i for ids in media.reports_holding(batch, [medium_id, *ticked]).values() for i in ids})
        mark_for_reassessing(batch, holders)
        state = states(batch, [medium_id], _names(session))[medium_id]
    reassess(session, holders)
    return state


def inherit_grade(session: Session, report_number: str, sha256: str, seen: str) -> GradeState:
    """A person lets a file of a report take over the grade of a picture like it, `seen` by its SHA-256. Raises Refused and
    NotFound."""
    session.require(Right.DECIDE)
    with session.store.batch() as batch:
        report_id = find(batch, report_number)
        medium_id = _medium(batch, report_id, sha256)
        _take_over(session, batch, report_id, medium_id, _like(batch, medium_id, seen))
        holders = media.reports_holding(batch, [medium_id])[medium_id]
        mark_for_reassessing(batch, holders)
        state = states(batch, [medium_id], _names(session))[medium_id]
    reassess(session, holders)
    return state


def take_back(session: Session, report_number: str, sha256: str) -> None:
    """One's own grade of a file is taken back, as long as it is the newest, and with it what like pictures took over from it.
    That it was given and taken back stays in the record. Raises Refused and NotFound."""
    session.require(Right.DECIDE)
    with session.store.batch() as batch:
        report_id = find(batch, report_number)
        medium_id = _medium(batch, report_id, sha256)
        rows = grades.of_media(batch, [medium_id]).get(medium_id, [])
        if not rows or rows[-1].user_id != session.user.id:
            raise Refused("You have no grade to undo here; the newest one is not yours.")
        if rows[-1].court and not rows[-1].settles and len(blind(rows)) == 2:
            raise Refused("Both grades are known; a lead decides if they differ.")
        followed = grades.inheritors(batch, medium_id, rows[-1].id)
        if any(row.user_id != session.user.id for row in followed):
            raise Refused("That grade was applied to a matching image; it can no longer be undone.")
        grades.remove(batch, [rows[-1].id, *(row.id for row in followed)])
        touched = sorted({medium_id, *(row.medium_id for row in followed)})
        batch.note("grade taken back", report=report_id, media=touched)
        holders = sorted({i for ids in media.reports_holding(batch, touched).values() for i in ids})
        mark_for_reassessing(batch, holders)
    reassess(session, holders)


def _take_over(session: Session, batch: Batch, report_id: int, medium_id: int, seen: int) -> None:
    pair, own = likeness.near_one(batch, medium_id, seen), grades.of_media(batch, [medium_id]).get(medium_id, [])
    rows = grades.of_media(batch, [seen]).get(seen, [])
    if pair is None or not rows or rows[-1].inherited_from is not None:
        raise Refused("A grade can be applied only from a matching image that a person viewed and graded.")
    state, grade, _ = outcome(rows)
    if grade is None:
        raise Refused("That grade can't be applied yet: {state}.", state=state)
    if grade in SECOND_LOOK or any(row.court for row in own) or _in_a_case(batch, medium_id):
        raise Refused("A file for court, or of uncertain age, must be viewed itself.")
    if any(row.inherited_from is None for row in own):
        raise Refused("A person viewed that file; its own grade stays.")
    if any(group is not None and group.held for group in (group_of(batch, medium_id), group_of(batch, seen))):
        raise Refused("Too many files match these two: a lead must decide first (triage held).")
    grades.add(
        batch,
        medium_id=medium_id,
        report_id=report_id,
        user_id=session.user.id,
        given=now(),
        grade=grade,
        inherited_from=seen,
        distance=pair.way.distance,
    )
    batch.note("grade inherited", report=report_id, medium=medium_id, seen=seen, distance=pair.way.distance)


def agreement(session: Session) -> tuple[GradeAgreement, ...]:
    """By grade, how often two people who graded blind agreed. A pair that differs counts under both grades it holds."""
    session.require(Right.STATISTICS)
    pairs = {each.value: 0 for each in Grade}
    agreed = dict(pairs)
    with session.reading() as db:
        graded = grades.of_media(db, grades.graded_for_court(db))
    for rows in graded.values():
        two = blind(rows)
        if len(two) < 2:
            continue
        for each in {two[0].grade, two[1].grade}:
            pairs[each] += 1
            agreed[each] += int(two[0].grade == two[1].grade)
    return tuple(GradeAgreement(grade=each, pairs=n, agreed=agreed[each]) for each, n in pairs.items() if n)


def waiting(session: Session) -> tuple[GradeState, ...]:
    """Files that wait for a second grader or for a lead; what was said of them is not told."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        found = states(db, grades.graded_for_court(db), _names(session)).values()
    return tuple(state for state in found if state.state != GRADED)


def _may_settle(rows: Sequence[GradeRow], user_id: int) -> None:
    if not rows or outcome(rows)[0] != DISAGREE:
        raise Refused("There is nothing to decide: no two grades of this file disagree.")
    if user_id in {row.user_id for row in blind(rows)}:
        raise Refused("A person who graded the file can't decide between the two grades; another lead must.")


def _medium(db: Reader, report_id: int, said: str) -> int:
    """A file of the report whose bytes are there: a declared hash alone was seen by nobody."""
    found = {r.medium_id for r in media.occurrences(db, report_id) if said.casefold() == r.sha256 or said == r.name}
    if len(found) > 1:
        raise Refused("Several files of the report are called {file}; give the SHA-256.", file=said)
    if not found:
        raise NotFound("The report has no stored file {file}.", file=said)
    return found.pop()


def _like(db: Reader, medium_id: int, sha256: str) -> int:
    other = media.medium(db, sha256.casefold())
    if other is None or likeness.near_one(db, medium_id, other.id) is None:
        raise Refused("{sha256} does not match this image; grade it separately.", sha256=sha256)
    return other.id


def _in_a_case(db: Reader, medium_id: int) -> bool:
    return any(cases.of_report(db, i) is not None for i in media.reports_holding(db, [medium_id]).get(medium_id, ()))


def _grade(word: str) -> Grade:
    spoken = word.replace("-", " ").replace("_", " ").strip().casefold()
    for each in Grade:
        if each.value == spoken:
            return each
    raise Refused(
        "There is no grade {word}; choose from: {choices}.", word=repr(word), choices=tuple(each.value for each in Grade)
    )


def _names(session: Session) -> dict[int, str]:
    return {user.id: user.name for user in session.store.users.all()}
