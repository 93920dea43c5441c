"""Hashes of a rotated or mirrored image, from the bits of the upright one alone."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from triage.hashing.difference_hash import GRID_SIDE
from triage.model.match_way import Orientation

ORIENTATIONS = tuple(Orientation)
"""All eight, in the order of the tuples that this module returns."""
INVERSE_ORIENTATIONS = tuple(ORIENTATIONS.index(orientation.inverse) for orientation in ORIENTATIONS)
"""The number of the orientation that undoes each."""
_PDQ_SIDE = 16  # PDQ's 256 bits are a square of DCT coefficients, frequencies 1 to 16 along each side

Bits = NDArray[np.uint8]


def _turn_block(block: NDArray[np.intp], odd: NDArray[np.intp]) -> NDArray[np.intp]:
    """Returns a square of coefficients in all orientations, flat, with `odd` added without carry where mirroring negates."""
    mirrored, flipped = block ^ odd, block ^ odd[:, None]
    half = mirrored ^ odd[:, None]
    blocks = (block, mirrored.T, half, flipped.T, flipped, mirrored, block.T, half.T)
    return np.stack(blocks).reshape(len(blocks), -1)


_NO_BITS = np.zeros((_PDQ_SIDE, _PDQ_SIDE), np.intp)
_NUMBERS = np.arange(_PDQ_SIDE**2).reshape(_PDQ_SIDE, _PDQ_SIDE)
# A hash holds its bits from the last coefficient to the first one.
_PLACES = _NUMBERS[-1, -1] - _turn_block(_NUMBERS, _NO_BITS[0])[:, ::-1]
"""By orientation and bit of a hash: the bit of the upright hash that stands there."""
_NEGATED = _turn_block(_NO_BITS, 1 - _NUMBERS[0] % 2)[:, ::-1].astype(np.uint8)
"""By orientation and bit of a hash: 1 where the bit is the other one."""


def orient_pdq(pdq: bytes) -> tuple[bytes, ...]:
    """Returns the PDQ hashes of all eight orientations, in the order of ORIENTATIONS.

    They may differ from the true ones by a few bits, at most 22 were seen. Mirroring negates every other coefficient, and the
    median that PDQ compares with lies almost, not quite, at zero. To rotate and rotate back gives the same bits again, so it does
    not matter which of two hashes is rotated.

    Args:
        pdq: 32 bytes.
    """
    bits = np.unpackbits(np.frombuffer(pdq, np.uint8))
    return tuple(map(bytes, np.packbits(bits[_PLACES] ^ _NEGATED, axis=1)))


@lru_cache(maxsize=64)
def orient_dhash(dhash: bytes) -> tuple[bytes, ...]:
    """Returns the difference hashes of all eight orientations, in the order of ORIENTATIONS. They are exact.

    A search asks for the eight orientations of one window one after the other, so the last results are kept.

    Args:
        dhash: 60 bytes (hashing/difference_hash.py).
    """
    rightward, downward = np.unpackbits(np.frombuffer(dhash, np.uint8)).reshape(2, GRID_SIDE, GRID_SIDE - 1)
    plain = (rightward, downward)
    mirrored, flipped = _mirror(*plain), _flip(*plain)
    half = _flip(*mirrored)
    halves = (plain, mirrored[::-1], half, flipped[::-1], flipped, mirrored, plain[::-1], half[::-1])
    return tuple(np.packbits(np.stack(pair)).tobytes() for pair in halves)


def _mirror(rightward: Bits, downward: Bits) -> tuple[Bits, Bits]:
    """Returns the comparisons with left and right exchanged.

    `rightward` has one row a row of cells, `downward` one a column.
    """
    return 1 - rightward[:, ::-1], downward[::-1]


def _flip(rightward: Bits, downward: Bits) -> tuple[Bits, Bits]:
    return rightward[::-1], 1 - downward[:, ::-1]
