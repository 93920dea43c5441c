"""A version of a report as people see it: its state, what it says less, and what was chosen about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from triage.message import Message

VersionState = Literal["current", "waiting", "refused", "superseded"]
Choice = Literal["accepted", "refused", "asked"]
EARLIER_KNOWN = Message("an earlier version, already known")
"""Why an import skipped a document that was superseded or refused before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaysLess:
    """One thing that a version says less, or otherwise: what, as it counts now, and as it would be."""

    what: Message
    before: str | Message
    after: str | Message


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowVersionChoice:
    """What a person chose about a version, and why."""

    choice: Choice
    by: str
    when: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportVersion:
    """A version of a report.

    `says_less` is filled for a version that waits. `needs_lead` says that only a lead may accept it: the report would leave band
    A or B, or the child lane, or lose a child.
    """

    report_id: str
    n: int
    imported: str
    state: VersionState
    says_less: tuple[SaysLess, ...]
    sources: tuple[str, ...]
    choices: tuple[ShowVersionChoice, ...]
    needs_lead: bool = False
