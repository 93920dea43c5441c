"""Crops that were cut unevenly, somewhere between the windows that are stored, and pictures that were tilted by a few degrees.

Four edges, each anywhere within a fifth of its side: to store, or to ask, so many windows that one of them lies beside every such
crop would take hundreds. But a crop still holds the stored middles (windows.INNER, the centred ones) of the picture it was cut
from, and among some windows of the crop and some stored ones there are as many pairs as one times the other. So a picture is
asked for in windows all over itself, and one of them lies near one of the other's. It works the other way round too: of a whole
picture that comes after its crop, one of these windows lies near the crop.

Near is not the same: hashes of windows that lie a little beside one another differ by much. So an edge at a time is moved, from
cell to cell, as long as both hashes come nearer. A true crop comes very near, a stranger does not.

A tilted picture is turned back by some degrees first. Then its middle lies near one that is stored, and its edges move likewise.

The cells are taken of the picture once more when it is asked for (decode/client.py), and nobody keeps them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from triage import limits
from triage.hashing import grids, windows
from triage.hashing.grids import Matrix
from triage.hashing.likeness import Alike, Kept, PictureIndex, Possible, medium_of
from triage.hashing.windows import Region
from triage.model.media import MediaFacts

_SIDE = grids.CELLS_SIDE
_STRETCHES = (
    *((2, 64), (2, 70), (2, 75), (4, 78), (6, 70), (7, 65)),
    *((8, 74), (10, 78), (12, 66), (14, 70), (14, 74), (16, 78)),
)
"""Of a side in cells. Where the stored middles may lie in a crop that lost up to a fifth at either end, and where such a crop may
lie in its picture, is a small area of starts and ends: these are the middles of twelve patches of it (by k-means; to move a
window changes its hashes as much as to stretch it by 1.7 times as much)."""
_BANDS: tuple[Region, ...] = ((16, 0, 64, 80), (0, 16, 80, 64))
"""Where the middle lies ("centre -40 %") in what is left when two opposite sides lost a fifth each."""
_TILTS, _UPRIGHT = (-6, -3, 3, 6), 0
_MIDDLES: tuple[Region, ...] = ((4, 4, 76, 76), (7, 7, 73, 73), (10, 10, 70, 70))
"""Turned back by so many degrees, a tilted picture is asked for in its middle, whether its corners were filled or cropped away.
Hashes bear a degree more or less."""
_TURNS = (0, windows.TURNS.index("mirrored"))
"""As asked; each undoes itself."""
_STARTS = 2
"""From so many places a pair of pictures is tried, the nearest first."""
_SECOND_WEIGHS = 0.6
"""Both hashes count about as much: strangers differ in 128 bits of one and in 240 of the other."""
_LEAST_SIDE = 30
_STEPS = (2, 1)
_MOVES = (
    *((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)),
    *((-1, 0, 0, 0), (0, -1, 0, 0), (0, 0, -1, 0), (0, 0, 0, -1)),
    *((1, 0, 1, 0), (0, 1, 0, 1), (-1, 0, -1, 0), (0, -1, 0, -1)),
    *((1, 1, -1, -1), (-1, -1, 1, 1)),
)
"""One edge, the window as a whole, or all edges in or out."""


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """A window of the picture that is asked for, beside one of another: how far by both hashes together and by each."""

    score: float
    distance: int
    second: int
    region: Region


@dataclass(frozen=True, slots=True, order=True)
class _Start:
    place: _Place
    turn: int
    found: int
    tilt: int


@dataclass(frozen=True, slots=True)
class Cells:
    """Of a picture that is asked for: 80 x 80 means in bytes, by rows, and its width as parts of its height."""

    plane: bytes
    wider: float

    @classmethod
    def of(cls, plane: bytes, facts: MediaFacts) -> Cells:
        return cls(plane, (facts.width or 1) / (facts.height or 1))


Planes = dict[int, Matrix]
"""By the degrees that they are tilted by."""


def uneven(index: PictureIndex, kept: Kept, cells: Cells, known: Collection[int]) -> dict[int, Possible]:
    """Pictures that the one with these cells may be cut from, or they from it; not those in `known`."""
    upright = np.frombuffer(cells.plane, np.uint8).reshape(_SIDE, _SIDE).astype(np.float32)
    planes = {_UPRIGHT: upright} | {tilt: upright.take(windows.tilted(cells.wider, tilt)) for tilt in _TILTS}
    starts: dict[int, list[_Start]] = defaultdict(list)
    blobs: dict[int, bytes] = {}
    for medium_id, start in _starts(index, kept, planes, known, blobs):
        starts[medium_id].append(start)
    nearest = sorted(starts, key=lambda medium_id: min(starts[medium_id]))[: limits.MOST_UNEVEN]
    found = {}
    for medium_id in nearest:
        tried = (_settled(planes[start.tilt], start, blobs[medium_id]) for start in sorted(starts[medium_id])[:_STARTS])
        best = min(tried)
        variety = windows.variety(_entry(blobs[medium_id], best.found).second)
        near = best.place.distance <= limits.UNEVEN_RADIUS and best.place.second <= limits.UNEVEN_SECOND
        if near and best.place.second < limits.POSSIBLE_SHARE * variety:
            asked = windows.TILTED if best.tilt else windows.UNEVEN
            found[medium_id] = Possible(Alike(best.place.distance, best.found, asked, best.turn), best.place.second)
    return found


def _starts(
    index: PictureIndex, kept: Kept, planes: Planes, known: Collection[int], blobs: dict[int, bytes]
) -> Iterator[tuple[int, _Start]]:
    """Each medium that is near enough to be looked at, and where. Its windows are noted in `blobs`."""
    asked = [
        (tilt, region, turn, windows.turned_pdq(own[:32].tobytes())[turn], own[32:].tobytes())
        for tilt, plane in planes.items()
        for region, own in _taken(plane, _MIDDLES if tilt else _lattice())
        for turn in _TURNS
    ]
    answers = index.windows.query_many([pdq for *_, pdq, _ in asked], limits.UNEVEN_STARTS[0], exhaustive=False)
    for (tilt, region, turn, _, upright), hits in zip(asked, answers, strict=True):
        if not hits:
            continue
        second = _number(windows.turned_second(upright)[turn])
        for key, distance in hits:
            medium_id, variant = medium_of(key)
            if medium_id in known:
                continue
            if medium_id not in blobs:
                blobs[medium_id] = kept(medium_id) or b""
            entry = windows.entry(blobs[medium_id], variant)
            beside = limits.UNEVEN_STARTS[1] + 1 if entry is None else (_number(entry.second) ^ second).bit_count()
            if beside <= limits.UNEVEN_STARTS[1]:
                yield medium_id, _Start(_Place(_score(distance, beside), distance, beside, region), turn, variant, tilt)


@cache
def _lattice() -> tuple[Region, ...]:
    evenly = tuple((top, left, bottom, right) for (top, bottom), (left, right) in product(_STRETCHES, _STRETCHES))
    return (*evenly, *_BANDS)


def _number(bits: bytes) -> int:
    return int.from_bytes(bits)


def _score(distance: float, second: float) -> float:
    return distance + _SECOND_WEIGHS * second


def _settled(plane: Matrix, start: _Start, blob: bytes) -> _Start:
    """Where the window comes to rest."""
    entry = _entry(blob, start.found)
    pdq, second = (
        np.unpackbits(np.frombuffer(turned[start.turn], np.uint8))
        for turned in (windows.turned_pdq(entry.pdq), windows.turned_second(entry.second))
    )
    best = min(_places(plane, [start.place.region], pdq, second))
    for step in _STEPS:
        while True:
            regions = _moved(best.region, step)
            nearer = min(_places(plane, regions, pdq, second), default=best)
            if nearer.score >= best.score:
                break
            best = nearer
    return replace(start, place=best)


def _entry(blob: bytes, variant: int) -> windows.Entry:
    entry = windows.entry(blob, variant)
    if entry is None:
        raise RuntimeError("a window that was found is gone")
    return entry


def _moved(region: Region, step: int) -> list[Region]:
    moved = [tuple(edge + step * move for edge, move in zip(region, moves, strict=True)) for moves in _MOVES]
    return [
        (top, left, bottom, right)
        for top, left, bottom, right in moved
        if min(top, left) >= 0 and max(bottom, right) <= _SIDE and min(bottom - top, right - left) >= _LEAST_SIDE
    ]


def _places(plane: Matrix, regions: Sequence[Region], pdq: NDArray[np.uint8], second: NDArray[np.uint8]) -> Iterator[_Place]:
    """Those of the windows that say enough."""
    for region, own in _taken(plane, regions):
        bits = np.unpackbits(own)
        distance, beside = int((bits[:256] != pdq).sum()), int((bits[256:] != second).sum())
        yield _Place(_score(distance, beside), distance, beside, region)


def _taken(plane: Matrix, regions: Sequence[Region]) -> list[tuple[Region, NDArray[np.uint8]]]:
    """Of the windows that say enough both hashes."""
    if not regions:
        return []
    return [(region, own) for region, own in zip(regions, windows.between_cells(plane, regions), strict=True) if own[:32].any()]
