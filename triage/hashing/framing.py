"""Where in a picture the photograph is: without borders and bars, and apart from captions and the furniture of a screen.

What lies around a photograph has a few even levels of grey: a frame's own, the paper of a caption, the ground of a chat. A line
of such pixels from side to side parts what is above from what is below; cutting along such lines, rows and columns in turn, and
keeping the longest piece leaves the photograph. The faint pattern that messengers draw on their ground is seen through; other
patterns are not. Blurred bars at both ends, as stories and short films fill a screen, are another matter: each line is much like
the next until, at once, an edge goes from side to side.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.hashing.grids import Matrix, Plane

_NEAR = 5
"""A sample within so much of a level is of that level."""
_COMMON, _EVERY = 0.06, 4
"""A level that so large a share of samples has, of which every fourth a side is looked at, is one that may surround."""
_EVEN = 12
"""The outermost line of a plane is even when its samples differ by no more: its level may surround, however thin."""
_LINE = 0.975
"""So large a share of a line's samples at such levels makes it a parting one."""
_PATTERN, _GROUND = 20, 0.7
"""A faint pattern is no further from its ground, which is so large a share of a line."""
_LEAST_SIDE, _LEAST_AREA = 48, 0.05
_BAR, _UNLIKE = 0.05, 0.02
_SMOOTH, _MOST_ACROSS = 10.0, 96
_SHARP, _STANDS_OUT = 2.0, 3.0
_SQUARE = 0.9
"""Blurred bars take so large a share of a side each, and are as large as one another but for so much. There, at the ends, a line
differs from the next by so many levels at most, on average, and so do two samples of a line that are _EVERY apart. At the edge it
differs by so many at least, and by so many times what it did anywhere before. Sides that differ by no more are a square's."""
_CAMERA = (1.3, 1.6)
"""From 4:3 to 3:2: bars fill a square, 4:5 or the length of a screen, and most photographs need not be searched for them."""
_SMALLER = 0.97
"""What lies inside is told of when it is so much smaller."""
_ROUNDS, _MOST_LEVELS = 3, 4
_FIVE = np.ones(5, np.int64)


@dataclass(frozen=True, slots=True)
class Photo:
    """`trimmed` is the plane without what surrounds all of it, `inside` the largest piece in that; None where nothing goes."""

    trimmed: Plane | None
    inside: Plane | None


def perhaps_framed(cells: Matrix) -> NDArray[np.bool_]:
    """A first look at coarse planes of means (n, height, width): one without an even line of cells has nothing to cut along."""
    most_even = np.minimum(*(np.ptp(cells, axis=axis).min(axis=1) for axis in (1, 2)))
    found: NDArray[np.bool_] = most_even <= _EVEN
    return found


def photo(luma: Plane, *, even: bool = True) -> Photo:
    """Not `even`: only blurred bars are looked for."""
    found, between = _among_even(luma) if even else Photo(None, None), _between_blurs(luma)
    outer = luma if found.trimmed is None else found.trimmed
    return found if between is None or between.size > _SMALLER * outer.size else Photo(found.trimmed, between)


def _among_even(luma: Plane) -> Photo:
    edges = _edge_levels(luma)
    outer = _settled(luma, edges, _hull) if edges else _all(luma)
    levels = _apart([*edges, *_common_levels(luma)])
    inner = _settled(luma, levels, _longest, outer) if levels else outer
    if grounds := _patterned(_cut(luma, inner), levels):
        inner = _settled(luma, grounds, _longest, inner, _PATTERN)
    if around := _edge_levels(_cut(luma, inner)):  # of the bubble that the photograph lies in
        inner = _settled(luma, around, _longest, inner)
    return Photo(_piece(luma, outer), _piece(luma, inner) if _area(inner) < _SMALLER * _area(outer) else None)


Box = tuple[int, int, int, int]
"""Top, bottom, left, right; the second and the last are the first samples outside."""
Run = tuple[int, int]


