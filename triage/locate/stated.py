"""Locations that the report states: the provider's estimate for an account, and postal addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from triage.locate import names
from triage.locate.piece import Piece, piece, speaks_of
from triage.locate.places import name_province
from triage.message import NOTHING, Message
from triage.model.document import Fact, Identifier
from triage.model.judgement import Of
from triage.model.report import Report

_STEP = re.compile(r"[/@]")
_BETWEEN_PARTS = re.compile(r"[,،/]")
_BETWEEN_LINES = re.compile(r"[,،\n]")

_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_FIELDS = {
    "city": "city",
    "town": "city",
    "region": "region",
    "state": "region",
    "nonusastate": "region",
    "province": "region",
    "countrycode": "country",
    "country": "country",
}
_OF_TABLES = Message("Address tables place half of Pakistan in Islamabad, and this estimate may rest on one.")


@dataclass(frozen=True, slots=True)
class _Where:
    """`country` is an ISO code or None; `clash` says when city and region do not belong together."""

    text: str
    country: str | None
    province: str | None = None
    district: str | None = None
    known: bool = False
    """Is the city or region in the gazetteer, and nowhere else?"""
    clash: Message = NOTHING


def evidence(report: Report) -> Iterator[Piece]:
    for person in report.people:
        of = speaks_of(person.role)
        if of:
            yield from _estimate(person.facts, of)
    yield from _estimate(report.facts, "incident")
    for item in report.identifiers:
        of = speaks_of(item.role)
        if of and item.kind in ("address", "location"):
            yield from _address(item, of)


def _estimate(facts: tuple[Fact, ...], of: Of) -> Iterator[Piece]:
    """Facts named `estimatedLocation` (one text) or `estimatedLocation.city`, `.region`, `.countryCode`, `.verified`."""
    found: dict[str, set[str]] = {}
    for fact in facts:
        if not fact.name.lower().startswith("estimatedlocation"):
            continue
        head, _, tail = _STEP.sub(".", fact.name).partition(".")
        if head.lower() == "estimatedlocation" and fact.value is not None:
            found.setdefault(tail.replace(".", "").lower(), set()).add(str(fact.value))
    verified = _TRUTH.get("".join(found.pop("verified", set())).lower())
    found.pop("timestamp", None)
    fields = _fields({name: min(values) for name, values in found.items()}) or _split(min(found.get("", {""})))
    if not fields:
        return
    where = _where(fields, "")
    differ = sorted(value for values in found.values() if len(values) > 1 for value in values)
    if differ:
        where = replace(where, province=None, district=None, clash=Message("Sources differ: {values}.", values=tuple(differ)))
    named = {True: "stated.verified", False: "stated.unverified", None: "stated.estimated"}[verified]
    rule = _rule(where, named, verified) or "stated.unknown"
    if where.province == "ICT" and not verified:
        where = replace(where, clash=_OF_TABLES)
    yield from _piece(rule, "estimated_location", where, of)


def _split(text: str) -> dict[str, str]:
    """ "City, region, country" written as one text; what is missing is missing from the middle or the end."""
    parts = [part.strip() for part in _BETWEEN_PARTS.split(text) if part.strip()]
    country = parts.pop() if parts and names.country(parts[-1]) else ""
    named = zip(("city", "region"), parts, strict=False)
    return {**dict(named), **({"country": country} if country else {})}


def _address(item: Identifier, of: Of) -> Iterator[Piece]:
    where = _where(_fields(dict(item.details)), item.value)
    yield from _piece(_rule(where, "stated.address", item.verified), "address", where, of)


def _fields(given: Mapping[str, str]) -> dict[str, str]:
    out: dict[str, str] = {}
    for name, value in given.items():
        field = _FIELDS.get(name.rpartition(".")[2].replace("_", "").lower())
        if field and value.strip() and value.strip().upper() != "N/A":
            out.setdefault(field, value.strip())
    return out


def _where(fields: Mapping[str, str], whole: str) -> _Where:
    """From the fields; `whole` is the address as one text, for addresses without fields."""
    text = whole.strip() or ", ".join(fields[f] for f in ("city", "region", "country") if f in fields)
    country = names.country(fields.get("country", "")) or _last_country(whole if "country" not in fields else "")
    if country not in (None, "PK"):
        return _Where(text, country)
    city = names.stated(fields["city"]) if "city" in fields else None
    region = names.region(fields["region"]) if "region" in fields else None
    if city is None and "city" not in fields and whole:
        city = next((n for n in names.in_text(whole) if n.district), None)
    if city and country is None and city.name == "Pakistan":
        return _Where(text, "PK")
    known = any(name and name.province and not name.elsewhere for name in (city, names.stated(fields.get("region", ""))))
    province, district = (city.province, city.district) if city else (None, None)
    if province and region and province != region:
        clash = Message(
            "The city is in {province}, the stated region is {region}.",
            province=name_province(province),
            region=name_province(region),
        )
        return _Where(text, country, known=known, clash=clash)
    return _Where(text, country, province or region, district, known)


def _last_country(text: str) -> str | None:
    """The country at the end of a location written as one text: a name, or two capital letters after a comma."""
    *before, last = [part.strip() for part in _BETWEEN_LINES.split(text.strip())]
    return names.country(last) if len(last) > 2 or (before and last.isupper()) else None


def _rule(where: _Where, pakistani: str, verified: bool | None) -> str | None:
    if where.country == "PK":
        return pakistani
    if where.country:
        return "stated.abroad_unverified" if verified is False else "stated.abroad"
    return "stated.place_only" if where.known and where.province else None


def _piece(rule: str | None, kind: str, where: _Where, of: Of) -> Iterator[Piece]:
    if rule is None:
        return
    says = Message("Stated: {text}", text=where.text)
    if where.province:
        province = name_province(where.province)
        says = Message("Stated: {text} ({province})", text=where.text, province=province)
        if where.district:
            says = Message(
                "Stated: {text} ({province}, district {district})", text=where.text, province=province, district=where.district
            )
    yield piece(
        rule, kind=kind, value=where.text, of=of, source=where.text.casefold(), says=says, against=where.clash,
        province=where.province, district=where.district, country=where.country or ("PK" if where.known else None),
    )  # fmt: skip
