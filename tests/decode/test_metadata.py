"""What is taken from the tags of a photo: places, times and texts, of tags as the parser hands them over."""

from __future__ import annotations

import math
import struct
from fractions import Fraction
from typing import Any

import pytest
from PIL import Image

from tests.decode import media
from triage.decode.client import MediaPool
from triage.decode.protocol import Operation, Request
from triage.decode.sandbox import image_decoding
from triage.decode.sandbox.metadata import UNREADABLE, _read_gps, _read_gps_time, _to_exif
from triage.decode.sandbox.operations import measure_file
from triage.decode.sandbox.source import InputSource


def endless_directory(place: int, own: bytes = b"") -> bytes:
    """Returns a directory at this place of a TIFF: its own entries, and 1,500 that lead to all entries once more."""
    pointers = b"".join(struct.pack("<HHII", tag, 4, 1, place) for tag in (0x8769, 0x8825, 0xA005)) * 500
    return struct.pack("<H", len(own) // 12 + 1500) + own + pointers + bytes(4)


@pytest.mark.parametrize("encoding", ["JPEG", "TIFF", "PNG"])
def test_directories_that_point_to_one_another_cost_the_metadata_alone(
    pool: MediaPool, drawn: Image.Image, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "_seconds", 8)
    if encoding == "TIFF":
        whole = media.encoded(drawn, "TIFF")
        first = int.from_bytes(whole[4:8], "little")
        entries = int.from_bytes(whole[first : first + 2], "little")
        own = whole[first + 2 : first + 2 + 12 * entries]
        data = whole[:4] + struct.pack("<I", len(whole)) + whole[8:] + endless_directory(len(whole), own)
    else:
        data = media.encoded(drawn, encoding, exif=b"Exif\0\0II*\0" + struct.pack("<I", 8) + endless_directory(8))
    facts = pool.measure(data)
    assert facts.problem is None and facts.perceptual is not None
    assert facts.exif is not None and facts.exif.fields == UNREADABLE


@pytest.mark.parametrize("error", [OSError, ValueError, EOFError, RuntimeError])
def test_an_image_that_a_decoder_gives_up_keeps_its_metadata(
    drawn: Image.Image, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    """The decoders of HEIC and AVIF raise EOFError and RuntimeError."""

    def give_up(*_: object) -> None:
        raise error("damaged")

    data = media.encoded(drawn, "AVIF", exif=media.exif())
    monkeypatch.setattr(image_decoding, "decode_luma", give_up)
    facts = measure_file(InputSource(len(data), data, lambda start, length: b""), "image/avif", request())
    assert facts.perceptual is None and facts.exif is not None and facts.exif.make


class Tag:
    """A tag as ExifRead makes it: values, and a text for people."""

    def __init__(self, values: Any, text: str | None = None) -> None:
        self.values, self._text = values, text

    def __str__(self) -> str:
        return str(self.values) if self._text is None else self._text


def request(**limits: int) -> Request:
    return Request(operation=Operation.MEASURE, size=1, **limits)


def gps(latitude: Any, north: str, longitude: Any, east: str) -> dict[str, Any]:
    return {
        "GPS GPSLatitude": Tag(latitude), "GPS GPSLatitudeRef": Tag(north),
        "GPS GPSLongitude": Tag(longitude), "GPS GPSLongitudeRef": Tag(east),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("north", "east", "found"),
    [("N", "E", (31.5125, 74.25)), ("S", "E", (-31.5125, 74.25)), ("south", "w", (-31.5125, -74.25)), ("", "", (31.5125, 74.25))],
)
def test_degrees_minutes_and_seconds_make_a_place(north: str, east: str, found: tuple[float, float]) -> None:
    assert _read_gps(gps([31, 30, 45], north, [74, 15, Fraction(0)], east)) == pytest.approx(found)


def test_zero_is_a_place() -> None:
    assert _read_gps(gps([0, 0, 0], "N", [0, 0, 0], "E")) == (0.0, 0.0)


@pytest.mark.parametrize(
    "wrong",
    [[91, 0, 0], [math.nan, 0, 0], [math.inf, 0, 0], [], "31", ["north"], [None], [10**400]],
)
def test_half_a_place_is_none(wrong: Any) -> None:
    assert _read_gps(gps(wrong, "N", [74, 0, 0], "E")) is None
    assert _read_gps(gps([31, 0, 0], "N", [181] if wrong == [91, 0, 0] else wrong, "E")) is None
    whole = gps([31, 0, 0], "N", [74, 0, 0], "E")
    del whole["GPS GPSLongitude"]
    assert _read_gps(whole) is None


def test_a_place_on_the_edge_is_one() -> None:
    assert _read_gps(gps([90, 0, 0], "S", [180, 0, 0], "W")) == (-90.0, -180.0)


def test_the_time_of_a_place_needs_day_and_clock() -> None:
    day, clock = Tag("2026:11:19 trailing"), Tag([7, 5, Fraction(9)])
    assert _read_gps_time({"GPS GPSDate": day, "GPS GPSTimeStamp": clock}) == "2026:11:19 07:05:09Z"
    assert _read_gps_time({"GPS GPSTimeStamp": clock}) is None
    assert _read_gps_time({"GPS GPSDate": day}) is None
    assert _read_gps_time({"GPS GPSDate": day, "GPS GPSTimeStamp": Tag([7, 5])}) is None


def test_each_field_comes_from_its_tag_and_the_better_one_first() -> None:
    tags = {
        "Image Make": Tag("Make \0"), "Image Model": Tag("Model"), "Image CameraSerialNumber": Tag("second"),
        "EXIF BodySerialNumber": Tag("first"), "Image Software": Tag("Software"), "EXIF DateTimeDigitized": Tag("later"),
        "EXIF DateTimeOriginal": Tag(" \0"), "EXIF OffsetTime": Tag("+05:00"),
    }  # fmt: skip
    found = _to_exif(tags, request())
    assert (found.make, found.model, found.serial, found.software) == ("Make", "Model", "first", "Software")
    assert (found.taken, found.offset) == ("later", "+05:00"), "an empty tag does not stand before one with a value"
    assert (found.gps, found.gps_time) == (None, None)
    assert dict(found.fields)["Image CameraSerialNumber"] == "second"


def test_fields_end_at_the_limits_of_the_request() -> None:
    tags = {f"Tag {n}": Tag("abcd") for n in range(5)}
    assert len(_to_exif(tags, request()).fields) == 5
    assert _to_exif(tags, request(exif_fields=2)).fields == (("Tag 0", "abcd"), ("Tag 1", "abcd"))
    one = len("Tag 0") + len("abcd")
    assert [len(_to_exif(tags, request(exif_text=3 * one + more)).fields) for more in (-1, 0, 1)] == [2, 3, 3]


def test_a_lone_surrogate_becomes_text_that_can_be_kept() -> None:
    (field,) = _to_exif({"Tag \ud800": Tag("a\udfffb")}, request()).fields
    assert field == ("Tag ?", "a?b")
