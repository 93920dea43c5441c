"""SQL of what is kept of grades for lists: which are open, in their order, and how often two people gave which grades.

Triggers put each media item whose grades change into `grade_changed`, and drop what was kept of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from triage.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class KeptGrade:
    """What is kept of a media item's grades."""

    medium_id: int
    waits: int | None
    """0: two people disagree. 1: open otherwise. None: not open."""
    since: str | None
    """When the last grade for court was given; None when the grade is not open."""
    pair: tuple[str, str] | None
    """The grades of two people who graded blind, in alphabetical order."""


def iterate_open_grades(db: Reader, waits: int) -> Iterator[tuple[str, int]]:
    """Yields (since, media item) of the kept grades that are open in this way, in order."""
    found = db.each(
        "SELECT since, media_item_id FROM grade_work INDEXED BY grade_work_order WHERE waits = ? ORDER BY since, media_item_id",
        (waits,),
    )
    return ((since, medium_id) for since, medium_id in found)


def load_kept_grades(db: Reader, after: int, limit: int) -> list[KeptGrade]:
    """Returns what is kept of so many media items, in the order of their ids, from the one after `after` on."""
    rows = db.all(
        "SELECT w.media_item_id, w.waits, w.since, p.low, p.high FROM grade_work w LEFT JOIN grade_pair p ON p.id = w.pair"
        " WHERE w.media_item_id > ? ORDER BY w.media_item_id LIMIT ?",
        (after, limit),
    )
    return [KeptGrade(i, waits, since, None if low is None else (low, high)) for i, waits, since, low, high in rows]


def load_kept_pairs(db: Reader) -> list[tuple[str, str, int]]:
    """Returns (a grade, a grade, how often) of the media items whose grades are kept."""
    return [(low, high, n) for low, high, n in db.all("SELECT low, high, n FROM grade_pair WHERE n > 0")]


def list_changed_media(db: Reader, limit: int = -1) -> list[int]:
    """Returns the media items of whose grades nothing is kept yet; `limit` -1 means all."""
    return [i for (i,) in db.all("SELECT media_item_id FROM grade_changed ORDER BY 1 LIMIT ?", (limit,))]


def has_more_changed(db: Reader, than: int) -> bool:
    """Returns whether more than so many media items changed since they were kept."""
    return db.first("SELECT 1 FROM grade_changed LIMIT 1 OFFSET ?", (than,)) is not None


def save_grades(batch: Writer, kept: Iterable[KeptGrade]) -> None:
    """Keeps what was worked out of media items that changed."""
    rows = list(kept)
    batch.executemany("INSERT OR IGNORE INTO grade_pair (low, high) VALUES (?,?)", sorted({row.pair for row in rows if row.pair}))
    batch.executemany(
        "INSERT INTO grade_work VALUES (?,?,?,(SELECT id FROM grade_pair WHERE low = ? AND high = ?))",
        ((row.medium_id, row.waits, row.since, *(row.pair or (None, None))) for row in rows),
    )
    batch.executemany("DELETE FROM grade_changed WHERE media_item_id = ?", ((row.medium_id,) for row in rows))
