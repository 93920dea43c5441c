"""All evidence of place of one report, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from triage.locate import gps, ip, phone, stated, verdict, written
from triage.locate.offices import route
from triage.locate.piece import Piece
from triage.locate.places import name_province
from triage.locate.rules import DECIDING
from triage.message import Message, join
from triage.model.judgement import Location, Of, PersonPlace
from triage.model.media import MediaFacts
from triage.model.report import Report

_POINTS: dict[Of, Message] = {
    "suspect": Message("Evidence on the reported user points there."),
    "victim": Message("Evidence on the victim points there."),
    "picture": Message("Evidence from an image points there."),
}
_WHOM: dict[Of, Message] = {
    "suspect": Message("the reported user"),
    "victim": Message("the victim"),
    "picture": Message("an image"),
}


def locate(report: Report, media: Mapping[str, MediaFacts]) -> Location:
    """`media` maps the SHA-256 of the report's files to what is known of them; files that are missing there have no say."""
    pieces = verdict.settle(_pieces(report, media))
    people = verdict.by_person(pieces, _present(report))
    found, total = verdict.overall(pieces, people)
    province, district, of = _province(pieces, people)
    office, why = route(province, district)
    return Location(
        evidence=verdict.printed(pieces),
        in_pakistan=verdict.IN_PAKISTAN[found],
        verdict=found,
        total=total,
        province=province,
        district=district,
        office=office,
        office_why=_because(why, of, people, found),
        by_person=people,
        foreign=tuple(sorted({p.country for p in pieces if p.country not in (None, "PK") and p.of != "mentioned"})),
    )


def _pieces(report: Report, media: Mapping[str, MediaFacts]) -> Iterator[Piece]:
    yield from ip.evidence(report.identifiers)
    yield from phone.evidence(report.identifiers)
    yield from gps.evidence(report, media)
    yield from stated.find_evidence(report)
    yield from written.evidence(report)


def _present(report: Report) -> set[Of]:
    roles = {person.role for person in report.people} | {item.role for item in report.identifiers}
    present: set[Of] = set()
    if roles & {"suspect", "file"}:
        present.add("suspect")
    if "victim" in roles:
        present.add("victim")
    return present


def _province(pieces: Sequence[Piece], people: Sequence[PersonPlace]) -> tuple[str | None, str | None, Of | None]:
    """The reported user's province if it is clear, else the victim's, else the pictures'; none of someone who is abroad."""
    abroad = {p.of for p in people if p.verdict == "no"}
    for of in DECIDING:
        if of not in abroad:
            province, district = verdict.province([p for p in pieces if p.of == of])
            if province:
                return province, district, of
    return None, None, None


def _because(why: Message, of: Of | None, people: Sequence[PersonPlace], found: str) -> Message:
    if found == "no":
        return Message("All evidence points abroad: headquarters decides.") if of is None else why
    parts = [why]
    if of:
        parts.append(_POINTS[of])
        others = sorted(
            {
                Message("{whom}: {province}", whom=_WHOM[p.of], province=name_province(p.province))
                for p in people
                if p.of != of and p.province
            }
        )
        if others:
            parts.append(Message("Other evidence points elsewhere: {whom}.", whom=tuple(others)))
    if found == "unclear":
        parts.append(Message("It is unclear whether this concerns Pakistan."))
    return join(*parts)
