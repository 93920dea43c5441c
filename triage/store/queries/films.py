"""Frames of films, and what films share with one another and with pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from triage.model.match_way import FRAME_PDQ, CropWindow, MatchWay, Orientation
from triage.store.database import Reader, Writer

_BLOCK = 1_000


@dataclass(frozen=True, slots=True)
class TieRow:
    """Seen from one of the two films: `relation` is its own to `other`."""

    other: int
    relation: str
    found: int
    frames: int
    other_found: int
    other_frames: int
    apart: int
    quality: int
    possible: bool
    way: MatchWay


@dataclass(frozen=True, slots=True)
class StillRow:
    """`other` is the video when an image was asked for, the image when a video was; `way` is seen from what was asked for."""

    other: int
    quality: int
    way: MatchWay


_TURNED_ROUND = {"part": "holds", "holds": "part"}
_STRONGEST_FIRST = ("same", "part", "holds", "shares")


def put(batch: Writer, medium_id: int, frames: bytes) -> None:
    batch.execute(
        "INSERT INTO video (media_item_id, frames) VALUES (?1, ?2) ON CONFLICT (media_item_id) DO UPDATE SET frames = ?2",
        (medium_id, frames),
    )


def frame_blocks(db: Reader) -> Iterator[list[tuple[int, bytes]]]:
    """(medium id, frames) of all films but those that others stand for, some at a time."""
    last = -1
    while block := db.all(
        "SELECT media_item_id, frames FROM video WHERE media_item_id > ? AND frames IS NOT NULL AND swept < 2"
        " ORDER BY media_item_id LIMIT ?",
        (last, _BLOCK),
    ):
        yield [(i, f) for i, f in block]
        last = block[-1][0]


def count_frames(db: Reader) -> int:
    """Films whose frames are compared, or stood for by another's."""
    return int(db.value("SELECT count(*) FROM video WHERE length(frames)"))


def frames(db: Reader, medium_id: int) -> bytes | None:
    found = db.value("SELECT frames FROM video WHERE media_item_id = ?", (medium_id,))
    return found if isinstance(found, bytes) else None


def unswept(db: Reader, worst_band: int | None = None) -> list[int]:
    """As media.unswept: films whose frames were not taken yet, or not looked for in all turns."""
    return [
        i
        for (i,) in db.all(
            "SELECT f.media_item_id FROM video f LEFT JOIN file o ON o.media_item_id = f.media_item_id"
            " LEFT JOIN queue q ON q.report_id = o.report_id WHERE f.swept = 0"
            " GROUP BY f.media_item_id HAVING ?1 IS NULL OR min(q.band) <= ?1"
            " ORDER BY coalesce(min(q.band), 9), f.media_item_id DESC",
            (worst_band,),
        )
    ]


def count_unswept(db: Reader) -> int:
    return int(db.value("SELECT count(*) FROM video WHERE swept = 0"))


def waits(db: Reader, medium_id: int) -> bool:
    return db.value("SELECT 1 FROM video WHERE media_item_id = ? AND swept = 0 AND frames IS NOT NULL", (medium_id,)) is not None


def set_swept(batch: Writer, medium_id: int) -> None:
    batch.execute("UPDATE video SET swept = 1 WHERE media_item_id = ?", (medium_id,))


def set_stood_for(batch: Writer, medium_id: int) -> None:
    """Enough copies of this film are asked already: it waits for no sweep, and is not asked itself."""
    batch.execute("UPDATE video SET swept = 2 WHERE media_item_id = ?", (medium_id,))


def set_crowd(batch: Writer, medium_id: int, films: int) -> None:
    batch.execute("UPDATE video SET unkept_matches = max(unkept_matches, ?) WHERE media_item_id = ?", (films, medium_id))


def crowd(db: Reader, medium_id: int) -> int:
    """How many films share frames with it, when they are too many to keep; else 0."""
    return int(db.value("SELECT unkept_matches FROM video WHERE media_item_id = ?", (medium_id,)) or 0)


def add_tie(batch: Writer, medium_id: int, tie: TieRow) -> bool:
    """Whether the two are new to each other; of a known pair the stronger finding is kept."""
    known = next((row for row in _ties(batch, medium_id) if row.other == tie.other), None)
    if known is not None and _weakness(known) <= _weakness(tie):
        return False
    a, b, row = medium_id, tie.other, tie
    if b < a:
        a, b, row = b, a, _seen_from_other(tie, medium_id)
    batch.execute(
        "INSERT OR REPLACE INTO video_match (a, b, relation, a_found, a_frames, b_found, b_frames,"
        " distinct_frames, distance, quality,"
        " a_window, b_window, orientation, possible) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            a,
            b,
            row.relation,
            row.found,
            row.frames,
            row.other_found,
            row.other_frames,
            row.apart,
            row.way.distance,
            row.quality,
            row.way.asked_window,
            row.way.found_window,
            row.way.orientation,
            int(row.possible),
        ),
    )
    return known is None


