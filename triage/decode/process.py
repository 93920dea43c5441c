"""One worker process as the host sees it, and the watchdog that kills those that take too long."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Protocol, Self, cast

from triage import limits, programs
from triage.decode import protocol, walls
from triage.decode.protocol import EndOfWire, Frame, Kind, ProtocolError, Refusal, Request

FORKS = "forks"
"""The second argument of a program that forks workers instead of being one."""
START_SECONDS = 60
_BUFFER = 64 * limits.KIB
"""A short answer is read at once: each reading by itself would wait for its turn among the threads."""

TOO_LONG = "could not be decoded: took too long"
CRASHED = "could not be decoded: the decoder crashed"
NONSENSE = "could not be decoded: the decoder answered against the rules"


if sys.platform == "linux":
    import fcntl


ALLOCATOR = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(32 * limits.MIB),
    "MALLOC_TRIM_THRESHOLD_": str(64 * limits.MIB),
}
"""The two thresholds let the C library keep freed memory for the next picture instead of fetching zeroed pages for each: a
1.2 MP WebP then takes 22 ms instead of 33."""


class RangeReader(Protocol):
    """Random access to `size` bytes. `read` returns exactly `length` of them."""

    @property
    def size(self) -> int: ...

    def read(self, start: int, length: int) -> bytes: ...


class Failed(Exception):
    """No answer; `sentence` says why to a person. `refusal` is None when the worker did not even refuse properly; `begun` is then
    the place of the file that it had begun, among those that it was asked for."""

    def __init__(
        self, sentence: str, *, refusal: Refusal | None = None, mime: str = protocol.MIMES[0], begun: int | None = None
    ) -> None:
        super().__init__(sentence)
        self.sentence, self.refusal, self.mime, self.begun = sentence, refusal, mime, begun

    @property
    def took_too_long(self) -> bool:
        return self.sentence == TOO_LONG


def worker_command() -> tuple[str, ...]:
    return programs.command(programs.DECODE)


class Process(Protocol):
    """A worker, with the wire to it."""

    stdin: io.FileIO
    stdout: io.FileIO

    def kill(self) -> None: ...

    def wait(self) -> None: ...


class Launcher(Protocol):
    """Starts workers."""

    def prepare(self) -> None: ...

    def start(self, seconds: float) -> Process: ...

    def renew(self) -> None: ...


class Program:
    """A worker that is a program of its own."""

    def __init__(self, command: Sequence[str]) -> None:
        self._running = open_program(command, subprocess.PIPE, subprocess.PIPE)
        self.stdin, self.stdout = cast(io.FileIO, self._running.stdin), cast(io.FileIO, self._running.stdout)
        self.kill = self._running.kill

    def wait(self) -> None:
        self._running.wait()


class Programs:
    """Every worker loads and warms its libraries itself."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command

    def prepare(self) -> None:
        """Nothing can be done beforehand."""

    def start(self, seconds: float) -> Process:
        return Program(self._command)

    def renew(self) -> None:
        """They share nothing."""


