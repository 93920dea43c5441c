"""Reads how many reports each lane holds, more often while an import runs, and at most a twentieth of the time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.runner import Job, Runner

if TYPE_CHECKING:
    from triage.jobs.reading.queue import LaneCounts
    from triage.jobs.reading.queue_picks import OwnWork

EVERY_MS = 5_000
WHILE_IMPORTING_MS = 2_000


class LaneCounting(QObject):
    """Counts the lanes.

    Signals:
        counted: `LaneCounts` and `OwnWork`.
        came: How many reports came since the queue was read.
    """

    counted = Signal(object, object)
    came = Signal(int)

    def __init__(self, api: Api, runner: Runner, parent: QObject) -> None:
        super().__init__(parent)
        self._api, self._runner = api, runner
        self._job: Job | None = None
        self.before: int | None = None
        """Reports in the store when the queue was read; None until it was."""
        self.importing = False
        self._began = 0.0
        self._again = False
        """Whether to count again at once when the count under way has come."""
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.read)
        self._timer.start()

    def restart(self, stored: int) -> None:
        """Counts what comes from now on. So many reports were in the store when the queue was read."""
        self.before = stored
        self.read()

    def hurry(self) -> None:
        """Counts at once, and again soon."""
        self._timer.setInterval(WHILE_IMPORTING_MS)
        self._again = True  # what is under way may have begun before what there is to see
        self.read()

    def stop(self) -> None:
        """Counts no more."""
        self._timer.stop()
        self._runner.drop_answers(self, "lanes")

    def read(self) -> None:
        """Reads the counts, unless a count is running or the counting was stopped."""
        idle = self._job is None or self._job.done
        if idle and self._timer.isActive() and self._api.may(Right.READ_REPORT):
            self._again, self._began = False, time.monotonic()
            self._job = self._runner.ask(
                lambda: (self._api.lanes(), self._api.own_work()), self._arrived, owner=self, failed=lambda _: None, about="lanes"
            )

    def _arrived(self, found: tuple[LaneCounts, OwnWork]) -> None:
        took = (time.monotonic() - self._began) * 1000
        self._timer.setInterval(max(WHILE_IMPORTING_MS if self.importing else EVERY_MS, round(took * 20)))
        counts, own = found
        self.counted.emit(counts, own)
        if self.before is not None:
            self.came.emit(max(0, counts.total - self.before))  # a count that began before the queue was read holds fewer
        if self._again:
            self.read()
