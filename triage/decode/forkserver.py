"""Starts workers on Linux from a process that loaded every library once and forks a worker when one is wanted.

The server never sees input and holds no secret. It is started as a new program, with one end of some wires and nothing else. A
fork takes one wire, closes the others and confines itself before it is given anything. A worker then costs some milliseconds
instead of half a second.

Forks share an address layout. Therefore a server makes only so many, and after a crash the pool renews the server, so that an
attacker meets another layout next time.
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
from triage.decode.process import CRASHED, WorkerFailed, open_program
from triage.decode.protocol import NotConfined
from triage.decode.watchdog import Watchdog

_FORKS = 16
"""Of one server."""
_PATIENCE = 2
"""Seconds."""
Ends = tuple[int, int]
"""Descriptors: what is read, what is written."""


def is_available() -> bool:
    """Returns whether this kernel can name a process by a descriptor (Linux 5.3)."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (OSError, AttributeError):
        return False
    return True


class ForkedWorker:
    """A forked worker as the host holds it, by a descriptor.

    Its process id may belong to another process once it ended.
    """

    def __init__(self, wire: Ends, process: int) -> None:
        """Takes the host's ends of the wire and a process descriptor."""
        self.stdin, self.stdout = io.FileIO(wire[1], "w"), io.FileIO(wire[0])
        self._process: int | None = process

    def kill(self) -> None:
        """Kills the worker, if it still runs."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, signal.SIGKILL)

    def wait(self) -> None:
        """Waits until the worker ended, and closes its descriptor."""
        if self._process is not None:
            ended = select.poll()
            ended.register(self._process, select.POLLIN)
            ended.poll()
            os.close(self._process)
            self._process = None


class ForkServer:
    """Starts workers by forking a prepared server.

    Safe to use from many threads.
    """

    def __init__(self, command: Sequence[str], watchdog: Watchdog, forks: int | None = None) -> None:
        """Takes the command that starts the server, and the watchdog that limits a start.

        `forks` is for tests, whose servers outlive many imports.
        """
        self._command, self._watchdog, self._forks = command, watchdog, forks
        self._guard = threading.Lock()
        self._server: _Server | None = None

    def prepare(self) -> None:
        """Starts the server unless it runs, without waiting for it."""
        with self._guard:
            self._ensure_server()

    def start(self, seconds: float) -> ForkedWorker:
        """Returns a worker that has yet to confine itself.

        Raises WorkerFailed.
        """
        with self._guard:
            server = self._ensure_server()
            try:
                with self._watchdog.watch(server.process, seconds):
                    return server.fork()
            except OSError as error:
                self._end_server()
                raise WorkerFailed(CRASHED) from error

    def renew(self) -> None:
        """Ends the server, so that the next worker comes from a new one."""
        with self._guard:
            self._end_server()

    def _ensure_server(self) -> _Server:
        """Returns the server, and starts a new one when there is none or its wires are used up."""
        if self._server is not None and not self._server.wires:
            self._end_server()
        if self._server is None:
            self._server = _Server(self._command, self._forks or _FORKS)
        return self._server

    def _end_server(self) -> None:
        if self._server is not None:
            self._server.end()
            self._server = None


class _Server:
    """A running server, and the host's ends of the wires that no fork has taken yet."""

    def __init__(self, command: Sequence[str], forks: int) -> None:
        self._forks = forks
        pipes = [(os.pipe(), os.pipe()) for _ in range(forks)]
        theirs = [(to_worker[0], from_worker[1]) for to_worker, from_worker in pipes]
        self.wires: list[Ends] = [(from_worker[0], to_worker[1]) for to_worker, from_worker in pipes]
        inherited = [descriptor for ends in theirs for descriptor in ends]
        try:
            named = ",".join(map(str, inherited))
            self.process = open_program((*command, named), subprocess.PIPE, subprocess.PIPE, inherited)
        finally:
            for descriptor in inherited:
                os.close(descriptor)

    def fork(self) -> ForkedWorker:
        """Returns a new worker.

        Raises OSError when the server is gone.
        """
        wire = self.wires.pop(0)
        try:
            os.write(self.process.stdin.fileno(), b"f")  # type: ignore[union-attr]
            number = os.read(self.process.stdout.fileno(), _NUMBER)  # type: ignore[union-attr]
            if len(number) != _NUMBER:
                raise OSError("the fork server ended")
            # It is collected at the earliest when the next fork is asked for: the number is still its own.
            return ForkedWorker(wire, os.pidfd_open(int.from_bytes(number)))
        except OSError:
            _close_wire(wire)
            raise

    def end(self) -> None:
        """Ends the server, and closes the wires that no fork has taken."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        if len(self.wires) < self._forks:  # it collects its forks, so that what they used is counted as ours, and ends
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_PATIENCE)
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        for wire in self.wires:
            _close_wire(wire)


def _close_wire(wire: Ends) -> None:
    for descriptor in wire:
        os.close(descriptor)


# Inside the server

INCOMING, OUTGOING = 0, 3
"""Where a fork finds its wire."""
_NUMBER = 4
"""Bytes of a process id."""


def serve_forks(named: str, outgoing: int) -> bool:
    """Forks for as long as the host asks.

    Returns True in each fork, and False in the server once the host is gone.

    `named` lists the inherited descriptors. Process ids are written to `outgoing`. Raises NotConfined when a thread is running.
    """
    if not confine_linux.has_single_thread():
        raise NotConfined("a library left a thread running, which a fork would lack")
    inherited = [int(part) for part in named.split(",")]
    for wire in zip(inherited[::2], inherited[1::2], strict=True):
        asked = os.read(0, 1)
        _collect_ended_forks()
        if not asked:
            return False
        process = os.fork()
        if process == 0:
            os.dup2(wire[0], INCOMING)
            os.dup2(wire[1], OUTGOING)
            os.closerange(OUTGOING + 1, max(*inherited, outgoing) + 1)
            return True
        _close_wire(wire)
        os.write(outgoing, process.to_bytes(_NUMBER))
    os.read(0, 1)
    _collect_ended_forks()
    return False


def _collect_ended_forks() -> None:
    """Collects the exit status of forks that ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
