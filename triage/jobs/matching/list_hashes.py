"""Compares images and videos with hash lists: new files as they come in, and the whole store as a list comes in.

A list holds unrotated hashes of whole images and nothing else, so an image is compared in eight orientations. The whole image, or
the image without its borders, matches when it is near, or when its own difference hash has enough gradient changes. Few other
images are near to such an image.

In other cases, and for a crop, no difference hash of the list can confirm the match: it is only possible. So is a match of a
video frame, because the list does not know what else the video shows.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, islice
from typing import NamedTuple

from triage import limits
from triage.hashing.crop_windows import LAST_WHOLE, NUMBER_OF, WINDOWS
from triage.hashing.difference_hash import count_gradient_changes
from triage.hashing.hamming_index import HASH_BYTES, HammingIndex, Hits
from triage.hashing.match_quality import LOW_QUALITIES, MATCHING_QUALITIES, can_be_possible, can_match
from triage.hashing.orientations import INVERSE_ORIENTATIONS, ORIENTATIONS, orient_pdq
from triage.hashing.video_frames import Frame, decode_frames
from triage.hashing.window_codec import WindowHashes, decode_windows, encode_whole
from triage.model.match_way import CropWindow, MatchWay
from triage.model.media import Perceptual
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import list_matches, lists, media, videos
from triage.store.queries.list_matches import ListMatch
from triage.store.queries.users import load_store_id

_TRIMMED = NUMBER_OF[CropWindow.TRIMMED]
_VARIANTS = len(WINDOWS)
_AT_ONCE = 100

Entries = Sequence[WindowHashes]


@dataclass(frozen=True, slots=True, order=True)
class ListWay:
    """How an image matches an image of a list.

    `window` is a number in crop_windows.WINDOWS, and `orientation` one in orientations.ORIENTATIONS. The image's window in that
    orientation matches the list's image. In a video it is the window of the frame at `at_ms`.
    """

    possible: bool
    distance: int
    window: int
    orientation: int
    at_ms: int | None = None
    quality: int | None = field(default=None, compare=False)
    """PDQ's, of that frame."""

    def describe(self) -> MatchWay:
        """Returns the way in the form that is stored and shown."""
        return MatchWay(
            hash_kind="pdq",
            distance=self.distance,
            asked_window=WINDOWS[self.window],
            orientation=ORIENTATIONS[self.orientation],
            time_ms=self.at_ms,
        )


def _is_low_texture(entry: WindowHashes) -> bool:
    """Returns whether the window has too few gradient changes for PDQ alone. It is False without a difference hash."""
    return any(entry.dhash) and count_gradient_changes(entry.dhash) < limits.LIST_GRADIENT_CHANGES


class ListQuery(NamedTuple):
    """One hash of an image, or of a video's frame at `at_ms`, which has a quality of its own."""

    window: int
    orientation: int
    pdq: bytes
    is_flat: bool = False
    at_ms: int | None = None
    quality: int | None = None


def _judge_distance(distance: int, asked: ListQuery) -> ListWay | None:
    """Returns how good a match at this distance is, or None when it is too far for a crop."""
    too_far = asked.window > LAST_WHOLE and distance > limits.LIST_WINDOW_RADIUS
    is_flat = asked.is_flat and distance > limits.LIST_FLAT_RADIUS
    possible = is_flat or asked.window > _TRIMMED or asked.at_ms is not None
    return None if too_far else ListWay(possible, distance, asked.window, asked.orientation, asked.at_ms, asked.quality)


