"""SQL of matching media items: matches by hash or by a person, possible matches, rejected pairs, and hub images."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from triage.model.match_way import MatchWay, read_match_way
from triage.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class MediaMatchRow:
    """A match with another media item.

    `way` is seen from the media item whose matches were read. `user_id` and `said` (a time) are set once a person confirmed it.
    """

    other: int
    way: MatchWay
    user_id: int | None = None
    said: str | None = None


_HOW = (
    "coalesce(p.distance, n.distance) AS distance, coalesce(p.asked_item, n.asked_item), n.hash_kind, p.dhash_distance,"
    " coalesce(p.asked_window, n.asked_window), coalesce(p.found_window, n.found_window), coalesce(p.orientation, n.orientation),"
    " n.user_id, n.confirmed FROM media_match n LEFT JOIN possible_match p ON n.searched = 0 AND p.a = n.a AND p.b = n.b"
)
"""The columns of a match. Of a pair that a person confirmed while it was possible, the possible match's columns: they were
shown."""
_HOW_POSSIBLE = "p.distance, p.asked_item, 'pdq', p.dhash_distance, p.asked_window, p.found_window, p.orientation, NULL, NULL"
_UNSAID = "NOT EXISTS (SELECT 1 FROM rejected_match x WHERE x.a = n.a AND x.b = n.b)"


def load_facts_and_windows(db: Reader, medium_id: int) -> tuple[bytes, bytes, int] | None:
    """Returns the encoded facts, the packed window hashes and the PDQ quality of the image, or None unless it has both."""
    row = db.first(
        "SELECT m.facts, h.hashes, m.quality FROM image_hashes h JOIN media_item m ON m.id = h.media_item_id"
        " WHERE h.media_item_id = ?",
        (medium_id,),
    )
    return (row[0], row[1], row[2] or 0) if row and None not in row[:2] else None


def _build_match(medium_id: int, other: int, row: Sequence[Any]) -> MediaMatchRow:
    """Builds a match from the columns of _HOW. The stored way is reversed when the other media item asked."""
    distance, asked, hash_kind, dhash_distance, asked_window, found_window, orientation, user_id, said = row
    way = read_match_way(
        hash_kind,
        distance,
        asked_window=asked_window,
        found_window=found_window,
        orientation=orientation,
        dhash_distance=dhash_distance,
    )
    return MediaMatchRow(other, way if asked == medium_id else way.reverse(), user_id, said)


def _list_way_columns(way: MatchWay) -> tuple[int, str, str, str]:
    """Returns the columns distance, asked window, found window and orientation of a way."""
    return way.distance, way.asked_window, way.found_window, way.orientation


def save_match(batch: Writer, this: int, other: int, way: MatchWay) -> bool:
    """Stores a match that a search found; returns whether the pair is new.

    Of a known pair the nearer way is kept. Of two that are equally near, the one that the older media item asked is kept, so that
    the order of searches does not matter. What a person decided stands beside it. A possible match of the pair goes.
    """
    pair = (min(this, other), max(this, other))
    known = batch.first("SELECT distance, confirmed, searched, asked_item FROM media_match WHERE a = ? AND b = ?", pair)
    if known is not None and known[1] is not None:
        if not known[2]:
            batch.execute(
                "UPDATE media_match SET distance = ?, asked_window = ?, found_window = ?, orientation = ?, hash_kind = ?,"
                " asked_item = ?,"
                " searched = 1 WHERE a = ? AND b = ?",
                (*_list_way_columns(way), way.hash_kind, this, *pair),
            )
    elif known is None or (way.distance, this) <= (known[0], known[3]):
        batch.execute(
            "INSERT INTO media_match (a, b, distance, asked_window, found_window, orientation, hash_kind, asked_item)"
            " VALUES (?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET distance = excluded.distance,"
            " asked_window = excluded.asked_window, found_window = excluded.found_window, orientation = excluded.orientation,"
            " hash_kind = excluded.hash_kind, asked_item = excluded.asked_item, searched = 1, user_id = NULL",
            (*pair, *_list_way_columns(way), way.hash_kind, this),
        )
        batch.execute("DELETE FROM possible_match WHERE a = ? AND b = ?", pair)
    return known is None


def load_matches(db: Reader, medium_id: int, most: int = -1) -> list[MediaMatchRow]:
    """Returns the media item's matches, the nearest first, without those that a person rejected; at most `most`, -1 for all."""
    return [
        _build_match(medium_id, other, row)
        for other, *row in db.all(
            f"SELECT n.b, {_HOW} WHERE n.a = ?1 AND {_UNSAID}"
            f" UNION ALL SELECT n.a, {_HOW} WHERE n.b = ?1 AND {_UNSAID} ORDER BY 2, 1 LIMIT ?2",
            (medium_id, most),
        )
    ]


