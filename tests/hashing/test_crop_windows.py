"""Where crop windows lie, which edges they keep, and that their numbers are those of the stored blob."""

from __future__ import annotations

import numpy as np
import pytest

from tests.hashing.hashed import ORIENT
from triage.hashing.crop_windows import (
    CROPS,
    INNER_CROPS,
    NUMBER_OF,
    STORED_COUNT,
    WINDOWS,
    Rectangle,
    find_kept_edges,
    find_ratio_crops,
)
from triage.hashing.orientations import ORIENTATIONS
from triage.model.match_way import CropWindow


def test_the_windows_are_those_of_the_model_in_its_order() -> None:
    assert (*WINDOWS, CropWindow.UNEVEN, CropWindow.TILTED) == tuple(CropWindow)
    assert len(WINDOWS) - 2 == STORED_COUNT


@pytest.mark.parametrize("number", range(8), ids=ORIENTATIONS)
@pytest.mark.parametrize("window", [CropWindow.TOP_LEFT_10, CropWindow.WITHOUT_BOTTOM_5, CropWindow.WITHOUT_LEFT_AND_RIGHT_25])
def test_an_oriented_crop_keeps_its_edges(window: CropWindow, number: int) -> None:
    place, marked = CROPS[window], np.zeros((3, 3), np.int64)
    marked[0, 1], marked[1, 0], marked[2, 1], marked[1, 2] = (
        place.top == 0,
        place.left == 0,
        place.bottom == 1,
        place.right == 1,
    )
    oriented = ORIENT[ORIENTATIONS[number]](marked)
    edges = (oriented[0, 1], oriented[1, 0], oriented[2, 1], oriented[1, 2])
    assert find_kept_edges(NUMBER_OF[window], number) == edges


@pytest.mark.parametrize("window", INNER_CROPS)
def test_inner_windows_keep_no_edge(window: CropWindow) -> None:
    assert not any(find_kept_edges(NUMBER_OF[window], 0))


SQUARE, WIDE, WIDEST = CropWindow.SQUARE, CropWindow.RATIO_4_3, CropWindow.RATIO_16_9


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((300, 400), {}),  # 20 steps at each end are stored already
        ((400, 400), {WIDEST: (0, 35)}),
        ((90, 160), {SQUARE: (0, 35)}),
        ((160, 90), {SQUARE: (35, 0)}),
        ((100, 1000), {SQUARE: (0, 72), WIDE: (0, 69), WIDEST: (0, 66)}),
        ((100, 1100), {WIDE: (0, 70), WIDEST: (0, 67)}),  # a square would leave less than a tenth
        ((97, 100), {WIDE: (18, 0), WIDEST: (34, 0)}),  # a square would cut off almost nothing
        ((96, 100), {SQUARE: (0, 3), WIDE: (17, 0), WIDEST: (33, 0)}),
    ],
)
def test_a_ratio_is_cut_from_the_longer_side_in_steps_of_a_160th(
    size: tuple[int, int], expected: dict[CropWindow, tuple[int, int]]
) -> None:
    """Expected are steps off the top and off the left; as many go at the other end."""
    assert find_ratio_crops(*size) == {
        NUMBER_OF[window]: Rectangle(down / 160, across / 160, 1 - down / 160, 1 - across / 160)
        for window, (down, across) in expected.items()
    }
