"""PDQ and pHash from a luma plane, equal to the reference implementations bit for bit on the same plane.

PDQ's blur and decimation are linear and separable, so for a given size they are two small matrices, cached: the 64 x 64
buffer is `rows @ luma @ columns.T`. pHash's Lanczos resize is Pillow's fixed-point one. Its coefficients are split in two, so
that every intermediate sum is an integer that single precision holds exactly, whatever the order of the sum.

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
Matrix = NDArray[np.floating]

PDQ_SIDE = 64
PDQ_DCT = 16
PHASH_SIDE = 32
PHASH_DCT = 8
_NEAR_MEDIAN, _MOST_UNDETERMINED = 1.0, 0.4
_BAND_ROWS = 8
SIZES_KEPT = 64
_FIXED_POINT = 1 << 22
"""Pillow's resampling coefficients have 22 fractional bits for 8-bit samples."""
_LOW = 1 << 7
"""Coefficients are so many times their high part plus their low part, which is at most half of it either way."""
_MOST_SINGLE = 5_000
"""Up to so many samples a side both parts' sums stay below 2**24: 6 in 32 samples bear on a value, 64 * 255 * 938 at most, and
the high parts' absolute values sum up to under 2**22 / 128 * 1.5."""


def measure(luma: Plane | Matrix, original_size: tuple[int, int]) -> Perceptual:
    """PDQ with its eight dihedral turns and quality, and pHash, of `luma` (height, width): 8-bit samples, as such or as floats.

    `original_size` is (height, width) before the decoder scaled the picture down by 1, 2, 4 or 8. When it differs from the
    plane's, PDQ's filter for the original size is folded onto the scaled samples: a plain hash of the small picture would
    stray up to 24 bits from the full one, a folded one strays at most 4.

    `quality` is the reference's, but 0 for flat, half-and-half, striped and mirrored drawings: their hashes are mostly
    noise, yet the reference gives a sharp edge full marks.
    """
    block, quality = _pdq_block(luma, original_size)
    hashes = _dihedral(block)
    return Perceptual(pdq=hashes[0], quality=quality, turns=hashes, phash=_phash(luma))


def pdq(luma: Plane | Matrix, original_size: tuple[int, int]) -> tuple[bytes, int]:
    """As `measure`: the upright PDQ and its quality alone, for the many frames of a film."""
    block, quality = _pdq_block(luma, original_size)
    return _bits_above_medians(block[None])[0], quality


def _pdq_block(luma: Plane | Matrix, original_size: tuple[int, int]) -> tuple[Matrix, int]:
    buffer = _pdq_buffer(luma, original_size)
    block = PDQ_BASIS @ buffer @ PDQ_BASIS.T
    return block, 0 if undetermined(block.ravel(), _lower_median(block)) else _quality(buffer)


@dataclass(frozen=True, slots=True)
class Band:
    """Some neighbouring rows of a filter matrix, without the columns that are zero in all of them."""

    weights: NDArray[np.floating]
    needs: slice


def bands(matrix: Matrix, kind: type[np.floating], height: int = _BAND_ROWS) -> tuple[Band, ...]:
    cut = []
    for top in range(0, len(matrix), height):
        rows = matrix[top : top + height]
        used = np.flatnonzero(rows.any(axis=0))
        needs = slice(int(used[0]), int(used[-1]) + 1)
        cut.append(Band(rows[:, needs].astype(kind), needs))
    return tuple(cut)


def _pdq_buffer(luma: Plane | Matrix, original_size: tuple[int, int]) -> Matrix:
    """The blurred picture at 64 x 64, in single precision as the reference."""
    rows = [
        band.weights @ luma[band.needs].astype(np.float32, copy=False) for band in _pdq_bands(original_size[0], luma.shape[0])
    ]
    wide = np.concatenate(rows)
    columns = [wide[:, band.needs] @ band.weights.T for band in _pdq_bands(original_size[1], luma.shape[1])]
    return np.concatenate(columns, axis=1).astype(np.float64)


