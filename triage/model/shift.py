"""The sheet at the end of a shift: what is open, and whether the next person has acknowledged it."""

from __future__ import annotations

from dataclasses import dataclass

from triage.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftRow:
    """One line of a list: a report, or a request."""

    number: str
    band: str | None
    due: str | None
    """The next deadline that still runs, ISO 8601 UTC."""
    due_for: str | None
    assignee: str | None
    what: str | Message | None
    """A status, or what waits, where the list does not say it already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftList:
    """One list of the sheet. `total` counts all rows; `rows` are the first ones."""

    name: str
    total: int
    rows: tuple[ShiftRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftSheet:
    """A sheet and its state. `lists` are as of now, `counts` as of `made`."""

    number: int
    made: str
    by: str
    counts: dict[str, int]
    note: str | None
    acknowledged: str | None
    acknowledged_by: str | None
    lists: tuple[ShiftList, ...] = ()
