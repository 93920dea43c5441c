"""SQL of media items that match hashes of lists, of people's verdicts on them, and of the hashes held for review."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triage.model.match_way import MatchWay, read_match_way
from triage.store.database import Reader, Row, Writer
from triage.store.queries import build_gravest_band_sql, encode_json_array, format_placeholders, lists, split_into_chunks


@dataclass(frozen=True, slots=True)
class ListMatchRow:
    """A stored match of a file and an entry of a list.

    `same` is a person's verdict, None when nobody gave one. `held` is True when the hash matches too many files and no lead
    confirmed it.
    """

    sha256: str
    quality: int | None
    value: bytes
    list_id: int
    item_id: int
    way: MatchWay
    possible: bool
    same: bool | None
    held: bool


@dataclass(frozen=True, slots=True)
class HeldHashRow:
    """A hash that is held for review: `value` is a list's hash, or `medium_id` a hub image.

    `outcome` is 'confirmed' or 'rejected', or None while it waits for a lead.
    """

    id: int
    value: bytes | None
    medium_id: int | None
    since: str
    outcome: str | None
    decided: str | None
    user_id: int | None


@dataclass(frozen=True, slots=True)
class ListMatch:
    """A file of the store that matches an entry of a list. `quality` is PDQ's of the frame where the file is a video."""

    value: bytes
    medium_id: int
    list_id: int
    item_id: int
    way: MatchWay
    possible: bool
    quality: int | None


def save_list_matches(batch: Writer, found: Iterable[ListMatch]) -> None:
    """Stores list matches. A match replaces a possible match, and a nearer match replaces a farther one."""
    batch.executemany(
        "INSERT INTO list_match (value, media_item_id, list_id, entry_id, distance, crop_window, orientation, time_ms, possible,"
        " quality) VALUES (?,?,?,?,?,?,?,?,?,?)"
        " ON CONFLICT DO UPDATE SET distance = excluded.distance, crop_window = excluded.crop_window,"
        " orientation = excluded.orientation, time_ms = excluded.time_ms, possible = excluded.possible,"
        " quality = excluded.quality"
        " WHERE (excluded.possible, excluded.distance) < (list_match.possible, list_match.distance)",
        (
            (
                *(match.value, match.medium_id, match.list_id, match.item_id),
                *(match.way.distance, match.way.asked_window, match.way.orientation, match.way.time_ms),
                *(int(match.possible), match.quality),
            )
            for match in found
        ),
    )


def delete_list_matches(batch: Writer, list_id: int) -> None:
    """Deletes the matches of a list.

    A lead's decision on a held hash stays. A held hash without decision goes when no other list matches with it.
    """
    batch.execute("DELETE FROM list_match WHERE list_id = ?", (list_id,))
    batch.execute(
        "DELETE FROM held_hash WHERE outcome IS NULL AND value IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM list_match n WHERE n.value = held_hash.value)"
    )


_ROWS = (
    "SELECT m.sha256, coalesce(n.quality, m.quality), n.value, n.list_id, n.entry_id, n.distance, n.crop_window, n.orientation,"
    " n.time_ms, n.possible, s.is_same, h.id IS NOT NULL AND h.outcome IS NOT 'confirmed' FROM list_match n"
    " JOIN media_item m ON m.id = n.media_item_id LEFT JOIN list_verdict s ON s.value = n.value"
    " AND s.media_item_id = n.media_item_id"
    " LEFT JOIN held_hash h ON h.value = n.value"
)


def _build_list_match(row: Row) -> ListMatchRow:
    """Builds a match from the columns of _ROWS."""
    sha256, quality, value, list_id, item_id, distance, window, orientation, time_ms, possible, same, held = row
    answer = None if same is None else bool(same)
    way = read_match_way("pdq", distance, asked_window=window, orientation=orientation, time_ms=time_ms)
    return ListMatchRow(sha256, quality, value, list_id, item_id, way, bool(possible), answer, bool(held))


def load_list_matches(db: Reader, sha256s: Sequence[str]) -> list[ListMatchRow]:
    """Returns the list matches of the files with these SHA-256: matches before possible ones, the nearest first."""
    found: list[ListMatchRow] = []
    for part in split_into_chunks(sha256s):
        sql = (
            f"{_ROWS} WHERE m.sha256 IN ({format_placeholders(len(part))}) ORDER BY n.possible, n.distance, n.list_id, n.entry_id"
        )
        found += [_build_list_match(row) for row in db.all(sql, part)]
    return found


