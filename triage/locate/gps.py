"""Coordinates of images, from their own metadata.

They say where the image was made. They speak of the reported user only when the same device made it shortly before it was sent.
Otherwise the question is whether the child was there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from triage.locate.evidence import Evidence, make_evidence
from triage.locate.places import Spot, find_spot
from triage.locate.positions import (
    describe_doubt,
    describe_spot,
    find_exchanged,
    find_fault,
    format_position,
    read_pair,
    weigh_spot,
)
from triage.message import NOTHING, Message, join
from triage.model.document import Identifier
from triage.model.media import Exif, MediaFacts
from triage.model.report import Report, ReportFile

NEAR_IN_TIME = timedelta(hours=48)
"""Between taking an image and sending it, for it to speak of the reported user."""
STALE = timedelta(hours=16)
"""A position fix older than this, whatever the camera's time zone, was not taken with the image."""
OWN_CAMERA_IMAGES = 3
_PAKISTAN_OFFSET = "+05:00"
_EXIF_TIME = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
EXIF_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")


class ImageWithExif(msgspec.Struct, frozen=True, gc=False):
    """An image with its metadata and the times at which it was sent."""

    name: str
    exif: Exif
    sent: tuple[datetime, ...]


def find_evidence(report: Report, media: Mapping[str, MediaFacts]) -> Iterator[Evidence]:
    """Yields the evidence of the coordinates and camera clocks of the report's images."""
    images = find_images(report, media)
    for image in images:
        yield from _weigh_image(image, report, images)


def find_images(report: Report, media: Mapping[str, MediaFacts]) -> list[ImageWithExif]:
    """Returns the images with metadata: all that the location of a report rests on beside its documents."""
    found = []
    for file in report.files:
        facts = media.get(file.occurrence.sha256) if file.occurrence else None
        exif = facts.exif if facts and facts.exif else _read_declared_exif(file)
        if exif:
            found.append(ImageWithExif(_find_file_name(file), exif, tuple(_find_upload_times(file, report))))
    return found


def _find_file_name(file: ReportFile) -> str:
    return file.entry.name or (file.occurrence.name if file.occurrence else file.entry.key)


def _read_declared_exif(file: ReportFile) -> Exif | None:
    """Returns what the provider says that the file's EXIF holds, for files whose bytes did not come."""
    stated = {name.replace(" ", "").lower(): value for kind, name, value in file.entry.metadata if kind.upper() == "EXIF"}
    apart = f"{stated.get('gpslatitude', '')},{stated.get('gpslongitude', '')}"
    position = read_pair(stated.get("gpsposition", "")) or read_pair(apart)
    if position is None:
        return None
    return Exif(make=stated.get("make"), model=stated.get("model"), taken=stated.get("datetimeoriginal"), gps=position)


def _find_upload_times(file: ReportFile, report: Report) -> Iterator[datetime]:
    if file.entry.uploaded:
        yield file.entry.uploaded.datetime()
    for item in report.identifiers:
        if item.file == file.entry.key and item.role == "file" and item.time:
            yield item.time.datetime()


