"""What the process takes from itself at start, so that neither a crash nor a neighbour sees what is in its memory."""

from __future__ import annotations

import ctypes
import os
import sys

_PR_SET_DUMPABLE = 4


def harden() -> tuple[tuple[str, str], ...]:
    """No core dumps, no tracing by other processes of the same user, files for their owner only.

    Returns (measure, "on" or why it is off); what can't be had is said, not hidden.
    """
    os.umask(0o077)
    return (("private files", "on"), ("no core dumps", _no_core_dumps()), ("no tracing", _no_tracing()))


def _no_core_dumps() -> str:
    if sys.platform == "win32":
        return "off: not on Windows"
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError) as error:
        return f"off: {error}"
    return "on"


def _no_tracing() -> str:
    if sys.platform != "linux":
        return "off: only on Linux"
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0):
        return f"off: {os.strerror(ctypes.get_errno())}"
    return "on"
