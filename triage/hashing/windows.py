"""Parts of a picture that others may have cut out of it, and what is left of it without borders and bars.

A crop has another hash than the picture it was cut from. So a picture is stored with hashes of its likeliest crops: centred
ones, corners and sides. All come from one 80 x 80 plane of means, two small matrix products for all of them together. Two more
are only asked, not stored: the middle turned by 3 degrees either way.

Each entry has two hashes of the same window. PDQ says "match" up to 31 bits. Beyond, up to limits.POSSIBLE_RADIUS, a second one
of another kind must agree: which of two neighbouring cells of a 16 x 16 grid is lighter. PDQ looks at waves over the whole
window, this one at neighbours only, and a turn moves its bits without changing them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from triage.hashing import framing, perceptual
from triage.hashing.perceptual import Matrix, Plane

GRID = 16
SECOND_BYTES = 2 * GRID * (GRID - 1) // 8
ENTRY_BYTES = 32 + SECOND_BYTES
_SIDE = 80
_FINE = 1920
"""Places along a side at which the edges of windows and of cells lie."""
TURNS = ("upright", "turned left", "turned half", "turned right", "flipped", "mirrored", "transposed", "transversed")
Part = tuple[float, float, float, float]
"""Top, left, bottom, right as parts of the side."""


def _windows() -> Iterator[tuple[str, Part]]:
    for cut in (5, 10, 20, 40):
        half = cut / 200
        yield f"centre -{cut} %", (half, half, 1 - half, 1 - half)
    yield "left and right cut off, 25 %", (0.0, 0.125, 1.0, 0.875)
    yield "top and bottom cut off, 25 %", (0.125, 0.0, 0.875, 1.0)
    for cut in (5, 10, 20):
        keep = 1 - cut / 100
        for vertical, top in (("top", 0.0), ("bottom", 1 - keep)):
            for horizontal, left in (("left", 0.0), ("right", 1 - keep)):
                yield f"{vertical} {horizontal} -{cut} %", (top, left, top + keep, left + keep)
        yield f"top cut off, {cut} %", (1 - keep, 0.0, 1.0, 1.0)
        yield f"bottom cut off, {cut} %", (0.0, 0.0, keep, 1.0)
        yield f"left cut off, {cut} %", (0.0, 1 - keep, 1.0, 1.0)
        yield f"right cut off, {cut} %", (0.0, 0.0, 1.0, keep)


PARTS = dict(_windows())
WHOLE, ASKED = ("whole", "trimmed", "photo inside"), ("middle turned 3 degrees left", "middle turned 3 degrees right")
VARIANTS = (*WHOLE, *PARTS, *ASKED)
"""What the entries of a picture are, in order; the last ones are not stored in an index, only asked."""
_EDGES = {
    place: (top == 0, left == 0, bottom == 1, right == 1)
    for place, (top, left, bottom, right) in enumerate(PARTS.values(), len(WHOLE))
}
BLOB_BYTES = len(VARIANTS) * ENTRY_BYTES


@dataclass(frozen=True, slots=True)
class Entry:
    """A window's two hashes. `variant` is its place in VARIANTS."""

    variant: int
    pdq: bytes
    second: bytes


def entries(blob: bytes, last: int = len(VARIANTS)) -> tuple[Entry, ...]:
    """Of one picture, up to the variant `last`; windows that say too little, and those without a border where there is none, are
    left out. Blobs of another length come from an older version: of them only the whole picture is known."""
    length = min(BLOB_BYTES, (last + 1) * ENTRY_BYTES) if len(blob) == BLOB_BYTES else ENTRY_BYTES
    found = (blob[at : at + ENTRY_BYTES] for at in range(0, length, ENTRY_BYTES))
    return tuple(Entry(place, part[:32], part[32:]) for place, part in enumerate(found) if any(part[:32]))


def columns(blob: bytes) -> tuple[NDArray[np.intp], NDArray[np.uint8], NDArray[np.uint8]]:
    """Of the same entries the variants, PDQ (n, 32) and second hashes, for an index, which takes them in bulk."""
    known = blob if len(blob) == BLOB_BYTES else blob[:ENTRY_BYTES]
    laid = np.frombuffer(known, np.uint8).reshape(-1, ENTRY_BYTES)
    variants = np.flatnonzero(laid[:, :32].any(axis=1))
    return variants, laid[variants, :32], laid[variants, 32:]


