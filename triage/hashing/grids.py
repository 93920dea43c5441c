"""From a luma plane to the small grids that all hashes of it are computed from.

Each grid is a filter along the rows and one along the columns, so for a given size a matrix per side says it all. Its rows are
mostly zeros: it is cut into bands of neighbouring rows, each without the columns that are zero in all of them. What is wanted of
the same rows of the picture, PDQ's buffer and the cells of hashing/windows.py, is taken in the same products.

pHash's Lanczos resize is Pillow's, which rounds whole-number sums. Coefficients are cut into an upper and a lower half, so that
the sums of each are whole numbers which single precision holds: products of matrices then give them exactly.

Sources: Facebook ThreatExchange, "PDQ and TMK+PDQF" (the filter before the hash); Pillow's 8-bit resampling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]
Matrix = NDArray[np.floating]

PDQ_SIDE = 64
CELLS_SIDE = 80
PHASH_SIDE = 32
_BANDS = 8
_SIZES_KEPT = 64
_FIXED_POINT = 1 << 22
"""Pillow's resampling coefficients have 22 fractional bits for 8-bit samples."""
_UPPER_HALF, _MOST_IN_HALVES = 1 << 15, 5_000
"""Of the 22 bits the upper half has 15. Its sums, and, of sides of at most so many samples, those of the lower half too are whole
numbers below 2**24 then, which single precision holds."""
_STRAY, _EVERY = 0.5, 8
"""How far one of PDQ's coefficients strays: so many differences of neighbouring samples, by the square of the samples a cell (by
theory .54, as measured .5 to .8); every eighth line and the one below it are looked at."""
ROUNDED = 0.04
"""The variance of a coefficient that comes of rounding: where colour is even all pixels are rounded alike (measured)."""


@dataclass(frozen=True, slots=True)
class Grids:
    """`both` (8, 8 + 10, 8, 8 + 10) has PDQ's buffer (64, 64), blurred and decimated, and the cells (80, 80), which are means, an
    eighth of each side at a time, in single precision; `small` (32, 32) is pHash's grid, whole numbers. `strays` is the
    variance that PDQ's coefficients have beside those of all pixels in colour."""

    both: Matrix
    small: Matrix
    strays: float


def of(luma: Plane, original_size: tuple[int, int], exact: Matrix | None = None) -> Grids:
    """Of an upright picture. `original_size` is (height, width) before the decoder scaled it down by 1, 2, 4 or 8: when it
    differs from the plane's, PDQ's filter for the original size is folded onto the scaled samples. `exact` is the luma before it
    was rounded, if there is one: all but pHash, whose reference rounds too, is taken from it."""
    plane = luma.astype(np.float32)
    rows, columns = _buffer_and_cells(original_size, luma.shape)
    both = columns.across(rows.down(plane if exact is None else exact))
    strays = _strays(plane, original_size) if exact is None else 0.0
    return Grids(both.reshape(_BANDS, _TOGETHER, _BANDS, _TOGETHER), _phash_grid(plane), strays)


def _strays(plane: Matrix, original_size: tuple[int, int]) -> float:
    """Samples are whole numbers, and PDQ's filter falls off within a sample and does not know how the pixels lie there. What that
    changes is guessed from what neighbouring samples do; the filter's fall within a sample goes with the square of a sample's
    share of it."""
    found = ROUNDED
    if plane.shape != original_size:
        even = len(plane) // 2 * 2
        lines, below = plane[0:even:_EVERY], plane[1:even:_EVERY]
        for steps, samples in zip((below - lines, lines[:, 1:] - lines[:, :-1]), plane.shape, strict=True):
            found += float(np.vdot(steps, steps)) / max(1, steps.size) * (_STRAY * (PDQ_SIDE / samples) ** 2) ** 2
    return found


def buffers_of(pictures: Sequence[Grids]) -> Matrix:
    """(n, 64, 64)."""
    return _joined(pictures, slice(0, _OF_BUFFER), PDQ_SIDE)


def cells_of(pictures: Sequence[Grids]) -> Matrix:
    """(n, 80, 80)."""
    return _joined(pictures, slice(_OF_BUFFER, _TOGETHER), CELLS_SIDE)


def _joined(pictures: Sequence[Grids], part: slice, side: int) -> Matrix:
    return np.stack([picture.both[:, part, :, part] for picture in pictures]).reshape(-1, side, side)


