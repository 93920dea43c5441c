"""A worker: warms the codecs, walls itself in, then answers requests until its wire ends.

Started as `programs.DECODE`.
"""

from __future__ import annotations

import gc
import io
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from triage import limits
from triage.decode import answers, probe, protocol
from triage.decode.cell import kinds, operations
from triage.decode.cell.looks import Seen
from triage.decode.cell.source import Source, Unreadable
from triage.decode.cell.warm import warm_up
from triage.decode.confine import confine
from triage.decode.process import FORKS
from triage.decode.protocol import EndOfWire, Frame, Kind, NotConfined, Operation, ProtocolError, Refusal, Request
from triage.model.media import MediaFacts

_BUFFER = 64 * limits.KIB
_GRACE_SECONDS = 5
"""The host kills first; the worker's own alarm is for a worker whose host is gone."""


class Wire:
    """Blocking frames over two file descriptors."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        self._incoming = io.BufferedReader(io.FileIO(incoming, "rb", closefd=False), _BUFFER)
        self._outgoing = outgoing

    def receive(self) -> Frame:
        return protocol.read_frame(self._read, _largest)

    def send(self, kind: Kind, request: int, payload: bytes) -> None:
        protocol.write_frame(self._write, kind, request, payload)

    def send_all(self, request: int, given: Iterable[tuple[Kind, bytes]]) -> None:
        """At once, so that the host wakes up once."""
        self._write(b"".join(protocol.pack_frame(kind, request, payload) for kind, payload in given))

    def _read(self, length: int) -> bytes:
        data = self._incoming.read(length)
        if len(data) < length:
            raise EndOfWire("the host closed the wire")
        return data

    def _write(self, data: bytes | memoryview) -> None:
        view = memoryview(data)
        while len(view):
            view = view[os.write(self._outgoing, view) :]


def _largest(kind: Kind) -> int:
    return {Kind.REQUEST: protocol.MAX_REQUEST, Kind.DATA: limits.MAX_WHOLE}.get(kind, 0)


def main() -> None:
    """A worker, or, with the argument FORKS and descriptors of wires, what forks workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is meant for the host
    outgoing = _private_output()
    warm_up()
    if FORKS in sys.argv:
        _fork_workers(outgoing)
    else:
        _work(Wire(0, outgoing))


def _fork_workers(outgoing: int) -> None:
    from triage.decode import forkserver

    gc.collect()
    gc.freeze()  # what is loaded stays in memory that the forks share
    if forkserver.serve(sys.argv[-1], outgoing):
        _work(Wire(forkserver.INCOMING, forkserver.OUTGOING))
    os._exit(0)  # there is nothing to clear up


def _work(wire: Wire) -> None:
    try:
        walls = confine()
    except NotConfined:
        wire.send(Kind.REFUSED, 0, protocol.pack_refusal(Refusal.NOT_CONFINED))
        return
    wire.send(Kind.READY, 0, answers.pack_walls(walls))
    try:
        while True:
            _serve(wire, wire.receive())
    except EndOfWire:
        return


def _private_output() -> int:
    """Takes the wire away from standard output, so that a library that prints can't speak to the host."""
    outgoing = os.dup(1)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(0, os.O_BINARY)
        msvcrt.setmode(outgoing, os.O_BINARY)
    return outgoing


def _serve(wire: Wire, frame: Frame) -> None:
    if frame.kind is not Kind.REQUEST:
        raise ProtocolError("expected a request")
    request = protocol.unpack_request(frame.payload)
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, request.seconds + _GRACE_SECONDS)
    sources = [_source(wire, frame.request, request) for _ in range(request.count)]
    wire.send_all(frame.request, _answers(sources, request))
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)


def _source(wire: Wire, number: int, request: Request) -> Source:
    def data() -> bytes:
        frame = wire.receive()
        if frame.kind is not Kind.DATA or frame.request != number:
            raise ProtocolError("expected data")
        return frame.payload

    def fetch(start: int, length: int) -> bytes:
        wire.send(Kind.WANT, number, protocol.pack_want(start, length))
        part = data()
        if len(part) != length:
            raise ProtocolError("range of another length")
        return part

    return Source(request.size, data() if request.inline else None, fetch)


@dataclass(frozen=True, slots=True)
class _Refused:
    refusal: Refusal
    mime: str


def _answers(sources: Sequence[Source], request: Request) -> Iterator[tuple[Kind, bytes]]:
    """One for each source, in order."""
    if request.operation is Operation.MEASURE:
        found = _measured(sources, request)
    else:
        found = [_attempt(source, lambda source, mime: _answer(source, mime, request)) for source in sources]
    for each in found:
        if isinstance(each, _Refused):
            yield Kind.REFUSED, protocol.pack_refusal(each.refusal, each.mime)
        else:
            yield Kind.ANSWER, each


def _measured(sources: Sequence[Source], request: Request) -> list[bytes | _Refused]:
    """Pictures are hashed together; what is wrong with one file costs no other anything."""
    found = [_attempt(source, lambda source, mime: operations.measure(source, mime, request)) for source in sources]
    try:
        finished = iter(operations.finish([each for each in found if isinstance(each, Seen)], request))
    except MemoryError:  # the host asks again, for one at a time
        mimes = [each.facts.mime if isinstance(each, Seen) else each.mime for each in found]
        return [_Refused(Refusal.NO_MEMORY, mime) for mime in mimes]
    return [
        _packed(source, next(finished) if isinstance(each, Seen) else each) for source, each in zip(sources, found, strict=True)
    ]


def _packed(source: Source, found: MediaFacts | _Refused) -> bytes | _Refused:
    return found if isinstance(found, _Refused) else _attempt(source, lambda source, mime: answers.pack_facts(found))


def _answer(source: Source, mime: str, request: Request) -> bytes:
    if request.operation is Operation.PROBE:
        return answers.pack_walls(probe.probe())
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
