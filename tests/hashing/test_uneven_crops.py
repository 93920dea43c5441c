from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.hashing.hashed import crop, flip_bits, hash_image
from tests.hashing.scenes import Plane, landscape
from triage import limits
from triage.hashing import uneven_crops
from triage.hashing.crop_windows import INNER_CROPS
from triage.hashing.match_index import ImageIndex, StoredHashes, find_matches, find_possible_matches
from triage.hashing.resampling import compute_cells
from triage.hashing.uneven_crops import CellPlane, find_uneven_crops
from triage.hashing.window_hashing import WindowRegion, hash_regions
from triage.model.match_way import CropWindow, MatchWay, Orientation

scene = landscape(480, 640, 3)
CROPS = [
    (0.03, 0.16, 0.83, 0.9),
    (0.14, 0.05, 0.98, 0.82),
    (0.19, 0.18, 0.82, 0.83),
    (0.0, 0.13, 0.91, 1.0),
    (0.07, 0.0, 0.84, 0.96),
]


def cells(luma: Plane) -> CellPlane:
    plane = np.rint(compute_cells(np.ascontiguousarray(luma))).astype(np.uint8)
    return CellPlane(plane.tobytes(), luma.shape[1] / luma.shape[0])


def further(stored: Plane, asked: Plane) -> MatchWay | None:
    index, kept = ImageIndex(), hash_image(stored)
    index.add(7, kept)
    return find_uneven_crops(index, lambda medium_id: kept.windows, cells(asked), ()).get(7)


@pytest.mark.parametrize("edges", CROPS)
def test_a_crop_cut_by_another_amount_at_each_side_is_possible_whichever_came_first(edges: tuple[float, ...]) -> None:
    part = crop(scene, *edges)
    for stored, asked in ((scene, part), (part, scene), (scene, part[:, ::-1])):
        found = further(stored, asked)
        assert found is not None
        assert found.distance <= 31 and found.dhash_distance <= 60
        assert found.asked_window is CropWindow.UNEVEN
        mirrored = asked is not part and asked is not scene
        assert found.orientation is (Orientation.MIRRORED if mirrored else Orientation.UPRIGHT)


def test_what_is_left_when_two_opposite_sides_lost_a_fifth_each_is_possible() -> None:
    for part in (crop(scene, 0.2, 0, 0.8, 1), crop(scene, 0, 0.2, 1, 0.8)):
        found = further(scene, part)
        assert found is not None
        assert found.distance <= 16 and found.dhash_distance <= 30


def tilted(luma: Plane, degrees: float, part: float) -> Plane:
    """Turned, and of it the middle that keeps so large a part of each side."""
    turned = np.asarray(Image.fromarray(luma).rotate(degrees, Image.Resampling.BICUBIC))
    return crop(turned, 0.5 - part / 2, 0.5 - part / 2, 0.5 + part / 2, 0.5 + part / 2)


@pytest.mark.parametrize("degrees", [3, -3, 5, -6.5])
@pytest.mark.parametrize("part", [1, 0.93, 0.86])
def test_a_picture_that_was_tilted_is_possible_its_corners_black_or_cropped_away(degrees: float, part: float) -> None:
    asked = tilted(scene, degrees, part)
    for stored, own in ((scene, asked), (scene, asked[:, ::-1]), (scene.T, asked.T)):
        found = further(stored, own)
        assert found is not None
        assert found.asked_window is CropWindow.TILTED


def test_without_it_such_a_crop_is_lost() -> None:
    index, kept = ImageIndex(), hash_image(scene)
    index.add(7, kept)
    own = hash_image(crop(scene, *CROPS[0]))
    assert not find_matches(index, lambda medium_id: kept.windows, own, thorough=True)
    assert not find_possible_matches(index, lambda medium_id: kept.windows, own, ())


def test_of_strangers_none_is() -> None:
    index = ImageIndex()
    strangers = {seed: hash_image(landscape(300, 400, seed)) for seed in range(20, 60)}
    for seed, hashes in strangers.items():
        index.add(seed, hashes)
    assert find_uneven_crops(index, lambda seed: strangers[seed].windows, cells(crop(scene, *CROPS[0])), ()) == {}


def limb(radius: float, power: float, seed: int) -> Plane:
    """A quarter of a ball that is shaded smoothly."""
    y, x = np.mgrid[0:250, 0:270]
    apart = np.hypot(x - 270, y - 255) / radius
    light = np.where(apart < 1, 60 + 130 * np.clip(1 - apart**2, 0, 1) ** power, 90)
    return np.clip(light + np.random.default_rng(seed).normal(0, 2, y.shape), 0, 255).astype(np.uint8)


def test_parts_of_two_balls_have_too_little_to_agree_on() -> None:
    assert further(limb(250, 0.3, 1), limb(240, 0.5, 2)) is None


