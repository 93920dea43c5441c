"""Tells an export that still writes its unfinished folder from what an interrupted one left."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Self

from triage.errors import WorldError
from triage.file_lock import try_lock
from triage.safe_files import open_folder

_TRIES, _PAUSE = 100, 0.01
"""Who only looks holds the lock for less than a millisecond."""


class FolderClaim:
    """Holds a lock on an unfinished folder while an export writes it.

    The system frees the lock when the process dies. Where folders can't be locked, as on Windows, the export goes on without.
    """

    def __init__(self, part: Path) -> None:
        """Takes the lock of a folder that this export has just made. Raises OSError."""
        self._handle = open_folder(part)
        for _ in range(_TRIES):
            if self._handle is None or _takes(self._handle) is not False:
                break
            time.sleep(_PAUSE)  # another export that wants the name looks whether this one runs

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.free()

    def free(self) -> None:
        """Frees the lock. Another call does nothing."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


def make_leftover_error(part: Path) -> WorldError:
    """Returns the error for an unfinished folder that is there: of a running export, or of an interrupted one."""
    try:
        handle = open_folder(part)
    except OSError:
        return _make_unsure_error(part)
    if handle is None:
        return _make_unsure_error(part)
    try:
        free = _takes(handle)
    finally:
        os.close(handle)
    if free is None:
        return _make_unsure_error(part)
    return _make_interrupted_error(part) if free else _make_running_error(part)


def _takes(handle: int) -> bool | None:
    """Takes a lock; returns whether that worked, or None where the disk has no locks."""
    try:
        return try_lock(handle)
    except OSError:
        return None


def _make_running_error(part: Path) -> WorldError:
    return WorldError("Another export is writing {path} now; wait until it has ended, or choose another name.", path=part.name)


def _make_interrupted_error(part: Path) -> WorldError:
    return WorldError("{path} was left by an interrupted run; delete it, then run the command again.", path=part.name)


def _make_unsure_error(part: Path) -> WorldError:
    return WorldError("{path} is of another export; wait until none is running, then delete it.", path=part.name)
