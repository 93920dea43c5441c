"""Small reports for the tests of this room. Numbers are invented; addresses are the first ones of their networks."""

from __future__ import annotations

from typing import Any

from triage.model.document import Fact, FileEntry, FreeText, Identifier, Person, Role, Source
from triage.model.judgement import Location, PersonPlace
from triage.model.media import Exif, MediaFacts
from triage.model.moment import Moment
from triage.model.report import Occurrence, Report, ReportFile

SOURCES = (Source("report.xml", "/report", "test"),)
WHEN = Moment("2026-01-04T14:00:00Z", "2026-01-04T14:00:00Z")

PTCL = "39.32.0.0"
JAZZ = "103.255.4.0"
SCO = "103.86.52.0"
ABROAD = "8.8.8.8"


def identifier(kind: str, value: str, role: Role = "suspect", **more: Any) -> Identifier:
    return Identifier(kind=kind, value=value, role=role, sources=SOURCES, **more)


def fact(name: str, value: str | int | bool | None) -> Fact:
    return Fact(name=name, value=value, sources=SOURCES)


def person(role: Role, *facts: Fact) -> Person:
    return Person(role=role, says=role, facts=facts)


def text(words: str, of: Role = "suspect", label: str = "additionalInfo") -> FreeText:
    return FreeText(text=words, of=of, label=label, sources=SOURCES)


def report(*identifiers: Identifier, **more: Any) -> Report:
    nothing: dict[str, Any] = dict.fromkeys(
        ("designation", "incident_type", "incident_time", "received", "esp", "priority_code", "escalation")
    )
    empty: dict[str, Any] = dict.fromkeys(
        ("annotations", "prior_reports", "people", "files", "facts", "free_text", "conflicts", "not_understood"), ()
    )
    return Report(**{**nothing, **empty, "received_estimated": False, "identifiers": identifiers, **more})


def picture(
    number: int, exif: Exif | None, uploaded: Moment | None = WHEN, **entry: Any
) -> tuple[ReportFile, dict[str, MediaFacts]]:
    """A file of a report and what the sandbox found in its bytes."""
    sha256 = f"{number:064x}"
    name = f"kite{number}.jpg"
    file = FileEntry(key=f"name:{name}", name=name, uploaded=uploaded, sources=SOURCES, **entry)
    there = Occurrence(sha256=sha256, md5="0" * 32, sha1="0" * 40, size=1, name=name, path=name, level="")
    media = {sha256: MediaFacts(mime="image/jpeg", exif=exif)} if exif else {}
    return ReportFile(entry=file, occurrence=there if exif else None, declared_hash_matches=None), media


def of(location: Location, whom: str) -> PersonPlace:
    return next(p for p in location.by_person if p.of == whom)
