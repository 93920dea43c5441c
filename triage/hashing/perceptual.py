"""PDQ and pHash from the grids of a picture, equal to the reference implementations bit for bit on the same plane.

Pictures are hashed together: most of the time for one alone would go into calling numpy.

Sources: Facebook ThreatExchange, "PDQ and TMK+PDQF" (the hash); imagehash 4.3 `phash`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage import limits
from triage.hashing import grids
from triage.hashing.grids import PDQ_SIDE, PHASH_SIDE, Grids, Matrix, Plane
from triage.model.media import Perceptual

PDQ_DCT = 16
PDQ_BYTES = PDQ_DCT**2 // 8
PHASH_DCT = 8
_NEAR_MEDIAN, _MOST_UNDETERMINED = 1.0, 0.4
_SAME_WAVE = 1e-6
"""Waves so near to one another are equal: what is symmetric or flat has many, and products of matrices leave a grain on them."""
_MOST_DOUBTFUL, _FAR, _TELLING = 2.2, 8.0, 80
"""Bits in doubt from which a picture is looked at again: the first from the quality `_TELLING` on, the second below it. Of 850
of that quality all that strayed by more than 4 bits were in more doubt (docs/measurements-hashing.md)."""
_MOSTLY_ROUNDED = 2 * grids.ROUNDED
"""Below such a variance it is rounding that leaves bits in doubt, and colours of the same size settle most of them."""
_NEAR_ENOUGH = 3.0
"""Beyond so many standard deviations times the root of two a bit is safe."""


def measure(luma: Plane, original_size: tuple[int, int]) -> Perceptual:
    """As `hashes`, of one 8-bit plane (height, width).

    `original_size` is (height, width) before the decoder scaled the picture down by 1, 2, 4 or 8. A plain hash of the small
    picture would stray up to 24 bits from the full one, a folded one (grids.py) strays at most 4.
    """
    return hashes([grids.of(luma, original_size)])[0][0]


def hashes(pictures: Sequence[Grids]) -> tuple[list[Perceptual], dict[int, bool]]:
    """Of each PDQ with its eight dihedral turns and quality, and pHash. Then the places of those of which so many bits of PDQ may
    differ from those of all pixels in colour that a second look is worth its time, and whether it takes all pixels.

    `quality` is the reference's, but 0 for flat, half-and-half, striped and mirrored drawings: their hashes are mostly
    noise, yet the reference gives a sharp edge full marks. `windows.measured` says 0 of bare ones too.
    """
    seen = _seen(grids.buffers_of(pictures))
    turns = _bits_above_medians(_dihedral(seen.blocks))
    phashes = _phashes(np.stack([picture.small for picture in pictures]))
    found = [
        Perceptual(pdq=eight[0], quality=quality, turns=eight, phash=phash)
        for eight, quality, phash in zip(turns, _told(seen), phashes, strict=True)
    ]
    return found, _doubtful(seen, np.array([picture.strays for picture in pictures]))


def pdq(luma: Plane, original_size: tuple[int, int]) -> tuple[bytes, int]:
    """As `measure`: the upright PDQ and its quality alone, for the many frames of a film."""
    seen = _seen(grids.pdq_buffer(luma, original_size)[None])
    return _bits_above_medians(seen.blocks[:, None])[0][0], _told(seen)[0]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What PDQ sees of n pictures: `blocks` (n, 16, 16) of waves, how far each of the waves (n, 256) lies `apart` from their
    median, the reference's `qualities` (n), and whether most of the waves are clear of the median (n)."""

    blocks: Matrix
    apart: Matrix
    qualities: NDArray[np.intp]
    clear: NDArray[np.bool_]


def _seen(buffers: Matrix) -> _Seen:
    """Of (n, 64, 64)."""
    exact = buffers.astype(np.float64)
    blocks = PDQ_BASIS @ exact @ PDQ_BASIS.T
    waves = blocks.reshape(len(blocks), -1)
    apart = np.abs(waves - lower_medians(waves))
    return _Seen(blocks, apart, _qualities(buffers), ~undetermined(apart))


def _told(seen: _Seen) -> list[int]:
    """The qualities that pictures get."""
    found: list[int] = np.where(seen.clear, seen.qualities, 0).tolist()
    return found


def _doubtful(seen: _Seen, strays: Matrix) -> dict[int, bool]:
    """`strays` (n) as in Grids. Below `_TELLING` a picture that is compared by bytes alone is left as it is."""
    bits = _doubtful_bits(seen.apart, strays)
    compared = (seen.qualities >= limits.MIN_PDQ_QUALITY) & seen.clear
    again = (bits > _MOST_DOUBTFUL) & (seen.qualities >= _TELLING) | (bits > _FAR) & compared
    thorough = (bits > _FAR) | (strays > _MOSTLY_ROUNDED)
    return {place: bool(thorough[place]) for place in np.flatnonzero(again).tolist()}


