"""Camera metadata by ExifRead: the fields that judgement needs, and all readable tags as limited text."""

from __future__ import annotations

import io
import logging
import math
from typing import Any, BinaryIO, cast

import exifread

from triage import limits
from triage.decode.protocol import Request
from triage.decode.sandbox import image_decoding, jpeg
from triage.decode.sandbox.source import InputSource
from triage.model.media import Exif

_READ_DIRECTLY = frozenset({"image/jpeg", "image/tiff", "image/png"})
_READ_FROM_BLOCK = frozenset({"image/heic", "image/avif", "image/webp"})
"""ExifRead does not find the metadata in these containers in every case; Pillow hands out the block, which is a small TIFF."""
_SKIPPED = ("JPEGThumbnail", "TIFFThumbnail", "EXIF MakerNote")
_LONGEST_VALUE = 1000
"""Characters; a longer value is cut, so that one can't crowd out the others."""
UNREADABLE = (("metadata", "could not be read"),)
_MOST_READS = 100_000  # of one file, some 0.3 s: five thousand tags take 21,000, and a camera writes about a hundred
_MOST_BYTES = 64 * limits.MIB  # that are read of one file

logging.getLogger("exifread").disabled = True


def read_exif(source: InputSource, mime: str, request: Request) -> Exif | None:
    """Returns the metadata, or None when there is none.

    Unreadable metadata is noted in `fields`, since it is not absent.
    """
    if mime == "image/jpeg" and source.whole is not None and not jpeg.may_have_metadata(source.whole):
        return None
    stream: BinaryIO
    if mime == "image/jpeg" and source.whole is not None:
        stream = io.BytesIO(jpeg.remove_fill_bytes(source.whole))
    elif mime in _READ_DIRECTLY:
        stream = source.open()
    elif mime in _READ_FROM_BLOCK and (block := image_decoding.read_exif_block(source, mime, request)):
        stream = io.BytesIO(block.removeprefix(b"Exif\0\0"))
    else:
        return None
    try:
        with stream:
            tags = exifread.process_file(cast(BinaryIO, _BoundedStream(stream)), details=False, extract_thumbnail=False)
    except MemoryError:
        raise
    except Exception:  # any failure of a parser on hostile bytes means the same: unreadable
        return Exif(fields=UNREADABLE)
    return _to_exif(tags, request) if tags else None


class _TooMuchRead(Exception):
    """Raised when reading metadata takes more than any camera's metadata needs."""


class _BoundedStream:
    """A stream that may be read so often and so far.

    Directories that point to one another make ExifRead go through them without end. The image then took too long and got no hash.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._reads, self._bytes = stream, 0, 0
        self.seek, self.tell = stream.seek, stream.tell

    def read(self, length: int = -1) -> bytes:
        """Reads as the stream does. Raises _TooMuchRead."""
        data = self._stream.read(length)
        self._reads += 1
        self._bytes += len(data)
        if self._reads > _MOST_READS or self._bytes > _MOST_BYTES:
            raise _TooMuchRead
        return data


def _to_exif(tags: dict[str, Any], request: Request) -> Exif:
    """Returns the fields that judgement needs, from ExifRead's tags."""

    def text(*names: str) -> str | None:
        for name in names:
            if name in tags and (value := _tag_text(tags[name])):
                return value[:_LONGEST_VALUE]
        return None

    return Exif(
        make=text("Image Make"),
        model=text("Image Model"),
        serial=text("EXIF BodySerialNumber", "Image CameraSerialNumber"),
        software=text("Image Software"),
        taken=text("EXIF DateTimeOriginal", "EXIF DateTimeDigitized"),
        offset=text("EXIF OffsetTimeOriginal", "EXIF OffsetTime"),
        gps=_read_gps(tags),
        gps_time=_read_gps_time(tags),
        fields=_collect_fields(tags, request),
    )


def _collect_fields(tags: dict[str, Any], request: Request) -> tuple[tuple[str, str], ...]:
    """Returns all readable tags as (name, text), up to the request's limits."""
    fields: list[tuple[str, str]] = []
    left = request.exif_text
    for name in sorted(tags):
        if name in _SKIPPED or len(fields) == request.exif_fields:
            continue
        pair = (_replace_surrogates(name), _tag_text(tags[name])[:_LONGEST_VALUE])
        left -= sum(len(part.encode()) for part in pair)
        if left < 0:
            break
        fields.append(pair)
    return tuple(fields)


def _tag_text(tag: Any) -> str:
    return _replace_surrogates(str(tag)).strip("\0 ")


def _replace_surrogates(text: str) -> str:
    """Returns the text without lone surrogates, which have no UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _read_gps(tags: dict[str, Any]) -> tuple[float, float] | None:
    """Returns (latitude, longitude) in degrees, or None unless both are possible."""
    latitude = _read_degrees(tags, "GPS GPSLatitude", "GPS GPSLatitudeRef", "S", 90)
    longitude = _read_degrees(tags, "GPS GPSLongitude", "GPS GPSLongitudeRef", "W", 180)
    return None if latitude is None or longitude is None else (latitude, longitude)


def _read_degrees(tags: dict[str, Any], name: str, reference: str, negative: str, limit: float) -> float | None:
    """Returns degrees from degrees, minutes and seconds, or None when absent or impossible.

    Zero is a valid position.
    """
    if name not in tags:
        return None
    numbers = _tag_numbers(tags[name])
    if not numbers:
        return None
    degrees = sum(number / 60**place for place, number in enumerate(numbers[:3]))
    if _tag_text(tags.get(reference, "")).upper().startswith(negative):
        degrees = -degrees
    return degrees if math.isfinite(degrees) and abs(degrees) <= limit else None


def _read_gps_time(tags: dict[str, Any]) -> str | None:
    """Returns the GPS time as "YYYY:MM:DD HH:MM:SSZ", or None when it is incomplete."""
    date, clock = tags.get("GPS GPSDate"), _tag_numbers(tags.get("GPS GPSTimeStamp"))
    if date is None or len(clock) != 3:
        return None
    hours, minutes, seconds = (int(part) for part in clock)
    return f"{_tag_text(date)[:10]} {hours:02}:{minutes:02}:{seconds:02}Z"


def _tag_numbers(tag: Any) -> list[float]:
    """Returns the numbers of a tag, none when one of them is not finite or not a number."""
    values = getattr(tag, "values", None)
    if not isinstance(values, (list, tuple)):
        return []
    try:
        return [float(value) for value in values]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return []
