"""Why two match, in words, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.ui.fakes import MAIN, FakeApi, alike, pair, sha256_of
from triage.jobs.matching.films import list_unchecked_parts
from triage.model.films import ShowFilm
from triage.model.match_way import MatchWay
from triage.model.media import Film
from triage.ui.matches import match_words
from triage.ui.matches.match_pair import MatchPair, find_pairs, pair_from_work_list
from triage.ui.media import media_words
from triage.ui.text import i18n


@pytest.fixture
def urdu() -> Iterator[None]:
    i18n.set_language("ur")
    yield
    i18n.set_language("en")


def test_whatever_of_a_film_was_not_seen_is_said_in_urdu(urdu: None) -> None:
    unseen = tuple(each for count in (0, 5) for each in list_unchecked_parts(film(count)))
    assert len(set(unseen)) == 4
    file = replace(FakeApi().show(MAIN).files[1], film=ShowFilm(frames=5, looked=9, flat=0, still=4, not_checked=unseen, crowd=0))
    for said in media_words.describe_videos(file)[1:]:
        assert not [part for part in said.split() if part.isascii() and part.isalpha()], said


def film(count: int) -> Film:
    """With all that can be missing."""
    return Film(count=count, looked=9, flat=4, still=0, sampled=True, partial=True, tracks=3)


def test_both_distances_and_both_qualities_are_told() -> None:
    found = pair_from_work_list(pair(0, 1))
    assert match_words.describe_distances(found) == "PDQ: 38 of 256 bits differ, difference hash: 61 of 480 bits differ"
    assert match_words.describe_quality(found) == "this one 100 of 100, the other 88 of 100"
    assert match_words.describe_tier(found).startswith("Possible match")
    of_list = pair(0, 1, other_reports=(), list="drawn-2", list_date="2026-11-03", way=MatchWay(hash_kind="pdq", distance=38))
    listed = pair_from_work_list(replace(of_list, other="ab" * 32))
    assert match_words.describe_distances(listed) == "PDQ: 38 of 256 bits differ"
    assert match_words.describe_quality(listed) == "this one 100 of 100, the list does not say"
    assert match_words.describe_pair(listed).startswith("drawn-2 of 3 Nov 2026, possibly, not rotated")


def test_what_a_person_said_is_said() -> None:
    file = replace(
        FakeApi().show(MAIN).files[1],
        alike=(alike(4, tier="match", dhash_distance=None, joined_by="lhr-02", distance=4), alike(5)),
    )
    first, second = find_pairs(file, MAIN)
    assert (first.possible, second.possible) == (True, False), "what waits for a person comes first"
    assert match_words.describe_tier(second) == "lhr-02 marked them as the same"
    assert isinstance(first, MatchPair)
    assert first.key == (sha256_of(1), sha256_of(5))