def _weakness(tie: TieRow) -> tuple[int, bool, int, int]:
    return _STRONGEST_FIRST.index(tie.relation), tie.possible, -tie.found - tie.other_found, tie.way.distance


def _seen_from_other(tie: TieRow, other: int) -> TieRow:
    return TieRow(
        other=other,
        relation=_TURNED_ROUND.get(tie.relation, tie.relation),
        found=tie.other_found,
        frames=tie.other_frames,
        other_found=tie.found,
        other_frames=tie.frames,
        apart=tie.apart,
        quality=tie.quality,
        possible=tie.possible,
        way=tie.way.reverse(),
    )


def _ties(db: Reader, medium_id: int) -> list[TieRow]:
    columns = (
        "relation, a_found, a_frames, b_found, b_frames, distinct_frames, quality, possible,"
        " distance, a_window, b_window, orientation"
    )
    own = [_row(b, *rest) for b, *rest in db.all(f"SELECT b, {columns} FROM video_match WHERE a = ?", (medium_id,))]
    others = [
        _seen_from_other(_row(medium_id, *rest), a)
        for a, *rest in db.all(f"SELECT a, {columns} FROM video_match WHERE b = ?", (medium_id,))
    ]
    return own + others


def _row(
    other: int,
    relation: str,
    found: int,
    frames: int,
    other_found: int,
    other_frames: int,
    apart: int,
    quality: int,
    possible: int,
    distance: int,
    own_window: str,
    other_window: str,
    orientation: str,
) -> TieRow:
    way = _way(distance, own_window, other_window, orientation)
    return TieRow(other, relation, found, frames, other_found, other_frames, apart, quality, bool(possible), way)


def _way(distance: int, own_window: str, other_window: str, orientation: str, at_ms: int | None = None) -> MatchWay:
    return MatchWay(
        hash_kind=FRAME_PDQ,
        distance=distance,
        asked_window=CropWindow(own_window),
        found_window=CropWindow(other_window),
        orientation=Orientation(orientation),
        time_ms=at_ms,
    )


def ties(db: Reader, medium_id: int) -> list[TieRow]:
    """The strongest first, without those that a person said are not the same."""
    apart = {
        i
        for (i,) in db.all(
            "SELECT b FROM rejected_match WHERE a = ?1 UNION SELECT a FROM rejected_match WHERE b = ?1", (medium_id,)
        )
    }
    return sorted((tie for tie in _ties(db, medium_id) if tie.other not in apart), key=lambda tie: (*_weakness(tie), tie.other))


def add_still(batch: Writer, picture: int, film: int, *, quality: int, way: MatchWay) -> bool:
    """Whether it is a new one; of a known pair the nearest frame is kept. `way` is seen from the image."""
    known = batch.value("SELECT distance FROM frame_match WHERE image = ? AND video = ?", (picture, film))
    if known is None or way.distance < known:
        batch.execute(
            "INSERT OR REPLACE INTO frame_match (image, video, time_ms, distance, quality, image_window,"
            " frame_window, orientation)"
            " VALUES (?,?,?,?,?,?,?,?)",
            (picture, film, way.time_ms, way.distance, quality, way.asked_window, way.found_window, way.orientation),
        )
    return known is None


def stills(db: Reader, medium_id: int) -> list[StillRow]:
    """Of a picture the films that hold it, of a film the pictures it holds; nearest first, without those said apart."""
    said = "EXISTS (SELECT 1 FROM rejected_match x WHERE x.a = min(s.image, s.video) AND x.b = max(s.image, s.video))"
    columns = "distance, image_window, frame_window, orientation, time_ms"
    rows = db.all(
        f"SELECT video, 0, quality, {columns} FROM frame_match s WHERE image = ?1 AND NOT {said} UNION ALL"
        f" SELECT image, 1, quality, {columns} FROM frame_match s WHERE video = ?1 AND NOT {said} ORDER BY distance, 1",
        (medium_id,),
    )
    found = [(other, is_film, quality, _way(*way)) for other, is_film, quality, *way in rows]
    return [StillRow(other, quality, way.reverse() if is_film else way) for other, is_film, quality, way in found]
