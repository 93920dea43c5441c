"""Tells who waits for requests how far the work is, and stops it when they ask."""

from __future__ import annotations

from dataclasses import dataclass

from triage.message import Message
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress


@dataclass(frozen=True, slots=True)
class StepWatch:
    """Who waits for the work."""

    on_progress: OnProgress
    cancel: CancelToken | None

    def step(self, done: int, total: int, unit: str, note: Message) -> None:
        """Tells that so many of all are done.

        Raises:
            Cancelled: when a person asked to stop
        """
        if self.cancel is not None:
            self.cancel.check()
        self.on_progress(Progress(done=done, total=total, unit=unit, note=note))


NOBODY_WATCHES = StepWatch(ignore_progress, None)
