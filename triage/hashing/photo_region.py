"""Finds the photograph in an image: without borders and bars, and apart from captions and the furniture of a screen.

What lies around a photograph has a few even levels of grey: a frame's own, the paper of a caption, the ground of a chat. A line
of such pixels from side to side separates what is above it from what is below. Cutting along such lines, rows and columns in
turn, and keeping the longest piece leaves the photograph. The faint pattern that messengers draw on their ground is allowed for;
other patterns are not.

Blurred bars at both ends, with which stories and short videos fill a screen, have no even lines. There each line is much like the
next until, at once, an edge goes from side to side.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from triage.hashing.resampling import Matrix, Plane

# Even levels
_SAME_LEVEL = 5  # levels; a sample within so much of a level is of that level
_COMMON_SHARE = 0.06  # of the samples have a level that may surround the photograph
_SAMPLE_STEP = 4  # every fourth line or column is enough to look at
_EVEN_RANGE = 12  # levels; when the samples of an outermost line differ by no more, its level may surround, however thin it is
_SEPARATING_SHARE = 0.975  # of a line's samples at surrounding levels make it a separating line
_PATTERN_LEVELS = 20  # levels; a faint pattern is no further from its ground
_GROUND_SHARE = 0.7  # of a line is the ground itself, where it bears a faint pattern
_MOST_LEVELS = 4  # surrounding levels that are looked for at once
_MOST_ROUNDS = 3  # some lines separate only once others are gone

# What counts as a photograph
_LEAST_SIDE = 48  # samples
_LEAST_AREA = 0.05  # of the image
_CLEARLY_SMALLER = 0.97  # of the surrounding area at most, else it is the same piece

# Blurred bars
_LEAST_BAR = 0.05  # of the side, at each end
_MOST_BAR_DIFFERENCE = 0.02  # of the side, between the two bars
_MOST_BLURRED_STEP = 10.0  # levels by which a line of a blurred bar differs from the next on average
_MOST_STEP_ACROSS = 96  # levels by which two samples of a line in a bar differ, _SAMPLE_STEP apart
_LEAST_EDGE_STEP = 2.0  # levels by which the edge line differs from the line before it on average
_EDGE_FACTOR = 3.0  # and so many times what any line before it did
_SQUARE_RATIO = 0.9  # sides from here on count as equal: bars may lie at either pair of ends
_CAMERA_RATIOS = (1.3, 1.6)  # longer by shorter side, 4:3 to 3:2: photographs of a camera have no blurred bars

_BOX_OF_FIVE = np.ones(5, np.int64)  # smooths the histogram of levels


@dataclass(frozen=True, slots=True)
class PhotoRegions:
    """`trimmed` is the image without what surrounds all of it, `photo` the largest piece in that; None where nothing is cut."""

    trimmed: Plane | None
    photo: Plane | None


class Box(NamedTuple):
    """A part of a plane in samples; `bottom` and `right` are the first ones outside."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def area(self) -> int:
        """Returns the area in samples."""
        return (self.bottom - self.top) * (self.right - self.left)


class Run(NamedTuple):
    """Neighbouring lines; `stop` is the first one after them."""

    start: int
    stop: int


def may_have_borders(cells: Matrix) -> NDArray[np.bool_]:
    """Returns whether images may have separating lines at all. One without an even line of cells has nothing to cut along.

    Args:
        cells: (n, height, width), coarse planes of means, in levels.
    """
    most_even = np.minimum(*(np.ptp(cells, axis=axis).min(axis=1) for axis in (1, 2)))
    found: NDArray[np.bool_] = most_even <= _EVEN_RANGE
    return found


def find_photo(luma: Plane, *, search_borders: bool = True) -> PhotoRegions:
    """Returns the photograph in an image.

    Args:
        luma: the image's luma plane.
        search_borders: False to look for blurred bars only (`may_have_borders`).
    """
    found = _cut_even_borders(luma) if search_borders else PhotoRegions(None, None)
    between = _cut_blurred_bars(luma)
    outer = luma if found.trimmed is None else found.trimmed
    if between is None or between.size > _CLEARLY_SMALLER * outer.size:
        return found
    return PhotoRegions(found.trimmed, between)