def _doubtful_bits(apart: Matrix, strays: Matrix) -> Matrix:
    """How many are expected to differ of each picture."""
    reach = np.sqrt(2 * strays)
    picture, wave = np.nonzero(apart < _NEAR_ENOUGH * reach[:, None])
    found = np.zeros(len(apart))
    np.add.at(found, picture, [math.erfc(far) / 2 for far in (apart[picture, wave] / reach[picture]).tolist()])
    return found


def cosines(size: int, frequencies: range) -> Matrix:
    columns = (2 * np.arange(size) + 1) * math.pi / (2 * size)
    return np.cos(np.outer(np.array(frequencies), columns))


PDQ_BASIS: Matrix = math.sqrt(2 / PDQ_SIDE) * cosines(PDQ_SIDE, range(1, PDQ_DCT + 1))
_LOWER_MIDDLE = PDQ_DCT**2 // 2 - 1
_PHASH_BASIS: Matrix = 2 * cosines(PHASH_SIDE, range(PHASH_DCT))
_ALTERNATING: Matrix = np.where(np.arange(PDQ_DCT) % 2 == 0, -1.0, 1.0)
"""Mirroring a picture negates the odd frequencies along that side; the 16 kept ones start at frequency 1."""


def _dihedral(blocks: Matrix) -> Matrix:
    """(n, 8, 16, 16): each and its seven turns and mirrors, in the reference's order."""
    mirrored_x = blocks * _ALTERNATING
    mirrored_y = blocks * _ALTERNATING[:, None]
    both = mirrored_x * _ALTERNATING[:, None]
    turned = (each.transpose(0, 2, 1) for each in (mirrored_x, mirrored_y, blocks, both))
    left, right, transposed, transversed = turned
    return np.stack([blocks, left, both, right, mirrored_y, mirrored_x, transposed, transversed], axis=1)


def _bits_above_medians(blocks: Matrix) -> list[tuple[bytes, ...]]:
    """Of each (n, turns, 16, 16) 256 bits a turn, the last coefficient first."""
    flat = blocks.reshape(*blocks.shape[:2], -1)
    packs = packed(flat > lower_medians(flat)).tobytes()
    of_one = flat.shape[1] * PDQ_BYTES
    return [
        tuple(packs[turn : turn + PDQ_BYTES] for turn in range(start, start + of_one, PDQ_BYTES))
        for start in range(0, len(packs), of_one)
    ]


def packed(bits: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """(..., 256) to bytes as the reference has them, the last bit first. Packed from the little end, then turned: to turn bits
    first takes far longer."""
    found: NDArray[np.uint8] = np.packbits(bits, axis=-1, bitorder="little")[..., ::-1]
    return found


def counted(bits: NDArray[np.bool_]) -> NDArray[np.uint16]:
    """How many of each row are set; numpy's own count along an axis is several times slower."""
    found: NDArray[np.uint16] = bits.sum(axis=-1, dtype=np.uint16)
    return found


def lower_medians(coefficients: Matrix) -> Matrix:
    """(..., 1): the reference's median of 256 is the lower of the two in the middle."""
    return np.partition(coefficients, _LOWER_MIDDLE, axis=-1)[..., _LOWER_MIDDLE, None]


def _qualities(buffers: Matrix) -> NDArray[np.intp]:
    """0 to 100: how much a 64 x 64 buffer changes from sample to sample; flat pictures get little."""
    steps = sum(_whole_steps(buffers, axis) for axis in (1, 2))
    found: NDArray[np.intp] = np.minimum(100, np.floor(steps / 90)).astype(np.intp)
    return found


def _whole_steps(buffers: Matrix, axis: int) -> Matrix:
    """Of each buffer how much it changes along a side, in whole hundredths of the range a step."""
    steps = np.diff(buffers, axis=axis)
    steps *= 100
    steps /= 255
    found: Matrix = np.abs(np.trunc(steps, out=steps), out=steps).sum(axis=(1, 2))
    return found


def undetermined(apart: Matrix) -> NDArray[np.bool_]:
    """Of each row of coefficients, as far `apart` as they lie from their median, whether the last bit of a sample decides a large
    part of the hash. Photographs have about 5 % such coefficients."""
    found: NDArray[np.bool_] = counted(apart < _NEAR_MEDIAN) > _MOST_UNDETERMINED * apart.shape[-1]
    return found


def _phashes(small: Matrix) -> list[bytes]:
    waves = (_PHASH_BASIS @ small.astype(np.float64, copy=False) @ _PHASH_BASIS.T).reshape(len(small), -1)
    middle = PHASH_DCT**2 // 2  # numpy's own median loads a library that takes a hundredth of the time of a thousand pictures
    medians = np.partition(waves, (middle - 1, middle), axis=1)[:, middle - 1 : middle + 1].mean(axis=1, keepdims=True)
    bits = np.packbits(waves > medians + _SAME_WAVE, axis=1)
    return [each.tobytes() for each in bits]
