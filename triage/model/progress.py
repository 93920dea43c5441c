"""Progress and cancellation of long jobs.

It knows no Qt and no terminal.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from triage.errors import Cancelled
from triage.message import NOTHING, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`done` of `total` (None when unknown) in `unit`s.

    `note` is a short word on what is happening now.
    """

    done: int
    total: int | None
    unit: str
    note: Message = NOTHING
    overall: float | None = None
    """The share of the whole job that is done, 0 to 1, which never falls. None when the job does not know it."""


_LOOK_SECONDS = 0.2
"""A paused job looks this often whether it was stopped."""
OnProgress = Callable[[Progress], None]


def ignore_progress(_: Progress) -> None:
    """Does nothing, for callers without a display."""


class CancelToken:
    """A request to stop or to pause, set from any thread.

    The job calls `check` between units of work, and `rest` where it holds no lock on the store.
    """

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._go = threading.Event()
        self._go.set()
        self._then: Callable[[], None] | None = None

    def pause(self) -> None:
        """Requests that the job waits where it next calls `rest`."""
        self._go.clear()

    def resume(self) -> None:
        """Lets a paused job continue."""
        self._go.set()

    def paused(self) -> bool:
        """Returns whether a pause was requested and not ended."""
        return not self._go.is_set()

    def rest(self) -> None:
        """Waits while the job is paused.

        Raises:
            Cancelled: when a stop was requested, also during the pause
        """
        while not self._go.wait(_LOOK_SECONDS):
            self.check()
        self.check()

    def cancel(self) -> None:
        """Requests the stop, and calls the function that `ending` set."""
        self._stop.set()
        if (then := self._then) is not None:
            then()

    def cancelled(self) -> bool:
        """Returns whether a stop was requested."""
        return self._stop.is_set()

    def check(self) -> None:
        """Raises Cancelled when a stop was requested."""
        if self._stop.is_set():
            raise Cancelled("Stopped. Finished steps stay.")

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """Makes a stop also call `end`, while the context lasts.

        `end` must not wait.

        It ends work that can't be asked between two units.
        """
        self._then = end
        try:
            yield
        finally:
            self._then = None


def check_cancelled(cancel: CancelToken | None) -> None:
    """Raises Cancelled when the token was cancelled.

    Does nothing when it is None.
    """
    if cancel is not None:
        cancel.check()


def call_on_cancel(cancel: CancelToken | None, end: Callable[[], None]) -> AbstractContextManager[None]:
    """Makes a stop also call `end`, while the context lasts.

    Does nothing when the token is None.
    """
    return nullcontext() if cancel is None else cancel.ending(end)
