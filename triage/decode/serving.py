"""What every confined worker does beside its own work: load libraries, fork, confine itself, answer on its wire."""

from __future__ import annotations

import gc
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence

from triage import limits
from triage.decode import protocol, restrictions
from triage.decode.confine import confine
from triage.decode.process import FORKS
from triage.decode.protocol import EndOfWire, FrameKind, NotConfined, ProtocolError, Refusal, Request, WireFrame
from triage.decode.sandbox.source import InputSource

_BUFFER = 64 * limits.KIB
_GRACE_SECONDS = 5
"""The host kills first; the worker's own alarm is for a worker whose host is gone."""

Answers = Iterator[tuple[FrameKind, bytes]]
"""BEGUN before each file, and for each, in order, ANSWER or REFUSED."""
Answering = Callable[[Sequence[InputSource], Request], Answers]


class Wire:
    """Blocking frames over two file descriptors, on the worker's side."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        """Takes the descriptors to read from and to write to."""
        self._incoming = io.BufferedReader(io.FileIO(incoming, "rb", closefd=False), _BUFFER)
        self._outgoing = outgoing

    def receive(self) -> WireFrame:
        """Returns the host's next frame.

        Raises EndOfWire.
        """
        return protocol.read_frame(self._read, _max_payload)

    def send(self, kind: FrameKind, request: int, payload: bytes) -> None:
        """Sends a frame."""
        protocol.write_frame(self._write, kind, request, payload)

    def send_all(self, request: int, given: Answers, seconds: int) -> None:
        """Sends answers together with the frame behind them, so that the host wakes up less often.

        BEGUN is sent at once: should the file end the worker, the host knows which one it was. Each file may take `seconds`.
        """
        waiting = b""
        for kind, payload in given:
            waiting += protocol.pack_frame(kind, request, payload)
            if kind is FrameKind.BEGUN:
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


def _max_payload(kind: FrameKind) -> int:
    """Returns how long a frame of a kind may be, in bytes."""
    return {FrameKind.REQUEST: protocol.MAX_REQUEST, FrameKind.DATA: protocol.MAX_DATA}.get(kind, 0)


def run_worker(warm_up: Callable[[], None], answering: Answering) -> None:
    """Works as a worker, or forks workers when the arguments name FORKS and descriptors of wires."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is meant for the host
    outgoing = _take_output()
    warm_up()
    if FORKS in sys.argv:
        _fork_workers(outgoing, answering)
    else:
        _answer_requests(Wire(0, outgoing), answering)


def _fork_workers(outgoing: int, answering: Answering) -> None:
    """Forks workers for as long as the host asks.

    Each fork answers requests, then ends.
    """
    from triage.decode import forkserver

    gc.collect()
    gc.freeze()  # what is loaded stays in memory that the forks share
    if forkserver.serve_forks(sys.argv[-1], outgoing):
        _answer_requests(Wire(forkserver.INCOMING, forkserver.OUTGOING), answering)
    os._exit(0)  # there is nothing to clear up


def _answer_requests(wire: Wire, answering: Answering) -> None:
    """Confines the process, reports its restrictions, and answers requests until the host closes the wire."""
    try:
        stand = confine()
    except NotConfined:
        wire.send(FrameKind.REFUSED, 0, protocol.pack_refusal(Refusal.NOT_CONFINED))
        return
    wire.send(FrameKind.READY, 0, restrictions.pack_restrictions(stand))
    try:
        while True:
            _serve_request(wire, wire.receive(), answering)
    except EndOfWire:
        return


def _take_output() -> int:
    """Takes the wire away from standard output, so that a library that prints can't speak to the host."""
    outgoing = os.dup(1)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(0, os.O_BINARY)
        msvcrt.setmode(outgoing, os.O_BINARY)
    return outgoing


def _serve_request(wire: Wire, frame: WireFrame, answering: Answering) -> None:
    """Answers one request.

    Raises ProtocolError.
    """
    if frame.kind is not FrameKind.REQUEST:
        raise ProtocolError("expected a request")
    request = protocol.unpack_request(frame.payload)
    _set_alarm(request.seconds + _GRACE_SECONDS)
    sources = [_make_source(wire, frame.request, request) for _ in range(request.count)]
    wire.send_all(frame.request, answering(sources, request), request.seconds)
    _set_alarm(0)


def _set_alarm(seconds: int) -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _make_source(wire: Wire, number: int, request: Request) -> InputSource:
    """Returns the next input of a request: whole, or by ranges asked from the host."""

    def data() -> bytes:
        frame = wire.receive()
        if frame.kind is not FrameKind.DATA or frame.request != number:
            raise ProtocolError("expected data")
        return frame.payload

    def fetch(start: int, length: int) -> bytes:
        wire.send(FrameKind.WANT, number, protocol.pack_want(start, length))
        part = data()
        if len(part) != length:
            raise ProtocolError("range of another length")
        return part

    whole = data() if request.inline else None
    return InputSource(request.size if whole is None else len(whole), whole, fetch)
