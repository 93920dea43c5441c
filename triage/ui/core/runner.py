"""Runs all background work of the desktop. A thread works, and the result arrives on the window's thread.

`ask` reads quickly. `study` reads for long. `do` changes the store, reports progress, can be stopped, and says afterwards what
changed, so that each screen refreshes only what it shows. `quietly` does work that nobody waits for.

Several threads read, so an answer can arrive after that of a later question. Whoever may ask again says what the question is
`about`: then only the answer to the last question of this owner about the same thing is delivered.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from triage.errors import Cancelled, SessionEnded, WorldError
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.ui.core.store_waits import StoreWaits
from triage.ui.core.window_calls import get_dispatcher, make_window_call
from triage.ui.text.i18n import tr, tr_message

log = logging.getLogger(__name__)

PROGRESS_EVERY = 0.1  # seconds between two reports of progress that reach the window


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What a job changed in the store. `reports` are report numbers; `all_reports` stands for more than can be named."""

    reports: frozenset[str] = frozenset()
    all_reports: bool = False
    set_aside: bool = False
    match_decisions: bool = False
    """Decisions on images: pairs to review, held hashes."""
    new_matches: frozenset[str] = frozenset()
    """Reports with files for which a search found a match or a possible match. Their score cards stay as they are."""

    def touches(self, report_id: str) -> bool:
        """Returns whether this report changed."""
        return self.all_reports or report_id in self.reports

    def touches_files(self, report_id: str) -> bool:
        """Returns whether this report or the matches of its files changed."""
        return self.touches(report_id) or report_id in self.new_matches


NOTHING = Changed()


class Job:
    """One piece of work."""

    def __init__(self, owner: QObject | None) -> None:
        self.token = CancelToken()
        self.started = time.monotonic()
        self.done = False
        self.gives_way = False
        """Whether a lock stops it: it only reads, or continues another time where it stopped."""
        self.waited_for = False
        """Whether a person waits for it longer than for an answer."""
        self.about: str | None = None
        self._owner = owner
        self._watched = owner is not None
        self._dropped = False
        self.told: Callable[[Progress], None] | None = None
        """Takes the progress on the window's thread, until the work has landed."""

    def cancel(self) -> None:
        """Asks the work to stop at its next step."""
        self.token.cancel()

    def drop(self) -> None:
        """Asks the work to stop, and drops its value or error. For work that only reads."""
        self._dropped = True
        self.cancel()

    def answers(self, owner: QObject | None, about: str) -> bool:
        """Returns whether the work answers a question of this owner about this thing."""
        return self.about == about and self._owner is owner

    def tell_progress(self, progress: Progress) -> None:
        """Hands the progress on, on the window's thread."""
        if self.told is not None and self.wanted():
            self.told(progress)

    def wanted(self) -> bool:
        """Returns False once a later question took the place of this one, or the screen that asked is gone."""
        return not self._dropped and (not self._watched or (self._owner is not None and shiboken6.isValid(self._owner)))


@dataclass(slots=True)
class _Errand:
    """What a thread takes along and brings back.

    Only the window's thread lets go of it: whoever holds the last reference to a part of the window deletes that part.
    """

    runner: Runner | None
    job: Job | None
    call: Callable[[], Any] | None
    value: Any = None
    error: BaseException | None = None

    def unpack(self) -> tuple[Job | None, Any, BaseException | None]:
        """Returns job, value and error, and lets go of everything. A kept error would hold all that lay below it."""
        found = self.job, self.value, self.error
        self.runner = self.job = self.call = self.value = self.error = None
        return found

    def arrive(self) -> None:
        """Lands at the runner, unless that was deleted."""
        if (runner := self.runner) is not None and shiboken6.isValid(runner):
            runner.land(self)
        else:
            self.unpack()


class _Work(QRunnable):
    def __init__(self, errand: _Errand) -> None:
        super().__init__()
        self._errand, self._dispatcher = errand, get_dispatcher()

    def run(self) -> None:
        errand = self._errand
        del self._errand  # PySide keeps this object for ever when it has run before `start` comes back
        try:
            errand.value = errand.call()  # type: ignore[misc]  # nobody has unpacked it yet
        except BaseException as caught:
            errand.error = caught
        self._dispatcher.send(errand)


def _make_pool(owner: QObject, threads: int) -> QThreadPool:
    """Returns a pool whose threads stay: the store keeps a reading connection for each of them."""
    pool = QThreadPool(owner)
    pool.setMaxThreadCount(threads)
    pool.setExpiryTimeout(-1)
    return pool


