from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image, ImageFilter

from tests.hashing.scenes import Plane, landscape
from tests.thorough import count_examples
from triage.hashing import photo_region
from triage.hashing.photo_region import Box, Run, find_photo, may_have_borders

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


@settings(max_examples=count_examples(75))
@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 90), st.integers(1, 90)), elements=st.sampled_from([0, 3, 128, 255])))
def test_any_plane_has_an_answer(plane: Plane) -> None:
    found = find_photo(plane)
    for piece in (found.trimmed, found.photo):
        assert piece is None or 0 < piece.size < plane.size


# The bounds, each from both sides


INNER = (np.random.default_rng(4).integers(0, 75, (300, 400)) * 2).astype(np.uint8)
"""Noise of levels up to 148: no level is common, and none is near those of the borders below."""


def above(*rows: Plane | int) -> Plane:
    """The noise with these lines above it: levels or whole lines."""
    return np.concatenate([[np.broadcast_to(np.asarray(row, np.uint8), 400) for row in rows], INNER]).astype(np.uint8)


def with_off_samples(count: int, level: int) -> Plane:
    """A line of level 200 in which `count` of the 100 samples that are looked at have another level."""
    line = np.full(400, 200, np.uint8)
    line[: 4 * count : 4] = level
    return line


@pytest.mark.parametrize(
    ("rows", "cut"),
    [
        ((200, 205, 205), 3),
        ((200, 206, 206), 1),  # beyond 5 levels
        ((200, 195), 2),
        ((200, 194), 1),
        ((with_off_samples(2, 212),), 1),
        ((with_off_samples(2, 213),), 0),  # the outermost line is not even: more than 12 levels
        ((200, with_off_samples(2, 90)), 2),
        ((200, with_off_samples(3, 90)), 1),  # less than 97.5 % of the line
    ],
)
def test_a_line_separates_up_to_these_bounds(rows: tuple[Plane | int, ...], cut: int) -> None:
    plane = above(*rows)
    for turned, back in ((plane, lambda found: found), (np.ascontiguousarray(plane.T), np.transpose), (plane[::-1], np.flipud)):
        found = find_photo(turned).trimmed
        assert (found is None) is (cut == 0)
        assert found is None or np.array_equal(back(found), plane[cut:])


@pytest.mark.parametrize(("off", "cut"), [(1, 2), (2, 1)])
def test_just_97_and_a_half_percent_of_a_line_separate(off: int, cut: int) -> None:
    """Of 160 columns 40 are looked at, and 39 are just so many."""
    lines = np.full((2, 160), 200)
    lines[1, : 4 * off : 4] = 90
    found = find_photo(np.concatenate([lines, INNER[:, :160]]).astype(np.uint8)).trimmed
    assert found is not None and len(found) == 302 - cut


@pytest.mark.parametrize(("lines", "levels"), [(0, []), (1, []), (2, [200])])
def test_a_patterned_ground_fills_more_than_one_outermost_line(lines: int, levels: list[int]) -> None:
    plane = INNER.copy()
    for at in (0, -1)[:lines]:
        plane[at] = np.where(np.arange(400) % 4 == 0, 215, 200)
    assert photo_region._find_patterned_levels(plane, [200, 240]) == levels


def banded(*parts: int) -> Plane:
    """Noise of so many rows (positive) and bands (negative), each band of another level."""
    levels = iter(range(160, 256, 20))
    dice = np.random.default_rng(6)
    rows = [dice.integers(0, 75, (part, 400)) * 2 if part > 0 else np.full((-part, 400), next(levels)) for part in parts]
    return np.concatenate(rows).astype(np.uint8)


@pytest.mark.parametrize(("band", "found"), [(24, 276), (20, None)])
def test_a_level_is_common_from_six_percent_of_the_samples_on(band: int, found: int | None) -> None:
    photo = find_photo(banded(100, -band, 300 - band)).photo
    assert (None if photo is None else len(photo)) == found


def test_an_image_is_cut_along_its_four_commonest_levels() -> None:
    photo = find_photo(banded(64, -44, 64, -44, 64, -44, 64, -44, 64, -40, 64)).photo
    assert photo is not None and len(photo) == 64 + 40 + 64, "the rarest of five bands stays"


def test_close_levels_count_as_one_and_only_four_are_kept() -> None:
    assert photo_region._drop_close_levels([100, 110, 111, 90, 89, 200, 240]) == [100, 111, 89, 200]