def load_matches_of_list(db: Reader, list_id: int) -> list[tuple[int, ListMatchRow]]:
    """Returns (media item, match) of the list's matches, without those that a person rejected."""
    return [
        (row[-1], _build_list_match(row[:-1]))
        for row in db.all(
            f"{_ROWS.replace(' FROM ', ', n.media_item_id FROM ', 1)} WHERE n.list_id = ? AND s.is_same IS NOT 0"
            " ORDER BY n.possible, n.distance, n.media_item_id, n.entry_id",
            (list_id,),
        )
    ]


def list_undecided(db: Reader, most: int) -> list[tuple[int, ListMatchRow]]:
    """Returns up to `most` undecided (band, possible match), of the gravest reports first, then the nearest."""
    with_band = _ROWS.replace(" FROM ", f", {build_gravest_band_sql('n.media_item_id')} AS band FROM ", 1)
    sql = f"{with_band} WHERE n.possible = 1 AND s.is_same IS NULL ORDER BY band, n.distance, m.sha256, n.value LIMIT ?"
    return [(row[-1], _build_list_match(row[:-1])) for row in db.all(sql, (most,))]


def is_undecided(db: Reader, row: ListMatchRow) -> bool:
    """Returns whether a possible match still stands and nobody decided on it."""
    sql = (
        "SELECT 1 FROM list_match n JOIN media_item m ON m.id = n.media_item_id LEFT JOIN list_verdict s ON s.value = n.value"
        " AND s.media_item_id = n.media_item_id WHERE m.sha256 = ? AND n.value = ? AND n.list_id = ? AND n.entry_id = ?"
        " AND n.possible = 1 AND s.is_same IS NULL"
    )
    return db.first(sql, (row.sha256, row.value, row.list_id, row.item_id)) is not None


def count_undecided(db: Reader) -> int:
    """Returns the number of possible list matches that nobody decided on."""
    return int(
        db.value(
            "SELECT count(*) FROM list_match n LEFT JOIN list_verdict s ON s.value = n.value"
            " AND s.media_item_id = n.media_item_id"
            " WHERE n.possible = 1 AND s.is_same IS NULL"
        )
    )


def has_match(db: Reader, value: bytes, medium_id: int) -> bool:
    """Returns whether the media item matches this hash of a list."""
    return db.value("SELECT 1 FROM list_match WHERE value = ? AND media_item_id = ?", (value, medium_id)) is not None


def save_verdict(batch: Writer, value: bytes, medium_id: int, same: bool, said: str, user_id: int) -> None:
    """Records a person's verdict whether the media item and the list's image are the same."""
    batch.execute(
        "INSERT OR REPLACE INTO list_verdict (value, media_item_id, is_same, decided, user_id) VALUES (?,?,?,?,?)",
        (value, medium_id, int(same), said, user_id),
    )


def delete_verdict(batch: Writer, value: bytes, medium_id: int) -> bool:
    """Deletes the verdict; returns whether there was one."""
    return batch.execute("DELETE FROM list_verdict WHERE value = ? AND media_item_id = ?", (value, medium_id)) > 0


def list_matching_reports(db: Reader, list_id: int) -> list[int]:
    """Returns the reports that hold a media item which matches the list, possible matches included."""
    return [
        i
        for (i,) in db.all(
            "SELECT DISTINCT o.report_id FROM list_match n JOIN file o ON o.media_item_id = n.media_item_id"
            " WHERE n.list_id = ? AND o.report_id IS NOT NULL",
            (list_id,),
        )
    ]


def list_reports_matching_hash(db: Reader, value: bytes) -> list[int]:
    """Returns the reports that hold a media item which matches this hash, possible matches included."""
    return [
        i
        for (i,) in db.all(
            "SELECT DISTINCT o.report_id FROM list_match n JOIN file o ON o.media_item_id = n.media_item_id"
            " WHERE n.value = ? AND o.report_id IS NOT NULL",
            (value,),
        )
    ]


# -- held for review -------------------------------------------------------------------------------------------------------


