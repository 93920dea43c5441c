"""Stores the frames of videos, compares them, and describes what videos and images have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from triage import limits
from triage.message import Message
from triage.model.films import ShowFilm
from triage.model.match_way import MatchWay
from triage.model.matches import NearMatch, SharedFrames
from triage.model.media import Film, MediaFacts, Perceptual
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import media, media_matches, reports, videos
from triage.store.queries.videos import FrameMatchRow, VideoMatchRow

if TYPE_CHECKING:
    from triage.hashing.match_index import ImageIndex
    from triage.hashing.video_frames import Frame
    from triage.hashing.video_search import FrameIndex, FrameLoader, FrameMatch, VideoMatch

SAME = "same"
FRAME_OF, SHOWS = "frame of", "shows"


def learn_all_frames(db: Reader, index: FrameIndex) -> None:
    """Adds the frames of all videos of the store to the index."""
    from triage.hashing.video_frames import decode_frames
    from triage.hashing.video_search import StoredVideo

    for block in videos.iter_frame_blocks(db):
        index.extend(StoredVideo(medium_id, decode_frames(blob)) for medium_id, blob in block)


def make_frame_loader(db: Reader) -> FrameLoader:
    """Returns a function that loads the frames of a stored video."""
    from triage.hashing.video_frames import decode_frames

    return lambda medium_id: decode_frames(videos.load_frames(db, medium_id) or b"")


def store_video(batch: Batch, index: FrameIndex, medium_id: int, blob: bytes) -> bool:
    """Stores a new video's frames, compares them unrotated with videos and lists, and adds them to the index.

    Returns whether the same video was there already. Of many copies only limits.HUB_FROM are compared; later ones match its
    hub alone. With images it is compared at the end of the import (newcomers.py).
    """
    from triage.hashing.video_frames import decode_frames
    from triage.hashing.video_search import find_videos
    from triage.jobs.matching.list_hashes import compare_frames

    videos.save_frames(batch, medium_id, blob)
    frames = decode_frames(blob)
    alike = find_videos(index, make_frame_loader(batch), frames)
    same = sorted(other for other, how in alike.items() if how.verdict.relation == SAME)
    if len(same) < limits.HUB_FROM:
        index.add(medium_id, frames)
    else:
        hub = next((other for other in same if media_matches.is_hub(batch, other)), same[0])
        media_matches.add_hub(batch, hub)
        alike = {other: how for other, how in alike.items() if other == hub or other not in same}
        videos.mark_video_stood_for(batch, medium_id)
    _store_video_matches(batch, medium_id, alike)
    compare_frames(batch, medium_id, frames, thorough=False)
    return bool(same)


def compare_video(batch: Batch, index: FrameIndex, pictures: ImageIndex, medium_id: int, frames: Sequence[Frame]) -> int:
    """Compares a stored video in all orientations with videos, images and hash lists, and stores the matches.

    Returns how many matches with videos and images are new.
    """
    from triage.hashing.video_search import find_videos
    from triage.jobs.matching.list_hashes import compare_frames

    compare_frames(batch, medium_id, frames, thorough=True)
    alike = find_videos(index, make_frame_loader(batch), frames, medium_id, thorough=True)
    return _store_video_matches(batch, medium_id, alike) + compare_with_images(batch, pictures, medium_id, frames, thorough=True)


def _store_video_matches(batch: Batch, medium_id: int, alike: dict[int, VideoMatch]) -> int:
    """Stores the strongest matches with videos; returns how many are new."""
    if len(alike) > limits.FILM_MATCHES:
        videos.raise_unkept_matches(batch, medium_id, len(alike))
    new = 0
    for other, how in _keep_strongest(alike):
        new += videos.save_video_match(batch, medium_id, _build_row(other, how))
        if how.verdict.relation == SAME:
            media_matches.save_match(batch, medium_id, other, how.way)
    return new


def compare_with_images(batch: Batch, pictures: ImageIndex, medium_id: int, frames: Sequence[Frame], *, thorough: bool) -> int:
    """Stores the nearest matches of a video's frames with whole images; returns how many are new."""
    from triage.hashing.video_search import find_images_in_video

    found = _keep_nearest(find_images_in_video(pictures, frames, thorough=thorough))
    return sum(_store_frame_match(batch, picture, medium_id, still, frames) for picture, still in found)


def compare_with_videos(batch: Batch, index: FrameIndex, medium_id: int, hashes: Perceptual, *, thorough: bool = False) -> int:
    """Stores which videos show the image; returns how many matches are new. A low quality image has none."""
    from triage.hashing.match_quality import can_match
    from triage.hashing.video_search import find_videos_with_image

    if not can_match(hashes):
        return 0
    kept = make_frame_loader(batch)
    found = _keep_nearest(find_videos_with_image(index, hashes, thorough=thorough))
    return sum(_store_frame_match(batch, medium_id, film, still, kept(film)) for film, still in found)


