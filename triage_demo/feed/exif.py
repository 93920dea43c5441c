"""Writes the metadata that cameras put into a JPEG: an APP1 segment (Exif 2.32, little-endian TIFF) after the SOI marker.

Only what the feed needs: make, model, serial, software, orientation, time with offset, GPS position and time.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

_BYTE, _ASCII, _SHORT, _LONG, _RATIONAL, _UNDEFINED = 1, 2, 3, 4, 5, 7
_SIZES = {_BYTE: 1, _ASCII: 1, _SHORT: 2, _LONG: 4, _RATIONAL: 8, _UNDEFINED: 1}
_HEADER = 8

Field = tuple[int, int, bytes]
"""(tag, type, packed value)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera and what it wrote.

    `gps` is (latitude, longitude) in degrees; `taken` is local time with its zone.
    """

    make: str
    model: str
    serial: str | None = None
    software: str | None = None
    taken: datetime | None = None
    gps: tuple[float, float] | None = None
    orientation: int = 1


def _text(tag: int, value: str) -> Field:
    return tag, _ASCII, value.encode("ascii") + b"\0"


def _rationals(tag: int, values: Sequence[tuple[int, int]]) -> Field:
    return tag, _RATIONAL, b"".join(struct.pack("<II", *value) for value in values)


def _degrees(value: float) -> list[tuple[int, int]]:
    """Returns degrees, minutes and hundredths of a second as rationals."""
    hundredths = round(abs(value) * 360_000)
    degrees, rest = divmod(hundredths, 360_000)
    minutes, seconds = divmod(rest, 6_000)
    return [(degrees, 1), (minutes, 1), (seconds, 100)]


def _directory(fields: Sequence[Field], at: int) -> bytes:
    """Returns one image file directory, placed `at` bytes into the TIFF, with its long values behind it."""
    fields = sorted(fields)
    behind = at + 2 + 12 * len(fields) + 4
    entries, values = bytearray(struct.pack("<H", len(fields))), bytearray()
    for tag, kind, packed in fields:
        entries += struct.pack("<HHI", tag, kind, len(packed) // _SIZES[kind])
        if len(packed) <= 4:
            entries += packed.ljust(4, b"\0")
        else:
            entries += struct.pack("<I", behind + len(values))
            values += packed + b"\0" * (len(packed) % 2)
    return bytes(entries + struct.pack("<I", 0) + values)


def _gps(position: tuple[float, float], taken: datetime | None) -> list[Field]:
    latitude, longitude = position
    fields = [
        (0, _BYTE, bytes((2, 3, 0, 0))),
        _text(1, "N" if latitude >= 0 else "S"),
        _rationals(2, _degrees(latitude)),
        _text(3, "E" if longitude >= 0 else "W"),
        _rationals(4, _degrees(longitude)),
    ]
    if taken is not None:
        utc = taken.utctimetuple()
        fields += [
            _rationals(7, [(utc.tm_hour, 1), (utc.tm_min, 1), (utc.tm_sec, 1)]),
            _text(29, f"{utc.tm_year:04d}:{utc.tm_mon:02d}:{utc.tm_mday:02d}"),
        ]
    return fields


def tiff(camera: Camera) -> bytes:
    """Returns the TIFF block: main directory, Exif directory, GPS directory."""
    main = [_text(0x010F, camera.make), _text(0x0110, camera.model), (0x0112, _SHORT, struct.pack("<H", camera.orientation))]
    exif: list[Field] = [(0x9000, _UNDEFINED, b"0232")]
    if camera.software:
        main.append(_text(0x0131, camera.software))
    if camera.serial:
        exif.append(_text(0xA431, camera.serial))
    if camera.taken is not None:
        stamp = camera.taken.strftime("%Y:%m:%d %H:%M:%S")
        offset = camera.taken.strftime("%z")
        main.append(_text(0x0132, stamp))
        exif += [_text(0x9003, stamp), _text(0x9011, f"{offset[:3]}:{offset[3:]}")]
    gps = _gps(camera.gps, camera.taken) if camera.gps is not None else []

    pointers = [(0x8769, _LONG, struct.pack("<I", 0))] + ([(0x8825, _LONG, struct.pack("<I", 0))] if gps else [])
    exif_at = _HEADER + len(_directory(main + pointers, _HEADER))
    gps_at = exif_at + len(_directory(exif, exif_at))
    main.append((0x8769, _LONG, struct.pack("<I", exif_at)))
    if gps:
        main.append((0x8825, _LONG, struct.pack("<I", gps_at)))
    blocks = _directory(main, _HEADER) + _directory(exif, exif_at) + (_directory(gps, gps_at) if gps else b"")
    return b"II*\0" + struct.pack("<I", _HEADER) + blocks


def with_exif(jpeg: bytes, camera: Camera) -> bytes:
    """Returns the JPEG with the camera's APP1 segment right after its start."""
    body = b"Exif\0\0" + tiff(camera)
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]
