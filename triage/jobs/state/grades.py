"""Works out which grade of a file stands and whose it is. Until a blind second grade is in, none stands.

A stored grade that is none of ours is not known: the file is neither graded nor ungraded until somebody grades it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from triage.message import Message
from triage.model.casework import DISAGREE, GRADED, WAITS, Grade, GradeState
from triage.model.damage import GRADE_UNREADABLE
from triage.model.user_names import name_user
from triage.store.database import Reader
from triage.store.queries import grades, media, reports
from triage.store.queries.grades import GradeRow

_GRADES = frozenset(Grade)


def load_grade_states(db: Reader, medium_ids: Sequence[int], users: Mapping[int, str]) -> dict[int, GradeState]:
    """Returns media item -> the state of its grade; ungraded media items are missing."""
    graded = grades.load_grades(db, medium_ids)
    holding = media.load_reports_of_media(db, list(graded))
    return {
        medium_id: _build_state(db, found.sha256, rows, len(holding.get(medium_id, ())), users)
        for medium_id, rows in graded.items()
        if (found := media.load_media_item(db, medium_id)) is not None
    }


def load_settled_grades(db: Reader, medium_ids: Sequence[int]) -> tuple[tuple[str, str], ...]:
    """Returns (SHA-256, grade) of the media items whose grade stands: those that a score card may use."""
    found = load_grade_states(db, medium_ids, {}).values()
    return tuple(sorted((state.sha256, state.grade) for state in found if state.grade is not None))


def _build_state(db: Reader, sha256: str, rows: Sequence[GradeRow], copies: int, users: Mapping[int, str]) -> GradeState:
    """Builds the state of a media item's grade."""
    state, grade, by = work_out_grade(rows)
    if grade is None:
        return GradeState(sha256=sha256, state=state, grade=None, graded_by=None, copies=copies)
    last = rows[-1]
    seen, source = rows, None
    if last.inherited_from is not None:
        source = media.load_media_item(db, last.inherited_from)
        seen = [row for row in grades.load_grades(db, [last.inherited_from]).get(last.inherited_from, []) if row.id < last.id]
        by = work_out_grade(seen)[2] if seen else ()
    names = _join_names(by, users)
    says = _describe_view(names, seen)
    if last.inherited_from is not None:
        says = Message(
            "inherited from {file}, {seen}, distance {n}; applied by {user} at {when}",
            file=source.sha256[:12] if source else Message("a file that was destroyed since"),
            seen=says,
            n=last.distance or 0,
            user=_join_names((last.user_id,), users),
            when=_format_time(last.given),
        )
    return GradeState(
        sha256=sha256,
        state=state,
        grade=grade,
        graded_by=names or None,
        copies=copies,
        graded_at=last.given,
        says=says,
        report=reports.load_number(db, last.report_id),
        inherited_from=source.sha256 if source else None,
        distance=last.distance,
    )


def _describe_view(names: str, rows: Sequence[GradeRow]) -> Message:
    """Describes who viewed the file and when."""
    if rows:
        return Message("seen by {users} at {when}", users=names, when=_format_time(rows[-1].given))
    return Message("seen by a person who is no longer known")


def _join_names(ids: Sequence[int], users: Mapping[int, str]) -> str:
    """Returns the names of these users."""
    return ", ".join(name_user(users, user) for user in ids)


def _format_time(given: str) -> str:
    """Returns a time to the minute."""
    return f"{given[:16].replace('T', ' ')} UTC"


def work_out_grade(rows: Sequence[GradeRow]) -> tuple[str, str | None, tuple[int, ...]]:
    """Returns (state, the grade that stands or None, the users who gave it)."""
    last = rows[-1]
    if last.settles or not any(row.court for row in rows):
        return (GRADED, last.grade, (last.user_id,)) if is_readable(last) else (GRADE_UNREADABLE, None, ())
    two = find_blind_grades(rows)
    if len(two) < 2:
        return WAITS if all(map(is_readable, rows)) else GRADE_UNREADABLE, None, ()
    if two[0].grade != two[1].grade:
        return DISAGREE, None, ()
    return GRADED, two[0].grade, (two[0].user_id, two[1].user_id)


def is_readable(row: GradeRow) -> bool:
    """Returns whether what is stored is a grade that this program knows."""
    return row.grade in _GRADES


def find_blind_grades(rows: Sequence[GradeRow]) -> list[GradeRow]:
    """Returns the grades of the first two people who graded for court and whose grade can be read.

    Of the first person it is the newest grade before the second person's came.
    """
    two: list[GradeRow] = []
    for row in rows:
        if not row.court or row.settles:
            continue
        if not is_readable(row):
            if len(two) == 1 and row.user_id == two[0].user_id:
                two.clear()
        elif two and row.user_id == two[0].user_id:
            if len(two) == 1:
                two[0] = row
        elif len(two) < 2:
            two.append(row)
    return two
