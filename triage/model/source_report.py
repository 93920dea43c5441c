"""The draft of a source report: what a case says to the agency that decides on an enquiry."""

from __future__ import annotations

from dataclasses import dataclass

from triage.message import Message
from triage.model.damage import StoredPart
from triage.model.users import Officer


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceIdentifier:
    """An identifier of the reported user. `time` is worded for reading and says so when the source states no zone."""

    kind: str
    value: str
    port: int | None
    time: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceItem:
    """One report of the case, without the name of a child."""

    report_id: str
    provider: str | None
    incident_type: str | None
    incident_time: str | None
    received: str | None
    exhibits: tuple[tuple[str, str], ...]
    """(exhibit number, SHA-256) of each document and file as received."""
    identifiers: tuple[SourceIdentifier, ...]
    files: int
    files_present: int
    annotations: tuple[str, ...]
    children: int
    """People whom the report names as victims."""
    place: str
    """The verdict on the place of the reported user, in words."""
    place_reasons: tuple[Message, ...]
    linked: tuple[str, ...]
    deadlines: tuple[tuple[str, str], ...]
    """(what for, time in words) of each deadline that still runs."""
    damaged: tuple[StoredPart, ...] = ()
    """Stored parts that can't be read: what they hold is not known, which is not "none"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSection:
    """A section of law that may apply, with the reasons that the reports give. `certainty` says how sure it is that it holds."""

    section: str
    title: str
    reasons: tuple[str, ...]
    certainty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """The draft of a source report on a case."""

    case: str
    numbers: tuple[tuple[str, str], ...]
    officer: Officer
    offices: tuple[str, ...]
    """Names of the offices in whose area the reported users seem to be; empty when unclear."""
    items: tuple[SourceItem, ...]
    sections: tuple[SourceSection, ...]
    """Each section once; an officer decides."""
    notices: tuple[tuple[str, str, str | None], ...]
    """(addressee, day, number) of each preservation notice."""
    missing: tuple[str, ...]
    first: str | None
    """A sentence that stands before everything else; None when there is none."""
