"""Hardens the process at its start, so that neither a crash nor another process sees what is in its memory."""

from __future__ import annotations

import ctypes
import mmap
import os
import sys

_PR_SET_DUMPABLE = 4
_WER_NO_HEAP = 1


def harden() -> tuple[tuple[str, str], ...]:
    """Forbids core dumps and tracing by other processes, and makes new files private to their owner.

    Returns (measure, "on" or why it is off) for each.
    """
    os.umask(0o077)
    return (("private files", "on"), ("no core dumps", _no_core_dumps()), ("no tracing", _no_tracing()))


def lock_memory(page: mmap.mmap) -> str:
    """Keeps a page out of swap, and on Linux out of dumps.

    Returns "on", or why not.
    """
    here = ctypes.addressof(ctypes.c_char.from_buffer(page))
    if sys.platform == "win32":
        done = ctypes.windll.kernel32.VirtualLock(ctypes.c_void_p(here), ctypes.c_size_t(len(page)))
        return "on" if done else "off: the system refused"
    if ctypes.CDLL(None, use_errno=True).mlock(ctypes.c_void_p(here), ctypes.c_size_t(len(page))):
        return f"off: {os.strerror(ctypes.get_errno())}"
    if sys.platform == "linux":
        page.madvise(mmap.MADV_DONTDUMP)
    return "on"


def _no_core_dumps() -> str:
    """Forbids core dumps, on Windows heap contents in error reports.

    Returns "on", or why not.
    """
    if sys.platform == "win32":  # error reports are the system's to make; what lies on the heap stays out of them
        refused = ctypes.windll.kernel32.WerSetFlags(_WER_NO_HEAP)
        return "off: the system refused" if refused else "on"
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError) as error:
        return f"off: {error}"
    return "on"


def _no_tracing() -> str:
    """Forbids tracing by processes of the same user.

    Returns "on", or why not.
    """
    if sys.platform != "linux":
        return "off: only on Linux"
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0):
        return f"off: {os.strerror(ctypes.get_errno())}"
    return "on"