def test_known_pictures_are_not_asked_and_a_flat_one_asks_nothing() -> None:
    index, kept = ImageIndex(), hash_image(scene)
    index.add(7, kept)
    part = crop(scene, *CROPS[0])
    assert find_uneven_crops(index, lambda medium_id: kept.windows, cells(part), {7}) == {}
    assert find_uneven_crops(index, lambda medium_id: kept.windows, CellPlane(bytes([90]) * 6400, 1.5), ()) == {}


def test_inner_windows_are_stored_and_never_matched_by_themselves() -> None:
    top, left, bottom, right = INNER_CROPS[CropWindow.INNER_TOP_LEFT]
    index, kept = ImageIndex(), hash_image(scene)
    index.add(7, kept)
    part = hash_image(crop(scene, top, left, bottom, right))
    assert not find_matches(index, lambda medium_id: kept.windows, part, thorough=True)
    assert kept.windows != part.windows


@pytest.mark.parametrize(
    ("pdq_distance", "dhash_distance", "changes", "expected"),
    [(40, 60, 151, True), (41, 60, 300, False), (40, 61, 300, False), (40, 60, 150, False), (0, 0, 0, False), (0, 0, 1, True)],
)
def test_a_crop_comes_near_in_both_hashes_and_has_enough_to_agree_on(
    pdq_distance: int, dhash_distance: int, changes: int, expected: bool
) -> None:
    """Four tenths of the gradient changes: 60 of more than 150."""
    fit = uneven_crops._Fit(0.0, pdq_distance, dhash_distance, WindowRegion(0, 0, 80, 80))
    assert uneven_crops._is_crop(fit, changes) is expected


def test_moved_regions_stay_in_the_image_and_keep_thirty_cells() -> None:
    whole, smallest = WindowRegion(0, 0, 80, 80), WindowRegion(20, 20, 50, 50)
    assert sorted(uneven_crops._move_region(whole, 2)) == [
        (0, 0, 78, 80),
        (0, 0, 80, 78),
        (0, 2, 80, 80),
        (2, 0, 80, 80),
        (2, 2, 78, 78),
    ]
    assert sorted(uneven_crops._move_region(smallest, 1)) == sorted(
        [
            (19, 20, 50, 50),
            (20, 19, 50, 50),
            (20, 20, 51, 50),
            (20, 20, 50, 51),
            (21, 20, 51, 50),
            (20, 21, 50, 51),
            (19, 20, 49, 50),
            (20, 19, 50, 49),
            (19, 19, 51, 51),
        ]
    )


def test_146_regions_all_over_an_image_and_the_middles_of_four_tilts_are_asked_for_both_ways_round() -> None:
    planes = {tilt: compute_cells(scene) for tilt in (0, *uneven_crops._TILTS)}
    queries = list(uneven_crops._list_queries(planes))
    assert len(queries) == 2 * (12 * 12 + 2) + 4 * 3 * 2
    assert {query.orientation for query in queries} == {0, 5}
    assert {query.tilt for query in queries if query.region in uneven_crops._TILTED_MIDDLES} == {-6, -3, 3, 6}


@pytest.mark.parametrize(("pdq_bits", "dhash_bits", "tried"), [(88, 140, True), (89, 140, False), (88, 141, False)])
def test_two_windows_are_tried_up_to_so_many_bits(pdq_bits: int, dhash_bits: int, tried: bool) -> None:
    """A stored window that differs by just so many bits from one that is asked for; nothing else is stored."""
    plane = compute_cells(scene)
    region = uneven_crops._list_regions()[70]
    own = hash_regions(plane, [region])[0]
    pdq, dhash = flip_bits(own[:32].tobytes(), pdq_bits), flip_bits(own[32:].tobytes(), dhash_bits)
    index = ImageIndex()
    index.extend([StoredHashes(7, pdq, pdq + dhash)])
    queries = list(uneven_crops._list_queries({0: plane}))
    found = uneven_crops._find_starts(index, lambda medium_id: pdq + dhash, queries, ())
    starts = [start for _, start in found if start.fit.region == region and start.orientation == 0]
    assert bool(starts) is tried
    assert all((start.fit.pdq_distance, start.fit.dhash_distance) == (pdq_bits, dhash_bits) for start in starts)
    assert all(start.fit.score == pdq_bits + 0.6 * dhash_bits for start in starts)


def test_only_the_nearest_images_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_UNEVEN", 1)
    index, kept = ImageIndex(), hash_image(scene)
    far = hash_image(np.clip(scene.astype(int) + 40 * (np.indices(scene.shape)[1] > 300), 0, 255).astype(np.uint8))
    blobs = {7: kept.windows, 8: far.windows}
    for medium_id, hashes in ((8, far), (7, kept)):
        index.add(medium_id, hashes)
    part = crop(scene, *CROPS[0])
    assert find_uneven_crops(index, blobs.get, cells(part), ()).keys() == {7}
    monkeypatch.setattr(limits, "MOST_UNEVEN", 2)
    assert find_uneven_crops(index, blobs.get, cells(part), ()).keys() >= {7}
