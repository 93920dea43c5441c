from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image, ImageFilter

from tests.hashing.scenes import Plane, landscape
from triage.hashing.photo_region import find_photo

scene = landscape(300, 400, 5)


def noisy(height: int, width: int) -> Plane:
    return np.random.default_rng(height).integers(0, 256, (height, width)).astype(np.uint8)


def within(found: Plane | None, wanted: Plane, by: int = 2) -> bool:
    return found is not None and all(abs(one - other) <= by for one, other in zip(found.shape, wanted.shape, strict=True))


@pytest.mark.parametrize(
    "edges", [((20, 20), (20, 20)), ((60, 60), (0, 0)), ((0, 0), (90, 90)), ((3, 0), (0, 0)), ((0, 50), (7, 0))]
)
@pytest.mark.parametrize("level", [0, 128, 255])
def test_borders_and_bars_go(edges: tuple[tuple[int, int], tuple[int, int]], level: int) -> None:
    inner = noisy(300, 400)
    found = find_photo(np.pad(inner, edges, constant_values=level))
    assert np.array_equal(found.trimmed, inner)
    assert found.photo is None


def test_bars_of_two_levels_go() -> None:
    inner = noisy(300, 400)
    found = find_photo(np.pad(np.pad(inner, ((40, 40), (0, 0)), constant_values=0), ((0, 0), (30, 30)), constant_values=255))
    assert np.array_equal(found.photo, inner)


def words(height: int, width: int) -> Plane:
    """Dark blocks on white, as text looks from afar."""
    page = np.full((height, width), 255, np.uint8)
    page[height // 4 : -height // 4, 20:-20] = np.where(noisy(height, width)[height // 4 : -height // 4, 20:-20] > 128, 255, 0)
    return page


@pytest.mark.parametrize("above", [True, False])
def test_a_caption_is_parted_from_its_photograph(above: bool) -> None:
    caption = words(60, 400)
    found = find_photo(np.concatenate([caption, scene] if above else [scene, caption]))
    assert within(found.photo, scene)


def test_the_photograph_is_found_on_a_screen() -> None:
    screen = np.full((800, 480), 222, np.uint8)
    screen[:70] = 80
    screen[20:50, 60:200] = words(30, 140)
    for line in range(3):
        screen[100 + 60 * line : 140 + 60 * line, 20:300] = words(40, 280)
    screen[300:600, 40:440] = scene
    screen[760:] = 255
    assert within(find_photo(screen).photo, scene)


def test_the_photograph_is_found_in_a_bubble_on_a_patterned_ground() -> None:
    """As messengers draw it; the time stands below the photograph, in the bubble."""
    doodles = np.random.default_rng(3).random((800, 480)) < 0.1
    screen = np.where(doodles, 206, 222).astype(np.uint8)
    screen[:70] = 80
    screen[120:160, 20:300] = words(40, 280)
    screen[292:630, 52:468] = 240
    screen[300:600, 60:460] = scene
    screen[610:622, 400:450] = words(12, 50)
    screen[760:] = 255
    assert within(find_photo(screen).photo, scene)


def between_bars(inner: Plane, blur: float) -> Plane:
    """As stories fill a screen: what fills it behind the photograph is the photograph, blurred."""
    height, width = inner.shape
    ground = np.asarray(Image.fromarray(inner).resize((2 * width, 2 * height)).filter(ImageFilter.GaussianBlur(blur)))
    bar = height // 3
    screen = ground[: height + 2 * bar, :width].copy()
    screen[bar:-bar] = inner
    return screen


@pytest.mark.parametrize("blur", [12, 20, 60])
@pytest.mark.parametrize("across", [True, False])
def test_the_photograph_is_found_between_blurred_bars(across: bool, blur: float) -> None:
    screen = between_bars(scene, blur)
    found = find_photo(np.ascontiguousarray(screen.T) if across else screen)
    assert within(found.photo, scene.T if across else scene, 0)


def test_an_edge_that_is_hardly_sharper_than_its_bar_is_seen() -> None:
    """Of a photograph that ends in an even wall, say."""
    screen = between_bars(scene, 40)
    screen[390:400] = screen[400] + 4
    assert within(find_photo(screen, search_borders=False).photo, scene, 0)


def test_a_photograph_with_the_sides_of_a_camera_is_not_looked_through_for_blurred_bars() -> None:
    screen = between_bars(scene[:, :300], 20)
    assert find_photo(np.pad(screen, ((0, 0), (0, 60)), mode="edge"), search_borders=False).photo is None


def test_a_photograph_alone_is_left_alone() -> None:
    found = find_photo(noisy(256, 341))
    assert found.trimmed is None
    assert found.photo is None


@pytest.mark.parametrize("plane", [np.full((300, 300), 7, np.uint8), np.zeros((1, 1), np.uint8), np.zeros((2, 900), np.uint8)])
def test_nothing_is_left_of_an_even_plane(plane: Plane) -> None:
    found = find_photo(plane)
    assert found.trimmed is None
    assert found.photo is None


@settings(max_examples=150)
@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 90), st.integers(1, 90)), elements=st.sampled_from([0, 3, 128, 255])))
def test_any_plane_has_an_answer(plane: Plane) -> None:
    found = find_photo(plane)
    for piece in (found.trimmed, found.photo):
        assert piece is None or 0 < piece.size < plane.size