@pytest.mark.parametrize(
    ("shape", "is_photo"),
    [((48, 300), True), ((47, 300), False), ((300, 48), True), ((300, 47), False), ((80, 100), True), ((80, 99), False)],
)
def test_a_photograph_has_sides_of_48_and_a_twentieth_of_the_image(shape: tuple[int, int], is_photo: bool) -> None:
    """Of 400 x 400: 80 x 100 are 5 %."""
    plane = np.full((400, 400), 200, np.uint8)
    plane[50 : 50 + shape[0], 50 : 50 + shape[1]] = INNER[: shape[0], : shape[1]]
    found = find_photo(plane).trimmed
    assert (found is not None) is is_photo
    assert found is None or found.shape == shape


@pytest.mark.parametrize(("rows", "found"), [(10, 290), (8, None)])
def test_what_is_inside_is_named_when_it_is_clearly_smaller(rows: int, found: int | None) -> None:
    """A line of a common level within: less than 97 % must be left. Of 300 rows, 9 are 3 %."""
    plane = INNER.copy()
    plane[rows - 1] = 200
    plane[:, 370:] = 200
    regions = find_photo(plane)
    assert regions.trimmed is not None and regions.trimmed.shape == (300, 370)
    assert (None if regions.photo is None else len(regions.photo)) == found


@pytest.mark.parametrize(
    ("ground", "near", "expected"), [(70, 28, True), (69, 29, False), (70, 27, False), (98, 0, True), (97, 0, False)]
)
def test_a_patterned_ground_is_seven_tenths_one_level_and_hardly_anything_far_from_it(
    ground: int, near: int, expected: bool
) -> None:
    line = np.full(100, 100, np.uint8)
    line[:ground] = 205
    line[ground : ground + near] = 220
    assert photo_region._is_patterned_ground(line, 200) is expected
    line[ground : ground + near] = 221
    assert photo_region._is_patterned_ground(line, 200) is (expected and not near)


@pytest.mark.parametrize(("most", "expected"), [(12, True), (13, False)])
def test_an_image_without_an_even_line_of_cells_has_no_borders(most: int, expected: bool) -> None:
    cells = np.random.default_rng(2).integers(0, 2, (80, 80)).astype(np.float32) * 100
    cells[40] = 50
    cells[40, 7] = 50 + most
    both = np.stack([cells, cells.T])
    assert may_have_borders(both).tolist() == [expected, expected]


# Blurred bars


@pytest.mark.parametrize(
    ("before", "edge", "lines"), [(1.0, 3.0, 9), (1.0, 2.9, 0), (0.5, 2.0, 9), (0.5, 1.9, 0), (0.0, 2.0, 9), (0.0, 1.9, 0)]
)
def test_an_edge_is_two_levels_and_three_times_what_was_before(before: float, edge: float, lines: int) -> None:
    steps = np.array([before] * 8 + [edge] + [before] * 8)
    assert photo_region._count_bar_lines(steps, 4) == lines
    assert photo_region._count_bar_lines(steps, 8) == lines, "just behind the least bar"
    assert photo_region._count_bar_lines(steps, 9) == 0, "within it"


def test_lines_are_blurred_up_to_ten_levels_a_line_and_96_across() -> None:
    def lines(step: int, across: int) -> Plane:
        return (np.arange(4)[:, None] * step + np.array([0, across, 0])).astype(np.uint8)

    assert photo_region._is_blurred(lines(10, 96))
    assert not photo_region._is_blurred(lines(11, 96))
    assert not photo_region._is_blurred(lines(10, 97))
    assert not photo_region._is_blurred(lines(0, 0)[:, :1]), "nothing to compare across"


def between(above: int, height: int, below: int, width: int = 200) -> Plane:
    """Noise between even bars."""
    noise = np.random.default_rng(7).integers(0, 256, (height - above - below, width))
    return np.concatenate([np.full((above, width), 90), noise, np.full((below, width), 90)]).astype(np.uint8)


@pytest.mark.parametrize(
    ("above", "below", "run"),
    [(40, 44, (40, 156)), (40, 45, None), (44, 40, (44, 160)), (45, 40, None), (12, 12, (12, 188)), (11, 11, None)],
)
def test_bars_are_a_twentieth_and_nearly_equal(above: int, below: int, run: tuple[int, int] | None) -> None:
    assert photo_region._find_sharp_rows(between(above, 200, below)) == run


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize(("height", "found"), [(180, 100), (179, None), (260, None), (259, 179), (320, None), (321, 241)])
def test_bars_lie_at_the_longer_side_or_either_of_a_square_but_not_of_a_camera_s_photograph(
    height: int, found: int | None, transposed: bool
) -> None:
    """Beside a width of 200: from nine tenths on a side counts as long, and 1.3 to 1.6 times are a camera's sides."""
    plane = between(40, height, 40)
    photo = find_photo(np.ascontiguousarray(plane.T) if transposed else plane, search_borders=False).photo
    assert (None if photo is None else photo.shape[1 if transposed else 0]) == found


