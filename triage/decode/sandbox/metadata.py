"""Camera metadata by ExifRead: the fields judgement needs, and all readable tags as capped text."""

from __future__ import annotations

import io
import logging
import math
from typing import Any, BinaryIO

import exifread

from triage.decode.protocol import Request
from triage.decode.sandbox import jpeg, pictures
from triage.decode.sandbox.source import Source
from triage.model.media import Exif

_READ_DIRECTLY = frozenset({"image/jpeg", "image/tiff", "image/png"})
_READ_FROM_BLOCK = frozenset({"image/heic", "image/avif", "image/webp"})
"""ExifRead does not find the metadata in these containers in every case; Pillow hands out the block, which is a small TIFF."""
_SKIPPED = ("JPEGThumbnail", "TIFFThumbnail", "EXIF MakerNote")
_LONGEST_VALUE = 1000
"""Characters; a longer value is cut, so that one can't crowd out the others."""
UNREADABLE = (("metadata", "could not be read"),)

logging.getLogger("exifread").disabled = True


def read(source: Source, mime: str, request: Request) -> Exif | None:
    """None when there is none. Metadata that can't be read is said so in `fields`, since absent and unreadable differ."""
    if mime == "image/jpeg" and source.whole is not None and not jpeg.may_have_metadata(source.whole):
        return None
    stream: BinaryIO
    if mime == "image/jpeg" and source.whole is not None:
        stream = io.BytesIO(jpeg.without_fill(source.whole))
    elif mime in _READ_DIRECTLY:
        stream = source.open()
    elif mime in _READ_FROM_BLOCK and (block := pictures.metadata_block(source, mime, request)):
        stream = io.BytesIO(block.removeprefix(b"Exif\0\0"))
    else:
        return None
    try:
        with stream:
            tags = exifread.process_file(stream, details=False, extract_thumbnail=False)
    except MemoryError:
        raise
    except Exception:  # any failure of a parser on hostile bytes means the same: unreadable
        return Exif(fields=UNREADABLE)
    return _exif(tags, request) if tags else None


def _exif(tags: dict[str, Any], request: Request) -> Exif:
    def text(*names: str) -> str | None:
        for name in names:
            if name in tags and (value := _text(tags[name])):
                return value[:_LONGEST_VALUE]
        return None

    return Exif(
        make=text("Image Make"),
        model=text("Image Model"),
        serial=text("EXIF BodySerialNumber", "Image CameraSerialNumber"),
        software=text("Image Software"),
        taken=text("EXIF DateTimeOriginal", "EXIF DateTimeDigitized"),
        offset=text("EXIF OffsetTimeOriginal", "EXIF OffsetTime"),
        gps=_gps(tags),
        gps_time=_gps_time(tags),
        fields=_fields(tags, request),
    )


def _fields(tags: dict[str, Any], request: Request) -> tuple[tuple[str, str], ...]:
    fields: list[tuple[str, str]] = []
    left = request.exif_text
    for name in sorted(tags):
        if name in _SKIPPED or len(fields) == request.exif_fields:
            continue
        pair = (_clean(name), _text(tags[name])[:_LONGEST_VALUE])
        left -= sum(len(part.encode()) for part in pair)
        if left < 0:
            break
        fields.append(pair)
    return tuple(fields)


def _text(tag: Any) -> str:
    return _clean(str(tag)).strip("\0 ")


def _clean(text: str) -> str:
    """Without lone surrogates, which have no UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _gps(tags: dict[str, Any]) -> tuple[float, float] | None:
    latitude = _degrees(tags, "GPS GPSLatitude", "GPS GPSLatitudeRef", "S", 90)
    longitude = _degrees(tags, "GPS GPSLongitude", "GPS GPSLongitudeRef", "W", 180)
    return None if latitude is None or longitude is None else (latitude, longitude)


def _degrees(tags: dict[str, Any], name: str, reference: str, negative: str, limit: float) -> float | None:
    """Degrees, minutes and seconds to degrees; None when absent or impossible. Zero is a place like any other."""
    if name not in tags:
        return None
    numbers = _numbers(tags[name])
    if not numbers:
        return None
    degrees = sum(number / 60**place for place, number in enumerate(numbers[:3]))
    if _text(tags.get(reference, "")).upper().startswith(negative):
        degrees = -degrees
    return degrees if math.isfinite(degrees) and abs(degrees) <= limit else None


def _gps_time(tags: dict[str, Any]) -> str | None:
    date, clock = tags.get("GPS GPSDate"), _numbers(tags.get("GPS GPSTimeStamp"))
    if date is None or len(clock) != 3:
        return None
    hours, minutes, seconds = (int(part) for part in clock)
    return f"{_text(date)[:10]} {hours:02}:{minutes:02}:{seconds:02}Z"


def _numbers(tag: Any) -> list[float]:
    values = getattr(tag, "values", None)
    if not isinstance(values, (list, tuple)):
        return []
    try:
        return [float(value) for value in values]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return []
