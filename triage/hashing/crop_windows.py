"""The crop windows of an image: which parts have hashes of their own, where they lie, and which edges they keep.

A crop has another hash than the image it was cut from. So an image is stored with the hashes of its likeliest crops. These are
centred crops, corners, sides, and the middles that albums, profiles and screens show. Crops between these:
hashing/uneven_crops.py.

Inside this package a window is a number, its place in WINDOWS. Outside it is a CropWindow.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from triage.hashing.orientations import ORIENTATIONS
from triage.model.match_way import CropWindow, Orientation


class Rectangle(NamedTuple):
    """A part of an image. Each edge is a share of the side, 0 to 1, from the top or the left."""

    top: float
    left: float
    bottom: float
    right: float


FULL_IMAGE = Rectangle(0.0, 0.0, 1.0, 1.0)
WHOLE_WINDOWS = (CropWindow.WHOLE, CropWindow.TRIMMED, CropWindow.PHOTO)
"""The image, what lies inside its borders, and the photograph inside a screenshot: compared with every window of others."""


def _crop_rectangles() -> Iterator[tuple[CropWindow, Rectangle]]:
    """Yields the likely crops, in the order of the stored windows."""
    for cut in (5, 10, 20, 40):
        half = cut / 200
        yield CropWindow(f"centre-{cut}"), Rectangle(half, half, 1 - half, 1 - half)
    yield CropWindow.WITHOUT_LEFT_AND_RIGHT_25, Rectangle(0.0, 0.125, 1.0, 0.875)
    yield CropWindow.WITHOUT_TOP_AND_BOTTOM_25, Rectangle(0.125, 0.0, 0.875, 1.0)
    for cut in (5, 10, 20):
        keep = 1 - cut / 100
        for vertical, top in (("top", 0.0), ("bottom", 1 - keep)):
            for horizontal, left in (("left", 0.0), ("right", 1 - keep)):
                yield CropWindow(f"{vertical}-{horizontal}-{cut}"), Rectangle(top, left, top + keep, left + keep)
        yield CropWindow(f"without-top-{cut}"), Rectangle(1 - keep, 0.0, 1.0, 1.0)
        yield CropWindow(f"without-bottom-{cut}"), Rectangle(0.0, 0.0, keep, 1.0)
        yield CropWindow(f"without-left-{cut}"), Rectangle(0.0, 1 - keep, 1.0, 1.0)
        yield CropWindow(f"without-right-{cut}"), Rectangle(0.0, 0.0, 1.0, keep)


CROPS = dict(_crop_rectangles())
"""The likely crops whose place does not depend on the shape of the image."""
RATIOS = {CropWindow.SQUARE: 1.0, CropWindow.RATIO_4_3: 4 / 3, CropWindow.RATIO_16_9: 16 / 9}
"""The middle cut to a usual shape, longer side by shorter one; its place depends on the shape of the image."""
INNER_CROPS = {
    CropWindow.INNER_TOP: Rectangle(0.1, 0.2, 0.8, 0.8),
    CropWindow.INNER_BOTTOM: Rectangle(0.2, 0.2, 0.9, 0.8),
    CropWindow.INNER_LEFT: Rectangle(0.2, 0.1, 0.8, 0.8),
    CropWindow.INNER_RIGHT: Rectangle(0.2, 0.2, 0.8, 0.9),
    CropWindow.INNER_TOP_LEFT: Rectangle(0.1, 0.1, 0.8, 0.8),
    CropWindow.INNER_TOP_RIGHT: Rectangle(0.1, 0.2, 0.8, 0.9),
    CropWindow.INNER_BOTTOM_LEFT: Rectangle(0.2, 0.1, 0.9, 0.8),
    CropWindow.INNER_BOTTOM_RIGHT: Rectangle(0.2, 0.2, 0.9, 0.9),
}
"""Nobody crops to these. But a crop that lost another amount at each side still contains one of them."""
ROTATED_WINDOWS = (CropWindow.ROTATED_3_LEFT, CropWindow.ROTATED_3_RIGHT)
"""Asked for, never stored in an index."""

WINDOWS = (*WHOLE_WINDOWS, *CROPS, *RATIOS, *INNER_CROPS, *ROTATED_WINDOWS)
"""All windows that have hashes, in the order of the stored blob (hashing/window_codec.py): append only."""
NUMBER_OF = {window: number for number, window in enumerate(WINDOWS)}
LAST_WHOLE = len(WHOLE_WINDOWS) - 1  # the numbers up to here are WHOLE_WINDOWS
STORED_COUNT = len(WINDOWS) - len(ROTATED_WINDOWS)  # the numbers below this go into an index
INNER_NUMBERS = frozenset(NUMBER_OF[window] for window in INNER_CROPS)
CROP_NUMBERS = tuple(number for number in range(LAST_WHOLE + 1, STORED_COUNT) if number not in INNER_NUMBERS)

_RATIO_STEPS = 160  # positions along a side at which a ratio's cut may lie, so that few filters serve all images
_LEAST_RATIO_CUT = 3  # steps at each end; a smaller cut is met by the whole image
_MOST_RATIO_CUT = 72  # steps at each end; leaves a tenth of the side
_STORED_RATIO_CUT = 20  # steps at each end: the crops that lose 25 % are stored already
_SIZES_CACHED = 64  # image sizes


@lru_cache(_SIZES_CACHED)
def find_ratio_crops(height: int, width: int) -> dict[int, Rectangle]:
    """Returns where the middle of each usual ratio lies in an image of this size, by window number.

    Ratios that would cut off almost nothing, leave almost nothing, or repeat a stored crop are missing.
    """
    longer = max(height, width) / min(height, width)
    found = {}
    for window, ratio in RATIOS.items():
        steps = round(_RATIO_STEPS // 2 * (1 - min(ratio / longer, longer / ratio)))
        cut = steps / _RATIO_STEPS
        if _LEAST_RATIO_CUT <= steps <= _MOST_RATIO_CUT and steps != _STORED_RATIO_CUT:
            cuts_sides = (width > height) == (longer > ratio)
            found[NUMBER_OF[window]] = Rectangle(0.0, cut, 1.0, 1 - cut) if cuts_sides else Rectangle(cut, 0.0, 1 - cut, 1.0)
    return found


class KeptEdges(NamedTuple):
    """The edges of the image that a crop still has."""

    top: bool
    left: bool
    bottom: bool
    right: bool


_NO_EDGES = KeptEdges(False, False, False, False)
_EDGES_OF_CROPS = {
    NUMBER_OF[window]: KeptEdges(place.top == 0, place.left == 0, place.bottom == 1, place.right == 1)
    for window, place in CROPS.items()
}


def find_kept_edges(window: int, orientation: int) -> KeptEdges:
    """Returns which edges of the image a crop keeps, once the crop was brought into an orientation.

    Args:
        window: its number in WINDOWS.
        orientation: its number in ORIENTATIONS.
    """
    top, left, bottom, right = _EDGES_OF_CROPS.get(window, _NO_EDGES)
    oriented = {
        Orientation.UPRIGHT: KeptEdges(top, left, bottom, right),
        Orientation.ROTATED_LEFT: KeptEdges(right, top, left, bottom),
        Orientation.ROTATED_180: KeptEdges(bottom, right, top, left),
        Orientation.ROTATED_RIGHT: KeptEdges(left, bottom, right, top),
        Orientation.FLIPPED: KeptEdges(bottom, left, top, right),
        Orientation.MIRRORED: KeptEdges(top, right, bottom, left),
        Orientation.TRANSPOSED: KeptEdges(left, top, right, bottom),
        Orientation.TRANSVERSED: KeptEdges(right, bottom, left, top),
    }
    return oriented[ORIENTATIONS[orientation]]
