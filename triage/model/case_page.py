"""What the page of a case shows beside the case itself: next acts, files, identifiers, times, requests and papers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from triage.message import NOTHING, Message
from triage.model.casework import CaseView
from triage.model.damage import StoredPart
from triage.model.data_requests import RequestRow
from triage.model.diary import DiaryEntry
from triage.model.views import QueueRow

ActName = Literal[
    "remind", "court", "preserve", "appeal", "child_lane", "referral", "reply", "stage", "officer", "number", "grade", "request",
    "reports", "paper",
]  # fmt: skip
Urgency = Literal["overdue", "soon", "open"]
FileState = Literal["graded", "waits", "unreadable", "not graded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAct:
    """An act that the case waits for. `about` is the report or request that it is done on, "" for the case as a whole."""

    name: ActName
    words: Message
    why: Message
    urgency: Urgency = "open"
    about: str = ""
    blocked: Message = NOTHING
    """What has to be done before; nothing when the act can be done now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePaper:
    """A paper of the case, where it stands, and what blocks it."""

    name: Literal["source_report", "diary", "packet", "referral"]
    state: Message
    blocked: Message = NOTHING
    report: str = ""
    """Of a paper on one report, its number."""
    made: tuple[Message, ...] = ()
    """Those that were made, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """A media item of the case."""

    sha256: str
    name: str
    report: str
    copies: int
    """Reports of the case that hold it."""
    state: FileState


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseIdentifier:
    """A value of the case that an operator or provider can be asked about."""

    kind: str
    value: str
    operator: str
    known: bool
    """False when only a person can say who the operator is."""
    reports: int
    captures: int
    expires: str | None
    """When the operator's data run out first; None: not known."""
    child: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """Events of one kind on one day of a report."""

    when: str
    kind: str
    """incident, received, or the source's word for a capture."""
    count: int = 1
    sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTrack:
    """The times of one report: what happened, and which deadlines (name, due) run."""

    report: str
    band: str
    events: tuple[CaseEvent, ...]
    deadlines: tuple[tuple[str, str], ...]
    damaged: tuple[StoredPart, ...] = ()
    """Parts whose times can't be read: documents or clocks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOverview:
    """All that the page of a case shows. Of a large case only the gravest reports are read for identifiers and times."""

    case: CaseView
    rows: tuple[QueueRow, ...]
    acts: tuple[CaseAct, ...]
    requests: tuple[RequestRow, ...]
    papers: tuple[CasePaper, ...]
    files: tuple[CaseFile, ...]
    """The first ones, those that nobody graded before others."""
    media: int
    graded: int
    identifiers: tuple[CaseIdentifier, ...]
    identifiers_left: int
    tracks: tuple[CaseTrack, ...]
    unread: int
    """Reports that were not read for identifiers and times."""
    entries: tuple[DiaryEntry, ...]
    """The latest entries of the diary, the newest first."""
    entries_count: int
