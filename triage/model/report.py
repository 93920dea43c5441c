"""A report, merged from all its current documents."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from triage.model.document import Fact, FileEntry, FreeText, Identifier, NotUnderstood, Person, Source
from triage.model.moment import Moment

UNLISTED = "unlisted:"
"""The keys of files that lay beside the report, and that no document lists, begin so."""


class Occurrence(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Bytes that lay beside a report's documents: digests, name, and path in the bundle."""

    sha256: str
    md5: str
    sha1: str
    size: int
    name: str
    path: str
    level: str
    """The folder or zip level it lay in."""


class ReportFile(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A file of a report: what the sources state about it, and its bytes if they came."""

    entry: FileEntry
    occurrence: Occurrence | None
    declared_hash_matches: bool | None
    """True or False when a declared MD5, SHA-1 or SHA-256 could be compared with the bytes, else None."""


class Conflict(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Sources that disagree: each value with its sources.

    A conflict is never resolved silently.
    """

    field: str
    values: tuple[tuple[str, tuple[Source, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report, merged.

    Every value keeps its sources.

    `received_estimated` says that `received` is the incident's time instead. `from_tipline`: NCMEC or a provider made one of the
    documents; otherwise the agency received it, from a complainant or as a case of its own.
    """

    designation: str | None
    incident_type: str | None
    incident_time: Moment | None
    received: Moment | None
    received_estimated: bool
    esp: str | None
    priority_code: str | None
    escalation: str | None
    annotations: tuple[str, ...]
    prior_reports: tuple[str, ...]
    people: tuple[Person, ...]
    identifiers: tuple[Identifier, ...]
    files: tuple[ReportFile, ...]
    facts: tuple[Fact, ...]
    free_text: tuple[FreeText, ...]
    conflicts: tuple[Conflict, ...]
    not_understood: tuple[NotUnderstood, ...]
    from_tipline: bool = True
