"""Parts of a picture that others may have cut out of it, and what is left of it without borders and bars.

A crop has another hash than the picture it was cut from. So a picture is stored with hashes of its likeliest crops: centred
ones, corners and sides. All come from one 128 x 128 plane of means, two small matrix products for all of them together.

Each entry has two hashes of the same window. PDQ says "match" up to 31 bits. Beyond, up to limits.POSSIBLE_RADIUS, a second one
of another kind must agree: which of two neighbouring cells of a 16 x 16 grid is lighter. PDQ looks at waves over the whole
window, this one at neighbours only, and a turn moves its bits without changing them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from triage.hashing import perceptual
from triage.hashing.perceptual import Matrix, Plane

GRID = 16
SECOND_BYTES = 2 * GRID * (GRID - 1) // 8
ENTRY_BYTES = 32 + SECOND_BYTES
_SIDE = 128
_FINE = 2048
"""Places along a side to which a window's edges are rounded."""
_FLAT_CELLS, _FLAT_LINE = 12.0, 4.0
"""A line of cells is a border when its lightest and darkest differ by less; a line of pixels, when they stray by less."""
_LEAST_LEFT = 0.3
TURNS = ("upright", "turned left", "turned half", "turned right", "flipped", "mirrored", "transposed", "transversed")


def _windows() -> Iterator[tuple[str, tuple[float, float, float, float]]]:
    """Name, and top, left, bottom, right as parts of the side."""
    for cut in (5, 10, 20):
        half = cut / 200
        yield f"centre -{cut} %", (half, half, 1 - half, 1 - half)
    yield "centre -40 %", (0.2, 0.2, 0.8, 0.8)
    for cut in (5, 10, 20):
        keep = 1 - cut / 100
        for vertical, top in (("top", 0.0), ("bottom", 1 - keep)):
            for horizontal, left in (("left", 0.0), ("right", 1 - keep)):
                yield f"{vertical} {horizontal} -{cut} %", (top, left, top + keep, left + keep)
        if cut == 5:
            continue  # a side so narrow is still near the whole picture: a possible match
        yield f"top cut off, {cut} %", (1 - keep, 0, 1, 1)
        yield f"bottom cut off, {cut} %", (0, 0, keep, 1)
        yield f"left cut off, {cut} %", (0, 1 - keep, 1, 1)
        yield f"right cut off, {cut} %", (0, 0, 1, keep)


PARTS = dict(_windows())
VARIANTS = ("whole", "trimmed", *PARTS)
"""What the entries of a picture are, in order."""
BLOB_BYTES = len(VARIANTS) * ENTRY_BYTES


@dataclass(frozen=True, slots=True)
class Entry:
    """A window's two hashes. `variant` is its place in VARIANTS."""

    variant: int
    pdq: bytes
    second: bytes


def entries(blob: bytes) -> tuple[Entry, ...]:
    """Of one picture; windows that say too little, and the trimmed one where nothing was trimmed, are left out."""
    found = (blob[at : at + ENTRY_BYTES] for at in range(0, len(blob), ENTRY_BYTES))
    return tuple(Entry(place, part[:32], part[32:]) for place, part in enumerate(found) if any(part[:32]))


def measure(luma: Plane, pdq: bytes) -> bytes:
    """The entries of an upright picture, BLOB_BYTES long. `pdq` is its own, of the whole."""
    cells = _cells(luma)
    whole = pdq + _seconds(_means(cells)[None]).tobytes()
    trimmed = _trimmed(luma, cells)
    own = bytes(ENTRY_BYTES) if trimmed is None else _hashes(_cells(trimmed), _operators(((0, 0, 1, 1),)))
    return whole + own + _hashes(cells, _operators(tuple(PARTS.values())))


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


def _cells(luma: Plane) -> Matrix:
    rows = np.concatenate([band.weights @ luma[band.needs].astype(np.float32) for band in _mean_bands(luma.shape[0])])
    columns = [rows[:, band.needs] @ band.weights.T for band in _mean_bands(luma.shape[1])]
    return np.concatenate(columns, axis=1)


@cache
def _mean_bands(samples: int) -> tuple[perceptual._Band, ...]:
    return perceptual._bands(_shares(np.linspace(0, samples, _SIDE + 1), samples), np.float32)


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
def _operators(windows: tuple[tuple[float, float, float, float], ...]) -> _Operators:
    down = [(top, bottom) for top, _, bottom, _ in windows]
    across = [(left, right) for _, left, _, right in windows]
    stretches = sorted({*down, *across})
    lines = np.stack([_operator(*stretch) for stretch in stretches])
    return _Operators(lines, np.array([stretches.index(s) for s in down]), np.array([stretches.index(s) for s in across]))


def _operator(start: float, stop: float) -> Matrix:
    first, last = round(start * _FINE), round(stop * _FINE)
    blurred = np.zeros((perceptual.PDQ_SIDE, _FINE))
    blurred[:, first:last] = perceptual._pdq_filter(last - first, last - first)
    folded = blurred.reshape(perceptual.PDQ_SIDE, _SIDE, -1).sum(axis=2)
    waves = perceptual._PDQ_BASIS @ folded
    grid = _shares(np.linspace(start * _SIDE, stop * _SIDE, GRID + 1), _SIDE)
    return np.concatenate([waves, grid]).astype(np.float32)


def _hashes(cells: Matrix, use: _Operators) -> bytes:
    wide = (use.lines.reshape(-1, _SIDE) @ cells).reshape(use.lines.shape)[use.rows]
    columns = use.lines.transpose(0, 2, 1)[use.columns]
    blocks = (wide[:, :16] @ columns[:, :, :16]).reshape(len(wide), -1)
    grids = wide[:, 16:] @ columns[:, :, 16:]
    medians = np.partition(blocks, 127, axis=1)[:, 127:128]
    found = np.concatenate([np.packbits(blocks[:, ::-1] > medians, axis=1), _seconds(grids)], axis=1)
    found[perceptual.undetermined(blocks, medians)] = 0
    return found.tobytes()


def _means(cells: Matrix) -> Matrix:
    means: Matrix = cells.reshape(GRID, _SIDE // GRID, GRID, _SIDE // GRID).mean(axis=(1, 3))
    return means


def _seconds(grids: Matrix) -> NDArray[np.uint8]:
    across, down = np.diff(grids, axis=2) > 0, np.diff(grids, axis=1).transpose(0, 2, 1) > 0
    return np.packbits(np.concatenate([across, down], axis=1).reshape(len(grids), -1), axis=1)


def _trimmed(luma: Plane, cells: Matrix) -> Plane | None:
    """Without flat lines along the edges; None when there are none, or when too little would be left."""
    if min(np.ptp(cells[0]), np.ptp(cells[-1]), np.ptp(cells[:, 0]), np.ptp(cells[:, -1])) > _FLAT_CELLS:
        return None
    plane = luma
    for _ in range(2):  # a frame's other sides become flat once the first are gone
        plane = _without_flat_rows(_without_flat_rows(plane).T).T
    least = min(part / full for part, full in zip(plane.shape, luma.shape, strict=True))
    return plane if least >= _LEAST_LEFT and plane.shape != luma.shape else None


def _without_flat_rows(plane: Plane) -> Plane:
    busy = np.flatnonzero(plane.std(axis=1, dtype=np.float32) > _FLAT_LINE)
    return plane[busy[0] : busy[-1] + 1] if len(busy) else plane
