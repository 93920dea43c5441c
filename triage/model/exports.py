"""What an export needs to know of the desk that makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Signer(Protocol):
    """Ed25519: `public_key` is 32 raw bytes, signatures are 64."""

    @property
    def public_key(self) -> bytes: ...

    def sign(self, data: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Who made an export, when, with what; stands in every export."""

    made: str
    by: str
    tool: str
    system: str
    fingerprint: str
    """Of the signing key: SHA-256 of its DER form, hex, as openssl says it."""
    clock: str
    """Where the times come from."""
