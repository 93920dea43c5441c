"""How many reports and media files an import read, and what it quarantined or skipped."""

from __future__ import annotations

from dataclasses import dataclass, field

from triage.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A file that was quarantined or skipped, and why."""

    path: str
    reason: Message
    reason_key: str = field(init=False)

    def __post_init__(self) -> None:
        """Fills in the key."""
        object.__setattr__(self, "reason_key", self.reason.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCounts:
    """How many reports one document holds: those that were read, and those that were quarantined by themselves.

    Documents of one report count one each.
    """

    path: str
    reports_in: int
    read: int
    quarantined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCounts:
    """How many reports an import added, changed or found unchanged."""

    new: int
    updated: int
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaCounts:
    """How many media files an import read: new + duplicate + near_duplicate.

    A near duplicate is new bytes that match an image already in the store.
    """

    new: int
    duplicate: int
    near_duplicate: int
