"""A hash matches an image as a whole, with its borders or without."""

from __future__ import annotations

import numpy as np

from tests.hashing.hashed import flip_bits
from triage.hashing.difference_hash import DHASH_BYTES
from triage.hashing.match_index import ImageIndex, StoredHashes
from triage.hashing.whole_matches import WholeMatch, find_whole_matches
from triage.hashing.window_codec import BLOB_BYTES


def test_whole_matches_name_what_is_inside_borders_and_leave_crops_out() -> None:
    dice = np.random.default_rng(3)
    whole, trimmed, photo, cropped = (dice.bytes(32) for _ in range(4))
    blob = b"".join(pdq + bytes(DHASH_BYTES) for pdq in (whole, trimmed, photo, cropped)).ljust(BLOB_BYTES, b"\0")
    index = ImageIndex()
    index.extend([StoredHashes(7, whole, blob)])
    queries = [whole, flip_bits(trimmed, 9), photo, cropped, dice.bytes(32)]
    assert find_whole_matches(index, queries) == [
        [WholeMatch(7, False, 0)],
        [WholeMatch(7, True, 9)],
        [WholeMatch(7, True, 0)],
        [],
        [],
    ]
