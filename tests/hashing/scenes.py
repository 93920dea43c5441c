"""Drawn landscapes as luma planes, by whole-number arithmetic alone: every machine and library version draws the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]


def landscape(height: int, width: int, seed: int) -> Plane:
    """Sky, ridges of hills, a sun, some stones and grain; `seed` moves everything."""
    dice = _dice(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    y, x = y * 1024 // height, x * 1024 // width
    light = 120 + y // 12 + dice(40)
    for ridge in range(5):
        crest = (
            200 + 150 * ridge + _wave(x, 150 + dice(500), dice(1000), 40 + dice(110)) + _wave(x, 40 + dice(90), dice(1000), 20)
        )
        below = y > crest
        texture = _wave(x * (1 + dice(3)) + y * (1 + dice(5)), 30 + dice(80), dice(100), 10 + dice(50))
        light = np.where(below, 30 + dice(170) + texture + (y - crest) // (4 + dice(10)), light)
    for _ in range(6):
        middle_x, middle_y, radius = dice(1024), dice(1024), 20 + dice(120)
        light = np.where((x - middle_x) ** 2 + (y - middle_y) ** 2 < radius**2, dice(256), light)
    return np.clip(light + _grain(height, width, seed), 0, 255).astype(np.uint8)


def _dice(seed: int):
    state = seed * 2654435761 + 12345

    def roll(sides: int) -> int:
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        return (state >> 33) % sides

    return roll


def _wave(at: NDArray[np.int64], period: int, phase: int, height: int) -> NDArray[np.int64]:
    """A triangle between -height and height."""
    return abs((at + phase) % period * 4 * height // period - 2 * height) - height


def _grain(height: int, width: int, seed: int) -> NDArray[np.int64]:
    cells = np.arange(height * width, dtype=np.uint64) + np.uint64(seed * 7919)
    mixed = (cells ^ (cells >> np.uint64(7))) * np.uint64(0x9E3779B97F4A7C15)
    return ((mixed >> np.uint64(60)).astype(np.int64) - 8).reshape(height, width)
