"""Papers for tests that are about the act and not about its paper."""

from __future__ import annotations

import msgspec


def typeset_footer(job: bytes) -> bytes:
    """A paper that holds only its footer, which names the signing key."""
    footer: str = msgspec.msgpack.decode(job)["footer"]
    return b"%PDF-1.4 drawn " + footer.encode()
