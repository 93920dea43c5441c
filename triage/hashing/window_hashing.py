"""Computes the hashes of an image's crop windows, a few small matrix products for all of them together.

All windows are taken out of one 80 x 80 plane of means (resampling.py). Only what lies inside borders, and the photograph inside
a screenshot, are cut out of the image itself and averaged anew.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from triage.hashing import image_kernel, perceptual, photo_region, resampling
from triage.hashing.crop_windows import (
    CROPS,
    FULL_IMAGE,
    INNER_CROPS,
    NUMBER_OF,
    ROTATED_WINDOWS,
    WHOLE_WINDOWS,
    WINDOWS,
    Rectangle,
    find_ratio_crops,
)
from triage.hashing.difference_hash import GRID_SIDE, compare_halves, compute_steps, has_low_texture
from triage.hashing.resampling import CELLS_SIDE, Matrix, Plane
from triage.hashing.window_codec import ENTRY_BYTES, PDQ_BYTES
from triage.model.match_way import CropWindow
from triage.model.media import Perceptual

_FINE_POSITIONS = 1920  # positions along a side at which edges of windows and of cells may lie: a multiple of 80 and of 1/40
_IMAGES_AT_ONCE = 8  # with more images the sums in between no longer fit into a core's cache
_SIZES_CACHED = 64  # image sizes
_ROTATION_DEGREES = 3  # of the two rotated windows, either way
_ROTATED_PART = CROPS[CropWindow.CENTRE_10]


class WindowRegion(NamedTuple):
    """A window whose edges lie between cells, in cells from the top or the left, 0 to 80."""

    top: int
    left: int
    bottom: int
    right: int


def hash_windows(luma: Plane, whole: Perceptual) -> Perceptual:
    """Returns the hashes of one upright image, with those of its windows. See `hash_windows_of_many`."""
    return hash_windows_of_many([luma], resampling.compute_cells(luma)[None], [whole])[0]


def hash_windows_of_many(planes: Sequence[Plane], cells: Matrix, wholes: Sequence[Perceptual]) -> list[Perceptual]:
    """Returns the hashes of n upright images, with those of their windows.

    The quality of an image becomes 0 when neither the whole has enough texture nor what lies inside its borders. So a small
    photograph on an even page still matches.

    Args:
        planes: n luma planes.
        cells: (n, 80, 80), the cells of the planes.
        wholes: n hashes of the whole images (perceptual.compute_hashes).
    """
    hashed: list[Perceptual] = []
    for first in range(0, len(planes), _IMAGES_AT_ONCE):
        some = slice(first, first + _IMAGES_AT_ONCE)
        hashed += _hash_some(planes[some], cells[some], wholes[some])
    return hashed


def _hash_some(planes: Sequence[Plane], cells: Matrix, wholes: Sequence[Perceptual]) -> list[Perceptual]:
    found = _Extracts()
    for image, (plane, own) in enumerate(zip(planes, cells, strict=True)):
        found.add(image, _FIXED_NUMBERS, _extract(own, _FIXED_FILTERS))
        if ratio_crops := find_ratio_crops(*plane.shape):
            found.add(image, list(ratio_crops), _extract(own, _window_filters(tuple(ratio_crops.values()))))
    _add_whole_windows(found, planes, cells)
    entries = found.compute_entries(len(planes))
    has_texture = [bool(own[: len(WHOLE_WINDOWS), :PDQ_BYTES].any()) for own in entries]
    entries[:, 0, :PDQ_BYTES] = np.frombuffer(b"".join(own.pdq for own in wholes), np.uint8).reshape(-1, PDQ_BYTES)
    return [
        replace(own, quality=own.quality if enough else 0, windows=own_entries.tobytes())
        for own, enough, own_entries in zip(wholes, has_texture, entries, strict=True)
    ]


class _Extracts:
    """What was taken out of the windows of several images, so that the bits of all are computed at once."""

    def __init__(self) -> None:
        self._coefficients: list[Matrix] = []
        self._grids: list[Matrix] = []
        self._images: list[int] = []
        self._windows: list[int] = []

    def add(self, image: int, windows: Sequence[int], extract: tuple[Matrix, Matrix]) -> None:
        """Adds the coefficients (n, 256) and grids (n, 16, 16) of these n windows of an image."""
        self._coefficients.append(extract[0])
        self._grids.append(extract[1])
        self._images += [image] * len(windows)
        self._windows += windows

    def compute_entries(self, images: int) -> NDArray[np.uint8]:
        """Returns the entries of all windows of all images; of a window that was not added it is all zeros."""
        entries = np.zeros((images, len(WINDOWS), ENTRY_BYTES), np.uint8)
        entries[self._images, self._windows] = _compute_bits(np.concatenate(self._coefficients), np.concatenate(self._grids))
        return entries


def _add_whole_windows(found: _Extracts, planes: Sequence[Plane], cells: Matrix) -> None:
    """Adds the windows that are whole planes of cells: the image itself, rotated, and cut out of its borders."""
    numbers = (0, *(len(WINDOWS) - place for place in range(len(ROTATED_WINDOWS), 0, -1)))
    rotated = np.stack([own.take(_rotated_places(*plane.shape)) for plane, own in zip(planes, cells, strict=True)])
    coefficients, grids = _extract_whole(np.concatenate([cells[:, None], rotated], axis=1))
    may_be_bordered = photo_region.may_have_borders(cells).tolist()
    for image, plane in enumerate(planes):
        found.add(image, numbers, (coefficients[image], grids[image]))
        regions = photo_region.find_photo(plane, search_borders=may_be_bordered[image])
        for window, piece in ((CropWindow.TRIMMED, regions.trimmed), (CropWindow.PHOTO, regions.photo)):
            if piece is not None:
                found.add(image, [NUMBER_OF[window]], _extract_whole(resampling.compute_cells(piece)[None]))


def hash_regions(cells: Matrix, regions: Sequence[WindowRegion]) -> NDArray[np.uint8]:
    """Returns the entries (n, 92) of n windows of one image whose edges lie between its cells (80, 80)."""
    rows = np.stack([_span_filter(region.top, region.bottom) for region in regions])
    columns = np.stack([_span_filter(region.left, region.right) for region in regions]).swapaxes(1, 2)
    wide = rows @ cells
    coefficients = wide[:, :GRID_SIDE] @ columns[:, :, :GRID_SIDE]
    return _compute_bits(coefficients.reshape(len(regions), -1), wide[:, GRID_SIDE:] @ columns[:, :, GRID_SIDE:])


@lru_cache(2048)
def _span_filter(first: int, last: int) -> Matrix:
    return _side_filter(first / CELLS_SIDE, last / CELLS_SIDE)


def hash_crops(luma: Plane, windows: tuple[CropWindow, ...]) -> tuple[bytes, ...]:
    """Returns the PDQ of these crops of a frame of a video; empty bytes where a crop has low texture.

    Args:
        luma: the frame's luma plane.
        windows: CropWindow.WHOLE or any of CROPS.
    """
    filters = _window_filters(tuple(CROPS.get(window, FULL_IMAGE) for window in windows))
    entries = _compute_bits(*_extract(resampling.compute_cells(luma), filters))
    return tuple(entry[:PDQ_BYTES].tobytes() if entry[:PDQ_BYTES].any() else b"" for entry in entries)


# Filters of windows


@dataclass(frozen=True, slots=True)
class _WindowFilters:
    """The filters of n windows.

    `lines` (m * 32, 80) takes 16 DCT coefficients and 16 grid cells out of each of m different spans of a side. `rows` (n) says
    which span holds a window's rows. `coefficients` and `grid` (n, 80, 16) are the same for its columns.
    """

    lines: Matrix
    rows: NDArray[np.intp]
    coefficients: Matrix
    grid: Matrix


@lru_cache(512)
def _window_filters(windows: tuple[Rectangle, ...]) -> _WindowFilters:
    down = [(window.top, window.bottom) for window in windows]
    across = [(window.left, window.right) for window in windows]
    spans = sorted({*down, *across})
    lines = np.stack([_side_filter(*span) for span in spans])
    columns = lines.transpose(0, 2, 1)[[spans.index(span) for span in across]]
    coefficients, grid = (np.ascontiguousarray(part) for part in (columns[..., :GRID_SIDE], columns[..., GRID_SIDE:]))
    return _WindowFilters(lines.reshape(-1, CELLS_SIDE), np.array([spans.index(span) for span in down]), coefficients, grid)


def _side_filter(start: float, stop: float) -> Matrix:
    """Returns (32, 80): PDQ's 16 coefficients and 16 grid cells of a span of a side, from the 80 cells of the whole side."""
    first, last = round(start * _FINE_POSITIONS), round(stop * _FINE_POSITIONS)
    blurred = np.zeros((resampling.PDQ_SIDE, _FINE_POSITIONS))
    blurred[:, first:last] = resampling.build_pdq_filter(last - first, last - first)
    folded = blurred.reshape(resampling.PDQ_SIDE, CELLS_SIDE, -1).sum(axis=2)
    coefficients = perceptual.PDQ_BASIS @ folded
    grid = resampling.build_mean_filter(np.linspace(start * CELLS_SIDE, stop * CELLS_SIDE, GRID_SIDE + 1), CELLS_SIDE)
    return np.concatenate([coefficients, grid]).astype(np.float32)


