"""The host's side of the media decoder: the requests that its confined workers answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from triage import limits
from triage.decode import answers, protocol
from triage.decode.pool import Answer, Unpack, WorkerPool
from triage.decode.process import RangeReader, Worker, WorkerFailed, worker_command
from triage.decode.protocol import Operation, Refusal, Request
from triage.decode.restrictions import ATTEMPTS, Restrictions, unpack_restrictions
from triage.errors import DecoderError, InputError, PasswordNeeded
from triage.message import Message
from triage.model.media import ImageCrop, MediaFacts, Pixels, Restriction, RevealStep, SandboxStatus, parse_restriction

FILE_PROBLEM = "The file {problem}."


class MediaPool(WorkerPool):
    """A pool of confined workers that decode media and PDFs."""

    def __init__(self, workers: int, *, command: Sequence[str] | None = None, seconds: float = limits.DECODE_SECONDS) -> None:
        """Prepares up to `workers` workers.

        `command` and `seconds` are for tests, which put other programs in the worker's place.
        """
        super().__init__(worker_command(), workers, command=command, seconds=seconds)

    def measure(self, data: bytes | RangeReader) -> MediaFacts:
        """Returns the facts of a media file.

        Bad input raises nothing: `problem` then says why the file can't be decoded.

        With a problem only `mime`, and perhaps an image's metadata, are known.
        """
        try:
            return _check_complete(self._ask(Request(operation=Operation.MEASURE), data, answers.unpack_facts))
        except WorkerFailed as failure:
            return _describe_failure(failure)

    def measure_all(self, files: Sequence[bytes]) -> list[MediaFacts]:
        """Returns the facts of several small files, measured by one worker, which takes less time than one by one.

        A file that makes the worker fail, or needs too much memory beside the others, costs no other file its answer.
        """
        request = Request(operation=Operation.MEASURE)
        found = self._ask_together(request, [(data, answers.unpack_facts) for data in files], request)
        return [
            self.measure(data) if len(files) > 1 and _ran_out_of_memory(each) else _to_facts(each)
            for data, each in zip(files, found, strict=True)
        ]

    def decode_cells(self, data: bytes | RangeReader) -> bytes:
        """Returns the 80 x 80 luma levels that all windows of an image are hashed from, by rows.

        Raises InputError.
        """
        return self._ask_or_raise(Request(operation=Operation.CELLS), data, answers.unpack_luma_cells)

    def render(self, data: bytes | RangeReader, step: RevealStep, side: int, at_ms: int | None = None) -> Pixels:
        """Returns pixels fitted into `side` x `side` (at most limits.REVEAL_SIDE), with as much detail as `step` allows.

        A video gives a sheet of frames, or the frame at `at_ms`. Raises InputError.
        """
        if step < RevealStep.BLURRED:
            raise ValueError("the preview is stored, not rendered")
        side = max(1, min(side, limits.REVEAL_SIDE))
        request = Request(operation=Operation.RENDER, step=step, side=side, at_ms=at_ms)
        return self._ask_or_raise(request, data, lambda payload: answers.unpack_pixels(payload, side))

    def render_crop(self, data: bytes | RangeReader, step: RevealStep, window: ImageCrop, at_ms: int | None = None) -> Pixels:
        """Returns the pixels of one rectangle in grey or colour, at most limits.CROP_SIDE on the long side.

        The sandbox cuts the rectangle out, so nothing else of the image reaches this process. Of a video `at_ms` names the frame.
        Raises InputError.
        """
        if step < RevealStep.GREY or not window.is_crop():
            raise ValueError("a crop is a part of an image, in grey or colour")
        request = Request(operation=Operation.RENDER, step=step, side=limits.CROP_SIDE, at_ms=at_ms, window=window)
        return self._ask_or_raise(request, data, lambda payload: answers.unpack_pixels(payload, limits.CROP_SIDE))

    def extract_pdf_text(self, data: bytes, passwords: Sequence[bytes] = ()) -> tuple[str, ...]:
        """Returns the text of each page.

        Raises InputError, or PasswordNeeded when no password, nor the empty one, opens it.
        """
        request = Request(operation=Operation.PDF_TEXT, passwords=tuple(passwords))
        return self._ask_or_raise(request, data, answers.unpack_pages)

    def extract_pdf_texts(self, files: Sequence[bytes], passwords: Sequence[bytes] = ()) -> list[tuple[str, ...] | InputError]:
        """Returns for several small files the page texts, or the error that `extract_pdf_text` would raise.

        One worker reads them all, which takes less time than one by one. A failing file costs no other file its answer.
        """
        alone = Request(operation=Operation.PDF_TEXT, passwords=tuple(passwords))
        together = replace(alone, pdf_text=limits.MAX_PDF_TEXT // max(1, len(files)))
        found = self._ask_together(together, [(data, answers.unpack_pages) for data in files], alone)
        again = [
            self._ask_alone(alone, (data, answers.unpack_pages)) if len(files) > 1 and _may_succeed_alone(each) else each
            for data, each in zip(files, found, strict=True)
        ]
        return [_to_input_error(each) if isinstance(each, WorkerFailed) else each for each in again]

    def check_restrictions(self) -> SandboxStatus:
        """Lets a worker try every restriction from inside, and returns what it found."""
        active: Restrictions = ()

        def probed(worker: Worker) -> Restrictions:
            nonlocal active
            active = worker.restrictions
            return unpack_restrictions(worker.ask(Request(operation=Operation.PROBE), b"", self._seconds))

        try:
            found = self._with_worker(probed)
        except (WorkerFailed, DecoderError) as failure:
            return SandboxStatus((*_parse_restrictions(active), Restriction("worker", "off", str(failure))), confined=False)
        tried = _parse_restrictions(found)
        blocked = {each.name for each in tried if each.state == "blocked"}
        return SandboxStatus((*_parse_restrictions(active), *tried), confined=blocked.issuperset(ATTEMPTS))

    def _ask_or_raise(self, request: Request, data: bytes | RangeReader, unpack: Unpack[Answer]) -> Answer:
        """Asks a worker for one file.

        Raises InputError or PasswordNeeded.
        """
        try:
            return self._ask(request, data, unpack)
        except WorkerFailed as failure:
            raise _to_input_error(failure) from failure


def _ran_out_of_memory(found: MediaFacts | WorkerFailed) -> bool:
    return isinstance(found, WorkerFailed) and found.refusal is Refusal.NO_MEMORY


def _may_succeed_alone(found: tuple[str, ...] | WorkerFailed) -> bool:
    """Returns whether a file may have failed because of its neighbours, which share memory and room for text."""
    return isinstance(found, WorkerFailed) and found.refusal in protocol.SPENDS_WORKER


def _to_input_error(failure: WorkerFailed) -> InputError:
    """Returns the error for a person that stands for a worker's failure."""
    kind = PasswordNeeded if failure.refusal is Refusal.PASSWORD else InputError
    return kind(FILE_PROBLEM, problem=Message(failure.sentence))  # message-ok


def _to_facts(found: MediaFacts | WorkerFailed) -> MediaFacts:
    return _describe_failure(found) if isinstance(found, WorkerFailed) else _check_complete(found)


def _describe_failure(failure: WorkerFailed) -> MediaFacts:
    return MediaFacts(mime=failure.mime, problem=failure.sentence)


def _check_complete(facts: MediaFacts) -> MediaFacts:
    """Returns the facts, with a problem when an image has no hashes."""
    if facts.mime.startswith("image/") and facts.perceptual is None:
        return replace(facts, problem=protocol.SENTENCES[Refusal.DAMAGED])
    return facts


def _parse_restrictions(reported: Restrictions) -> tuple[Restriction, ...]:
    """Returns what a worker reported as values."""
    return tuple(parse_restriction(name, status) for name, status in reported)
