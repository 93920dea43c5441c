"""Films and what they have in common: frames are kept, asked for, and what was found is told in the words of a match."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from triage import limits
from triage.hashing.match_index import ImageIndex, can_match
from triage.hashing.video_frames import Frame, decode_frames
from triage.hashing.video_search import (
    FrameIndex,
    FrameLoader,
    FrameMatch,
    StoredVideo,
    VideoMatch,
    find_images_in_video,
    find_videos,
    find_videos_with_image,
)
from triage.jobs.matching.list_hashes import meet_lists_with_film
from triage.message import Message
from triage.model.match_way import MatchWay
from triage.model.matches import NearMatch, SharedFrames
from triage.model.media import Film, MediaFacts, Perceptual
from triage.model.views import ShowFilm
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import films, likeness, media, reports
from triage.store.queries.films import StillRow, TieRow

SAME = "same"
FRAME_OF, SHOWS = "frame of", "shows"
NOT_YET = Message("near duplicates: not checked yet; the background comparison will")


def learn_all_frames(db: Reader, index: FrameIndex) -> None:
    """Of all films of the store."""
    for block in films.frame_blocks(db):
        index.extend(StoredVideo(medium_id, decode_frames(blob)) for medium_id, blob in block)


def kept_frames(db: Reader) -> FrameLoader:
    return lambda medium_id: decode_frames(films.frames(db, medium_id) or b"")


def keep_film(batch: Batch, index: FrameIndex, pictures: ImageIndex, medium_id: int, blob: bytes) -> bool:
    """A new film: its frames are kept, asked for upright, and known from now on. Whether the same film was there already.

    Of a film that goes round, limits.CROWD copies are known; those that come later are tied to one that stands for all.
    """
    films.put(batch, medium_id, blob)
    frames = decode_frames(blob)
    alike = find_videos(index, kept_frames(batch), frames)
    same = sorted(other for other, how in alike.items() if how.verdict.relation == SAME)
    if len(same) < limits.CROWD:
        index.add(medium_id, frames)
    else:
        stands = next((other for other in same if likeness.is_crowd(batch, other)), same[0])
        likeness.add_crowd(batch, stands)
        alike = {other: how for other, how in alike.items() if other == stands or other not in same}
        films.set_stood_for(batch, medium_id)
    _tie(batch, medium_id, alike)
    _tie_pictures(batch, pictures, medium_id, frames, thorough=False)
    meet_lists_with_film(batch, medium_id, frames, thorough=False)
    return bool(same)


def tie_film(batch: Batch, index: FrameIndex, pictures: ImageIndex, medium_id: int, frames: Sequence[Frame]) -> int:
    """Keep what a known film has in common with others, with pictures and with hash lists, in all turns; with how many films and
    pictures nothing was known."""
    meet_lists_with_film(batch, medium_id, frames, thorough=True)
    alike = find_videos(index, kept_frames(batch), frames, medium_id, thorough=True)
    return _tie(batch, medium_id, alike) + _tie_pictures(batch, pictures, medium_id, frames, thorough=True)


def _tie(batch: Batch, medium_id: int, alike: dict[int, VideoMatch]) -> int:
    if len(alike) > limits.FILM_TIES:
        films.set_crowd(batch, medium_id, len(alike))
    new = 0
    for other, how in _strongest(alike):
        new += films.add_tie(batch, medium_id, _row(other, how))
        if how.verdict.relation == SAME:
            likeness.add_near(batch, medium_id, other, how.way)
    return new


def _tie_pictures(batch: Batch, pictures: ImageIndex, medium_id: int, frames: Sequence[Frame], *, thorough: bool) -> int:
    found = _nearest(find_images_in_video(pictures, frames, thorough=thorough))
    return sum(_add_still(batch, picture, medium_id, still, frames) for picture, still in found)


def tie_to_films(batch: Batch, index: FrameIndex, medium_id: int, hashes: Perceptual, *, thorough: bool = False) -> int:
    """Keep which films hold a picture; how many are new. Of a faint one nothing is said."""
    if not can_match(hashes):
        return 0
    kept = kept_frames(batch)
    found = _nearest(find_videos_with_image(index, hashes, thorough=thorough))
    return sum(_add_still(batch, medium_id, film, still, kept(film)) for film, still in found)


def _strongest(found: dict[int, VideoMatch]) -> list[tuple[int, VideoMatch]]:
    return sorted(found.items(), key=lambda pair: (*pair[1].rank, pair[0]))[: limits.FILM_TIES]


def _nearest(found: dict[int, FrameMatch]) -> list[tuple[int, FrameMatch]]:
    return sorted(found.items(), key=lambda pair: (pair[1], pair[0]))[: limits.FILM_TIES]


def _add_still(batch: Batch, picture: int, film: int, still: FrameMatch, frames: Sequence[Frame]) -> bool:
    frame = frames[still.place]
    return films.add_still(batch, picture, film, quality=frame.quality, way=still.describe(frame.at_ms))


def _row(other: int, how: VideoMatch) -> TieRow:
    return TieRow(
        other=other,
        relation=how.verdict.relation,
        found=how.verdict.own,
        frames=how.own_frames,
        other_found=how.verdict.other,
        other_frames=how.other_frames,
        apart=how.verdict.distinct,
        quality=how.quality,
        possible=how.verdict.is_possible,
        way=how.way,
    )


# What is told


def told(db: Reader, medium_id: int) -> tuple[NearMatch, ...]:
    """What a stored film or picture is known to have in common with films, the strongest first."""
    relation = SHOWS if films.frames(db, medium_id) is not None else FRAME_OF
    return (
        *_told_ties(db, films.ties(db, medium_id)),
        *_told_stills(db, films.stills(db, medium_id), relation),
    )


def like_film(db: Reader, index: FrameIndex, pictures: ImageIndex, film: Film, sha256: str) -> Iterator[NearMatch]:
    """Of a film outside the store: thoroughly, the strongest first."""
    frames = decode_frames(film.frames)
    found = find_videos(index, kept_frames(db), frames, thorough=True)
    yield from _told_ties(db, [_row(other, how) for other, how in _strongest(found)], sha256)
    stills = [_still_row(other, how, frames) for other, how in _nearest(find_images_in_video(pictures, frames, thorough=True))]
    yield from _told_stills(db, [replace(row, way=row.way.reverse()) for row in stills], SHOWS)


def like_picture(db: Reader, index: FrameIndex, hashes: Perceptual) -> Iterator[NearMatch]:
    """Films that hold a picture outside the store."""
    kept = kept_frames(db)
    found = _nearest(find_videos_with_image(index, hashes, thorough=True))
    yield from _told_stills(db, [_still_row(other, how, kept(other)) for other, how in found], FRAME_OF)


def _still_row(other: int, how: FrameMatch, frames: Sequence[Frame]) -> StillRow:
    frame = frames[how.place]
    return StillRow(other, frame.quality, how.describe(frame.at_ms))


def _told_ties(db: Reader, rows: Iterable[TieRow], but: str = "") -> Iterator[NearMatch]:
    for row in rows:
        share = SharedFrames(
            relation=row.relation,
            found=row.found,
            frames=row.frames,
            other_found=row.other_found,
            other_frames=row.other_frames,
            distinct=row.apart,
            quality=row.quality,
        )
        yield from _told(db, row.other, row.way, share, possible=row.possible, but=but)


def _told_stills(db: Reader, rows: Iterable[StillRow], relation: str) -> Iterator[NearMatch]:
    for row in rows:
        share = SharedFrames(
            relation=relation,
            found=1,
            frames=None,
            other_found=None,
            other_frames=None,
            distinct=1,
            quality=row.quality,
            at_ms=row.way.time_ms,
        )
        yield from _told(db, row.other, row.way, share)


def _told(
    db: Reader, other: int, way: MatchWay, share: SharedFrames, *, possible: bool = False, but: str = ""
) -> Iterator[NearMatch]:
    row = media.by_id(db, other)
    if row is None or row.sha256 == but:
        return
    held = media.reports_linked(db, [other]).get(other, [])
    yield NearMatch(
        sha256=row.sha256,
        names=media.names_of(db, other),
        tier="possible" if possible else "match",
        way=way,
        reports=tuple(reports.number(db, i) for i in held),
        lists=(),
        film=share,
    )


def shown(db: Reader, medium_id: int | None, measured: MediaFacts | None) -> ShowFilm | None:
    """How a stored film was looked through; None for what is no film, or could not be decoded at all."""
    if medium_id is None or measured is None or measured.problem is not None or not measured.mime.startswith("video/"):
        return None
    if (film := measured.film) is None:
        return ShowFilm(frames=0, looked=0, flat=0, still=0, not_checked=(NOT_YET,), crowd=0)
    return ShowFilm(
        frames=film.count,
        looked=film.looked,
        flat=film.flat,
        still=film.still,
        not_checked=not_checked(film),
        crowd=films.crowd(db, medium_id),
    )


def not_checked(film: Film) -> tuple[Message, ...]:
    """Returns what of a video could not be compared: what was not seen is not known to be absent."""
    missing = []
    if not film.count:
        missing.append(Message("near duplicates: every frame of the video is low quality"))
    if film.partial:
        missing.append(Message("the rest of the video: it could not be read to the end"))
    if film.sampled:
        missing.append(Message("the parts between the sampled frames: the video is too long to decode in full"))
    if film.tracks > 1:
        missing.append(Message("{n} of {all} video tracks", n=film.tracks - 1, all=film.tracks))
    return tuple(missing)
