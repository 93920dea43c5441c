"""Keeps which grades are open, and how often two people agreed, so that no list reads all grades.

What is kept of a media item goes when its grades change (0009_list_pages.sql). Readers work such media items out, and whoever
grades keeps what was worked out, some thousand media items at a time.
"""

from __future__ import annotations

from collections.abc import Sequence

from triage.jobs.state.grades import find_blind_grades, work_out_grade
from triage.model.casework import DISAGREE, GRADED
from triage.store.database import Reader, Writer
from triage.store.queries import grades, kept_grades, split_into_chunks
from triage.store.queries.grades import GradeRow
from triage.store.queries.kept_grades import KeptGrade

MOST_CHANGED = 200
"""Media items that readers work out; with more of them the next grade that is given keeps them."""
KEPT_AT_ONCE = 2_000
"""A person who grades waits for these."""
CHECKED_AT_ONCE = 500


def read_changed_grades(db: Reader) -> list[KeptGrade]:
    """Works out the grades of all media items that changed since they were kept."""
    return _work_out(db, kept_grades.list_changed_media(db))


def keep_changed_grades(batch: Writer, most: int = KEPT_AT_ONCE) -> None:
    """Keeps the grades of media items that changed, at most so many, once there are more than readers should work out."""
    if kept_grades.has_more_changed(batch, MOST_CHANGED):
        for part in split_into_chunks(kept_grades.list_changed_media(batch, most)):
            kept_grades.save_grades(batch, _work_out(batch, part))


def find_wrong_grades(db: Reader) -> bool:
    """Returns whether what is kept of a media item's grades differs from what they say. It reads all grades."""
    after = 0
    while kept := kept_grades.load_kept_grades(db, after, CHECKED_AT_ONCE):
        if kept != _work_out(db, [each.medium_id for each in kept]):
            return True
        after = kept[-1].medium_id
    return False


def _work_out(db: Reader, medium_ids: Sequence[int]) -> list[KeptGrade]:
    """Works out the grades of these media items."""
    graded = grades.load_grades(db, medium_ids)
    return [_describe(i, graded.get(i, [])) for i in medium_ids]


def _describe(medium_id: int, rows: Sequence[GradeRow]) -> KeptGrade:
    """Returns what is kept of a media item with these standing grades."""
    if not any(row.court for row in rows) or (state := work_out_grade(rows)[0]) == GRADED:
        return KeptGrade(medium_id, None, None, find_pair(rows))
    return KeptGrade(medium_id, int(state != DISAGREE), find_last_grade(rows).given, find_pair(rows))


def find_last_grade(rows: Sequence[GradeRow]) -> GradeRow:
    """Returns the last grade for court, or the last one when that was taken back meanwhile."""
    return next((row for row in reversed(rows) if row.court), rows[-1])


def find_pair(rows: Sequence[GradeRow]) -> tuple[str, str] | None:
    """Returns the grades of two people who graded blind, in alphabetical order, or None."""
    blind = [row for row in rows if row.court and not row.settles]
    two = blind if len(blind) == 2 and blind[0].user_id != blind[1].user_id else find_blind_grades(rows)
    if len(blind) < 2 or len(two) < 2:
        return None
    low, high = sorted(str(row.grade) for row in two)
    return low, high
