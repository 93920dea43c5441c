"""Locations that the report states: the provider's estimate for an account, and postal addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from triage.locate.evidence import Evidence, find_subject, make_evidence
from triage.locate.gazetteer import find_country
from triage.locate.places import name_province
from triage.locate.postal import WrittenPlace, read_address, read_fields
from triage.message import Message
from triage.model.document import Fact, Identifier
from triage.model.judgement import Of
from triage.model.report import Report

_STEP = re.compile(r"[/@]")
_BETWEEN_PARTS = re.compile(r"[,،/]")

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
class _StatedPlace:
    """The words of the report, and the place that they name."""

    text: str
    place: WrittenPlace


def find_evidence(report: Report) -> Iterator[Evidence]:
    """Yields the evidence of estimated locations and postal addresses."""
    for person in report.people:
        of = find_subject(person.role)
        if of:
            yield from _read_estimate(person.facts, of)
    yield from _read_estimate(report.facts, "incident")
    for item in report.identifiers:
        of = find_subject(item.role)
        if of and item.kind in ("address", "location"):
            yield from _read_address(item, of)


def _read_estimate(facts: tuple[Fact, ...], of: Of) -> Iterator[Evidence]:
    """Reads facts named `estimatedLocation` (one text) or `estimatedLocation.city`, `.region`, `.countryCode`, `.verified`."""
    found: dict[str, set[str]] = {}
    for fact in facts:
        field = _find_field(fact.name)
        if field is not None and fact.value is not None:
            found.setdefault(field, set()).add(str(fact.value))
    verified = _TRUTH.get("".join(found.pop("verified", set())).lower())
    found.pop("timestamp", None)
    fields = _select_fields({name: min(values) for name, values in found.items()}) or _split_fields(min(found.get("", {""})))
    if not fields:
        return
    stated = _read_stated(fields, "")
    differ = sorted(value for values in found.values() if len(values) > 1 for value in values)
    if differ:
        clash = Message("Sources differ: {values}.", values=tuple(differ))
        stated = replace(stated, place=replace(stated.place, province=None, district=None, clash=clash))
    named = {True: "stated.verified", False: "stated.unverified", None: "stated.estimated"}[verified]
    rule = _choose_rule(stated.place, named, verified, without_country="stated.place_only") or "stated.unknown"
    if stated.place.province == "ICT" and not verified:
        stated = replace(stated, place=replace(stated.place, clash=_OF_TABLES))
    yield from _make_evidence(rule, "estimated_location", stated, of)


@lru_cache(maxsize=4_096)
def _find_field(name: str) -> str | None:
    """Returns which field of an estimated location a fact's name stands for, "" for the whole; None for another fact."""
    if not name.lower().startswith("estimatedlocation"):
        return None
    head, _, tail = _STEP.sub(".", name).partition(".")
    return tail.replace(".", "").lower() if head.lower() == "estimatedlocation" else None


def _split_fields(text: str) -> dict[str, str]:
    """Splits "City, region, country" written as one text; what is missing is missing from the middle or the end."""
    parts = [part.strip() for part in _BETWEEN_PARTS.split(text) if part.strip()]
    country = parts.pop() if parts and find_country(parts[-1]) else ""
    named = zip(("city", "region"), parts, strict=False)
    return {**dict(named), **({"country": country} if country else {})}


def _read_address(item: Identifier, of: Of) -> Iterator[Evidence]:
    stated = _read_stated(_select_fields(dict(item.details)), item.value)
    without_country = "stated.address" if item.kind == "address" else "stated.place_only"
    rule = _choose_rule(stated.place, "stated.address", item.verified, without_country=without_country)
    yield from _make_evidence(rule, "address", stated, of)


def _select_fields(given: Mapping[str, str]) -> dict[str, str]:
    out: dict[str, str] = {}
    for name, value in given.items():
        field = _FIELDS.get(name.rpartition(".")[2].replace("_", "").lower())
        if field and value.strip() and value.strip().upper() != "N/A":
            out.setdefault(field, value.strip())
    return out


def _read_stated(fields: Mapping[str, str], whole: str) -> _StatedPlace:
    """Reads the fields; `whole` is the address as one text, for addresses without a city in a field."""
    text = whole.strip() or ", ".join(fields[f] for f in ("city", "region", "country") if f in fields)
    country = find_country(fields.get("country", ""))
    if "city" not in fields and whole and country in (None, "PK"):
        read = read_address(whole.strip())
        if country == "PK" and read.country not in (None, "PK"):
            return _StatedPlace(text, WrittenPlace("PK"))
        return _StatedPlace(text, replace(read, country=country or read.country))
    if country is None and whole and "country" not in fields:
        country = read_address(whole.strip()).country
    return _StatedPlace(text, read_fields(country, fields.get("city", ""), fields.get("region", "")))


def _choose_rule(place: WrittenPlace, pakistani: str, verified: bool | None, *, without_country: str) -> str | None:
    if place.country == "PK":
        return pakistani
    if place.country:
        return "stated.abroad_unverified" if verified is False else "stated.abroad"
    return without_country if place.known and place.province else None


def _make_evidence(rule: str | None, kind: str, stated: _StatedPlace, of: Of) -> Iterator[Evidence]:
    if rule is None:
        return
    text, place = stated.text, stated.place
    says = Message("Stated: {text}", text=text)
    if place.province:
        province = name_province(place.province)
        says = Message("Stated: {text} ({province})", text=text, province=province)
        if place.district:
            says = Message(
                "Stated: {text} ({province}, district {district})", text=text, province=province, district=place.district
            )
    yield make_evidence(
        rule, kind=kind, value=text, of=of, source=text.casefold(), says=says, against=place.clash,
        province=place.province, district=place.district, country=place.country or ("PK" if place.known else None),
    )  # fmt: skip
