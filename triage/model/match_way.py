"""How two files match, as data: which hash, which parts, orientation, differing bits, and time in a video.

Searches return it, and the store keeps it in typed columns (store/queries/match_ways.py). Words for people are made from it: on
screens by the desktop, on the command line and in verdicts by `describe_match_way`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from triage.model.damage import read_word
from triage.model.digest_kinds import DIGEST_KINDS, DigestKind

HashKind = Literal[DigestKind, "pdq", "pdq of frames"]
"""Which hash matched: a digest of the bytes, PDQ of images, or PDQ of the frames of a video."""
FRAME_PDQ: HashKind = "pdq of frames"


class Orientation(StrEnum):
    """The eight dihedral forms of an image, in the order of PDQ's reference.

    "Left" means counter-clockwise.
    """

    UPRIGHT = "upright"
    ROTATED_LEFT = "rotated-left"
    ROTATED_180 = "rotated-180"
    ROTATED_RIGHT = "rotated-right"
    FLIPPED = "flipped"
    """Top for bottom."""
    MIRRORED = "mirrored"
    """Left for right."""
    TRANSPOSED = "transposed"
    """Rotated left, then flipped: rows become columns."""
    TRANSVERSED = "transversed"
    """Rotated right, then flipped."""

    @property
    def inverse(self) -> Orientation:
        """The orientation that undoes this one."""
        return _INVERSE_ROTATIONS.get(self, self)


_INVERSE_ROTATIONS = {
    Orientation.ROTATED_LEFT: Orientation.ROTATED_RIGHT,
    Orientation.ROTATED_RIGHT: Orientation.ROTATED_LEFT,
}


class CropWindow(StrEnum):
    """A part of an image that has hashes of its own.

    The store keeps the values; hashing/crop_windows.py has the geometry.

    `CENTRE_10` is what is left when 10 % of each side's length is cut off, half of it at either end. `TOP_LEFT_10` keeps the top
    left corner. `WITHOUT_TOP_10` lost 10 % at the top.
    """

    WHOLE = "whole"
    TRIMMED = "trimmed"
    """Without borders and bars."""
    PHOTO = "photo"
    """The photograph inside a screenshot, a caption or between blurred bars."""
    CENTRE_5 = "centre-5"
    CENTRE_10 = "centre-10"
    CENTRE_20 = "centre-20"
    CENTRE_40 = "centre-40"
    WITHOUT_LEFT_AND_RIGHT_25 = "without-left-and-right-25"
    WITHOUT_TOP_AND_BOTTOM_25 = "without-top-and-bottom-25"
    TOP_LEFT_5 = "top-left-5"
    TOP_RIGHT_5 = "top-right-5"
    BOTTOM_LEFT_5 = "bottom-left-5"
    BOTTOM_RIGHT_5 = "bottom-right-5"
    WITHOUT_TOP_5 = "without-top-5"
    WITHOUT_BOTTOM_5 = "without-bottom-5"
    WITHOUT_LEFT_5 = "without-left-5"
    WITHOUT_RIGHT_5 = "without-right-5"
    TOP_LEFT_10 = "top-left-10"
    TOP_RIGHT_10 = "top-right-10"
    BOTTOM_LEFT_10 = "bottom-left-10"
    BOTTOM_RIGHT_10 = "bottom-right-10"
    WITHOUT_TOP_10 = "without-top-10"
    WITHOUT_BOTTOM_10 = "without-bottom-10"
    WITHOUT_LEFT_10 = "without-left-10"
    WITHOUT_RIGHT_10 = "without-right-10"
    TOP_LEFT_20 = "top-left-20"
    TOP_RIGHT_20 = "top-right-20"
    BOTTOM_LEFT_20 = "bottom-left-20"
    BOTTOM_RIGHT_20 = "bottom-right-20"
    WITHOUT_TOP_20 = "without-top-20"
    WITHOUT_BOTTOM_20 = "without-bottom-20"
    WITHOUT_LEFT_20 = "without-left-20"
    WITHOUT_RIGHT_20 = "without-right-20"
    SQUARE = "square"
    """The middle, cut to a square; likewise to the two usual ratios of longer to shorter side."""
    RATIO_4_3 = "ratio-4-3"
    RATIO_16_9 = "ratio-16-9"
    INNER_TOP = "inner-top"
    """A window near the middle that nobody crops to: uneven crops still contain one (hashing/uneven_crops.py)."""
    INNER_BOTTOM = "inner-bottom"
    INNER_LEFT = "inner-left"
    INNER_RIGHT = "inner-right"
    INNER_TOP_LEFT = "inner-top-left"
    INNER_TOP_RIGHT = "inner-top-right"
    INNER_BOTTOM_LEFT = "inner-bottom-left"
    INNER_BOTTOM_RIGHT = "inner-bottom-right"
    ROTATED_3_LEFT = "rotated-3-left"
    """The middle, rotated by 3 degrees."""
    ROTATED_3_RIGHT = "rotated-3-right"
    UNEVEN = "uneven"
    """A crop that lost another amount at each side; it has no window of its own."""
    TILTED = "tilted"
    """A part of an image that was rotated back by a few degrees first."""

    @property
    def is_whole(self) -> bool:
        """Returns whether the window shows the image as a whole, with or without its borders."""
        return self in (CropWindow.WHOLE, CropWindow.TRIMMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchWay:
    """How the queried file matches another file, or an entry of a hash list.

    `asked_window` of the queried file, brought into `orientation`, is `found_window` of the other file. `distance` counts the
    differing bits of `hash_kind`: of 256 for PDQ, 0 for digests. Between videos it is the median over the matching frames.
    `dhash_distance` counts those of the difference hash, of 480, and is None where it was not compared. `time_ms` is the time in
    a video of a frame that matches an image.
    """

    hash_kind: HashKind
    distance: int
    asked_window: CropWindow = CropWindow.WHOLE
    found_window: CropWindow = CropWindow.WHOLE
    orientation: Orientation = Orientation.UPRIGHT
    dhash_distance: int | None = None
    time_ms: int | None = None
    damaged: bool = False
    """What is stored of windows and orientation can't be read: which parts match, and how they are turned, is not known."""

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """Returns a sort key: the nearest first, and equally near ones by their windows and orientation."""
        windows, orientations = _WINDOW_NUMBERS, _ORIENTATION_NUMBERS
        return self.distance, windows[self.found_window], windows[self.asked_window], orientations[self.orientation]

    @property
    def is_plain(self) -> bool:
        """Returns whether both windows are whole and upright."""
        windows = (self.asked_window, self.found_window)
        return (
            not self.damaged
            and self.time_ms is None
            and self.orientation is Orientation.UPRIGHT
            and windows == (CropWindow.WHOLE,) * 2
        )

    def reverse(self) -> MatchWay:
        """Returns the same match as seen from the other file."""
        return replace(
            self,
            asked_window=self.found_window,
            found_window=self.asked_window,
            orientation=self.orientation.inverse,
        )


