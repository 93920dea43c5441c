"""The worker program that decodes media, and PDFs to text.

Started as `programs.DECODE`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from triage import limits
from triage.decode import answers, probe, protocol, restrictions, serving
from triage.decode.protocol import FrameKind, Operation, ProtocolError, Refusal, Request
from triage.decode.sandbox import media_types, operations, video
from triage.decode.sandbox.image_hashing import DecodedFile
from triage.decode.sandbox.source import InputSource, UnreadableMedia
from triage.decode.sandbox.warm import warm_up
from triage.model.media import MediaFacts

_STEP_BYTES = 512 * limits.KIB
"""Small files of so many bytes together are begun at once. When they fail, each is asked for alone."""


def main() -> None:
    """Answers requests until the host closes the wire."""
    serving.run_worker(warm_up, _answer_all)


@dataclass(frozen=True, slots=True)
class _Refused:
    """A file without an answer: why, and its type."""

    refusal: Refusal
    mime: str


def _answer_all(sources: Sequence[InputSource], request: Request) -> serving.Answers:
    """Yields the frames that answer a request."""
    if request.operation is Operation.MEASURE:
        yield from _measure_all(sources, request)
        return
    for n, source in enumerate(sources):
        yield _announce_files(range(n, n + 1), unhurried=_is_film(source))
        yield _to_frame(_attempt(source, lambda source, mime: _answer_one(source, mime, request)))


def _measure_all(sources: Sequence[InputSource], request: Request) -> serving.Answers:
    """Yields the frames that measure several files.

    Images are hashed together, and a failing file costs no other its answer.
    """
    found: list[MediaFacts | DecodedFile | _Refused] = []
    for files, unhurried in _split_into_steps(sources):
        yield _announce_files(files, unhurried=unhurried)
        for source in sources[files.start : files.stop]:
            found.append(_attempt(source, lambda source, mime: operations.begin_measuring(source, mime, request)))
    if len(sources) > 1:
        yield _announce_files(range(len(sources), len(sources)), unhurried=True)
    yield from map(_to_frame, _finish_measuring(sources, found, request))


def _finish_measuring(
    sources: Sequence[InputSource], found: Sequence[MediaFacts | DecodedFile | _Refused], request: Request
) -> Iterator[bytes | _Refused]:
    """Yields the packed facts of each file, after hashing the images together."""
    try:
        finished = iter(operations.finish_measuring([each for each in found if isinstance(each, DecodedFile)], request))
    except MemoryError:  # the host asks again, for one at a time
        yield from (
            _Refused(Refusal.NO_MEMORY, each.facts.mime if isinstance(each, DecodedFile) else each.mime) for each in found
        )
        return
    for source, each in zip(sources, found, strict=True):
        yield _pack_found(source, next(finished) if isinstance(each, DecodedFile) else each)


def _split_into_steps(sources: Sequence[InputSource]) -> Iterator[tuple[range, bool]]:
    """Yields the files that are begun together, and whether they may take the full time: small ones, a large one or a film.

    Each announcement wakes the host, which costs as much as a fiftieth of decoding a small image.
    """
    first = size = 0
    for n, source in enumerate(sources):
        is_film = _is_film(source)
        if first < n and (is_film or size + source.size > _STEP_BYTES):
            yield range(first, n), False
            first, size = n, 0
        size += source.size
        if is_film:
            yield range(n, n + 1), True
            first, size = n + 1, 0
    if first < len(sources):
        yield range(first, len(sources)), False


def _announce_files(files: range, *, unhurried: bool) -> tuple[FrameKind, bytes]:
    """Returns the BEGUN frame of some files."""
    return FrameKind.BEGUN, protocol.pack_begun(files, unhurried=unhurried)


def _is_film(source: InputSource) -> bool:
    """Returns whether a file is a video, which may take the full time, since the reader bounds its own work."""
    mime = _attempt(source, lambda source, mime: mime)
    return isinstance(mime, str) and mime in video.DEMUXERS


def _to_frame(found: bytes | _Refused) -> tuple[FrameKind, bytes]:
    """Returns the frame of an answer or refusal."""
    if isinstance(found, _Refused):
        return FrameKind.REFUSED, protocol.pack_refusal(found.refusal, found.mime)
    return FrameKind.ANSWER, found


def _pack_found(source: InputSource, found: MediaFacts | _Refused) -> bytes | _Refused:
    """Returns the packed facts, or the refusal."""
    return found if isinstance(found, _Refused) else _attempt(source, lambda source, mime: answers.pack_facts(found))


def _answer_one(source: InputSource, mime: str, request: Request) -> bytes:
    """Returns the packed answer for one file to any operation but MEASURE."""
    if request.operation is Operation.PROBE:
        return restrictions.pack_restrictions(probe.try_restrictions())
    if request.operation is Operation.RENDER:
        return answers.pack_pixels(operations.render(source, mime, request))
    if request.operation is Operation.CELLS:
        return operations.compute_luma_cells(source, mime, request)
    return answers.pack_pages(operations.extract_pdf_text(source, mime, request))


Found = TypeVar("Found")


def _attempt(source: InputSource, do: Callable[[InputSource, str], Found]) -> Found | _Refused:
    """Calls `do` with a file and its type.

    Any failure of a decoder becomes a refusal.
    """
    mime = media_types.UNKNOWN
    try:
        mime = media_types.detect_mime(source.head(media_types.HEAD))
        return do(source, mime)
    except UnreadableMedia as error:
        refusal = error.refusal
    except MemoryError:
        refusal = Refusal.NO_MEMORY
    except (ProtocolError, KeyboardInterrupt):
        raise
    except Exception as error:  # decoders raise whatever they like on hostile input
        refusal = _to_refusal(error)
    return _Refused(refusal, mime)


def _to_refusal(error: Exception) -> Refusal:
    """Returns the refusal for an exception of a decoder."""
    if "DecompressionBomb" in type(error).__name__:
        return Refusal.TOO_LARGE
    return Refusal.DAMAGED
