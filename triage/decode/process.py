"""One worker process as the host sees it, and the watchdog that kills workers that take too long."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol, cast

from triage import limits, programs
from triage.decode import protocol, restrictions
from triage.decode.mime_types import MIMES
from triage.decode.protocol import EndOfWire, FrameKind, ProtocolError, Refusal, Request, WireFrame
from triage.decode.watchdog import Watch, Watchdog

FORKS = "forks"
"""The second argument of a program that forks workers instead of being one."""
START_SECONDS = 60
_BUFFER = 64 * limits.KIB
"""A short answer is read at once: each reading by itself would wait for its turn among the threads."""

TOO_LONG = "could not be decoded: took too long"
CRASHED = "could not be decoded: the decoder crashed"
BROKE_RULES = "could not be decoded: the decoder answered against the rules"


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
    """Random access to `size` bytes."""

    @property
    def size(self) -> int:
        """Returns how many bytes there are."""

    def read(self, start: int, length: int) -> bytes:
        """Returns exactly `length` bytes from `start`."""


class WorkerFailed(Exception):
    """A request without an answer.

    `sentence` says why to a person.

    `refusal` is None when the worker did not even refuse properly. `begun` are then the numbers of the files that it had begun.
    """

    def __init__(
        self, sentence: str, *, refusal: Refusal | None = None, mime: str = MIMES[0], begun: range | None = None
    ) -> None:
        """Takes the sentence for a person and what is known of the failure."""
        super().__init__(sentence)
        self.sentence, self.refusal, self.mime, self.begun = sentence, refusal, mime, begun

    @property
    def took_too_long(self) -> bool:
        """Returns whether the watchdog killed the worker."""
        return self.sentence == TOO_LONG


def worker_command() -> tuple[str, ...]:
    """Returns the command that starts a media worker."""
    return programs.build_command(programs.DECODE)


class WorkerProcess(Protocol):
    """A worker process, with the wire to it."""

    stdin: io.FileIO
    stdout: io.FileIO

    def kill(self) -> None:
        """Kills the process."""

    def wait(self) -> None:
        """Waits until the process ended."""


class Launcher(Protocol):
    """Starts workers."""

    def prepare(self) -> None:
        """Begins what takes time, without waiting."""

    def start(self, seconds: float) -> WorkerProcess:
        """Returns a worker, within `seconds`.

        Raises WorkerFailed.
        """

    def renew(self) -> None:
        """Makes later workers share nothing with earlier ones."""


class WorkerProgram:
    """A worker that is a program of its own."""

    def __init__(self, command: Sequence[str]) -> None:
        """Starts the program."""
        self._running = open_program(command, subprocess.PIPE, subprocess.PIPE)
        self.stdin, self.stdout = cast(io.FileIO, self._running.stdin), cast(io.FileIO, self._running.stdout)
        self.kill = self._running.kill

    def wait(self) -> None:
        """Waits until the program ended."""
        self._running.wait()


class ProgramLauncher:
    """Starts every worker as a program that loads its libraries itself."""

    def __init__(self, command: Sequence[str]) -> None:
        """Takes the command that starts a worker."""
        self._command = command

    def prepare(self) -> None:
        """Does nothing, since nothing can be done beforehand."""

    def start(self, seconds: float) -> WorkerProcess:
        """Starts a worker."""
        return WorkerProgram(self._command)

    def renew(self) -> None:
        """Does nothing, since these workers share nothing."""


def open_program(command: Sequence[str], stdin: int, stdout: int, inherited: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    """Starts one of our programs, which inherits nothing of the host but these descriptors."""
    return subprocess.Popen(
        command,
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        close_fds=True,
        pass_fds=inherited,
        cwd=programs.start_folder(),
        env=programs.build_environment(**ALLOCATOR),
        creationflags=programs.CREATION_FLAGS,
    )


class Worker:
    """A confined worker, used by one thread at a time.

    After any exception the wire is in an unknown state: `end` the worker.
    """

    def __init__(self, launcher: Launcher, watchdog: Watchdog) -> None:
        """Starts the process and waits until it has confined itself.

        Raises WorkerFailed.
        """
        self.asked = 0
        self.spent = False
        """After some refusals it is not used again."""
        self._watchdog = watchdog
        self._process = process = launcher.start(START_SECONDS)
        self._stdin = process.stdin
        self._stdout = io.BufferedReader(process.stdout, _BUFFER)
        _widen_pipe(process.stdin.fileno())
        try:
            self.restrictions = self._await_ready()
        except BaseException:
            self.end()
            raise

    def _await_ready(self) -> restrictions.Restrictions:
        """Returns the restrictions that the worker reports when it is ready.

        Raises WorkerFailed.
        """
        watch = self._watchdog.watch(self._process, START_SECONDS)
        try:
            with watch:
                frame = protocol.read_frame(self._read, lambda kind: protocol.MAX_READY)
                if frame.kind is FrameKind.REFUSED:
                    refusal, _ = protocol.unpack_refusal(frame.payload)
                    raise WorkerFailed(protocol.SENTENCES[refusal], refusal=refusal)
                if frame.kind is not FrameKind.READY:
                    raise WorkerFailed(BROKE_RULES)
                return restrictions.unpack_restrictions(frame.payload)
        except EndOfWire as error:
            raise WorkerFailed(TOO_LONG if watch.fired else CRASHED) from error
        except ProtocolError as error:
            raise WorkerFailed(BROKE_RULES) from error

    def ask(self, request: Request, data: bytes | RangeReader, seconds: float) -> bytes:
        """Returns the unchecked payload of the answer.

        Raises WorkerFailed. Errors of `data.read` pass through.
        """
        (answer,) = self.ask_all(request, [data], seconds)
        if isinstance(answer, WorkerFailed):
            raise answer
        return answer

    def ask_all(self, request: Request, files: Sequence[bytes | RangeReader], seconds: float) -> list[bytes | WorkerFailed]:
        """Returns the unchecked payload, or the refusal, for each of request.count files.

        Each file may take `seconds`, a small one less. Raises WorkerFailed when the worker dies, takes too long or breaks the
        rules.
        """
        number = self.asked + 1
        self.asked += len(files)
        watch = self._watchdog.watch(self._process, seconds)
        begun = _BegunFiles(request, files, seconds, watch)
        try:
            with watch:
                asked = protocol.pack_frame(FrameKind.REQUEST, number, protocol.pack_request(request))
                if request.inline:
                    for data in files:
                        whole = data if isinstance(data, bytes) else data.read(0, data.size)
                        protocol.write_frame(self._write, FrameKind.DATA, number, whole, before=asked)
                        asked = b""
                else:
                    self._write(asked)
                return [self._answer(number, request, data, begun) for data in files]
        except EndOfWire as error:
            raise WorkerFailed(TOO_LONG if watch.fired else CRASHED, begun=begun.files) from error
        except ProtocolError as error:
            raise WorkerFailed(BROKE_RULES) from error

    def _answer(self, number: int, request: Request, data: bytes | RangeReader, begun: _BegunFiles) -> bytes | WorkerFailed:
        """Returns the answer or refusal for one file, after sending the ranges that the worker wants."""
        while True:
            frame = protocol.read_frame(self._read, lambda kind: _max_payload(kind, request))
            if frame.request != number:
                raise ProtocolError("answer to another request")
            if frame.kind is FrameKind.BEGUN:
                begun.note(frame.payload)
                continue
            if frame.kind is FrameKind.ANSWER:
                return frame.payload
            if frame.kind is FrameKind.REFUSED:
                refusal, mime = protocol.unpack_refusal(frame.payload)
                self.spent |= refusal in protocol.SPENDS_WORKER
                return WorkerFailed(protocol.SENTENCES[refusal], refusal=refusal, mime=mime)
            self._send_range(frame, request, data)

    def _send_range(self, frame: WireFrame, request: Request, data: bytes | RangeReader) -> None:
        """Sends a range of a large file.

        Raises ProtocolError when the worker may not ask for it.
        """
        if frame.kind is not FrameKind.WANT or request.inline:
            raise ProtocolError("not now")
        start, length = protocol.unpack_want(frame.payload, request.size)
        part = memoryview(data)[start : start + length] if isinstance(data, bytes) else data.read(start, length)
        if len(part) != length:
            raise ValueError(f"the reader gave {len(part)} bytes of {length}")
        self._send(frame.request, FrameKind.DATA, part)

    def _send(self, number: int, kind: FrameKind, payload: bytes | memoryview) -> None:
        protocol.write_frame(self._write, kind, number, payload)

    def _write(self, data: bytes | memoryview) -> None:
        view = memoryview(data)
        try:
            while len(view):
                view = view[self._stdin.write(view) or 0 :]
        except OSError as error:
            raise EndOfWire("the worker closed the wire") from error

    def _read(self, length: int) -> bytes:
        """Reads exactly `length` bytes from the worker.

        Raises EndOfWire.
        """
        try:
            data = self._stdout.read(length)
        except OSError as error:
            raise EndOfWire("the wire broke") from error
        if len(data) < length:
            raise EndOfWire("the worker closed the wire")
        return data

    def end(self) -> None:
        """Kills the process and closes the wire."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._stdin, self._stdout):
            with suppress(OSError):
                pipe.close()