# Runs of lines


def test_a_hull_and_the_longest_run_of_lines() -> None:
    lines = np.array([0, 1, 0, 1, 1, 0, 1, 1, 0], bool)
    assert photo_region._find_hull(lines) == (1, 8)
    assert photo_region._find_longest_run(lines) == (3, 5), "the first of two equally long ones"
    for none in (np.zeros(9, bool), np.ones(9, bool)):
        assert photo_region._find_hull(none) == photo_region._find_longest_run(none) == (0, 9)


@given(
    arrays.arrays(np.uint8, (5, 7)),
    st.lists(st.integers(0, 255), min_size=1, max_size=4),
    st.sampled_from([photo_region._SAME_LEVEL, photo_region._PATTERN_LEVELS]),
)
def test_a_sample_counts_for_the_last_level_that_it_is_near(samples: Plane, levels: list[int], tolerance: int) -> None:
    ranges = [(max(level - tolerance, 0), min(level + tolerance, 255)) for level in levels]
    last = np.zeros(samples.shape, int)
    for number, (low, high) in enumerate(ranges, 1):
        last[(low <= samples.astype(int)) & (samples.astype(int) <= high)] = number
    for number, found in enumerate(photo_region._find_level_samples(samples, ranges), 1):
        assert np.array_equal(found, last == number)


@pytest.mark.parametrize("box", [photo_region.Box(0, 9, 0, 11), photo_region.Box(3, 9, 5, 10), photo_region.Box(4, 5, 8, 9)])
def test_every_fourth_line_and_column_of_a_box_is_looked_at(box: photo_region.Box) -> None:
    """From the one at or before the box's edge, as the whole plane has them."""
    plane = np.arange(99, dtype=np.uint8).reshape(9, 11)
    for axis, lines in ((1, plane[:, ::4]), (0, plane[::4])):
        down, across = (1, 4) if axis else (4, 1)
        wanted = lines[box.top // down : -(-box.bottom // down), box.left // across : -(-box.right // across)]
        assert np.array_equal(photo_region._sample_box(plane, box, axis), wanted)


def shrink_by_whole_rounds(luma: Plane, levels: list[int], choose: Callable[..., Run]) -> Box:
    """Cuts rows and columns in turn until a whole round cuts nothing."""
    ranges = [(max(level - 5, 0), min(level + 5, 255)) for level in levels]
    box = Box(0, luma.shape[0], 0, luma.shape[1])
    for _ in range(photo_region._MOST_ROUNDS):
        before = box
        run = choose(photo_region._find_kept_lines(photo_region._sample_box(luma, box, 1), ranges, 1))
        box = box._replace(top=box.top + run.start, bottom=box.top + run.stop)
        run = choose(photo_region._find_kept_lines(photo_region._sample_box(luma, box, 0), ranges, 0))
        box = box._replace(left=box.left + run.start, right=box.left + run.stop)
        if box == before:
            break
    return box


@pytest.mark.parametrize("choose", [photo_region._find_hull, photo_region._find_longest_run])
@pytest.mark.parametrize("seed", range(40))
def test_passes_that_are_left_out_would_cut_nothing(seed: int, choose: Callable[..., Run]) -> None:
    """Boxes in boxes at odd places, of few levels, so that some lines separate only once others are gone."""
    chance = np.random.default_rng(seed)
    luma = chance.integers(0, 256, (chance.integers(60, 200), chance.integers(60, 200)), np.uint8)
    for _ in range(6):
        (top, bottom), (left, right) = (np.sort(chance.integers(0, side + 1, 2)) for side in luma.shape)
        luma[top:bottom, left:right] = chance.choice((0, 90, 255))
        if chance.random() < 0.5:
            luma[: chance.integers(0, 20)] = 0
            luma[:, -chance.integers(1, 20) :] = 255
    assert photo_region._shrink(luma, [0, 90, 255], choose) == shrink_by_whole_rounds(luma, [0, 90, 255], choose)
