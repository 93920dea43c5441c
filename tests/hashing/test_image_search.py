"""One image is looked for in several indexes: who is asked for matches, for possible matches or for nothing, and what comes together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.hashing.hashed import flip_bits, hash_image
from tests.hashing.scenes import landscape
from triage import limits
from triage.hashing.image_search import ImageSearch
from triage.hashing.match_index import ImageIndex
from triage.model.media import Perceptual

GOOD = hash_image(landscape(240, 320, 5))
FAINT = replace(GOOD, quality=limits.MIN_PDQ_QUALITY - 1)


def search(hashes: Perceptual, **said: bool) -> ImageSearch:
    return ImageSearch(hashes, said.pop("own", None), (), cells=None, **{"matches": True, "possible": False, **said})


@pytest.mark.parametrize(
    ("hashes", "said", "seeks"),
    [
        (GOOD, {}, True),
        (GOOD, {"matches": False}, False),
        (GOOD, {"matches": False, "possible": True}, True),
        (GOOD, {"among_low_quality": True}, False),
        (FAINT, {}, False),
        (FAINT, {"possible": True}, True),
        (FAINT, {"among_low_quality": True}, False),
    ],
)
def test_an_image_of_low_quality_has_no_matches(hashes: Perceptual, said: dict[str, bool], seeks: bool) -> None:
    assert search(hashes, **said).seeks_anything == seeks


def test_matches_of_all_indexes_come_together_and_an_image_never_finds_itself() -> None:
    indexes = [ImageIndex(), ImageIndex()]
    for number, index in enumerate(indexes, 7):
        index.add(number, GOOD)
    blobs = {7: GOOD.windows, 8: GOOD.windows}
    for own, wanted in ((None, {7, 8}), (7, {8})):
        asked = ImageSearch(GOOD, own, (), matches=True, possible=True, cells=None)
        for index in indexes:
            asked.look(index, blobs.get)
        matches, possible = asked.finish(blobs.get)
        assert (set(matches), possible) == (wanted, {})


def test_an_image_of_low_quality_finds_possible_matches_that_are_not_known_yet() -> None:
    index = ImageIndex()
    index.add(7, replace(FAINT, pdq=flip_bits(FAINT.pdq, 2)))
    for known, wanted in (((), {7}), ((7,), set())):
        asked = ImageSearch(FAINT, None, known, matches=True, possible=True, cells=None)
        asked.look(index, {7: FAINT.windows}.get)
        matches, possible = asked.finish({7: FAINT.windows}.get)
        assert (matches, set(possible)) == ({}, wanted)
