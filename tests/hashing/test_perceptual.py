from __future__ import annotations

import json
from pathlib import Path

import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.hashing.scenes import Plane, landscape
from triage import limits
from triage.hashing.perceptual import _compute_qualities, _expect_wrong_bits, hash_plane

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())["vectors"]


def distance(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['height']}x{vector['width']}")
def test_equal_to_the_reference_implementations_bit_for_bit(vector: dict) -> None:
    size = vector["height"], vector["width"]
    found = hash_plane(landscape(*size, vector["seed"]), size)
    assert [turn.hex() for turn in found.turns] == vector["turns"]
    assert found.pdq == found.turns[0]
    assert found.quality == vector["quality"]
    assert found.phash.hex() == vector["phash"]
    assert vector["phash"] == hash_by_reference(landscape(*size, vector["seed"]))


def hash_by_reference(plane: Plane) -> str:
    """Returns what ImageHash says now, beside what it said when the vectors were written."""
    return str(imagehash.phash(Image.fromarray(plane)))


@pytest.mark.parametrize("kind", ["noise", "landscape", "blocks"])
def test_phash_is_imagehash_s(kind: str) -> None:
    """Drawn by fixed seeds: where coefficients are equal but for rounding, the reference's bits depend on its libraries."""
    for seed in range(20):
        random = np.random.default_rng(seed)
        height, width = (int(side) for side in random.integers(2, 400, 2))
        plane = landscape(height, width, seed) if kind == "landscape" else random.integers(0, 256, (height, width), np.uint8)
        if kind == "blocks":  # few levels, each in whole blocks
            plane = (plane & 0xC0)[:: random.integers(1, 20), :: random.integers(1, 20)].repeat(7, axis=0).repeat(5, axis=1)
        assert hash_plane(plane, plane.shape).phash.hex() == hash_by_reference(plane), (seed, height, width)


Y, X = np.mgrid[0:300, 0:400]
DRAWN = {  # what imagehash 4.3.2 says of these
    "flat": (np.full((300, 400), 128), "8000000000000000"),
    "one pixel": (np.full((1, 1), 77), "8000000000000000"),
    "gradient": (X * 255 / 399, "8000000000000000"),
    "diagonal": ((X + Y) * 255 / 698, "802845084408452a"),
    "halves": ((X > 200) * 255, "b300000000000000"),
    "checks": ((X // 50 + Y // 50) % 2 * 255, "8000000000000055"),
    "mirrored": (np.abs(X - 199.5) * 255 / 200, "a200000000000000"),
    "disc": (((X - 200) ** 2 + (Y - 150) ** 2 < 10_000) * 255, "9e616196669e96c9"),
}


@pytest.mark.parametrize("name", DRAWN)
def test_phash_of_what_is_flat_or_symmetric_is_the_reference_s_too(name: str) -> None:
    """Most of its waves are equal, and none of the equal ones lies above the others."""
    drawn, phash = DRAWN[name]
    plane = drawn.astype(np.uint8)
    assert hash_plane(plane, plane.shape).phash.hex() == phash
    assert hash_by_reference(plane) == phash


def block_means(plane: Plane, by: int) -> Plane:
    """What a JPEG decoder makes when it scales by 1/by: the mean of each block, the last ones padded with the edge."""
    height, width = plane.shape
    padded = np.pad(plane, ((0, -height % by), (0, -width % by)), mode="edge")
    blocks = padded.reshape(padded.shape[0] // by, by, padded.shape[1] // by, by)
    return np.round(blocks.mean(axis=(1, 3))).astype(np.uint8)


@pytest.mark.parametrize(("size", "by"), [((600, 800), 2), ((1200, 1601), 4), ((2048, 2400), 8), ((533, 1023), 2)])
def test_a_scaled_plane_hashes_like_the_full_one(size: tuple[int, int], by: int) -> None:
    for seed in range(3 if by < 8 else 1):
        plane = landscape(*size, seed)
        full, scaled = hash_plane(plane, size), hash_plane(block_means(plane, by), size)
        assert max(distance(one, other) for one, other in zip(full.turns, scaled.turns, strict=True)) <= 4
        assert distance(full.phash, scaled.phash) <= 2
        assert abs(full.quality - scaled.quality) <= 2


def test_orientations_are_the_hashes_of_the_rotated_image() -> None:
    plane = landscape(512, 512, 7)
    turns = hash_plane(plane, plane.shape).turns
    for turned in (np.rot90(plane, 1), np.rot90(plane, 2), np.rot90(plane, 3), plane[::-1], plane[:, ::-1], plane.T):
        again = hash_plane(np.ascontiguousarray(turned), turned.shape)
        assert min(distance(again.pdq, turn) for turn in turns) <= limits.MATCH_RADIUS


def half(shape: tuple[int, int], axis: int) -> Plane:
    return np.where(np.indices(shape)[axis] < shape[axis] // 2, 0, 255).astype(np.uint8)


FLAT = {
    "black": np.zeros((300, 400), np.uint8),
    "grey": np.full((64, 64), 90, np.uint8),
    "left and right": half((480, 640), 1),
    "top and bottom": half((480, 640), 0),
    "slope": np.tile(np.linspace(0, 255, 500).astype(np.uint8), (300, 1)),
    "stripes": np.tile((np.arange(640) // 40 % 2 * 255).astype(np.uint8), (480, 1)),
    "squares": ((np.indices((480, 640)) // 80).sum(axis=0) % 2 * 255).astype(np.uint8),
    "one pixel": np.full((1, 1), 200, np.uint8),
}


@pytest.mark.parametrize("name", FLAT)
def test_drawings_with_undetermined_hashes_get_a_quality_that_never_matches(name: str) -> None:
    plane = FLAT[name]
    assert hash_plane(plane, plane.shape).quality < limits.MIN_PDQ_QUALITY


def test_a_landscape_gets_full_quality() -> None:
    assert hash_plane(landscape(300, 400, 1), (300, 400)).quality == 100


@settings(max_examples=40)
@given(st.integers(1, 300), st.integers(1, 300), st.sampled_from([1, 2, 4, 8]), st.integers(0, 255))
def test_any_shape_has_hashes(height: int, width: int, by: int, light: int) -> None:
    plane = np.full((height, width), light, np.uint8)
    found = hash_plane(plane, (height * by, width * by))
    assert len(found.turns) == 8
    assert {len(turn) for turn in found.turns} == {32}
    assert len(found.phash) == 8
    assert 0 <= found.quality <= 100


@pytest.mark.parametrize(("shade", "quality"), [(28, 14), (29, 15), (2, 0), (3, 1), (255, 100)])
def test_quality_counts_each_step_in_whole_hundredths(shade: int, quality: int) -> None:
    """PDQ's reference cuts each step to whole hundredths of the range before it adds them up: two edges are 128 steps."""
    buffer = np.zeros((1, 64, 64), np.float32)
    buffer[:, 20:40, :] = shade
    assert _compute_qualities(buffer).tolist() == [quality]


def test_a_bit_may_be_wrong_as_often_as_noise_reaches_the_median() -> None:
    """The chance that normal noise of this variance crosses the distance, from a table of the normal distribution; two images."""
    deviations = np.full((2, 256), 1_000.0)
    deviations[0, :3], deviations[1, 0] = (0.0, 2.0, 4.0), 5.0
    expected = _expect_wrong_bits(deviations, np.array([4.0, 25.0]))
    assert expected.tolist() == pytest.approx([0.5 + 0.158_655 + 0.022_750, 0.158_655], abs=1e-5)
