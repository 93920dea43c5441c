"""SQL of video frames, and of matches between videos, and between images and video frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from triage.model.match_way import FRAME_PDQ, MatchWay, read_match_way
from triage.store.database import Reader, Writer

_BLOCK = 1_000


@dataclass(frozen=True, slots=True)
class VideoMatchRow:
    """A match of two videos, as seen from one of them.

    `relation` is that of this video to `other`: same, part, holds or shares. `apart` counts the found frames that do not match
    one another.
    """

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
class FrameMatchRow:
    """A match of an image and a video frame.

    `other` is the video when the matches of an image were read, else the image. `way` is seen from the one whose matches were
    read.
    """

    other: int
    quality: int
    way: MatchWay


_TURNED_ROUND = {"part": "holds", "holds": "part"}
_STRONGEST_FIRST = ("same", "part", "holds", "shares")


def save_frames(batch: Writer, medium_id: int, frames: bytes) -> None:
    """Stores the packed hashes of a video's frames."""
    batch.execute(
        "INSERT INTO video (media_item_id, frames) VALUES (?1, ?2)"
        " ON CONFLICT (media_item_id) DO UPDATE SET frames = ?2, compared = 0",
        (medium_id, frames),
    )


def iter_frame_blocks(db: Reader) -> Iterator[list[tuple[int, bytes]]]:
    """Yields (media item, packed frame hashes) of all videos that are compared, in blocks of at most 1,000.

    Videos that another video stands for are left out.
    """
    last = -1
    while block := db.all(
        "SELECT media_item_id, frames FROM video WHERE media_item_id > ? AND swept < 2 ORDER BY media_item_id LIMIT ?",
        (last, _BLOCK),
    ):
        yield [(i, f) for i, f in block]
        last = block[-1][0]


def count_videos_with_frames(db: Reader) -> int:
    """Returns the number of videos that have at least one frame hash."""
    return int(db.value("SELECT count(*) FROM video WHERE length(frames) > 0"))


def load_frames(db: Reader, medium_id: int) -> bytes | None:
    """Returns the packed frame hashes of the video, or None."""
    found = db.value("SELECT frames FROM video WHERE media_item_id = ?", (medium_id,))
    return found if isinstance(found, bytes) else None


def list_unswept_videos(db: Reader, worst_band: int | None = None, first_item: int = 0) -> list[int]:
    """Returns videos that wait for the background comparison, those of the gravest reports first, then the newest.

    With `worst_band` only those of reports in this band or a graver one, with `first_item` only media items from this id on.
    """
    return [
        i
        for (i,) in db.all(
            "SELECT f.media_item_id FROM video f LEFT JOIN file o ON o.media_item_id = f.media_item_id"
            " LEFT JOIN queue q ON q.report_id = o.report_id WHERE f.swept = 0"
            " AND f.media_item_id >= ?2 GROUP BY f.media_item_id HAVING ?1 IS NULL OR min(q.band) <= ?1"
            " ORDER BY coalesce(min(q.band), 9), f.media_item_id DESC",
            (worst_band, first_item),
        )
    ]


def count_unswept_videos(db: Reader) -> int:
    """Returns the number of videos that wait for the background comparison."""
    return int(db.value("SELECT count(*) FROM video WHERE swept = 0"))


def is_video_unswept(db: Reader, medium_id: int) -> bool:
    """Returns whether the video waits for the background comparison."""
    return db.value("SELECT 1 FROM video WHERE media_item_id = ? AND swept = 0", (medium_id,)) is not None


def mark_video_swept(batch: Writer, medium_id: int) -> None:
    """Records that the video's frames were compared in all orientations."""
    batch.execute("UPDATE video SET swept = 1, compared = 1 WHERE media_item_id = ?", (medium_id,))


def mark_video_stood_for(batch: Writer, medium_id: int) -> None:
    """Records that another video stands for this one.

    Enough copies of it are compared already: it waits for no background comparison and is not compared itself.
    """
    batch.execute("UPDATE video SET swept = 2 WHERE media_item_id = ?", (medium_id,))


def raise_unkept_matches(batch: Writer, medium_id: int, films: int) -> None:
    """Raises the number of videos that share frames with this one and were too many to store."""
    batch.execute("UPDATE video SET unkept_matches = max(unkept_matches, ?) WHERE media_item_id = ?", (films, medium_id))


def count_unkept_matches(db: Reader, medium_id: int) -> int:
    """Returns how many videos share frames with this one when they were too many to store, else 0."""
    return int(db.value("SELECT unkept_matches FROM video WHERE media_item_id = ?", (medium_id,)) or 0)


