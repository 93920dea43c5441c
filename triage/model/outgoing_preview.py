"""What a person sees of an export before it is written."""

from __future__ import annotations

from dataclasses import dataclass

from triage.message import Message
from triage.model.graded import LeftOut
from triage.model.packet import Removed


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingPreview:
    """What would be in a file if it were written now. `rows` counts files, events, places or numbers, as the kind does."""

    rows: int
    left_out: tuple[LeftOut, ...] = ()
    """Media that stay inside, each with the reason."""
    withheld: int = 0
    """Numbers of a statistic that are withheld, because single people could be recognised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePreview:
    """How many reports an export of the queue would hold, by band and by office."""

    rows: int
    bands: tuple[tuple[str, int], ...]
    """(band, reports), the most urgent band first."""
    offices: tuple[tuple[str | None, int], ...]
    """(office, reports), None where no office is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactedText:
    """A text as it would leave with a redacted edition. `telling` are sentences that speak of a school, a home or the like."""

    report_id: str
    label: str
    text: str
    telling: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketPreview:
    """What a packet would hold, what a redacted edition would leave out, and what was not done."""

    reports: int
    documents: int
    files: int
    removed: tuple[Removed, ...]
    """Empty for the full edition."""
    not_done: tuple[tuple[Message, int], ...]
    """What was not done, each with the number of files it concerns; 0 stands for the reports as a whole."""
    texts: tuple[RedactedText, ...] = ()
    """Of a redacted edition: the texts that leave only when a person states that they read them."""
