"""Parts of a picture that others may have cut out of it, and what is left of it without borders and bars.

A crop has another hash than the picture it was cut from. So a picture is stored with hashes of its likeliest crops: centred
ones, corners and sides, and what albums, profiles and screens show of its middle, square, 4:3 and 16:9. All come from one 80 x 80
plane of means, a few small matrix products for all of them together. Two more are only asked, not stored: the middle turned by 3
degrees either way. For crops between these see hashing/uneven.py.

Each entry has two hashes of the same window. PDQ says "match" up to 31 bits. Beyond, up to limits.POSSIBLE_RADIUS, a second one
of another kind must agree: which of two neighbouring cells of a 16 x 16 grid is lighter. PDQ looks at waves over the whole
window, this one at neighbours only, and a turn moves its bits without changing them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from triage.hashing import framing, grids, perceptual
from triage.hashing.grids import Matrix, Plane
from triage.model.media import Perceptual

GRID = 16
SECOND_BYTES = 2 * GRID * (GRID - 1) // 8
ENTRY_BYTES = 32 + SECOND_BYTES
_SIDE = grids.CELLS_SIDE
_FINE = 1920
"""Places along a side at which the edges of windows and of cells lie."""
_SIZES_KEPT = 64
_AT_ONCE = 8
"""Pictures whose windows are hashed together: of more what lies in between no longer fits into a core's cache."""
_STEP, _LEAST_STEPS = 2, 0.28
"""A window is compared when so large a share of its 480 steps from cell to cell are larger than so many levels. One edge or one
spot on an even ground gets full marks from PDQ's reference, and many such pictures look alike: of thousands of millions of pairs
of strangers nearly all that came within a match's radius were of these (docs/measurements-hashing.md). More would take
photographs away."""
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
_ALL = (0.0, 0.0, 1.0, 1.0)
WHOLE, ASKED = ("whole", "trimmed", "photo inside"), ("middle turned 3 degrees left", "middle turned 3 degrees right")
SHAPES = {"square in the middle": 1.0, "4:3 in the middle": 4 / 3, "16:9 in the middle": 16 / 9}
"""Longer side by shorter one; the parts differ with the shape of the picture."""
INNER: dict[str, Part] = {
    "middle towards the top": (0.1, 0.2, 0.8, 0.8),
    "middle towards the bottom": (0.2, 0.2, 0.9, 0.8),
    "middle towards the left": (0.2, 0.1, 0.8, 0.8),
    "middle towards the right": (0.2, 0.2, 0.8, 0.9),
    "middle towards the top left": (0.1, 0.1, 0.8, 0.8),
    "middle towards the top right": (0.1, 0.2, 0.8, 0.9),
    "middle towards the bottom left": (0.2, 0.1, 0.9, 0.8),
    "middle towards the bottom right": (0.2, 0.2, 0.9, 0.9),
}
"""Nobody crops so. But a picture that was cut unevenly still has one of them, and is asked for it (hashing/uneven.py)."""
VARIANTS = (*WHOLE, *PARTS, *SHAPES, *INNER, *ASKED)
"""What the entries of a picture are, in order; the last ones are not stored in an index, only asked."""
UNEVEN, TILTED = len(VARIANTS), len(VARIANTS) + 1
"""In place of a variant: a crop that has none of its own, and one of a picture that was turned by a few degrees."""
NAMES = (*VARIANTS, "uneven crop", "tilted crop")
_EDGES = {
    place: (top == 0, left == 0, bottom == 1, right == 1)
    for place, (top, left, bottom, right) in enumerate(PARTS.values(), len(WHOLE))
}
BLOB_BYTES = len(VARIANTS) * ENTRY_BYTES
_BEFORE = {
    BLOB_BYTES: BLOB_BYTES,
    BLOB_BYTES - len(INNER) * ENTRY_BYTES: (len(WHOLE) + len(PARTS) + len(SHAPES)) * ENTRY_BYTES,
    BLOB_BYTES - (len(INNER) + len(SHAPES)) * ENTRY_BYTES: (len(WHOLE) + len(PARTS)) * ENTRY_BYTES,
}
"""By the length of a blob how much of it is laid out as today's are: shapes came later, then INNER."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A window's two hashes. `variant` is its place in VARIANTS."""

    variant: int
    pdq: bytes
    second: bytes