def save_video_match(batch: Writer, medium_id: int, tie: VideoMatchRow) -> bool:
    """Stores the match unless a stronger one of the same two videos is stored; returns whether the pair is new."""
    known = next((row for row in _load_all_matches(batch, medium_id) if row.other == tie.other), None)
    if known is not None and _sort_key(known) <= _sort_key(tie):
        return False
    a, b, row = medium_id, tie.other, tie
    if b < a:
        a, b, row = b, a, _reverse_match(tie, medium_id)
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


def _sort_key(tie: VideoMatchRow) -> tuple[int, bool, int, int]:
    """Returns a key that sorts the strongest match first."""
    return _STRONGEST_FIRST.index(tie.relation), tie.possible, -tie.found - tie.other_found, tie.way.distance


def _reverse_match(tie: VideoMatchRow, other: int) -> VideoMatchRow:
    """Returns the match as seen from the other video. `other` is the video from which it was seen so far."""
    return VideoMatchRow(
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


def _load_all_matches(db: Reader, medium_id: int) -> list[VideoMatchRow]:
    """Returns all matches of the video, also those that a person rejected."""
    columns = (
        "relation, a_found, a_frames, b_found, b_frames, distinct_frames, quality, possible,"
        " distance, a_window, b_window, orientation"
    )
    own = [_build_match_row(b, *rest) for b, *rest in db.all(f"SELECT b, {columns} FROM video_match WHERE a = ?", (medium_id,))]
    others = [
        _reverse_match(_build_match_row(medium_id, *rest), a)
        for a, *rest in db.all(f"SELECT a, {columns} FROM video_match WHERE b = ?", (medium_id,))
    ]
    return own + others


def _build_match_row(
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
) -> VideoMatchRow:
    """Builds a row from the columns that `_load_all_matches` reads."""
    way = _build_way(distance, own_window, other_window, orientation)
    return VideoMatchRow(other, relation, found, frames, other_found, other_frames, apart, quality, bool(possible), way)


def _build_way(distance: int, own_window: str, other_window: str, orientation: str, at_ms: int | None = None) -> MatchWay:
    """Builds the way of a match from its columns."""
    return read_match_way(
        FRAME_PDQ, distance, asked_window=own_window, found_window=other_window, orientation=orientation, time_ms=at_ms
    )


def list_video_matches(db: Reader, medium_id: int) -> list[VideoMatchRow]:
    """Returns the video's matches with other videos, the strongest first, without those that a person rejected."""
    apart = {
        i
        for (i,) in db.all(
            "SELECT b FROM rejected_match WHERE a = ?1 UNION SELECT a FROM rejected_match WHERE b = ?1", (medium_id,)
        )
    }
    return sorted(
        (tie for tie in _load_all_matches(db, medium_id) if tie.other not in apart), key=lambda tie: (*_sort_key(tie), tie.other)
    )


def save_frame_match(batch: Writer, picture: int, film: int, *, quality: int, way: MatchWay) -> bool:
    """Stores the match unless a nearer one of the same image and video is stored; returns whether the pair is new.

    `way` is seen from the image.
    """
    known = batch.value("SELECT distance FROM frame_match WHERE image = ? AND video = ?", (picture, film))
    if known is None or way.distance < known:
        batch.execute(
            "INSERT INTO frame_match (image, video, time_ms, distance, quality, image_window, frame_window, orientation)"
            " VALUES (?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET time_ms = excluded.time_ms, distance = excluded.distance,"
            " quality = excluded.quality, image_window = excluded.image_window, frame_window = excluded.frame_window,"
            " orientation = excluded.orientation",
            (picture, film, way.time_ms, way.distance, quality, way.asked_window, way.found_window, way.orientation),
        )
    return known is None


def list_frame_matches(db: Reader, medium_id: int) -> list[FrameMatchRow]:
    """Returns an image's matches with videos, or a video's with images, the nearest first.

    Matches that a person rejected are left out.
    """
    said = "EXISTS (SELECT 1 FROM rejected_match x WHERE x.a = min(s.image, s.video) AND x.b = max(s.image, s.video))"
    columns = "distance, image_window, frame_window, orientation, time_ms"
    rows = db.all(
        f"SELECT video, 0, quality, {columns} FROM frame_match s WHERE image = ?1 AND NOT {said} UNION ALL"
        f" SELECT image, 1, quality, {columns} FROM frame_match s WHERE video = ?1 AND NOT {said} ORDER BY distance, 1",
        (medium_id,),
    )
    found = [(other, is_film, quality, _build_way(*way)) for other, is_film, quality, *way in rows]
    return [FrameMatchRow(other, quality, way.reverse() if is_film else way) for other, is_film, quality, way in found]
