"""Hashes of rotated and mirrored images come from the bits of the upright one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hashing.hashed import ORIENT, count_bits, hash_image
from tests.hashing.scenes import landscape
from triage.hashing.difference_hash import DHASH_BYTES
from triage.hashing.orientations import INVERSE_ORIENTATIONS, ORIENTATIONS, orient_dhash, orient_pdq
from triage.hashing.window_codec import decode_windows
from triage.model.match_way import Orientation

scene = landscape(450, 600, 3)


@pytest.mark.parametrize("number", range(8), ids=ORIENTATIONS)
def test_hashes_are_oriented_by_their_bits(number: int) -> None:
    true = decode_windows(hash_image(ORIENT[ORIENTATIONS[number]](scene)).windows)[0]
    own = decode_windows(hash_image(scene).windows)[0]
    assert count_bits(orient_pdq(own.pdq)[number], true.pdq) <= 24
    assert orient_dhash(own.dhash)[number] == true.dhash


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=DHASH_BYTES, max_size=DHASH_BYTES))
def test_the_inverse_orientation_gives_the_same_bits_again(pdq: bytes, dhash: bytes) -> None:
    for number, inverse in enumerate(INVERSE_ORIENTATIONS):
        assert orient_pdq(orient_pdq(pdq)[number])[inverse] == pdq
        assert orient_dhash(orient_dhash(dhash)[number])[inverse] == dhash


@pytest.mark.parametrize("orientation", Orientation)
def test_the_inverse_orientation_restores_an_image(orientation: Orientation) -> None:
    assert (ORIENT[orientation.inverse](ORIENT[orientation](scene)) == scene).all()
