"""The host's side of confined workers, whatever they do: a pool of long-lived ones, and who is to blame when one fails.

Nothing a worker says is believed before `protocol` has checked it. A worker that is slow, dies, or breaks the rules of the
wire is killed and costs one file; the next request gets a fresh one. Where none can be started at all, DecoderError is raised
by every request: otherwise a broken installation would mark each file of a bundle as damaged.
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
from triage.decode.process import FORKS, NONSENSE, Failed, Launcher, Programs, RangeReader, Watchdog, Worker
from triage.decode.protocol import Operation, ProtocolError, Request
from triage.errors import DecoderError

Answer = TypeVar("Answer")
Unpack = Callable[[bytes], Answer]
File = tuple[bytes, Unpack[Answer]]
"""Bytes, and what checks the answer."""


class WorkerPool:
    """Up to `workers` confined processes, started when first needed. Safe to use from many threads; a context manager."""

    def __init__(self, program: Sequence[str], workers: int, *, command: Sequence[str] | None, seconds: float) -> None:
        """`program` starts a worker. `command` and `seconds` are for tests, which put other programs in the worker's place."""
        self._seconds = seconds
        self._workers = max(1, workers)
        self._slots: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        for _ in range(self._workers):
            self._slots.put(None)
        self._watchdog = Watchdog()
        self._launcher = Programs(command) if command else _launcher(program, self._watchdog)
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Waits for running requests, then ends every worker. A closed pool refuses further work."""
        if not self._closed:
            self._closed = True
            self.recycle()
            self._watchdog.close()

    def give_up(self) -> None:
        """Does not wait: whatever is asked, now and from now on, fails as if it had taken too long."""
        self._watchdog.give_up()

    def prepare(self) -> None:
        """Workers will be wanted soon: begins what takes time, and does not wait."""
        self._launcher.prepare()

    def recycle(self) -> None:
        """Waits for running requests and ends all workers, so that nothing of one bundle lives on into the next."""
        for worker in [self._slots.get() for _ in range(self._workers)]:
            if worker is not None:
                worker.end()
            self._slots.put(None)
        self._launcher.renew()

    def _ask(self, request: Request, data: bytes | RangeReader, unpack: Unpack[Answer]) -> Answer:
        """Raises Failed."""
        size = len(data) if isinstance(data, bytes) else data.size
        whole = protocol.MAX_DATA if request.operation is Operation.READ else limits.MAX_WHOLE
        request = replace(request, size=size, inline=size <= whole)
        return self._with_worker(lambda worker: unpack(worker.ask(request, data, self._seconds)))

    def _ask_alone(self, request: Request, file: File[Answer]) -> Answer | Failed:
        try:
            return self._ask(request, *file)
        except Failed as failure:
            return failure

    def _ask_together(self, request: Request, files: Sequence[File[Answer]], alone: Request) -> list[Answer | Failed]:
        """Asks one worker for all the files, which takes less time than one by one.

        The file during which a worker took too long is to blame, and is not asked for again. After a crash it is asked for
        `alone`, as are all of them where nobody can tell which one it was. The files before it and behind it are then asked
        for together again: so no file is read more than a few times, whatever its neighbours are.
        """
        if len(files) < 2:
            return [self._ask_alone(alone, file) for file in files]
        try:
            return self._with_worker(lambda worker: _unpacked(worker, replace(request, count=len(files)), files, self._seconds))
        except Failed as failure:
            guilty, took_too_long = failure.begun, failure.took_too_long
            blamed: Answer | Failed = failure
        if guilty is None or guilty >= len(files):
            return [self._ask_alone(alone, file) for file in files]
        if not took_too_long:
            blamed = self._ask_alone(alone, files[guilty])
        before = self._ask_together(request, files[:guilty], alone)
        return [*before, blamed, *self._ask_together(request, files[guilty + 1 :], alone)]

    def _with_worker(self, use: Callable[[Worker], Answer]) -> Answer:
        """Takes a worker, or starts one, and keeps it only if all went by the rules. Raises Failed."""
        if self._closed:
            raise RuntimeError("the pool is closed")
        worker, by_the_rules = self._slots.get(), False
        try:
            if worker is None:
                worker = self._started()
            answer = use(worker)
            by_the_rules = True
        except ProtocolError as error:
            raise Failed(NONSENSE) from error
        except Failed as failure:
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

    def _started(self) -> Worker:
        """Raises Failed when it can't be confined. Any other failure is tried once more; then no file is to blame, since no
        worker has seen one yet: DecoderError."""
        try:
            return Worker(self._launcher, self._watchdog)
        except Failed as failure:
            if failure.refusal is not None:
                raise
            self._launcher.renew()
        try:
            return Worker(self._launcher, self._watchdog)
        except Failed as failure:
            if failure.refusal is not None:
                raise
            raise DecoderError(
                "The decoder can't be started, so nothing was opened; end other programs or install Triage anew, then go on.",
                detail=failure.sentence,
            ) from failure


def _unpacked(worker: Worker, request: Request, files: Sequence[File[Answer]], seconds: float) -> list[Answer | Failed]:
    given = worker.ask_all(request, [data for data, _ in files], seconds)
    return [each if isinstance(each, Failed) else unpack(each) for each, (_, unpack) in zip(given, files, strict=True)]


def _launcher(program: Sequence[str], watchdog: Watchdog) -> Launcher:
    """What starts workers on this system."""
    if sys.platform == "linux":
        from triage.decode import forkserver

        if forkserver.available():
            return forkserver.ForkServer((*program, FORKS), watchdog)
    return Programs(program)
