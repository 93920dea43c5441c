"""A worker that decodes media, and PDFs to text.

Started as `programs.DECODE`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from triage.decode import answers, probe, protocol, serving, walls
from triage.decode.protocol import Kind, Operation, ProtocolError, Refusal, Request
from triage.decode.sandbox import kinds, operations, video
from triage.decode.sandbox.looks import Seen
from triage.decode.sandbox.source import Source, Unreadable
from triage.decode.sandbox.warm import warm_up
from triage.model.media import MediaFacts


def main() -> None:
    """Answers until the wire ends."""
    serving.run(warm_up, _answers)


@dataclass(frozen=True, slots=True)
class _Refused:
    refusal: Refusal
    mime: str


def _answers(sources: Sequence[Source], request: Request) -> serving.Answers:
    if request.operation is Operation.MEASURE:
        yield from _measured(sources, request)
        return
    for n, source in enumerate(sources):
        yield _begun(n, source)
        yield _framed(_attempt(source, lambda source, mime: _answer(source, mime, request)))


def _measured(sources: Sequence[Source], request: Request) -> serving.Answers:
    """Pictures are hashed together; what is wrong with one file costs no other anything."""
    found: list[MediaFacts | Seen | _Refused] = []
    for n, source in enumerate(sources):
        yield _begun(n, source)
        found.append(_attempt(source, lambda source, mime: operations.measure(source, mime, request)))
    if len(sources) > 1:
        yield Kind.BEGUN, protocol.pack_begun(len(sources), unhurried=True)
    yield from map(_framed, _finished(sources, found, request))


def _finished(
    sources: Sequence[Source], found: Sequence[MediaFacts | Seen | _Refused], request: Request
) -> Iterator[bytes | _Refused]:
    try:
        finished = iter(operations.finish([each for each in found if isinstance(each, Seen)], request))
    except MemoryError:  # the host asks again, for one at a time
        yield from (_Refused(Refusal.NO_MEMORY, each.facts.mime if isinstance(each, Seen) else each.mime) for each in found)
        return
    for source, each in zip(sources, found, strict=True):
        yield _packed(source, next(finished) if isinstance(each, Seen) else each)


def _begun(n: int, source: Source) -> tuple[Kind, bytes]:
    """Films stop by themselves, and only then: they may take all the time there is, however small they are."""
    mime = _attempt(source, lambda source, mime: mime)
    return Kind.BEGUN, protocol.pack_begun(n, unhurried=isinstance(mime, str) and mime in video.DEMUXERS)


def _framed(found: bytes | _Refused) -> tuple[Kind, bytes]:
    if isinstance(found, _Refused):
        return Kind.REFUSED, protocol.pack_refusal(found.refusal, found.mime)
    return Kind.ANSWER, found


def _packed(source: Source, found: MediaFacts | _Refused) -> bytes | _Refused:
    return found if isinstance(found, _Refused) else _attempt(source, lambda source, mime: answers.pack_facts(found))


def _answer(source: Source, mime: str, request: Request) -> bytes:
    if request.operation is Operation.PROBE:
        return walls.pack_walls(probe.probe())
    if request.operation is Operation.RENDER:
        return answers.pack_pixels(operations.render(source, mime, request))
    if request.operation is Operation.CELLS:
        return operations.cells(source, mime, request)
    return answers.pack_pages(operations.pdf_text(source, mime, request))


Found = TypeVar("Found")


def _attempt(source: Source, do: Callable[[Source, str], Found]) -> Found | _Refused:
    mime = kinds.UNKNOWN
    try:
        mime = kinds.mime_of(source.head(kinds.HEAD))
        return do(source, mime)
    except Unreadable as error:
        refusal = error.refusal
    except MemoryError:
        refusal = Refusal.NO_MEMORY
    except (ProtocolError, KeyboardInterrupt):
        raise
    except Exception as error:  # decoders raise whatever they like on hostile input
        refusal = _meaning(error)
    return _Refused(refusal, mime)


def _meaning(error: Exception) -> Refusal:
    if "DecompressionBomb" in type(error).__name__:
        return Refusal.TOO_LARGE
    return Refusal.DAMAGED
