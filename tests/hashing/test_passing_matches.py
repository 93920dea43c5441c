"""Images that pass by in blocks give the matches of an index that holds them all."""

from __future__ import annotations

import pytest

from tests.hashing.hashed import crop, hash_image
from tests.hashing.scenes import landscape
from triage.hashing import passing_matches
from triage.hashing.match_index import ImageIndex, NewImage, StoredHashes, find_matches
from triage.hashing.passing_matches import find_passing_matches

scene = landscape(450, 600, 3)


def test_images_that_pass_by_in_blocks_give_the_matches_of_an_index() -> None:
    other = landscape(450, 600, 8)
    stored = [hash_image(each) for each in (scene, crop(scene, 0, 0, 1, 0.8), other, scene[:, ::-1])]
    blocks = [[StoredHashes(n, each.pdq, each.windows)] for n, each in enumerate(stored)]
    blocks += [[StoredHashes(8, stored[0].pdq, None), StoredHashes(9, stored[2].pdq, stored[2].windows)]]
    index, kept = ImageIndex(), {each.medium_id: each.windows for block in blocks for each in block}
    index.extend(each for block in blocks for each in block)
    found = find_passing_matches(blocks, [NewImage(n, each) for n, each in enumerate(stored)])
    for n, each in enumerate(stored):
        wanted = find_matches(index, kept.get, each)
        del wanted[n]
        assert found[n] == wanted
    assert set(found[2]) == {9} and set(found[0]) == {8} and 0 in found[1]


def test_no_table_is_made_when_no_stored_image_passes_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passing_matches, "PassingSearch", None)
    assert find_passing_matches([], [NewImage(1, hash_image(scene))]) == [{}]
