"""Locks on open files that the operating system frees when the process dies, on Linux and on Windows."""

from __future__ import annotations

import os
import sys

if sys.platform == "win32":
    import msvcrt

    def try_lock(handle: int) -> bool:
        """Takes the lock without waiting; returns whether that worked."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def try_shared_lock(handle: int) -> bool:
        """Returns True: Windows has no lock for a file that is open for reading only."""
        return True

    def unlock(handle: int) -> None:
        """Frees the lock."""
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def try_lock(handle: int) -> bool:
        """Takes the lock without waiting; returns whether that worked."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def unlock(handle: int) -> None:
        """Frees the lock."""
        fcntl.flock(handle, fcntl.LOCK_UN)

    def try_shared_lock(handle: int) -> bool:
        """Takes a lock that several readers may hold, without waiting; returns whether that worked."""
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks
            return True
        return True