class ListHashIndex:
    """An index of the PDQ hashes of all lists of one state of a store, or of one list.

    Rows are (hash, list, entry). `radii` are the lists that have a distance of their own. Several threads may use it.
    """

    def __init__(self, rows: Iterable[tuple[bytes, int, int]], radii: Mapping[int, int]) -> None:
        self._radii = radii
        self._values, self._lists, self._entries = bytearray(), array("q"), array("q")  # as tuples they take four times as much
        self._index = HammingIndex()
        self._guard = threading.Lock()
        for value, list_id, entry_id in rows:
            self._values += value
            self._lists.append(list_id)
            self._entries.append(entry_id)
        self._index.extend(range(len(self)), bytes(self._values))

    def __len__(self) -> int:
        return len(self._lists)

    def _get_row(self, n: int) -> tuple[bytes, int, int]:
        """Returns (hash, list, entry) of a row."""
        return bytes(self._values[n * HASH_BYTES : (n + 1) * HASH_BYTES]), self._lists[n], self._entries[n]

    def find_windows(self, entries: Entries) -> dict[tuple[bytes, int, int], ListWay]:
        """Returns (hash, list, entry) -> the nearest way in which one of the image's windows matches."""
        asked = ((e.window, _is_low_texture(e), orient_pdq(e.pdq)) for e in entries)
        return self.query(
            [
                ListQuery(window, orientation, pdq, is_flat)
                for window, is_flat, pdqs in asked
                for orientation, pdq in enumerate(pdqs)
            ]
        )

    def find_image(self, hashes: Perceptual, *, thorough: bool) -> dict[tuple[bytes, int, int], ListWay]:
        """Returns (hash, list, entry) -> the way in which the image matches.

        Matches of a low quality image are only possible.
        """
        found = self.find_windows(choose_windows(hashes, thorough=thorough)) if can_be_possible(hashes) else {}
        return found if can_match(hashes) else _make_possible(found)

    def find_frames(self, frames: Sequence[Frame], *, thorough: bool) -> dict[tuple[bytes, int, int], ListWay]:
        """Returns (hash, list, entry) -> the way in which a frame matches: in all orientations if `thorough`, else unrotated."""
        asked = []
        for frame in frames:
            for window, pdq in ((0, frame.pdq), (_TRIMMED, frame.trimmed)):
                oriented_hashes = orient_pdq(pdq) if pdq and thorough else (pdq,) if pdq else ()
                asked += [
                    ListQuery(window, orientation, oriented, False, frame.at_ms, frame.quality)
                    for orientation, oriented in enumerate(oriented_hashes)
                ]
        return self.query(asked)

    def query(self, asked: Sequence[ListQuery]) -> dict[tuple[bytes, int, int], ListWay]:
        """Returns (hash, list, entry) -> the nearest way, at most the limits.HUB_FROM nearest."""
        best: dict[tuple[bytes, int, int], ListWay] = {}
        with self._guard:
            found = self._index.query_many([question.pdq for question in asked])
        for question, hits in zip(asked, found, strict=True):
            for key, distance in hits:
                row = self._get_row(key)
                if distance <= self._radii.get(row[1], limits.MATCH_RADIUS):
                    _keep_nearest(best, row, _judge_distance(distance, question))
        if len(best) <= limits.HUB_FROM:
            return best
        return dict(sorted(best.items(), key=lambda pair: (pair[1], pair[0]))[: limits.HUB_FROM])


def _make_possible(found: dict[tuple[bytes, int, int], ListWay]) -> dict[tuple[bytes, int, int], ListWay]:
    """Returns the matches as only possible ones."""
    return {key: replace(way, possible=True) for key, way in found.items()}


def _keep_nearest(best: dict[tuple[bytes, int, int], ListWay], key: tuple[bytes, int, int], way: ListWay | None) -> None:
    """Keeps the nearer of two ways for the same hash and entry."""
    if way is not None and (key not in best or way < best[key]):
        best[key] = way


_kept: tuple[object, ListHashIndex] | None = None
"""The index of all lists. It takes long to build and is the same for every image, so it is kept until the lists change."""


def load_list_index(db: Reader) -> ListHashIndex:
    """Returns the index of all lists, kept in memory until the lists change."""
    global _kept
    state = (load_store_id(db), tuple((row.id, row.sha256, row.added, row.entries, row.radius) for row in lists.load_lists(db)))
    kept = _kept
    if kept is None or kept[0] != state:
        kept = _kept = (state, ListHashIndex(lists.iter_pdq_hashes(db), lists.load_radii(db)))
    return kept[1]


def choose_windows(hashes: Perceptual, *, thorough: bool) -> Entries:
    """Returns the windows that are compared with lists: each one if `thorough`, else the whole and the trimmed image."""
    found = decode_windows(hashes.windows or encode_whole(hashes.pdq))
    return found if thorough else [entry for entry in found if entry.window <= _TRIMMED]


def compare_images(batch: Batch, pictures: Iterable[tuple[int, Perceptual]], *, thorough: bool = False) -> None:
    """Stores the matches of images of the store (media item, hashes) with all lists."""
    known = load_list_index(batch)
    if len(known):
        for medium_id, hashes in pictures:
            list_matches.save_list_matches(batch, _build_rows(medium_id, known.find_image(hashes, thorough=thorough)))


def compare_frames(batch: Batch, medium_id: int, frames: Sequence[Frame], *, thorough: bool) -> None:
    """Stores the matches of a video's frames with all lists."""
    known = load_list_index(batch)
    if len(known):
        list_matches.save_list_matches(batch, _build_rows(medium_id, known.find_frames(frames, thorough=thorough)))


