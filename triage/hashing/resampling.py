"""Resamples a luma plane to the small grids that all perceptual hashes are computed from.

Each grid is a filter along the rows and one along the columns, so one matrix a side and image size is enough. Most of a matrix is
zeros. It is cut into bands of neighbouring rows, each without the columns that are zero in all of them. PDQ's buffer and the
cells of the crop windows need the same rows of the image, so one product computes both.

pHash's Lanczos resize is Pillow's, which rounds integer sums. Workers have a compiled kernel for it (image_kernel.py). In numpy
its coefficients are cut into an upper and a lower half, so that the sums of each half are integers that single precision holds.
Matrix products then give exact results.

Sources: Facebook ThreatExchange, "PDQ and TMK+PDQF" (the filter before the hash); Pillow's 8-bit resampling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from triage.hashing import image_kernel

Plane = NDArray[np.uint8]
"""Luma samples, (height, width)."""
Matrix = NDArray[np.floating]

PDQ_SIDE = 64  # samples along a side of PDQ's buffer
CELLS_SIDE = 80  # cells along a side of the plane that crop windows are taken from
PHASH_SIDE = 32  # samples along a side of pHash's grid
ROUNDING_VARIANCE = 0.04  # of a PDQ coefficient, where colour is even and all pixels are rounded alike (measured)

_BANDS = 8  # bands that a filter is cut into
_SIZES_CACHED = 64  # image sizes
_FIXED_POINT = 1 << 22  # Pillow's coefficients for 8-bit samples have 22 fractional bits
_UPPER_HALF = 1 << 15  # of the 22 bits the upper half has 15
_MOST_IN_HALVES = 5_000  # samples along a side up to which the sums of both halves stay below 2**24
_VARIANCE_FACTOR = 0.5  # of a coefficient, for each squared difference of neighbouring samples, by the square of the samples
# a cell; 0.54 by theory, 0.5 to 0.8 as measured
_LINES_SKIPPED = 8  # every eighth line and the one below it are enough to measure those differences


@dataclass(frozen=True, slots=True)
class SampleGrids:
    """The grids of one image.

    `both` holds PDQ's buffer (64, 64), blurred and decimated, and the cells (80, 80), which are means. It is in single precision
    and has an eighth of each side at a time: (8, 8 + 10, 8, 8 + 10). `phash` (32, 32) is pHash's grid of integers. `variance` is
    how much PDQ's coefficients may stray from those of all pixels in colour.
    """

    both: Matrix
    phash: Plane
    variance: float


def compute_grids(luma: Plane, original_size: tuple[int, int], exact: Matrix | None = None) -> SampleGrids:
    """Returns the grids of an upright image.

    Args:
        luma: the decoded plane.
        original_size: (height, width) before the decoder scaled the image down by 1, 2, 4 or 8. When it differs from the plane's
            size, PDQ's filter for the original size is folded onto the scaled samples.
        exact: the luma before it was rounded, if there is one. All but pHash, whose reference rounds too, is taken from it.
    """
    plane = luma.astype(np.float32)
    rows, columns = _build_joint_filters(original_size, luma.shape)
    both = columns.apply_across(rows.apply_down(plane if exact is None else exact))
    variance = _estimate_variance(plane, original_size) if exact is None else 0.0
    return SampleGrids(both.reshape(_BANDS, _JOINT_ROWS, _BANDS, _JOINT_ROWS), _compute_phash_grid(luma), variance)


def _estimate_variance(plane: Matrix, original_size: tuple[int, int]) -> float:
    """Estimates how much PDQ's coefficients stray, from the differences of neighbouring samples.

    Samples are integers. And PDQ's filter falls off within a sample, and does not know how the pixels lie there. That fall goes
    with the square of a sample's share of the filter.
    """
    found = ROUNDING_VARIANCE
    if plane.shape != original_size:
        even = len(plane) // 2 * 2
        lines, below = plane[0:even:_LINES_SKIPPED], plane[1:even:_LINES_SKIPPED]
        for steps, samples in zip((below - lines, lines[:, 1:] - lines[:, :-1]), plane.shape, strict=True):
            found += float(np.vdot(steps, steps)) / max(1, steps.size) * (_VARIANCE_FACTOR * (PDQ_SIDE / samples) ** 2) ** 2
    return found


def stack_buffers(images: Sequence[SampleGrids]) -> Matrix:
    """Returns the PDQ buffers of n images: (n, 64, 64)."""
    return _stack(images, slice(0, _BUFFER_ROWS), PDQ_SIDE)


def stack_cells(images: Sequence[SampleGrids]) -> Matrix:
    """Returns the cells of n images: (n, 80, 80)."""
    return _stack(images, slice(_BUFFER_ROWS, _JOINT_ROWS), CELLS_SIDE)


def _stack(images: Sequence[SampleGrids], part: slice, side: int) -> Matrix:
    return np.stack([image.both[:, part, :, part] for image in images]).reshape(-1, side, side)


def compute_pdq_buffer(luma: Plane, original_size: tuple[int, int]) -> Matrix:
    """Returns PDQ's buffer (64, 64) alone, for the many frames of a video. Arguments as in `compute_grids`."""
    rows, columns = (_build_buffer_filter(*side) for side in zip(original_size, luma.shape, strict=True))
    return columns.apply_across(rows.apply_down(luma.astype(np.float32)))


