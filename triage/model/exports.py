"""Data for exports: who makes them, and what a packet holds of a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from triage.model.media import MediaFacts
from triage.model.users import Officer
from triage.model.views import ShowReport


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
    """One step of a custody record: who did what to what, when, with which tool, and the audit log entry that proves it."""

    when: str
    who: str
    what: str
    subject: str
    tool: str
    input_sha256: str | None
    entry: int | None
    leaf: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSource:
    """A source document as received, byte for byte."""

    path: str
    sha256: str
    format: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketReport:
    """Everything of one report that goes into a packet.

    `media` are facts by SHA-256; bytes are streamed separately.
    """

    show: ShowReport
    show_json: bytes
    sources: tuple[StoredSource, ...]
    custody: tuple[CustodyStep, ...]
    media: dict[str, MediaFacts]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketMedium:
    """An original for a packet.

    Its bytes come as a stream, once.
    """

    name: str
    sha256: str
    size: int
    chunks: Iterator[bytes]