def _edge_levels(luma: Plane) -> list[int]:
    """Of the outermost lines that are even."""
    return _apart([int(np.sort(line)[len(line) // 2]) for line in _outermost(luma) if np.ptp(line) <= _EVEN])


def _patterned(luma: Plane, levels: list[int]) -> list[int]:
    """Those that outermost lines are at, but for a faint pattern; of a photograph's sky seldom more than one is."""
    return [level for level in levels if sum(_is_ground(line, level) for line in _outermost(luma)) > 1]


def _is_ground(line: Plane, level: int) -> bool:
    off = np.abs(line.astype(np.int16) - level)
    at_level, near = (np.count_nonzero(off <= by) / line.size for by in (_NEAR, _PATTERN))
    return bool(at_level >= _GROUND and near >= _LINE)


def _outermost(luma: Plane) -> tuple[Plane, ...]:
    return luma[0], luma[-1], luma[:, 0], luma[:, -1]


def _common_levels(luma: Plane) -> list[int]:
    """The commonest first."""
    some = luma[::_EVERY, ::_EVERY]
    counts = np.convolve(np.bincount(some.ravel(), minlength=256), _FIVE, "same")
    common = np.flatnonzero(counts >= _COMMON * some.size)
    return common[np.argsort(-counts[common], kind="stable")].tolist() if len(common) else []


def _apart(levels: list[int]) -> list[int]:
    """Without those that lie near an earlier one."""
    kept: list[int] = []
    for level in levels:
        if len(kept) < _MOST_LEVELS and all(abs(level - other) > 2 * _NEAR for other in kept):
            kept.append(level)
    return kept


def _all(plane: Plane) -> Box:
    return 0, plane.shape[0], 0, plane.shape[1]


def _may_be_screen(height: int, width: int) -> bool:
    least, most = _CAMERA
    return not least <= max(height, width) / min(height, width) <= most


def _between_blurs(luma: Plane) -> Plane | None:
    """Bars fill the longer side of a screen, of a square one either."""
    height, width = luma.shape
    if not _may_be_screen(height, width):
        return None
    if height >= _SQUARE * width and (run := _sharp(luma)):
        return _piece(luma, (*run, 0, width))
    run = _sharp(luma.T) if width >= _SQUARE * height else None
    return _piece(luma, (0, height, *run)) if run else None


def _sharp(luma: Plane) -> Run | None:
    """The rows between blurred bars; None where there are none."""
    height, some = len(luma), luma[:, ::_EVERY]
    deep = math.ceil(_BAR * height) + 1
    if not all(_is_blurred(end) for end in (some[:deep], some[-deep:])):
        return None
    steps = _steps(some)
    above, below = _bar(steps, deep), _bar(steps[::-1], deep)
    return (above, height - below) if above and below and abs(above - below) <= _UNLIKE * height else None


def _bar(steps: Matrix, deep: int) -> int:
    """How many lines, more than `deep`, lie before the first step that stands out; 0 when none does."""
    edges = steps[deep:] >= np.maximum(_SHARP, _STANDS_OUT * np.maximum.accumulate(steps)[deep - 1 : -1])
    return deep + int(np.argmax(edges)) + 1 if edges.any() else 0


def _is_blurred(lines: Plane) -> bool:
    if _steps(lines).max(initial=0) > _SMOOTH:
        return False
    across = np.abs(np.diff(lines.astype(np.int16), axis=1))
    return bool(across.size and across.max() <= _MOST_ACROSS)


def _steps(lines: Plane) -> Matrix:
    """How much each differs from the next, on average."""
    found: Matrix = np.abs(np.diff(lines.astype(np.int16), axis=0)).mean(axis=1)
    return found


def _settled(
    luma: Plane, levels: list[int], choose: Callable[[NDArray[np.bool_]], Run], box: Box | None = None, near: int = _NEAR
) -> Box:
    """Rows, then columns, then again, since some lines part only once others are gone."""
    named = np.zeros(256, np.uint8)
    for name, level in enumerate(levels, 1):
        named[max(level - near, 0) : level + near + 1] = name
    seen = {1: named.take(luma[:, ::_EVERY]), 0: named.take(luma[::_EVERY])}
    box = box or _all(luma)
    for _ in range(_ROUNDS):
        before = box
        for axis in (1, 0):
            by, down = (_EVERY, 1) if axis else (1, _EVERY)
            piece = seen[axis][box[0] // down : -(-box[1] // down), box[2] // by : -(-box[3] // by)]
            most = _LINE * piece.shape[axis]
            busy = np.ones(piece.shape[1 - axis], np.bool_)
            for name in range(1, len(levels) + 1):
                busy &= np.count_nonzero(piece == name, axis=axis) < most
            first, last = choose(busy)
            box = (box[0] + first, box[0] + last, *box[2:]) if axis else (*box[:2], box[2] + first, box[2] + last)
        if box == before:
            break
    return box


def _hull(busy: NDArray[np.bool_]) -> Run:
    """From the first busy line to the last; all of them when none is."""
    found = np.flatnonzero(busy)
    return (int(found[0]), int(found[-1]) + 1) if len(found) else (0, len(busy))


def _longest(busy: NDArray[np.bool_]) -> Run:
    steps = np.diff(busy.astype(np.int8), prepend=0, append=0)
    starts, stops = np.flatnonzero(steps > 0), np.flatnonzero(steps < 0)
    if not len(starts):
        return 0, len(busy)
    longest = int(np.argmax(stops - starts))
    return int(starts[longest]), int(stops[longest])


def _cut(luma: Plane, box: Box) -> Plane:
    return luma[box[0] : box[1], box[2] : box[3]]


def _area(box: Box) -> int:
    return (box[1] - box[0]) * (box[3] - box[2])


def _piece(luma: Plane, box: Box) -> Plane | None:
    piece = _cut(luma, box)
    enough = min(piece.shape) >= _LEAST_SIDE and piece.size >= _LEAST_AREA * luma.size
    return piece if enough and piece.shape != luma.shape else None
