"""Victim identification: series of material, clues in words, and whether the child is identified."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from triage.message import Message
from triage.model.case_page import CaseFile
from triage.model.graded import LeftOut
from triage.model.media import ImageCrop


class ClueKind(StrEnum):
    """What a clue is about. None of them is the child's body."""

    PLACE = "place"
    ROOM = "room or furniture"
    CLOTHING = "clothing or uniform"
    OBJECT = "object or brand"
    TEXT = "text in the image"
    SPEECH = "speech or language"
    TIME = "time or season"
    PERSON = "other person"
    OTHER = "other clue"


class VictimState(StrEnum):
    """Whether the child of a series is identified, as a person recorded it."""

    IDENTIFIED = "identified"
    NOT_IDENTIFIED = "not identified"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class VictimClue:
    """A clue in words. `sha256` is the file on which it was seen, None for the series as a whole.

    `crop` is the rectangle of that file that shows the clue and not the child, of a video in the frame at `crop_at_ms`.
    """

    id: int
    kind: str
    words: str
    sha256: str | None
    added: str
    by: str
    crop: ImageCrop | None = None
    crop_at_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VictimStateEntry:
    """A state that was recorded, with its source. The last one counts; earlier ones stay."""

    state: VictimState | None
    """None: what is stored can't be read."""
    source: str
    note: str | None
    recorded: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesCandidate:
    """A media item that may belong to a series, and why."""

    file: CaseFile
    why: Message
    possible: bool
    """Nobody has confirmed the match."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesRow:
    """A series as one line of the list."""

    number: str
    state: VictimState | None
    """None: what is stored can't be read."""
    media: int
    reports: int
    clues: int
    opened: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesView:
    """A series as people read it."""

    row: SeriesRow
    states: tuple[VictimStateEntry, ...]
    """In the order in which they were recorded; empty: nobody recorded one."""
    clues: tuple[VictimClue, ...]
    files: tuple[CaseFile, ...]
    candidates: tuple[SeriesCandidate, ...]
    cases: tuple[str, ...]
    """Cases of the reports that hold its media."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClueHit:
    """Something that holds the words of a search."""

    what: Literal["clue", "report"]
    name: str
    """The series' or the report's number."""
    words: str
    """The clue; "" of a report, whose texts hold the words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenSheet:
    """The sheet of a series that was written. Field names are the JSON keys of the command."""

    path: str
    series: str
    clues: int
    crops: int
    left_out: tuple[LeftOut, ...]
    """Files whose crop could not be decoded."""
    signature_key: str
