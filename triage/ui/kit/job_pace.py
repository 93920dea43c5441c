"""Measures how fast a long job runs and estimates the time left."""

from __future__ import annotations

from collections import deque

from triage.message import Message
from triage.model.progress import Progress
from triage.ui.text import times
from triage.ui.text.i18n import Safe, number, tr, word

WINDOW = 20.0
"""Seconds looked back."""
SETTLED = 2.0
"""Before this many seconds a rate would only jump about."""


class Pace:
    """Measures the speed of a job over the last 20 seconds.

    A new unit or note starts a new measurement, because documents and media run at different speeds.
    """

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()
        self._stage: tuple[str, Message] | None = None
        self._latest: Progress | None = None

    def add(self, progress: Progress, now: float) -> None:
        """Adds a progress report; `now` is in seconds on a steady clock."""
        stage = (progress.unit, progress.note)
        if stage != self._stage:
            self._stage = stage
            self._seen.clear()
        self._latest = progress
        self._seen.append((now, progress.done))
        while self._seen[0][0] < now - WINDOW:
            self._seen.popleft()

    def rate(self) -> float | None:
        """Returns the units per second, or None during the first two seconds."""
        if len(self._seen) < 2:
            return None
        (start, before), (end, after) = self._seen[0], self._seen[-1]
        return (after - before) / (end - start) if end - start >= SETTLED and after > before else None

    def seconds_left(self) -> float | None:
        """Returns the estimated seconds left, or None while they are unknown."""
        rate = self.rate()
        if rate is None or self._latest is None or self._latest.total is None:
            return None
        return max(0, self._latest.total - self._latest.done) / rate

    def describe(self) -> Safe:
        """Returns the progress in words, such as "1,240 of 5,000 files, 31 a second, about 2 min left"."""
        if self._latest is None:
            return tr("Starting")
        unit = word(self._latest.unit)
        if self._latest.total is None:
            parts = [tr("{done} {unit}", done=number(self._latest.done), unit=unit)]
        else:
            parts = [tr("{done} of {total} {unit}", done=number(self._latest.done), total=number(self._latest.total), unit=unit)]
        if (rate := self.rate()) is not None:
            parts.append(tr("{rate} a second", rate=number(round(rate)) if rate >= 10 else round(rate, 1)))
        if (left := self.seconds_left()) is not None:
            parts.append(tr("about {time} left", time=times.duration(left)))
        return Safe(tr(", ").join(parts))
