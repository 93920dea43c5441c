"""PDQ and pHash from a luma plane, equal to the reference implementations bit for bit on the same plane.

PDQ's blur and decimation are linear and separable, so for a given size they are two small matrices, cached: the 64 x 64
buffer is `rows @ luma @ columns.T`. pHash's Lanczos resize is Pillow's fixed-point one, computed in float64, where every
intermediate sum is an integer below 2**53 and therefore exact whatever the order of the sum.

Sources: Facebook ThreatExchange, "PDQ and TMK+PDQF" (the hash); imagehash 4.3 `phash`; Pillow's 8-bit resampling.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from triage.model.media import Perceptual

Plane = NDArray[np.uint8]
Matrix = NDArray[np.float64]

PDQ_SIDE = 64
PDQ_DCT = 16
PHASH_SIDE = 32
PHASH_DCT = 8
_NEAR_MEDIAN, _MOST_UNDETERMINED = 1.0, 0.4
_BAND_ROWS = 8
_SIZES_KEPT = 64
_LINES_AT_ONCE = 256
"""Bounds the float64 copies of a large plane."""
_FIXED_POINT = 1 << 22
"""Pillow's resampling coefficients have 22 fractional bits for 8-bit samples."""


def measure(luma: Plane, original_size: tuple[int, int]) -> Perceptual:
    """PDQ with its eight dihedral turns and quality, and pHash, of `luma` (height, width).

    `original_size` is (height, width) before the decoder scaled the picture down by 1, 2, 4 or 8. When it differs from the
    plane's, PDQ's filter for the original size is folded onto the scaled samples: a plain hash of the small picture would
    stray up to 24 bits from the full one, a folded one strays at most 4.

    `quality` is the reference's, but 0 for flat, half-and-half, striped and mirrored drawings: their hashes are mostly
    noise, yet the reference gives a sharp edge full marks.
    """
    block, quality = _pdq_block(luma, original_size)
    hashes = _dihedral(block)
    return Perceptual(pdq=hashes[0], quality=quality, turns=hashes, phash=_phash(luma))


def pdq(luma: Plane, original_size: tuple[int, int]) -> tuple[bytes, int]:
    """As `measure`: the upright PDQ and its quality alone, for the many frames of a film."""
    block, quality = _pdq_block(luma, original_size)
    return _bits_above_median(block), quality


def _pdq_block(luma: Plane, original_size: tuple[int, int]) -> tuple[Matrix, int]:
    buffer = _pdq_buffer(luma, original_size)
    block = _PDQ_BASIS @ buffer @ _PDQ_BASIS.T
    return block, 0 if undetermined(block.ravel(), _lower_median(block)) else _quality(buffer)


@dataclass(frozen=True, slots=True)
class _Band:
    """Some neighbouring rows of a filter matrix, without the columns that are zero in all of them."""

    weights: NDArray[np.floating]
    needs: slice


def _bands(matrix: Matrix, kind: type[np.floating]) -> tuple[_Band, ...]:
    bands = []
    for top in range(0, len(matrix), _BAND_ROWS):
        rows = matrix[top : top + _BAND_ROWS]
        used = np.flatnonzero(rows.any(axis=0))
        needs = slice(int(used[0]), int(used[-1]) + 1)
        bands.append(_Band(rows[:, needs].astype(kind), needs))
    return tuple(bands)


def _pdq_buffer(luma: Plane, original_size: tuple[int, int]) -> Matrix:
    """The blurred picture at 64 x 64, in single precision as the reference."""
    rows = [band.weights @ luma[band.needs].astype(np.float32) for band in _pdq_bands(original_size[0], luma.shape[0])]
    wide = np.concatenate(rows)
    columns = [wide[:, band.needs] @ band.weights.T for band in _pdq_bands(original_size[1], luma.shape[1])]
    return np.concatenate(columns, axis=1).astype(np.float64)


@lru_cache(_SIZES_KEPT)
def _pdq_bands(original: int, samples: int) -> tuple[_Band, ...]:
    return _bands(_pdq_filter(original, samples), np.float32)


def _pdq_filter(original: int, samples: int) -> Matrix:
    """(64, samples): two passes of PDQ's box filter over `original` pixels, then decimation, then folding onto `samples`.

    The reference skips the blur when the whole picture is 64 x 64; one side of 64 has a window of one pixel, which blurs
    nothing either, so that a matrix per side says the same.
    """
    window = (original + 2 * PDQ_SIDE - 1) // (2 * PDQ_SIDE)
    ahead = (window + 2) // 2 - 1
    behind = window - 1 - ahead
    centers = ((np.arange(PDQ_SIDE) + 0.5) * original / PDQ_SIDE).astype(int)
    offsets = np.arange(-behind, ahead + 1)
    inner = centers[:, None] + offsets
    real = (inner >= 0) & (inner < original)
    inside = real.sum(axis=1)
    low, high = np.maximum(inner - behind, 0), np.minimum(inner + ahead, original - 1) + 1
    row, place = np.nonzero(real)
    start, stop = low[row, place], high[row, place]
    share = 1 / ((stop - start) * inside[row])
    steps = np.zeros((PDQ_SIDE, original + 1))
    np.add.at(steps, (row, start), share)
    np.add.at(steps, (row, stop), -share)
    full = np.cumsum(steps[:, :-1], axis=1)
    full[full < 1e-12] = 0.0
    if samples == original:
        return full
    first_pixels = np.searchsorted(_sample_of_pixel(original, samples), np.arange(samples))
    return np.add.reduceat(full, first_pixels, axis=1)


