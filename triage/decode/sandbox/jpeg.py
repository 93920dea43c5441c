"""Follows the segments of a JPEG without decoding: number of scans, metadata, fill bytes."""

from __future__ import annotations

import re

from triage.decode.protocol import Refusal
from triage.decode.sandbox.source import UnreadableMedia

MAX_SCANS = 200
"""Encoders write 1 to 20. Each scan goes over all pixels again: thousands of empty ones fit into a small file."""
MAX_SCANNED_PIXELS = 2_500_000_000
"""Pixels times scans: some 25 s of decoding. The largest picture allowed may have 12 scans."""
_MAX_MARKERS = 20_000  # of one file; a photograph has some twenty
_START_OF_SCAN, _END_OF_IMAGE, _APP1 = 0xDA, 0xD9, 0xE1
_START_OF_SEQUENTIAL_FRAME = (0xC0, 0xC1)
_SEGMENTS = frozenset((0xC4, 0xDB, 0xDD, 0xFE, *range(0xE0, 0xF0)))
"""Tables, comments and applications' data, which a decoder reads or skips whole."""
_COUNT_IN_FRAME = 9
"""Where the number of components stands in a frame header, from its marker on."""
_FIRST_WITH_LENGTH, _WITHOUT_LENGTH = 0xC0, (*range(0xD0, 0xDA), 0xFF)
_MAY_BE_METADATA = frozenset((_APP1, *_WITHOUT_LENGTH))
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_FILL = re.compile(rb"\xff+")


def may_have_metadata(data: bytes) -> bool:
    """Returns False only when the segments up to the first scan hold no APP1, where EXIF and XMP lie.

    Messengers remove metadata, and looking for it costs up to a tenth of decoding a small image.
    """
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == _START_OF_SCAN:
            return False
        if marker < _FIRST_WITH_LENGTH or marker in _MAY_BE_METADATA:
            break
        at += 2 + (data[at + 2] << 8 | data[at + 3])  # int.from_bytes takes three times as long, for each segment of each file
    return True


def remove_fill_bytes(data: bytes) -> bytes:
    """Returns the JPEG without the fill bytes that may stand before a marker.

    Pillow and ExifRead read them one by one.
    """
    parts: list[bytes] = [data[:2]]
    at = 2
    filled = False
    while fill := _FILL.match(data, at):
        start = fill.end() - 1
        filled |= start > at
        marker = data[start + 1] if start + 1 < len(data) else 0
        if marker < _FIRST_WITH_LENGTH or marker in _WITHOUT_LENGTH or marker == _START_OF_SCAN or len(parts) > _MAX_MARKERS:
            at = start
            break
        end = start + 2 + int.from_bytes(data[start + 2 : start + 4])
        parts.append(data[start:end])
        at = end
    return b"".join([*parts, data[at:]]) if filled else data


def check_scans(data: bytes, width: int, height: int) -> None:
    """Raises UnreadableMedia when the image has so many scans that decoding would take long."""
    if _has_single_scan(data):
        return
    most = min(MAX_SCANS, MAX_SCANNED_PIXELS // max(1, width * height))
    if data.count(b"\xff\xda") > most and _count_scans(data, most) > most:
        raise UnreadableMedia(Refusal.TOO_LARGE)


def _has_single_scan(data: bytes) -> bool:
    """Returns True only when the first scan holds all components of a sequential image: libjpeg refuses any scan behind it.

    Nearly all images are such, and looking through all bytes for further scans takes a twelfth of the time of decoding.
    """
    components, at = 0, 2
    while at + _COUNT_IN_FRAME < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == _START_OF_SCAN:
            return components > 0 and data[at + 4] == components
        if marker in _START_OF_SEQUENTIAL_FRAME:
            if components:
                return False
            components = data[at + _COUNT_IN_FRAME]
        elif marker not in _SEGMENTS:
            return False
        at += 2 + (data[at + 2] << 8 | data[at + 3])
    return False


def _count_scans(data: bytes, most: int) -> int:
    """Returns the number of scans of the main image, or some number above `most`.

    Appended images do not count.
    """
    scans, at = 0, 2
    for _ in range(_MAX_MARKERS):
        found = _MARKER.search(data, at)
        if found is None:
            return scans
        marker = data[found.end() - 1]
        at = found.end()
        if marker == _END_OF_IMAGE:
            return scans
        if marker < _FIRST_WITH_LENGTH or marker in _WITHOUT_LENGTH:
            continue
        scans += marker == _START_OF_SCAN
        if scans > most:
            return scans
        at += int.from_bytes(data[at : at + 2])
    return most + 1