def pdq_buffer(luma: Plane, original_size: tuple[int, int]) -> Matrix:
    """As `of`: PDQ's buffer alone, for the many frames of a film."""
    rows, columns = (_buffer_alone(*side) for side in zip(original_size, luma.shape, strict=True))
    return columns.across(rows.down(luma.astype(np.float32)))


def cells(luma: Plane) -> Matrix:
    """As `of`: the cells alone."""
    rows, columns = (_cells_alone(samples) for samples in luma.shape)
    return columns.across(rows.down(luma.astype(np.float32)))


# Filters by bands


@dataclass(frozen=True, slots=True)
class _Band:
    """Some rows of a filter: `gives` says which, `needs` the samples they look at. `turned` is `weights`, laid out by columns."""

    weights: Matrix
    turned: Matrix
    needs: slice
    gives: slice


@dataclass(frozen=True, slots=True)
class _Filter:
    bands: tuple[_Band, ...]
    size: int

    def down(self, plane: Matrix) -> Matrix:
        """Along the columns: (samples, n) to (size, n)."""
        out = np.empty((self.size, plane.shape[1]), np.float32)
        for band in self.bands:
            np.matmul(band.weights, plane[band.needs], out=out[band.gives])
        return out

    def across(self, plane: Matrix) -> Matrix:
        """Along the rows: (n, samples) to (n, size)."""
        out = np.empty((len(plane), self.size), np.float32)
        for band in self.bands:
            np.matmul(plane[:, band.needs], band.turned, out=out[:, band.gives])
        return out


def _filter(matrix: Matrix, bands: int = _BANDS) -> _Filter:
    height = len(matrix) // bands
    cut = []
    for top in range(0, len(matrix), height):
        rows = matrix[top : top + height]
        used = np.flatnonzero(rows.any(axis=0))
        needs = slice(int(used[0]), int(used[-1]) + 1)
        weights = rows[:, needs].astype(np.float32)
        cut.append(_Band(weights, np.ascontiguousarray(weights.T), needs, slice(top, top + height)))
    return _Filter(tuple(cut), len(matrix))


_OF_BUFFER, _OF_CELLS = PDQ_SIDE // _BANDS, CELLS_SIDE // _BANDS
_TOGETHER = _OF_BUFFER + _OF_CELLS


@lru_cache(_SIZES_KEPT)
def _buffer_and_cells(original_size: tuple[int, int], size: tuple[int, int]) -> tuple[_Filter, _Filter]:
    """For rows and columns; a band has an eighth of both."""
    rows, columns = (_both(*side) for side in zip(original_size, size, strict=True))
    return rows, columns


@lru_cache(_SIZES_KEPT)
def _both(original: int, samples: int) -> _Filter:
    buffer = pdq_filter(original, samples).reshape(_BANDS, _OF_BUFFER, samples)
    means = _means(samples).reshape(_BANDS, _OF_CELLS, samples)
    return _filter(np.concatenate([buffer, means], axis=1).reshape(-1, samples))


@lru_cache(_SIZES_KEPT)
def _buffer_alone(original: int, samples: int) -> _Filter:
    return _filter(pdq_filter(original, samples))


@lru_cache(_SIZES_KEPT)
def _cells_alone(samples: int) -> _Filter:
    return _filter(_means(samples))


def _means(samples: int) -> Matrix:
    return shares(np.linspace(0, samples, CELLS_SIDE + 1), samples)


def shares(edges: Matrix, samples: int) -> Matrix:
    """(cells, samples): how much of a cell, from one edge to the next, each sample makes up."""
    first = edges[:-1].astype(np.intp)
    places = first[:, None] + np.arange(np.ceil(np.diff(edges).max()) + 1, dtype=np.intp)
    covered = np.minimum(edges[1:, None], places + 1) - np.maximum(edges[:-1, None], places)
    return _laid_out(np.maximum(covered, 0) / np.diff(edges)[:, None], places, samples)


