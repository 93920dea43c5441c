"""SQL of victim identification: series, their media, clues and recorded states."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from triage.model.media import ImageCrop
from triage.store.database import Reader, Writer
from triage.store.queries import encode_json_array


@dataclass(frozen=True, slots=True)
class SeriesData:
    """A series with its counts and its last state, None when nobody recorded one."""

    id: int
    number: str
    opened: str
    user_id: int
    media: int
    reports: int
    clues: int
    state: str | None


@dataclass(frozen=True, slots=True)
class ClueData:
    """A clue that stands."""

    id: int
    kind: str
    words: str
    sha256: str | None
    added: str
    user_id: int
    crop: ImageCrop | None
    crop_at_ms: int | None


_SERIES = (
    "SELECT s.id, s.number, s.opened, s.user_id,"
    " (SELECT count(*) FROM victim_series_media m WHERE m.series_id = s.id),"
    " (SELECT count(DISTINCT o.report_id) FROM victim_series_media m JOIN file o ON o.media_item_id = m.media_item_id"
    "  WHERE m.series_id = s.id),"
    " (SELECT count(*) FROM victim_clue c WHERE c.series_id = s.id AND c.withdrawn IS NULL),"
    " (SELECT t.state FROM victim_state t WHERE t.series_id = s.id ORDER BY t.id DESC LIMIT 1) FROM victim_series s"
)


def next_series_number(db: Reader, year: str) -> str:
    """Returns the next free number of the year, such as V-2026-0001. Series are never deleted."""
    last = db.value("SELECT max(CAST(substr(number, 8) AS INTEGER)) FROM victim_series WHERE number LIKE ?", (f"V-{year}-%",))
    return f"V-{year}-{(last or 0) + 1:04d}"


def add_series(batch: Writer, number: str, opened: str, user_id: int) -> int:
    """Adds a series; returns its id."""
    return batch.insert("INSERT INTO victim_series (number, opened, user_id) VALUES (?,?,?)", (number, opened, user_id))


def list_series(db: Reader) -> list[SeriesData]:
    """Returns all series, the newest first."""
    return [SeriesData(*row) for row in db.all(f"{_SERIES} ORDER BY s.id DESC")]


def find_series(db: Reader, number: str) -> SeriesData | None:
    """Returns the series with this number, or None."""
    row = db.first(f"{_SERIES} WHERE s.number = ?", (number,))
    return SeriesData(*row) if row else None


def add_media(batch: Writer, series_id: int, medium_id: int, added: str, user_id: int) -> bool:
    """Puts a media item into the series; returns whether it was not in it."""
    sql = "INSERT OR IGNORE INTO victim_series_media (series_id, media_item_id, added, user_id) VALUES (?,?,?,?)"
    return batch.execute(sql, (series_id, medium_id, added, user_id)) > 0


def remove_media(batch: Writer, series_id: int, medium_id: int) -> bool:
    """Takes a media item out of the series; returns whether it was in it."""
    sql = "DELETE FROM victim_series_media WHERE series_id = ? AND media_item_id = ?"
    return batch.execute(sql, (series_id, medium_id)) > 0


def list_media(db: Reader, series_id: int) -> list[int]:
    """Returns the media items of the series, in ascending order."""
    sql = "SELECT media_item_id FROM victim_series_media WHERE series_id = ? ORDER BY 1"
    return [medium for (medium,) in db.all(sql, (series_id,))]


def add_clue(
    batch: Writer,
    series_id: int,
    medium_id: int | None,
    kind: str,
    words: str,
    added: str,
    user_id: int,
    *,
    crop: ImageCrop | None = None,
    crop_at_ms: int | None = None,
) -> int:
    """Adds a clue; returns its id."""
    numbers = (None,) * 4 if crop is None else (crop.left, crop.top, crop.right, crop.bottom)
    return batch.insert(
        "INSERT INTO victim_clue (series_id, media_item_id, kind, words, added, user_id, crop_left, crop_top, crop_right,"
        " crop_bottom, crop_at_ms) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        (series_id, medium_id, kind, words, added, user_id, *numbers, crop_at_ms),
    )


def withdraw_clue(batch: Writer, series_id: int, clue_id: int, withdrawn: str, user_id: int) -> bool:
    """Withdraws a clue of the series; returns whether it stood."""
    return (
        batch.execute(
            "UPDATE victim_clue SET withdrawn = ?, withdrawn_by = ? WHERE id = ? AND series_id = ? AND withdrawn IS NULL",
            (withdrawn, user_id, clue_id, series_id),
        )
        > 0
    )


def list_clues(db: Reader, series_id: int) -> list[ClueData]:
    """Returns the clues of the series that stand, the oldest first."""
    return [
        ClueData(
            id=clue,
            kind=kind,
            words=words,
            sha256=sha256,
            added=added,
            user_id=user_id,
            crop=None if left is None else ImageCrop(left, top, right, bottom),
            crop_at_ms=at_ms,
        )
        for clue, kind, words, sha256, added, user_id, left, top, right, bottom, at_ms in db.all(
            "SELECT c.id, c.kind, c.words, m.sha256, c.added, c.user_id, c.crop_left, c.crop_top, c.crop_right, c.crop_bottom,"
            " c.crop_at_ms FROM victim_clue c"
            " LEFT JOIN media_item m ON m.id = c.media_item_id WHERE c.series_id = ? AND c.withdrawn IS NULL ORDER BY c.id",
            (series_id,),
        )
    ]


def list_all_clues(db: Reader) -> list[tuple[str, str, str]]:
    """Returns (series, kind, words) of every clue that stands, the newest first."""
    return [
        (number, kind, words)
        for number, kind, words in db.all(
            "SELECT s.number, c.kind, c.words FROM victim_clue c JOIN victim_series s ON s.id = c.series_id"
            " WHERE c.withdrawn IS NULL ORDER BY c.id DESC"
        )
    ]


def add_state(batch: Writer, series_id: int, state: str, source: str, note: str | None, recorded: str, user_id: int) -> int:
    """Records a state of the series; returns its id."""
    return batch.insert(
        "INSERT INTO victim_state (series_id, state, source, note, recorded, user_id) VALUES (?,?,?,?,?,?)",
        (series_id, state, source, note, recorded, user_id),
    )


def list_states(db: Reader, series_id: int) -> list[tuple[str, str, str | None, str, int]]:
    """Returns (state, source, note, recorded, user) of the series, the oldest first."""
    return [
        (state, source, note, recorded, user)
        for state, source, note, recorded, user in db.all(
            "SELECT state, source, note, recorded, user_id FROM victim_state WHERE series_id = ? ORDER BY id", (series_id,)
        )
    ]


def load_series_of_media(db: Reader, medium_ids: Iterable[int]) -> dict[int, list[tuple[str, str | None]]]:
    """Returns media item -> (number, last state or None) of each of its series, the oldest first."""
    found: dict[int, list[tuple[str, str | None]]] = {}
    for medium, number, state in db.all(
        "SELECT m.media_item_id, s.number,"
        " (SELECT t.state FROM victim_state t WHERE t.series_id = s.id ORDER BY t.id DESC LIMIT 1)"
        " FROM victim_series_media m JOIN victim_series s ON s.id = m.series_id"
        " WHERE m.media_item_id IN (SELECT value FROM json_each(?)) ORDER BY m.media_item_id, s.id",
        (encode_json_array(medium_ids),),
    ):
        found.setdefault(medium, []).append((number, state))
    return found


def erase_series_of_media(batch: Writer, medium_ids: Iterable[int]) -> None:
    """Erases clues and states of series that hold no media but these, before these are destroyed.

    The series' number stays, so that it is not given again.
    """
    those = encode_json_array(medium_ids)
    for table in ("victim_clue", "victim_state"):
        batch.execute(
            f"DELETE FROM {table} WHERE series_id IN (SELECT series_id FROM victim_series_media"
            " WHERE media_item_id IN (SELECT value FROM json_each(?1)))"
            f" AND NOT EXISTS (SELECT 1 FROM victim_series_media m WHERE m.series_id = {table}.series_id"
            " AND m.media_item_id NOT IN (SELECT value FROM json_each(?1)))",
            (those,),
        )
