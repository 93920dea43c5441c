"""A runner that holds answers back, so that an older one arrives after a newer one: two threads read, and either may be the slower."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QCoreApplication, QEventLoop, QThreadPool

from tests.ui.screens import PAUSE_SECONDS
from triage.ui.core.runner import Changed, Job, Runner, _Errand


class LateRunner(Runner):
    """What is asked within `late` arrives only with `let_go`. `delivered` lists whose value or error a screen was given."""

    def __init__(self) -> None:
        self.delivered: list[Job] = []
        self.held: list[_Errand] = []
        self._late: list[Job] = []
        self._begun: list[Job] = []
        self._holding = False
        super().__init__()

    @contextmanager
    def late(self) -> Iterator[list[Job]]:
        """Holds back what is asked meanwhile; all of it was read when this ends. Yields the jobs."""
        begun: list[Job] = []
        self._begun, self._holding = begun, True
        yield begun
        self._holding = False
        until = time.monotonic() + 60
        while not {errand.job for errand in self.held} >= set(begun):
            assert time.monotonic() < until, "a job does not end"
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            time.sleep(PAUSE_SECONDS)

    def settle(self) -> None:
        """Waits until all but what is held back has come."""
        until = time.monotonic() + 60
        while self.under_way() > len(self.held):
            assert time.monotonic() < until, "a job does not end"
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            time.sleep(PAUSE_SECONDS)

    def let_go(self, many: int | None = None) -> None:
        """Delivers what was held back, or so many of it in the order in which it was read; then what that leads to."""
        held, self.held = self.held[:many], [] if many is None else self.held[many:]
        for errand in held:
            super().land(errand)
        self.settle()

    def _start(
        self,
        pool: QThreadPool,
        job: Job,
        call: Callable[[], Any],
        then: Callable[[Any], None] | None,
        failed: Callable[[str], None] | None,
        changes: Changed | Callable[[Any], Changed] | None,
    ) -> None:
        if self._holding:
            self._begun.append(job)
            self._late.append(job)

        def note(told: Callable[[Any], None]) -> Callable[[Any], None]:
            def noted(value: Any) -> None:
                self.delivered.append(job)
                told(value)

            return noted

        super()._start(pool, job, call, note(then or (lambda _: None)), note(failed or self.failed.emit), changes)

    def land(self, errand: _Errand) -> None:
        if errand.job in self._late:
            self.held.append(errand)
        else:
            super().land(errand)
