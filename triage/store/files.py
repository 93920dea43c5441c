"""Writing files so that they are whole or not there, and the sentences for a disk that refuses."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from triage.errors import StoreError

PRIVATE_FILE, PRIVATE_DIRECTORY = 0o600, 0o700
NO_LINK = getattr(os, "O_NOFOLLOW", 0)
"""For what is written: a link in a store or on a backup's medium leads to somebody's file elsewhere."""
_FULL = {errno.ENOSPC, errno.EDQUOT}


def disk_error(error: OSError, doing: str) -> StoreError:
    """The world's sentence for a failed file operation; `doing` completes "while ..."."""
    if error.errno in _FULL:
        return StoreError(
            f"The disk is full, so this step ended while {doing}; nothing half-written stays. Free some space and run it again.",
            detail=str(error),
        )
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return StoreError(f"The store's folder may not be written while {doing}; check its permissions.", detail=str(error))
    return StoreError(
        f"The disk reported an error while {doing}; nothing half-written stays. Check the disk before going on.",
        detail=str(error),
    )


@contextmanager
def disk(doing: str) -> Iterator[None]:
    """Turns what the disk refuses into a StoreError."""
    try:
        yield
    except OSError as error:
        raise disk_error(error, doing) from error


if sys.platform == "win32":
    _seek_guard = threading.Lock()

    def read_at(handle: int, length: int, offset: int) -> bytes:
        """Bytes of an open file without moving anybody's place in it; fewer at its end."""
        with _seek_guard:
            os.lseek(handle, offset, os.SEEK_SET)
            return os.read(handle, length)

else:
    read_at = os.pread


def sync_directory(directory: Path) -> None:
    """Makes names in `directory` durable. Windows has no such call; NTFS journals its names."""
    if os.name == "nt":
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def overwrite(file: IO[bytes]) -> None:
    """Zeros over a small file that is to go: where a disk writes in place, its old content is gone. Raises OSError."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    file.write(bytes(size))
    flush(file)


def flush(file: IO[bytes]) -> None:
    """To the disk, not only to the system. Raises OSError."""
    file.flush()
    os.fsync(file.fileno())


def replace_secret(path: Path, data: bytes) -> None:
    """As `replace_file`, then zeros over what was there before. Windows replaces no open file: there it stays. OSError."""
    if os.name == "nt" or not path.exists():
        replace_file(path, data)
        return
    with path.open("r+b") as before:
        replace_file(path, data)
        overwrite(before)


def replace_file(path: Path, data: bytes, mode: int = PRIVATE_FILE) -> None:
    """Puts `data` in the place of `path` at one stroke: after a crash the old or the new file is there, whole.

    A link that somebody laid where the new file is written is not followed. Raises OSError.
    """
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def private_directory(path: Path) -> None:
    """Makes `path` and what is missing above it, for its owner alone."""
    for missing in [path, *path.parents][::-1]:
        if not missing.exists():
            missing.mkdir(mode=PRIVATE_DIRECTORY, exist_ok=True)


def require_room(place: Path, needed: int, what: str) -> None:
    """Raises StoreError when less than `needed` bytes are free where `place` lies, or will lie. `what` begins the sentence."""
    there = next(path for path in (place, *place.absolute().parents) if path.exists())
    with disk("looking for free space"):
        free = shutil.disk_usage(there).free
    if free < needed:
        raise StoreError(
            f"{what} has {free >> 20} MiB free, and {-(-needed >> 20)} MiB are needed to go on safely;"
            " free some space and run it again: what was already taken in stays.",
            detail=f"{free} of {needed} bytes",
        )
