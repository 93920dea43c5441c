"""Finds the images that a hash matches as a whole, by PDQ alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.hashing.crop_windows import LAST_WHOLE
from triage.hashing.match_index import ImageIndex, decode_key


@dataclass(frozen=True, slots=True)
class WholeMatch:
    """An image that a hash matches as a whole; `is_trimmed` when it is what lies inside its borders."""

    medium_id: int
    is_trimmed: bool
    distance: int


def find_whole_matches(index: ImageIndex, pdqs: Sequence[bytes]) -> list[list[WholeMatch]]:
    """Returns for each PDQ hash the images that match it as a whole, by PDQ alone."""
    return [
        [
            WholeMatch(medium_id, window > 0, distance)
            for (medium_id, window), distance in ((decode_key(hit.key), hit.distance) for hit in hits)
            if window <= LAST_WHOLE
        ]
        for hits in index.windows.query_many(pdqs)
    ]