def find_match(db: Reader, medium_id: int, other: int) -> MediaMatchRow | None:
    """Returns the match of these two media items, or None when there is none or a person rejected it."""
    row = db.first(f"SELECT {_HOW} WHERE n.a = ? AND n.b = ? AND {_UNSAID}", (min(medium_id, other), max(medium_id, other)))
    return _build_match(medium_id, other, row) if row else None


def count_matches(db: Reader, medium_id: int, most: int) -> int:
    """Counts the media item's matches, rejected ones too, up to `most`."""
    return int(
        db.value(
            "SELECT count(*) FROM (SELECT 1 FROM media_match WHERE a = ?1 UNION ALL SELECT 1 FROM media_match"
            " WHERE b = ?1 LIMIT ?2)",
            (medium_id, most),
        )
    )


def confirm_match(batch: Writer, this: int, other: int, way: MatchWay, said: str, user_id: int) -> None:
    """Records that a person says that two media items are the same.

    `way` is their best match, seen from `this`; it is stored when no search has found the pair.
    """
    pair = (min(this, other), max(this, other))
    batch.execute("DELETE FROM rejected_match WHERE a = ? AND b = ?", pair)
    batch.execute(
        "INSERT INTO media_match (a, b, distance, asked_window, found_window, orientation, asked_item, searched,"
        " confirmed, user_id)"
        " VALUES (?,?,?,?,?,?,?,0,?,?) ON CONFLICT (a, b) DO UPDATE"
        " SET confirmed = excluded.confirmed, user_id = excluded.user_id",
        (*pair, *_list_way_columns(way), this, said, user_id),
    )


def reject_match(batch: Writer, a: int, b: int, said: str, user_id: int) -> None:
    """Records that a person says that two media items are not the same."""
    pair = (min(a, b), max(a, b))
    batch.execute("INSERT OR REPLACE INTO rejected_match (a, b, rejected, user_id) VALUES (?,?,?,?)", (*pair, said, user_id))


def withdraw_verdict(batch: Writer, a: int, b: int) -> bool:
    """Withdraws what people decided of the pair; returns whether there was a decision.

    A match that a search found stands again.
    """
    pair = (min(a, b), max(a, b))
    said = batch.execute("DELETE FROM rejected_match WHERE a = ? AND b = ?", pair)
    said += batch.execute("DELETE FROM media_match WHERE a = ? AND b = ? AND searched = 0 AND confirmed IS NOT NULL", pair)
    said += batch.execute(
        "UPDATE media_match SET confirmed = NULL, user_id = NULL WHERE a = ? AND b = ? AND confirmed IS NOT NULL", pair
    )
    return said > 0


def list_rejected(db: Reader, medium_id: int) -> list[int]:
    """Returns the media items that a person said are not the same as this one."""
    return [
        i
        for (i,) in db.all(
            "SELECT b FROM rejected_match WHERE a = ?1 UNION SELECT a FROM rejected_match WHERE b = ?1", (medium_id,)
        )
    ]


# -- possible pairs --------------------------------------------------------------------------------------------------------


def save_possible_match(batch: Writer, this: int, other: int, way: MatchWay) -> bool:
    """Stores a possible match; returns whether it is new.

    A pair that matches already or that a person rejected is not stored. Of a known pair the same way is kept as by `save_match`.
    """
    pair = (min(this, other), max(this, other))
    known = batch.first("SELECT 1 FROM possible_match WHERE a = ? AND b = ?", pair)
    kept = batch.execute(
        "INSERT INTO possible_match (a, b, distance, asked_window, found_window, orientation, dhash_distance, asked_item)"
        " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8"
        " WHERE NOT EXISTS (SELECT 1 FROM rejected_match WHERE a = ?1 AND b = ?2)"
        " AND NOT EXISTS (SELECT 1 FROM media_match WHERE a = ?1 AND b = ?2)"
        " ON CONFLICT (a, b) DO UPDATE SET (distance, asked_window, found_window, orientation, dhash_distance, asked_item) ="
        " (excluded.distance, excluded.asked_window, excluded.found_window, excluded.orientation, excluded.dhash_distance,"
        " excluded.asked_item) WHERE (excluded.distance, excluded.dhash_distance, excluded.asked_item) <="
        " (possible_match.distance, possible_match.dhash_distance, possible_match.asked_item)",
        (*pair, *_list_way_columns(way), way.dhash_distance, this),
    )
    return known is None and kept > 0


def load_possible_matches(db: Reader, medium_id: int) -> list[MediaMatchRow]:
    """Returns the media item's possible matches that nobody decided on, the nearest first."""
    return [
        _build_match(medium_id, other, row)
        for other, *row in db.all(
            f"SELECT b, {_HOW_POSSIBLE} FROM possible_match p WHERE a = ?1 AND p.waits"
            f" UNION ALL SELECT a, {_HOW_POSSIBLE} FROM possible_match p WHERE b = ?1 AND p.waits ORDER BY 2, 1",
            (medium_id,),
        )
    ]


