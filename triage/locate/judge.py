"""Finds all evidence of location in one report, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from triage.locate import gps, ip, phone, positions, stated, verdict, written
from triage.locate.evidence import Evidence
from triage.locate.offices import choose_office
from triage.locate.places import name_province
from triage.locate.rules import DECIDING
from triage.message import NOTHING, Message, join
from triage.model.judgement import Location, Of, PersonPlace
from triage.model.media import MediaFacts
from triage.model.report import Report

_POINTS: dict[Of, Message] = {
    "suspect": Message("Evidence on the reported user points there."),
    "victim": Message("Evidence on the victim points there."),
    "complainant": Message("Evidence on the complainant points there."),
    "picture": Message("Evidence from an image points there."),
    "incident": Message("The stated location of the incident points there."),
}
_WHOM: dict[Of, Message] = {
    "suspect": Message("the reported user"),
    "victim": Message("the victim"),
    "complainant": Message("the complainant"),
    "picture": Message("an image"),
    "incident": Message("the incident"),
}
_NAMED = frozenset({"names", "stated"})
"""Groups of evidence that rest on names of places."""
_UNCLEAR = Message("It is unclear whether this concerns Pakistan.")


@dataclass(frozen=True, slots=True)
class _Place:
    """The province and district to which a report belongs, and on whose evidence."""

    province: str | None = None
    district: str | None = None
    of: Of | None = None


def locate(report: Report, media: Mapping[str, MediaFacts]) -> Location:
    """Judges where a report points.

    Args:
        report: The report.
        media: What is known of the report's files, by SHA-256. Files that are missing there give no evidence.
    """
    items = verdict.settle(_find_evidence(report, media))
    people = verdict.judge_people(items, _find_present(report))
    found, total = verdict.judge_report(items, people)
    place = _choose_place(items, people)
    office, why = _choose_office(place, items, people, found)
    return Location(
        evidence=verdict.print_evidence(items),
        in_pakistan=verdict.IN_PAKISTAN[found],
        verdict=found,
        total=total,
        province=place.province,
        district=place.district,
        office=office,
        office_why=why,
        by_person=people,
        foreign=tuple(sorted({p.country for p in items if p.country not in (None, "PK") and p.of != "mentioned"})),
    )


def _find_evidence(report: Report, media: Mapping[str, MediaFacts]) -> Iterator[Evidence]:
    yield from ip.find_evidence(report.identifiers, report.incident_time)
    yield from phone.find_evidence(report.identifiers)
    yield from gps.find_evidence(report, media)
    yield from positions.find_evidence(report)
    yield from stated.find_evidence(report)
    yield from written.find_evidence(report)


def _find_present(report: Report) -> set[Of]:
    roles = {person.role for person in report.people} | {item.role for item in report.identifiers}
    present: set[Of] = set()
    if roles & {"suspect", "file"}:
        present.add("suspect")
    if "victim" in roles:
        present.add("victim")
    return present


def _choose_place(items: Sequence[Evidence], people: Sequence[PersonPlace]) -> _Place:
    """Returns the reported user's place if it is clear, else the victim's, the complainant's, the image's or the incident's.

    Nobody who is abroad has one. The stated location of the incident goes before names of places in texts.
    """
    abroad = {p.of for p in people if p.verdict == "no"}
    incident = [p for p in items if p.of == verdict.INCIDENT and verdict.counts_whole(p)]
    groups: dict[Of, list[Evidence]] = {of: [p for p in items if p.of == of] for of in DECIDING}
    groups[verdict.INCIDENT] = incident
    stages = [[p for p in own if p.group != "names"] for own in groups.values()] if incident else []
    for of, own in [*zip(groups, stages, strict=False), *groups.items()]:
        province, district = verdict.find_province(own) if of not in abroad else (None, None)
        if province:
            return _Place(province, district, of)
    return _Place()


def _choose_office(place: _Place, items: Sequence[Evidence], people: Sequence[PersonPlace], found: str) -> tuple[str, Message]:
    """Returns the office and why. While the verdict is unclear, names of places choose none."""
    if found == "no" and place.of is None:
        return choose_office(None, None)[0], Message("All evidence points abroad: headquarters decides.")
    if found == "unclear" and place.province:
        named = place.province
        place = _choose_place([p for p in items if p.group not in _NAMED], people)
        if place.province is None:
            only_names = Message("Only names of places point to {province}: headquarters decides.", province=name_province(named))
            return choose_office(None, None)[0], join(only_names, _UNCLEAR)
    office, why = choose_office(place.province, place.district)
    return office, why if found == "no" else join(
        why, _explain_people(place, people), _UNCLEAR if found == "unclear" else NOTHING
    )


def _explain_people(place: _Place, people: Sequence[PersonPlace]) -> Message:
    """Says on whose evidence the place rests, and whose points elsewhere."""
    if place.of is None:
        return NOTHING
    others = {
        Message("{whom}: {province}", whom=_WHOM[p.of], province=name_province(p.province))
        for p in people
        if p.of != place.of and p.province
    }
    if not others:
        return _POINTS[place.of]
    return join(_POINTS[place.of], Message("Other evidence points elsewhere: {whom}.", whom=tuple(sorted(others))))
