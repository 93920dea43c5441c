"""The watchdog that kills worker processes which take too long."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Protocol, Self

from triage import limits


class Killable(Protocol):
    """A process that can be killed."""

    def kill(self) -> None:
        """Kills the process."""


class Watch:
    """A context that must end within its time, or else its process is killed.

    `fired` tells that it was.
    """

    def __init__(self, watchdog: Watchdog, process: Killable, seconds: float) -> None:
        """Sets the deadline `seconds` from now."""
        self.process, self.deadline, self.fired = process, time.monotonic() + seconds, False
        self._watchdog = watchdog

    def __enter__(self) -> Self:
        self._watchdog.begin(self)
        return self

    def extend(self, seconds: float) -> None:
        """Sets the deadline `seconds` from now."""
        self._watchdog.extend(self, seconds)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._watchdog.finish(self)


class Watchdog:
    """One thread that watches all workers of a pool.

    It works where pipes can't be waited on with a time limit (Windows).
    """

    def __init__(self) -> None:
        """Starts without a thread, which begins with the first watch."""
        self._changed = threading.Condition()
        self._watches: set[Watch] = set()
        self._thread: threading.Thread | None = None
        self._next = 0.0
        self._closed = self._gave_up = False

    def watch(self, process: Killable, seconds: float) -> Watch:
        """Returns a context in which a process may run for `seconds`."""
        return Watch(self, process, seconds)

    def begin(self, watch: Watch) -> None:
        """Starts to watch."""
        with self._changed:
            self._watches.add(watch)
            if self._gave_up:
                watch.deadline = 0
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="decode watchdog", daemon=True)
                self._thread.start()
            elif watch.deadline < self._next:
                self._changed.notify()

    def extend(self, watch: Watch, seconds: float) -> None:
        """Sets a watch's deadline `seconds` from now, unless it already fired."""
        with self._changed:
            if not self._gave_up and not watch.fired:
                watch.deadline = time.monotonic() + seconds
                if watch.deadline < self._next:
                    self._changed.notify()

    def finish(self, watch: Watch) -> None:
        """Stops to watch."""
        with self._changed:
            self._watches.discard(watch)

    @property
    def gave_up(self) -> bool:
        """Returns whether every watched process is killed at once."""
        return self._gave_up

    def give_up(self) -> None:
        """Kills every watched process, now and from now on."""
        with self._changed:
            self._gave_up = True
            for watch in self._watches:
                watch.deadline = 0
            self._changed.notify()

    def close(self) -> None:
        """Ends the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                for late in [watch for watch in self._watches if watch.deadline <= now]:
                    late.fired = True
                    late.process.kill()
                    self._watches.discard(late)
                self._next = min((watch.deadline for watch in self._watches), default=now + _IDLE_SECONDS)
                self._changed.wait(self._next - now)


_IDLE_SECONDS = limits.DECODE_SECONDS
