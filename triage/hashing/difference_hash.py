"""The difference hash (dHash): which of two neighbouring cells of a 16 x 16 grid is lighter, 480 bits.

It confirms what PDQ finds. PDQ looks at waves over the whole window, dHash only at neighbours, so strangers seldom agree in both.
A rotation moves its bits without changing them.

Source: N. Krawetz, "Kind of Like That" (dHash), here on a square grid in both directions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from triage.hashing.resampling import Matrix

GRID_SIDE = 16  # cells along a side of the grid
DHASH_BITS = 2 * GRID_SIDE * (GRID_SIDE - 1)  # 480: 240 comparisons with the right neighbour, then 240 with the one below
DHASH_BYTES = DHASH_BITS // 8

_LINE_BITS = GRID_SIDE - 1  # comparisons in one line of cells
_NEARLY_EVEN = np.float32(0.01)  # levels; a smaller step counts as even: hundreds of times the rounding of single precision
_LIGHTER = 0.1  # levels by which a half must be lighter to count as the lighter one; with less, a copy might say otherwise
_LEAST_STEP = 2  # levels; larger steps from cell to cell are seen as texture
_LEAST_TEXTURE = 0.28  # of the 480 steps must be larger than _LEAST_STEP. One edge or spot on an even ground has fewer, gets
# full marks from PDQ's quality, and nearly all strangers within a match's radius were of these (docs/measurements-hashing.md).
# A higher share would lose photographs.

_HAS_NEXT_IN_LINE = sum(1 << bit for bit in range(DHASH_BITS) if bit % _LINE_BITS != _LINE_BITS - 1)
_HAS_SAME_IN_NEXT_LINE = sum(1 << bit for bit in range(DHASH_BITS) if bit % (DHASH_BITS // 2) < _LINE_BITS**2)

_HALF_SIGNS = np.repeat(np.array([-2, 2], np.float32) / GRID_SIDE**2, GRID_SIDE // 2)
_HALVES = np.stack([np.tile(_HALF_SIGNS, GRID_SIDE), np.repeat(_HALF_SIGNS, GRID_SIDE)], axis=1)
"""(256, 2): times all cells, how much lighter the right half is than the left one, and the lower than the upper."""


def count_gradient_changes(dhash: bytes) -> int:
    """Returns how many neighbouring bits of a difference hash differ, 0 to 898.

    This is what two hashes have to agree on. Grain has some 450, photographs 300, one ball or one edge on an even ground 100.
    Rotating and mirroring leave the number as it is.
    """
    bits = int.from_bytes(dhash)
    in_line = (bits ^ bits >> 1) & _HAS_NEXT_IN_LINE
    across_lines = (bits ^ bits >> _LINE_BITS) & _HAS_SAME_IN_NEXT_LINE
    return in_line.bit_count() + across_lines.bit_count()


def compare_halves(cells: Matrix) -> Matrix:
    """Returns (..., 2): how much lighter the right half of cells (..., 16, 16) is than the left, and the lower than the upper."""
    found: Matrix = cells.reshape(*cells.shape[:-2], -1) @ _HALVES
    return found


def compute_steps(cells: Matrix, lighter: Matrix | None = None) -> Matrix:
    """Returns the signed steps between neighbouring cells; their signs are the bits of the difference hash.

    An even step must tell left from right too, or no mirror could be undone: it leads to the lighter half of the window.

    Args:
        cells: (..., 16, 16), in levels of 0 to 255.
        lighter: (..., 2), which half is lighter, if `compare_halves` was called before.

    Returns:
        (..., 480): from each cell to its right neighbour by rows, then to the one below by columns.
    """
    both = np.stack([np.diff(cells), np.diff(cells.swapaxes(-1, -2))], axis=-3)
    lighter = compare_halves(cells) if lighter is None else lighter
    both += np.where(lighter > _LIGHTER, _NEARLY_EVEN, -_NEARLY_EVEN)[..., None, None]
    return both.reshape(*cells.shape[:-2], -1)


def has_low_texture(steps: Matrix) -> NDArray[np.bool_]:
    """Returns whether so few of the steps (..., 480) are large that images with nothing in common look the same."""
    large: NDArray[np.uint16] = (np.abs(steps) > _LEAST_STEP).sum(axis=-1, dtype=np.uint16)
    found: NDArray[np.bool_] = large < _LEAST_TEXTURE * steps.shape[-1]
    return found
