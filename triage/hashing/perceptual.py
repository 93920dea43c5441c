"""PDQ and pHash from a luma plane, equal to the reference implementations bit for bit on the same plane.

PDQ's blur and decimation are linear and separable, so for a given size they are two small matrices, cached: the 64 x 64
buffer is `rows @ luma @ columns.T`. pHash's Lanczos resize is Pillow's fixed-point one, computed in float64, where every
intermediate sum is an integer below 2**53 and therefore exact whatever the order of the sum.

Sources: Facebook ThreatExchange, "PDQ and TMK+PDQF" (the hash); imagehash 4.3 `phash`; Pillow's 8-bit resampling.
"""

from __future__ import annotations

import math
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
_FIXED_POINT = 1 << 22
"""Pillow's resampling coefficients have 22 fractional bits for 8-bit samples."""


def measure(luma: Plane, original_size: tuple[int, int]) -> Perceptual:
    """PDQ with its eight dihedral turns and quality, and pHash, of `luma` (height, width).

    `original_size` is (height, width) before the decoder scaled the picture down by 1, 2, 4 or 8. When it differs from the
    plane's, PDQ's filter for the original size is folded onto the scaled samples: a plain hash of the small picture would
    stray up to 24 bits from the full one, a folded one strays at most 4.
    """
    buffer = _pdq_buffer(luma, original_size)
    hashes = _dihedral(_PDQ_BASIS @ buffer @ _PDQ_BASIS.T)
    return Perceptual(pdq=hashes[0], quality=_quality(buffer), turns=hashes, phash=_phash(luma))


# PDQ


def _pdq_buffer(luma: Plane, original_size: tuple[int, int]) -> Matrix:
    height, width = luma.shape
    rows = _pdq_filter(original_size[0], height)
    columns = _pdq_filter(original_size[1], width)
    return rows @ (luma.astype(np.float64) @ columns.T)


@lru_cache(maxsize=256)
def _pdq_filter(original: int, samples: int) -> Matrix:
    """(64, samples): two passes of PDQ's box filter over `original` pixels, then decimation, then folding onto `samples`.

    The reference skips the blur when the whole picture is 64 x 64; one side of 64 has a window of one pixel, which blurs
    nothing either, so that a matrix per side says the same.
    """
    window = (original + 2 * PDQ_SIDE - 1) // (2 * PDQ_SIDE)
    ahead = (window + 2) // 2 - 1
    behind = window - 1 - ahead

    def span(at: int) -> tuple[int, int]:
        return max(0, at - behind), min(original - 1, at + ahead) + 1

    full = np.zeros((PDQ_SIDE, original))
    for row in range(PDQ_SIDE):
        start, stop = span(int((row + 0.5) * original / PDQ_SIDE))
        for first_pass in range(start, stop):
            low, high = span(first_pass)
            full[row, low:high] += 1 / ((high - low) * (stop - start))
    if samples == original:
        return full
    folded = np.zeros((PDQ_SIDE, samples))
    np.add.at(folded.T, _sample_of_pixel(original, samples), full.T)
    return folded


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
    values = block.ravel()
    median = np.partition(values, values.size // 2 - 1)[values.size // 2 - 1]
    return np.packbits(values[::-1] > median).tobytes()


def _quality(buffer: Matrix) -> int:
    """0 to 100: how much the 64 x 64 buffer changes from sample to sample; flat pictures get little."""
    steps = 0.0
    for axis in (0, 1):
        steps += float(np.abs(np.trunc(np.diff(buffer, axis=axis) * 100 / 255)).sum())
    return min(100, int(steps / 90))


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
    if plane.shape[1] == PHASH_SIDE:
        return plane.astype(np.float64)
    sums = plane.astype(np.float64) @ _lanczos_filter(plane.shape[1]).T
    return np.clip(np.floor((sums + _FIXED_POINT // 2) / _FIXED_POINT), 0, 255)


@lru_cache(maxsize=256)
def _lanczos_filter(samples: int) -> Matrix:
    """(32, samples) whole numbers: Pillow's Lanczos coefficients times 2**22."""
    scale = samples / PHASH_SIDE
    stretch = max(scale, 1.0)
    support, shrink = 3.0 * stretch, 1.0 / stretch
    matrix = np.zeros((PHASH_SIDE, samples))
    for row in range(PHASH_SIDE):
        center = (row + 0.5) * scale
        low = max(0, int(center - support + 0.5))
        high = min(samples, int(center + support + 0.5))
        weights = [_lanczos_kernel((at - center + 0.5) * shrink) for at in range(low, high)]
        norm = 1.0 / sum(weights)
        for at, weight in enumerate(weights, low):
            share = weight * norm * _FIXED_POINT
            matrix[row, at] = math.floor(share + 0.5) if share >= 0 else math.ceil(share - 0.5)
    return matrix


def _lanczos_kernel(x: float) -> float:
    return _sinc(x) * _sinc(x / 3) if -3.0 <= x < 3.0 else 0.0


def _sinc(x: float) -> float:
    return 1.0 if x == 0.0 else math.sin(x * math.pi) / (x * math.pi)