def read_match_way(
    hash_kind: HashKind,
    distance: int,
    *,
    asked_window: str,
    found_window: str = CropWindow.WHOLE.value,
    orientation: str,
    dhash_distance: int | None = None,
    time_ms: int | None = None,
) -> MatchWay:
    """Returns the way of a stored match. Windows and orientation are words of the store, and may be none of ours."""
    asked, found = read_word(CropWindow, asked_window), read_word(CropWindow, found_window)
    turned = read_word(Orientation, orientation)
    if asked is None or found is None or turned is None:
        return MatchWay(hash_kind=hash_kind, distance=distance, dhash_distance=dhash_distance, time_ms=time_ms, damaged=True)
    return MatchWay(
        hash_kind=hash_kind,
        distance=distance,
        asked_window=asked,
        found_window=found,
        orientation=turned,
        dhash_distance=dhash_distance,
        time_ms=time_ms,
    )


DAMAGED_WAY = "the stored windows can't be read"
_WINDOW_NUMBERS = {window: number for number, window in enumerate(CropWindow)}
_ORIENTATION_NUMBERS = {orientation: number for number, orientation in enumerate(Orientation)}
_ORIENTATION_WORDS = {
    Orientation.UPRIGHT: "upright",
    Orientation.ROTATED_LEFT: "rotated left",
    Orientation.ROTATED_180: "rotated 180 degrees",
    Orientation.ROTATED_RIGHT: "rotated right",
    Orientation.FLIPPED: "flipped",
    Orientation.MIRRORED: "mirrored",
    Orientation.TRANSPOSED: "transposed",
    Orientation.TRANSVERSED: "transversed",
}
_CORNERS = ("top-left", "top-right", "bottom-left", "bottom-right")
_SIDES = ("top", "bottom", "left", "right")
_WINDOW_WORDS = {
    CropWindow.WHOLE: "whole",
    CropWindow.TRIMMED: "inside the borders",
    CropWindow.PHOTO: "photo inside",
    **{CropWindow(f"centre-{n}"): f"centre -{n} %" for n in (5, 10, 20, 40)},
    CropWindow.WITHOUT_LEFT_AND_RIGHT_25: "left and right cut off, 25 %",
    CropWindow.WITHOUT_TOP_AND_BOTTOM_25: "top and bottom cut off, 25 %",
    **{CropWindow(f"{corner}-{n}"): f"{corner.replace('-', ' ')} -{n} %" for corner in _CORNERS for n in (5, 10, 20)},
    **{CropWindow(f"without-{side}-{n}"): f"{side} cut off, {n} %" for side in _SIDES for n in (5, 10, 20)},
    CropWindow.SQUARE: "square in the middle",
    CropWindow.RATIO_4_3: "4:3 in the middle",
    CropWindow.RATIO_16_9: "16:9 in the middle",
    **{CropWindow(f"inner-{way}"): f"middle towards the {way.replace('-', ' ')}" for way in (*_SIDES, *_CORNERS)},
    CropWindow.ROTATED_3_LEFT: "middle rotated 3 degrees left",
    CropWindow.ROTATED_3_RIGHT: "middle rotated 3 degrees right",
    CropWindow.UNEVEN: "uneven crop",
    CropWindow.TILTED: "tilted crop",
}


def describe_match_way(way: MatchWay) -> str:
    """Returns the English words for a match: the `variant` of the command line's JSON. Empty for digests."""
    if way.hash_kind in DIGEST_KINDS:
        return ""
    words = [] if way.time_ms is None else [f"frame at {way.time_ms / 1000:.1f} s"]
    if way.damaged:
        return ", ".join((*words, DAMAGED_WAY))
    words.append(_ORIENTATION_WORDS[way.orientation])
    if way.asked_window is not CropWindow.WHOLE:
        words.append(f"{_WINDOW_WORDS[way.asked_window]} of this")
    if way.found_window is not CropWindow.WHOLE:
        words.append(f"{_WINDOW_WORDS[way.found_window]} of the other")
    return ", ".join(words)
