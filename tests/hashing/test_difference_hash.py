"""The difference hash orients exactly, also on even ground, and rotating leaves its gradient changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.hashing.hashed import ORIENT
from triage.hashing.difference_hash import (
    DHASH_BYTES,
    GRID_SIDE,
    compute_steps,
    count_gradient_changes,
    has_low_texture,
)
from triage.hashing.orientations import ORIENTATIONS, orient_dhash
from triage.hashing.window_codec import PDQ_BYTES
from triage.hashing.window_hashing import WindowRegion, hash_regions


@settings(max_examples=60)
@given(
    st.integers(0, 255),
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(8, 20), st.integers(8, 20)),
    st.integers(0, 1000),
)
def test_a_hash_orients_exactly_also_where_neighbours_are_equally_light(
    ground: int, place: tuple[int, int, int, int], seed: int
) -> None:
    """A thing on an even ground, not in the very middle: there no half is the lighter one."""
    top, left, high, wide = place
    assume(abs(2 * top + high - 80) > 4 and abs(2 * left + wide - 80) > 4)
    cells = np.full((80, 80), ground, np.float32)
    thing = np.random.default_rng(seed).integers(60, 120, (high, wide))
    cells[top : top + high, left : left + wide] = ground + (thing if ground < 128 else -thing)
    own, *oriented = (
        hash_regions(np.ascontiguousarray(ORIENT[orientation](cells)), [WindowRegion(0, 0, 80, 80)])[0, PDQ_BYTES:].tobytes()
        for orientation in ORIENTATIONS
    )
    assert orient_dhash(own) == (own, *oriented)


@given(st.binary(min_size=DHASH_BYTES, max_size=DHASH_BYTES))
def test_orientations_leave_the_gradient_changes_of_a_hash(dhash: bytes) -> None:
    halves = np.unpackbits(np.frombuffer(dhash, np.uint8)).reshape(2, GRID_SIDE, GRID_SIDE - 1)
    changes = sum(np.count_nonzero(np.diff(half, axis=axis)) for half in halves for axis in (0, 1))
    assert {count_gradient_changes(oriented) for oriented in orient_dhash(dhash)} == {changes}


def test_an_even_step_leads_to_the_lighter_half_of_the_window() -> None:
    cells = np.full((GRID_SIDE, GRID_SIDE), 100.0, np.float32)
    cells[:, -1] = 110
    steps = compute_steps(cells).reshape(2, GRID_SIDE, GRID_SIDE - 1)
    assert (steps[0] > 0).all(), "to the right"
    assert (compute_steps(cells[:, ::-1]).reshape(2, GRID_SIDE, GRID_SIDE - 1)[0] < 0).all()
    assert (steps[1] < 0).all(), "neither upper nor lower half is lighter"


@pytest.mark.parametrize(("large", "expected"), [(134, True), (135, False)])
@pytest.mark.parametrize("step", [2.25, -2.25])
def test_texture_is_that_enough_steps_are_large(large: int, expected: bool, step: float) -> None:
    """28 % of 480 are 134.4; a step of exactly 2 levels is not large."""
    steps = np.full(480, 2.0, np.float32)
    steps[:large] = step
    assert bool(has_low_texture(steps)) is expected