def measure(luma: Plane, pdq: bytes, plane: Matrix | None = None) -> bytes:
    """The entries of an upright picture, BLOB_BYTES long. `pdq` is its own, of the whole; `plane` is `luma` in single precision,
    where it is at hand."""
    cells = _cells(luma if plane is None else plane)
    photo = framing.photo(luma) if framing.perhaps_framed(cells) else framing.NOTHING_AROUND
    pieces = [_cells(piece) for piece in (photo.trimmed, photo.inside) if piece is not None]
    blocks, grids = _taken(cells, _PARTS)
    more, finer = _of_whole(np.stack([cells, *pieces, *cells.take(_turned_places(*luma.shape))]))
    found = _finished(np.concatenate([more, blocks]), np.concatenate([finer, grids]))
    at = [0, *(place for place, piece in enumerate((photo.trimmed, photo.inside), 1) if piece is not None)]
    laid = np.zeros((len(VARIANTS), ENTRY_BYTES), np.uint8)
    laid[at] = found[: len(at)]
    laid[len(WHOLE) : -len(ASKED)] = found[len(more) :]
    laid[-len(ASKED) :] = found[len(at) : len(more)]
    laid[0, :32] = np.frombuffer(pdq, np.uint8)
    return laid.tobytes()


def kept_edges(variant: int, turn: int) -> tuple[bool, ...]:
    """Which edges of the picture (top, left, bottom, right) a crop still has, once the crop was turned."""
    top, left, bottom, right = _EDGES.get(variant, (False,) * 4)
    flipped, mirrored = (bottom, left, top, right), (top, right, bottom, left)
    return (
        (top, left, bottom, right),
        (right, top, left, bottom),
        (bottom, right, top, left),
        (left, bottom, right, top),
        flipped,
        mirrored,
        (left, top, right, bottom),
        (right, bottom, left, top),
    )[turn]


def turned_pdq(pdq: bytes) -> tuple[bytes, ...]:
    """The hash of the picture turned and mirrored, in the order of TURNS, from the bits alone: some bits off the true one (at
    most 22 were seen), since to mirror negates coefficients, and their median lies almost, not quite, at zero. Turning back
    gives the same bits again, so that it does not matter which of two hashes is turned."""
    block = np.unpackbits(np.frombuffer(pdq, np.uint8))[::-1].reshape(16, 16)
    odd = (np.arange(16) % 2 == 0).astype(np.uint8)
    mirrored, flipped = block ^ odd, block ^ odd[:, None]
    half = mirrored ^ odd[:, None]
    turns = (block, mirrored.T, half, flipped.T, flipped, mirrored, block.T, half.T)
    return tuple(np.packbits(bits.ravel()[::-1]).tobytes() for bits in turns)


def turned_second(second: bytes) -> tuple[bytes, ...]:
    """Likewise, and exact."""
    across, down = np.unpackbits(np.frombuffer(second, np.uint8)).reshape(2, GRID, GRID - 1)
    plain = (across, down)
    mirrored, flipped = _mirrored(*plain), _flipped(*plain)
    half = _flipped(*mirrored)
    turns = (plain, mirrored[::-1], half, flipped[::-1], flipped, mirrored, plain[::-1], half[::-1])
    return tuple(np.packbits(np.stack(pair)).tobytes() for pair in turns)


Bits = NDArray[np.uint8]


def _mirrored(across: Bits, down: Bits) -> tuple[Bits, Bits]:
    """Left for right. `across` has a row of comparisons a row of cells, `down` one a column of cells."""
    return 1 - across[:, ::-1], down[::-1]


def _flipped(across: Bits, down: Bits) -> tuple[Bits, Bits]:
    return across[::-1], 1 - down[:, ::-1]


def _cells(luma: Plane | Matrix) -> Matrix:
    rows = np.concatenate([band.weights @ luma[band.needs].astype(np.float32, copy=False) for band in _mean_bands(luma.shape[0])])
    columns = [rows[:, band.needs] @ band.weights.T for band in _mean_bands(luma.shape[1])]
    return np.concatenate(columns, axis=1)


@lru_cache(perceptual.SIZES_KEPT)
def _mean_bands(samples: int) -> tuple[perceptual.Band, ...]:
    return perceptual.bands(_shares(np.linspace(0, samples, _SIDE + 1), samples), np.float32)


