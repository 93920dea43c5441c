"""What people and other programs read of work packages: field names are the JSON keys of the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from triage.message import Message

Direction = Literal["sent", "received"]
WorkState = Literal["sent", "received", "returned", "merged", "overdue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkSent:
    """A work package that was written. `media` counts distinct files; `signature_key` is a fingerprint."""

    path: str
    package_id: str
    reports: int
    media: int
    recipient: str
    signature_key: str
    due: str | None
    second_person: str | None = None
    """Who agreed to media, or that the store has one user; None without media."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """A report that a results file leaves out, and why."""

    report: str
    reason: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsSent:
    """A results file that was written, with counts."""

    path: str
    package_id: str
    reports: int
    decisions: int
    grades: int
    signature_key: str
    held_back: tuple[HeldBack, ...] = ()
    """Reports of the package that stay until a lead here has confirmed them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsPreview:
    """What a results file would say, with counts. `refused` says why it would not be written, None when it would be."""

    recipient: str
    """The age key of the workstation that sent the package."""
    with_: str
    reports: tuple[str, ...]
    decisions: int
    grades: int
    corrections: int
    notices: int
    fields: tuple[tuple[str, str, str | None], ...]
    """(report, field, value) of what the sender is told as changed."""
    held_back: tuple[HeldBack, ...]
    refused: Message | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPreview:
    """What a work package would hold. `refused` says why it would not be written, None when it would be."""

    reports: tuple[str, ...]
    versions: int
    documents: int
    media: int
    size: int
    """Bytes of documents, and of media when they are asked for."""
    decisions: int
    grades: int
    grades_waiting: int
    """Files whose grade does not travel, since a blind second grader or a lead still has to decide."""
    corrections: int
    list_matches: int
    refused: Message | None


class WorkConflict(msgspec.Struct, frozen=True, kw_only=True, rename={"with_": "with"}):
    """A field that both stores changed since the package left. It stays listed when a lead has resolved it."""

    package_id: str
    with_: str
    report_id: str
    field: str
    here: str | None
    there: str | None
    resolved: bool
    taken: str | None = None
    reason: str | None = None
    resolved_by: str | None = None
    resolved_at: str | None = None


class WorkRow(msgspec.Struct, frozen=True, kw_only=True, rename={"with_": "with"}):
    """A package that was sent or received, with its state."""

    package_id: str
    direction: Direction
    with_: str
    """The other store's name among the known keys, else its fingerprint, else its age key."""
    reports: int
    sent: str
    due: str | None
    state: WorkState
    conflicts: int
    """Fields that wait for a lead."""
    media: int = 0
    imported: str | None = None
    """Received: when it was imported. Sent: when results came back last."""
    results: int = 0
    """Results files that came back, or were made."""


class WorkList(msgspec.Struct, frozen=True, kw_only=True):
    """The ids of work packages, the newest first, and how many of all are overdue."""

    sent: Sequence[int]
    received: Sequence[int]
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkReport:
    """A report of a package: how it stands here, and how the other store said last that it stands there."""

    report_id: str
    status: str
    assignee: str | None
    status_there: str | None
    stage_there: str | None
    case_there: str | None
    conflicts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Workstation:
    """A workstation whose signing key is trusted, or this one, which has no name here.

    `age_key` is None until a package was exchanged with it.
    """

    name: str
    fingerprint: str
    age_key: str | None
    own: bool = False


class WorkImport(msgspec.Struct, frozen=True, kw_only=True, rename={"sender": "from"}):
    """What the import of a package or of results brought beside its reports."""

    id: str
    kind: Literal["work", "results"]
    sender: str
    """The other store's name among the known keys."""
    reports: int
    conflicts: tuple[WorkConflict, ...] = ()
    destroyed: tuple[str, ...] = ()
    """Reports that were destroyed here by order: nothing of them came back."""
    without_results: tuple[str, ...] = ()
    """Reports of the package that the results do not speak of."""
    added: int = 0
    """Decisions, grades, corrections and notices that are new here."""
    beside: Message | None = None
    """What is wrong with the signature beside the file; None when it is the sender's, or none is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowNotice:
    """A written notice to preserve data (PECA s.31). `court_informed` is when the Court was told of it."""

    issued: str
    """A day, or a time in UTC."""
    to_whom: str
    number: str | None
    court_informed: str | None
    by: str
    elsewhere: bool = False
    """It was issued at another workstation, which tells the Court."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowCard:
    """The score card of another workstation, beside this store's own. Texts are in English, as the other store wrote them."""

    band: str
    risk: float
    actionability: float
    rules: str
    flags: tuple[str, ...]
    factors: tuple[tuple[str, float, str], ...]
    """(rule, points, why)"""


class ShowWork(msgspec.Struct, frozen=True, kw_only=True, rename={"with_": "with"}):
    """One package that a report came or went with."""

    package_id: str
    direction: Direction
    with_: str
    sent: str
    due: str | None
    card: ShowCard | None
    case: str | None
    """The report's case there: its number and numbers of registers."""
    stage: str | None
    status: str | None
    receipts: tuple[str, ...]
    """How each version came to the sender, in words."""
    exhibits: tuple[tuple[str, str], ...] = ()
    """(name of the exhibit there, SHA-256)"""
    conflicts: tuple[WorkConflict, ...] = ()