class Runner(QObject):
    """Starts work on threads and delivers results to the window.

    Signals:
        changed: A `Changed`, after work that changed the store.
        failed, session_ended: One sentence, for work without a `failed` of its own, or when the user has to unlock anew.
        busy: Whether a person waits for work, when that may have changed.
    """

    changed = Signal(object)
    failed, session_ended = Signal(str), Signal(str)
    busy = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._readers = _make_pool(self, 2)
        self._writers, self._long = _make_pool(self, 1), _make_pool(self, 1)
        self._studies, self._quiet = _make_pool(self, 1), _make_pool(self, 1)
        self.waits = StoreWaits(self, self.occupied)
        self._jobs: dict[Job, Callable[[Any, BaseException | None], None]] = {}
        """Work under way, and what receives its value or error."""
        self._ended = False
        """Whether it was stopped or retired. The timers of a window that was closed may still ask."""

    def ask(
        self,
        work: Callable[[], Any],
        then: Callable[[Any], None],
        *,
        owner: QObject | None = None,
        failed: Callable[[str], None] | None = None,
        about: str | None = None,
    ) -> Job:
        """Runs `work()` in the background and hands its value to `then`. Once `owner` is gone, the value is dropped.

        With `about`, the answers to earlier questions of this owner about the same thing are dropped, also those that failed.
        """
        job = self._question(owner, about)
        self._start(self._readers, job, work, then, failed, None)
        return job

    def do(
        self,
        work: Callable[[OnProgress, CancelToken], Any],
        then: Callable[[Any], None] | None = None,
        *,
        changes: Changed | Callable[[Any], Changed] | None = NOTHING,
        owner: QObject | None = None,
        failed: Callable[[str], None] | None = None,
        progress: Callable[[Progress], None] | None = None,
        long: bool = False,
    ) -> Job:
        """Runs `work(on_progress, cancel)`, which changes the store, one at a time.

        Args:
            work: Takes a callback for progress and a token that says when to stop.
            then: Takes the value of the work.
            changes: What changed, or a function that makes it of the value. It is emitted afterwards. None: nothing that a
                screen shows, and nobody waits for it.
            owner: The value is dropped once this object is gone.
            failed: Takes one sentence when the work failed.
            progress: Takes progress on the window's thread.
            long: An import, which runs beside other work, so that decisions are recorded between its batches.
        """
        job = Job(owner)
        job.waited_for = changes is not None
        pool = self._long if long else self._writers
        self._start(pool, job, self._telling(job, work, progress), then, failed, changes)
        return job

    def _telling(
        self, job: Job, work: Callable[[OnProgress, CancelToken], Any], told: Callable[[Progress], None] | None
    ) -> Callable[[], Any]:
        """Returns a call of the work that hands progress to the window, at most each `PROGRESS_EVERY` seconds."""
        if told is None:
            return lambda: work(lambda _progress: None, job.token)
        job.told, last, show = told, 0.0, make_window_call(None, job.tell_progress)

        def on_progress(progress: Progress) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= PROGRESS_EVERY or progress.done == progress.total:
                last = now
                show(progress)

        return lambda: work(on_progress, job.token)

    def study(
        self,
        work: Callable[[OnProgress, CancelToken], Any],
        then: Callable[[Any], None],
        *,
        owner: QObject | None = None,
        failed: Callable[[str], None] | None = None,
        progress: Callable[[Progress], None] | None = None,
        about: str | None = None,
    ) -> Job:
        """Runs `work(on_progress, cancel)` that only reads, for long, beside other work. A lock stops it.

        With `about`, earlier studies of this owner about the same thing are stopped, and what they answer is dropped.
        """
        job = self._question(owner, about)
        job.gives_way = job.waited_for = True
        self._start(self._studies, job, self._telling(job, work, progress), then, failed, None)
        return job

    def quietly(
        self,
        work: Callable[[OnProgress, CancelToken], Any],
        then: Callable[[Any], None],
        *,
        owner: QObject | None = None,
        failed: Callable[[str], None] | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> Job:
        """Runs `work(on_progress, cancel)` that nobody waits for, beside other work.

        It may change the store in small steps, and emits itself what changed. A lock stops it; it continues another time.
        """
        job = Job(owner)
        job.gives_way = True
        self._start(self._quiet, job, self._telling(job, work, progress), then, failed, None)
        return job

    def is_busy(self) -> bool:
        """Returns whether something that changes the store is under way."""
        return self._writers.activeThreadCount() + self._long.activeThreadCount() > 0

    def occupied(self) -> bool:
        """Returns whether a person waits for more than a quick read. Quiet work waits for them."""
        return any(job.waited_for for job in self._jobs)

    def stop(self, seconds: float = 10) -> None:
        """Asks all work to stop, and waits. Nothing is delivered any more, and nothing new is taken.

        What only reads and has not begun is dropped. What a person ordered to be written still begins, with its token set.
        """
        self._ended = True
        for job in self._jobs:
            job.cancel()
        self._jobs.clear()
        self._drop_unbegun()
        self.wait(seconds)

    def retire(self, last: Callable[[], None]) -> None:
        """Ends the runner. Nothing more is delivered, and nothing new is taken.

        Work that reads is stopped, or dropped when it has not begun. Work that writes runs to its end, but a paused import is
        stopped: its pause is kept in the store. Then `last` runs in the background, and the runner is deleted with its threads.
        """
        self._ended = True
        for job in self._jobs:
            if job.gives_way or job.token.paused():
                job.cancel()
        self._jobs.clear()
        self._drop_unbegun()

        def end() -> None:
            for pool in (self._readers, self._quiet, self._studies, self._long):
                pool.waitForDone()
            last()

        job = Job(None)
        self._jobs[job] = lambda _value, _error: self.deleteLater()
        self._writers.start(_Work(_Errand(self, job, end)))

    def _drop_unbegun(self) -> None:
        """Drops on the window's thread what reads and has not begun: it holds parts of pages, which clearing lets go of."""
        for pool in (self._readers, self._studies, self._quiet):
            pool.clear()

    def wait(self, seconds: float = 10) -> None:
        """Waits for the work under way without delivering its results. Tests and screenshots then run the event loop."""
        for pool in (self._quiet, self._studies, self._long, self._writers, self._readers):
            pool.waitForDone(int(seconds * 1000))

    def under_way(self) -> int:
        """Returns how many pieces of work are not delivered yet."""
        return len(self._jobs)

    def _question(self, owner: QObject | None, about: str | None) -> Job:
        """Returns a job that takes the place of the earlier ones of this owner about the same thing."""
        job = Job(owner)
        job.about = about
        if about is not None:
            self.drop_answers(owner, about)
        return job

    def drop_answers(self, owner: QObject | None, about: str) -> None:
        """Drops what questions of this owner about this thing still bring: nothing takes their place."""
        for job in self._jobs:
            if job.answers(owner, about):
                job.drop()

    def _start(
        self,
        pool: QThreadPool,
        job: Job,
        call: Callable[[], Any],
        then: Callable[[Any], None] | None,
        failed: Callable[[str], None] | None,
        changes: Changed | Callable[[Any], Changed] | None,
    ) -> None:
        def landed(value: Any, error: BaseException | None) -> None:
            job.done, job.told = True, None
            try:
                if error is not None:
                    self._tell(job, error, failed)
                elif job.wanted() and then is not None:
                    then(value)
                if changes is not None:
                    self._tell_changes(changes, value, error)
            finally:
                if job.waited_for:
                    self.busy.emit(self.occupied())

        if self._ended:
            return
        self._jobs[job] = landed
        if job.waited_for:
            self.busy.emit(True)
        pool.start(_Work(_Errand(self, job, call)))

    def land(self, errand: _Errand) -> None:
        """Delivers a result, unless its work was stopped while the result was on its way."""
        job, value, error = errand.unpack()
        if job is not None and (landed := self._jobs.pop(job, None)) is not None:
            landed(value, error)

    def _tell_changes(self, changes: Changed | Callable[[Any], Changed], value: Any, error: BaseException | None) -> None:
        if error is None:
            self.changed.emit(changes(value) if callable(changes) else changes)
        elif isinstance(error, Cancelled):
            self.changed.emit(Changed(all_reports=True, set_aside=True))  # what was acknowledged before stopping stays

    def _tell(self, job: Job, error: BaseException, failed: Callable[[str], None] | None) -> None:
        if isinstance(error, WorldError):
            sentence = str(tr_message(error.message))
            log.info("job refused: %s", type(error).__name__)
        else:
            sentence = tr("Triage made an error. Please note what you did and tell your administrator.")
            log.error("job failed: %s at %s", type(error).__name__, _where(error))
        if isinstance(error, SessionEnded):
            self.session_ended.emit(sentence)
        elif job.wanted():
            (failed or self.failed.emit)(sentence)


def _where(error: BaseException) -> str:
    """Returns file and line of the innermost frame, which hold nothing of the data."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return "?" if frame is None else f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}"
