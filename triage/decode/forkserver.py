"""Where workers come from on Linux: a process that loaded and warmed every library once, and forks a worker when one is wanted.

It never sees input and holds no secret: it is started as a new program, with one end of some wires and nothing else.
A fork takes one wire, closes the others and confines itself before it is given anything. So a worker costs some milliseconds
instead of half a second.

Forks share an address layout. Therefore a server makes only so many, and whoever makes a worker crash is to meet another layout
next time: the pool then renews the server.
"""

from __future__ import annotations

import io
import os
import select
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress

from triage.decode import confine_linux
from triage.decode.process import CRASHED, Failed, Watchdog, open_program
from triage.decode.protocol import NotConfined

_FORKS = 16
"""Of one server."""
_PATIENCE = 2
"""Seconds."""
Ends = tuple[int, int]
"""Descriptors: what is read, what is written."""


def available() -> bool:
    """Whether this kernel can name a process by a descriptor (Linux 5.3)."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (OSError, AttributeError):
        return False
    return True


class Forked:
    """A worker as the host holds it. Its process id may be another's once it ended; the descriptor can't."""

    def __init__(self, wire: Ends, process: int) -> None:
        self.stdin, self.stdout = io.FileIO(wire[1], "w"), io.FileIO(wire[0])
        self._process: int | None = process

    def kill(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, signal.SIGKILL)

    def wait(self) -> None:
        if self._process is not None:
            ended = select.poll()
            ended.register(self._process, select.POLLIN)
            ended.poll()
            os.close(self._process)
            self._process = None


class ForkServer:
    """Safe to use from many threads."""

    def __init__(self, command: Sequence[str], watchdog: Watchdog) -> None:
        self._command, self._watchdog = command, watchdog
        self._guard = threading.Lock()
        self._server: _Server | None = None

    def prepare(self) -> None:
        """Begins to warm up, unless that was done, and does not wait for it."""
        with self._guard:
            self._running()

    def start(self, seconds: float) -> Forked:
        """A worker that has yet to confine itself. Raises Failed."""
        with self._guard:
            server = self._running()
            try:
                with self._watchdog.watch(server.process, seconds):
                    return server.fork()
            except OSError as error:
                self._end()
                raise Failed(CRASHED) from error

    def renew(self) -> None:
        """The next worker comes from a new server."""
        with self._guard:
            self._end()

    def _running(self) -> _Server:
        if self._server is not None and not self._server.wires:
            self._end()
        if self._server is None:
            self._server = _Server(self._command)
        return self._server

    def _end(self) -> None:
        if self._server is not None:
            self._server.end()
            self._server = None


class _Server:
    """One running server, and the host's ends of the wires that no fork has taken yet."""

    def __init__(self, command: Sequence[str]) -> None:
        pipes = [(os.pipe(), os.pipe()) for _ in range(_FORKS)]
        theirs = [(to_worker[0], from_worker[1]) for to_worker, from_worker in pipes]
        self.wires: list[Ends] = [(from_worker[0], to_worker[1]) for to_worker, from_worker in pipes]
        inherited = [descriptor for ends in theirs for descriptor in ends]
        try:
            named = ",".join(map(str, inherited))
            self.process = open_program((*command, named), subprocess.PIPE, subprocess.PIPE, inherited)
        finally:
            for descriptor in inherited:
                os.close(descriptor)

    def fork(self) -> Forked:
        """Raises OSError when the server is gone."""
        wire = self.wires.pop(0)
        try:
            os.write(self.process.stdin.fileno(), b"f")  # type: ignore[union-attr]
            number = os.read(self.process.stdout.fileno(), _NUMBER)  # type: ignore[union-attr]
            if len(number) != _NUMBER:
                raise OSError("the fork server ended")
            # It is collected at the earliest when the next fork is asked for: the number is still its own.
            return Forked(wire, os.pidfd_open(int.from_bytes(number)))
        except OSError:
            _close(wire)
            raise

    def end(self) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()
        if len(self.wires) < _FORKS:  # it collects its forks, so that what they used is counted as ours, and ends
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_PATIENCE)
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        for wire in self.wires:
            _close(wire)


def _close(wire: Ends) -> None:
    for descriptor in wire:
        os.close(descriptor)


# Inside the server

INCOMING, OUTGOING = 0, 3
"""Where a fork finds its wire."""
_NUMBER = 4
"""Bytes of a process id."""


def serve(named: str, outgoing: int) -> bool:
    """Forks for as long as the host asks. True in each fork, False in the server itself once the host is gone."""
    if not confine_linux.alone():
        raise NotConfined("a library left a thread running, which a fork would lack")
    inherited = [int(part) for part in named.split(",")]
    for wire in zip(inherited[::2], inherited[1::2], strict=True):
        asked = os.read(0, 1)
        _bury()
        if not asked:
            return False
        process = os.fork()
        if process == 0:
            os.dup2(wire[0], INCOMING)
            os.dup2(wire[1], OUTGOING)
            os.closerange(OUTGOING + 1, max(*inherited, outgoing) + 1)
            return True
        _close(wire)
        os.write(outgoing, process.to_bytes(_NUMBER))
    os.read(0, 1)
    _bury()
    return False


def _bury() -> None:
    """Collects forks that ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
