"""What the page of one report shows beside the report itself: operators, conversations, texts with marks, and linked times.

None of it is stored or exported: it is worked out from the report each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from triage.message import NOTHING, Message
from triage.model.damage import StoredPart
from triage.model.versions import ReportVersion
from triage.model.views import ShowReport, ShowSource

Sharing = Literal["shared", "may be shared", "not shared", "unknown"]
TextOrigin = Literal["party", "provider", "NCMEC", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowOperator:
    """What the tables say of an address or a telephone number.

    `name` is the operator, None when the tables name none. `line` is the kind of its lines. `shared` says whether many lines
    share one address, and `sharing` says so in words. `sure` is True when both address tables agree, False when one of two says
    so, and None where no tables are compared. `country` is a code, None when not known.
    """

    value: str
    name: str | None
    line: Message
    shared: Sharing
    sharing: Message
    sure: bool | None
    country: str | None
    says: Message
    """The whole in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMark:
    """A sentence to read first: its place in the text, what it may intend, and by what it was found.

    `how` is "slot", "phrase" or "classifier"; `why` are the slots, and `score` is the classifier's estimate.
    """

    start: int
    end: int
    intent: str
    how: str
    why: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """A message as the source holds it. `role` is that of the person whose name the speaker has, None when nobody's."""

    speaker: str
    role: str | None
    time: str
    text: str
    marks: tuple[TextMark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A chat: of a text of the report, or of a file (`file` is its name). `left_out` messages are only in the file itself."""

    label: str
    of: str
    file: str | None
    sources: tuple[ShowSource, ...]
    messages: tuple[ChatMessage, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """A text that is no chat, and whose words it is."""

    text: str
    of: str
    label: str
    origin: TextOrigin
    sources: tuple[ShowSource, ...]
    marks: tuple[TextMark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackEvent:
    """An event of a report: "incident", "received", "upload", "message", "deadline", or the event of an identifier.

    `when` is ISO 8601 UTC. `sure` is False when the time is estimated or its zone was assumed. `name` is the deadline's.
    """

    when: str
    kind: str
    sure: bool = True
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTrack:
    """The events of one report; `via` says what links it to the report shown, "" for the report itself."""

    report_id: str
    via: str
    events: tuple[TrackEvent, ...]
    damaged: tuple[StoredPart, ...] = ()
    """Parts whose times can't be read: documents or clocks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPageView:
    """All that the page of a report shows."""

    report: ShowReport
    operators: tuple[ShowOperator, ...] = ()
    conversations: tuple[Conversation, ...] = ()
    texts: tuple[PageText, ...] = ()
    tracks: tuple[ReportTrack, ...] = ()
    next_act: Message = NOTHING
    """What is to be done next, by the table of the queue's sheet."""
    whole: bool = True
    """All sentences were read for marks."""
    left_out: Message = NOTHING
    """What of the linked reports the timeline does not show."""
    waiting_versions: tuple[ReportVersion, ...] = ()