def entries(blob: bytes, last: int = len(VARIANTS)) -> tuple[Entry, ...]:
    """Of one picture, up to the variant `last`; windows that say too little, and those without a border where there is none, are
    left out. Blobs of another length come from an older version: of them only the whole picture is known."""
    known = _known(blob)[: (last + 1) * ENTRY_BYTES]
    found = (known[at : at + ENTRY_BYTES] for at in range(0, len(known), ENTRY_BYTES))
    return tuple(Entry(place, part[:32], part[32:]) for place, part in enumerate(found) if any(part[:32]))


def columns(blob: bytes) -> tuple[NDArray[np.intp], NDArray[np.uint8], NDArray[np.uint8]]:
    """Of the same entries the variants, PDQ (n, 32) and second hashes, for an index, which takes them in bulk."""
    laid = np.frombuffer(_known(blob), np.uint8).reshape(-1, ENTRY_BYTES)
    variants = np.flatnonzero(laid[:, :32].any(axis=1))
    return variants, laid[variants, :32], laid[variants, 32:]


def entry(blob: bytes, variant: int) -> Entry | None:
    """One of them; None when the picture has none."""
    part = _known(blob)[variant * ENTRY_BYTES : (variant + 1) * ENTRY_BYTES]
    return Entry(variant, part[:32], part[32:]) if any(part[:32]) else None


def _known(blob: bytes) -> bytes:
    return blob[: _BEFORE.get(len(blob), ENTRY_BYTES)]


def measure(luma: Plane, whole: Perceptual) -> Perceptual:
    """As `measured`, of one plane."""
    return measured([luma], grids.cells(luma)[None], [whole])[0]


