"""Coordinates: of pictures (their own metadata) and of incidents (stated in the report).

A picture's coordinates say where the picture was made. They speak of the reported user only with a further tie: the same device,
shortly before it was sent. Without that tie the question is whether the child is there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from triage.locate.piece import Piece, piece, speaks_of
from triage.locate.places import BORDER_KM, Spot, name_province, spot
from triage.message import NOTHING, Message, join
from triage.model.document import Fact, Identifier
from triage.model.judgement import Of
from triage.model.media import Exif, MediaFacts
from triage.model.report import Report, ReportFile

NEAR_IN_TIME = timedelta(hours=48)
"""Between taking a picture and sending it, for the tie to the reported user."""
STALE = timedelta(hours=16)
"""A position fix older than this, whatever the camera's time zone, was not taken with the picture."""
OWN_CAMERA_PICTURES = 3
_PAKISTAN_OFFSET = "+05:00"
_KASHMIR = (32.2, 37.1, 73.7, 80.4)
"""South, north, west and east of a box around it: the time zone does not tell it from India."""
_NUMBER = r"[-+]?\d{1,3}(?:\.\d{1,12})?"
_PAIR = re.compile(rf"\s*\(?({_NUMBER})\s*[,;/ ]\s*({_NUMBER})\)?\s*")
_EXIF_TIME = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_EXIF_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_STEP = re.compile(r"[./]")
_ONE_NUMBER = re.compile(_NUMBER)


@dataclass(frozen=True, slots=True)
class _Picture:
    name: str
    exif: Exif
    sent: tuple[datetime, ...]


def evidence(report: Report, media: Mapping[str, MediaFacts]) -> Iterator[Piece]:
    pictures = list(_pictures(report, media))
    for picture in pictures:
        yield from _of_picture(picture, report, pictures)
    yield from _stated(report)


def _pictures(report: Report, media: Mapping[str, MediaFacts]) -> Iterator[_Picture]:
    for file in report.files:
        facts = media.get(file.occurrence.sha256) if file.occurrence else None
        exif = facts.exif if facts and facts.exif else _declared(file)
        if exif:
            yield _Picture(_name(file), exif, tuple(_sent(file, report)))


def _name(file: ReportFile) -> str:
    return file.entry.name or (file.occurrence.name if file.occurrence else file.entry.key)


def _declared(file: ReportFile) -> Exif | None:
    """What the provider says that the file's EXIF holds, when we have no bytes to read it from."""
    stated = {name.replace(" ", "").lower(): value for kind, name, value in file.entry.metadata if kind.upper() == "EXIF"}
    position = _pair(stated.get("gpsposition", "")) or _pair(f"{stated.get('gpslatitude', '')},{stated.get('gpslongitude', '')}")
    if position is None:
        return None
    return Exif(make=stated.get("make"), model=stated.get("model"), taken=stated.get("datetimeoriginal"), gps=position)


def _sent(file: ReportFile, report: Report) -> Iterator[datetime]:
    if file.entry.uploaded:
        yield file.entry.uploaded.datetime()
    for item in report.identifiers:
        if item.file == file.entry.key and item.role == "file" and item.time:
            yield item.time.datetime()


def _pair(text: str) -> tuple[float, float] | None:
    found = _PAIR.fullmatch(text)
    return (float(found[1]), float(found[2])) if found else None


def _of_picture(picture: _Picture, report: Report, pictures: list[_Picture]) -> Iterator[Piece]:
    exif = picture.exif
    if exif.offset == _PAKISTAN_OFFSET:
        yield piece(
            "gps.offset", kind="time_zone", value=exif.offset, of="picture", source="offset",
            says=Message("{file}: camera clock at {offset}, as in Pakistan", file=picture.name, offset=exif.offset),
        )  # fmt: skip
    if exif.gps is None:
        if any("GPSLatitude" in name for name, _ in exif.fields):
            says = Message("{file}: the position fields hold no valid position", file=picture.name)
            yield piece("gps.unusable", kind="gps", value="", of="picture", source=picture.name, says=says)
        return
    latitude, longitude = exif.gps
    value = f"{latitude:.6f}, {longitude:.6f}"
    broken = _unusable(latitude, longitude)
    if broken:
        says = Message("{file}: {problem}", file=picture.name, problem=broken)
        yield piece("gps.unusable", kind="gps", value=value, of="picture", source=value, says=says)
        return
    where = spot(latitude, longitude)
    turned = _exchanged(latitude, longitude, where)
    if turned:
        says = Message(
            "{file}: made {here}; exchanged: {there}",
            file=picture.name,
            here=_says(where, latitude, longitude),
            there=_says(turned, longitude, latitude),
        )
        yield piece("gps.exchanged", kind="gps", value=value, of="picture", source=value, says=says)
        return
    doubts = _doubts(exif, where)
    here = where.country == "PK"
    rule = _rule(where, doubts)
    tie = _own_camera(picture, report, pictures) if here and not doubts else NOTHING
    asks = Message("Nothing links it to the reported user. Was the child there?") if here and not tie else NOTHING
    says = Message("{file}: made {here}", file=picture.name, here=_says(where, latitude, longitude))
    yield _placed(rule, value, "picture", where, says, why=asks, against=join(*doubts, _nearest(where)))
    if tie:
        yield _placed("gps.own_camera", value, "suspect", where, says, why=tie, against=_nearest(where))


