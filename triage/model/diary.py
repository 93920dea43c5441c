"""The diary of a case: everything that was done, in the order of time."""

from __future__ import annotations

from dataclasses import dataclass

from triage.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryEntry:
    """One thing that was done. `when` is ISO 8601 in UTC; `report` is None for what was done to the case as a whole."""

    when: str
    who: str
    report: str | None
    what: Message
    text: str | None = None
    """What the person wrote: a reason, a note, an appeal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDiary:
    """A case's diary and what stands at its head."""

    case: str
    opened: str
    officer: str | None
    stage: str
    numbers: tuple[tuple[str, str], ...]
    """(kind, number) of each register."""
    reports: tuple[str, ...]
    entries: tuple[DiaryEntry, ...]