def _build_rows(medium_id: int, found: dict[tuple[bytes, int, int], ListWay]) -> Iterator[ListMatch]:
    """Yields the rows of these matches."""
    for (value, list_id, item_id), way in found.items():
        yield ListMatch(value, medium_id, list_id, item_id, way.describe(), way.possible, way.quality)


def compare_store(batch: Batch, list_id: int, tell: Callable[[], None] = lambda: None) -> None:
    """Compares every image and video of the store with a list, in all windows and orientations, and stores the matches.

    `tell` is called between the steps, and may raise.
    """
    listed = lists.count_pdq_hashes(batch, list_id)
    if not listed:
        return
    known = _LazyIndex(batch, list_id)
    if media.has_images_with_windows(batch, -(-listed // _VARIANTS)):
        matches = _look_up_list(batch, list_id)
    else:
        matches = _look_up_store(batch, known)
    for rows in chain(matches, _look_up_few(batch, known)):
        tell()
        list_matches.save_list_matches(batch, rows)


class _LazyIndex:
    """The index of one list, which is made when the first image or video asks."""

    def __init__(self, db: Reader, list_id: int) -> None:
        self._db, self._list_id = db, list_id

    @cached_property
    def index(self) -> ListHashIndex:
        """The index."""
        return ListHashIndex(lists.iter_pdq_hashes(self._db, self._list_id), lists.load_radii(self._db))


def _look_up_store(db: Reader, known: _LazyIndex) -> Iterator[list[ListMatch]]:
    """Yields matches of the store's images, each looked up among the list's hashes."""
    for block in _iter_windows(db, MATCHING_QUALITIES):
        for medium_id, entries in block:
            yield list(_build_rows(medium_id, known.index.find_windows(entries)))


def _look_up_list(db: Reader, list_id: int) -> Iterator[list[ListMatch]]:
    """Yields matches of the list's hashes, each looked up among the store's images."""
    index, radii = HammingIndex(), lists.load_radii(db)
    for block in _iter_windows(db, MATCHING_QUALITIES):
        new = [(_encode_key(medium_id, entry), entry.pdq) for medium_id, entries in block for entry in entries]
        index.extend([key for key, _ in new], b"".join(pdq for _, pdq in new))
        yield []
    listed = lists.iter_pdq_hashes(db, list_id)
    while some := list(islice(listed, _AT_ONCE)):
        answers = iter(index.query_many([pdq for value, _, _ in some for pdq in orient_pdq(value)]))
        yield [
            met
            for row in some
            for met in _find_nearest(row, [next(answers) for _ in INVERSE_ORIENTATIONS])
            if met.way.distance <= radii.get(row[1], limits.MATCH_RADIUS)
        ]


def _look_up_few(db: Reader, known: _LazyIndex) -> Iterator[list[ListMatch]]:
    """Yields matches of videos, in eight orientations, and of low quality images.

    There are few of either, or a video has far fewer frames than a list has hashes.
    """
    for frames in videos.iter_frame_blocks(db):
        for medium_id, blob in frames:
            yield list(_build_rows(medium_id, known.index.find_frames(decode_frames(blob), thorough=True)))
    for low_quality in _iter_windows(db, LOW_QUALITIES):
        for medium_id, entries in low_quality:
            yield list(_build_rows(medium_id, _make_possible(known.index.find_windows(entries))))


def _encode_key(medium_id: int, entry: WindowHashes) -> int:
    """Returns the key of a window in the index: media item, window, and whether it is low-texture."""
    return (medium_id * _VARIANTS + entry.window) * 2 + _is_low_texture(entry)


def _find_nearest(row: tuple[bytes, int, int], by_turn: Sequence[Hits]) -> Iterator[ListMatch]:
    """Yields the nearest match of each media item with a list's hash. `by_turn` are the hits of each orientation."""
    nearest: dict[int, ListWay] = {}
    for back, hits in zip(INVERSE_ORIENTATIONS, by_turn, strict=True):
        for key, distance in hits:
            medium_id, window = divmod(key >> 1, _VARIANTS)
            way = _judge_distance(distance, ListQuery(window, back, row[0], bool(key & 1)))
            if way is not None and (medium_id not in nearest or way < nearest[medium_id]):
                nearest[medium_id] = way
    for medium_id, way in nearest.items():
        yield from _build_rows(medium_id, {row: way})


def _iter_windows(db: Reader, qualities: range) -> Iterator[Iterable[tuple[int, Entries]]]:
    """Yields blocks of (media item, its window hashes) of images with these PDQ qualities."""
    for block in media.iter_window_blocks(db, qualities):
        yield [(i, decode_windows(kept or encode_whole(pdq))) for i, pdq, kept in block]