def _rule(where: Spot, doubts: list[Message]) -> str:
    if where.country is None:
        return "gps.sea"
    if where.country == "PK":
        return "gps.doubtful" if doubts else "gps.pakistan"
    if doubts:
        return "gps.abroad_doubtful"
    return "gps.near_abroad" if "PK" in where.across else "gps.abroad"


def _exchanged(latitude: float, longitude: float, where: Spot) -> Spot | None:
    """Where the point would lie with latitude and longitude exchanged, if that is in Pakistan and the point itself is not.

    Pakistan's coordinates exchanged lie in the Arctic: Lapland, the Barents Sea, the Taymyr.
    """
    if where.country == "PK" or abs(longitude) > 90:
        return None
    turned = spot(longitude, latitude)
    return turned if turned.country == "PK" else None


def _placed(
    rule: str, value: str, of: Of, where: Spot, says: Message, *, why: Message = NOTHING, against: Message = NOTHING
) -> Piece:
    """Positions within a kilometre or so of each other say the same thing, so they are one source."""
    latitude, longitude = (float(part) for part in value.split(","))
    return piece(
        rule,
        kind="gps",
        value=value,
        of=of,
        says=says,
        source=f"{latitude:.2f},{longitude:.2f}",
        why=why,
        against=against,
        province=where.province,
        district=where.district,
        country=where.country,
    )


def _unusable(latitude: float, longitude: float) -> Message:
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        return Message("coordinates that are not numbers")
    if abs(latitude) > 90 or abs(longitude) > 180:
        return Message("coordinates out of range")
    if abs(latitude) < 0.01 and abs(longitude) < 0.01:
        return Message("coordinates 0, 0, which devices write when they have no position")
    return NOTHING


def _says(where: Spot, latitude: float, longitude: float) -> Message:
    if where.country != "PK":
        at = Message("country {country}", country=where.country) if where.country else Message("no country's outline")
        if where.zone == "Asia/Kolkata" and _KASHMIR[0] < latitude < _KASHMIR[1] and _KASHMIR[2] < longitude < _KASHMIR[3]:
            at = Message("India or the part of Kashmir administered by India")
        return Message("in {country} (time zone {zone})", country=at, zone=where.zone or Message("not known"))
    return Message(
        "in {province}, {km:.0f} km from {place}, district probably {district}",
        province=name_province(where.province or ""),
        km=where.near_km,
        place=where.near,
        district=where.district or "",
    )


def _nearest(where: Spot) -> Message:
    notes = []
    if where.across:
        notes.append(
            Message("Within {km:.0f} km of {countries}: it may lie across the border.", km=BORDER_KM, countries=where.across)
        )
    if where.district:
        notes.append(Message("The district is that of the nearest known place, not by its boundary."))
    return join(*notes)


def _doubts(exif: Exif, where: Spot) -> list[Message]:
    """Returns what in the metadata contradicts the coordinates."""
    out = []
    if where.country == "PK" and exif.offset and exif.offset != _PAKISTAN_OFFSET:
        out.append(Message("The camera clock stood at {offset}, which is not Pakistan's.", offset=exif.offset))
    taken, fixed = _moment(exif.taken, exif.offset), _moment(exif.gps_time, "+00:00")
    if taken and fixed:
        apart = abs(taken - fixed)
        if apart > STALE:
            out.append(
                Message(
                    "The position is from {fixed}, the image from {taken}: the position is out of date.",
                    fixed=f"{fixed:%Y-%m-%d}",
                    taken=f"{taken:%Y-%m-%d}",
                )
            )
    return out