def _shares(edges: Matrix, samples: int) -> Matrix:
    """(cells, samples): how much of a cell, from one edge to the next, each sample makes up."""
    places = np.arange(samples)
    covered = np.minimum(edges[1:, None], places + 1) - np.maximum(edges[:-1, None], places)
    shares: Matrix = np.maximum(covered, 0) / np.diff(edges)[:, None]
    return shares


@dataclass(frozen=True, slots=True)
class _Operators:
    """`lines` (n, 32, 128) takes 16 of PDQ's waves and 16 cells of the grid out of each different stretch of a side; `rows` and
    `columns` say which stretches a window lies between."""

    lines: Matrix
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]


@cache
def _operators(windows: tuple[Part, ...]) -> _Operators:
    down = [(top, bottom) for top, _, bottom, _ in windows]
    across = [(left, right) for _, left, _, right in windows]
    stretches = sorted({*down, *across})
    lines = np.stack([_operator(*stretch) for stretch in stretches])
    return _Operators(lines, np.array([stretches.index(s) for s in down]), np.array([stretches.index(s) for s in across]))


def _operator(start: float, stop: float) -> Matrix:
    first, last = round(start * _FINE), round(stop * _FINE)
    blurred = np.zeros((perceptual.PDQ_SIDE, _FINE))
    blurred[:, first:last] = perceptual.pdq_filter(last - first, last - first)
    folded = blurred.reshape(perceptual.PDQ_SIDE, _SIDE, -1).sum(axis=2)
    waves = perceptual.PDQ_BASIS @ folded
    grid = _shares(np.linspace(start * _SIDE, stop * _SIDE, GRID + 1), _SIDE)
    return np.concatenate([waves, grid]).astype(np.float32)


def _taken(cells: Matrix, use: _Operators) -> tuple[Matrix, Matrix]:
    """Of every window its 256 waves and its grid of cells."""
    wide = (use.lines.reshape(-1, _SIDE) @ cells).reshape(use.lines.shape)[use.rows]
    columns = use.lines.transpose(0, 2, 1)[use.columns]
    return (wide[:, :16] @ columns[:, :, :16]).reshape(len(wide), -1), wide[:, 16:] @ columns[:, :, 16:]


def _of_whole(planes: Matrix) -> tuple[Matrix, Matrix]:
    """Likewise of each plane of cells."""
    wide = _WHOLE @ planes
    return (wide[:, :16] @ _WHOLE[:16].T).reshape(len(planes), -1), wide[:, 16:] @ _WHOLE[16:].T


def _finished(blocks: Matrix, grids: Matrix) -> NDArray[np.uint8]:
    """(windows, ENTRY_BYTES); zeros where the waves say too little."""
    medians = np.partition(blocks, 127, axis=1)[:, 127:128]
    found = np.concatenate([np.packbits(blocks[:, ::-1] > medians, axis=1), _seconds(grids)], axis=1)
    found[perceptual.undetermined(blocks, medians)] = 0
    return found


def _seconds(grids: Matrix) -> NDArray[np.uint8]:
    comparisons = np.empty((len(grids), 2, GRID, GRID - 1), np.bool_)
    np.greater(grids[:, :, 1:], grids[:, :, :-1], out=comparisons[:, 0])
    down = grids.transpose(0, 2, 1)
    np.greater(down[:, :, 1:], down[:, :, :-1], out=comparisons[:, 1])
    return np.packbits(comparisons.reshape(len(grids), -1), axis=1)


_WHOLE = _operator(0.0, 1.0)
_PARTS = _operators(tuple(PARTS.values()))
_DEGREES, _MIDDLE = 3, PARTS["centre -10 %"]


@lru_cache(perceptual.SIZES_KEPT)
def _turned_places(height: int, width: int) -> NDArray[np.intp]:
    """Which cell lies under each cell of the middle of a picture that was turned by 3 degrees, left and right."""
    top, left, bottom, right = _MIDDLE
    at = (np.arange(_SIDE) + 0.5) / _SIDE - 0.5
    y, x = np.meshgrid(at * (bottom - top) * height, at * (right - left) * width, indexing="ij")
    sine, cosine = math.sin(math.radians(_DEGREES)), math.cos(math.radians(_DEGREES))
    found = []
    for way in (sine, -sine):
        down, across = (y * cosine + x * way) / height + 0.5, (x * cosine - y * way) / width + 0.5
        row, column = (np.clip(place * _SIDE, 0, _SIDE - 1).astype(np.intp) for place in (down, across))
        found.append(row * _SIDE + column)
    return np.stack(found)