def list_hashes_to_hold(db: Reader, least: int) -> list[bytes]:
    """Returns the hashes of lists that match at least `least` different files and were never held."""
    return [
        v
        for (v,) in db.all(
            "SELECT n.value FROM list_match n WHERE n.possible = 0 AND NOT EXISTS (SELECT 1 FROM held_hash h"
            " WHERE h.value = n.value)"
            " GROUP BY n.value HAVING count(DISTINCT n.media_item_id) >= ?",
            (least,),
        )
    ]


def count_matches_of_hash(db: Reader, value: bytes) -> tuple[int, int]:
    """Returns (different files that match the hash, reports that hold them).

    A bundle's files without a report count as one report. Possible matches do not count.
    """
    row = db.first(
        "SELECT count(DISTINCT n.media_item_id), count(DISTINCT coalesce(o.report_id, -o.bundle_id)) FROM list_match n"
        " LEFT JOIN file o ON o.media_item_id = n.media_item_id WHERE n.value = ? AND n.possible = 0",
        (value,),
    )
    return (row[0], row[1]) if row else (0, 0)


def list_lists_with_hash(db: Reader, value: bytes) -> list[tuple[str, str]]:
    """Returns (name, date added) of the lists that hold this PDQ hash, without those that are not whole."""
    return [
        (name, added)
        for name, added in db.all(
            "SELECT DISTINCT l.name, l.added FROM list_hash h JOIN hash_list l ON l.id = h.list_id AND l.unfinished IS NULL"
            " WHERE h.hash_kind = 'pdq' AND h.value = ? ORDER BY 1",
            (value,),
        )
    ]


_HELD = "id, value, media_item_id, since, outcome, decided, user_id"


def hold_hash(batch: Writer, since: str, *, value: bytes | None = None, medium_id: int | None = None) -> int:
    """Holds a list's hash or a hub image for review; returns the id of the held hash."""
    return batch.insert("INSERT INTO held_hash (value, media_item_id, since) VALUES (?,?,?)", (value, medium_id, since))


def list_held_ids(db: Reader) -> array[int]:
    """Returns the ids of all held hashes, the undecided ones first."""
    return array("q", (i for (i,) in db.each("SELECT id FROM held_hash ORDER BY outcome IS NOT NULL, id")))


def load_held_hashes(db: Reader, ids: Iterable[int]) -> list[HeldHashRow]:
    """Returns these held hashes, the undecided ones first."""
    sql = f"SELECT {_HELD} FROM held_hash WHERE id IN (SELECT value FROM json_each(?)) ORDER BY outcome IS NOT NULL, id"
    return [HeldHashRow(*row) for row in db.all(sql, (encode_json_array(ids),))]


def count_undecided_held(db: Reader) -> int:
    """Returns the number of held hashes that wait for a lead."""
    return int(db.value("SELECT count(*) FROM held_hash WHERE outcome IS NULL"))


def save_held_decision(batch: Writer, held_id: int, outcome: str, decided: str, user_id: int) -> None:
    """Records a lead's decision on a held hash."""
    batch.execute("UPDATE held_hash SET outcome = ?, decided = ?, user_id = ? WHERE id = ?", (outcome, decided, user_id, held_id))


def withdraw_held_decision(batch: Writer, held_id: int) -> None:
    """Withdraws the decision on a held hash; the hash waits for a lead again."""
    batch.execute("UPDATE held_hash SET outcome = NULL, decided = NULL, user_id = NULL WHERE id = ?", (held_id,))


def find_held_hub(db: Reader, medium_id: int) -> HeldHashRow | None:
    """Returns the held hash of the hub image, or None."""
    row = db.first(f"SELECT {_HELD} FROM held_hash WHERE media_item_id = ?", (medium_id,))
    return HeldHashRow(*row) if row else None


def find_held_values(db: Reader, values: Sequence[bytes]) -> set[bytes]:
    """Returns those of these hashes that are held and not confirmed."""
    return {
        v
        for part in split_into_chunks(values)
        for (v,) in db.all(
            f"SELECT value FROM held_hash WHERE outcome IS NOT 'confirmed' AND value IN ({format_placeholders(len(part))})", part
        )
    }


def find_reports_of_list(db: Reader, list_id: int) -> set[int]:
    """Returns the reports with a file that the list holds, exactly or as a match."""
    return {*lists.list_reports_with_exact_matches(db, list_id), *list_matching_reports(db, list_id)}
