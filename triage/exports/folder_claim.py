"""Tells an export that still writes its unfinished folder from what an interrupted one left."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Self

from triage.errors import WorldError
from triage.file_lock import try_lock, unlock
from triage.safe_files import is_there, open_to_lock, remove_file

_LOCK = ".lock"


class FolderClaim:
    """Holds a lock on a file beside an unfinished folder while an export writes it.

    The system frees the lock when the process dies. A disk without file locks is written all the same.
    """

    def __init__(self, part: Path) -> None:
        """Takes the lock before the folder is made.

        Raises WorldError when another export has it, and OSError.
        """
        self._path = part.with_name(part.name + _LOCK)
        handle = open_to_lock(self._path)
        taken = _takes(handle)
        while taken and os.fstat(handle).st_nlink == 0:  # its holder removed the file meanwhile
            os.close(handle)
            handle = open_to_lock(self._path)
            taken = _takes(handle)
        if taken is False:
            os.close(handle)
            raise _make_running_error(part)
        self._handle: int | None = handle

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.free()

    def free(self) -> None:
        """Frees the lock and removes its file. Another call does nothing."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        with suppress(OSError):  # before it is free, so that nobody else's file goes; Windows removes no open file
            remove_file(self._path)
        with suppress(OSError):
            unlock(handle)
        os.close(handle)
        if os.name == "nt":
            with suppress(OSError):
                remove_file(self._path)


def make_leftover_error(part: Path) -> WorldError:
    """Returns the error for an unfinished folder that is there: of a running export, or of an interrupted one."""
    lock = part.with_name(part.name + _LOCK)
    try:
        handle = open_to_lock(lock) if is_there(lock) else None
    except OSError:
        return _make_unsure_error(part)
    if handle is None:
        return _make_interrupted_error(part)
    try:
        free = _takes(handle)
        if free:
            unlock(handle)
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
