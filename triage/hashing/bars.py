"""What is left of a film's frame without its bars."""

from __future__ import annotations

import numpy as np

from triage.hashing.grids import Plane

_FLAT_LINE = 4.0
_SMEARED_LINE, _AS_LIGHT = 20.0, 12.0
"""Standard deviations of the luma along a line, and a difference of its mean from the outermost line's."""
_LEAST_LEFT = 0.3


def without_bars(luma: Plane) -> Plane | None:
    """None when there are no bars, or when too little would be left.

    An encoder smears the picture's edge some lines into the bar: there a line strays more than a flat one does, and is still as
    light as the bar. Pictures don't need that (framing.py), and it would take dark edges from them.
    """
    plane = luma
    for _ in range(2):  # a frame's other sides become bars once the first are gone
        for _ in range(4):
            plane = np.rot90(plane[_bar(plane) :])
    least = min(part / full for part, full in zip(plane.shape, luma.shape, strict=True))
    return np.ascontiguousarray(plane) if least >= _LEAST_LEFT and plane.shape != luma.shape else None


def _bar(plane: Plane) -> int:
    """How many lines at the top are bar."""
    if not plane.size or plane[0].std(dtype=np.float32) > _FLAT_LINE:
        return 0
    strays, light = plane.std(axis=1, dtype=np.float32), plane.mean(axis=1, dtype=np.float32)
    flat = (strays <= _FLAT_LINE) | ((strays < _SMEARED_LINE) & (np.abs(light - light[0]) < _AS_LIGHT))
    return int(np.argmin(flat)) if not flat.all() else len(flat)