def _keep_strongest(found: dict[int, VideoMatch]) -> list[tuple[int, VideoMatch]]:
    """Returns at most limits.FILM_MATCHES matches, the strongest first."""
    return sorted(found.items(), key=lambda pair: (*pair[1].rank, pair[0]))[: limits.FILM_MATCHES]


def _keep_nearest(found: dict[int, FrameMatch]) -> list[tuple[int, FrameMatch]]:
    """Returns at most limits.FILM_MATCHES matches, the nearest first."""
    return sorted(found.items(), key=lambda pair: (pair[1], pair[0]))[: limits.FILM_MATCHES]


def _store_frame_match(batch: Batch, picture: int, film: int, still: FrameMatch, frames: Sequence[Frame]) -> bool:
    """Stores the match of an image and a frame; returns whether it is new."""
    frame = frames[still.place]
    return videos.save_frame_match(batch, picture, film, quality=frame.quality, way=still.describe(frame.at_ms))


def _build_row(other: int, how: VideoMatch) -> VideoMatchRow:
    """Builds the row of a match with another video."""
    return VideoMatchRow(
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


# What is shown


def list_video_matches(db: Reader, medium_id: int) -> tuple[NearMatch, ...]:
    """Returns what a stored video or image has in common with videos, the strongest first."""
    relation = SHOWS if videos.load_frames(db, medium_id) is not None else FRAME_OF
    return (
        *_describe_video_matches(db, videos.list_video_matches(db, medium_id)),
        *_describe_frame_matches(db, videos.list_frame_matches(db, medium_id), relation),
    )


def find_matches_of_video(db: Reader, index: FrameIndex, pictures: ImageIndex, film: Film, sha256: str) -> Iterator[NearMatch]:
    """Yields what a video outside the store has in common with the store, the strongest first."""
    from triage.hashing.video_frames import decode_frames
    from triage.hashing.video_search import find_images_in_video, find_videos

    frames = decode_frames(film.frames)
    found = find_videos(index, make_frame_loader(db), frames, thorough=True)
    yield from _describe_video_matches(db, [_build_row(other, how) for other, how in _keep_strongest(found)], sha256)
    stills = [
        _build_frame_row(other, how, frames)
        for other, how in _keep_nearest(find_images_in_video(pictures, frames, thorough=True))
    ]
    yield from _describe_frame_matches(db, [replace(row, way=row.way.reverse()) for row in stills], SHOWS)


def find_videos_of_image(db: Reader, index: FrameIndex, hashes: Perceptual) -> Iterator[NearMatch]:
    """Yields the videos of the store that show an image outside the store."""
    from triage.hashing.video_search import find_videos_with_image

    kept = make_frame_loader(db)
    found = _keep_nearest(find_videos_with_image(index, hashes, thorough=True))
    yield from _describe_frame_matches(db, [_build_frame_row(other, how, kept(other)) for other, how in found], FRAME_OF)


def _build_frame_row(other: int, how: FrameMatch, frames: Sequence[Frame]) -> FrameMatchRow:
    """Builds the row of a match with a frame."""
    frame = frames[how.place]
    return FrameMatchRow(other, frame.quality, how.describe(frame.at_ms))


def _describe_video_matches(db: Reader, rows: Iterable[VideoMatchRow], but: str = "") -> Iterator[NearMatch]:
    """Yields matches with videos as people read them, without the file `but`."""
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
        yield from _describe_match(db, row.other, row.way, share, possible=row.possible, but=but)


def _describe_frame_matches(db: Reader, rows: Iterable[FrameMatchRow], relation: str) -> Iterator[NearMatch]:
    """Yields matches with frames as people read them."""
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
        yield from _describe_match(db, row.other, row.way, share)


def _describe_match(
    db: Reader, other: int, way: MatchWay, share: SharedFrames, *, possible: bool = False, but: str = ""
) -> Iterator[NearMatch]:
    """Yields the match as people read it, unless the other file is gone or is `but`."""
    row = media.load_media_item(db, other)
    if row is None or row.sha256 == but:
        return
    held = media.load_linkable_reports(db, [other]).get(other, [])
    yield NearMatch(
        sha256=row.sha256,
        names=media.list_file_names(db, other),
        tier="possible" if possible else "match",
        way=way,
        reports=tuple(reports.load_number(db, i) for i in held),
        lists=(),
        film=share,
    )


def describe_frames(db: Reader, medium_id: int | None, measured: MediaFacts | None) -> ShowFilm | None:
    """Returns how a stored video was sampled and what was not compared; None for what is no decoded video."""
    if medium_id is None or measured is None or (film := measured.film) is None:
        return None
    return ShowFilm(
        frames=film.count,
        looked=film.looked,
        flat=film.flat,
        still=film.still,
        not_checked=list_unchecked_parts(film),
        crowd=videos.count_unkept_matches(db, medium_id),
    )


def list_unchecked_parts(film: Film) -> tuple[Message, ...]:
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
