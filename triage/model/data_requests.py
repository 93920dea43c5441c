"""Requests to operators and providers: their lines, their life, and the replies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

import msgspec

from triage.message import Message

RequestState = Literal["draft", "made", "sent", "overdue", "partly answered", "answered", "closed"]
CHILD = "belongs to the child"


class RequestKind(StrEnum):
    """What is asked for, and on what basis."""

    SUBSCRIBER = "subscriber"
    """Who holds the line, PECA s.31."""
    TRAFFIC = "traffic"
    """Traffic data, PECA s.32 with a warrant."""
    CONTENT = "content"
    """Content data, PECA s.34 with a warrant."""
    PRESERVATION = "preservation"
    """Keep the data, PECA s.31."""
    FOREIGN_PRESERVATION = "foreign-preservation"
    """A provider abroad is asked directly to keep the data of an account."""
    MLA = "mla"
    """Mutual Legal Assistance (Criminal Matters) Act 2020."""

    @property
    def is_abroad(self) -> bool:
        """Returns whether the data of a provider abroad are asked for, not those of an operator in Pakistan."""
        return self in (RequestKind.FOREIGN_PRESERVATION, RequestKind.MLA)

    @property
    def needs_warrant(self) -> bool:
        """Returns whether a Court's warrant is needed."""
        return self in (RequestKind.TRAFFIC, RequestKind.CONTENT)

    @property
    def is_notice(self) -> bool:
        """Returns whether it is a notice under s.31, of which the Court is told within 24 hours."""
        return self in (RequestKind.SUBSCRIBER, RequestKind.PRESERVATION)


class LineFact(msgspec.Struct, frozen=True, kw_only=True):
    """What may leave of one capture: its value, port and time, with a note. Nothing of the report stands in it."""

    kind: str
    """IP address, Phone, IMEI, Wallet or Account."""
    value: str
    port: int | None = None
    utc: str | None = None
    window_from: str | None = None
    window_to: str | None = None
    note: str = ""

    @property
    def key(self) -> tuple[str, str, int | None, str | None]:
        """Returns what makes two captures one line."""
        return (self.kind, self.value, self.port, self.utc)


class AnnexLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of an annex, with its opaque number."""

    line: str
    fact: LineFact


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAsked:
    """A value of the reports that is not asked for, and why. It stays on the workstation."""

    identifier: str
    reason: Message
    kind: str
    reports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeRequest:
    """A request as it was written out."""

    number: str
    kind: str
    addressee: str
    case: str | None
    lines: int
    path: str
    draft: bool
    missing: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldElsewhere:
    """An identifier that a comparison found at another workstation (`store`) too, so that both should speak first."""

    kind: str
    value: str
    store: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeRequests:
    """What `request create` and `request preserve` made. Providers abroad come first: their data vanish soonest."""

    requests: tuple[MadeRequest, ...]
    left_out: tuple[NotAsked, ...]
    shared: tuple[HeldElsewhere, ...] = ()
    """Of the reports that are asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRequest:
    """A request that would be made. It would be a draft if something is missing."""

    kind: str
    addressee: str
    lines: int
    missing: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRequests:
    """What would be made, and what would be left out."""

    requests: tuple[PlannedRequest, ...]
    left_out: tuple[NotAsked, ...]
    shared: tuple[HeldElsewhere, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """A request in the list. Times are days or ISO 8601 UTC."""

    number: str
    kind: str
    addressee: str
    case: str | None
    made: str
    sent: str | None
    due: str | None
    replied: str | None
    lines: int
    state: RequestState
    missing: tuple[Message, ...]
    answered_lines: int
    unmatched: int
    unread_replies: int
    """Documents that were sealed and not matched yet."""
    court_due: str | None
    """By when the Court must be told of the notice (s.31); None for a request that is no notice, or is not sent."""
    court_informed: str | None
    court_overdue: bool
    child_line: bool


@dataclass(frozen=True, slots=True)
class RequestList:
    """The ids of all requests, the newest first, and how many of them are late."""

    ids: Sequence[int]
    overdue: int
    """Answers that are overdue."""
    court_overdue: int
    """Notices of which the Court was not told in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A reminder that was written."""

    number: str
    addressee: str
    days: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmatchedRow:
    """A row or document of a reply that belongs to no line, and why."""

    document: str
    row: str
    value: str
    reason: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyResult:
    """What a reply brought."""

    number: str
    documents: int
    matched_lines: int
    unmatched: tuple[UnmatchedRow, ...]
    reports: int
    """Reports that show a subscriber because of it."""
    already_received: tuple[str, ...] = field(default=())
    """Documents whose bytes had come before."""


class ColumnKind(StrEnum):
    """What a column of a reply holds by its name, where a line may be recognised by it."""

    ANY = ""
    """A value or number of any kind."""
    IP = "ip"
    PHONE = "phone"
    SIM = "sim"
    """A number of a SIM: that of the telephone line, or of the card."""
    IMEI = "imei"
    WALLET = "wallet"
    ACCOUNT = "account"
    USER_ID = "user id"
    REFERENCE = "reference"
    """A reference or serial number, which may be the number of a line."""


class ReplyRow(msgspec.Struct, frozen=True, array_like=True):
    """One row of a reply as its worker read it: what it says of a line and of the line's owner. "" is not stated."""

    at: str = ""
    line: str = ""
    value: str = ""
    port: str = ""
    time: str = ""
    name: str = ""
    cnic: str = ""
    address: str = ""
    phone: str = ""
    more: tuple[tuple[str, str], ...] = ()
    """Other columns, by their names."""
    stated: tuple[tuple[ColumnKind, str], ...] = ()
    """All values by which a line may be recognised, in the order of their columns. `value` is the first of them."""


class ReplyTable(msgspec.Struct, frozen=True, array_like=True):
    """The rows of one document of a reply, or the reason why there are none."""

    rows: tuple[ReplyRow, ...] = ()
    left_out: int = 0
    """Rows beyond what is read of one document."""
    problem: str | None = None
    fault: str = ""
    """Of a fault of ours, the type of the error and where it arose, for the log. Nothing of what the document says."""
