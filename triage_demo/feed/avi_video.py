"""Encodes drawn frames as a video: Motion JPEG in an AVI container, as old cameras and phones write it.

Layout after Microsoft's AVI RIFF File Reference. The feed writes it by hand, since no decoder library may be loaded in the host.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence

from triage_demo.feed.canvas import Noise
from triage_demo.feed.pictures import Pixels, draw, encode_jpeg

FRAMES_PER_SECOND = 5
_HAS_INDEX = 0x10  # flag of the main header
_KEY_FRAME = 0x10  # flag of an entry of the index


def draw_shots(
    seeds: Iterable[tuple[int, ...]], noise: Noise, *, seconds: float = 2.0, size: tuple[int, int] = (320, 180)
) -> Iterator[Pixels]:
    """Yields the frames of one shot for each seed: the view moves slowly over a drawn scene. `size` is (width, height)."""
    width, height = size
    frames = round(seconds * FRAMES_PER_SECOND)
    for seed in seeds:
        scene = draw(seed, width * 5 // 4, height * 5 // 4, noise)
        for frame in range(frames):
            top, left = (spare * frame // frames for spare in (height // 4, width // 4))
            yield scene[top : top + height, left : left + width]


def encode_avi(frames: Sequence[Pixels], quality: int) -> bytes:
    """Returns the video of frames of one size. `quality` is JPEG's, 1 to 100."""
    height, width = frames[0].shape[:2]
    encoded = [encode_jpeg(frame, quality, None) for frame in frames]
    largest = max(map(len, encoded))
    main = struct.pack(
        "<14I",
        1_000_000 // FRAMES_PER_SECOND,
        largest * FRAMES_PER_SECOND,
        0,
        _HAS_INDEX,
        len(frames),
        0,
        1,
        largest,
        width,
        height,
        0,
        0,
        0,
        0,
    )
    stream = struct.pack(
        "<4s4sIHHIIIIIIiI4H",
        b"vids",
        b"MJPG",
        0,
        0,
        0,
        0,
        1,
        FRAMES_PER_SECOND,
        0,
        len(frames),
        largest,
        -1,
        0,
        0,
        0,
        width,
        height,
    )
    bitmap = struct.pack("<IiiHH4sIiiII", 40, width, height, 1, 24, b"MJPG", width * height * 3, 0, 0, 0, 0)
    header = _list(b"hdrl", _chunk(b"avih", main) + _list(b"strl", _chunk(b"strh", stream) + _chunk(b"strf", bitmap)))
    movie, index = b"", b""
    for data in encoded:
        index += struct.pack("<4sIII", b"00dc", _KEY_FRAME, 4 + len(movie), len(data))
        movie += _chunk(b"00dc", data)
    body = header + _list(b"movi", movie) + _chunk(b"idx1", index)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"AVI " + body


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _list(kind: bytes, data: bytes) -> bytes:
    return _chunk(b"LIST", kind + data)
