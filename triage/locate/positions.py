"""Coordinates that a report states, in fields or in a text about the incident, and what any coordinates say.

Coordinates of the incident count as a stated location does: whole, and with province, district and office.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from triage.locate.evidence import Evidence, find_subject, make_evidence
from triage.locate.places import BORDER_KM, Spot, find_spot, name_province
from triage.message import NOTHING, Message, join
from triage.model.document import Fact, NotUnderstood
from triage.model.judgement import Of
from triage.model.report import Report

LONGEST = 20_000
"""Characters of a text in which coordinates are looked for."""
MOST_POSITIONS = 10
"""Positions taken from one text or from the fields of one report."""
_KASHMIR = (32.2, 37.1, 73.7, 80.4)
"""South, north, west and east of a box around it: the time zone does not tell it from India."""
_NUMBER = r"[-+]?\d{1,3}(?:\.\d{1,12})?"
_PAIR = re.compile(rf"\s*\(?({_NUMBER})\s*[,;/ ]\s*({_NUMBER})\)?\s*")
_DEGREES = r"(\d{1,3})\s?°\s?(\d{1,2})\s?['′’]\s?(?:(\d{1,2}(?:\.\d{1,6})?)\s?[\"″”])?\s?"
_ANGLE = re.compile(rf"({_NUMBER})\s?°?\s?([NSEW]?)", re.IGNORECASE)
_ANGLE_IN_DEGREES = re.compile(rf"{_DEGREES}([NSEW])", re.IGNORECASE)
_LABELLED = re.compile(
    rf"\blat(?:itude)?\b[^\d+-]{{1,12}}({_NUMBER})(?![\d.])[^\d+-]{{1,60}}?\bl(?:on|ong|ongitude|ng)\b[^\d+-]{{1,12}}({_NUMBER})(?![\d.])",
    re.IGNORECASE,
)
_IN_LINK = re.compile(rf"(?:[?&](?:q|ll|query|center|destination)=|/@|\bgeo:)({_NUMBER}),\s?({_NUMBER})(?![\d.])")
_WITH_SIDES = re.compile(
    r"(?<![\d.])(\d{1,3}\.\d{1,12})\s?°?\s?([NS])[,;\s]{1,3}(\d{1,3}\.\d{1,12})\s?°?\s?([EW])\b", re.IGNORECASE
)
_IN_DEGREES = re.compile(rf"{_DEGREES}([NS])[,;\s]{{0,3}}{_DEGREES}([EW])", re.IGNORECASE)
_BARE = re.compile(r"(?<![\d.,-])(-?\d{1,2}\.\d{4,12}),\s?(-?\d{1,3}\.\d{4,12})(?![\d.]|,\d)")
_STEP = re.compile(r"[./]")
_DIGIT = re.compile(r"\d")
_FRACTION = re.compile(r"\d\.\d")
"""Without one a text holds no coordinates in decimals, and most texts hold none."""
_LATITUDES = frozenset({"latitude", "lat", "gpslatitude"})
_LONGITUDES = frozenset({"longitude", "long", "lon", "lng", "gpslongitude"})
_PAIRS = frozenset({"coordinates", "coordinate", "geolocation", "gps", "gpscoordinates", "latlong", "latlng", "geo", "position"})
_GEOGRAPHIC = re.compile(r"geo|coord|latitude|longitude|gps", re.IGNORECASE)
_NOT_OF_INCIDENT: tuple[tuple[str, Of | None], ...] = (
    ("lookup", None), ("ncmec", None), ("ipcapture", None), ("ipaddress", None), ("reporter", None), ("contactperson", None),
    ("lawenforcement", None), ("victim", "victim"),
    ("personoruserreported", "suspect"), ("suspect", "suspect"), ("recipient", "recipient"),
)  # fmt: skip
"""Words in the path of an unknown element, and of whom it speaks. Positions of address tables are no evidence."""


class Position(NamedTuple):
    """Degrees, WGS 84. They may be out of range."""

    latitude: float
    longitude: float


def find_evidence(report: Report) -> Iterator[Evidence]:
    """Yields the evidence of coordinates that the report itself states."""
    for position in _find_positions_in_facts(report.facts):
        yield weigh_stated_position(position, "incident")
    for item in report.identifiers:
        of = find_subject(item.role)
        position_of_item = read_pair(item.value) if item.kind == "coordinates" and of else None
        if position_of_item and of:
            yield weigh_stated_position(position_of_item, of)
    for of, text in _find_unknown_elements(report.not_understood):
        for position in find_positions(text):
            yield weigh_stated_position(position, of)
    for block in report.free_text:
        if block.of in ("incident", "file"):
            for position in find_positions(block.text):
                yield weigh_stated_position(position, "incident", rule="gps.written")


def read_pair(text: str) -> Position | None:
    """Reads a field that holds latitude and longitude."""
    found = _PAIR.fullmatch(text)
    if found:
        return Position(float(found[1]), float(found[2]))
    return next(find_positions(text), None) if len(text) < 200 else None


def find_positions(text: str) -> Iterator[Position]:
    """Yields the different positions that a text states, at most MOST_POSITIONS.

    A label, sides (N, E), degree signs or a map's link mark them as coordinates; else they are a pair with four decimals.
    """
    text = text[:LONGEST]
    if not _DIGIT.search(text):
        return
    found: dict[Position, None] = {}
    fraction = _FRACTION.search(text) is not None
    for pattern, possible in (
        (_LABELLED, "lat" in text.lower()),
        (_IN_LINK, "=" in text or "@" in text or "geo:" in text),
        (_BARE, fraction),
    ):
        for match in pattern.finditer(text) if possible else ():
            found.setdefault(Position(float(match[1]), float(match[2])))
    for match in _WITH_SIDES.finditer(text) if fraction else ():
        found.setdefault(Position(_sign_degrees(float(match[1]), match[2]), _sign_degrees(float(match[3]), match[4])))
    for match in _IN_DEGREES.finditer(text) if "°" in text else ():
        north, east = _to_decimal_degrees(match[1], match[2], match[3]), _to_decimal_degrees(match[5], match[6], match[7])
        found.setdefault(Position(_sign_degrees(north, match[4]), _sign_degrees(east, match[8])))
    yield from list(found)[:MOST_POSITIONS]


def _sign_degrees(degrees: float, side: str) -> float:
    return -degrees if side.upper() in ("S", "W") else degrees


def _to_decimal_degrees(degrees: str, minutes: str, seconds: str | None) -> float:
    return float(degrees) + float(minutes) / 60 + float(seconds or 0) / 3600


def _read_angle(value: str | int | bool | None) -> float | None:
    """Reads one latitude or longitude; None when the value is no such number."""
    if isinstance(value, bool) or value is None or (isinstance(value, int) and abs(value) > 1_000):
        return None
    text = str(value)[:60].strip()
    found = _ANGLE.fullmatch(text)
    if found:
        return _sign_degrees(float(found[1]), found[2])
    found = _ANGLE_IN_DEGREES.fullmatch(text)
    return _sign_degrees(_to_decimal_degrees(found[1], found[2], found[3]), found[4]) if found else None


def _find_positions_in_facts(facts: Iterable[Fact]) -> Iterator[Position]:
    """Yields the positions of blocks with one latitude and one longitude; of several, nobody can tell which belong together."""
    found: dict[str, tuple[set[float], set[float]]] = {}
    pairs: dict[Position, None] = {}
    for fact in facts:
        block, name = _split_name(fact.name)
        if name is None:
            continue
        if name in _LATITUDES or name in _LONGITUDES:
            angle = _read_angle(fact.value)
            if angle is not None:
                found.setdefault(".".join(block), (set(), set()))[name in _LONGITUDES].add(angle)
        elif name in _PAIRS and isinstance(fact.value, str):
            pair = read_pair(fact.value)
            pairs.update({pair: None} if pair else {})
    single = [Position(min(north), min(east)) for north, east in found.values() if len(north) == len(east) == 1]
    yield from list(dict.fromkeys([*single, *pairs]))[:MOST_POSITIONS]


@lru_cache(maxsize=4_096)
def _split_name(text: str) -> tuple[tuple[str, ...], str | None]:
    """Returns the blocks and the name of a fact that may state a position; None as name when it is not of the incident."""
    *block, name = _STEP.split(text.lower())
    not_of_incident = any(of is None and word in part for word, of in _NOT_OF_INCIDENT for part in block)
    return tuple(block), None if not_of_incident else name


def _find_unknown_elements(unknown: Iterable[NotUnderstood]) -> Iterator[tuple[Of, str]]:
    """Yields of whom an element of geography speaks that no importer knows, and its text."""
    together: dict[Of, list[str]] = {}
    for element in unknown:
        path = element.path.lower()
        if _GEOGRAPHIC.search(path) or "latitude" in element.value[:LONGEST].lower():
            of: Of | None = next((who for word, who in _NOT_OF_INCIDENT if word in path), "incident")
            if of:
                together.setdefault(of, []).append(f"{_STEP.split(element.path)[-1]}: {element.value[:LONGEST]}")
    yield from ((of, "\n".join(texts)) for of, texts in together.items())


def weigh_stated_position(position: Position, of: Of, *, rule: str = "gps.stated") -> Evidence:
    """Returns the evidence of stated coordinates; the country decides between `rule` and its counterpart for abroad."""
    latitude, longitude = position
    value = format_position(latitude, longitude)
    fault = find_fault(latitude, longitude)
    if fault:
        says = Message("Stated {problem}", problem=fault)
        return make_evidence("gps.unusable", kind="gps", value=value, of=of, source=value, says=says)
    spot = find_spot(latitude, longitude)
    exchanged = find_exchanged(latitude, longitude, spot)
    if exchanged:
        says = Message(
            "Stated: {here}; exchanged: {there}",
            here=describe_spot(spot, latitude, longitude),
            there=describe_spot(exchanged, longitude, latitude),
        )
        return make_evidence("gps.exchanged", kind="gps", value=value, of=of, source=value, says=says)
    chosen = "gps.sea" if spot.country is None else rule if spot.country == "PK" else f"{rule}_abroad"
    if chosen.endswith("_abroad") and "PK" in spot.across:
        chosen = "gps.stated_near_abroad"
    says = Message("Stated: {here}", here=describe_spot(spot, latitude, longitude))
    return weigh_spot(chosen, value, of, spot, says, against=describe_doubt(spot))


def format_position(latitude: float, longitude: float) -> str:
    """Returns the coordinates as they are printed with the evidence."""
    return f"{latitude:.6f}, {longitude:.6f}"


def find_fault(latitude: float, longitude: float) -> Message:
    """Returns why coordinates are no position; nothing when they are one."""
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        return Message("coordinates that are not numbers")
    if abs(latitude) > 90 or abs(longitude) > 180:
        return Message("coordinates out of range")
    if abs(latitude) < 0.01 and abs(longitude) < 0.01:
        return Message("coordinates 0, 0, which devices write when they have no position")
    return NOTHING


def find_exchanged(latitude: float, longitude: float, spot: Spot) -> Spot | None:
    """Returns where the point lies with latitude and longitude exchanged, if only that is in Pakistan.

    Pakistan's coordinates exchanged lie in the Arctic: Lapland, the Barents Sea, the Taymyr.
    """
    if spot.country == "PK" or abs(longitude) > 90:
        return None
    turned = find_spot(longitude, latitude)
    return turned if turned.country == "PK" else None


def weigh_spot(
    rule: str, value: str, of: Of, spot: Spot, says: Message, *, why: Message = NOTHING, against: Message = NOTHING
) -> Evidence:
    """Returns the evidence of a spot. Positions within a kilometre or so of each other say the same, so they are one source."""
    latitude, longitude = (float(part) for part in value.split(","))
    return make_evidence(
        rule,
        kind="gps",
        value=value,
        of=of,
        says=says,
        source=f"{latitude:.2f},{longitude:.2f}",
        why=why,
        against=against,
        province=spot.province,
        district=spot.district,
        country=spot.country,
    )


def describe_spot(spot: Spot, latitude: float, longitude: float) -> Message:
    """Says where a point lies."""
    if spot.country != "PK":
        at = Message("country {country}", country=spot.country) if spot.country else Message("no country's outline")
        if spot.zone == "Asia/Kolkata" and _KASHMIR[0] < latitude < _KASHMIR[1] and _KASHMIR[2] < longitude < _KASHMIR[3]:
            at = Message("India or the part of Kashmir administered by India")
        return Message("in {country} (time zone {zone})", country=at, zone=spot.zone or Message("not known"))
    return Message(
        "in {province}, {km:.0f} km from {place}, district probably {district}",
        province=name_province(spot.province or ""),
        km=spot.near_km,
        place=spot.near,
        district=spot.district or "",
    )


def describe_doubt(spot: Spot) -> Message:
    """Says what speaks against a spot: a border close by, and a district taken from the nearest place."""
    notes = []
    if spot.across:
        countries = spot.across
        notes.append(
            Message("Within {km:.0f} km of {countries}: it may lie across the border.", km=BORDER_KM, countries=countries)
        )
    if spot.district:
        notes.append(Message("The district is that of the nearest known place, not by its boundary."))
    return join(*notes)
