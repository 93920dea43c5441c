"""What every confined worker does beside its own work: warms up, forks if asked to, confines itself, and answers on its wire."""

from __future__ import annotations

import gc
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence

from triage import limits
from triage.decode import protocol, walls
from triage.decode.confine import confine
from triage.decode.process import FORKS
from triage.decode.protocol import EndOfWire, Frame, Kind, NotConfined, ProtocolError, Refusal, Request
from triage.decode.sandbox.source import Source

_BUFFER = 64 * limits.KIB
_GRACE_SECONDS = 5
"""The host kills first; the worker's own alarm is for a worker whose host is gone."""

Answers = Iterator[tuple[Kind, bytes]]
"""BEGUN before each file, and for each, in order, ANSWER or REFUSED."""
Answering = Callable[[Sequence[Source], Request], Answers]


class Wire:
    """Blocking frames over two file descriptors."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        self._incoming = io.BufferedReader(io.FileIO(incoming, "rb", closefd=False), _BUFFER)
        self._outgoing = outgoing

    def receive(self) -> Frame:
        return protocol.read_frame(self._read, _largest)

    def send(self, kind: Kind, request: int, payload: bytes) -> None:
        protocol.write_frame(self._write, kind, request, payload)

    def send_all(self, request: int, given: Answers, seconds: int) -> None:
        """Sends answers together with the frame that follows them, so that the host wakes up less often. That a file is begun
        crosses at once: should it end the worker, the host knows which one it was. Each file may take `seconds`."""
        waiting = b""
        for kind, payload in given:
            waiting += protocol.pack_frame(kind, request, payload)
            if kind is Kind.BEGUN:
                self._write(waiting)
                waiting = b""
                _set_alarm(seconds + _GRACE_SECONDS)
        self._write(waiting)

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
    return {Kind.REQUEST: protocol.MAX_REQUEST, Kind.DATA: protocol.MAX_DATA}.get(kind, 0)


def run(warm_up: Callable[[], None], answering: Answering) -> None:
    """Works as a worker, or, with the argument FORKS and descriptors of wires, forks workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is meant for the host
    outgoing = _private_output()
    warm_up()
    if FORKS in sys.argv:
        _fork_workers(outgoing, answering)
    else:
        _work(Wire(0, outgoing), answering)


def _fork_workers(outgoing: int, answering: Answering) -> None:
    from triage.decode import forkserver

    gc.collect()
    gc.freeze()  # what is loaded stays in memory that the forks share
    if forkserver.serve(sys.argv[-1], outgoing):
        _work(Wire(forkserver.INCOMING, forkserver.OUTGOING), answering)
    os._exit(0)  # there is nothing to clear up


def _work(wire: Wire, answering: Answering) -> None:
    try:
        stand = confine()
    except NotConfined:
        wire.send(Kind.REFUSED, 0, protocol.pack_refusal(Refusal.NOT_CONFINED))
        return
    wire.send(Kind.READY, 0, walls.pack_walls(stand))
    try:
        while True:
            _serve(wire, wire.receive(), answering)
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


def _serve(wire: Wire, frame: Frame, answering: Answering) -> None:
    if frame.kind is not Kind.REQUEST:
        raise ProtocolError("expected a request")
    request = protocol.unpack_request(frame.payload)
    _set_alarm(request.seconds + _GRACE_SECONDS)
    sources = [_source(wire, frame.request, request) for _ in range(request.count)]
    wire.send_all(frame.request, answering(sources, request), request.seconds)
    _set_alarm(0)


def _set_alarm(seconds: int) -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


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
