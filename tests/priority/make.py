"""Benign, invented reports for the tests of scores and clocks: only what a test states is said, everything else is silent."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from triage.message import NOTHING
from triage.model.document import Fact, FileEntry, FreeText, Identifier, Person, Source
from triage.model.judgement import ListHit, Location, PersonPlace, Surroundings
from triage.model.media import Exif, MediaFacts
from triage.model.moment import Moment
from triage.model.report import Occurrence, Report, ReportFile

SOURCES = (Source("900/report.xml", "/report", "test"),)
MATERIAL = "Child Pornography (possession, manufacture, and distribution)"
ENTICEMENT = "Online Enticement of Children for Sexual Acts"
NOWHERE = Location(
    evidence=(),
    in_pakistan=None,
    verdict="unclear",
    total=0,
    province=None,
    district=None,
    office="HQ",
    office_why=NOTHING,
    by_person=(),
)
HERE = replace(NOWHERE, in_pakistan=True, verdict="yes", total=60)
LISTS = (("List of May", "2026-05-01"),)


def moment(utc: str = "2026-10-01T05:00:00Z", zone: Any = "stated") -> Moment:
    return Moment(utc, utc, zone)


def report(**said: Any) -> Report:
    silent: dict[str, Any] = {
        "designation": None, "incident_type": None, "incident_time": None, "received": None, "received_estimated": False,
        "esp": None, "priority_code": None, "escalation": None, "annotations": (), "prior_reports": (), "people": (),
        "identifiers": (), "files": (), "facts": (), "free_text": (), "conflicts": (), "not_understood": (),
    }  # fmt: skip
    return Report(**{**silent, **said})


def material(**said: Any) -> Report:
    return report(**{"incident_type": MATERIAL, "files": (file("a"),), **said})


def person(role: Any = "suspect", **facts: Any) -> Person:
    return Person(
        role=role, says=str(role), facts=tuple(Fact(name=name, value=value, sources=SOURCES) for name, value in facts.items())
    )


def identifier(kind: str, value: str, role: Any = "suspect", **said: Any) -> Identifier:
    return Identifier(**{"kind": kind, "value": value, "normalised": value, "role": role, "sources": SOURCES, **said})


def sha(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def file(name: str, *annotations: str, present: bool = True, **said: Any) -> ReportFile:
    entry = FileEntry(key=f"name:{name}", name=f"{name}.png", annotations=annotations, sources=SOURCES, **said)
    digest = hashlib.sha256(name.encode()).hexdigest()
    there = Occurrence(
        sha256=digest, md5=digest[:32], sha1=digest[:40], size=100, name=f"{name}.png", path=f"900/{name}.png", level="900"
    )
    return ReportFile(entry=entry, occurrence=there if present else None, declared_hash_matches=None)


def text(words: str, label: str = "profileBio", of: Any = "incident") -> FreeText:
    return FreeText(text=words, of=of, label=label, sources=SOURCES)


def camera(gps: tuple[float, float] | None = None) -> MediaFacts:
    return MediaFacts(mime="image/png", exif=Exif(make="Kite", model="K 1", taken="2026:09:30 19:00:00", gps=gps))


def place(of: Any, here: bool | None = True) -> PersonPlace:
    return PersonPlace(of=of, in_pakistan=here, verdict="yes" if here else "unclear", total=50 if here else 0, province=None)


def around(**said: Any) -> Surroundings:
    return Surroundings(**said)


def hit(name: str, kind: str = "known", tier: str = "exact") -> ListHit:
    return ListHit(
        list_name="List of May", list_kind=kind, added="2026-05-01", sha256=sha(name), hash_kind="sha256", tier=tier, category="1"
    )
