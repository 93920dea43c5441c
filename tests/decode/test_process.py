"""The host's end of the wire, against a worker that goes at the worst moment and a file that changes while it is read."""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from triage.decode.process import Worker, WorkerFailed
from triage.decode.protocol import FrameKind, Operation, Request
from triage.decode.watchdog import Watchdog

HEADER = struct.Struct(">BIQ")
READY = HEADER.pack(FrameKind.READY, 0, 1) + b"\0"


@dataclass
class PipeWorker:
    """A worker that is two pipes, and says what the test wrote into them beforehand."""

    said: bytes
    ended: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        hears, asks = os.pipe()
        answers, says = os.pipe()
        self.hears, self.stdin, self.stdout = io.FileIO(hears), io.FileIO(asks, "w"), io.FileIO(answers)
        os.write(says, self.said)
        os.close(says)

    def kill(self) -> None:
        self.ended.append("killed")

    def wait(self) -> None:
        self.hears.close()

    def start(self, _seconds: float) -> PipeWorker:
        return self

    def prepare(self) -> None:
        pass

    renew = prepare


@pytest.fixture
def watchdog() -> Iterator[Watchdog]:
    yield Watchdog()


REQUEST = Request(operation=Operation.MEASURE, size=1 << 40, inline=False)


class Short:
    """A file that became shorter after it was opened."""

    size = 1 << 40

    def read(self, start: int, length: int) -> bytes:
        return b"x" * (length - 1)


def test_a_file_that_became_shorter_is_never_sent(watchdog: Watchdog) -> None:
    """The worker would wait for the rest, or take what comes next for it."""
    wants = HEADER.pack(FrameKind.WANT, 1, 12) + struct.pack(">QI", 0, 8)
    process = PipeWorker(READY + wants)
    worker = Worker(process, watchdog)
    with pytest.raises(ValueError, match="7 bytes of 8"):
        worker.ask(REQUEST, Short(), 20)
    worker.end()


def test_a_worker_that_went_before_it_was_asked_has_crashed(watchdog: Watchdog) -> None:
    process = PipeWorker(READY)
    worker = Worker(process, watchdog)
    process.hears.close()
    with pytest.raises(WorkerFailed, match="crashed"):
        worker.ask(REQUEST, Short(), 20)
    worker.end()


def test_a_wire_that_breaks_while_it_is_read_has_crashed(watchdog: Watchdog, monkeypatch: pytest.MonkeyPatch) -> None:
    process = PipeWorker(READY)
    worker = Worker(process, watchdog)

    class Broken(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise OSError

    worker._stdout.close()
    monkeypatch.setattr(worker, "_stdout", Broken())
    with pytest.raises(WorkerFailed, match="crashed"):
        worker.ask(REQUEST, Short(), 20)
    worker.end()
    assert process.ended == ["killed"]
