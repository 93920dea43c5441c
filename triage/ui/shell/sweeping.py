"""The sweep in the background: it begins by itself when pictures wait for it, and gives way to whatever people wait for.

Only one is under way at a time. To pause it is to stop it: what it found is kept, its index leaves memory, and it goes on where
it stopped (jobs/likeness/sweep.py).
"""

from __future__ import annotations

import time
from enum import Enum

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

from triage.errors import StoreBusy
from triage.jobs.sweeping.sweep import SweepResult
from triage.model.matches import SweepState
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.runner import Changed, Job, Runner
from triage.ui.kit.pace import Pace
from triage.ui.matches import words

LOOK_EVERY_MS = 60_000
"""Other programs import into the same store."""
TRY_AGAIN_MS = 2_000
"""After another program has held the store for longer than a batch waits."""
PATIENCE_MS = 500
"""A decision is recorded between two slices; for what takes longer the sweep stops."""
TELL_EVERY_MS = 3_000
"""What was found is shown no more often, so that screens stand still under people's eyes."""


class State(Enum):
    REST = "nothing waits, or nobody looked yet"
    WORKS = "works"
    GIVES_WAY = "waits until another job has ended"
    HELD_UP = "waits until another program has ended its step"
    PAUSED = "a person paused it"
    FAILED = "something stopped it; a person lets it go on"


class Sweeping(QObject):
    """`told` when `state`, `left` or `pace` changed; `said` a sentence for a person, what failed but once."""

    told = Signal()
    said = Signal(str)
    _found = Signal(object)

    def __init__(self, api: Api, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._api, self._runner = api, runner
        self.left = 0
        """Pictures and films that wait, as far as was looked."""
        self.paused = False
        self.problem = ""
        self.held_up = False
        """Another program writes into the store, as far as is known: it is tried again and again."""
        self.pace = Pace()
        self._job: Job | None = None
        self._asked: Job | None = None
        self._ask_again = False
        self._reports: frozenset[str] = frozenset()
        self._unchecked = 0
        self._may = api.may(Right.IMPORT)
        self._found.connect(self._note)
        self._telling = self._timer(TELL_EVERY_MS, self._tell)
        self._patience = self._timer(PATIENCE_MS, self._give_way)
        self._again = self._timer(LOOK_EVERY_MS, self.look)
        self._try_again = self._timer(TRY_AGAIN_MS, self.look)
        if self._may:
            runner.busy.connect(self._busy)
            runner.changed.connect(lambda _: self.look())

    @property
    def state(self) -> State:
        if self.problem:
            return State.FAILED
        if not self.left:
            return State.REST
        if self.paused:
            return State.PAUSED
        if self.held_up:
            return State.HELD_UP
        return State.WORKS if self._job is not None else State.GIVES_WAY

    def look(self) -> None:
        """Begin if something waits and nothing is in the way."""
        self._again.start()
        if not self._may or self._job is not None:
            return
        if self._asked is not None and not self._asked.done:
            self._ask_again = True  # the answer under way may be older than what came in
        else:
            self._asked = self._runner.ask(self._api.sweep_state, self._waits, owner=self, failed=self._fail)

    def toggle(self) -> None:
        """A person pauses it, or lets it go on."""
        self.paused = not (self.paused or self.problem)
        self.problem = ""
        if self.paused:
            self.stop()
        else:
            self.look()
        self.told.emit()

    def stop(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def end(self) -> None:
        """Before locking: nothing begins any more, whatever is still on its way to the window."""
        self._may = False
        self.stop()
        for timer in (self._telling, self._patience, self._again, self._try_again):
            timer.stop()

    # What happens

    def _waits(self, state: SweepState) -> None:
        self.left = state.left
        self._unchecked = self._unchecked or sum(state.unchecked.values())
        if self.left and self._may and not self.paused and not self.problem and self._job is None and not self._runner.occupied():
            self._begin()
        elif self._ask_again:
            self._ask_again = False
            self.look()
        self.told.emit()

    def _begin(self) -> None:
        def on_found(reports: frozenset[str]) -> None:
            if shiboken6.isValid(self):
                self._found.emit(reports)

        def work(on_progress: OnProgress, cancel: CancelToken) -> SweepResult | None:
            try:
                return self._api.sweep(on_progress, on_found, cancel)
            except StoreBusy:
                return None

        self.pace = Pace()
        self._job = job = self._runner.quietly(
            work, self._ended, owner=self, failed=lambda sentence: self._stopped(job, sentence), progress=self._progress
        )

    def _progress(self, progress: Progress) -> None:
        if progress.total is not None:
            self.left = progress.total - progress.done
        if progress.done:
            self.held_up = False
        self.pace.add(progress, time.monotonic())
        self.told.emit()

    def _ended(self, result: SweepResult | None) -> None:
        self.held_up = result is None
        if result is None:
            self._over()
            self._try_again.start()
            self.told.emit()
            return
        self._runner.changed.emit(Changed(all_reports=result.judged, likeness=True))
        self._over()
        self.left = result.left
        unchecked, before = sum(result.unchecked.values()), self._unchecked
        self._unchecked = unchecked
        if unchecked > before:
            self.said.emit(words.unchecked(result.unchecked))
        if result.pictures or result.films:
            self.look()
        self.told.emit()

    def _stopped(self, job: Job, sentence: str) -> None:
        self._over()
        if job.token.cancelled():
            self.look()
        else:
            self._fail(sentence)
        self.told.emit()

    def _over(self) -> None:
        self._tell()
        self._job = None

    def _fail(self, sentence: str) -> None:
        """Told once: it goes on when a person says so, or when the store is opened again."""
        if not self.problem:
            self.problem = sentence
            self.said.emit(sentence)
            self.told.emit()

    # Others

    def _busy(self, busy: bool) -> None:
        if not busy:
            self._patience.stop()
            self.look()
        elif not self._patience.isActive():
            self._patience.start()

    def _give_way(self) -> None:
        if self._runner.occupied():
            self.stop()

    def _note(self, reports: frozenset[str]) -> None:
        self._reports |= reports
        if not self._telling.isActive():
            self._telling.start()

    def _tell(self) -> None:
        self._telling.stop()
        reports, self._reports = self._reports, frozenset()
        if reports and self._may:
            self._runner.changed.emit(Changed(alike=reports))

    def _timer(self, milliseconds: int, call: object) -> QTimer:
        made = QTimer(self)
        made.setSingleShot(True)
        made.setInterval(milliseconds)
        made.timeout.connect(call)
        return made