def _sample_of_pixel(original: int, samples: int) -> NDArray[np.intp]:
    """Which scaled sample stands for each original pixel. A decoder that scales by 1/n makes ceil(original / n) samples."""
    pixels = np.arange(original)
    for divisor in (2, 4, 8):
        if -(-original // divisor) == samples:
            return pixels // divisor
    return pixels * samples // original


def _cosines(size: int, frequencies: range) -> Matrix:
    columns = (2 * np.arange(size) + 1) * math.pi / (2 * size)
    return np.cos(np.outer(np.array(frequencies), columns))


_PDQ_BASIS: Matrix = math.sqrt(2 / PDQ_SIDE) * _cosines(PDQ_SIDE, range(1, PDQ_DCT + 1))
_PHASH_BASIS: Matrix = 2 * _cosines(PHASH_SIDE, range(PHASH_DCT))
_ALTERNATING: Matrix = np.where(np.arange(PDQ_DCT) % 2 == 0, -1.0, 1.0)
"""Mirroring a picture negates the odd frequencies along that side; the 16 kept ones start at frequency 1."""


def _dihedral(block: Matrix) -> tuple[bytes, ...]:
    """The hashes of the picture and its seven turns and mirrors, in the reference's order."""
    mirrored_x = block * _ALTERNATING
    mirrored_y = block * _ALTERNATING[:, None]
    both = mirrored_x * _ALTERNATING[:, None]
    turns = (block, mirrored_x.T, both, mirrored_y.T, mirrored_y, mirrored_x, block.T, both.T)
    return tuple(_bits_above_median(turn) for turn in turns)


def _bits_above_median(block: Matrix) -> bytes:
    """256 bits, the last coefficient first. The reference's median is the lower of the two in the middle."""
    return np.packbits(block.ravel()[::-1] > _lower_median(block)).tobytes()


def _lower_median(block: Matrix) -> float:
    middle = block.size // 2 - 1
    return float(np.partition(block.ravel(), middle)[middle])


def _quality(buffer: Matrix) -> int:
    """0 to 100: how much the 64 x 64 buffer changes from sample to sample; flat pictures get little."""
    steps = 0.0
    for axis in (0, 1):
        steps += float(np.abs(np.trunc(np.diff(buffer, axis=axis) * 100 / 255)).sum())
    return min(100, int(steps / 90))


def undetermined(coefficients: Matrix, medians: Matrix | float) -> NDArray[np.bool_]:
    """Of each row of coefficients, whether the last bit of a sample decides a large part of the hash. Photographs have about
    5 % such coefficients."""
    share: Matrix = np.mean(np.abs(coefficients - medians) < _NEAR_MEDIAN, axis=-1)
    return share > _MOST_UNDETERMINED


# pHash


def _phash(luma: Plane) -> bytes:
    height, width = luma.shape
    small = _lanczos(_lanczos(luma.T).T) if _rows_first(height, width) else _lanczos(_lanczos(luma).T).T
    low = _PHASH_BASIS @ small @ _PHASH_BASIS.T
    return np.packbits(low.ravel() > np.median(low)).tobytes()


def _rows_first(height: int, width: int) -> bool:
    """Pillow 13 resizes tall pictures vertically first, which rounds differently; found by trying sizes, not documented."""
    return height > PHASH_SIDE and height - PHASH_SIDE > 2 * (width - PHASH_SIDE)


def _lanczos(plane: NDArray[np.generic]) -> Matrix:
    """Resizes the second axis to 32 samples, rounding to 8 bits as Pillow does after each of its two passes."""
    lines, samples = plane.shape
    if samples == PHASH_SIDE:
        return plane.astype(np.float64)
    result = np.empty((lines, PHASH_SIDE))
    bands = _lanczos_bands(samples)
    for first in range(0, lines, _LINES_AT_ONCE):
        block = plane[first : first + _LINES_AT_ONCE].astype(np.float64)
        sums = np.concatenate([block[:, band.needs] @ band.weights.T for band in bands], axis=1)
        result[first : first + _LINES_AT_ONCE] = np.floor((sums + _FIXED_POINT // 2) / _FIXED_POINT)
    return np.clip(result, 0, 255)


@lru_cache(_SIZES_KEPT)
def _lanczos_bands(samples: int) -> tuple[_Band, ...]:
    return _bands(_lanczos_filter(samples), np.float64)


def _lanczos_filter(samples: int) -> Matrix:
    """(32, samples) whole numbers: Pillow's Lanczos coefficients times 2**22."""
    scale = samples / PHASH_SIDE
    stretch = max(scale, 1.0)
    support = 3.0 * stretch
    centers = ((np.arange(PHASH_SIDE) + 0.5) * scale)[:, None]
    low = np.maximum((centers - support + 0.5).astype(int), 0)
    high = np.minimum((centers + support + 0.5).astype(int), samples)
    places = np.arange(samples)
    x = (places - centers + 0.5) * (1.0 / stretch)
    weights = np.where((places >= low) & (places < high) & (x >= -3.0) & (x < 3.0), np.sinc(x) * np.sinc(x / 3), 0.0)
    shares = weights * (1.0 / weights.sum(axis=1, keepdims=True)) * _FIXED_POINT
    whole: Matrix = np.trunc(shares + np.copysign(0.5, shares))
    return whole