def load_all_possible_matches(db: Reader, most: int) -> list[tuple[int, int, MediaMatchRow]]:
    """Returns up to `most` undecided (band, media item, possible match), of the gravest reports first, then the nearest."""
    return [
        (band, a, _build_match(a, b, row))
        for band, a, b, *row in db.all(
            f"SELECT p.band, p.a, p.b, {_HOW_POSSIBLE} FROM possible_match p"
            " WHERE p.waits = 1 ORDER BY p.band, p.distance, p.a, p.b LIMIT ?",
            (most,),
        )
    ]


def list_possible_keys(db: Reader) -> array[int]:
    """Returns (band, distance, a, b) of all undecided possible matches, one after the other, as `load_all_possible_matches`."""
    found = array("q")
    for row in db.each("SELECT band, distance, a, b FROM possible_match WHERE waits = 1 ORDER BY band, distance, a, b"):
        found.extend(row)
    return found


def find_possible_match(db: Reader, a: int, b: int) -> MediaMatchRow | None:
    """Returns the possible match of two media items that nobody decided on, or None."""
    row = db.first(f"SELECT {_HOW_POSSIBLE} FROM possible_match p WHERE p.a = ? AND p.b = ? AND p.waits = 1", (a, b))
    return None if row is None else _build_match(a, b, row)


def count_possible_matches(db: Reader) -> int:
    """Returns the number of possible matches that nobody decided on."""
    return int(db.value("SELECT n FROM row_count WHERE name = 'possible'"))


# -- hub images ------------------------------------------------------------------------------------------------------------


def add_hub(batch: Writer, medium_id: int) -> None:
    """Makes the image a hub image, which represents its near copies."""
    batch.execute("INSERT OR IGNORE INTO hub_image (media_item_id) VALUES (?)", (medium_id,))


def list_hubs(db: Reader) -> list[int]:
    """Returns all hub images."""
    return [i for (i,) in db.all("SELECT media_item_id FROM hub_image ORDER BY 1")]


def is_hub(db: Reader, medium_id: int) -> bool:
    """Returns whether the image is a hub image."""
    return db.value("SELECT 1 FROM hub_image WHERE media_item_id = ?", (medium_id,)) is not None


def list_hubs_of(db: Reader, medium_id: int) -> list[tuple[int, int]]:
    """Returns (hub image, distance in bits) of the hubs that the image matches, the nearest first."""
    return [
        (i, d)
        for i, d in db.all(
            "SELECT c.media_item_id, n.distance FROM media_match n JOIN hub_image c ON c.media_item_id = n.b"
            f" WHERE n.a = ?1 AND {_UNSAID}"
            " UNION ALL"
            " SELECT c.media_item_id, n.distance FROM media_match n JOIN hub_image c ON c.media_item_id = n.a"
            f" WHERE n.b = ?1 AND {_UNSAID}"
            " ORDER BY 2, 1",
            (medium_id,),
        )
    ]


_MEMBERS = (
    f"SELECT n.b AS id, n.distance FROM media_match n WHERE n.a = ?1 AND {_UNSAID}"
    f" UNION ALL SELECT n.a, n.distance FROM media_match n WHERE n.b = ?1 AND {_UNSAID}"
)


def count_hub_members(db: Reader, medium_id: int) -> int:
    """Returns the number of images that match the hub image, itself included."""
    return 1 + int(db.value(f"SELECT count(*) FROM ({_MEMBERS})", (medium_id,)))


def list_rejected_members(db: Reader, medium_id: int) -> list[tuple[int, int]]:
    """Returns (member that stays, member that goes) of each pair of the hub's members that a person rejected.

    The member nearer to the hub image stays.
    """
    rows = db.all(
        f"WITH member AS ({_MEMBERS}) SELECT x.a, x.b, m.distance, k.distance FROM rejected_match x JOIN member m ON m.id = x.a"
        " JOIN member k ON k.id = x.b ORDER BY 1, 2",
        (medium_id,),
    )
    return [(a, b) if (of_a, a) < (of_b, b) else (b, a) for a, b, of_a, of_b in rows]


def count_hub_reports(db: Reader, medium_id: int) -> int:
    """Returns how many reports hold an image of the hub; a bundle's files without a report count as one."""
    return int(
        db.value(
            f"WITH member AS ({_MEMBERS}) SELECT count(DISTINCT coalesce(o.report_id, -o.bundle_id)) FROM file o"
            " WHERE o.media_item_id = ?1 OR o.media_item_id IN (SELECT id FROM member)",
            (medium_id,),
        )
    )


def delete_matches(batch: Writer, medium_ids: Iterable[int]) -> None:
    """Deletes the matches of media items that are destroyed.

    The background comparison searches again for images that matched a destroyed hub image.
    """
    for medium_id in medium_ids:
        if is_hub(batch, medium_id):
            batch.execute(f"UPDATE image_hashes SET swept = 0 WHERE media_item_id IN (SELECT id FROM ({_MEMBERS}))", (medium_id,))
        batch.execute("DELETE FROM media_match WHERE a = ?1 OR b = ?1", (medium_id,))
