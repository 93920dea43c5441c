"""How a long job tells how far it is, and how it is asked to stop. No Qt, no terminal."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from triage.errors import Cancelled
from triage.message import NOTHING, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`done` of `total` (None when not known yet) in `unit`s; `note` is a short word on what is happening now."""

    done: int
    total: int | None
    unit: str
    note: Message = NOTHING


OnProgress = Callable[[Progress], None]


def ignore_progress(_: Progress) -> None:
    """For callers that do not want to know."""


class CancelToken:
    """Set from any thread; the job calls `check` between units of work."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._then: Callable[[], None] | None = None

    def cancel(self) -> None:
        self._stop.set()
        if (then := self._then) is not None:
            then()

    def cancelled(self) -> bool:
        return self._stop.is_set()

    def check(self) -> None:
        if self._stop.is_set():
            raise Cancelled("Stopped. Finished steps stay.")

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """Inside, a stop also calls `end`, which may not wait: so ends what nobody could ask between two units of work."""
        self._then = end
        try:
            yield
        finally:
            self._then = None


def go_on(cancel: CancelToken | None) -> None:
    """`check`, for those whom perhaps nobody can stop."""
    if cancel is not None:
        cancel.check()


def stopped_by(cancel: CancelToken | None, end: Callable[[], None]) -> AbstractContextManager[None]:
    """`ending`, for those whom perhaps nobody can stop."""
    return nullcontext() if cancel is None else cancel.ending(end)