def _extract(cells: Matrix, filters: _WindowFilters) -> tuple[Matrix, Matrix]:
    """Returns the 256 coefficients (n, 256) and the grid (n, 16, 16) of every window of one image.

    One image at a time: of more the sums in between no longer fit into a core's cache.
    """
    wide = (filters.lines @ cells).reshape(-1, 2 * GRID_SIDE, CELLS_SIDE)[filters.rows]
    coefficients = wide[:, :GRID_SIDE] @ filters.coefficients
    return coefficients.reshape(len(coefficients), -1), wide[:, GRID_SIDE:] @ filters.grid


def _extract_whole(planes: Matrix) -> tuple[Matrix, Matrix]:
    """Returns the same of whole planes (..., 80, 80) of cells."""
    both = _WHOLE_FILTER @ planes @ _WHOLE_FILTER.T
    return both[..., :GRID_SIDE, :GRID_SIDE].reshape(*planes.shape[:-2], -1), both[..., GRID_SIDE:, GRID_SIDE:]


def _compute_bits(coefficients: Matrix, grid: Matrix) -> NDArray[np.uint8]:
    """Returns both hashes: (n, 92). PDQ is 0 where the coefficients leave the hash undetermined or the grid has low texture."""
    lighter, kernel = compare_halves(grid), image_kernel.get_kernel()
    if kernel is None or coefficients.dtype != np.float32 or grid.dtype != np.float32:
        return compute_bits_with_numpy(coefficients, grid, lighter)
    return kernel.hash_windows(*(np.ascontiguousarray(each, np.float32) for each in (coefficients, grid, lighter)))


