"""Finds the images that match one image: asks an index for the hashes of its windows and decides which hits are matches.

Whole images are compared with every window. Crops are compared with whole images and with crops that keep the same edges or the
middle: a crop of a crop may be the very crop that was stored.

Three answers: a match (PDQ within 31 bits, and the difference hash agrees), a possible match (for a person to judge, and for
nothing else), or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import NamedTuple

import numpy as np

from triage import limits
from triage.hashing.crop_windows import (
    CROP_NUMBERS,
    INNER_NUMBERS,
    LAST_WHOLE,
    STORED_COUNT,
    WINDOWS,
    find_kept_edges,
)
from triage.hashing.difference_hash import DHASH_BITS, DHASH_BYTES, count_gradient_changes
from triage.hashing.hamming_index import HASH_BYTES, HammingIndex, Hits, ScanIndex
from triage.hashing.orientations import ORIENTATIONS, orient_dhash, orient_pdq
from triage.hashing.window_codec import PDQ_BYTES, WindowHashes, decode_window, decode_windows, encode_whole, join_entries
from triage.model.match_way import MatchWay
from triage.model.media import Perceptual

WINDOW_BITS = 6
"""Of an index key: the window's number, below the medium's id."""
_WINDOW_MASK = (1 << WINDOW_BITS) - 1
_WORST_PDQ_DISTANCE = 8 * HASH_BYTES  # bits; stands for a window that has no hashes

BlobLoader = Callable[[int], bytes | None]
"""Loads the stored window hashes of a medium."""


@dataclass(frozen=True, slots=True)
class StoredHashes:
    """The hashes of a stored image; `windows` is None for one that was imported before windows were hashed."""

    medium_id: int
    pdq: bytes
    windows: bytes | None


class ImageIndex:
    """Holds the window hashes of images. Not thread-safe: one thread at a time."""

    def __init__(self) -> None:
        self.windows = HammingIndex()
        """PDQ of all stored windows."""
        self.wholes = ScanIndex(DHASH_BYTES)
        """Difference hashes of the whole windows."""

    def __len__(self) -> int:
        """Returns the number of windows, not of images."""
        return len(self.windows)

    def add(self, medium_id: int, hashes: Perceptual) -> None:
        """Adds one image; it is found from now on."""
        self.extend((StoredHashes(medium_id, hashes.pdq, hashes.windows),))

    def extend(self, images: Iterable[StoredHashes], windows: int = STORED_COUNT) -> None:
        """Adds many images, of each the windows with numbers below `windows`."""
        some = list(images)
        if not some:
            return
        numbers, found, entries = join_entries([image.windows or encode_whole(image.pdq) for image in some], windows)
        keys = np.array([image.medium_id for image in some], np.int64)[numbers] << WINDOW_BITS | found
        self.windows.extend(keys, entries[:, :PDQ_BYTES].tobytes())
        is_hashed = np.array([bool(image.windows) for image in some])
        wholes = np.flatnonzero(is_hashed[numbers] & (found <= LAST_WHOLE))
        self.wholes.extend(keys[wholes], entries[wholes, PDQ_BYTES:].tobytes())


def decode_key(key: int) -> tuple[int, int]:
    """Returns the medium id and the window of a hit in `ImageIndex.windows` or `wholes`. A plain pair: hits are many."""
    return key >> WINDOW_BITS, key & _WINDOW_MASK


@dataclass(frozen=True, slots=True)
class WindowQuery:
    """A window of the image that is asked for, in one orientation. `upright` is its difference hash before it was oriented."""

    window: int
    orientation: int
    pdq: bytes
    upright: bytes

    @property
    def dhash(self) -> bytes:
        """Returns the oriented difference hash.

        Computed late, since most queries find nothing.
        """
        return orient_dhash(self.upright)[self.orientation]


class _Candidate(NamedTuple):
    """A window of a stored image that a query found. The fields are in the order in which candidates are ranked."""

    distance: int
    found_window: int
    asked_window: int
    orientation: int

    @property
    def is_whole(self) -> bool:
        """Returns whether two whole images were compared."""
        return max(self.asked_window, self.found_window) <= LAST_WHOLE

    @property
    def rank(self) -> _Rank:
        """Returns the sort key.

        Two whole images that match say more than parts that match, however near they are.
        """
        return _Rank(not self.is_whole, self)


class _Rank(NamedTuple):
    """Sorts the best candidate first."""

    is_part: bool
    candidate: _Candidate


class WindowFinding(NamedTuple):
    """A window of a stored image that a query found and that may be compared with it."""

    query: WindowQuery
    medium_id: int
    candidate: _Candidate


def find_matches(index: ImageIndex, load_blob: BlobLoader, hashes: Perceptual, *, thorough: bool = False) -> dict[int, MatchWay]:
    """Returns the images that match this one, by medium id, each by its best way.

    Some thousands of pairs of strangers in thousands of millions lie within a match's radius, so the difference hash must agree.
    Of an image that was imported before difference hashes were stored, PDQ alone decides.

    Args:
        index: the images to search.
        load_blob: loads the stored windows of an image that was found.
        hashes: of the image to look for.
        thorough: search every window in all orientations; else the whole windows, upright.
    """
    return choose_matches(load_blob, _search_pdq(index, list_queries(hashes, thorough), limits.MATCH_RADIUS))


@dataclass(frozen=True, slots=True)
class NewImage:
    """An image that the index holds already."""

    medium_id: int
    hashes: Perceptual


def find_earlier_matches(index: ImageIndex, load_blob: BlobLoader, images: Sequence[NewImage]) -> list[dict[int, MatchWay]]:
    """Returns for each image the images with lower ids that match it.

    The result is as if each image was searched and then added, one after the other. It is many times faster.
    """
    if not len(index):
        return [{} for _ in images]
    queries = [list(list_queries(image.hashes, False)) for image in images]
    answers = iter(index.windows.query_many([query.pdq for own in queries for query in own]))
    found = []
    for image, own in zip(images, queries, strict=True):
        before = image.medium_id << WINDOW_BITS
        hits = [[hit for hit in next(answers) if hit.key < before] for _ in own]
        found.append(choose_matches(load_blob, compare_windows(own, hits)))
    return found


def find_possible_matches(
    index: ImageIndex, load_blob: BlobLoader, hashes: Perceptual, known: Collection[int]
) -> dict[int, MatchWay]:
    """Returns the images that are possibly this one, by medium id, without those in `known`.

    Windows that lie a little beside one another are found by PDQ, as far as its tables reach. Their difference hashes must agree.
    A sticker, a large watermark or other colours change a few cells and many PDQ bits. So whole images are scanned for difference
    hashes that agree well, and PDQ must not contradict. What would match but for its difference hash is possible too, unless that
    contradicts strongly.
    """
    queries = list(list_queries(hashes, thorough=True))
    near = _search_pdq(index, queries, limits.POSSIBLE_RADIUS)
    return _choose_possible(load_blob, chain(near, _scan_wholes(index, queries)), known)


class BothTiers(NamedTuple):
    """The matches and the possible matches of an image, by medium id."""

    matches: dict[int, MatchWay]
    possible: dict[int, MatchWay]


def find_both_tiers(index: ImageIndex, load_blob: BlobLoader, hashes: Perceptual, known: Collection[int]) -> BothTiers:
    """Returns what `find_matches`, thorough, finds and what `find_possible_matches` finds besides, for the look-ups of one."""
    queries = list(list_queries(hashes, thorough=True))
    near = list(_search_pdq(index, queries, limits.POSSIBLE_RADIUS))
    matches = choose_matches(load_blob, (found for found in near if found.candidate.distance <= limits.MATCH_RADIUS))
    possible = _choose_possible(load_blob, chain(near, _scan_wholes(index, queries)), {*known, *matches})
    return BothTiers(matches, possible)


def _choose_possible(load_blob: BlobLoader, findings: Iterable[WindowFinding], known: Collection[int]) -> dict[int, MatchWay]:
    """Returns the images of these findings that are possible matches, each by its best way, without those in `known`."""
    best: dict[int, _Candidate] = {}
    dhash_distances: dict[int, int] = {}
    for finding in findings:
        medium_id, candidate = finding.medium_id, finding.candidate
        if medium_id in known or (medium_id in best and best[medium_id].rank <= candidate.rank):
            continue
        stored = _load_window(load_blob(medium_id), candidate.found_window)
        pdq_distance, dhash_distance = _count_differences(stored, finding.query)
        changes = _count_shared_changes(stored, finding.query)
        if _is_possible(candidate, pdq_distance, dhash_distance, changes):
            best[medium_id] = candidate._replace(distance=pdq_distance)
            dhash_distances[medium_id] = dhash_distance
    return {medium_id: _describe(candidate, dhash_distances[medium_id]) for medium_id, candidate in best.items()}


def _is_possible(candidate: _Candidate, pdq_distance: int, dhash_distance: int, changes: int) -> bool:
    near = dhash_distance <= limits.POSSIBLE_DHASH_BITS and pdq_distance <= limits.POSSIBLE_RADIUS
    covered = dhash_distance <= limits.TOUCHED_DHASH_BITS and pdq_distance <= limits.TOUCHED_RADIUS
    agrees = (near or (candidate.is_whole and covered)) and dhash_distance < limits.POSSIBLE_SHARE * changes
    would_match = pdq_distance <= limits.MATCH_RADIUS and (candidate.is_whole or dhash_distance <= limits.WINDOW_DHASH_BITS)
    contradicts = pdq_distance > limits.CLOSE_RADIUS and dhash_distance >= limits.AGAINST_SHARE * changes
    return agrees or (would_match and not contradicts)


def find_low_quality_matches(
    index: ImageIndex, load_blob: BlobLoader, hashes: Perceptual, known: Collection[int]
) -> dict[int, MatchWay]:
    """Returns the possible matches where one of two images has low quality: what would match if both had enough.

    Images of one thing on an even ground seldom come nearer to one another than that (docs/measurements-hashing.md).
    """
    best: dict[int, _Candidate] = {}
    dhash_distances: dict[int, int] = {}
    for query, medium_id, candidate in _search_pdq(index, list_queries(hashes, thorough=True), limits.MATCH_RADIUS):
        if medium_id in known or (medium_id in best and best[medium_id].rank <= candidate.rank):
            continue
        blob = load_blob(medium_id)
        if _dhash_agrees(blob, query, candidate):
            best[medium_id] = candidate
            dhash_distances[medium_id] = _count_differences(_load_window(blob, candidate.found_window), query)[1]
    return {medium_id: _describe(candidate, dhash_distances[medium_id]) for medium_id, candidate in best.items()}


def choose_matches(load_blob: BlobLoader, findings: Iterable[WindowFinding]) -> dict[int, MatchWay]:
    """Returns the images of these findings whose difference hash agrees, each by its best way."""
    best: dict[int, _Rank] = {}
    for query, medium_id, candidate in findings:
        rank = candidate.rank
        if medium_id in best and best[medium_id] <= rank:
            continue
        if _dhash_agrees(load_blob(medium_id), query, candidate):
            best[medium_id] = rank
    return {medium_id: _describe(rank.candidate) for medium_id, rank in best.items()}


def _describe(candidate: _Candidate, dhash_distance: int | None = None) -> MatchWay:
    return MatchWay(
        hash_kind="pdq",
        distance=candidate.distance,
        asked_window=WINDOWS[candidate.asked_window],
        found_window=WINDOWS[candidate.found_window],
        orientation=ORIENTATIONS[candidate.orientation],
        dhash_distance=dhash_distance,
    )


def _dhash_agrees(blob: bytes | None, query: WindowQuery, candidate: _Candidate) -> bool:
    """Returns whether the difference hash confirms a candidate.

    Balls, edges and waves before an even ground look the same to PDQ, and have little to disagree on. So the fewer gradient
    changes there are in either image, the fewer comparisons may differ. What is very near may be noisy.
    """
    if candidate.is_whole and not (blob and any(query.upright)):
        return True
    stored = _load_window(blob, candidate.found_window)
    if stored is None:
        return False
    changes = _count_shared_changes(stored, query)
    dhash_distance = _count_differences(stored, query)[1]
    if candidate.distance <= limits.CLOSE_RADIUS:
        return dhash_distance < limits.CLOSE_SHARE * changes
    allowed = limits.DHASH_SHARE * (changes - limits.FLAT_GRADIENT_CHANGES)
    return dhash_distance <= limits.MOST_DHASH_BITS and dhash_distance < allowed


def _count_shared_changes(stored: WindowHashes | None, query: WindowQuery) -> int:
    """Counts the gradient changes of the window that has fewer."""
    return 0 if stored is None else min(count_gradient_changes(stored.dhash), count_gradient_changes(query.upright))


def _scan_wholes(index: ImageIndex, queries: Sequence[WindowQuery]) -> Iterator[WindowFinding]:
    """Searches by the difference hash of whole images; the distance is given as 0."""
    wholes = [query for query in queries if query.window <= LAST_WHOLE]
    answers = index.wholes.query_many([query.dhash for query in wholes], limits.TOUCHED_DHASH_BITS)
    for query, hits in zip(wholes, answers, strict=True):
        for hit in hits:
            medium_id, found = decode_key(hit.key)
            yield WindowFinding(query, medium_id, _Candidate(0, found, query.window, query.orientation))


def _search_pdq(index: ImageIndex, queries: Iterable[WindowQuery], radius: int) -> Iterator[WindowFinding]:
    asked = list(queries)
    return compare_windows(asked, index.windows.query_many([query.pdq for query in asked], radius, exhaustive=False))


def compare_windows(queries: Iterable[WindowQuery], answers: Iterable[Hits]) -> Iterator[WindowFinding]:
    """Keeps the hits whose windows may be compared."""
    for query, hits in zip(queries, answers, strict=True):
        comparable = find_comparable(query.window, query.orientation)
        for key, distance in hits:
            found = key & _WINDOW_MASK
            if found in comparable:
                yield WindowFinding(query, key >> WINDOW_BITS, _Candidate(distance, found, query.window, query.orientation))


@cache
def find_comparable(window: int, orientation: int) -> frozenset[int]:
    """Returns the stored windows that this one may be compared with once it was oriented."""
    if window <= LAST_WHOLE:
        return frozenset(range(STORED_COUNT)) - INNER_NUMBERS
    kept = find_kept_edges(window, orientation)
    same = (other for other in CROP_NUMBERS if find_kept_edges(other, 0) == kept)
    return frozenset((*range(LAST_WHOLE + 1), *same))


def _load_window(blob: bytes | None, window: int) -> WindowHashes | None:
    return decode_window(blob, window) if blob else None


class _Differences(NamedTuple):
    """How many bits of each hash differ."""

    pdq: int
    dhash: int


def _count_differences(stored: WindowHashes | None, query: WindowQuery) -> _Differences:
    """Counts all bits where the stored window has no hashes."""
    if stored is None:
        return _Differences(_WORST_PDQ_DISTANCE, DHASH_BITS)
    return _Differences(_count_bits(stored.pdq, query.pdq), _count_bits(stored.dhash, query.dhash))


def _count_bits(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def list_queries(hashes: Perceptual, thorough: bool) -> Iterator[WindowQuery]:
    """Yields the windows by which an image is looked for: all in all orientations, or only the whole ones as they are."""
    last = len(WINDOWS) if thorough else LAST_WHOLE
    for own in decode_windows(hashes.windows or encode_whole(hashes.pdq), last):
        if own.window in INNER_NUMBERS:
            continue
        if not thorough:
            yield WindowQuery(own.window, 0, own.pdq, own.dhash)
            continue
        pdqs = orient_pdq(own.pdq) if own.window else hashes.turns
        for orientation, pdq in enumerate(pdqs):
            yield WindowQuery(own.window, orientation, pdq, own.dhash)