def _moment(text: str | None, offset: str | None) -> datetime | None:
    """EXIF's "2026:01:04 19:00:00" as UTC; without an offset the clock is read as UTC, which `STALE` allows for."""
    found = _EXIF_TIME.match(text or "")
    if not found:
        return None
    zone = _EXIF_OFFSET.fullmatch(offset or "")
    shift = timedelta(hours=int(zone[2]), minutes=int(zone[3])) if zone else timedelta()
    try:
        clock = datetime(*(int(part) for part in found.groups()), tzinfo=UTC)  # type: ignore[arg-type,misc]
        return clock - shift if not zone or zone[1] == "+" else clock + shift
    except (ValueError, OverflowError):
        return None


def _own_camera(picture: _Picture, report: Report, pictures: list[_Picture]) -> Message:
    """Returns why the picture speaks of the reported user as well, if it does. Both are needed: the device, and the time."""
    device = _device(picture, report, pictures)
    taken = _moment(picture.exif.taken, picture.exif.offset or _PAKISTAN_OFFSET)
    soon = taken is not None and any(timedelta(0) <= sent - taken <= NEAR_IN_TIME for sent in picture.sent)
    if not device or not soon:
        return NOTHING
    hours = NEAR_IN_TIME // timedelta(hours=1)
    return Message("{device}, and it was sent within {hours} hours of being taken.", device=device, hours=hours)


def _device(picture: _Picture, report: Report, pictures: list[_Picture]) -> Message:
    exif = picture.exif
    model = (exif.model or "").strip().casefold()
    if len(model) >= 4:
        for item in report.identifiers:
            if item.role == "suspect" and item.kind == "device" and model in _device_text(item):
                return Message("The camera model {model} is that of a device of the reported user", model=exif.model or "")
    if exif.serial:
        same = sum(1 for p in pictures if p.exif.serial == exif.serial and p.exif.model == exif.model)
        if same >= OWN_CAMERA_PICTURES:
            return Message("{n} files of this report were made with the same camera (same serial number)", n=same)
    return NOTHING


def _device_text(item: Identifier) -> str:
    return " ".join([item.value, *(value for _, value in item.details)]).casefold()


def _stated(report: Report) -> Iterator[Piece]:
    """Coordinates that the report itself states: a cell phone incident's, or identifiers of kind "coordinates"."""
    position = _from_facts(report.facts)
    if position:
        yield _stated_at(*position, "incident")
    for item in report.identifiers:
        of = speaks_of(item.role)
        pair = _pair(item.value) if item.kind == "coordinates" and of else None
        if pair and of:
            yield _stated_at(*pair, of)


def _from_facts(facts: Iterable[Fact]) -> tuple[float, float] | None:
    """One latitude and one longitude; of several, nobody can tell from facts which belong together."""
    found: dict[str, set[float]] = {"latitude": set(), "longitude": set()}
    for fact in facts:
        if not fact.name.lower().endswith(("latitude", "longitude")):
            continue
        name = _STEP.split(fact.name)[-1].lower()
        if name in found and _ONE_NUMBER.fullmatch(str(fact.value).strip()):
            found[name].add(float(str(fact.value)))
    latitudes, longitudes = found["latitude"], found["longitude"]
    return (min(latitudes), min(longitudes)) if len(latitudes) == len(longitudes) == 1 else None


def _stated_at(latitude: float, longitude: float, of: Of) -> Piece:
    value = f"{latitude:.6f}, {longitude:.6f}"
    broken = _unusable(latitude, longitude)
    if broken:
        return piece(
            "gps.unusable", kind="gps", value=value, of=of, source=value, says=Message("Stated {problem}", problem=broken)
        )
    where = spot(latitude, longitude)
    turned = _exchanged(latitude, longitude, where)
    if turned:
        says = Message(
            "Stated: {here}; exchanged: {there}",
            here=_says(where, latitude, longitude),
            there=_says(turned, longitude, latitude),
        )
        return piece("gps.exchanged", kind="gps", value=value, of=of, source=value, says=says)
    rule = "gps.sea" if where.country is None else "gps.stated" if where.country == "PK" else "gps.stated_abroad"
    says = Message("Stated: {here}", here=_says(where, latitude, longitude))
    return _placed(rule, value, of, where, says, against=_nearest(where))
