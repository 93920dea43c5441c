"""Removes the bars around a frame of a video, as an encoder leaves them."""

from __future__ import annotations

import numpy as np

from triage.hashing.resampling import Plane

_FLAT_DEVIATION = 4.0  # levels; the luma along a line of a bar has at most this standard deviation
_SMEARED_DEVIATION = 20.0  # levels; the same for a bar's line into which the encoder smeared the image's edge
_SAME_LIGHTNESS = 12.0  # levels; a smeared line's mean lies nearer than this to that of the outermost line
_LEAST_LEFT = 0.3  # of each side must be left, else it is no bar
_ROUNDS = 2  # a frame's other sides become bars once the first ones are gone


def remove_bars(luma: Plane) -> Plane | None:
    """Returns the frame without its bars, contiguous; None when it has no bars or too little would be left.

    An encoder smears the image's edge some lines into the bar. Such a line varies more than a flat one and is still as light as
    the bar. Images don't need that (photo_region.py), and it would take dark edges from them.
    """
    plane = luma
    for _ in range(_ROUNDS):
        for _ in range(4):
            plane = np.rot90(plane[_count_bar_lines(plane) :])
    least = min(part / full for part, full in zip(plane.shape, luma.shape, strict=True))
    return np.ascontiguousarray(plane) if least >= _LEAST_LEFT and plane.shape != luma.shape else None


def _count_bar_lines(plane: Plane) -> int:
    """Counts the lines at the top that are a bar."""
    if not plane.size or plane[0].std(dtype=np.float32) > _FLAT_DEVIATION:
        return 0
    deviations, means = plane.std(axis=1, dtype=np.float32), plane.mean(axis=1, dtype=np.float32)
    smeared = (deviations < _SMEARED_DEVIATION) & (np.abs(means - means[0]) < _SAME_LIGHTNESS)
    is_bar = (deviations <= _FLAT_DEVIATION) | smeared
    return int(np.argmin(is_bar)) if not is_bar.all() else len(is_bar)