def _laid_out(weights: Matrix, places: NDArray[np.intp], samples: int) -> Matrix:
    """(rows, samples), from the few weights of each row and their places; what lies behind the last sample is nothing. To reckon
    with whole rows, nearly all zeros, took several times as long as hashing a picture of a size not met before."""
    found = np.zeros((len(places), samples + 1))
    np.add.at(found, (np.arange(len(places))[:, None], np.minimum(places, samples)), weights)
    return found[:, :-1]


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
    first, most = low.min(axis=1), 2 * window
    steps = np.zeros((PDQ_SIDE, most + 1))
    np.add.at(steps, (row, start - first[row]), share)
    np.add.at(steps, (row, stop - first[row]), -share)
    full = np.cumsum(steps[:, :-1], axis=1)
    full[full < 1e-12] = 0.0
    return _laid_out(full, _sample_of_pixel(first[:, None] + np.arange(most), original, samples), samples)


def _sample_of_pixel(pixels: NDArray[np.intp], original: int, samples: int) -> NDArray[np.intp]:
    """Which scaled sample stands for each original pixel. A decoder that scales by 1/n makes ceil(original / n) samples."""
    for divisor in (1, 2, 4, 8):
        if -(-original // divisor) == samples:
            return pixels // divisor
    return pixels * samples // original


# pHash's grid


def _phash_grid(plane: Matrix) -> Matrix:
    first, then = (0, 1) if _rows_first(*plane.shape) else (1, 0)
    return _lanczos(_lanczos(plane, first), then)


def _rows_first(height: int, width: int) -> bool:
    """Pillow 13 resizes tall pictures vertically first, which rounds differently; found by trying sizes, not documented."""
    return height > PHASH_SIDE and height - PHASH_SIDE > 2 * (width - PHASH_SIDE)


def _lanczos(plane: Matrix, axis: int) -> Matrix:
    """Resizes this axis to 32 samples, rounding to 8 bits as Pillow does after each of its two passes."""
    samples = plane.shape[axis]
    if samples == PHASH_SIDE:
        return plane
    many = plane.shape[1 - axis] > PHASH_SIDE and samples <= _MOST_IN_HALVES
    sums = _sums_of_halves(plane, axis) if many else _sums(plane, axis)
    sums += 0.5
    return np.clip(np.floor(sums, out=sums), 0, 255, out=sums)


def _sums(plane: Matrix, axis: int) -> Matrix:
    """Exact, since double precision holds them; slow where many lines are to be resized."""
    weights, exact = _lanczos_matrix(plane.shape[axis]), plane.astype(np.float64)
    return exact @ weights.T if axis else weights @ exact


def _sums_of_halves(plane: Matrix, axis: int) -> Matrix:
    """Likewise exact, in half the time."""
    halves = _lanczos_halves(plane.shape[axis])
    if axis:
        both = halves.across(plane)
        return np.add(both[:, ::2], both[:, 1::2], dtype=np.float64)
    both = halves.down(plane)
    return np.add(both[::2], both[1::2], dtype=np.float64)


@lru_cache(_SIZES_KEPT)
def _lanczos_halves(samples: int) -> _Filter:
    """(64, samples): of each row its upper half, then the lower one."""
    weights = _lanczos_matrix(samples)
    upper = np.rint(weights * _UPPER_HALF) / _UPPER_HALF
    return _filter(np.stack([upper, weights - upper], axis=1).reshape(-1, samples), _BANDS // 2)


@lru_cache(_SIZES_KEPT)
def _lanczos_matrix(samples: int) -> Matrix:
    whole, places = _lanczos_coefficients(samples)
    return _laid_out(whole / _FIXED_POINT, places, samples)


def _lanczos_coefficients(samples: int) -> tuple[Matrix, NDArray[np.intp]]:
    """Pillow's Lanczos coefficients times 2**22, whole numbers (32, terms), and the samples they belong to."""
    scale = samples / PHASH_SIDE
    stretch = max(scale, 1.0)
    support = 3.0 * stretch
    centers = ((np.arange(PHASH_SIDE) + 0.5) * scale)[:, None]
    low = np.maximum((centers - support + 0.5).astype(int), 0)
    high = np.minimum((centers + support + 0.5).astype(int), samples)
    terms = int((high - low).max())
    places = np.minimum(low, samples - terms) + np.arange(terms)
    x = (places - centers + 0.5) * (1.0 / stretch)
    weights = np.where((places >= low) & (places < high) & (x >= -3.0) & (x < 3.0), np.sinc(x) * np.sinc(x / 3), 0.0)
    taken = weights * (1.0 / weights.sum(axis=1, keepdims=True)) * _FIXED_POINT
    whole: Matrix = np.trunc(taken + np.copysign(0.5, taken))
    return whole, places