def _widen_pipe(pipe: int) -> None:
    """Widens a pipe to 1 MiB on Linux.

    An image crosses a pipe of the usual 64 KiB in dozens of switches between two processes; in 1 MiB, in a few.
    """
    if sys.platform == "linux":
        with suppress(OSError):  # the system may grant less: slower, not wrong
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, limits.MIB)


def _max_payload(kind: FrameKind, request: Request) -> int:
    """Returns how long a frame of a kind may be, in bytes."""
    return {
        FrameKind.ANSWER: protocol.max_answer(request.operation),
        FrameKind.REFUSED: 2,
        FrameKind.WANT: 12,
        FrameKind.BEGUN: protocol.BEGUN_BYTES,
    }.get(kind, 0)


class _BegunFiles:
    """Tracks which of several files a worker has begun, and gives them their time."""

    def __init__(self, request: Request, files: Sequence[bytes | RangeReader], seconds: float, watch: Watch) -> None:
        self._sizes = [len(data) if isinstance(data, bytes) else data.size for data in files]
        self._seconds, self._watch = seconds, watch
        self.files: range | None = None

    def note(self, payload: bytes) -> None:
        """Takes the worker's word that it began some files.

        Raises ProtocolError when it does not move on.

        A worker that could begin a file twice would gain time without end.
        """
        files, unhurried = protocol.unpack_begun(payload, len(self._sizes))
        if self.files is not None and files.start < max(self.files.stop, self.files.start + 1):
            raise ProtocolError("a file was begun twice")
        self.files = files
        allowed = allowed_seconds(sum(self._sizes[files.start : files.stop]))
        self._watch.extend(self._seconds if unhurried or not files else min(self._seconds, allowed))


def allowed_seconds(size: int) -> float:
    """Returns how long a file of so many bytes, or small ones of so many together, may take.

    A small file that takes long was made to do so.
    """
    return min(limits.DECODE_SECONDS, limits.DECODE_FLOOR_SECONDS + size / limits.DECODE_BYTES_A_SECOND)
