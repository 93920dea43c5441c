"""Which media are alike, possibly alike, or said by a person to be the same or not; and the pictures that stand for crowds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from triage.model.match_way import CropWindow, MatchWay, Orientation
from triage.store.database import Reader, Writer
from triage.store.queries import gravest_band


@dataclass(frozen=True, slots=True)
class NearRow:
    """`way` is seen from the medium that was asked for. `user_id` and `said` are set once a person joined the two."""

    other: int
    way: MatchWay
    user_id: int | None = None
    said: str | None = None


_HOW = (
    "coalesce(p.distance, n.distance) AS distance, coalesce(p.asked_item, n.asked_item), n.hash_kind, p.dhash_distance,"
    " coalesce(p.asked_window, n.asked_window), coalesce(p.found_window, n.found_window), coalesce(p.orientation, n.orientation),"
    " n.user_id, n.confirmed FROM media_match n LEFT JOIN possible_match p ON n.searched = 0 AND p.a = n.a AND p.b = n.b"
)
"""Of a pair that a person joined since it was possible, how it was: that is why they were asked."""
_HOW_POSSIBLE = "p.distance, p.asked_item, 'pdq', p.dhash_distance, p.asked_window, p.found_window, p.orientation, NULL, NULL"
_UNSAID = "NOT EXISTS (SELECT 1 FROM rejected_match x WHERE x.a = n.a AND x.b = n.b)"


def _near_row(medium_id: int, other: int, row: Sequence[Any]) -> NearRow:
    """From the columns of _HOW. The way is stored as seen from the medium that asked; an old row may not say which did."""
    distance, asked, hash_kind, dhash_distance, asked_window, found_window, orientation, user_id, said = row
    way = MatchWay(
        hash_kind=hash_kind,
        distance=distance,
        asked_window=CropWindow(asked_window),
        found_window=CropWindow(found_window),
        orientation=Orientation(orientation),
        dhash_distance=dhash_distance,
    )
    return NearRow(other, way if asked in (None, medium_id) else way.reverse(), user_id, said)


def _way_columns(way: MatchWay) -> tuple[int, str, str, str]:
    return way.distance, way.asked_window, way.found_window, way.orientation


def add_near(batch: Writer, this: int, other: int, way: MatchWay) -> bool:
    """Whether the pair is a new one; of a known pair the nearest way is kept, of two that are equally near what the older picture
    asked, so that it does not matter which of the two asked first. What a person said of them stands beside it."""
    pair = (min(this, other), max(this, other))
    known = batch.one(
        "SELECT distance, confirmed, searched, coalesce(asked_item, 0) FROM media_match WHERE a = ? AND b = ?", pair
    )
    if known is not None and known[1] is not None:
        if not known[2]:
            batch.execute(
                "UPDATE media_match SET distance = ?, asked_window = ?, found_window = ?, orientation = ?, hash_kind = ?,"
                " asked_item = ?,"
                " searched = 1 WHERE a = ? AND b = ?",
                (*_way_columns(way), way.hash_kind, this, *pair),
            )
    elif known is None or (way.distance, this) <= (known[0], known[3]):
        batch.execute(
            "INSERT OR REPLACE INTO media_match (a, b, distance, asked_window, found_window, orientation, hash_kind, asked_item)"
            " VALUES (?,?,?,?,?,?,?,?)",
            (*pair, *_way_columns(way), way.hash_kind, this),
        )
        batch.execute("DELETE FROM possible_match WHERE a = ? AND b = ?", pair)
    return known is None


def near(db: Reader, medium_id: int, most: int = -1) -> list[NearRow]:
    """Those that are alike, nearest first, without those that a person said are not the same."""
    return [
        _near_row(medium_id, other, row)
        for other, *row in db.all(
            f"SELECT n.b, {_HOW} WHERE n.a = ?1 AND {_UNSAID}"
            f" UNION ALL SELECT n.a, {_HOW} WHERE n.b = ?1 AND {_UNSAID} ORDER BY 2, 1 LIMIT ?2",
            (medium_id, most),
        )
    ]


def near_one(db: Reader, medium_id: int, other: int) -> NearRow | None:
    row = db.one(f"SELECT {_HOW} WHERE n.a = ? AND n.b = ? AND {_UNSAID}", (min(medium_id, other), max(medium_id, other)))
    return _near_row(medium_id, other, row) if row else None


def count_near(db: Reader, medium_id: int, most: int) -> int:
    """How many are tied to it by a hash or a person, counted up to `most`."""
    return int(
        db.value(
            "SELECT count(*) FROM (SELECT 1 FROM media_match WHERE a = ?1 UNION ALL SELECT 1 FROM media_match"
            " WHERE b = ?1 LIMIT ?2)",
            (medium_id, most),
        )
    )


def join(batch: Writer, this: int, other: int, way: MatchWay, said: str, user_id: int) -> None:
    """A person says that two are the same. `way` is how they match at best, seen from `this`, should no search find them."""
    pair = (min(this, other), max(this, other))
    batch.execute("DELETE FROM rejected_match WHERE a = ? AND b = ?", pair)
    batch.execute(
        "INSERT INTO media_match (a, b, distance, asked_window, found_window, orientation, asked_item, searched,"
        " confirmed, user_id)"
        " VALUES (?,?,?,?,?,?,?,0,?,?) ON CONFLICT (a, b) DO UPDATE"
        " SET confirmed = excluded.confirmed, user_id = excluded.user_id",
        (*pair, *_way_columns(way), this, said, user_id),
    )


def set_apart(batch: Writer, a: int, b: int, said: str, user_id: int) -> None:
    pair = (min(a, b), max(a, b))
    batch.execute("INSERT OR REPLACE INTO rejected_match (a, b, rejected, user_id) VALUES (?,?,?,?)", (*pair, said, user_id))


def unsay(batch: Writer, a: int, b: int) -> bool:
    """What people said of two is taken back, and what a search found of them stands again; whether anything was said."""
    pair = (min(a, b), max(a, b))
    said = batch.execute("DELETE FROM rejected_match WHERE a = ? AND b = ?", pair)
    said += batch.execute("DELETE FROM media_match WHERE a = ? AND b = ? AND searched = 0 AND confirmed IS NOT NULL", pair)
    said += batch.execute(
        "UPDATE media_match SET confirmed = NULL, user_id = NULL WHERE a = ? AND b = ? AND confirmed IS NOT NULL", pair
    )
    return said > 0


def apart_from(db: Reader, medium_id: int) -> list[int]:
    return [
        i
        for (i,) in db.all(
            "SELECT b FROM rejected_match WHERE a = ?1 UNION SELECT a FROM rejected_match WHERE b = ?1", (medium_id,)
        )
    ]


# -- possible pairs --------------------------------------------------------------------------------------------------------

_WAITS = (
    "NOT EXISTS (SELECT 1 FROM rejected_match x WHERE x.a = p.a AND x.b = p.b)"
    " AND NOT EXISTS (SELECT 1 FROM media_match n WHERE n.a = p.a AND n.b = p.b)"
)
"""A pair that people spoke of waits no more; its row stays, for what was said may be taken back."""


def add_possible(batch: Writer, this: int, other: int, way: MatchWay) -> bool:
    """Whether it is a new question for a person: nothing is asked of a pair that is alike or was said apart. Of a known one that
    way is kept which `add_near` would keep."""
    pair = (min(this, other), max(this, other))
    known = batch.one("SELECT 1 FROM possible_match WHERE a = ? AND b = ?", pair)
    kept = batch.execute(
        "INSERT INTO possible_match (a, b, distance, asked_window, found_window, orientation, dhash_distance, asked_item)"
        " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8"
        " WHERE NOT EXISTS (SELECT 1 FROM rejected_match WHERE a = ?1 AND b = ?2)"
        " AND NOT EXISTS (SELECT 1 FROM media_match WHERE a = ?1 AND b = ?2)"
        " ON CONFLICT (a, b) DO UPDATE SET (distance, asked_window, found_window, orientation, dhash_distance, asked_item) ="
        " (excluded.distance, excluded.asked_window, excluded.found_window, excluded.orientation, excluded.dhash_distance,"
        " excluded.asked_item) WHERE (excluded.distance, excluded.dhash_distance, excluded.asked_item) <="
        " (possible_match.distance, possible_match.dhash_distance, possible_match.asked_item)",
        (*pair, *_way_columns(way), way.dhash_distance, this),
    )
    return known is None and kept > 0


def possible(db: Reader, medium_id: int) -> list[NearRow]:
    return [
        _near_row(medium_id, other, row)
        for other, *row in db.all(
            f"SELECT b, {_HOW_POSSIBLE} FROM possible_match p WHERE a = ?1 AND {_WAITS}"
            f" UNION ALL SELECT a, {_HOW_POSSIBLE} FROM possible_match p WHERE b = ?1 AND {_WAITS} ORDER BY 2, 1",
            (medium_id,),
        )
    ]


def all_possible(db: Reader, most: int) -> list[tuple[int, int, NearRow]]:
    """(band, medium, the other): of the gravest reports first, then the nearest."""
    return [
        (band, a, _near_row(a, b, row))
        for band, a, b, *row in db.all(
            f"SELECT {gravest_band('p.a, p.b')} AS band, p.a, p.b, {_HOW_POSSIBLE} FROM possible_match p"
            f" WHERE {_WAITS} ORDER BY band, p.distance, p.a, p.b LIMIT ?",
            (most,),
        )
    ]


def count_possible(db: Reader) -> int:
    return int(db.value(f"SELECT count(*) FROM possible_match p WHERE {_WAITS}"))


# -- crowds ----------------------------------------------------------------------------------------------------------------


def add_crowd(batch: Writer, medium_id: int) -> None:
    batch.execute("INSERT OR IGNORE INTO hub_image (media_item_id) VALUES (?)", (medium_id,))


def crowds(db: Reader) -> list[int]:
    return [i for (i,) in db.all("SELECT media_item_id FROM hub_image ORDER BY 1")]


def is_crowd(db: Reader, medium_id: int) -> bool:
    return db.value("SELECT 1 FROM hub_image WHERE media_item_id = ?", (medium_id,)) is not None


def crowds_of(db: Reader, medium_id: int) -> list[tuple[int, int]]:
    """(picture that stands for a crowd, distance) of those that this one is tied to, nearest first."""
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


def crowd_size(db: Reader, medium_id: int) -> int:
    """With the picture that stands for it."""
    return 1 + int(db.value(f"SELECT count(*) FROM ({_MEMBERS})", (medium_id,)))


def apart_within(db: Reader, medium_id: int) -> list[tuple[int, int]]:
    """Of a crowd's members, (the one that stays, the one that goes) of each pair that a person said apart: the nearer stays."""
    rows = db.all(
        f"WITH member AS ({_MEMBERS}) SELECT x.a, x.b, m.distance, k.distance FROM rejected_match x JOIN member m ON m.id = x.a"
        " JOIN member k ON k.id = x.b ORDER BY 1, 2",
        (medium_id,),
    )
    return [(a, b) if (of_a, a) < (of_b, b) else (b, a) for a, b, of_a, of_b in rows]


def crowd_places(db: Reader, medium_id: int) -> int:
    """How many reports hold a picture of the crowd; a bundle's media without a report are one place."""
    return int(
        db.value(
            f"WITH member AS ({_MEMBERS}) SELECT count(DISTINCT coalesce(o.report_id, -o.bundle_id)) FROM file o"
            " WHERE o.media_item_id = ?1 OR o.media_item_id IN (SELECT id FROM member)",
            (medium_id,),
        )
    )


def forget(batch: Writer, medium_ids: Iterable[int]) -> None:
    """Ties of media that go. Who was tied to a picture that stood for a crowd is looked for anew."""
    for medium_id in medium_ids:
        if is_crowd(batch, medium_id):
            batch.execute(f"UPDATE image_hashes SET swept = 0 WHERE media_item_id IN (SELECT id FROM ({_MEMBERS}))", (medium_id,))
        batch.execute("DELETE FROM media_match WHERE a = ?1 OR b = ?1", (medium_id,))
