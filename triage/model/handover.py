"""Receipt of bundles and handover of exports, as people state them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """How a bundle was received.

    Custody begins here. None is "not stated", and `received_at` is the person's own statement.
    """

    received_from: str | None = None
    delivered_by: str | None = None
    received_at: str | None = None
    medium: str | None = None
    """Make and model."""
    medium_serial: str | None = None
    seal: str | None = None
    """Number of the seal, and whether it was whole."""
    write_blocked: bool | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """How an export leaves: to whom, on what carrier."""

    handed_to: str | None = None
    medium: str | None = None
    medium_serial: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One entry of the register of outgoing exports."""

    id: int
    written: str
    user: str
    kind: str
    name: str
    sha256: str
    recipients: tuple[str, ...]
    handover: Handover


@dataclass(frozen=True, slots=True)
class Container:
    """A file or folder that was handed over, hashed as received.

    `kind` is "file" or "folder".

    A folder's SHA-256 is that of the lines "<sha256> <relative path>", sorted by path, as `sha256sum` prints them. `size` is the
    sum of its files in bytes.
    """

    path: str
    kind: str
    sha256: str
    size: int