def open_program(command: Sequence[str], stdin: int, stdout: int, inherited: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    """A program of ours that gets nothing of the host but these descriptors."""
    return subprocess.Popen(
        command,
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        close_fds=True,
        pass_fds=inherited,
        cwd=programs.folder(),
        env=programs.environment(**ALLOCATOR),
        creationflags=programs.CREATION_FLAGS,
    )


class Worker:
    """Used by one thread at a time. Any exception leaves the wire in an unknown state: `end` the worker then."""

    def __init__(self, launcher: Launcher, watchdog: Watchdog) -> None:
        """Starts the process and waits until it has confined itself. Raises Failed."""
        self.asked = 0
        self.spent = False
        """After some refusals it is not used again."""
        self._watchdog = watchdog
        self._process = process = launcher.start(START_SECONDS)
        self._stdin = process.stdin
        self._stdout = io.BufferedReader(process.stdout, _BUFFER)
        _widen(process.stdin.fileno())
        try:
            self.walls = self._welcome()
        except BaseException:
            self.end()
            raise

    def _welcome(self) -> walls.Walls:
        watch = self._watchdog.watch(self._process, START_SECONDS)
        try:
            with watch:
                frame = protocol.read_frame(self._read, lambda kind: protocol.MAX_READY)
                if frame.kind is Kind.REFUSED:
                    refusal, _ = protocol.unpack_refusal(frame.payload)
                    raise Failed(protocol.SENTENCES[refusal], refusal=refusal)
                if frame.kind is not Kind.READY:
                    raise Failed(NONSENSE)
                return walls.unpack_walls(frame.payload)
        except EndOfWire as error:
            raise Failed(TOO_LONG if watch.fired else CRASHED) from error
        except ProtocolError as error:
            raise Failed(NONSENSE) from error

    def ask(self, request: Request, data: bytes | RangeReader, seconds: float) -> bytes:
        """The unchecked payload of the answer. Raises Failed; what `data.read` raises passes through."""
        (answer,) = self.ask_all(request, [data], seconds)
        if isinstance(answer, Failed):
            raise answer
        return answer

    def ask_all(self, request: Request, files: Sequence[bytes | RangeReader], seconds: float) -> list[bytes | Failed]:
        """Likewise for request.count files, each at most `seconds` and less when it is small; what is refused is given, not
        raised."""
        number = self.asked + 1
        self.asked += len(files)
        watch = self._watchdog.watch(self._process, seconds)
        begun = _Begun(request, files, seconds, watch)
        try:
            with watch:
                asked = protocol.pack_frame(Kind.REQUEST, number, protocol.pack_request(request))
                if request.inline:
                    for data in files:
                        whole = data if isinstance(data, bytes) else data.read(0, data.size)
                        protocol.write_frame(self._write, Kind.DATA, number, whole, before=asked)
                        asked = b""
                else:
                    self._write(asked)
                return [self._answer(number, request, data, begun) for data in files]
        except EndOfWire as error:
            raise Failed(TOO_LONG if watch.fired else CRASHED, begun=begun.place) from error
        except ProtocolError as error:
            raise Failed(NONSENSE) from error

    def _answer(self, number: int, request: Request, data: bytes | RangeReader, begun: _Begun) -> bytes | Failed:
        while True:
            frame = protocol.read_frame(self._read, lambda kind: _largest(kind, request))
            if frame.request != number:
                raise ProtocolError("answer to another request")
            if frame.kind is Kind.BEGUN:
                begun.take(frame.payload)
                continue
            if frame.kind is Kind.ANSWER:
                return frame.payload
            if frame.kind is Kind.REFUSED:
                refusal, mime = protocol.unpack_refusal(frame.payload)
                self.spent |= refusal in protocol.SPENDS_WORKER
                return Failed(protocol.SENTENCES[refusal], refusal=refusal, mime=mime)
            self._send_range(frame, request, data)

    def _send_range(self, frame: Frame, request: Request, data: bytes | RangeReader) -> None:
        if frame.kind is not Kind.WANT or request.inline:
            raise ProtocolError("not now")
        start, length = protocol.unpack_want(frame.payload, request.size)
        part = memoryview(data)[start : start + length] if isinstance(data, bytes) else data.read(start, length)
        if len(part) != length:
            raise ValueError(f"the reader gave {len(part)} bytes of {length}")
        self._send(frame.request, Kind.DATA, part)

    def _send(self, number: int, kind: Kind, payload: bytes | memoryview) -> None:
        protocol.write_frame(self._write, kind, number, payload)

    def _write(self, data: bytes | memoryview) -> None:
        view = memoryview(data)
        try:
            while len(view):
                view = view[self._stdin.write(view) or 0 :]
        except OSError as error:
            raise EndOfWire("the worker closed the wire") from error

    def _read(self, length: int) -> bytes:
        try:
            data = self._stdout.read(length)
        except OSError as error:
            raise EndOfWire("the wire broke") from error
        if len(data) < length:
            raise EndOfWire("the worker closed the wire")
        return data

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._stdin, self._stdout):
            with suppress(OSError):
                pipe.close()


