"""Lets a worker use the compiled steps of hashing images, after comparing them with numpy."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from triage.hashing import image_kernel, resampling, window_hashing
from triage.hashing.image_kernel import FILES, ImageKernel

_SIZES = ((33, 40), (70, 300), (100, 37), (35, 129), (211, 67))
"""Planes that are compared, height by width. Most end in fewer rows or columns than the kernel takes at once."""
_WINDOWS = 40


def enable_kernel(path: Path = FILES.library) -> bool:
    """Uses the kernel from now on if it can be used and says the same as numpy; returns whether it does.

    A worker calls this before it confines itself. Later no file can be opened.
    """
    kernel = image_kernel.open_kernel(path)
    image_kernel.set_kernel(kernel if kernel is not None and _agrees(kernel) else None)
    return image_kernel.get_kernel() is not None


def _agrees(kernel: ImageKernel) -> bool:
    """Returns whether the kernel says the same as numpy, of planes of several sizes and of windows of every kind."""
    chance = np.random.default_rng(1)
    planes = [chance.choice(np.array((0, 1, 128, 254, 255), np.uint8), size) for size in _SIZES]
    if not all(_resizes_alike(kernel, plane) for plane in (*planes, np.full((40, 70), 255, np.uint8))):
        return False
    coefficients = chance.normal(0, 1, (_WINDOWS, 256)) * np.repeat((0.5, 2.0, 30.0, 1e6), _WINDOWS // 4)[:, None]
    coefficients[::3] = np.rint(coefficients[::3])  # equal ones, and zeros of both signs
    cells = np.rint(chance.normal(128, 24, (_WINDOWS, 16, 16)) * np.resize(np.linspace(0.1, 1, 7), _WINDOWS)[:, None, None]) / 8
    cells[::5] = 7
    lighter = chance.choice(np.array((-1, 0, 0.1, 0.2), np.float32), (_WINDOWS, 2))
    given = (coefficients.astype(np.float32), cells.astype(np.float32), lighter)
    return np.array_equal(kernel.hash_windows(*given), window_hashing.compute_bits_with_numpy(*given))


def _resizes_alike(kernel: ImageKernel, plane: resampling.Plane) -> bool:
    for axis in (0, 1):
        taps = resampling.build_lanczos_taps(plane.shape[axis])
        expected = resampling.resize_with_numpy(plane, axis)
        if taps is None or not np.array_equal(kernel.shrink(plane, axis, taps), expected):
            return False
    return True
