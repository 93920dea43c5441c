from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hashing.scenes import Plane, landscape
from triage.hashing import perceptual, windows
from triage.hashing.likeness import PictureIndex, alike, possible
from triage.model.media import Perceptual


def measured(luma: Plane) -> Perceptual:
    luma = np.ascontiguousarray(luma)
    hashes = perceptual.measure(luma, luma.shape)
    return replace(hashes, windows=windows.measure(luma, hashes.pdq))


def cut(luma: Plane, top: float, left: float, bottom: float, right: float) -> Plane:
    height, width = luma.shape
    return luma[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]


def found(stored: Plane, asked: Plane) -> str | None:
    """How the asked picture is like the stored one."""
    index = PictureIndex()
    kept = measured(stored)
    index.learn(7, kept)
    near = alike(index, lambda medium_id: kept.windows, measured(asked), thorough=True)
    return near[7].variant if near else None


def bits(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


TURNED = {
    "upright": lambda p: p,
    "turned left": lambda p: np.rot90(p, 1),
    "turned half": lambda p: np.rot90(p, 2),
    "turned right": lambda p: np.rot90(p, 3),
    "flipped": lambda p: p[::-1],
    "mirrored": lambda p: p[:, ::-1],
    "transposed": lambda p: p.T,
    "transversed": lambda p: p[::-1, ::-1].T,
}
scene = landscape(450, 600, 3)


@pytest.mark.parametrize("name", windows.TURNS)
def test_hashes_are_turned_by_their_bits(name: str) -> None:
    place = windows.TURNS.index(name)
    true = windows.entries(measured(TURNED[name](scene)).windows)[0]
    own = windows.entries(measured(scene).windows)[0]
    assert bits(windows.turned_pdq(own.pdq)[place], true.pdq) <= 24
    assert bits(windows.turned_second(own.second)[place], true.second) <= 40  # where drawn neighbours are equally light


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=windows.SECOND_BYTES, max_size=windows.SECOND_BYTES))
def test_every_turn_can_be_taken_back(pdq: bytes, second: bytes) -> None:
    assert all(pdq in windows.turned_pdq(turn) for turn in windows.turned_pdq(pdq))
    assert all(second in windows.turned_second(turn) for turn in windows.turned_second(second))


@pytest.mark.parametrize("part", windows.PARTS)
def test_every_crop_is_found_whichever_came_first(part: str) -> None:
    crop = cut(scene, *windows.PARTS[part])
    assert found(scene, crop) is not None
    assert found(crop, scene) is not None
    assert found(scene, crop[:, ::-1]) is not None


@pytest.mark.parametrize("edges", [((40, 40), (0, 0)), ((0, 0), (70, 90)), ((30, 30), (30, 30)), ((9, 60), (12, 5))])
@pytest.mark.parametrize("shade", [0, 255])
def test_borders_and_bars_are_trimmed(edges: tuple[tuple[int, int], tuple[int, int]], shade: int) -> None:
    framed = np.pad(scene, edges, constant_values=shade)
    assert found(scene, framed) is not None
    assert found(framed, np.rot90(scene)) is not None


def test_strangers_are_not_alike() -> None:
    index = PictureIndex()
    pictures = [measured(landscape(300, 400, seed)) for seed in range(30)]
    for number, hashes in enumerate(pictures[:15]):
        index.learn(number, hashes)
    for hashes in pictures[15:]:
        assert not alike(index, lambda medium_id: pictures[medium_id].windows, hashes, thorough=True)


def test_a_possible_match_needs_both_hashes() -> None:
    whole = measured(scene)
    index = PictureIndex()
    index.learn(7, whole)
    far = (int.from_bytes(whole.pdq) ^ ((1 << 45) - 1)).to_bytes(32)
    asked = replace(whole, pdq=far, turns=(far,) * 8, windows=far + whole.windows[32 : windows.ENTRY_BYTES])
    perhaps = possible(index, lambda medium_id: whole.windows, asked, ())
    assert (perhaps[7].how.distance, perhaps[7].second) == (45, 0)
    assert possible(index, lambda medium_id: whole.windows, asked, {7}) == {}
    other = bytes(255 - octet for octet in whole.windows[32 : windows.ENTRY_BYTES])
    assert possible(index, lambda medium_id: whole.windows[:32] + other, asked, ()) == {}
    assert possible(index, lambda medium_id: None, asked, ()) == {}


def test_flat_pictures_have_no_windows() -> None:
    flat = measured(np.full((300, 400), 90, np.uint8))
    assert [entry.variant for entry in windows.entries(flat.windows)] in ([], [0])
    assert len(flat.windows) == windows.BLOB_BYTES
