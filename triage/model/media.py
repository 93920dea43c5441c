"""Facts about a media item: digests from the host, everything else from the confined worker, range-checked by the host."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from triage.model.file_text import FileText

PREVIEW_SIDE = 32
"""The stored preview is PREVIEW_SIDE x PREVIEW_SIDE grey bytes, blurred in the worker."""


@dataclass(frozen=True, slots=True)
class Digests:
    """Digests of the raw bytes in lower-case hex, computed by the host, and the size in bytes."""

    md5: str
    sha1: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Perceptual:
    """Perceptual hashes of a still image, after its EXIF orientation was undone.

    `pdq` is 32 bytes, in big-endian bit order as pdqhash prints it. `turns` holds the eight dihedral PDQ hashes (32 bytes each,
    the first is `pdq`). `quality` is PDQ's 0 to 100; under 50 the hash never matches. `phash` is 8 bytes, equal to
    imagehash.phash. `windows` holds two hashes each of the image's likeliest crops (hashing/window_codec.py). It is empty once
    the store has indexed them.
    """

    pdq: bytes
    quality: int
    turns: tuple[bytes, ...]
    phash: bytes
    windows: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """How a video was sampled.

    `frames` holds the hashed frames (hashing/video_frames.py), and `count` is their number.

    `frames` is empty once the store has indexed them.
    """

    count: int
    frames: bytes = b""
    looked: int
    """Places looked at: `flat` of them say too little to be compared, `still` are as one that was kept."""
    flat: int
    still: int
    sampled: bool
    """Too long to be decoded as a whole: key frames, and of what follows each as much as the work allows."""
    partial: bool
    """The end was not reached, or something on the way could not be read: what was not found may still be there."""
    tracks: int
    """Picture tracks; only one is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exif:
    """The metadata that judgement needs, each None when absent.

    `gps` is (latitude, longitude) in degrees, WGS 84.
    """

    make: str | None = None
    model: str | None = None
    serial: str | None = None
    software: str | None = None
    taken: str | None = None
    """DateTimeOriginal verbatim ("2026:01:04 19:00:00"), no zone unless `offset`."""
    offset: str | None = None
    gps: tuple[float, float] | None = None
    gps_time: str | None = None
    fields: tuple[tuple[str, str], ...] = ()
    """All readable tags as text, capped by limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFacts:
    """What the worker found out about a media item.

    `problem` is a sentence when it could not be decoded.

    Then only `mime`, and of a damaged image `exif`, may be set.
    """

    mime: str
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    perceptual: Perceptual | None = None
    film: Film | None = None
    """Of a film; None also for one that came before frames were hashed, until the next sweep."""
    exif: Exif | None = None
    preview: bytes | None = None
    problem: str | None = None
    file_text: FileText | None = None
    """Of a file that may hold text, such as a chat log. None: its text was not looked for."""


class RevealStep(IntEnum):
    """How much of a media item is shown, from least to most.

    Each step above PREVIEW is made on demand and recorded.
    """

    PREVIEW = 0
    BLURRED = 1
    EDGES = 2
    """Outlines alone, without light, skin and texture."""
    GREY = 3
    COLOUR = 4


SEEN_FROM = RevealStep.EDGES
"""From this step on a person has seen what a media item shows. A blurred one was not seen."""


CROP_UNITS = 10_000
"""A crop counts in so many parts of the upright image's width and height."""
LEAST_CROP_SIDE = 100  # of CROP_UNITS: a smaller rectangle shows nothing
MOST_CROP_AREA = CROP_UNITS**2 // 2  # a larger rectangle is the image, and no crop of it


@dataclass(frozen=True, slots=True)
class ImageCrop:
    """A rectangle of an upright image, in ten-thousandths of its width and height from its upper left corner."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Returns the width in ten-thousandths of the image's."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Returns the height in ten-thousandths of the image's."""
        return self.bottom - self.top

    def is_crop(self) -> bool:
        """Returns whether it lies within the image, is large enough to show something, and is not most of the image."""
        numbers = (self.left, self.top, self.right, self.bottom)
        within = all(type(number) is int and 0 <= number <= CROP_UNITS for number in numbers)
        return within and min(self.width, self.height) >= LEAST_CROP_SIDE and self.width * self.height <= MOST_CROP_AREA


@dataclass(frozen=True, slots=True)
class Pixels:
    """A rendered image: 8-bit RGB rows without padding.

    The host holds it only while it is shown.
    """

    width: int
    height: int
    rgb: bytes


RESTRICTION_DETAILS = (
    "it worked",
    "no system call filter",
    "not in this kernel",
    "one process",
    "only listed calls",
    "only on Linux",
)
"""Details in words of this program, which screens say in their language. Others are limits, versions and errors of the system."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """A restriction of a process. `detail` is a limit, a version, an error of the system, or one of RESTRICTION_DETAILS."""

    name: str
    state: Literal["on", "off", "blocked"]
    """`blocked` means that an attempt from inside failed, as it should."""
    detail: str = ""

    @property
    def holds(self) -> bool:
        """Returns whether the restriction is in force."""
        return self.state != "off"


def parse_restriction(name: str, status: str) -> Restriction:
    """Returns the restriction that a process reports as "on", "off: why", "blocked: error", or by a limit or version alone."""
    state, _, detail = status.partition(": ")
    if state in ("on", "off", "blocked"):
        return Restriction(name, state, detail)  # type: ignore[arg-type]
    return Restriction(name, "on", status)


@dataclass(frozen=True, slots=True)
class SandboxStatus:
    """The restrictions on the decoder, as tried from inside."""

    restrictions: tuple[Restriction, ...]
    confined: bool
    """True only when the restrictions of files, network and processes all hold."""
