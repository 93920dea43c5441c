"""Grades files. One grade covers all copies of the bytes.

A matching image takes a grade over only when a person names the two. It then says from which image it inherited, and never counts
as viewed.

A grade is bound for court when that is requested or when a report with the file is in a case. Such a grade, and the grade "age
uncertain", need a second person who does not know the first grade. Until both are in, neither is shown. When they differ, a lead
who was neither of the two decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from triage.errors import NotFound, Refused
from triage.jobs.judging.assess import mark_for_reassessing, reassess
from triage.jobs.lookup import find_report
from triage.jobs.matching.groups import find_group
from triage.jobs.session import Session, now
from triage.jobs.state.grades import find_blind_grades, load_grade_states, work_out_grade
from triage.jobs.state.open_grades import keep_changed_grades, read_changed_grades
from triage.model.casework import DISAGREE, Grade, GradeAgreement, GradeState
from triage.model.damage import GRADE_UNREADABLE
from triage.model.users import Right
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import cases, grades, kept_grades, media, media_matches
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
    """Grades a file of a report, given by its SHA-256 or its name there; returns the file's state.

    The matching images in `also` take the grade over. `settle` is a lead's decision between two who disagreed.

    Raises:
        Refused: if the grade can't be given
        NotFound: if there is no such report or file
    """
    session.require(Right.DECIDE)
    if settle:
        session.require(Right.ASSIGN)
    chosen = parse_grade(grade)
    with session.store.batch() as batch:
        report_id = find_report(batch, report_number)
        medium_id = find_media_item(batch, report_id, sha256)
        record_grade(batch, session, report_id, medium_id, chosen, for_court=for_court, settle=settle)
        ticked = [find_matching(batch, medium_id, other) for other in also]
        for each in ticked:
            record_inherited(batch, session, report_id, each, medium_id)
        holders = sorted({i for ids in media.load_reports_of_media(batch, [medium_id, *ticked]).values() for i in ids})
        mark_for_reassessing(batch, holders)
        state = load_grade_states(batch, [medium_id], _load_names(session))[medium_id]
    reassess(session, holders)
    return state


def record_grade(
    batch: Batch, session: Session, report_id: int, medium_id: int, grade: Grade, *, for_court: bool = False, settle: bool = False
) -> int:
    """Records a grade of the session's user in a batch; returns its id.

    Raises:
        Refused: if the grade can't be given
    """
    rows = grades.load_grades(batch, [medium_id]).get(medium_id, [])
    court = for_court or any(row.court for row in rows) or _is_in_case(batch, medium_id)
    if settle:
        _check_may_settle(rows, session.user.id)
    grade_id = grades.add_grade(
        batch,
        medium_id=medium_id,
        report_id=report_id,
        user_id=session.user.id,
        given=now(),
        grade=grade.value,
        court=court or grade.value in SECOND_LOOK,
        settles=settle,
    )
    keep_changed_grades(batch)
    before = len({row.user_id for row in find_blind_grades(rows)} - {session.user.id})
    batch.note("file graded", report=report_id, media=[medium_id], settles=int(settle), grades_before=before)
    return grade_id


def inherit_grade(session: Session, report_number: str, sha256: str, seen: str) -> GradeState:
    """Lets a file of a report take over the grade of a matching image, `seen` by its SHA-256.

    Raises:
        Refused: if the grade can't be taken over
        NotFound: if there is no such report or file
    """
    session.require(Right.DECIDE)
    with session.store.batch() as batch:
        report_id = find_report(batch, report_number)
        medium_id = find_media_item(batch, report_id, sha256)
        record_inherited(batch, session, report_id, medium_id, find_matching(batch, medium_id, seen))
        holders = media.load_reports_of_media(batch, [medium_id])[medium_id]
        mark_for_reassessing(batch, holders)
        state = load_grade_states(batch, [medium_id], _load_names(session))[medium_id]
    reassess(session, holders)
    return state


def take_back_grade(session: Session, report_number: str, sha256: str) -> None:
    """Takes back one's own grade of a file, while it is the newest, and what matching images inherited from it.

    The audit log keeps that it was given and taken back.

    Raises:
        Refused: if it can't be taken back
        NotFound: if there is no such report or file
    """
    session.require(Right.DECIDE)
    with session.store.batch() as batch:
        report_id = find_report(batch, report_number)
        touched = remove_grade(batch, session, report_id, find_media_item(batch, report_id, sha256))
        holders = sorted({i for ids in media.load_reports_of_media(batch, touched).values() for i in ids})
        mark_for_reassessing(batch, holders)
    reassess(session, holders)


def remove_grade(batch: Batch, session: Session, report_id: int, medium_id: int, grade_id: int | None = None) -> list[int]:
    """Removes the user's own newest grade of a media item in a batch; returns the media items that it concerned.

    With `grade_id` only that grade is removed.

    Raises:
        Refused: if it can't be taken back
    """
    rows = grades.load_grades(batch, [medium_id]).get(medium_id, [])
    if not rows or rows[-1].user_id != session.user.id or grade_id not in (None, rows[-1].id):
        raise Refused("You have no grade to undo here; the newest one is not yours.")
    if rows[-1].court and not rows[-1].settles and len(find_blind_grades(rows)) == 2:
        raise Refused("Both grades are known; a lead decides if they differ.")
    followed = grades.list_inherited_grades(batch, medium_id, rows[-1].id)
    if any(row.user_id != session.user.id for row in followed):
        raise Refused("That grade was applied to a matching image; it can no longer be undone.")
    grades.delete_grades(batch, [rows[-1].id, *(row.id for row in followed)])
    keep_changed_grades(batch)
    touched = sorted({medium_id, *(row.medium_id for row in followed)})
    batch.note("grade taken back", report=report_id, media=touched)
    return touched


def record_inherited(batch: Batch, session: Session, report_id: int, medium_id: int, seen: int) -> None:
    """Lets a media item take over the grade of another, in a batch.

    Raises:
        Refused: if the grade can't be taken over
    """
    pair, own = media_matches.find_match(batch, medium_id, seen), grades.load_grades(batch, [medium_id]).get(medium_id, [])
    rows = grades.load_grades(batch, [seen]).get(seen, [])
    if pair is None or not rows or rows[-1].inherited_from is not None:
        raise Refused("A grade can be applied only from a matching image that a person viewed and graded.")
    state, grade, _ = work_out_grade(rows)
    if grade is None:
        raise Refused("That grade can't be applied yet: {state}.", state=state)
    if grade in SECOND_LOOK or any(row.court for row in own) or _is_in_case(batch, medium_id):
        raise Refused("A file for court, or of uncertain age, must be viewed itself.")
    if any(row.inherited_from is None for row in own):
        raise Refused("A person viewed that file; its own grade stays.")
    if any(group is not None and group.held for group in (find_group(batch, medium_id), find_group(batch, seen))):
        raise Refused("Too many files match these two: a lead must decide first (triage held).")
    grades.add_grade(
        batch,
        medium_id=medium_id,
        report_id=report_id,
        user_id=session.user.id,
        given=now(),
        grade=grade,
        inherited_from=seen,
        distance=pair.way.distance,
    )
    keep_changed_grades(batch)
    batch.note("grade inherited", report=report_id, medium=medium_id, seen=seen, distance=pair.way.distance)


def measure_agreement(session: Session) -> tuple[GradeAgreement, ...]:
    """Returns by grade how often two people who graded blind agreed.

    A pair that differs counts under both of its grades. Pairs of which a grade can't be read are counted apart: whether the two
    people agreed is not known.
    """
    session.require(Right.STATISTICS)
    pairs = {each.value: 0 for each in Grade}
    agreed, unreadable = dict(pairs), 0
    with session.reading() as db:
        counts = kept_grades.load_kept_pairs(db)
        changed = [row.pair for row in read_changed_grades(db) if row.pair is not None]
    for first, second, n in [*counts, *((*pair, 1) for pair in changed)]:
        if first not in pairs or second not in pairs:
            unreadable += n
            continue
        for grade in {first, second}:
            pairs[grade] += n
            agreed[grade] += n if first == second else 0
    found = [GradeAgreement(grade=each, pairs=n, agreed=agreed[each]) for each, n in pairs.items() if n]
    if unreadable:
        found.append(GradeAgreement(grade=GRADE_UNREADABLE, pairs=unreadable, agreed=None))
    return tuple(found)


def _check_may_settle(rows: Sequence[GradeRow], user_id: int) -> None:
    """Raises Refused when there is nothing to settle, or the user graded the file."""
    two = find_blind_grades(rows)
    differ = len(two) == 2 and two[0].grade != two[1].grade
    if not differ or work_out_grade(rows)[0] not in (DISAGREE, GRADE_UNREADABLE):  # a lead's earlier decision may be unreadable
        raise Refused("There is nothing to decide: no two grades of this file disagree.")
    if user_id in {row.user_id for row in two}:
        raise Refused("A person who graded the file can't decide between the two grades; another lead must.")


def find_media_item(db: Reader, report_id: int, said: str) -> int:
    """Returns a file of the report whose bytes are here: a declared hash alone can't be viewed.

    Raises:
        Refused: if several files have this name
        NotFound: if there is no such file
    """
    found = {r.medium_id for r in media.list_files(db, report_id) if said.casefold() == r.sha256 or said == r.name}
    if len(found) > 1:
        raise Refused("Several files of the report are called {file}; give the SHA-256.", file=said)
    if not found:
        raise NotFound("The report has no stored file {file}.", file=said)
    return found.pop()


def find_matching(db: Reader, medium_id: int, sha256: str) -> int:
    """Returns the media item with this SHA-256.

    Raises:
        Refused: if it does not match
    """
    other = media.find_media_item(db, sha256.casefold())
    if other is None or media_matches.find_match(db, medium_id, other.id) is None:
        raise Refused("{sha256} does not match this image; grade it separately.", sha256=sha256)
    return other.id


def _is_in_case(db: Reader, medium_id: int) -> bool:
    """Returns whether a report with the file is in a case."""
    return any(
        cases.find_case_of_report(db, i) is not None for i in media.load_reports_of_media(db, [medium_id]).get(medium_id, ())
    )


def parse_grade(word: str) -> Grade:
    """Returns the grade for a word, however it is capitalised or joined.

    Raises:
        Refused: if there is no such grade
    """
    spoken = word.replace("-", " ").replace("_", " ").strip().casefold()
    for each in Grade:
        if each.value == spoken:
            return each
    raise Refused(
        "There is no grade {word}; choose from: {choices}.", word=repr(word), choices=tuple(each.value for each in Grade)
    )


def _load_names(session: Session) -> dict[int, str]:
    """Returns user id -> name."""
    return session.store.users.names()
