"""Keeps the window out of screenshots and recordings of other programs, where the system can do that.

Windows 10 2004 and later can (https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-setwindowdisplayaffinity). X11 and
Wayland have no such call for a window.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from typing import Any

EXCLUDE_FROM_CAPTURE = 0x11
"""WDA_EXCLUDEFROMCAPTURE: other programs see nothing where the window is."""


def find_display_affinity() -> Callable[[int, int], Any] | None:
    """Returns the system's call, or None where it has none."""
    if sys.platform != "win32":
        return None
    return ctypes.WinDLL("user32", use_last_error=True).SetWindowDisplayAffinity  # pragma: no cover


def block_capture(window: int, set_affinity: Callable[[int, int], Any] | None) -> bool:
    """Asks the system to leave a window out of captures, and returns whether it agreed. `window` is the system's handle."""
    return set_affinity is not None and bool(set_affinity(window, EXCLUDE_FROM_CAPTURE))
