"""Grades that people gave to media. A grade belongs to the medium, and so to every copy of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triage.store.database import Reader, Writer
from triage.store.queries import among, chunks, marks


@dataclass(frozen=True, slots=True)
class GradeRow:
    id: int
    medium_id: int
    report_id: int
    user_id: int
    given: str
    grade: str
    court: bool
    settles: bool
    inherited_from: int | None = None
    """The medium that was seen, when this one was not: the user then took its grade over."""
    distance: int | None = None


_GRADE = "id, media_item_id, report_id, user_id, given, grade, court, settles, inherited_from, distance"
_STANDS = (
    "(inherited_from IS NULL OR NOT EXISTS (SELECT 1 FROM rejected_match x WHERE x.a = min(media_item_id, inherited_from)"
    " AND x.b = max(media_item_id, inherited_from)))"
)
"""What was taken over from a picture falls when a person says that the two are not the same."""


def _row(row: tuple[int, int, int, int, str, str, int, int, int | None, int | None]) -> GradeRow:
    return GradeRow(*row[:6], bool(row[6]), bool(row[7]), row[8], row[9])


def add(
    batch: Writer,
    *,
    medium_id: int,
    report_id: int,
    user_id: int,
    given: str,
    grade: str,
    court: bool = False,
    settles: bool = False,
    inherited_from: int | None = None,
    distance: int | None = None,
) -> int:
    return batch.insert(
        "INSERT INTO grade (media_item_id, report_id, user_id, given, grade, court, settles, inherited_from, distance)"
        " VALUES (?,?,?,?,?,?,?,?,?)",
        (medium_id, report_id, user_id, given, grade, int(court), int(settles), inherited_from, distance),
    )


def of_media(db: Reader, medium_ids: Sequence[int]) -> dict[int, list[GradeRow]]:
    """By medium, oldest first; media that nobody graded are missing."""
    found: dict[int, list[GradeRow]] = {}
    for part in chunks(medium_ids):
        for row in db.all(
            f"SELECT {_GRADE} FROM grade WHERE media_item_id IN ({marks(len(part))}) AND {_STANDS} ORDER BY id", part
        ):
            found.setdefault(row[1], []).append(_row(row))
    return found


def inheritors(db: Reader, medium_id: int, since: int) -> list[GradeRow]:
    """Grades that were taken over from this medium after the grade `since`."""
    sql = f"SELECT {_GRADE} FROM grade WHERE inherited_from = ? AND id > ? ORDER BY id"
    return [_row(row) for row in db.all(sql, (medium_id, since))]


def remove(batch: Writer, grade_ids: Iterable[int]) -> None:
    batch.executemany("DELETE FROM grade WHERE id = ?", ((i,) for i in grade_ids))


def graded_for_court(db: Reader) -> list[int]:
    """Media with a grade that is bound for court."""
    return [i for (i,) in db.all("SELECT DISTINCT media_item_id FROM grade WHERE court = 1 ORDER BY 1")]


def graded_in(db: Reader, report_ids: Iterable[int]) -> dict[int, list[int]]:
    """Report -> its media that somebody graded."""
    found: dict[int, list[int]] = {}
    for i, medium_id in db.all(
        "SELECT DISTINCT o.report_id, o.media_item_id FROM file o JOIN grade g ON g.media_item_id = o.media_item_id"
        " WHERE o.report_id IN (SELECT value FROM json_each(?))",
        (among(report_ids),),
    ):
        found.setdefault(i, []).append(medium_id)
    return found
