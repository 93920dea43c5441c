"""The store's writer lock: one writer at a time over all threads and processes, by a lock on a file."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from triage.errors import StoreBusy, StoreError
from triage.file_lock import try_lock, try_shared_lock, unlock
from triage.message import Message
from triage.safe_files import open_handle, open_to_lock
from triage.store.files import explain_disk_errors

_WITHOUT_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP}  # folders of some networks and sticks
WAIT_SECONDS = 30.0
LONG_WAIT_SECONDS = 1.0
"""After such a wait a person is told what is waited for."""
_POLL_SECONDS = 0.02
_POLL_THREAD_SECONDS = 0.1
_IN_USE = Message("The store is in use by another program or window; wait until its step has ended, then try again.")


class SharedLock:
    """Keeps writers out while a store is read only, as far as the system allows. Makes no file and writes nothing."""

    def __init__(self, path: Path) -> None:
        """Takes the lock. On media without the lock's file nobody can write anyhow.

        Raises:
            StoreBusy: if somebody writes just now
        """
        self._handle: int | None = None
        with suppress(OSError):
            self._handle = open_handle(path)
        if self._handle is not None and not try_shared_lock(self._handle):
            self.free()
            raise StoreBusy(_IN_USE)  # message-ok

    def free(self) -> None:
        """Frees the lock. Another call does nothing."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class WriterLock:
    """The lock that one writer holds. The file stays empty; the operating system frees the lock when a process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._owner: int | None = None
        self.hear: Callable[[bool], None] = lambda waits: None
        """Is called with True in a thread that has waited for a second, and with False when its wait has ended."""
        self.taken: Callable[[], None] = lambda: None
        """Is called each time when the lock was taken."""

    @contextmanager
    def hold(
        self,
        wait: float = WAIT_SECONDS,
        busy: Message = _IN_USE,
        waiting: Callable[[], None] = lambda: None,
        patient: Callable[[], bool] = lambda: False,
    ) -> Iterator[None]:
        """Waits for the lock up to `wait` seconds and holds it inside the block.

        The time counts from when `patient` last said so, which it asks again and again. With a `wait` of 0 it tries once. While
        it waits, it calls `waiting` again and again, which may raise.

        Raises:
            StoreBusy: with the message `busy` when the time is over
            RuntimeError: if this thread holds the lock already, which is a bug
        """
        if self._owner == threading.get_ident():
            raise RuntimeError("a batch is already open in this thread")
        begun = time.monotonic()
        end, heard = begun + wait, False

        def go_on() -> None:
            """Has the caller wait on, or raises StoreBusy."""
            nonlocal end, heard
            waiting()
            if not heard and time.monotonic() >= begun + LONG_WAIT_SECONDS:
                heard = True
                self.hear(True)
            if wait and patient():
                end = time.monotonic() + wait
            elif time.monotonic() >= end:
                raise StoreBusy(busy)  # message-ok

        def end_wait() -> None:
            """Says that the wait has ended."""
            nonlocal heard
            if heard:
                heard = False
                self.hear(False)

        with ExitStack() as waits:
            waits.callback(end_wait)
            while not self._threads.acquire(timeout=min(wait, _POLL_THREAD_SECONDS)):
                go_on()
            try:
                with explain_disk_errors(Message("locking the store")):
                    handle = open_to_lock(self._path)
                try:
                    while not self._take(handle):
                        go_on()
                        time.sleep(_POLL_SECONDS)
                    end_wait()
                    self._owner = threading.get_ident()
                    try:
                        self.taken()
                        yield
                    finally:
                        self._owner = None
                        unlock(handle)
                finally:
                    os.close(handle)
            finally:
                self._threads.release()

    def _take(self, handle: int) -> bool:
        """Takes the lock without waiting; returns whether that worked."""
        with explain_disk_errors(Message("locking the store")):
            try:
                return try_lock(handle)
            except OSError as error:
                if error.errno not in _WITHOUT_LOCKS:
                    raise
                raise StoreError(
                    "The store's disk has no file locks, so two windows could write at once. Keep the store on another disk.",
                    detail=str(error),
                ) from error
