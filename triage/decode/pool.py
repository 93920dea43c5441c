"""A pool of long-lived confined workers, and the rule for which file is to blame when a worker fails.

Nothing a worker says is believed before `protocol` has checked it. A worker that is slow, dies, or breaks the rules of the wire
is killed and costs one file. The next request gets a fresh worker. Where none can be started at all, every request raises
DecoderError. Otherwise a broken installation would mark each file of a bundle as damaged.
"""

from __future__ import annotations

import queue
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self, TypeVar

from triage import limits
from triage.decode import protocol
from triage.decode.process import BROKE_RULES, FORKS, Launcher, ProgramLauncher, RangeReader, Worker, WorkerFailed
from triage.decode.protocol import Operation, ProtocolError, Request
from triage.decode.watchdog import Watchdog
from triage.errors import DecoderError

Answer = TypeVar("Answer")
Unpack = Callable[[bytes], Answer]
PooledFile = tuple[bytes, Unpack[Answer]]
"""Bytes, and what checks the answer."""


class WorkerPool:
    """Up to `workers` confined processes, started when first needed.

    Safe to use from many threads; a context manager.
    """

    def __init__(self, program: Sequence[str], workers: int, *, command: Sequence[str] | None, seconds: float) -> None:
        """Takes the `program` that starts a worker.

        `command` and `seconds` are for tests with other programs.
        """
        self._seconds = seconds
        self._workers = max(1, workers)
        self._slots: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        for _ in range(self._workers):
            self._slots.put(None)
        self._watchdog = Watchdog()
        self._launcher = ProgramLauncher(command) if command else _choose_launcher(program, self._watchdog)
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Waits for running requests, then ends every worker.

        A closed pool refuses further work.
        """
        if not self._closed:
            self._closed = True
            self.recycle()
            self._watchdog.close()

    def give_up(self) -> None:
        """Makes every request, now and from now on, fail as if it had taken too long.

        It does not wait.
        """
        self._watchdog.give_up()

    def prepare(self) -> None:
        """Begins to start workers that will be wanted soon, without waiting."""
        self._launcher.prepare()

    def recycle(self) -> None:
        """Waits for running requests and ends all workers, so that nothing of one bundle lives on into the next."""
        for worker in [self._slots.get() for _ in range(self._workers)]:
            if worker is not None:
                worker.end()
            self._slots.put(None)
        self._launcher.renew()

    def _ask(self, request: Request, data: bytes | RangeReader, unpack: Unpack[Answer]) -> Answer:
        """Asks a worker for one file, and returns the checked answer.

        An earlier file may have broken the worker so that it fails later. A worker that fails after others is therefore replaced
        by one that has seen no file, which is asked once more. Raises WorkerFailed.
        """
        size = len(data) if isinstance(data, bytes) else data.size
        whole = protocol.MAX_DATA if request.operation in (Operation.READ, Operation.READ_TEXT) else limits.MAX_WHOLE
        request = replace(request, size=size, inline=size <= whole)
        asked_before = 0

        def ask(worker: Worker) -> Answer:
            """Returns the checked answer of this worker."""
            nonlocal asked_before
            asked_before = worker.asked
            return unpack(worker.ask(request, data, self._seconds))

        try:
            return self._with_worker(ask)
        except WorkerFailed as failure:
            too_slow = failure.took_too_long and (failure.begun or self._watchdog.gave_up)
            if failure.refusal is not None or not asked_before or too_slow:
                raise
        return self._with_worker(ask, unused=True)

    def _ask_alone(self, request: Request, file: PooledFile[Answer]) -> Answer | WorkerFailed:
        """Returns the checked answer for one file, or the failure."""
        try:
            return self._ask(request, *file)
        except WorkerFailed as failure:
            return failure

    def _ask_together(self, request: Request, files: Sequence[PooledFile[Answer]], alone: Request) -> list[Answer | WorkerFailed]:
        """Asks one worker for all the files, which takes less time than one by one.

        A file that was begun by itself when the worker took too long is to blame, and is not asked for again. After a crash it is
        asked for `alone`, and so are small files that were begun together, and all files where nobody can tell which one it was.
        The files before and behind are then asked for together again. So no file is read more than a few times, whatever its
        neighbours are.
        """
        if len(files) < 2:
            return [self._ask_alone(alone, file) for file in files]
        try:
            return self._with_worker(
                lambda worker: _ask_and_unpack(worker, replace(request, count=len(files)), files, self._seconds)
            )
        except WorkerFailed as failure:
            begun, took_too_long = failure.begun, failure.took_too_long
            blamed: list[Answer | WorkerFailed] = [failure]
        if not begun:
            return [self._ask_alone(alone, file) for file in files]
        if len(begun) > 1 or not took_too_long:
            blamed = [self._ask_alone(alone, file) for file in files[begun.start : begun.stop]]
        before = self._ask_together(request, files[: begun.start], alone)
        return [*before, *blamed, *self._ask_together(request, files[begun.stop :], alone)]

    def _with_worker(self, use: Callable[[Worker], Answer], *, unused: bool = False) -> Answer:
        """Takes or starts a worker, calls `use` with it, and keeps it only if it kept the rules.

        `unused` asks for a worker that has seen no file. Raises WorkerFailed.
        """
        if self._closed:
            raise RuntimeError("the pool is closed")
        worker, by_the_rules = self._slots.get(), False
        try:
            if worker is not None and unused:
                worker.end()
                worker = None
            if worker is None:
                worker = self._start_worker()
            answer = use(worker)
            by_the_rules = True
        except ProtocolError as error:
            raise WorkerFailed(BROKE_RULES) from error
        except WorkerFailed as failure:
            by_the_rules = failure.refusal is not None
            raise
        finally:
            if worker is not None and (not by_the_rules or worker.spent or worker.asked >= limits.WORKER_FILES):
                worker.end()
                worker = None
            if not by_the_rules:
                self._launcher.renew()
            self._slots.put(worker)
        return answer

    def _start_worker(self) -> Worker:
        """Starts a worker.

        Raises WorkerFailed when it can't be confined.

        Any other failure is tried once more. Then no file is to blame, since no worker has seen one yet: DecoderError.
        """
        try:
            return Worker(self._launcher, self._watchdog)
        except WorkerFailed as failure:
            if failure.refusal is not None:
                raise
            self._launcher.renew()
        try:
            return Worker(self._launcher, self._watchdog)
        except WorkerFailed as failure:
            if failure.refusal is not None:
                raise
            raise DecoderError(
                "The decoder can't be started, so nothing was opened; end other programs or install Triage anew, then go on.",
                detail=failure.sentence,
            ) from failure


def _ask_and_unpack(
    worker: Worker, request: Request, files: Sequence[PooledFile[Answer]], seconds: float
) -> list[Answer | WorkerFailed]:
    """Asks one worker for all files, and returns each checked answer or failure."""
    given = worker.ask_all(request, [data for data, _ in files], seconds)
    return [each if isinstance(each, WorkerFailed) else unpack(each) for each, (_, unpack) in zip(given, files, strict=True)]


def _choose_launcher(program: Sequence[str], watchdog: Watchdog) -> Launcher:
    """Returns what starts workers on this system."""
    if sys.platform == "linux":
        from triage.decode import forkserver

        if forkserver.is_available():
            return forkserver.ForkServer((*program, FORKS), watchdog)
    return ProgramLauncher(program)
