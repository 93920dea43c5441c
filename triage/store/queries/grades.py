"""SQL of the grades that people gave to media items. A grade belongs to the media item, and so to every copy of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from triage.store.database import Reader, Writer
from triage.store.queries import encode_json_array, format_placeholders, split_into_chunks


@dataclass(frozen=True, slots=True)
class GradeRow:
    """A grade. `court` means bound for court; `settles` means a lead's decision between two who disagreed.

    `distance` is in bits, between this media item and the one that the grade was inherited from.
    """

    id: int
    medium_id: int
    report_id: int
    user_id: int
    given: str
    grade: str
    court: bool
    settles: bool
    inherited_from: int | None = None
    """The media item that was viewed, when this one was not: the user then took its grade over."""
    distance: int | None = None


_GRADE = "id, media_item_id, report_id, user_id, given, grade, court, settles, inherited_from, distance"
_STANDS = (
    "(inherited_from IS NULL OR NOT EXISTS (SELECT 1 FROM rejected_match x WHERE x.a = min(media_item_id, inherited_from)"
    " AND x.b = max(media_item_id, inherited_from)))"
)
"""An inherited grade falls when a person says that the two media items are not the same."""


def _build_grade(row: tuple[int, int, int, int, str, str, int, int, int | None, int | None]) -> GradeRow:
    """Builds a grade from its columns."""
    return GradeRow(*row[:6], bool(row[6]), bool(row[7]), row[8], row[9])


def add_grade(
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
    """Adds a grade; returns its id."""
    return batch.insert(
        "INSERT INTO grade (media_item_id, report_id, user_id, given, grade, court, settles, inherited_from, distance)"
        " VALUES (?,?,?,?,?,?,?,?,?)",
        (medium_id, report_id, user_id, given, grade, int(court), int(settles), inherited_from, distance),
    )


def load_grades(db: Reader, medium_ids: Sequence[int]) -> dict[int, list[GradeRow]]:
    """Returns media item -> its standing grades, the oldest first; ungraded media items are missing."""
    found: dict[int, list[GradeRow]] = {}
    for part in split_into_chunks(medium_ids):
        for row in db.all(
            f"SELECT {_GRADE} FROM grade WHERE media_item_id IN ({format_placeholders(len(part))}) AND {_STANDS} ORDER BY id",
            part,
        ):
            found.setdefault(row[1], []).append(_build_grade(row))
    return found


def list_inherited_grades(db: Reader, medium_id: int, since: int) -> list[GradeRow]:
    """Returns the grades that were inherited from this media item after the grade `since`."""
    sql = f"SELECT {_GRADE} FROM grade WHERE inherited_from = ? AND id > ? ORDER BY id"
    return [_build_grade(row) for row in db.all(sql, (medium_id, since))]


def set_act(batch: Writer, grade_id: int, act: int) -> None:
    """Says that a grade is part of an act on many files, which its first grade names."""
    batch.execute("UPDATE grade SET act = ? WHERE id = ?", (act, grade_id))


def list_own_acts(db: Reader, user_id: int, since: str, most: int) -> list[tuple[int, int, int, int, str]]:
    """Returns (act, grade id, media item, report, grade) of a user's newest acts on many files that began since a time."""
    return [
        (act, grade_id, medium_id, report_id, grade)
        for act, grade_id, medium_id, report_id, grade in db.all(
            "SELECT act, id, media_item_id, report_id, grade FROM grade WHERE user_id = ?1 AND act IN"
            " (SELECT DISTINCT act FROM grade WHERE user_id = ?1 AND act IS NOT NULL AND given >= ?2 ORDER BY act DESC LIMIT ?3)"
            " ORDER BY act, id",
            (user_id, since, most),
        )
    ]


def delete_grades(batch: Writer, grade_ids: Iterable[int]) -> None:
    """Deletes these grades."""
    batch.executemany("DELETE FROM grade WHERE id = ?", ((i,) for i in grade_ids))


def list_graded_media(db: Reader, report_ids: Iterable[int] | None = None) -> list[int]:
    """Returns the media items that somebody graded, of these reports or of all."""
    if report_ids is None:
        return [i for (i,) in db.all("SELECT DISTINCT media_item_id FROM grade ORDER BY 1")]
    return sorted({i for held in load_graded_media(db, report_ids).values() for i in held})


def count_media_with_other_words(db: Reader, known: Collection[str]) -> int:
    """Returns how many media items have a grade that is not one of the `known` words."""
    sql = f"SELECT count(DISTINCT media_item_id) FROM grade WHERE grade NOT IN ({format_placeholders(len(known))})"
    return int(db.all(sql, tuple(known))[0][0])


def find_file_name(db: Reader, report_id: int, medium_id: int) -> str | None:
    """Returns the name of a media item in the report, or None; of several files the first one by path and name."""
    # The plus keeps the index of reports away: a report may have thousands of files.
    row = db.first("SELECT name FROM file WHERE media_item_id = ? AND +report_id = ? ORDER BY path, name", (medium_id, report_id))
    return None if row is None else row[0]


def load_graded_media(db: Reader, report_ids: Iterable[int]) -> dict[int, list[int]]:
    """Returns report -> its media items that somebody graded."""
    found: dict[int, list[int]] = {}
    for i, medium_id in db.all(
        "SELECT DISTINCT o.report_id, o.media_item_id FROM file o JOIN grade g ON g.media_item_id = o.media_item_id"
        " WHERE o.report_id IN (SELECT value FROM json_each(?))",
        (encode_json_array(report_ids),),
    ):
        found.setdefault(i, []).append(medium_id)
    return found
