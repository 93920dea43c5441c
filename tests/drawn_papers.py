"""Papers for tests that are about the act and not about its paper."""

from __future__ import annotations

import msgspec

DRAWN = b"%PDF-1.4 drawn "
"""Begins each of these papers."""


def typeset_footer(job: bytes) -> bytes:
    """A paper that holds only its footer, which names the signing key."""
    footer: str = msgspec.msgpack.decode(job)["footer"]
    return DRAWN + footer.encode()


def typeset_job(job: bytes) -> bytes:
    """A paper that holds all that the typesetter is told: it makes a paper of that and of nothing else."""
    return DRAWN + msgspec.json.format(msgspec.json.encode(msgspec.msgpack.decode(job)))