def _cut_even_borders(luma: Plane) -> PhotoRegions:
    edge_levels = _find_edge_levels(luma)
    outer = _shrink(luma, edge_levels, _find_hull) if edge_levels else _cover(luma)
    levels = _drop_close_levels([*edge_levels, *_find_common_levels(luma)])
    inner = _shrink(luma, levels, _find_longest_run, outer) if levels else outer
    if grounds := _find_patterned_levels(_cut_box(luma, inner), levels):
        inner = _shrink(luma, grounds, _find_longest_run, inner, _PATTERN_LEVELS)
    if bubble_levels := _find_edge_levels(_cut_box(luma, inner)):  # of the chat bubble that the photograph lies in
        inner = _shrink(luma, bubble_levels, _find_longest_run, inner)
    photo = _cut_if_large(luma, inner) if inner.area < _CLEARLY_SMALLER * outer.area else None
    return PhotoRegions(_cut_if_large(luma, outer), photo)


# Levels that may surround a photograph


def _find_edge_levels(luma: Plane) -> list[int]:
    """Returns the levels of the outermost lines that are even."""
    even = (line for line in _outermost_lines(luma) if np.ptp(line) <= _EVEN_RANGE)
    return _drop_close_levels([int(np.sort(line)[len(line) // 2]) for line in even])


def _find_patterned_levels(luma: Plane, levels: list[int]) -> list[int]:
    """Returns the levels that outermost lines have, but for a faint pattern. A photograph's sky seldom fills more than one."""
    return [level for level in levels if sum(_is_patterned_ground(line, level) for line in _outermost_lines(luma)) > 1]


def _is_patterned_ground(line: Plane, level: int) -> bool:
    off = np.abs(line.astype(np.int16) - level)
    at_level, near = (np.count_nonzero(off <= by) / line.size for by in (_SAME_LEVEL, _PATTERN_LEVELS))
    return bool(at_level >= _GROUND_SHARE and near >= _SEPARATING_SHARE)


def _outermost_lines(luma: Plane) -> tuple[Plane, ...]:
    return luma[0], luma[-1], luma[:, 0], luma[:, -1]


def _find_common_levels(luma: Plane) -> list[int]:
    """Returns the common levels that may surround a photograph, the most common first."""
    some = luma[::_SAMPLE_STEP, ::_SAMPLE_STEP]
    counts = np.convolve(np.bincount(some.ravel(), minlength=256), _BOX_OF_FIVE, "same")
    common = np.flatnonzero(counts >= _COMMON_SHARE * some.size)
    return common[np.argsort(-counts[common], kind="stable")].tolist() if len(common) else []


def _drop_close_levels(levels: list[int]) -> list[int]:
    """Returns the levels without those near an earlier one, at most _MOST_LEVELS."""
    kept: list[int] = []
    for level in levels:
        if len(kept) < _MOST_LEVELS and all(abs(level - other) > 2 * _SAME_LEVEL for other in kept):
            kept.append(level)
    return kept


# Blurred bars


def _may_be_screen(height: int, width: int) -> bool:
    least, most = _CAMERA_RATIOS
    return not least <= max(height, width) / min(height, width) <= most


def _cut_blurred_bars(luma: Plane) -> Plane | None:
    """Returns the image between blurred bars, or None.

    Bars fill the longer side of a screen, of a square one either.
    """
    height, width = luma.shape
    if not _may_be_screen(height, width):
        return None
    if height >= _SQUARE_RATIO * width and (run := _find_sharp_rows(luma)):
        return _cut_if_large(luma, Box(run.start, run.stop, 0, width))
    run = _find_sharp_rows(luma.T) if width >= _SQUARE_RATIO * height else None
    return _cut_if_large(luma, Box(0, height, run.start, run.stop)) if run else None


def _find_sharp_rows(luma: Plane) -> Run | None:
    """Returns the rows between blurred bars; None where there are no bars."""
    height, some = len(luma), luma[:, ::_SAMPLE_STEP]
    least_bar = math.ceil(_LEAST_BAR * height) + 1
    if not all(_is_blurred(end) for end in (some[:least_bar], some[-least_bar:])):
        return None
    steps = _average_steps(some)
    above, below = _count_bar_lines(steps, least_bar), _count_bar_lines(steps[::-1], least_bar)
    if not above or not below or abs(above - below) > _MOST_BAR_DIFFERENCE * height:
        return None
    return Run(above, height - below)


def _count_bar_lines(steps: Matrix, least: int) -> int:
    """Counts the lines before the first step that stands out, more than `least`; 0 when none does."""
    highest_before = np.maximum.accumulate(steps)[least - 1 : -1]
    edges = steps[least:] >= np.maximum(_LEAST_EDGE_STEP, _EDGE_FACTOR * highest_before)
    return least + int(np.argmax(edges)) + 1 if edges.any() else 0


def _is_blurred(lines: Plane) -> bool:
    if _average_steps(lines).max(initial=0) > _MOST_BLURRED_STEP:
        return False
    across = np.abs(np.diff(lines.astype(np.int16), axis=1))
    return bool(across.size and across.max() <= _MOST_STEP_ACROSS)


def _average_steps(lines: Plane) -> Matrix:
    """Returns how much each line differs from the next on average, in levels."""
    found: Matrix = np.abs(np.diff(lines.astype(np.int16), axis=0)).mean(axis=1)
    return found


# Cutting


def _shrink(
    luma: Plane,
    levels: list[int],
    choose: Callable[[NDArray[np.bool_]], Run],
    box: Box | None = None,
    tolerance: int = _SAME_LEVEL,
) -> Box:
    """Cuts a box along separating lines, rows, then columns, then again, since some lines separate only once others are gone.

    Args:
        luma: the whole plane.
        levels: grey levels that may surround the photograph.
        choose: which of the lines that do not separate are kept.
        box: the part to cut, by default all of it.
        tolerance: how far a sample may be from a level.
    """
    ranges = [(max(level - tolerance, 0), min(level + tolerance, 255)) for level in levels]
    box = box or _cover(luma)
    for step in range(2 * _MOST_ROUNDS):
        before, axis = box, 1 - step % 2
        run = choose(_find_kept_lines(_sample_box(luma, box, axis), ranges, axis))
        if axis:
            box = box._replace(top=box.top + run.start, bottom=box.top + run.stop)
        else:
            box = box._replace(left=box.left + run.start, right=box.left + run.stop)
        if step and box == before:  # the other lines were cut on the same box before: they would be kept again
            break
    return box


def _find_kept_lines(piece: Plane, ranges: Sequence[tuple[int, int]], axis: int) -> NDArray[np.bool_]:
    """Returns which lines of a piece are no separating lines: its rows (axis 1) or its columns (axis 0)."""
    most = _SEPARATING_SHARE * piece.shape[axis]
    is_kept = np.ones(piece.shape[1 - axis], np.bool_)
    for is_at_level in _find_level_samples(piece, ranges):
        is_kept &= np.add.reduce(is_at_level.view(np.uint8), axis=axis, dtype=np.uint32) < most
    return is_kept


def _sample_box(luma: Plane, box: Box, axis: int) -> Plane:
    """Returns every fourth column (axis 1) or line (axis 0) of a plane, from the one at the edge of a box to its other edge."""
    down, across = (1, _SAMPLE_STEP) if axis else (_SAMPLE_STEP, 1)
    top, left = box.top // down * down, box.left // across * across
    return np.ascontiguousarray(luma[top : box.bottom : down, left : box.right : across])


def _find_level_samples(piece: Plane, ranges: Sequence[tuple[int, int]]) -> list[NDArray[np.bool_]]:
    """Returns for each range of levels which samples lie in it; where ranges overlap, in the last one only."""
    found = [piece - np.uint8(low) <= np.uint8(high - low) for low, high in ranges]  # below the range the difference wraps around
    for number, (low, high) in enumerate(ranges):
        for later in range(number + 1, len(ranges)):
            if ranges[later][0] <= high and low <= ranges[later][1]:
                found[number] &= ~found[later]
    return found


def _find_hull(is_kept: NDArray[np.bool_]) -> Run:
    """Returns the run from the first line that is kept to the last; all lines when none is."""
    found = np.flatnonzero(is_kept)
    return Run(int(found[0]), int(found[-1]) + 1) if len(found) else Run(0, len(is_kept))


def _find_longest_run(is_kept: NDArray[np.bool_]) -> Run:
    """Returns the longest run of lines that are kept; all lines when none is."""
    steps = np.diff(is_kept.astype(np.int8), prepend=0, append=0)
    starts, stops = np.flatnonzero(steps > 0), np.flatnonzero(steps < 0)
    if not len(starts):
        return Run(0, len(is_kept))
    longest = int(np.argmax(stops - starts))
    return Run(int(starts[longest]), int(stops[longest]))


def _cover(plane: Plane) -> Box:
    return Box(0, plane.shape[0], 0, plane.shape[1])


def _cut_box(luma: Plane, box: Box) -> Plane:
    return luma[box.top : box.bottom, box.left : box.right]


def _cut_if_large(luma: Plane, box: Box) -> Plane | None:
    piece = _cut_box(luma, box)
    is_large = min(piece.shape) >= _LEAST_SIDE and piece.size >= _LEAST_AREA * luma.size
    return piece if is_large and piece.shape != luma.shape else None
