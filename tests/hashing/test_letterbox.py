"""Bars of a video's frame are cut off as an encoder leaves them, smeared at the edge; whatever else it is, nothing is invented."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.hashing.scenes import Plane, landscape
from triage.hashing.letterbox import remove_bars

SCENE = landscape(180, 320, 4)


def barred(rows: int, columns: int, level: int = 16) -> Plane:
    """The line of a bar beside the picture is smeared: it strays, and is still as light as the bar."""
    plane = np.full((180 + 2 * rows, 320 + 2 * columns), level, np.uint8)
    plane[rows : rows + 180, columns : columns + 320] = SCENE
    if rows:
        plane[rows - 1, columns : columns + 320] = np.clip(level + 14 * (-1) ** (np.arange(320) // 4), 0, 255)
    return plane


@pytest.mark.parametrize("level", [0, 16, 128, 255])
@pytest.mark.parametrize(("rows", "columns"), [(40, 0), (0, 60), (40, 60)])
def test_bars_go_and_the_picture_stays(rows: int, columns: int, level: int) -> None:
    left = remove_bars(barred(rows, columns, level))
    assert left is not None
    lost = np.array(SCENE.shape) - left.shape
    assert (lost >= 0).all(), "no line of a bar is left, smeared or not"
    assert (lost <= 4).all()


def test_without_bars_there_is_nothing_to_cut() -> None:
    assert remove_bars(SCENE) is None


def test_what_leaves_too_little_is_no_bar() -> None:
    assert remove_bars(np.full((90, 160), 30, np.uint8)) is None
    assert remove_bars(barred(300, 0)) is None


@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12))))
def test_what_is_left_lies_in_the_frame_in_one_piece(plane: Plane) -> None:
    left = remove_bars(plane)
    if left is None:
        return
    height, width = left.shape
    assert left.flags.c_contiguous and left.size < plane.size
    assert min(height / plane.shape[0], width / plane.shape[1]) >= 0.3
    tops, lefts = plane.shape[0] - height, plane.shape[1] - width
    assert any((plane[t : t + height, x : x + width] == left).all() for t in range(tops + 1) for x in range(lefts + 1))


NOISE = (np.random.default_rng(1).integers(0, 2, (60, 80)) * 255).astype(np.uint8)


def line(level: int, deviation: int) -> Plane:
    """Samples whose mean is `level` and whose standard deviation is exactly `deviation`."""
    return (level + deviation * (-1) ** np.arange(80)).astype(np.uint8)


FLAT = [line(100, 0)] * 3


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize(
    ("lines", "removed"),
    [
        ([line(100, 4)] * 3, 3),
        ([line(100, 5)] * 3, 0),
        ([*FLAT, line(160, 4)], 4),  # flat, if not as light
        ([*FLAT, line(160, 5)], 3),
        ([*FLAT, line(100, 19)], 4),  # smeared, and as light
        ([*FLAT, line(100, 20)], 3),
        ([*FLAT, line(111, 19)], 4),
        ([*FLAT, line(112, 19)], 3),
        ([*FLAT, line(89, 19)], 4),
        ([*FLAT, line(88, 19)], 3),
    ],
)
def test_a_line_is_a_bar_s_up_to_these_bounds(lines: list[Plane], removed: int, quarters: int) -> None:
    """At whichever side of the frame."""
    left = remove_bars(np.rot90(np.concatenate([lines, NOISE]), quarters))
    expected = np.concatenate([lines, NOISE])[removed:]
    assert (left is None) is (removed == 0)
    assert left is None or np.array_equal(left, np.rot90(expected, quarters))


@pytest.mark.parametrize(("rows", "is_bar"), [(30, True), (29, False)])
def test_three_tenths_of_each_side_must_be_left(rows: int, is_bar: bool) -> None:
    left = remove_bars(np.concatenate([[line(100, 0)] * (100 - rows), NOISE[:rows]]))
    assert (left is not None and len(left) == rows) is is_bar
