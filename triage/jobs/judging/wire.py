"""The wire between the host and a worker that judges. A message is its length, one letter that says what it is, and MessagePack,
whose shapes are those of `material` and `judging`. Both ends are this program, of one version."""

from __future__ import annotations

import struct
from typing import Protocol

HEADER = struct.Struct(">Ic")
RULES, SAY, JUDGE, REJUDGE = b"r", b"s", b"j", b"t"
ANSWER, FAILED = b"a", b"f"


class Out(Protocol):
    def write(self, data: memoryview, /) -> int | None: ...


class In(Protocol):
    def read(self, length: int, /) -> bytes | None: ...


def send(wire: Out, kind: bytes, payload: bytes) -> None:
    rest = memoryview(HEADER.pack(len(payload), kind) + payload)
    while len(rest):
        rest = rest[wire.write(rest) or 0 :]


def receive(wire: In) -> tuple[bytes, bytes] | None:
    """The next message; None when the wire ended, be it in the middle of one."""
    header = _exactly(wire, HEADER.size)
    if header is None:
        return None
    length, kind = HEADER.unpack(header)
    payload = _exactly(wire, length)
    return None if payload is None else (kind, payload)


def _exactly(wire: In, length: int) -> bytes | None:
    parts = []
    while length:
        part = wire.read(length)
        if not part:
            return None
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
