"""The host's side of the decoder: what its confined workers can be asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from triage import limits
from triage.decode import answers, protocol
from triage.decode.pool import Answer, Unpack, WorkerPool
from triage.decode.process import Failed, RangeReader, Worker, worker_command
from triage.decode.protocol import Operation, Refusal, Request
from triage.decode.walls import ATTEMPTS, Walls, unpack_walls
from triage.errors import DecoderError, InputError, PasswordNeeded
from triage.message import Message
from triage.model.media import Barriers, MediaFacts, Pixels, RevealStep

FILE_PROBLEM = "The file {problem}."


class Pool(WorkerPool):
    """Workers that decode media."""

    def __init__(self, workers: int, *, command: Sequence[str] | None = None, seconds: float = limits.DECODE_SECONDS) -> None:
        """`command` and `seconds` are for tests, which put other programs in the worker's place."""
        super().__init__(worker_command(), workers, command=command, seconds=seconds)

    def measure(self, data: bytes | RangeReader) -> MediaFacts:
        """Never raises for bad input: `problem` says why nothing but `mime`, and perhaps a picture's metadata, is known."""
        try:
            return _complete(self._ask(Request(operation=Operation.MEASURE), data, answers.unpack_facts))
        except Failed as failure:
            return _problem(failure)

    def measure_all(self, files: Sequence[bytes]) -> list[MediaFacts]:
        """Likewise of several small files by one worker, which takes less time than one by one. When it fails over one of them,
        or they are too much for it together, no other file answers for it."""
        request = Request(operation=Operation.MEASURE)
        found = self._ask_together(request, [(data, answers.unpack_facts) for data in files], request)
        return [
            self.measure(data) if len(files) > 1 and _lacked_memory(each) else _facts(each)
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
        file is given. When it fails over one of them, or they are too much for it together, no other file answers for it."""
        alone = Request(operation=Operation.PDF_TEXT, passwords=tuple(passwords))
        together = replace(alone, pdf_text=limits.MAX_PDF_TEXT // max(1, len(files)))
        found = self._ask_together(together, [(data, answers.unpack_pages) for data in files], alone)
        again = [
            self._ask_alone(alone, (data, answers.unpack_pages)) if len(files) > 1 and _may_do_alone(each) else each
            for data, each in zip(files, found, strict=True)
        ]
        return [_error(each) if isinstance(each, Failed) else each for each in again]

    def barriers(self) -> Barriers:
        """Has a worker try every wall from inside, and reports what it found."""
        walls: Walls = ()

        def probed(worker: Worker) -> Walls:
            nonlocal walls
            walls = worker.walls
            return unpack_walls(worker.ask(Request(operation=Operation.PROBE), b"", self._seconds))

        try:
            found = self._with_worker(probed)
        except (Failed, DecoderError) as failure:
            return Barriers((*walls, ("worker", f"off: {failure}")), confined=False)
        blocked = {name for name, status in found if status.startswith("blocked")}
        return Barriers((*walls, *found), confined=blocked.issuperset(ATTEMPTS))

    def _ask_or_raise(self, request: Request, data: bytes | RangeReader, unpack: Unpack[Answer]) -> Answer:
        try:
            return self._ask(request, data, unpack)
        except Failed as failure:
            raise _error(failure) from failure


def _lacked_memory(found: MediaFacts | Failed) -> bool:
    return isinstance(found, Failed) and found.refusal is Refusal.NO_MEMORY


def _may_do_alone(found: tuple[str, ...] | Failed) -> bool:
    """Whether it may be due to a file's neighbours: together they had less memory and room for text."""
    return isinstance(found, Failed) and found.refusal in protocol.SPENDS_WORKER


def _error(failure: Failed) -> InputError:
    kind = PasswordNeeded if failure.refusal is Refusal.PASSWORD else InputError
    return kind(FILE_PROBLEM, problem=Message(failure.sentence))  # message-ok


def _facts(found: MediaFacts | Failed) -> MediaFacts:
    return _problem(found) if isinstance(found, Failed) else _complete(found)


def _problem(failure: Failed) -> MediaFacts:
    return MediaFacts(mime=failure.mime, problem=failure.sentence)


def _complete(facts: MediaFacts) -> MediaFacts:
    if facts.mime.startswith("image/") and facts.perceptual is None:
        return replace(facts, problem=protocol.SENTENCES[Refusal.DAMAGED])
    return facts