def compute_bits_with_numpy(coefficients: Matrix, grid: Matrix, lighter: Matrix) -> NDArray[np.uint8]:
    """Returns both hashes of n windows without the compiled kernel: (n, 92).

    Args:
        coefficients: (n, 256).
        grid: (n, 16, 16).
        lighter: (n, 2), from `compare_halves`.
    """
    medians, steps = perceptual.compute_lower_medians(coefficients), compute_steps(grid, lighter)
    found = np.concatenate([perceptual.pack_bits(coefficients > medians), np.packbits(steps > 0, axis=-1)], axis=-1)
    found[perceptual.is_undetermined(np.abs(coefficients - medians)) | has_low_texture(steps), :PDQ_BYTES] = 0
    return found


_WHOLE_FILTER = _side_filter(0.0, 1.0)
_FIXED_FILTERS = _window_filters((*CROPS.values(), *INNER_CROPS.values()))
_FIXED_NUMBERS = [NUMBER_OF[window] for window in (*CROPS, *INNER_CROPS)]


# Rotation by a few degrees


@lru_cache(_SIZES_CACHED)
def _rotated_places(height: int, width: int) -> NDArray[np.intp]:
    """Returns (2, 80, 80) numbers of cells: of the middle, rotated left and right."""
    aspect = width / height
    return np.stack([find_rotated_cells(aspect, way, _ROTATED_PART) for way in (_ROTATION_DEGREES, -_ROTATION_DEGREES)])


def find_rotated_cells(aspect: float, degrees: float, part: Rectangle = FULL_IMAGE) -> NDArray[np.intp]:
    """Returns which cell of an image lies under each cell of a part of it once the image was rotated.

    Args:
        aspect: width by height of the image.
        degrees: counter-clockwise.
        part: of the rotated image.

    Returns:
        (80, 80): numbers of cells, row * 80 + column. Outside the image the nearest cell is taken.
    """
    offsets = (np.arange(CELLS_SIDE) + 0.5) / CELLS_SIDE - 0.5
    y, x = np.meshgrid(offsets * (part.bottom - part.top), offsets * (part.right - part.left) * aspect, indexing="ij")
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    down, across = y * cosine + x * sine + 0.5, (x * cosine - y * sine) / aspect + 0.5
    row, column = (np.clip(place * CELLS_SIDE, 0, CELLS_SIDE - 1).astype(np.intp) for place in (down, across))
    return row * CELLS_SIDE + column
