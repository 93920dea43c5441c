"""The compiled steps of hashing images (image_kernel.c): two resizing passes and the bits of windows. numpy is their reference.

Only a sandboxed worker uses them, from `kernel_use.enable_kernel` on. Everywhere else, and where the library is missing or
disagrees with numpy, numpy does the same.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.hashing.kernel_library import name_files, open_library

FILES = name_files("image_kernel", "images", "0acf55a20d2f8e8b8b47023d00bc87ac5ce5b1ffa241b85cd36bdf44187d7f90")
"""The SHA-256 is that of image_kernel.c. A test compares it, so that whoever changes the C file reads this."""

_SIDE = 32  # samples that a side is resized to
_LANES = 16  # coefficients that are multiplied at once
_LOWER_BITS = 11  # of a coefficient's 22; both parts of it fit into 16 bits
_ROWS = 4  # rows that are resized at once
_MOST_SUM = (1 << 31) - (1 << 22)  # of samples times coefficients, with room for rounding
_ENTRY_BYTES = 92  # of a window

Octets = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Taps:
    """The coefficients of a resizing, as the kernel reads them."""

    whole: NDArray[np.int32]
    parts: NDArray[np.int16]
    starts: NDArray[np.uint32]


def build_taps(whole: NDArray[np.floating], starts: NDArray[np.intp]) -> Taps | None:
    """Returns coefficients (32, terms), whole numbers, in two parts; None when a sum might not fit into 32 bits.

    Args:
        whole: coefficients times 2**22.
        starts: (32,), the sample that the first coefficient of each row belongs to.
    """
    if np.abs(whole).sum(axis=1).max() * 255 > _MOST_SUM:
        return None
    exact = whole.astype(np.int32)
    padded = np.zeros((_SIDE, -(-exact.shape[1] // _LANES) * _LANES), np.int32)
    padded[:, : exact.shape[1]] = exact
    half = 1 << _LOWER_BITS - 1
    lower = (padded + half & 2 * half - 1) - half
    parts = np.stack([(padded - lower >> _LOWER_BITS).reshape(_SIDE, -1, _LANES), lower.reshape(_SIDE, -1, _LANES)], axis=2)
    return Taps(np.ascontiguousarray(exact), np.ascontiguousarray(parts, np.int16), starts.astype(np.uint32))


class ImageKernel:
    """The functions of the library. All arrays are contiguous."""

    def __init__(self, library: ctypes.CDLL) -> None:
        """Takes a library that has the three functions; raises AttributeError when it lacks one."""
        self._across = _declare(library.shrink_across, "pnnppnpp")
        self._down = _declare(library.shrink_down, "pnppnp")
        self._windows = _declare(library.hash_windows, "npppp")

    def shrink(self, plane: Octets, axis: int, taps: Taps) -> Octets:
        """Resizes one axis of a plane to 32 samples."""
        height, width = plane.shape
        terms = taps.parts.shape[1] * _LANES
        if axis:
            lines = np.empty(_ROWS * (width + _LANES), np.int16)
            out = np.empty((height, _SIDE), np.uint8)
            places = (_find(plane), height, width, _find(taps.parts), _find(taps.starts), terms, _find(lines), _find(out))
            self._across(*places)
            return out
        out = np.empty((_SIDE, width), np.uint8)
        whole = taps.whole
        self._down(_find(plane), width, _find(whole), _find(taps.starts), whole.shape[1], _find(out))
        return out

    def hash_windows(self, coefficients: NDArray[np.float32], cells: NDArray[np.float32], lighter: NDArray[np.float32]) -> Octets:
        """Returns the entries (n, 92) of n windows: coefficients (n, 256), cells (n, 16, 16), halves (n, 2)."""
        out = np.empty((len(coefficients), _ENTRY_BYTES), np.uint8)
        self._windows(len(out), _find(coefficients), _find(cells), _find(lighter), _find(out))
        return out


def _find(array: NDArray[Any]) -> int:
    """Returns the address of an array. `array.ctypes.data` takes five times as long."""
    address: int = array.__array_interface__["data"][0]
    return address


def _declare(function: Callable[..., None], kinds: str) -> Callable[..., None]:
    """Returns a function of the library that takes pointers (p) and sizes (n), and returns nothing."""
    function.argtypes = [ctypes.c_void_p if kind == "p" else ctypes.c_size_t for kind in kinds]  # type: ignore[attr-defined]
    function.restype = None  # type: ignore[attr-defined]
    return function


def open_kernel(path: Path) -> ImageKernel | None:
    """Returns the kernel in this library, not yet compared with numpy, or None when it can't be used."""
    library = open_library(path, FILES.source_sha256)
    try:
        return None if library is None else ImageKernel(library)
    except AttributeError:
        return None


_used: list[ImageKernel] = []


def get_kernel() -> ImageKernel | None:
    """Returns the kernel that this process uses, or None where numpy must do."""
    return _used[0] if _used else None


def set_kernel(kernel: ImageKernel | None) -> None:
    """Lets this process use the kernel, or none."""
    _used[:] = [] if kernel is None else [kernel]
