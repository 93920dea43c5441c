"""Grades that people gave to media. A grade belongs to the medium, and so to every copy of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.store.database import Reader, Writer
from triage.store.queries import chunks, marks


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


_GRADE = "id, medium_id, report_id, user_id, given, grade, court, settles"


def _row(row: tuple[int, int, int, int, str, str, int, int]) -> GradeRow:
    return GradeRow(*row[:6], court=bool(row[6]), settles=bool(row[7]))


def add(
    batch: Writer, *, medium_id: int, report_id: int, user_id: int, given: str, grade: str, court: bool, settles: bool
) -> int:
    return batch.insert(
        "INSERT INTO grade (medium_id, report_id, user_id, given, grade, court, settles) VALUES (?,?,?,?,?,?,?)",
        (medium_id, report_id, user_id, given, grade, int(court), int(settles)),
    )


def of_media(db: Reader, medium_ids: Sequence[int]) -> dict[int, list[GradeRow]]:
    """By medium, oldest first; media that nobody graded are missing."""
    found: dict[int, list[GradeRow]] = {}
    for part in chunks(medium_ids):
        for row in db.all(f"SELECT {_GRADE} FROM grade WHERE medium_id IN ({marks(len(part))}) ORDER BY id", part):
            found.setdefault(row[1], []).append(_row(row))
    return found


def graded_for_court(db: Reader) -> list[int]:
    """Media with a grade that is bound for court."""
    return [i for (i,) in db.all("SELECT DISTINCT medium_id FROM grade WHERE court = 1 ORDER BY 1")]
