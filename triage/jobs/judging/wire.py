"""The messages between the host and a worker that judges.

A message is its length, one letter for its kind, and MessagePack, whose shapes are those of `material` and `judge`. Both ends are
this program, of one version.
"""

from __future__ import annotations

import struct
from typing import Protocol

HEADER = struct.Struct(">Ic")
RULES, TABLES, SAY, JUDGE, REJUDGE = b"r", b"u", b"s", b"j", b"t"
ANSWER, FAILED = b"a", b"f"


class WireOut(Protocol):
    """The end of a wire that is written to."""

    def write(self, data: memoryview, /) -> int | None:
        """Writes some of the data; returns how many bytes."""


class WireIn(Protocol):
    """The end of a wire that is read from."""

    def read(self, length: int, /) -> bytes | None:
        """Reads up to `length` bytes."""


def send(wire: WireOut, kind: bytes, payload: bytes) -> None:
    """Sends one message."""
    rest = memoryview(HEADER.pack(len(payload), kind) + payload)
    while len(rest):
        rest = rest[wire.write(rest) or 0 :]


def receive(wire: WireIn) -> tuple[bytes, bytes] | None:
    """Returns the next message (kind, payload), or None when the wire ended, also within a message."""
    header = _read_exactly(wire, HEADER.size)
    if header is None:
        return None
    length, kind = HEADER.unpack(header)
    payload = _read_exactly(wire, length)
    return None if payload is None else (kind, payload)


def _read_exactly(wire: WireIn, length: int) -> bytes | None:
    """Reads exactly `length` bytes, or returns None when the wire ended."""
    parts = []
    while length:
        part = wire.read(length)
        if not part:
            return None
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
