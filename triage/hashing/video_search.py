"""Finds videos that share frames, and images that are a frame of a video: asks an index of frames and counts hits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import NamedTuple

from triage import limits
from triage.hashing.crop_windows import WHOLE_WINDOWS
from triage.hashing.hamming_index import HammingIndex
from triage.hashing.match_index import ImageIndex
from triage.hashing.orientations import INVERSE_ORIENTATIONS, ORIENTATIONS, orient_pdq
from triage.hashing.video_frames import FRAME_WINDOWS, Frame
from triage.hashing.video_relations import STRONGEST_FIRST, FoundFrames, VideoVerdict, judge_videos
from triage.hashing.whole_matches import find_whole_matches
from triage.hashing.window_codec import decode_windows
from triage.model.match_way import FRAME_PDQ, CropWindow, MatchWay
from triage.model.media import Perceptual

_PLACE_BITS = limits.FILM_FRAMES.bit_length()  # of an index key: the frame's place in its video
_WINDOW_BITS = len(FRAME_WINDOWS).bit_length()  # above it: the window's number in FRAME_WINDOWS; above that: the medium's id
_LAST_WHOLE = FRAME_WINDOWS.index(CropWindow.TRIMMED)  # numbers up to here show a frame as a whole

FrameLoader = Callable[[int], Sequence[Frame]]
"""Loads the stored frames of a video."""


@dataclass(frozen=True, slots=True)
class StoredVideo:
    """The frames of a stored video."""

    medium_id: int
    frames: Sequence[Frame]


class FrameIndex:
    """Holds the frames of videos: whole, without bars, and their likeliest crops. Not thread-safe: one thread at a time."""

    def __init__(self) -> None:
        self.hashes = HammingIndex()

    def add(self, medium_id: int, frames: Sequence[Frame]) -> None:
        """Adds one video; its frames are found from now on."""
        self.extend((StoredVideo(medium_id, frames),))

    def extend(self, videos: Iterable[StoredVideo]) -> None:
        """Adds many videos."""
        keys: list[int] = []
        hashes: list[bytes] = []
        for video in videos:
            for place, frame in enumerate(video.frames):
                for own in frame.hashes:
                    keys.append((video.medium_id << _WINDOW_BITS | own.window) << _PLACE_BITS | place)
                    hashes.append(own.pdq)
        self.hashes.extend(keys, b"".join(hashes))


class _FrameKey(NamedTuple):
    medium_id: int
    window: int
    place: int


def _decode_key(key: int) -> _FrameKey:
    above = key >> _PLACE_BITS
    return _FrameKey(above >> _WINDOW_BITS, above & (1 << _WINDOW_BITS) - 1, key & (1 << _PLACE_BITS) - 1)


@dataclass(frozen=True, slots=True)
class VideoMatch:
    """A video that was found, and what it is to the one that was asked for.

    The distance of `way` is the median of the found frames' nearest. Its windows and orientation are those of most frames.
    `quality` is the lowest PDQ quality of any found frame.
    """

    verdict: VideoVerdict
    own_frames: int
    other_frames: int
    quality: int
    way: MatchWay

    @property
    def rank(self) -> tuple[int, bool, int, int]:
        """Returns a sort key, the strongest first."""
        shown = self.verdict.own * 1000 // self.own_frames + self.verdict.other * 1000 // self.other_frames
        return STRONGEST_FIRST.index(self.verdict.relation), self.verdict.is_possible, -shown, self.way.distance


@dataclass(frozen=True, slots=True, order=True)
class FrameMatch:
    """An image that matches a frame of a video, always seen from the image.

    `place` is the frame's in the video. `orientation` brings the image onto the frame. Windows are numbers in FRAME_WINDOWS.
    """

    distance: int
    place: int
    orientation: int
    image_window: int
    frame_window: int

    def describe(self, at_ms: int) -> MatchWay:
        """Returns how the image that is asked for matches the video. `at_ms` is the time of the frame."""
        return _describe(self.distance, self.orientation, self.image_window, self.frame_window, at_ms)


@dataclass(frozen=True, slots=True)
class _Query:
    place: int
    orientation: int
    window: int
    pdq: bytes


@dataclass(frozen=True, slots=True)
class _FrameHit:
    """A frame that a query found."""

    query: _Query
    medium_id: int
    place: int
    window: int
    distance: int


def find_videos(
    index: FrameIndex, load_frames: FrameLoader, own: Sequence[Frame], itself: int | None = None, *, thorough: bool = False
) -> dict[int, VideoMatch]:
    """Returns the videos that have something in common with this one, by medium id.

    Args:
        index: the videos to search.
        load_frames: loads the frames of a video that was found.
        own: the frames of the video to look for.
        itself: its own id, when the index holds it.
        thorough: search in all orientations; else upright.
    """
    hits_by_video: defaultdict[int, defaultdict[int, list[_FrameHit]]] = defaultdict(lambda: defaultdict(list))
    videos_by_place: defaultdict[int, set[int]] = defaultdict(set)
    for hit in _search(index, _list_frame_queries(own, thorough)):
        if hit.medium_id != itself:
            hits_by_video[hit.medium_id][hit.query.orientation].append(hit)
            videos_by_place[hit.query.place].add(hit.medium_id)
    common_places = {place for place, videos in videos_by_place.items() if len(videos) > limits.FILM_COMMON}
    found = {}
    for medium_id, by_orientation in hits_by_video.items():
        other = load_frames(medium_id)
        matches = [_judge_hits(own, other, hits, common_places) for hits in by_orientation.values()]
        if proven := [match for match in matches if match is not None]:
            found[medium_id] = min(proven, key=lambda match: match.rank)
    return found


def _judge_hits(
    own: Sequence[Frame], other: Sequence[Frame], hits: Sequence[_FrameHit], common_places: set[int]
) -> VideoMatch | None:
    """Returns the match in one orientation, or None when the hits prove nothing."""
    nearest: dict[int, int] = {}
    for hit in hits:
        place = hit.query.place
        nearest[place] = min(hit.distance, nearest.get(place, hit.distance))
    own_places, other_places = frozenset(nearest), frozenset(hit.place for hit in hits)
    rare_others = frozenset(hit.place for hit in hits if hit.query.place not in common_places)
    verdict = judge_videos(
        FoundFrames(own, own_places, own_places - common_places), FoundFrames(other, other_places, rare_others)
    )
    if verdict is None:
        return None
    qualities = [own[place].quality for place in own_places] + [other[place].quality for place in other_places]
    way = _describe(
        median_low(nearest.values()),
        hits[0].query.orientation,
        _find_commonest(hit.query.window for hit in hits),
        _find_commonest(hit.window for hit in hits),
    )
    return VideoMatch(verdict, len(own), len(other), min(qualities), way)


def find_videos_with_image(index: FrameIndex, hashes: Perceptual, *, thorough: bool = False) -> dict[int, FrameMatch]:
    """Returns the videos that have a frame which matches this image, by medium id: the nearest frame of each.

    Crops are left out: one frame alone proves too little, and has no difference hash.
    """
    best: dict[int, FrameMatch] = {}
    for hit in _search(index, _list_image_queries(hashes, thorough)):
        if hit.window <= _LAST_WHOLE:
            match = FrameMatch(hit.distance, hit.place, hit.query.orientation, hit.query.window, hit.window)
            best[hit.medium_id] = min(match, best.get(hit.medium_id, match))
    return best


def find_images_in_video(images: ImageIndex, own: Sequence[Frame], *, thorough: bool = False) -> dict[int, FrameMatch]:
    """Returns the images that match a frame of this video, by medium id. Crops of images are left out, as those of frames are."""
    queries = [query for query in _list_frame_queries(own, thorough) if query.window <= _LAST_WHOLE]
    best: dict[int, FrameMatch] = {}
    for query, matches in zip(queries, find_whole_matches(images, [each.pdq for each in queries]), strict=True):
        for found in matches:
            image_window = _LAST_WHOLE if found.is_trimmed else 0
            orientation = INVERSE_ORIENTATIONS[query.orientation]
            match = FrameMatch(found.distance, query.place, orientation, image_window, query.window)
            best[found.medium_id] = min(match, best.get(found.medium_id, match))
    return best


def _search(index: FrameIndex, queries: Iterable[_Query]) -> Iterator[_FrameHit]:
    if not len(index.hashes):
        return
    asked = list(queries)
    for query, hits in zip(asked, index.hashes.query_many([each.pdq for each in asked]), strict=True):
        for hit in hits:
            key = _decode_key(hit.key)
            if min(query.window, key.window) <= _LAST_WHOLE:  # where two crops match, the wholes match too
                yield _FrameHit(query, key.medium_id, key.place, key.window, hit.distance)


def _list_frame_queries(frames: Sequence[Frame], thorough: bool) -> Iterator[_Query]:
    for place, frame in enumerate(frames):
        for own in frame.hashes:
            yield from _orient_query(place, own.window, orient_pdq(own.pdq) if thorough else (own.pdq,))


def _list_image_queries(hashes: Perceptual, thorough: bool) -> Iterator[_Query]:
    yield from _orient_query(0, 0, hashes.turns if thorough else (hashes.pdq,))
    for own in decode_windows(hashes.windows):
        if 0 < own.window < len(WHOLE_WINDOWS):
            yield from _orient_query(0, _LAST_WHOLE, orient_pdq(own.pdq) if thorough else (own.pdq,))


def _orient_query(place: int, window: int, pdqs: Iterable[bytes]) -> Iterator[_Query]:
    for orientation, pdq in enumerate(pdqs):
        yield _Query(place, orientation, window, pdq)


def _find_commonest(windows: Iterable[int]) -> int:
    """Returns the commonest window; of several the one that leaves most of the frame."""
    counts = Counter(windows)
    return min(counts, key=lambda window: (-counts[window], window))


def _describe(distance: int, orientation: int, asked_window: int, found_window: int, at_ms: int | None = None) -> MatchWay:
    return MatchWay(
        hash_kind=FRAME_PDQ,
        distance=distance,
        asked_window=FRAME_WINDOWS[asked_window],
        found_window=FRAME_WINDOWS[found_window],
        orientation=ORIENTATIONS[orientation],
        time_ms=at_ms,
    )