def compute_cells(luma: Plane) -> Matrix:
    """Returns the cells (80, 80) alone: means of the samples, in levels of 0 to 255."""
    rows, columns = (_build_cells_filter(samples) for samples in luma.shape)
    return columns.apply_across(rows.apply_down(luma.astype(np.float32)))


# Filters in bands


@dataclass(frozen=True, slots=True)
class _Band:
    """Some rows of a filter. `outputs` says which, `inputs` which samples they need; `transposed` is `weights` by columns."""

    weights: Matrix
    transposed: Matrix
    inputs: slice
    outputs: slice


@dataclass(frozen=True, slots=True)
class _BandedFilter:
    bands: tuple[_Band, ...]
    size: int

    def apply_down(self, plane: Matrix) -> Matrix:
        """Filters along the columns: (samples, n) to (size, n)."""
        out = np.empty((self.size, plane.shape[1]), np.float32)
        for band in self.bands:
            np.matmul(band.weights, plane[band.inputs], out=out[band.outputs])
        return out

    def apply_across(self, plane: Matrix) -> Matrix:
        """Filters along the rows: (n, samples) to (n, size)."""
        out = np.empty((len(plane), self.size), np.float32)
        for band in self.bands:
            np.matmul(plane[:, band.inputs], band.transposed, out=out[:, band.outputs])
        return out


def _cut_into_bands(matrix: Matrix, bands: int = _BANDS) -> _BandedFilter:
    height = len(matrix) // bands
    cut = []
    for top in range(0, len(matrix), height):
        rows = matrix[top : top + height]
        used = np.flatnonzero(rows.any(axis=0))
        inputs = slice(int(used[0]), int(used[-1]) + 1)
        weights = rows[:, inputs].astype(np.float32)
        cut.append(_Band(weights, np.ascontiguousarray(weights.T), inputs, slice(top, top + height)))
    return _BandedFilter(tuple(cut), len(matrix))


_BUFFER_ROWS = PDQ_SIDE // _BANDS  # rows of PDQ's buffer in a band
_CELLS_ROWS = CELLS_SIDE // _BANDS  # rows of cells in a band
_JOINT_ROWS = _BUFFER_ROWS + _CELLS_ROWS


@lru_cache(_SIZES_CACHED)
def _build_joint_filters(original_size: tuple[int, int], size: tuple[int, int]) -> tuple[_BandedFilter, _BandedFilter]:
    """Returns the filters for rows and for columns.

    Each band has an eighth of the buffer and of the cells.
    """
    rows, columns = (_build_joint_filter(*side) for side in zip(original_size, size, strict=True))
    return rows, columns


@lru_cache(_SIZES_CACHED)
def _build_joint_filter(original: int, samples: int) -> _BandedFilter:
    buffer = build_pdq_filter(original, samples).reshape(_BANDS, _BUFFER_ROWS, samples)
    means = _build_cell_means(samples).reshape(_BANDS, _CELLS_ROWS, samples)
    return _cut_into_bands(np.concatenate([buffer, means], axis=1).reshape(-1, samples))


@lru_cache(_SIZES_CACHED)
def _build_buffer_filter(original: int, samples: int) -> _BandedFilter:
    return _cut_into_bands(build_pdq_filter(original, samples))


@lru_cache(_SIZES_CACHED)
def _build_cells_filter(samples: int) -> _BandedFilter:
    return _cut_into_bands(_build_cell_means(samples))


def _build_cell_means(samples: int) -> Matrix:
    return build_mean_filter(np.linspace(0, samples, CELLS_SIDE + 1), samples)


def build_mean_filter(edges: Matrix, samples: int) -> Matrix:
    """Returns how much of each cell every sample makes up: (cells, samples), rows add up to 1.

    Args:
        edges: (cells + 1,), where cells begin and end, in samples.
        samples: along the side.
    """
    first = edges[:-1].astype(np.intp)
    places = first[:, None] + np.arange(np.ceil(np.diff(edges).max()) + 1, dtype=np.intp)
    covered = np.minimum(edges[1:, None], places + 1) - np.maximum(edges[:-1, None], places)
    return _scatter(np.maximum(covered, 0) / np.diff(edges)[:, None], places, samples)


