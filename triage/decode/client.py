"""The host's side of the cell: a pool of long-lived confined workers.

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
from typing import Self, TypeGuard, TypeVar

from triage import limits
from triage.decode import answers, protocol
from triage.decode.process import (
    FORKS,
    NONSENSE,
    Failed,
    Launcher,
    Programs,
    RangeReader,
    Watchdog,
    Worker,
    worker_command,
)
from triage.decode.protocol import Operation, ProtocolError, Refusal, Request
from triage.errors import DecoderError, InputError, PasswordNeeded
from triage.model.media import Barriers, MediaFacts, Pixels, RevealStep

Answer = TypeVar("Answer")
Unpack = Callable[[bytes], Answer]
_HASTE = 4
"""Several PDFs together get this part of the time that one may take: should one of them hang, the others wait less."""


class Pool:
    """Up to `workers` confined processes, started when first needed. Safe to use from many threads; a context manager."""

    def __init__(self, workers: int, *, command: Sequence[str] | None = None, seconds: float = limits.DECODE_SECONDS) -> None:
        """`command` and `seconds` are for tests, which put other programs in the worker's place."""
        self._seconds = seconds
        self._workers = max(1, workers)
        self._slots: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        for _ in range(self._workers):
            self._slots.put(None)
        self._watchdog = Watchdog()
        self._launcher = Programs(command) if command else _launcher(self._watchdog)
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

    def measure(self, data: bytes | RangeReader) -> MediaFacts:
        """Never raises for bad input: `problem` says why nothing but `mime`, and perhaps a picture's metadata, is known."""
        try:
            return _complete(self._ask(Request(operation=Operation.MEASURE), data, answers.unpack_facts))
        except Failed as failure:
            return _problem(failure)

    def measure_all(self, files: Sequence[bytes]) -> list[MediaFacts]:
        """Likewise of several small files by one worker, which takes less time than one by one. When it fails over one of them,
        or they are too much for it together, each is measured alone, so that no file answers for another."""
        if len(files) < 2:
            return [self.measure(data) for data in files]
        request = Request(operation=Operation.MEASURE, count=len(files))
        found = self._together(request, files, self._seconds, answers.unpack_facts)
        return [
            self.measure(data)
            if each is None or (isinstance(each, Failed) and each.refusal is Refusal.NO_MEMORY)
            else _facts(each)
            for data, each in zip(files, found, strict=True)
        ]

    def cells(self, data: bytes | RangeReader) -> bytes:
        """Of a picture the 80 x 80 levels that all its windows are hashed from, by rows. Raises InputError."""
        return self._ask_or_raise(Request(operation=Operation.CELLS), data, answers.unpack_cells)

    def render(self, data: bytes | RangeReader, step: RevealStep, side: int, at_ms: int | None = None) -> Pixels:
        """Pixels fitted into side x side (at most limits.REVEAL_SIDE), as far as `step` allows: of a film a sheet of frames, or
        the one at `at_ms`. Raises InputError."""
        if step < RevealStep.BLURRED:
            raise ValueError("the preview is stored, not rendered")
        side = max(1, min(side, limits.REVEAL_SIDE))
        request = Request(operation=Operation.RENDER, step=step, side=side, at_ms=at_ms)
        return self._ask_or_raise(request, data, lambda payload: answers.unpack_pixels(payload, side))

    def pdf_text(self, data: bytes, passwords: Sequence[bytes] = ()) -> tuple[str, ...]:
        """The text of each page. Raises InputError, or PasswordNeeded when no password, nor the empty one, opens it."""
        request = Request(operation=Operation.PDF_TEXT, passwords=tuple(passwords))
        return self._ask_or_raise(request, data, answers.unpack_pages)

    def pdf_texts(self, files: Sequence[bytes], passwords: Sequence[bytes] = ()) -> list[tuple[str, ...] | InputError]:
        """Likewise of several small files by one worker, which takes less time than one by one; what `pdf_text` would raise of a
        file is given. When it fails over one of them, or they are too much for it together, each is asked for alone."""
        if len(files) < 2:
            return [self._text_or_error(data, passwords) for data in files]
        share, seconds = limits.MAX_PDF_TEXT // len(files), self._seconds / _HASTE
        request = Request(operation=Operation.PDF_TEXT, count=len(files), pdf_text=share, passwords=tuple(passwords))
        found = self._together(request, files, seconds, answers.unpack_pages)
        return [
            each if isinstance(each, tuple) else _error(each) if _is_final(each) else self._text_or_error(data, passwords)
            for data, each in zip(files, found, strict=True)
        ]

    def _together(
        self, request: Request, files: Sequence[bytes], seconds: float, unpack: Unpack[Answer]
    ) -> Sequence[Answer | Failed | None]:
        """Of each file what one worker said of it; None of all of them when it failed, since nobody knows over which."""

        def asked(worker: Worker) -> list[Answer | Failed]:
            return [each if isinstance(each, Failed) else unpack(each) for each in worker.ask_all(request, files, seconds)]

        try:
            return self._with_worker(asked)
        except Failed:
            return [None] * len(files)

    def _text_or_error(self, data: bytes, passwords: Sequence[bytes]) -> tuple[str, ...] | InputError:
        try:
            return self.pdf_text(data, passwords)
        except InputError as error:
            return error

    def barriers(self) -> Barriers:
        """Has a worker try every wall from inside, and reports what it found."""
        walls: answers.Walls = ()

        def probed(worker: Worker) -> answers.Walls:
            nonlocal walls
            walls = worker.walls
            return answers.unpack_walls(worker.ask(Request(operation=Operation.PROBE), b"", self._seconds))

        try:
            found = self._with_worker(probed)
        except (Failed, DecoderError) as failure:
            return Barriers((*walls, ("worker", f"off: {failure}")), confined=False)
        blocked = {name for name, status in found if status.startswith("blocked")}
        return Barriers((*walls, *found), confined=blocked.issuperset(answers.ATTEMPTS))

    def _ask_or_raise(self, request: Request, data: bytes | RangeReader, unpack: Unpack[Answer]) -> Answer:
        try:
            return self._ask(request, data, unpack)
        except Failed as failure:
            raise _error(failure) from failure

    def _ask(self, request: Request, data: bytes | RangeReader, unpack: Unpack[Answer]) -> Answer:
        size = len(data) if isinstance(data, bytes) else data.size
        request = replace(request, size=size, inline=size <= limits.MAX_WHOLE)
        return self._with_worker(lambda worker: unpack(worker.ask(request, data, self._seconds)))

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


def _is_final(failure: Failed | None) -> TypeGuard[Failed]:
    """Whether it is the file's own fault, and not that it was looked at together with others."""
    return failure is not None and failure.refusal not in protocol.SPENDS_WORKER


def _error(failure: Failed) -> InputError:
    kind = PasswordNeeded if failure.refusal is Refusal.PASSWORD else InputError
    return kind(f"The file {failure.sentence}.")


def _facts(found: MediaFacts | Failed) -> MediaFacts:
    return _problem(found) if isinstance(found, Failed) else _complete(found)


def _problem(failure: Failed) -> MediaFacts:
    return MediaFacts(mime=failure.mime, problem=failure.sentence)


def _complete(facts: MediaFacts) -> MediaFacts:
    if facts.mime.startswith("image/") and facts.perceptual is None:
        return replace(facts, problem=protocol.SENTENCES[Refusal.DAMAGED])
    return facts


def _launcher(watchdog: Watchdog) -> Launcher:
    """What starts workers on this system."""
    if sys.platform == "linux":
        from triage.decode import forkserver

        if forkserver.available():
            return forkserver.ForkServer((*worker_command(), FORKS), watchdog)
    return Programs(worker_command())
