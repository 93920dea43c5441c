"""The restrictions around a worker as they cross the wire: each by its name, with what became of it."""

from __future__ import annotations

from triage.decode.protocol import Fields, ProtocolError, counted

Walls = tuple[tuple[str, str], ...]
"""Name of a wall, and in a word or two whether it stands."""

WALLS = (
    "memory limit",
    "no file writes",
    "no new privileges",
    "no core dumps",
    "file and network rules (Landlock)",
    "system call filter (seccomp)",
    "job object",
    "process mitigations",
    "open files",
    "list folders",
    "sockets",
    "new processes",
    "run programs",
)
"""A wall crosses the wire as its place in this tuple. The last five are attempts made from inside."""
ATTEMPTS = WALLS[-5:]
MAX_STATUS = 80


def pack_walls(walls: Walls) -> bytes:
    """Each wall as its number and a short status."""
    body = b"".join(bytes((WALLS.index(name),)) + counted(status.encode()[:MAX_STATUS]) for name, status in walls)
    return len(walls).to_bytes(1) + body


def unpack_walls(payload: bytes) -> Walls:
    fields = Fields(payload)
    walls = []
    for _ in range(fields.number(1, 0, len(WALLS))):
        name = WALLS[fields.number(1, 0, len(WALLS) - 1)]
        status = fields.text(MAX_STATUS)
        if not (status.isascii() and status.isprintable()):
            raise ProtocolError("not a status")
        walls.append((name, status))
    fields.end()
    return tuple(walls)