def _scatter(weights: Matrix, places: NDArray[np.intp], samples: int) -> Matrix:
    """Returns (rows, samples) from the few weights of each row and their places.

    Places behind the last sample are dropped.

    Computing whole rows, nearly all zeros, took several times as long as hashing an image of a new size.
    """
    found = np.zeros((len(places), samples + 1))
    np.add.at(found, (np.arange(len(places))[:, None], np.minimum(places, samples)), weights)
    return found[:, :-1]


def build_pdq_filter(original: int, samples: int) -> Matrix:
    """Returns PDQ's filter of one side: (64, samples).

    It is two passes of PDQ's box filter over `original` pixels, then decimation, then folding onto `samples`. The reference skips
    the blur when the whole image is 64 x 64. A side of 64 has a box of one pixel, which blurs nothing, so one matrix a side gives
    the same.
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
    return _scatter(full, _find_samples_of_pixels(first[:, None] + np.arange(most), original, samples), samples)


def _find_samples_of_pixels(pixels: NDArray[np.intp], original: int, samples: int) -> NDArray[np.intp]:
    """Returns which scaled sample stands for each pixel. A decoder that scales by 1/n makes ceil(original / n) samples."""
    for divisor in (1, 2, 4, 8):
        if -(-original // divisor) == samples:
            return pixels // divisor
    return pixels * samples // original


# pHash's grid


def _compute_phash_grid(luma: Plane) -> Plane:
    first, then = (0, 1) if _resizes_rows_first(*luma.shape) else (1, 0)
    return _resize_axis(_resize_axis(luma, first), then)


def _resizes_rows_first(height: int, width: int) -> bool:
    """Returns whether Pillow 13 resizes this size vertically first, which rounds differently.

    Found by trying sizes.
    """
    return height > PHASH_SIDE and height - PHASH_SIDE > 2 * (width - PHASH_SIDE)


def _resize_axis(plane: Plane, axis: int) -> Plane:
    """Resizes this axis to 32 samples, rounding to 8 bits as Pillow does after each of its two passes."""
    samples = plane.shape[axis]
    if samples == PHASH_SIDE:
        return plane
    if (kernel := image_kernel.get_kernel()) is not None and (taps := build_lanczos_taps(samples)) is not None:
        return kernel.shrink(np.ascontiguousarray(plane), axis, taps)
    return resize_with_numpy(plane, axis)


def resize_with_numpy(plane: Plane, axis: int) -> Plane:
    """Resizes this axis to 32 samples without the compiled kernel."""
    samples = plane.shape[axis]
    use_halves = plane.shape[1 - axis] > PHASH_SIDE and samples <= _MOST_IN_HALVES
    sums = _sum_halves(plane.astype(np.float32), axis) if use_halves else _sum_in_double(plane, axis)
    sums += 0.5
    return np.clip(np.floor(sums, out=sums), 0, 255, out=sums).astype(np.uint8)


def _sum_in_double(plane: Plane, axis: int) -> Matrix:
    """Returns exact sums in double precision.

    Slow where many lines are to be resized.
    """
    weights, exact = _build_lanczos_matrix(plane.shape[axis]), plane.astype(np.float64)
    return exact @ weights.T if axis else weights @ exact


def _sum_halves(plane: Matrix, axis: int) -> Matrix:
    """Returns exact sums from both halves of the coefficients, in half the time."""
    halves = _build_lanczos_halves(plane.shape[axis])
    if axis:
        both = halves.apply_across(plane)
        return np.add(both[:, ::2], both[:, 1::2], dtype=np.float64)
    both = halves.apply_down(plane)
    return np.add(both[::2], both[1::2], dtype=np.float64)


@lru_cache(_SIZES_CACHED)
def _build_lanczos_halves(samples: int) -> _BandedFilter:
    """Returns the filter (64, samples): of each row its upper half, then the lower one."""
    weights = _build_lanczos_matrix(samples)
    upper = np.rint(weights * _UPPER_HALF) / _UPPER_HALF
    return _cut_into_bands(np.stack([upper, weights - upper], axis=1).reshape(-1, samples), _BANDS // 2)


@lru_cache(_SIZES_CACHED)
def build_lanczos_taps(samples: int) -> image_kernel.Taps | None:
    """Returns the coefficients that resize a side of so many samples, for the compiled kernel; None when it can't."""
    whole, places = _compute_lanczos_coefficients(samples)
    return image_kernel.build_taps(whole, places[:, 0])


@lru_cache(_SIZES_CACHED)
def _build_lanczos_matrix(samples: int) -> Matrix:
    whole, places = _compute_lanczos_coefficients(samples)
    return _scatter(whole / _FIXED_POINT, places, samples)


def _compute_lanczos_coefficients(samples: int) -> tuple[Matrix, NDArray[np.intp]]:
    """Returns Pillow's Lanczos coefficients times 2**22, integers (32, terms), and the samples they belong to."""
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
