"""What an act on many reports reaches, what it did, and what undoing it took back."""

from __future__ import annotations

from dataclasses import dataclass

MOST_NAMED = 5
"""Report numbers that are named before an act; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkScope:
    """The reports that an act reaches: those that a person ticked, and the open duplicates folded into them."""

    chosen: tuple[int, ...]
    folded: tuple[int, ...]
    bands: dict[str, int]
    """Reports by band, folded ones too."""
    closed: int
    """Reports that are closed already."""
    named: tuple[str, ...] = ()
    """Numbers of the reports that were ticked first, at most `MOST_NAMED`."""
    open_by_others: tuple[str, ...] = ()
    """Numbers of the reports that somebody else has open now."""

    @property
    def urgent(self) -> int:
        """Returns how many reports are in band A or B."""
        return self.bands.get("A", 0) + self.bands.get("B", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkResult:
    """What an act on many reports did. `act` is None when it changed nothing."""

    act: int | None
    done: int
    unchanged: int
    """Reports that were already so."""
    stopped: bool = False
    """A person stopped the act; what was done stays, and undoing takes it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAct:
    """A decision of this user, or an act on many reports, that undoing takes back next."""

    decision: int
    bulk_act: int | None
    report: str
    """The report's number; of an act on many reports one of them."""
    reports: int
    taken: str
    status: str
    reason: str | None
    assignee: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoneAct:
    """What was undone, and how the report stands now."""

    act: OwnAct
    undone: int
    """Decisions that were undone."""
    status: str
    assignee: str | None
    stopped: bool = False