def _weigh_image(image: ImageWithExif, report: Report, images: list[ImageWithExif]) -> Iterator[Evidence]:
    exif = image.exif
    if exif.offset == _PAKISTAN_OFFSET:
        yield make_evidence(
            "gps.offset", kind="time_zone", value=exif.offset, of="picture", source="offset",
            says=Message("{file}: camera clock at {offset}, as in Pakistan", file=image.name, offset=exif.offset),
        )  # fmt: skip
    if exif.gps is None:
        if any("GPSLatitude" in name for name, _ in exif.fields):
            says = Message("{file}: the position fields hold no valid position", file=image.name)
            yield make_evidence("gps.unusable", kind="gps", value="", of="picture", source=image.name, says=says)
        return
    latitude, longitude = exif.gps
    value = format_position(latitude, longitude)
    fault = find_fault(latitude, longitude)
    if fault:
        says = Message("{file}: {problem}", file=image.name, problem=fault)
        yield make_evidence("gps.unusable", kind="gps", value=value, of="picture", source=value, says=says)
        return
    where = find_spot(latitude, longitude)
    exchanged = find_exchanged(latitude, longitude, where)
    if exchanged:
        says = Message(
            "{file}: made {here}; exchanged: {there}",
            file=image.name,
            here=describe_spot(where, latitude, longitude),
            there=describe_spot(exchanged, longitude, latitude),
        )
        yield make_evidence("gps.exchanged", kind="gps", value=value, of="picture", source=value, says=says)
        return
    doubts = _find_doubts(exif, where)
    here = where.country == "PK"
    rule = _choose_rule(where, doubts)
    reason = _explain_own_camera(image, report, images) if here and not doubts else NOTHING
    question = Message("Nothing links it to the reported user. Was the child there?") if here and not reason else NOTHING
    says = Message("{file}: made {here}", file=image.name, here=describe_spot(where, latitude, longitude))
    yield weigh_spot(rule, value, "picture", where, says, why=question, against=join(*doubts, describe_doubt(where)))
    if reason:
        yield weigh_spot("gps.own_camera", value, "suspect", where, says, why=reason, against=describe_doubt(where))


def _choose_rule(where: Spot, doubts: list[Message]) -> str:
    if where.country is None:
        return "gps.sea"
    if where.country == "PK":
        return "gps.doubtful" if doubts else "gps.pakistan"
    if doubts:
        return "gps.abroad_doubtful"
    return "gps.near_abroad" if "PK" in where.across else "gps.abroad"


def _find_doubts(exif: Exif, where: Spot) -> list[Message]:
    """Returns what in the metadata contradicts the coordinates."""
    out = []
    if where.country == "PK" and exif.offset and exif.offset != _PAKISTAN_OFFSET:
        out.append(Message("The camera clock stood at {offset}, which is not Pakistan's.", offset=exif.offset))
    taken, fixed = read_exif_time(exif.taken, exif.offset), read_exif_time(exif.gps_time, "+00:00")
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


def read_exif_time(text: str | None, offset: str | None) -> datetime | None:
    """Reads EXIF's "2026:01:04 19:00:00" as UTC. A clock without an offset is read as UTC, which `STALE` allows for."""
    found = _EXIF_TIME.match(text or "")
    if not found:
        return None
    zone = EXIF_OFFSET.fullmatch(offset or "")
    shift = timedelta(hours=int(zone[2]), minutes=int(zone[3])) if zone else timedelta()
    try:
        clock = datetime(*(int(part) for part in found.groups()), tzinfo=UTC)  # type: ignore[arg-type,misc]
        return clock - shift if not zone or zone[1] == "+" else clock + shift
    except (ValueError, OverflowError):
        return None


def _explain_own_camera(image: ImageWithExif, report: Report, images: list[ImageWithExif]) -> Message:
    """Returns why the image speaks of the reported user as well, if device and time both fit."""
    device = _explain_device(image, report, images)
    taken = read_exif_time(image.exif.taken, image.exif.offset or _PAKISTAN_OFFSET)
    soon = taken is not None and any(timedelta(0) <= sent - taken <= NEAR_IN_TIME for sent in image.sent)
    if not device or not soon:
        return NOTHING
    hours = NEAR_IN_TIME // timedelta(hours=1)
    return Message("{device}, and it was sent within {hours} hours of being taken.", device=device, hours=hours)


def _explain_device(image: ImageWithExif, report: Report, images: list[ImageWithExif]) -> Message:
    exif = image.exif
    model = (exif.model or "").strip().casefold()
    if len(model) >= 4:
        for item in report.identifiers:
            if item.role == "suspect" and item.kind == "device" and model in _join_device_text(item):
                return Message("The camera model {model} is that of a device of the reported user", model=exif.model or "")
    if exif.serial:
        same = sum(1 for p in images if p.exif.serial == exif.serial and p.exif.model == exif.model)
        if same >= OWN_CAMERA_IMAGES:
            return Message("{n} files of this report were made with the same camera (same serial number)", n=same)
    return NOTHING


def _join_device_text(item: Identifier) -> str:
    return " ".join([item.value, *(value for _, value in item.details)]).casefold()
