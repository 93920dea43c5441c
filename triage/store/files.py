"""Errors of the disk as sentences, and the free space that a step needs."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from triage.errors import DiskFull, StoreError
from triage.message import Message
from triage.safe_files import UnsafeFile, is_there


def name_path(path: Path) -> str:
    """Returns a path as people write it: from the folder that they work in, where it lies below that."""
    with suppress(OSError, ValueError):  # that folder may be gone
        return str(path.relative_to(Path.cwd()))
    return str(path)


_FULL = {errno.ENOSPC, errno.EDQUOT}


def make_disk_error(error: OSError, doing: Message) -> StoreError:
    """Returns the error for a failed file operation. `doing` completes "while ..."."""
    if isinstance(error, UnsafeFile):
        return StoreError(
            "{error} can't be used while {doing}: {strerror}. Take it away or put the right file there, then run this again.",
            error=error.name,
            doing=doing,
            strerror=error.strerror or "",
            detail=str(error),
        )
    if error.errno in _FULL:
        return DiskFull(
            "The disk is full, so this step ended while {doing}; nothing half-written stays. Free some space and run it again.",
            doing=doing,
            detail=str(error),
        )
    if error.errno == errno.EROFS:
        return StoreError(
            "The store's disk is write-protected, so nothing was stored while {doing}. Allow writing, or use another disk.",
            doing=doing,
            detail=str(error),
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return StoreError(
            "The store's folder may not be written while {doing}; check its permissions.", doing=doing, detail=str(error)
        )
    return StoreError(
        "The disk reported an error while {doing}; nothing half-written stays. Check the disk before going on.",
        doing=doing,
        detail=str(error),
    )


@contextmanager
def explain_disk_errors(doing: Message) -> Iterator[None]:
    """Turns an OSError inside into a StoreError. `doing` completes "while ..."."""
    try:
        yield
    except OSError as error:
        raise make_disk_error(error, doing) from error


if sys.platform == "win32":
    _seek_guard = threading.Lock()

    def read_at(handle: int, length: int, offset: int) -> bytes:
        """Returns bytes of an open file without moving anybody's place in it; fewer at its end."""
        with _seek_guard:
            os.lseek(handle, offset, os.SEEK_SET)
            return os.read(handle, length)

    def read_into(handle: int, room: memoryview, offset: int) -> int:
        """Reads bytes of an open file into `room`; returns how many, fewer than it holds at the file's end."""
        data = read_at(handle, len(room), offset)
        room[: len(data)] = data
        return len(data)

else:
    read_at = os.pread

    def read_into(handle: int, room: memoryview, offset: int) -> int:
        """Reads bytes of an open file into `room`; returns how many, fewer than it holds at the file's end."""
        return os.preadv(handle, [room], offset)


def require_database_file(path: Path, *, read_only: bool) -> None:
    """Raises StoreError when the database is missing, or may not be written where it is."""
    if not is_there(path):
        raise StoreError(
            "The database {name} of this store is missing; put it back, or restore the newest backup.", name=path.name
        )
    if not (read_only or os.access(path.parent, os.W_OK)):
        raise StoreError(
            "The store's folder can't be written: its disk is write-protected, or its permissions forbid it. Read the store"
            " with `triage --read-only`, or allow writing."
        )


def require_free_space(place: Path, needed: int, what: Message) -> None:
    """Raises StoreError when fewer than `needed` bytes are free at `place`, which need not exist yet.

    `what` begins the sentence.
    """
    there = next(path for path in (place, *place.absolute().parents) if path.exists())
    with explain_disk_errors(Message("looking for free space")):
        free = shutil.disk_usage(there).free
    if free < needed:
        raise StoreError(
            "{what} has {free} MiB free, and {value} MiB are needed to go on safely; free some space and run it again: "
            "what was already taken in stays.",
            what=what,
            free=free >> 20,
            value=-(-needed >> 20),
            detail=f"{free} of {needed} bytes",
        )
