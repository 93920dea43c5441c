"""Where pictures of the store meet hashes of lists, what people said of it, and the hashes that are held for review."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triage.model.match_way import CropWindow, MatchWay, Orientation
from triage.store.database import Reader, Row, Writer
from triage.store.queries import chunks, gravest_band, lists, marks


@dataclass(frozen=True, slots=True)
class ListNearRow:
    """`same` is what a person said of it, None when nobody did; `held` when the hash matches too many, unless confirmed."""

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
class HeldRow:
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


def add(batch: Writer, found: Iterable[ListMatch]) -> None:
    """A match takes the place of a possible one, a nearer one that of a farther."""
    batch.executemany(
        "INSERT INTO list_match (value, media_item_id, list_id, entry_id, distance, crop_window, orientation, time_ms, possible,"
        " quality) VALUES (?,?,?,?,?,?,?,?,?,?)"
        " ON CONFLICT DO UPDATE SET distance = excluded.distance, crop_window = excluded.crop_window,"
        " orientation = excluded.orientation, time_ms = excluded.time_ms, possible = excluded.possible,"
        " quality = excluded.quality, by_earlier_rule = 0"
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


def earlier(db: Reader, most: int) -> list[int]:
    """Media with matches that an earlier rule made."""
    sql = "SELECT DISTINCT media_item_id FROM list_match WHERE by_earlier_rule = 1 ORDER BY 1 LIMIT ?"
    return [i for (i,) in db.all(sql, (most,))]


def count_earlier(db: Reader) -> int:
    """Such media."""
    return int(db.value("SELECT count(DISTINCT media_item_id) FROM list_match WHERE by_earlier_rule = 1"))


def earlier_of(db: Reader, medium_id: int) -> list[tuple[bytes, int, int]]:
    """Such matches of a medium: (value, list, item)."""
    sql = "SELECT value, list_id, entry_id FROM list_match WHERE media_item_id = ? AND by_earlier_rule = 1 ORDER BY 1, 2, 3"
    return [(value, list_id, item_id) for value, list_id, item_id in db.all(sql, (medium_id,))]


def judge_anew(batch: Writer, medium_id: int, only_possible: Iterable[tuple[bytes, int, int]]) -> None:
    """Matches of an earlier rule stand, but these, which are only possible now."""
    batch.executemany(
        "UPDATE list_match SET possible = 1 WHERE media_item_id = ? AND value = ? AND list_id = ? AND entry_id = ?",
        [(medium_id, *row) for row in only_possible],
    )
    batch.execute("UPDATE list_match SET by_earlier_rule = 0 WHERE media_item_id = ? AND by_earlier_rule = 1", (medium_id,))


def remove_list(batch: Writer, list_id: int) -> None:
    """What a lead said of a held hash stays; what nobody judged yet is held anew when a list brings it again."""
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


def _row(row: Row) -> ListNearRow:
    sha256, quality, value, list_id, item_id, distance, window, orientation, time_ms, possible, same, held = row
    answer = None if same is None else bool(same)
    way = MatchWay(
        hash_kind="pdq",
        distance=distance,
        asked_window=CropWindow(window),
        orientation=Orientation(orientation),
        time_ms=time_ms,
    )
    return ListNearRow(sha256, quality, value, list_id, item_id, way, bool(possible), answer, bool(held))


def of_files(db: Reader, sha256s: Sequence[str]) -> list[ListNearRow]:
    found: list[ListNearRow] = []
    for part in chunks(sha256s):
        sql = f"{_ROWS} WHERE m.sha256 IN ({marks(len(part))}) ORDER BY n.possible, n.distance, n.list_id, n.entry_id"
        found += [_row(row) for row in db.all(sql, part)]
    return found


def of_list(db: Reader, list_id: int) -> list[tuple[int, ListNearRow]]:
    """(medium, row), without what a person said is not the same."""
    return [
        (row[-1], _row(row[:-1]))
        for row in db.all(
            f"{_ROWS.replace(' FROM ', ', n.media_item_id FROM ', 1)} WHERE n.list_id = ? AND s.is_same IS NOT 0"
            " ORDER BY n.possible, n.distance, n.media_item_id, n.entry_id",
            (list_id,),
        )
    ]


def waiting(db: Reader, most: int) -> list[tuple[int, ListNearRow]]:
    """(band, possible meeting) of those that nobody has judged: of the gravest reports first, then the nearest."""
    with_band = _ROWS.replace(" FROM ", f", {gravest_band('n.media_item_id')} AS band FROM ", 1)
    sql = f"{with_band} WHERE n.possible = 1 AND s.is_same IS NULL ORDER BY band, n.distance, m.sha256, n.value LIMIT ?"
    return [(row[-1], _row(row[:-1])) for row in db.all(sql, (most,))]


def count_waiting(db: Reader) -> int:
    return int(
        db.value(
            "SELECT count(*) FROM list_match n LEFT JOIN list_verdict s ON s.value = n.value"
            " AND s.media_item_id = n.media_item_id"
            " WHERE n.possible = 1 AND s.is_same IS NULL"
        )
    )


def meets(db: Reader, value: bytes, medium_id: int) -> bool:
    return db.value("SELECT 1 FROM list_match WHERE value = ? AND media_item_id = ?", (value, medium_id)) is not None


def say(batch: Writer, value: bytes, medium_id: int, same: bool, said: str, user_id: int) -> None:
    batch.execute(
        "INSERT OR REPLACE INTO list_verdict (value, media_item_id, is_same, decided, user_id) VALUES (?,?,?,?,?)",
        (value, medium_id, int(same), said, user_id),
    )


def unsay(batch: Writer, value: bytes, medium_id: int) -> bool:
    return batch.execute("DELETE FROM list_verdict WHERE value = ? AND media_item_id = ?", (value, medium_id)) > 0


def reports_of(db: Reader, list_id: int) -> list[int]:
    return [
        i
        for (i,) in db.all(
            "SELECT DISTINCT o.report_id FROM list_match n JOIN file o ON o.media_item_id = n.media_item_id"
            " WHERE n.list_id = ? AND o.report_id IS NOT NULL",
            (list_id,),
        )
    ]


def reports_near(db: Reader, value: bytes) -> list[int]:
    """Reports that hold a picture which matches this hash."""
    return [
        i
        for (i,) in db.all(
            "SELECT DISTINCT o.report_id FROM list_match n JOIN file o ON o.media_item_id = n.media_item_id"
            " WHERE n.value = ? AND o.report_id IS NOT NULL",
            (value,),
        )
    ]


# -- held for review -------------------------------------------------------------------------------------------------------


def crowded(db: Reader, least: int) -> list[bytes]:
    """Hashes of lists that match so many different files and are not held yet, or were decided."""
    return [
        v
        for (v,) in db.all(
            "SELECT n.value FROM list_match n WHERE n.possible = 0 AND NOT EXISTS (SELECT 1 FROM held_hash h"
            " WHERE h.value = n.value)"
            " GROUP BY n.value HAVING count(DISTINCT n.media_item_id) >= ?",
            (least,),
        )
    ]


def spread(db: Reader, value: bytes) -> tuple[int, int]:
    """(different files that match, reports they lie in; a bundle's media without a report are one)"""
    row = db.one(
        "SELECT count(DISTINCT n.media_item_id), count(DISTINCT coalesce(o.report_id, -o.bundle_id)) FROM list_match n"
        " LEFT JOIN file o ON o.media_item_id = n.media_item_id WHERE n.value = ? AND n.possible = 0",
        (value,),
    )
    return (row[0], row[1]) if row else (0, 0)


def lists_of(db: Reader, value: bytes) -> list[tuple[str, str]]:
    """(name, date) of the lists that hold a picture's hash."""
    return [
        (name, added)
        for name, added in db.all(
            "SELECT DISTINCT l.name, l.added FROM list_hash h JOIN hash_list l ON l.id = h.list_id"
            " WHERE h.hash_kind = 'pdq' AND h.value = ? ORDER BY 1",
            (value,),
        )
    ]


_HELD = "id, value, media_item_id, since, outcome, decided, user_id"


def hold(batch: Writer, since: str, *, value: bytes | None = None, medium_id: int | None = None) -> int:
    return batch.insert("INSERT INTO held_hash (value, media_item_id, since) VALUES (?,?,?)", (value, medium_id, since))


def held(db: Reader, held_id: int | None = None) -> list[HeldRow]:
    """All, those that wait first, or one."""
    sql = f"SELECT {_HELD} FROM held_hash WHERE ?1 IS NULL OR id = ?1 ORDER BY outcome IS NOT NULL, id"
    return [HeldRow(*row) for row in db.all(sql, (held_id,))]


def count_held(db: Reader) -> int:
    return int(db.value("SELECT count(*) FROM held_hash WHERE outcome IS NULL"))


def decide(batch: Writer, held_id: int, outcome: str, decided: str, user_id: int) -> None:
    batch.execute("UPDATE held_hash SET outcome = ?, decided = ?, user_id = ? WHERE id = ?", (outcome, decided, user_id, held_id))


def undecide(batch: Writer, held_id: int) -> None:
    """It waits for a lead again."""
    batch.execute("UPDATE held_hash SET outcome = NULL, decided = NULL, user_id = NULL WHERE id = ?", (held_id,))


def of_crowd(db: Reader, medium_id: int) -> HeldRow | None:
    row = db.one(f"SELECT {_HELD} FROM held_hash WHERE media_item_id = ?", (medium_id,))
    return HeldRow(*row) if row else None


def of_values(db: Reader, values: Sequence[bytes]) -> set[bytes]:
    """Of these the ones that are held and not confirmed."""
    return {
        v
        for part in chunks(values)
        for (v,) in db.all(
            f"SELECT value FROM held_hash WHERE outcome IS NOT 'confirmed' AND value IN ({marks(len(part))})", part
        )
    }


def reports_of_list(db: Reader, list_id: int) -> set[int]:
    """Reports with a file that the list holds, exactly or nearly."""
    return {*lists.reports_hit(db, list_id), *reports_of(db, list_id)}
