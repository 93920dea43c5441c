"""Drawn pictures are worth hashing: plenty of structure, near duplicates stay near, different scenes stay apart."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from triage.hashing.perceptual import hash_plane
from triage.limits import MATCH_RADIUS, MIN_PDQ_QUALITY
from triage.model.media import Perceptual
from triage_demo.feed.canvas import Noise
from triage_demo.feed.exif import Camera
from triage_demo.feed.pictures import Change, Picture, Variant, develop

NEAR: tuple[Change, ...] = ("recompressed", "resized", "cropped", "brightened", "png", "sideways")
TURNED: tuple[Change, ...] = ("mirrored", "turned")
NOISE = Noise(np.random.default_rng(1))
SEEDS = range(26)


def luma(data: bytes) -> np.ndarray:
    return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("L"))


def distance(a: bytes, b: bytes) -> int:
    return (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).bit_count()


@pytest.fixture(scope="module")
def hashed() -> dict[str, Perceptual]:
    found = {}
    for seed in SEEDS:
        variants = tuple(
            Variant(
                id=f"{seed}-{change}",
                change=change,
                camera=Camera(make="Mehr", model="M-12", orientation=6) if change == "sideways" else None,
            )
            for change in (*NEAR, *TURNED)
            if seed < 8
        )
        for id, data in develop(Picture(id=str(seed), dice=(4, seed), width=640, height=480, variants=variants), NOISE).items():
            grey = luma(data)
            found[id] = hash_plane(grey, (grey.shape[0], grey.shape[1]))
    return found


def test_hashes_mean_something(hashed: dict[str, Perceptual]) -> None:
    assert min(found.quality for found in hashed.values()) > MIN_PDQ_QUALITY


@pytest.mark.parametrize("change", NEAR)
def test_near_duplicates_are_near(hashed: dict[str, Perceptual], change: str) -> None:
    assert max(distance(hashed[str(seed)].pdq, hashed[f"{seed}-{change}"].pdq) for seed in range(8)) <= MATCH_RADIUS


@pytest.mark.parametrize("change", TURNED)
def test_turned_pictures_are_near_one_of_the_turns(hashed: dict[str, Perceptual], change: str) -> None:
    for seed in range(8):
        nearest = min(distance(turn, hashed[f"{seed}-{change}"].pdq) for turn in hashed[str(seed)].turns)
        assert nearest <= MATCH_RADIUS


def test_different_scenes_are_far_apart(hashed: dict[str, Perceptual]) -> None:
    whole = [hashed[str(seed)].pdq for seed in SEEDS]
    assert min(distance(a, b) for i, a in enumerate(whole) for b in whole[:i]) > MATCH_RADIUS + 10


def test_portrait_and_large_sizes() -> None:
    for width, height in ((600, 800), (1600, 1200), (1601, 1203)):
        picture = Picture(id="p", dice=(1, 2), width=width, height=height)
        assert Image.open(io.BytesIO(develop(picture, NOISE)["p"])).size == (width, height)
