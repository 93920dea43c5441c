"""Keeps a second desktop from opening a store that a first one has open, and lets the second one call the first to the front.

There is no network and no socket in it: the first window holds a lock on a file, and looks now and then whether another file
grew. Neither file says anything of the content.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from triage.errors import StoreBusy, WorldError
from triage.safe_files import file_size, open_to_change, open_to_write, read_file, remove_file, replace_file
from triage.store.canonical import now
from triage.store.lock import WriterLock

LOCK, HOLDER, CALL = "window.lock", "window.json", "window.call"
_MOST_HOLDER = 4 << 10  # bytes of the note about the window that is open


@dataclass(frozen=True, slots=True)
class WindowHolder:
    """Which process holds the window of a store, and since when."""

    process: int
    since: str


class WindowLock:
    """The claim of one desktop to a store. The system frees it when the process dies."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self._held: ExitStack | None = None

    def claim(self) -> bool:
        """Takes the lock; returns False when another desktop holds it.

        A store that can't be written, such as one on write-protected media, is never claimed, and nobody is kept out.
        """
        stack = ExitStack()
        try:
            stack.enter_context(WriterLock(self.store / LOCK).hold(0))
        except StoreBusy:
            return False
        except WorldError:
            return True
        with suppress(OSError):
            remove_file(self.store / CALL)
            replace_file(self.store / HOLDER, msgspec.json.encode(asdict(WindowHolder(os.getpid(), now()))))
        self._held = stack
        return True

    def free(self) -> None:
        """Frees the lock. Another call does nothing."""
        held, self._held = self._held, None
        if held is not None:
            with suppress(OSError):
                remove_file(self.store / HOLDER)
                remove_file(self.store / CALL)
            held.close()

    def call(self) -> None:
        """Calls the window that holds the lock to the front."""
        with suppress(OSError):
            handle = open_to_write(self.store / CALL, append=True)
            try:
                os.write(handle, b".")
            finally:
                os.close(handle)

    def is_called(self) -> bool:
        """Returns whether somebody called since the last answer."""
        with suppress(OSError):
            return bool(file_size(self.store / CALL))
        return False

    def answer(self) -> None:
        """Answers a call, so that the caller knows that somebody is there."""
        with suppress(OSError), open_to_change(self.store / CALL) as file:
            file.truncate(0)

    def holder(self) -> WindowHolder | None:
        """Returns who holds the lock, or None when that can't be read."""
        try:
            return msgspec.json.decode(read_file(self.store / HOLDER, _MOST_HOLDER), type=WindowHolder)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None
