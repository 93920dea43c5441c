"""Which images and windows have enough texture for a hash, and that every shape has one."""

from __future__ import annotations

import numpy as np
import pytest

from tests.hashing.hashed import hash_image
from tests.hashing.scenes import Plane, landscape
from triage.hashing.crop_windows import WINDOWS
from triage.hashing.match_quality import can_match
from triage.hashing.perceptual import hash_plane
from triage.hashing.resampling import compute_cells
from triage.hashing.window_codec import BLOB_BYTES, decode_windows
from triage.hashing.window_hashing import hash_crops, hash_windows, hash_windows_of_many
from triage.model.match_way import CropWindow


def draw_bare(name: str, seed: int) -> Plane:
    """One edge or one spot on an even ground, with a little grain."""
    y, x = np.mgrid[0:480, 0:640]
    shapes = {"edge": y + x * x / 900 > 300 - 20 * seed, "spot": np.hypot(x - 220 - 20 * seed, y - 170) < 90}
    grain = np.random.default_rng(seed).integers(0, 3, y.shape)
    return (np.where(shapes[name], 200, 40) + grain).astype(np.uint8)


@pytest.mark.parametrize("name", ["edge", "spot"])
def test_an_image_of_one_edge_or_one_spot_never_matches(name: str) -> None:
    """The reference gives them quality enough, and pictures that have nothing in common but such an edge look alike."""
    luma = draw_bare(name, 0)
    assert can_match(hash_plane(luma, luma.shape))
    assert not can_match(hash_image(luma))
    assert hash_image(luma).quality == 0
    assert hash_crops(luma, (CropWindow.WHOLE,)) == (b"",)


def test_a_crop_of_an_image_that_shows_one_edge_is_not_kept() -> None:
    luma = landscape(480, 640, 5)
    luma[:400, :530] = draw_bare("spot", 1)[:400, :530]
    assert can_match(hash_image(luma))
    kept = {WINDOWS[entry.window] for entry in decode_windows(hash_image(luma).windows)}
    assert CropWindow.BOTTOM_RIGHT_20 in kept
    assert CropWindow.TOP_LEFT_20 not in kept


@pytest.mark.parametrize("size", [(1, 161), (161, 1), (1, 1), (8, 3000), (3000, 70)])
def test_an_image_of_any_shape_has_hashes(size: tuple[int, int]) -> None:
    """So long a one has no square in its middle that is worth a hash."""
    luma = np.random.default_rng(1).integers(0, 256, size).astype(np.uint8)
    assert len(hash_image(luma).windows) == BLOB_BYTES


def test_images_hashed_together_get_the_hashes_that_each_gets_alone() -> None:
    """They differ in which windows they have: ratios, what lies inside borders, a photograph on a page."""
    scene = landscape(240, 320, 3)
    page = np.full((700, 500), 240, np.uint8)
    page[200:440, 90:410] = scene
    planes = [
        np.pad(scene, 30),
        landscape(300, 300, 4),
        page,
        landscape(160, 420, 5),
        *(landscape(200, 260, n) for n in range(6)),
    ]
    cells = np.stack([compute_cells(plane) for plane in planes])
    wholes = [hash_plane(plane, plane.shape) for plane in planes]
    together = hash_windows_of_many(planes, cells, wholes)
    assert together == [hash_windows(plane, whole) for plane, whole in zip(planes, wholes, strict=True)]
    kept = [{WINDOWS[entry.window] for entry in decode_windows(each.windows)} for each in together]
    assert CropWindow.TRIMMED in kept[0]
    assert CropWindow.PHOTO in kept[2] or CropWindow.TRIMMED in kept[2]
    assert CropWindow.SQUARE in kept[3] and CropWindow.SQUARE not in kept[1]
