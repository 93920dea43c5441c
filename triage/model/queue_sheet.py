"""The queue as a sheet from which a lead hands out work: its rows, its cover, and who had what when it was made."""

from __future__ import annotations

from dataclasses import dataclass

from triage.message import Message
from triage.model.views import QueueRow

DUE_SOON_DAYS = 7
"""The cover counts the deadlines that run out within so many days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One report of the sheet."""

    row: QueueRow
    next_act: str
    """What is to be done next, in words (triage/jobs/state/next_act.py)."""
    case: str | None
    same_user_reports: int | None
    """None: the report's stored links are damaged."""
    """Other reports in the store on the same reported user."""
    folded: int
    """Reports that have the same content as this one and stand as its duplicates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetScope:
    """Which reports a sheet lists, and how many it leaves out."""

    filters: tuple[tuple[str, str], ...]
    """Each filter in words with its value; empty: every report."""
    in_store: int
    matching: int
    """Reports that the filters let through."""
    skipped: int
    """Of those, reports before the first listed one, by the offset."""
    closed_listed: int | None
    """Listed reports that are closed; None: not counted yet."""
    offices: dict[str, str]
    """Office -> its city."""

    def name_office(self, office: str | None) -> str:
        """Returns an office with its city."""
        city = self.offices.get(office or "")
        return f"{office} {city}" if city else office or "No office"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetOrigin:
    """Binds a sheet to the store that made it, so that the store recognises it when it comes back filled in."""

    export: str
    """A UUID for each export, made from its time and rows."""
    store: str
    made: str
    rows: tuple[tuple[str, str | None], ...]
    """(report number, assignee when it was made)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetChange:
    """One row of a filled-in sheet whose assignee differs from the one at the export."""

    report_id: str
    was: str | None
    """The assignee when the sheet was made."""
    here: str | None
    """The assignee now."""
    to: str
    """The name in the sheet."""
    note: str | None = None
    conflict: Message | None = None
    """Why it is not applied; None when it is, or would be."""
    decision: int | None = None
    """The decision that was recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetImport:
    """The result of reading a filled-in sheet."""

    export: str
    made: str
    rows: int
    """Reports that the sheet listed when it was made."""
    unchanged: int
    applied: bool
    """False for a preview."""
    changes: tuple[SheetChange, ...]
    conflicts: tuple[SheetChange, ...]