@lru_cache(SIZES_KEPT)
def _pdq_bands(original: int, samples: int) -> tuple[Band, ...]:
    return bands(pdq_filter(original, samples), np.float32)


def pdq_filter(original: int, samples: int) -> Matrix:
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


PDQ_BASIS: Matrix = math.sqrt(2 / PDQ_SIDE) * _cosines(PDQ_SIDE, range(1, PDQ_DCT + 1))
_LOWER_MIDDLE = PDQ_DCT**2 // 2 - 1
_PHASH_BASIS: Matrix = 2 * _cosines(PHASH_SIDE, range(PHASH_DCT))
_ALTERNATING: Matrix = np.where(np.arange(PDQ_DCT) % 2 == 0, -1.0, 1.0)
"""Mirroring a picture negates the odd frequencies along that side; the 16 kept ones start at frequency 1."""


def _dihedral(block: Matrix) -> tuple[bytes, ...]:
    """The hashes of the picture and its seven turns and mirrors, in the reference's order."""
    mirrored_x = block * _ALTERNATING
    mirrored_y = block * _ALTERNATING[:, None]
    both = mirrored_x * _ALTERNATING[:, None]
    turns = (block, mirrored_x.T, both, mirrored_y.T, mirrored_y, mirrored_x, block.T, both.T)
    return _bits_above_medians(np.stack(turns))


def _bits_above_medians(blocks: Matrix) -> tuple[bytes, ...]:
    """256 bits of each, the last coefficient first. The reference's median is the lower of the two in the middle."""
    flat = blocks.reshape(len(blocks), -1)
    medians = np.partition(flat, _LOWER_MIDDLE, axis=1)[:, _LOWER_MIDDLE, None]
    return tuple(bits.tobytes() for bits in np.packbits(flat[:, ::-1] > medians, axis=1))


def _lower_median(block: Matrix) -> float:
    return float(np.partition(block.ravel(), _LOWER_MIDDLE)[_LOWER_MIDDLE])


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


def _phash(luma: Plane | Matrix) -> bytes:
    height, width = luma.shape
    small = _lanczos(_lanczos(luma.T).T) if _rows_first(height, width) else _lanczos(_lanczos(luma).T).T
    low = _PHASH_BASIS @ small @ _PHASH_BASIS.T
    return np.packbits(low.ravel() > np.median(low)).tobytes()


def _rows_first(height: int, width: int) -> bool:
    """Pillow 13 resizes tall pictures vertically first, which rounds differently; found by trying sizes, not documented."""
    return height > PHASH_SIDE and height - PHASH_SIDE > 2 * (width - PHASH_SIDE)


def _lanczos(plane: Plane | Matrix) -> Matrix:
    """Resizes the second axis to 32 samples, rounding to 8 bits as Pillow does after each of its two passes."""
    samples = plane.shape[1]
    if samples == PHASH_SIDE:
        return plane.astype(np.float64)
    kind = np.float32 if samples <= _MOST_SINGLE else np.float64
    block: Matrix = plane.astype(kind, copy=False)
    parts: Matrix = np.stack([block[:, band.needs] @ band.weights.T for band in _lanczos_bands(samples, kind)], axis=1)
    sums = parts[..., :_BAND_ROWS].astype(np.float64) * _LOW + parts[..., _BAND_ROWS:]
    resized: Matrix = np.clip(np.floor(sums.reshape(len(plane), -1) * (1 / _FIXED_POINT) + 0.5), 0, 255)
    return resized


@lru_cache(SIZES_KEPT)
def _lanczos_bands(samples: int, kind: type[np.floating]) -> tuple[Band, ...]:
    """Each has the high parts of eight rows, then their low parts."""
    whole = _lanczos_filter(samples)
    high = np.round(whole / _LOW)
    both = np.stack([high, whole - high * _LOW]).reshape(2, -1, _BAND_ROWS, samples).transpose(1, 0, 2, 3)
    return bands(both.reshape(-1, samples), kind, 2 * _BAND_ROWS)


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