def measured(planes: Sequence[Plane], cells: Matrix, wholes: Sequence[Perceptual]) -> list[Perceptual]:
    """Upright pictures with their windows, BLOB_BYTES long each. `cells` (n, 80, 80) are those of the planes, `wholes` what
    `perceptual.hashes` says of them. Their quality becomes 0 where neither the whole says enough nor what lies inside borders and
    captions: a small photograph on an even page is still found. Taken together, as there."""
    found: list[Perceptual] = []
    for first in range(0, len(planes), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        found += _measured(planes[some], cells[some], wholes[some])
    return found


def _measured(planes: Sequence[Plane], cells: Matrix, wholes: Sequence[Perceptual]) -> list[Perceptual]:
    turned = np.stack([own.take(_turned_places(*plane.shape)) for plane, own in zip(planes, cells, strict=True)])
    laid = np.zeros((len(planes), len(VARIANTS), ENTRY_BYTES), np.uint8)
    laid[:, _PLACES] = _finished(*map(np.stack, zip(*(_taken(own, _PARTS) for own in cells), strict=True)))
    for picture, plane in enumerate(planes):
        if shaped := _shaped(*plane.shape):
            laid[picture, list(shaped)] = _finished(*_taken(cells[picture], _operators(tuple(shaped.values()))))
    laid[:, (0, *range(-len(ASKED), 0))] = _finished(*_of_whole(np.concatenate([cells[:, None], turned], axis=1)))
    for picture, framed in enumerate(framing.perhaps_framed(cells).tolist()):
        photo = framing.photo(planes[picture], even=framed)
        for place, piece in enumerate((photo.trimmed, photo.inside), 1):
            if piece is not None:
                laid[picture, place] = _finished(*_of_whole(grids.cells(piece)))
    tells = [bool(own[: len(WHOLE), :32].any()) for own in laid]
    laid[:, 0, :32] = np.frombuffer(b"".join(own.pdq for own in wholes), np.uint8).reshape(-1, 32)
    return [
        replace(own, quality=own.quality if enough else 0, windows=entries_of.tobytes())
        for own, enough, entries_of in zip(wholes, tells, laid, strict=True)
    ]


@lru_cache(_SIZES_KEPT)
def _shaped(height: int, width: int) -> dict[int, Part]:
    """By its place in VARIANTS the middle of each shape that takes 3 % or more, but not the 25 % that PARTS have, and leaves a
    tenth. In steps of 1/160 of a side, so that few operators are needed for all pictures."""
    longer = max(height, width) / min(height, width)
    found = {}
    for place, shape in enumerate(SHAPES.values(), len(WHOLE) + len(PARTS)):
        steps = round(80 * (1 - min(shape / longer, longer / shape)))
        cut = steps / 160
        if 3 <= steps <= 72 and steps != 20:
            sides = (width > height) == (longer > shape)
            found[place] = (0.0, cut, 1.0, 1 - cut) if sides else (cut, 0.0, 1 - cut, 1.0)
    return found


Region = tuple[int, int, int, int]
"""Top, left, bottom, right edge of a window in cells."""


def between_cells(cells: Matrix, regions: Sequence[Region]) -> NDArray[np.uint8]:
    """(n, ENTRY_BYTES): windows of one picture, from its plane of cells, whose edges lie between cells."""
    rows = np.stack([_stretch(top, bottom) for top, _, bottom, _ in regions])
    columns = np.stack([_stretch(left, right) for _, left, _, right in regions]).swapaxes(1, 2)
    wide = rows @ cells
    waves = wide[:, :GRID] @ columns[:, :, :GRID]
    return _finished(waves.reshape(len(regions), -1), wide[:, GRID:] @ columns[:, :, GRID:])


@lru_cache(2048)
def _stretch(first: int, last: int) -> Matrix:
    return _operator(first / _SIDE, last / _SIDE)


def some(luma: Plane, names: tuple[str, ...]) -> tuple[bytes, ...]:
    """The PDQ of the whole or of these of PARTS, for the many frames of a film; empty where it says too little."""
    found = _finished(*_taken(grids.cells(luma), _operators(tuple(PARTS.get(name, _ALL) for name in names))))
    return tuple(entry[:32].tobytes() if entry[:32].any() else b"" for entry in found)


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


_BITS = 8 * SECOND_BYTES
_ALONG = sum(1 << bit for bit in range(_BITS) if bit % (GRID - 1) != GRID - 2)
_ACROSS = sum(1 << bit for bit in range(_BITS) if bit % (_BITS // 2) < (GRID - 1) ** 2)
"""Bits that have a neighbour in their line of 15 comparisons, and in the next line of their half."""


def variety(second: bytes) -> int:
    """How many neighbouring comparisons of a second hash differ, of 898: what there is to agree on. Grain has some 450,
    photographs 300, one ball or one edge on an even ground 100, however they are turned."""
    bits = int.from_bytes(second)
    return ((bits ^ bits >> 1) & _ALONG).bit_count() + ((bits ^ bits >> GRID - 1) & _ACROSS).bit_count()


Bits = NDArray[np.uint8]


def _mirrored(across: Bits, down: Bits) -> tuple[Bits, Bits]:
    """Left for right. `across` has a row of comparisons a row of cells, `down` one a column of cells."""
    return 1 - across[:, ::-1], down[::-1]


def _flipped(across: Bits, down: Bits) -> tuple[Bits, Bits]:
    return across[::-1], 1 - down[:, ::-1]


@dataclass(frozen=True, slots=True)
class _Operators:
    """`lines` (n * 32, 80) takes 16 of PDQ's waves and 16 cells of the grid out of each different stretch of a side; `rows` says
    between which of them a window lies, `waves` and `cells` (windows, 80, 16) are the same for its columns."""

    lines: Matrix
    rows: NDArray[np.intp]
    waves: Matrix
    cells: Matrix


@lru_cache(512)
def _operators(windows: tuple[Part, ...]) -> _Operators:
    down = [(top, bottom) for top, _, bottom, _ in windows]
    across = [(left, right) for _, left, _, right in windows]
    stretches = sorted({*down, *across})
    lines = np.stack([_operator(*stretch) for stretch in stretches])
    columns = lines.transpose(0, 2, 1)[[stretches.index(stretch) for stretch in across]]
    waves, cells = (np.ascontiguousarray(part) for part in (columns[..., :GRID], columns[..., GRID:]))
    return _Operators(lines.reshape(-1, _SIDE), np.array([stretches.index(stretch) for stretch in down]), waves, cells)


def _operator(start: float, stop: float) -> Matrix:
    first, last = round(start * _FINE), round(stop * _FINE)
    blurred = np.zeros((grids.PDQ_SIDE, _FINE))
    blurred[:, first:last] = grids.pdq_filter(last - first, last - first)
    folded = blurred.reshape(grids.PDQ_SIDE, _SIDE, -1).sum(axis=2)
    waves = perceptual.PDQ_BASIS @ folded
    grid = grids.shares(np.linspace(start * _SIDE, stop * _SIDE, GRID + 1), _SIDE)
    return np.concatenate([waves, grid]).astype(np.float32)


def _taken(cells: Matrix, use: _Operators) -> tuple[Matrix, Matrix]:
    """Of every window of a picture its 256 waves (windows, 256) and its grid of cells (windows, 16, 16). Picture by picture: of
    more the sums in between no longer fit into a core's cache."""
    wide = (use.lines @ cells).reshape(-1, 2 * GRID, _SIDE)[use.rows]
    waves = wide[:, :GRID] @ use.waves
    return waves.reshape(len(waves), -1), wide[:, GRID:] @ use.cells


def _of_whole(planes: Matrix) -> tuple[Matrix, Matrix]:
    """Likewise of each plane (..., 80, 80) of cells."""
    both = _WHOLE @ planes @ _WHOLE.T
    return both[..., :GRID, :GRID].reshape(*planes.shape[:-2], -1), both[..., GRID:, GRID:]


def _finished(waves: Matrix, cells: Matrix) -> NDArray[np.uint8]:
    """(..., ENTRY_BYTES); where waves or cells say too little, PDQ is zeros."""
    medians, steps = perceptual.lower_medians(waves), _steps(cells)
    found = np.concatenate([perceptual.packed(waves > medians), np.packbits(steps > 0, axis=-1)], axis=-1)
    bare = perceptual.counted(np.abs(steps) > _STEP) < _LEAST_STEPS * steps.shape[-1]
    found[perceptual.undetermined(np.abs(waves - medians)) | bare, :32] = 0
    return found


def _steps(cells: Matrix) -> Matrix:
    """(..., 480): from each cell of a grid (..., 16, 16) to its right neighbour by rows, then to the one below by columns.

    On an even ground a step must tell left from right too, or no mirror could be undone: there it leads to the lighter half."""
    both = np.stack([np.diff(cells), np.diff(cells.swapaxes(-1, -2))], axis=-3)
    lighter = cells.reshape(*cells.shape[:-2], -1) @ _HALVES
    both += np.where(lighter > _LIGHTER, _NEARLY_EVEN, -_NEARLY_EVEN)[..., None, None]
    return both.reshape(*cells.shape[:-2], -1)


_NEARLY_EVEN, _LIGHTER = np.float32(0.01), 0.1
"""Levels: a smaller step counts as even, hundreds of times what single precision rounds; and by so many a half is the lighter
one, else a copy might say otherwise."""
_SIGNS = np.repeat(np.array([-2, 2], np.float32) / GRID**2, GRID // 2)
_HALVES = np.stack([np.tile(_SIGNS, GRID), np.repeat(_SIGNS, GRID)], axis=1)
"""(256, 2): times all cells, how much lighter the right half is than the left one, and the lower than the upper."""


_WHOLE = _operator(0.0, 1.0)
_PARTS = _operators((*PARTS.values(), *INNER.values()))
_PLACES = [VARIANTS.index(name) for name in (*PARTS, *INNER)]
_DEGREES, _MIDDLE = 3, PARTS["centre -10 %"]


@lru_cache(_SIZES_KEPT)
def _turned_places(height: int, width: int) -> NDArray[np.intp]:
    """Of the middle, turned left and right."""
    return np.stack([tilted(width / height, degrees, _MIDDLE) for degrees in (_DEGREES, -_DEGREES)])


def tilted(wider: float, degrees: float, part: Part = _ALL) -> NDArray[np.intp]:
    """(80, 80): which cell lies under each cell of a part of a picture that was turned by so many degrees, `wider` than high."""
    top, left, bottom, right = part
    at = (np.arange(_SIDE) + 0.5) / _SIDE - 0.5
    y, x = np.meshgrid(at * (bottom - top), at * (right - left) * wider, indexing="ij")
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    down, across = y * cosine + x * sine + 0.5, (x * cosine - y * sine) / wider + 0.5
    row, column = (np.clip(place * _SIDE, 0, _SIDE - 1).astype(np.intp) for place in (down, across))
    return row * _SIDE + column
