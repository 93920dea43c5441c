"""Does a screenshot show a known picture sharply, anywhere, at any size it may be drawn at? Normalised cross-correlation.

The template holds only the picture's detail (its local means are taken away), so that a blurred preview of the same picture,
which shares nothing but local means, does not correlate.
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

Grey = NDArray[np.float32]

CELLS = (16, 12)
"""The known picture is a field of so many random cells: coarse enough to be found at sizes that are nearly right."""
FOUND = 0.42
WIDTHS = tuple(round(72 * 1.08**i) for i in range(33))
"""72 to 845 pixels in steps of eight per cent."""
SHRINK = 3
"""The screen is searched at a third of its size: a cell of the smallest thumbnail is then still two pixels wide."""


@cache
def known_picture(seed: int, width: int = 480, height: int = 360) -> NDArray[np.uint8]:
    """A drawn field of grey cells, (height, width), softened at the cells' edges by nothing: as sharp as can be."""
    cells = np.random.default_rng(seed).integers(20, 236, CELLS[::-1], dtype=np.uint8)
    return resized(cells.astype(np.float32), width, height).astype(np.uint8)


@cache
def preview_of(seed: int, side: int = 32) -> bytes:
    """What the worker stores of a known picture: side x side, blurred so that no cell is left."""
    small = resized(known_picture(seed).astype(np.float32), side, side)
    kernel = np.exp(-0.5 * (np.arange(-9, 10) / 3.0) ** 2)
    kernel /= kernel.sum()
    for axis in (0, 1):
        padded = np.pad(small, [(9, 9) if i == axis else (0, 0) for i in (0, 1)], mode="edge")
        small = np.apply_along_axis(lambda line: np.convolve(line, kernel, mode="valid"), axis, padded)
    return small.clip(0, 255).astype(np.uint8).tobytes()


def screenshot(widget: QWidget) -> Grey:
    """What stands on the screen now, in grey, at a third of its size."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    height, width = image.height() // SHRINK, image.width() // SHRINK
    grey = rows[: height * SHRINK, : width * SHRINK].astype(np.float32)
    return grey.reshape(height, SHRINK, width, SHRINK).mean(axis=(1, 3))


def sharpest(screen: Grey, picture: NDArray[np.uint8]) -> tuple[float, int]:
    """(greatest correlation of the picture's detail with any place of the screen, the width at which it was found)."""
    shape = tuple(-(-side // 32) * 32 for side in screen.shape)
    seen = np.fft.rfft2(screen, shape)
    sums, squares = _summed(screen), _summed(screen * screen)
    best, pixels = (0.0, 0), picture.tobytes()
    for width in WIDTHS:
        small = (width // SHRINK, width * picture.shape[0] // picture.shape[1] // SHRINK)
        if small[0] < screen.shape[1] and small[1] < screen.shape[0]:
            matched = np.fft.irfft2(seen * _spectrum(pixels, picture.shape, small, shape), shape)
            area = small[0] * small[1]
            energy = _boxes(squares, small) - _boxes(sums, small) ** 2 / area
            valid = matched[: energy.shape[0], : energy.shape[1]]
            best = max(best, (float((valid / np.sqrt(np.maximum(energy, area * 4.0))).max()), width))  # flat is no match
    return best


@lru_cache(maxsize=4 * len(WIDTHS))  # dearer than searching for it, and each screen is searched for the same pictures
def _spectrum(
    pixels: bytes, shape: tuple[int, ...], size: tuple[int, int], screen: tuple[int, ...]
) -> NDArray[np.complexfloating]:
    """The spectrum of the picture's detail at this size, on a screen of this shape."""
    return np.conj(np.fft.rfft2(_detail(pixels, shape, size), screen))


def _detail(pixels: bytes, shape: tuple[int, ...], size: tuple[int, int]) -> Grey:
    """The picture at this size without the local means that blurring leaves, and with norm 1."""
    small = resized(np.frombuffer(pixels, np.uint8).reshape(shape).astype(np.float32), *size)
    coarse = resized(resized(small, CELLS[0] // 4, CELLS[1] // 4), *size)
    detail = small - coarse
    detail -= detail.mean()
    return detail / np.linalg.norm(detail)


def _summed(grey: Grey) -> NDArray[np.float64]:
    """Sums over all that lies above and to the left, for sums over boxes."""
    return np.pad(grey.astype(np.float64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))


def _boxes(summed: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.float64]:
    width, height = size
    return summed[height:, width:] - summed[:-height, width:] - summed[height:, :-width] + summed[:-height, :-width]


def resized(grey: Grey, width: int, height: int) -> Grey:
    """By areas when it shrinks, by repeating when it grows."""
    rows = _weights(grey.shape[0], height)
    columns = _weights(grey.shape[1], width)
    return (rows @ grey @ columns.T).astype(np.float32)


def _weights(old: int, new: int) -> Grey:
    """(new, old): how much of each old sample lies in each new one."""
    starts = np.arange(new) * old / new
    ends = np.maximum(starts + old / new, starts + 1e-6)
    inside = np.minimum(ends[:, None], np.arange(1, old + 1)) - np.maximum(starts[:, None], np.arange(old))
    weights = np.maximum(inside, 0)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
