from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.hashing.hashed import crop, hash_image
from tests.hashing.scenes import Plane, landscape
from triage.hashing.crop_windows import INNER_CROPS
from triage.hashing.match_index import ImageIndex, find_matches, find_possible_matches
from triage.hashing.resampling import compute_cells
from triage.hashing.uneven_crops import CellPlane, find_uneven_crops
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