def _widen(pipe: int) -> None:
    """A picture crosses a pipe of the usual 64 KiB in dozens of turns between two processes; in 1 MiB, in a few."""
    if sys.platform == "linux":
        with suppress(OSError):  # the system may grant less: slower, not wrong
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, limits.MIB)


def _largest(kind: Kind, request: Request) -> int:
    return {Kind.ANSWER: protocol.max_answer(request.operation), Kind.REFUSED: 2, Kind.WANT: 12, Kind.BEGUN: 3}.get(kind, 0)


class _Begun:
    """Which of several files a worker has begun, and how long it may take."""

    def __init__(self, request: Request, files: Sequence[bytes | RangeReader], seconds: float, watch: Watch) -> None:
        self._sizes = [len(data) if isinstance(data, bytes) else data.size for data in files]
        self._seconds, self._watch = seconds, watch
        self.place: int | None = None

    def take(self, payload: bytes) -> None:
        """Of the worker's word; it can only go on, so that it can't gain time without end. Raises ProtocolError."""
        place, unhurried = protocol.unpack_begun(payload, len(self._sizes))
        if self.place is not None and place <= self.place:
            raise ProtocolError("a file was begun twice")
        self.place = place
        hurried = not unhurried and place < len(self._sizes)
        self._watch.extend(min(self._seconds, seconds_for(self._sizes[place])) if hurried else self._seconds)


def seconds_for(size: int) -> float:
    """Returns how long a file of so many bytes may take: what is small and takes long was made to."""
    return min(limits.DECODE_SECONDS, limits.DECODE_FLOOR_SECONDS + size / limits.DECODE_BYTES_A_SECOND)


class Killable(Protocol):
    def kill(self) -> None: ...


class Watch:
    """A process is killed unless this context ends within its time; `fired` says that it was."""

    def __init__(self, watchdog: Watchdog, process: Killable, seconds: float) -> None:
        self.process, self.deadline, self.fired = process, time.monotonic() + seconds, False
        self._watchdog = watchdog

    def __enter__(self) -> Self:
        self._watchdog.begin(self)
        return self

    def extend(self, seconds: float) -> None:
        """Counts anew from now."""
        self._watchdog.extend(self, seconds)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._watchdog.finish(self)


class Watchdog:
    """One thread for all workers of a pool. Works where pipes can't be waited on with a time limit, as on Windows."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._watches: set[Watch] = set()
        self._thread: threading.Thread | None = None
        self._next = 0.0
        self._closed = self._gave_up = False

    def watch(self, process: Killable, seconds: float) -> Watch:
        return Watch(self, process, seconds)

    def begin(self, watch: Watch) -> None:
        with self._changed:
            self._watches.add(watch)
            if self._gave_up:
                watch.deadline = 0
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="decode watchdog", daemon=True)
                self._thread.start()
            elif watch.deadline < self._next:
                self._changed.notify()

    def extend(self, watch: Watch, seconds: float) -> None:
        with self._changed:
            if not self._gave_up and not watch.fired:
                watch.deadline = time.monotonic() + seconds
                if watch.deadline < self._next:
                    self._changed.notify()

    def finish(self, watch: Watch) -> None:
        with self._changed:
            self._watches.discard(watch)

    def give_up(self) -> None:
        """Nobody waits any longer, for those who work now and those who come."""
        with self._changed:
            self._gave_up = True
            for watch in self._watches:
                watch.deadline = 0
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                for late in [watch for watch in self._watches if watch.deadline <= now]:
                    late.fired = True
                    late.process.kill()
                    self._watches.discard(late)
                self._next = min((watch.deadline for watch in self._watches), default=now + _IDLE_SECONDS)
                self._changed.wait(self._next - now)


_IDLE_SECONDS = limits.DECODE_SECONDS
