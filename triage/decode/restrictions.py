"""The restrictions on a worker as they cross the wire: each by name, with its state."""

from __future__ import annotations

from triage.decode.protocol import PayloadReader, ProtocolError, pack_counted

Restrictions = tuple[tuple[str, str], ...]
"""Name of a wall, and in a word or two whether it stands."""

RESTRICTION_NAMES = (
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
ATTEMPTS = RESTRICTION_NAMES[-5:]
MAX_STATUS = 80  # bytes of the state of one restriction


def pack_restrictions(restrictions: Restrictions) -> bytes:
    """Packs each restriction as its number and a short state."""
    body = b"".join(
        bytes((RESTRICTION_NAMES.index(name),)) + pack_counted(status.encode()[:MAX_STATUS]) for name, status in restrictions
    )
    return len(restrictions).to_bytes(1) + body


def unpack_restrictions(payload: bytes) -> Restrictions:
    """Returns the restrictions that a worker reported.

    Raises ProtocolError when a state is no plain ASCII text.
    """
    fields = PayloadReader(payload)
    restrictions = []
    for _ in range(fields.number(1, 0, len(RESTRICTION_NAMES))):
        name = RESTRICTION_NAMES[fields.number(1, 0, len(RESTRICTION_NAMES) - 1)]
        status = fields.text(MAX_STATUS)
        if not (status.isascii() and status.isprintable()):
            raise ProtocolError("not a status")
        restrictions.append((name, status))
    fields.end()
    return tuple(restrictions)
