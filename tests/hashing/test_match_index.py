"""Which images match one image, which are possible matches, and how both hashes decide it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.hashing.hashed import count_bits, crop, flip_bits, hash_image
from tests.hashing.scenes import Plane, landscape
from triage import limits
from triage.hashing import match_index
from triage.hashing.crop_windows import CROPS, ORIENTATIONS, RATIOS, WINDOWS
from triage.hashing.difference_hash import DHASH_BYTES, count_gradient_changes
from triage.hashing.match_index import (
    ImageIndex,
    StoredHashes,
    find_matches,
    find_possible_matches,
)
from triage.hashing.match_quality import can_be_possible, can_match
from triage.hashing.window_codec import ENTRY_BYTES
from triage.hashing.window_hashing import hash_crops
from triage.model.match_way import CropWindow, MatchWay, Orientation

scene = landscape(450, 600, 3)


def found(stored: Plane, asked: Plane) -> MatchWay | None:
    """How the asked image matches the stored one."""
    index = ImageIndex()
    kept = hash_image(stored)
    index.add(7, kept)
    near = find_matches(index, lambda medium_id: kept.windows, hash_image(asked), thorough=True)
    return near.get(7)


def near(stored: Plane, asked: Plane) -> bool:
    """A match or a possible one."""
    index = ImageIndex()
    kept, own = hash_image(stored), hash_image(asked)
    index.add(7, kept)
    return bool(
        find_matches(index, lambda medium_id: kept.windows, own, thorough=True)
        or find_possible_matches(index, lambda medium_id: kept.windows, own, ())
    )


def test_a_small_photograph_on_an_even_page_is_found() -> None:
    page = np.full((960, 1280), 230, np.uint8)
    page[200:500, 300:700] = landscape(300, 400, 3)
    assert hash_crops(page, (CropWindow.WHOLE,)) == (b"",)
    assert can_match(hash_image(page))
    assert found(landscape(300, 400, 3), page) is not None


@pytest.mark.parametrize("window", CROPS)
def test_every_crop_is_found_whichever_came_first(window: CropWindow) -> None:
    part = crop(scene, *CROPS[window])
    assert found(scene, part) is not None
    assert found(part, scene) is not None
    assert found(scene, part[:, ::-1]) is not None


@pytest.mark.parametrize("edges", [((40, 40), (0, 0)), ((0, 0), (70, 90)), ((30, 30), (30, 30)), ((9, 60), (12, 5))])
@pytest.mark.parametrize("shade", [0, 255])
def test_borders_and_bars_are_trimmed(edges: tuple[tuple[int, int], tuple[int, int]], shade: int) -> None:
    framed = np.pad(scene, edges, constant_values=shade)
    assert found(scene, framed) is not None
    assert found(framed, np.rot90(scene)) is not None


@pytest.mark.parametrize("edges", [(0, 0, 0.85, 0.85), (0.12, 0, 1, 0.88), (0, 0.15, 1, 1), (0.075, 0.075, 0.925, 0.925)])
def test_crops_between_the_steps_meet_as_crops_of_crops(edges: tuple[float, ...]) -> None:
    part = crop(scene, *edges)
    assert found(scene, part) is not None
    assert found(scene, np.rot90(part)) is not None


def slanted(luma: Plane, degrees: float) -> Plane:
    """What lies in a frame that was turned, without its black corners."""
    height, width = luma.shape
    y, x = np.mgrid[0:height, 0:width] - np.array([height / 2, width / 2])[:, None, None]
    sine, cosine = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    row, column = (y * cosine - x * sine) * 0.88 + height / 2, (x * cosine + y * sine) * 0.88 + width / 2
    return luma[np.clip(row, 0, height - 1).astype(int), np.clip(column, 0, width - 1).astype(int)]


@pytest.mark.parametrize("degrees", [3, -3])
def test_a_slanted_picture_is_found(degrees: float) -> None:
    assert near(scene, slanted(scene, degrees))


def test_whole_images_that_match_are_named_though_a_part_of_both_is_nearer() -> None:
    whole = landscape(450, 600, 3)
    marked = whole.copy()
    marked[-36:, :200] = 200
    way = found(whole, marked)
    assert way is not None and way.is_plain
    assert count_bits(hash_image(crop(whole, 0, 0, 0.9, 1)).pdq, hash_image(crop(marked, 0, 0, 0.9, 1)).pdq) == 0


def with_sticker(luma: Plane) -> Plane:
    height, width = luma.shape
    y, x = np.mgrid[0:height, 0:width]
    return np.where(((y / height - 0.6) / 0.15) ** 2 + ((x / width - 0.6) / 0.12) ** 2 < 1, 240, luma).astype(np.uint8)


def test_an_image_with_a_sticker_is_a_possible_match() -> None:
    assert near(scene, with_sticker(scene))
    assert near(scene, with_sticker(scene)[:, ::-1])


def test_strangers_are_not_find_matches() -> None:
    index = ImageIndex()
    pictures = [hash_image(landscape(300, 400, seed)) for seed in range(30)]
    for number, hashes in enumerate(pictures[:15]):
        index.add(number, hashes)
    for hashes in pictures[15:]:
        assert not find_matches(index, lambda medium_id: pictures[medium_id].windows, hashes, thorough=True)
        assert not find_possible_matches(index, lambda medium_id: pictures[medium_id].windows, hashes, ())


def test_a_possible_match_needs_both_hashes() -> None:
    whole = hash_image(scene)
    index = ImageIndex()
    index.add(7, whole)
    far = (int.from_bytes(whole.pdq) ^ ((1 << 45) - 1)).to_bytes(32)
    asked = replace(whole, pdq=far, turns=(far,) * 8, windows=far + whole.windows[32:ENTRY_BYTES])
    perhaps = find_possible_matches(index, lambda medium_id: whole.windows, asked, ())
    assert (perhaps[7].distance, perhaps[7].dhash_distance) == (45, 0)
    assert find_possible_matches(index, lambda medium_id: whole.windows, asked, {7}) == {}
    other = bytes(255 - octet for octet in whole.windows[32:ENTRY_BYTES])
    assert find_possible_matches(index, lambda medium_id: whole.windows[:32] + other, asked, ()) == {}
    assert find_possible_matches(index, lambda medium_id: None, asked, ()) == {}


@pytest.mark.parametrize(("share", "met"), [(0.9, True), (1.1, False)])
def test_a_possible_match_needs_a_difference_hash_that_agrees_as_far_as_it_has_gradient_changes(share: float, met: bool) -> None:
    whole = hash_image(scene)
    half = whole.windows[32 : 32 + DHASH_BYTES // 2] + bytes(DHASH_BYTES // 2)
    apart = round(share * limits.POSSIBLE_SHARE * count_gradient_changes(half))
    assert apart < limits.POSSIBLE_DHASH_BITS
    index = ImageIndex()
    index.extend([StoredHashes(7, whole.pdq, whole.pdq + half)])
    far = flip_bits(whole.pdq, 45)
    # from the first comparison of the half that is left even, where a run of ones adds two changes or so
    other = (int.from_bytes(half) ^ ((1 << apart) - 1)).to_bytes(DHASH_BYTES)
    asked = replace(whole, pdq=far, turns=(far,) * 8, windows=far + other)
    assert (find_possible_matches(index, lambda medium_id: whole.pdq + half, asked, ()).keys() == {7}) is met


def agreeing(second: bytes, distance: int) -> int:
    """In how many bits another hash may differ from this one, from the last one on, so that the two still match."""
    close = distance <= limits.CLOSE_RADIUS
    share, plain = (limits.CLOSE_SHARE, 0) if close else (limits.DHASH_SHARE, limits.FLAT_GRADIENT_CHANGES)
    count = 0
    while count + 1 < share * (min(count_gradient_changes(each) for each in (second, flip_bits(second, count + 1))) - plain):
        count += 1
    return count


@pytest.mark.parametrize("more", [0, 1, 150])
@pytest.mark.parametrize("distance", [0, 7, 8, 31])
def test_the_difference_hash_must_agree_as_far_as_it_has_gradient_changes(distance: int, more: int) -> None:
    """And when it does not, whole pictures are possible."""
    one = hash_image(scene)
    second = one.windows[32:ENTRY_BYTES]
    pdq, apart = flip_bits(one.pdq, distance), agreeing(second, distance) + more
    asked = replace(one, pdq=pdq, turns=(pdq,) * 8, windows=pdq + flip_bits(second, apart))
    index = ImageIndex()
    index.extend([StoredHashes(7, one.pdq, one.windows[:ENTRY_BYTES])])
    near = find_matches(index, lambda medium_id: one.windows, asked)
    assert (near.keys() == {7}) is (more == 0)
    perhaps = find_possible_matches(index, lambda medium_id: one.windows, asked, near)
    assert (perhaps.keys() == {7}) is (more > 0)
    if perhaps:
        assert (perhaps[7].distance, perhaps[7].dhash_distance) == (distance, apart)


@pytest.mark.parametrize("asked_first", [True, False])
def test_an_image_of_few_gradient_changes_allows_few_differences(asked_first: bool) -> None:
    """Whichever of the two it is: as many as agree in a rich one are too many beside a ball."""
    y, x = np.mgrid[0:450, 0:600]
    away = np.hypot(x - 260, y - 200)
    ball = hash_image(np.where(away < 150, 220 - away / 2, 30 + x / 12).astype(np.uint8))
    rich = hash_image(scene)
    of_rich, of_ball = (each.windows[32:ENTRY_BYTES] for each in (rich, ball))
    assert count_gradient_changes(of_ball) < count_gradient_changes(of_rich) / 2
    near = flip_bits(of_ball, agreeing(of_rich, 20))
    kept, asked = (of_ball, near) if asked_first else (near, of_ball)
    index = ImageIndex()
    index.extend([StoredHashes(7, rich.pdq, rich.pdq + kept)])
    pdq = flip_bits(rich.pdq, 20)
    assert not find_matches(index, lambda medium_id: rich.pdq + kept, replace(rich, pdq=pdq, windows=pdq + asked))


@pytest.mark.parametrize(("apart", "matches"), [(96, True), (97, False)])
def test_grids_of_holes_have_gradient_changes_and_must_agree_all_the_same(apart: int, matches: bool) -> None:
    one = hash_image(scene)
    holes, pdq = b"\x55" * DHASH_BYTES, flip_bits(one.pdq, 20)
    other = flip_bits(holes, apart)
    assert limits.DHASH_SHARE * (min(map(count_gradient_changes, (holes, other))) - limits.FLAT_GRADIENT_CHANGES) > 97
    index = ImageIndex()
    index.extend([StoredHashes(7, one.pdq, one.pdq + holes)])
    found = find_matches(index, lambda medium_id: one.pdq + holes, replace(one, pdq=pdq, windows=pdq + other))
    assert (found.keys() == {7}) is matches


def test_where_nothing_changes_nothing_agrees() -> None:
    """One slope from corner to corner is every other such slope."""
    slope = hash_image((np.add.outer(np.arange(300), np.arange(400)) / 3).astype(np.uint8))
    second = slope.windows[32:ENTRY_BYTES]
    assert count_gradient_changes(second) == 0
    rich = hash_image(scene)
    index = ImageIndex()
    index.extend([StoredHashes(7, rich.pdq, rich.pdq + second)])
    assert not find_matches(index, lambda medium_id: rich.pdq + second, replace(rich, windows=rich.pdq + second))


def test_where_no_difference_hash_was_stored_pdq_alone_decides() -> None:
    one = hash_image(scene)
    index = ImageIndex()
    index.extend([StoredHashes(7, one.pdq, None)])
    assert find_matches(index, lambda medium_id: None, one).keys() == {7}


@pytest.mark.parametrize("size", [(300, 400), (300, 533), (450, 300), (400, 480), (480, 400)])
@pytest.mark.parametrize("shape", RATIOS.values())
def test_the_middle_in_any_usual_shape_is_found(size: tuple[int, int], shape: float) -> None:
    whole = landscape(*size, 21)
    tall, wide = (size[0] > size[1]) * (shape - 1) + 1, (size[1] > size[0]) * (shape - 1) + 1
    scale = min(size[0] / tall, size[1] / wide)
    height, width = round(scale * tall), round(scale * wide)
    down, across = (size[0] - height) // 2, (size[1] - width) // 2
    middle = whole[down : down + height, across : across + width]
    assert found(whole, middle) is not None
    assert found(middle, whole[:, ::-1]) is not None


@pytest.mark.parametrize(
    ("whole", "pdq_distance", "dhash_distance", "changes", "expected"),
    [
        (False, 64, 90, 300, True),
        (False, 65, 90, 300, False),
        (False, 64, 91, 300, False),
        (False, 64, 90, 226, True),
        (False, 64, 90, 225, False),  # not below four tenths of the gradient changes
        (True, 100, 96, 300, True),  # a sticker
        (False, 100, 96, 300, False),
        (True, 101, 96, 300, False),
        (True, 100, 97, 300, False),
        (True, 100, 96, 241, True),
        (True, 100, 96, 240, False),
        (False, 31, 120, 400, True),  # would match, did the difference hash agree
        (False, 31, 121, 400, False),
        (False, 32, 120, 400, False),
        (True, 31, 319, 400, True),
        (True, 31, 320, 400, False),  # contradicts in eight tenths of the gradient changes
        (True, 32, 121, 400, False),
        (True, 8, 400, 400, False),
        (True, 7, 400, 400, True),  # what is very near may be noisy
    ],
)
def test_a_match_is_possible_up_to_these_bounds(
    whole: bool, pdq_distance: int, dhash_distance: int, changes: int, expected: bool
) -> None:
    candidate = match_index._Candidate(pdq_distance, 0, 0 if whole else 3, 0)
    assert match_index._is_possible(candidate, pdq_distance, dhash_distance, changes) is expected


@pytest.mark.parametrize(
    ("quality", "matches", "possible"), [(50, True, True), (49, False, True), (20, False, True), (19, False, False)]
)
def test_quality_decides_whether_an_image_may_match(quality: int, matches: bool, possible: bool) -> None:
    hashes = replace(hash_image(scene), quality=quality)
    assert (can_match(hashes), can_be_possible(hashes)) == (matches, possible)
    assert not can_match(None) and not can_be_possible(None)


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [
        (Orientation.UPRIGHT, "top-left"),
        (Orientation.ROTATED_LEFT, "bottom-left"),
        (Orientation.ROTATED_180, "bottom-right"),
        (Orientation.ROTATED_RIGHT, "top-right"),
        (Orientation.FLIPPED, "bottom-left"),
        (Orientation.MIRRORED, "top-right"),
        (Orientation.TRANSPOSED, "top-left"),
        (Orientation.TRANSVERSED, "bottom-right"),
    ],
)
def test_a_corner_is_compared_with_the_corner_that_it_becomes(orientation: Orientation, corner: str) -> None:
    """Stored windows are upright: only the asked one is turned."""
    asked, comparable = WINDOWS.index(CropWindow.TOP_LEFT_10), {CropWindow.WHOLE, CropWindow.TRIMMED, CropWindow.PHOTO}
    found = {WINDOWS[number] for number in match_index.find_comparable(asked, ORIENTATIONS.index(orientation))}
    assert {window for window in found if window.startswith(("top-", "bottom-"))} == {
        CropWindow(f"{corner}-{n}") for n in (5, 10, 20)
    }
    assert comparable <= found, "a whole image may hold any part"
