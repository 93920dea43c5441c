"""The exercise's clock: all jobs of the program read the time from it, so that a month passes in minutes."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo

from triage.jobs import session
from triage.store import canonical

_FORM = "%Y-%m-%dT%H:%M:%SZ"


class Clock:
    """Stands at a moment that the exercise sets, and runs on from there as fast as the real one."""

    def __init__(self, start: datetime) -> None:
        self._start = self._base = start
        self._set = time.monotonic()

    def begin_day(self, day: int) -> None:
        """Moves to the morning of a day, counted from 0. The time never goes back."""
        self._base = max(self._start + timedelta(days=day), self.now())
        self._set = time.monotonic()

    def now(self) -> datetime:
        return self._base + timedelta(seconds=time.monotonic() - self._set)

    def text(self) -> str:
        """Returns the moment as every stored time is written."""
        return self.now().strftime(_FORM)


@contextmanager
def moved(clock: Clock) -> Iterator[None]:
    """Lets all jobs read this clock: wherever a module holds the function `now`, or asks `datetime` itself."""

    def job_now() -> str:
        return clock.text()

    def store_now() -> str:
        return clock.text()

    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return clock.now().astimezone(tz or UTC)

    swaps: list[tuple[str, str, object, object]] = [
        ("triage.", "now", session.now, job_now),
        ("triage.", "now", canonical.now, store_now),
        ("triage.jobs.", "datetime", datetime, Moved),
    ]
    for prefix, name, real, ours in swaps:
        _replace(prefix, name, real, ours)
    try:
        yield
    finally:
        for prefix, name, real, ours in swaps:
            _replace(prefix, name, ours, real)


def _replace(prefix: str, name: str, old: object, new: object) -> None:
    for module_name, module in list(sys.modules.items()):
        if module_name.startswith(prefix) and getattr(module, name, None) is old:
            setattr(module, name, new)
