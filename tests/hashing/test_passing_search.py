"""Hashes that pass by queries: every pair within the radius is found, and no other."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.hashing.linear_index import LinearIndex
from triage import limits
from triage.hashing import passing_search
from triage.hashing.passing_search import PassingSearch


def flip(hashes: NDArray[np.uint8], bits: int, dice: np.random.Generator) -> NDArray[np.uint8]:
    """Returns the hashes with so many other bits, anywhere."""
    turned = np.unpackbits(hashes, axis=1)
    for row in turned:
        row[dice.choice(256, bits, replace=False)] ^= 1
    return np.packbits(turned, axis=1)


@pytest.mark.parametrize("few", [True, False], ids=["few queries", "many queries"])
def test_every_pair_within_the_radius_is_found_as_by_comparing_all(monkeypatch: pytest.MonkeyPatch, few: bool) -> None:
    monkeypatch.setattr(passing_search, "_FEW_QUERIES", 100 if few else 0)
    monkeypatch.setattr(passing_search, "_AT_ONCE", 64)
    monkeypatch.setattr(passing_search, "_PAIRS_AT_ONCE", 5)
    dice = np.random.default_rng(4)
    asked = dice.integers(0, 256, (20, 32), np.uint8)
    near = [flip(asked, bits, dice) for bits in (0, 12, limits.MATCH_RADIUS, limits.MATCH_RADIUS + 1)]
    passing = np.concatenate([*near, asked[:3], dice.integers(0, 256, (40, 32), np.uint8)])
    every = LinearIndex()
    for key, value in enumerate(passing):
        every.add(100 + key, value.tobytes())
    wanted = {n: hits for n, value in enumerate(asked) if (hits := every.query(value.tobytes()))}
    assert {len(hits) for hits in wanted.values()} == {3, 4}
    assert PassingSearch(asked.tobytes()).find_near(np.arange(100, 100 + len(passing)), passing) == wanted


def test_without_a_near_hash_nothing_is_found() -> None:
    apart = np.full((2, 32), 255, np.uint8)
    assert PassingSearch(bytes(32)).find_near(np.arange(2), apart) == {}


def test_hashes_that_share_most_of_their_bits_are_compared_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passing_search, "_PAIRS_AT_ONCE", 500)
    pairs: list[int] = []
    count = passing_search.count_differing_bits

    def note(some: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.integer]:
        pairs.append(len(some))
        return count(some, others)

    monkeypatch.setattr(passing_search, "count_differing_bits", note)
    dice = np.random.default_rng(5)
    alike = np.zeros((300, 32), np.uint8)
    alike[:, 16:] = dice.integers(0, 256, (300, 16), np.uint8)  # too far apart, with half of their chunks in common
    assert set(PassingSearch(alike[:50].tobytes()).find_near(np.arange(300), alike)) == set(range(50))
    assert max(pairs) <= 550 and sum(pairs) > 50_000
