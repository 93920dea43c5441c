"""Finds crops that were cut by another amount at each side, between the stored windows, and images tilted by a few degrees.

Each of four edges may lie anywhere within a fifth of its side. To have a stored window beside every such crop would take
hundreds of them. But a crop still contains some stored middles of its image (crop_windows.INNER_CROPS, the centred ones). And
some windows of the crop make, with some stored ones, as many pairs as one number times the other. So an image is asked for in
windows all over itself, and one of them lies near one of the other's. It works the other way round too: of a whole image that
comes after its crop, one of these windows lies near the crop.

Near is not the same: hashes of windows that lie a little beside one another differ by much. So one edge at a time is moved, from
cell to cell, as long as both hashes come nearer. A true crop comes very near, a stranger does not.

A tilted image is rotated back by some degrees first. Then its middle lies near one that is stored, and its edges move likewise.

The cells are computed again when an image is asked for (decode/client.py); they are never stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from triage import limits
from triage.hashing.crop_windows import WINDOWS
from triage.hashing.difference_hash import count_gradient_changes
from triage.hashing.match_index import BlobLoader, ImageIndex, decode_key
from triage.hashing.orientations import ORIENTATIONS, orient_dhash, orient_pdq
from triage.hashing.resampling import CELLS_SIDE, Matrix
from triage.hashing.window_codec import PDQ_BYTES, WindowHashes, decode_window
from triage.hashing.window_hashing import WindowRegion, find_rotated_cells, hash_regions
from triage.model.match_way import CropWindow, MatchWay, Orientation
from triage.model.media import MediaFacts


class _Span(NamedTuple):
    """A span along a side, from one edge to the other, in cells."""

    start: int
    stop: int


_SPANS = (
    *(_Span(2, 64), _Span(2, 70), _Span(2, 75), _Span(4, 78), _Span(6, 70), _Span(7, 65)),
    *(_Span(8, 74), _Span(10, 78), _Span(12, 66), _Span(14, 70), _Span(14, 74), _Span(16, 78)),
)
"""Where the stored middles may lie in a crop that lost up to a fifth at either end, and where such a crop may lie in its image,
is a small area of starts and stops. These are the middles of twelve patches of it, by k-means: moving a window changes its hashes
as much as stretching it by 1.7 times as much."""
_OPPOSITE_FIFTHS = (WindowRegion(16, 0, 64, 80), WindowRegion(0, 16, 80, 64))
"""Where the middle lies (CENTRE_40) in what is left when two opposite sides lost a fifth each."""
_TILTS = (-6, -3, 3, 6)  # degrees; hashes bear one degree more or less
_NO_TILT = 0
_TILTED_MIDDLES = (WindowRegion(4, 4, 76, 76), WindowRegion(7, 7, 73, 73), WindowRegion(10, 10, 70, 70))
"""Rotated back, a tilted image is asked for in its middle, whether its corners were filled or cropped away."""
_ASKED_ORIENTATIONS = (ORIENTATIONS.index(Orientation.UPRIGHT), ORIENTATIONS.index(Orientation.MIRRORED))
"""Each undoes itself."""
_STARTS_TRIED = 2  # places a pair of images is tried from, the nearest first
_DHASH_WEIGHT = 0.6  # both hashes count about as much: strangers differ in 128 bits of PDQ and in 240 of the difference hash
_LEAST_SIDE = 30  # cells of a window that is moved
_STEP_SIZES = (2, 1)  # cells by which edges are moved, the larger steps first
_MOST_PDQ_START = limits.UNEVEN_STARTS[0]  # bits of PDQ that two windows differ in at most to be tried
_MOST_DHASH_START = limits.UNEVEN_STARTS[1]  # the same of the difference hash
_MOVES = (
    *(WindowRegion(1, 0, 0, 0), WindowRegion(0, 1, 0, 0), WindowRegion(0, 0, 1, 0), WindowRegion(0, 0, 0, 1)),
    *(WindowRegion(-1, 0, 0, 0), WindowRegion(0, -1, 0, 0), WindowRegion(0, 0, -1, 0), WindowRegion(0, 0, 0, -1)),
    *(WindowRegion(1, 0, 1, 0), WindowRegion(0, 1, 0, 1), WindowRegion(-1, 0, -1, 0), WindowRegion(0, -1, 0, -1)),
    *(WindowRegion(1, 1, -1, -1), WindowRegion(-1, -1, 1, 1)),
)
"""One edge, the window as a whole, or all edges inwards or outwards."""


@dataclass(frozen=True, slots=True, order=True)
class _Fit:
    """How near a region of the queried image comes to a stored window: by both hashes together and by each, in bits."""

    score: float
    pdq_distance: int
    dhash_distance: int
    region: WindowRegion


@dataclass(frozen=True, slots=True, order=True)
class _Start:
    """The place where the search of a pair of images begins or ends.

    `window` is the stored one, by its number.
    """

    fit: _Fit
    orientation: int
    window: int
    tilt: int


@dataclass(frozen=True, slots=True)
class CellPlane:
    """The cells of a queried image: 80 x 80 means in bytes, by rows.

    `aspect` is its width by its height.
    """

    plane: bytes
    aspect: float

    @classmethod
    def from_facts(cls, plane: bytes, facts: MediaFacts) -> CellPlane:
        """Returns the plane of an image with these facts."""
        return cls(plane, (facts.width or 1) / (facts.height or 1))


_Planes = dict[int, Matrix]
"""By the degrees that they are rotated back by."""


class UnevenSearch:
    """Looks for the uneven crops of one image in one index after the other, and tries the nearest of all in the end."""

    def __init__(self, cells: CellPlane) -> None:
        upright = np.frombuffer(cells.plane, np.uint8).reshape(CELLS_SIDE, CELLS_SIDE).astype(np.float32)
        self._planes = {_NO_TILT: upright} | {tilt: upright.take(find_rotated_cells(cells.aspect, tilt)) for tilt in _TILTS}
        self._queries = list(_list_queries(self._planes))
        self._starts: dict[int, list[_Start]] = {}

    def look(self, index: ImageIndex, load_blob: BlobLoader, known: Collection[int]) -> None:
        """Remembers the limits.MOST_UNEVEN images that are nearest until now, without those in `known`."""
        for medium_id, start in _find_starts(index, load_blob, self._queries, known):
            self._starts.setdefault(medium_id, []).append(start)
        nearest = sorted(self._starts.items(), key=lambda pair: (min(pair[1]), pair[0]))[: limits.MOST_UNEVEN]
        self._starts = {medium_id: sorted(starts)[:_STARTS_TRIED] for medium_id, starts in nearest}

    def find(self, load_blob: BlobLoader) -> dict[int, MatchWay]:
        """Returns the images that this one may be cut from, or they from it, by medium id."""
        found = {}
        for medium_id, starts in self._starts.items():
            if not (blob := load_blob(medium_id)):
                continue  # destroyed meanwhile
            best = min(_move_edges(self._planes[start.tilt], start, blob) for start in starts)
            changes = count_gradient_changes(_decode_found_window(blob, best.window).dhash)
            if _is_crop(best.fit, changes):
                found[medium_id] = MatchWay(
                    hash_kind="pdq",
                    distance=best.fit.pdq_distance,
                    asked_window=CropWindow.TILTED if best.tilt else CropWindow.UNEVEN,
                    found_window=WINDOWS[best.window],
                    orientation=ORIENTATIONS[best.orientation],
                    dhash_distance=best.fit.dhash_distance,
                )
        return found


def find_uneven_crops(index: ImageIndex, load_blob: BlobLoader, cells: CellPlane, known: Collection[int]) -> dict[int, MatchWay]:
    """Returns the images that this one may be cut from, or they from it, by medium id, without those in `known`."""
    search = UnevenSearch(cells)
    search.look(index, load_blob, known)
    return search.find(load_blob)


def _is_crop(fit: _Fit, gradient_changes: int) -> bool:
    is_near = fit.pdq_distance <= limits.UNEVEN_RADIUS and fit.dhash_distance <= limits.UNEVEN_DHASH_BITS
    return is_near and fit.dhash_distance < limits.POSSIBLE_SHARE * gradient_changes


@dataclass(frozen=True, slots=True)
class _Query:
    tilt: int
    region: WindowRegion
    orientation: int
    pdq: bytes
    upright_dhash: bytes


def _list_queries(planes: _Planes) -> Iterator[_Query]:
    for tilt, plane in planes.items():
        for region, own in _hash_textured(plane, _TILTED_MIDDLES if tilt else _list_regions()):
            for orientation in _ASKED_ORIENTATIONS:
                pdq = orient_pdq(own[:PDQ_BYTES].tobytes())[orientation]
                yield _Query(tilt, region, orientation, pdq, own[PDQ_BYTES:].tobytes())


def _find_starts(
    index: ImageIndex, load_blob: BlobLoader, queries: Sequence[_Query], known: Collection[int]
) -> Iterator[tuple[int, _Start]]:
    """Yields each medium that is near enough to be tried, and where."""
    blobs: dict[int, bytes] = {}
    answers = index.windows.query_many([query.pdq for query in queries], _MOST_PDQ_START, exhaustive=False)
    for query, hits in zip(queries, answers, strict=True):
        if not hits:
            continue
        dhash = int.from_bytes(orient_dhash(query.upright_dhash)[query.orientation])
        for key, pdq_distance in hits:
            medium_id, window = decode_key(key)
            if medium_id in known:
                continue
            if medium_id not in blobs:
                blobs[medium_id] = load_blob(medium_id) or b""
            stored = decode_window(blobs[medium_id], window)
            if stored is None:
                continue
            dhash_distance = (int.from_bytes(stored.dhash) ^ dhash).bit_count()
            if dhash_distance <= _MOST_DHASH_START:
                fit = _Fit(_score(pdq_distance, dhash_distance), pdq_distance, dhash_distance, query.region)
                yield medium_id, _Start(fit, query.orientation, window, query.tilt)


@cache
def _list_regions() -> tuple[WindowRegion, ...]:
    """Returns the regions all over an image that are compared with stored windows."""
    evenly = tuple(WindowRegion(rows.start, columns.start, rows.stop, columns.stop) for rows, columns in product(_SPANS, _SPANS))
    return (*evenly, *_OPPOSITE_FIFTHS)


def _score(pdq_distance: float, dhash_distance: float) -> float:
    return pdq_distance + _DHASH_WEIGHT * dhash_distance


def _move_edges(plane: Matrix, start: _Start, blob: bytes) -> _Start:
    """Moves edges as long as both hashes come nearer, and returns where the window comes to rest."""
    stored = _decode_found_window(blob, start.window)
    pdq, dhash = (
        np.unpackbits(np.frombuffer(oriented[start.orientation], np.uint8))
        for oriented in (orient_pdq(stored.pdq), orient_dhash(stored.dhash))
    )
    best = min(_list_fits(plane, [start.fit.region], pdq, dhash))
    for step in _STEP_SIZES:
        while True:
            nearest = min(_list_fits(plane, _move_region(best.region, step), pdq, dhash), default=best)
            if nearest.score >= best.score:
                break
            best = nearest
    return replace(start, fit=best)


def _decode_found_window(blob: bytes, window: int) -> WindowHashes:
    stored = decode_window(blob, window)
    if stored is None:
        raise RuntimeError("a window that was found is gone")
    return stored


def _move_region(region: WindowRegion, step: int) -> list[WindowRegion]:
    moved = (WindowRegion(*(edge + step * move for edge, move in zip(region, moves, strict=True))) for moves in _MOVES)
    return [
        each
        for each in moved
        if min(each.top, each.left) >= 0
        and max(each.bottom, each.right) <= CELLS_SIDE
        and min(each.bottom - each.top, each.right - each.left) >= _LEAST_SIDE
    ]


def _list_fits(
    plane: Matrix, regions: Sequence[WindowRegion], pdq: NDArray[np.uint8], dhash: NDArray[np.uint8]
) -> Iterator[_Fit]:
    """Compares the regions that have texture with a stored window; `pdq` and `dhash` are its bits."""
    for region, own in _hash_textured(plane, regions):
        bits = np.unpackbits(own)
        pdq_distance, dhash_distance = int((bits[: len(pdq)] != pdq).sum()), int((bits[len(pdq) :] != dhash).sum())
        yield _Fit(_score(pdq_distance, dhash_distance), pdq_distance, dhash_distance, region)


def _hash_textured(plane: Matrix, regions: Sequence[WindowRegion]) -> list[tuple[WindowRegion, NDArray[np.uint8]]]:
    """Returns both hashes of the regions that have texture."""
    if not regions:
        return []
    entries = hash_regions(plane, regions)
    return [(region, own) for region, own in zip(regions, entries, strict=True) if own[:PDQ_BYTES].any()]
