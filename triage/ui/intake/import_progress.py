"""Shows how far an import is: one bar that never goes back, and each stage with its pace and the time left."""

from __future__ import annotations

import time
from collections import deque

from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from triage.model.progress import Progress
from triage.ui.kit.job_pace import Pace
from triage.ui.kit.widgets import clear, label
from triage.ui.text import times
from triage.ui.text.i18n import Safe, ltr, tr, tr_message

STEPS = 10_000
"""Of the bar: fine enough that a step can't be seen."""
LOOKED_BACK = 60.0
SETTLED = 4.0
"""Seconds over which the time left of the whole is judged, and before which it is not told."""


class OverallPace:
    """Estimates the time left of the whole import from how the bar moved during the last minute."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, float]] = deque()

    def add(self, overall: float, now: float) -> None:
        """Adds where the bar stands; `now` is in seconds on a steady clock."""
        self._seen.append((now, overall))
        while self._seen[0][0] < now - LOOKED_BACK:
            self._seen.popleft()

    def seconds_left(self) -> float | None:
        """Returns the estimated seconds left, or None while they are unknown."""
        if len(self._seen) < 2:
            return None
        (start, before), (end, after) = self._seen[0], self._seen[-1]
        if end - start < SETTLED or after <= before:
            return None
        return (1 - after) * (end - start) / (after - before)


class ImportProgress(QWidget):
    """Shows the progress of one import."""

    def __init__(self) -> None:
        super().__init__()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress of the import"))
        self.words = label("", "strong", wrap=True)
        self.stages = QVBoxLayout()
        self.stages.setSpacing(2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.bar)
        column.addWidget(self.words)
        column.addLayout(self.stages)
        self.begin()

    def begin(self) -> None:
        """Resets everything for another import."""
        self._whole, self._pace = OverallPace(), Pace()
        self._done: list[tuple[str, Safe]] = []
        self._present: tuple[str, Safe] | None = None
        self._shown = 0
        self.bar.setRange(0, 0)
        self.words.setText(tr("Starting"))
        clear(self.stages)

    def show_progress(self, progress: Progress) -> None:
        """Shows a progress report. The bar only ever moves forward."""
        now = time.monotonic()
        self._pace.add(progress, now)
        if progress.overall is not None:
            self._whole.add(progress.overall, now)
            self._shown = max(self._shown, round(progress.overall * STEPS))
            self.bar.setRange(0, STEPS)
            self.bar.setValue(self._shown)
        self.words.setText(self.describe())
        self._show_stages(progress)

    def describe(self) -> Safe:
        """Returns how much is done and how long the rest takes, such as "62 %, about 4 min left"."""
        if self.bar.maximum() == 0:
            return tr("Under way")
        share = ltr(f"{self._shown * 100 // STEPS} %")
        left = self._whole.seconds_left()
        return share if left is None else tr("{share}, about {time} left", share=share, time=times.duration(left))

    def _show_stages(self, progress: Progress) -> None:
        """Lists the stages that are done and the present one with its pace."""
        key = progress.note.key
        present = (key, tr_message(progress.note))
        if self._present is not None and self._present[0] != key and self._present not in self._done:
            self._done.append(self._present)
        self._present = present
        clear(self.stages)
        for done_key, words in self._done:
            if done_key != key:
                self.stages.addWidget(label(tr("{stage}: done", stage=words), "small", wrap=True))
        self.stages.addWidget(label(tr("{stage}: {pace}", stage=present[1], pace=self._pace.describe()), "muted", wrap=True))
