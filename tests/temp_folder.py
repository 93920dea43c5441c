"""Where the tests put their stores: in memory, where the system has a folder for that and room in it.

A store waits for the disk at each of its commits. No test cuts the power, so none would notice that the disk
never wrote; the tests of the order of these calls count the calls themselves.
"""

from __future__ import annotations

import os
import tempfile  # noqa: TID251 - the tests choose where it goes
from contextlib import suppress
from pathlib import Path

_MEMORY = Path("/dev/shm")
_NEEDED = 6 << 30
"""Bytes: several times what a whole run holds at once."""


def use_memory() -> None:
    """Has temporary files of the tests, and of the processes that they start, made in memory; TMPDIR of the caller comes first."""
    if "TMPDIR" not in os.environ and _MEMORY.is_dir() and not _MEMORY.is_symlink() and _count_free() >= _NEEDED:
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None


def _count_free() -> int:
    """Returns the bytes that files in memory may take, by the folder, the machine and the container; 0 where one is unknown."""
    folder = os.statvfs(_MEMORY)
    free = [folder.f_bavail * folder.f_frsize]
    with suppress(OSError):
        limit, used = (Path("/sys/fs/cgroup", name).read_text().strip() for name in ("memory.max", "memory.current"))
        free += [] if limit == "max" else [int(limit) - int(used)]
    try:
        available = [
            line.split()[1] for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemAvailable:")
        ]
    except OSError:
        return 0
    return min(*free, *(int(kib) << 10 for kib in available)) if available else 0
