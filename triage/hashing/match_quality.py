"""Which images hashes can tell apart: by their quality, a match, a possible match, or neither."""

from __future__ import annotations

from triage import limits
from triage.model.media import Perceptual

MATCHING_QUALITIES = range(limits.MIN_PDQ_QUALITY, 101)
"""PDQ qualities of images that may match."""
LOW_QUALITIES = range(limits.MIN_POSSIBLE_QUALITY, limits.MIN_PDQ_QUALITY)
"""PDQ qualities of images that are at most a possible match."""


def can_match(hashes: Perceptual | None) -> bool:
    """Returns whether an image may match by its hashes. One of low quality never does."""
    return hashes is not None and hashes.quality >= limits.MIN_PDQ_QUALITY


def can_be_possible(hashes: Perceptual | None) -> bool:
    """Returns whether an image may at least be a possible match: darkening alone gives an image low quality."""
    return hashes is not None and hashes.quality >= limits.MIN_POSSIBLE_QUALITY
