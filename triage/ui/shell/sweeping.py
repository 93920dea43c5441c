"""Runs the background comparison from the desktop.

It starts when images wait for comparison, and yields to every job for which a person waits. Pausing stops the job; its results
are kept, and it continues from there (triage/jobs/sweeping/sweep.py).
"""

from __future__ import annotations

import time
from enum import Enum

from PySide6.QtCore import QObject, QTimer, Signal

from triage.errors import StoreBusy
from triage.jobs.sweeping.sweep import SweepResult
from triage.model.matches import SweepState
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.runner import Changed, Job, Runner
from triage.ui.core.window_calls import make_window_call
from triage.ui.kit.job_pace import Pace
from triage.ui.matches import match_words

LOOK_EVERY_MS = 60_000
"""Other programs import into the same store."""
TRY_AGAIN_MS = 2_000
"""After another program has held the store for longer than a batch waits."""
PATIENCE_MS = 500
"""A decision is recorded between two slices; for what takes longer the sweep stops."""
TELL_EVERY_MS = 3_000
"""What was found is shown no more often, so that screens stand still under people's eyes."""


class SweepPhase(Enum):
    """Names the states of the background comparison."""

    REST = "nothing waits, or nobody looked yet"
    WORKS = "works"
    GIVES_WAY = "waits until another job has ended"
    HELD_UP = "waits until another program has ended its step"
    PAUSED = "a person paused it"
    FAILED = "something stopped it; a person lets it go on"


class SweepControl(QObject):
    """Starts, pauses and stops the background comparison.

    `told` is emitted when `state`, `left` or `pace` changed. `said` carries a sentence for the person.
    """

    told = Signal()
    said = Signal(str)

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
        self._telling = self._build_timer(TELL_EVERY_MS, self._announce_found)
        self._patience = self._build_timer(PATIENCE_MS, self._give_way)
        self._again = self._build_timer(LOOK_EVERY_MS, self.look_for_work)
        self._try_again = self._build_timer(TRY_AGAIN_MS, self.look_for_work)
        if self._may:
            runner.busy.connect(self._handle_busy)
            runner.changed.connect(lambda _: self.look_for_work())

    @property
    def state(self) -> SweepPhase:
        """Returns the current state."""
        if self.problem:
            return SweepPhase.FAILED
        if not self.left:
            return SweepPhase.REST
        if self.paused:
            return SweepPhase.PAUSED
        if self.held_up:
            return SweepPhase.HELD_UP
        return SweepPhase.WORKS if self._job is not None else SweepPhase.GIVES_WAY

    def look_for_work(self) -> None:
        """Asks how much is left, and starts the comparison if nothing prevents it."""
        self._again.start()
        if not self._may or self._job is not None:
            return
        if self._asked is not None and not self._asked.done:
            self._ask_again = True  # the answer under way may be older than what came in
        else:
            self._asked = self._runner.ask(
                self._api.sweep_state, self._handle_left, owner=self, failed=self._report_failure, about="state"
            )

    def toggle(self) -> None:
        """Pauses the comparison, or continues it."""
        self.paused = not (self.paused or self.problem)
        self.problem = ""
        if self.paused:
            self.stop()
        else:
            self.look_for_work()
        self.told.emit()

    def stop(self) -> None:
        """Stops the running comparison."""
        if self._job is not None:
            self._job.cancel()

    def end(self) -> None:
        """Ends all work before locking; nothing starts any more."""
        self._may = False
        self.stop()
        for timer in (self._telling, self._patience, self._again, self._try_again):
            timer.stop()

    # What happens

    def _handle_left(self, state: SweepState) -> None:
        """Stores how much is left, and starts the comparison if nothing prevents it."""
        self.left = state.left
        self._unchecked = self._unchecked or sum(state.unchecked.values())
        if self.left and self._may and not self.paused and not self.problem and self._job is None and not self._runner.occupied():
            self._begin()
        elif self._ask_again:
            self._ask_again = False
            self.look_for_work()
        self.told.emit()

    def _begin(self) -> None:
        """Starts the comparison in the background."""
        on_found = make_window_call(self, self._collect)

        def work(on_progress: OnProgress, cancel: CancelToken) -> SweepResult | None:
            """Compares images; returns None when another program holds the store."""
            try:
                return self._api.sweep(on_progress=on_progress, on_found=on_found, cancel=cancel)
            except StoreBusy:
                return None

        self.pace = Pace()
        self._job = job = self._runner.quietly(
            work, self._ended, owner=self, failed=lambda sentence: self._stopped(job, sentence), progress=self._progress
        )

    def _progress(self, progress: Progress) -> None:
        """Updates how much is left and the pace."""
        if progress.total is not None:
            self.left = progress.total - progress.done
        if progress.done:
            self.held_up = False
        self.pace.add(progress, time.monotonic())
        self.told.emit()

    def _ended(self, result: SweepResult | None) -> None:
        """Handles the end: tries again later, announces the changes, or looks for more."""
        self.held_up = result is None
        if result is None:
            self._forget_job()
            self._try_again.start()
            self.told.emit()
            return
        self._runner.changed.emit(Changed(all_reports=result.judged, match_decisions=True))
        self._forget_job()
        self.left = result.left
        unchecked, before = sum(result.unchecked.values()), self._unchecked
        self._unchecked = unchecked
        if unchecked > before:
            self.said.emit(match_words.describe_unchecked(result.unchecked))
        if result.pictures or result.films:
            self.look_for_work()
        self.told.emit()

    def _stopped(self, job: Job, sentence: str) -> None:
        """Handles a stop: looks again after a cancellation, else reports the failure."""
        self._forget_job()
        if job.token.cancelled():
            self.look_for_work()
        else:
            self._report_failure(sentence)
        self.told.emit()

    def _forget_job(self) -> None:
        """Announces the collected reports and forgets the job."""
        self._announce_found()
        self._job = None

    def _report_failure(self, sentence: str) -> None:
        """Reports a failure once; the comparison continues when the person says so."""
        if not self.problem:
            self.problem = sentence
            self.said.emit(sentence)
            self.told.emit()

    # Others

    def _handle_busy(self, busy: bool) -> None:
        """Starts the timer that stops the comparison while a person waits, or looks for work again."""
        if not busy:
            self._patience.stop()
            self.look_for_work()
        elif not self._patience.isActive():
            self._patience.start()

    def _give_way(self) -> None:
        """Stops the comparison if a person still waits."""
        if self._runner.occupied():
            self.stop()

    def _collect(self, reports: frozenset[str]) -> None:
        """Collects reports for which matches were found."""
        self._reports |= reports
        if not self._telling.isActive():
            self._telling.start()

    def _announce_found(self) -> None:
        """Announces the reports for which matches were found."""
        self._telling.stop()
        reports, self._reports = self._reports, frozenset()
        if reports and self._may:
            self._runner.changed.emit(Changed(new_matches=reports))

    def _build_timer(self, milliseconds: int, call: object) -> QTimer:
        """Builds a single-shot timer."""
        made = QTimer(self)
        made.setSingleShot(True)
        made.setInterval(milliseconds)
        made.timeout.connect(call)
        return made
