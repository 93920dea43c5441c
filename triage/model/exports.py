"""Data for exports: who makes them, who did what, and whom they clear. `packet` holds what a packet has of a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from triage.message import Message
from triage.model.users import Officer


class Signer(Protocol):
    """An Ed25519 signing key."""

    @property
    def public_key(self) -> bytes:
        """Returns the raw public key, 32 bytes."""

    def sign(self, data: bytes) -> bytes:
        """Returns the signature of the data, 64 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Who made an export, when and with what.

    It stands in every export.
    """

    made: str
    by: str
    tool: str
    system: str
    fingerprint: str
    """Of the signing key: SHA-256 of its DER form, hex, as openssl says it."""
    clock: str
    """Where the times come from."""
    rules: str
    """Version and hash of the rules in use."""
    officer: Officer
    """Who made it, as papers name them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyStep:
    """One step of custody after receipt: who did what, when, and the audit log entry that proves it.

    `says` is a sentence for people. `what` is the kind of the audit log entry, and `subject` its values for programs: numbers,
    and keyed hashes that only the store can compute. The last step, the handover, has no entry: the log learns of it afterwards.
    """

    when: str
    who: str
    what: str
    subject: str
    says: Message
    entry: int | None
    leaf: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """Reports of a packet whose reported user was cleared, and why the packet was made anyway."""

    reports: tuple[str, ...]
    reason: str

    @property
    def sentence(self) -> str:
        """Returns the sentence that begins every part of the packet that people read."""
        return (
            f"The reported user was CLEARED in {', '.join(self.reports)}. This packet was made all the same, for this reason: "
            f"{self.reason}"
        )
