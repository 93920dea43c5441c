"""What a file outside the store was compared with and what not: nothing that was not asked looks as if it had been."""

from __future__ import annotations

import json

import pytest

from triage import limits
from triage.hashing.orientations import orient_pdq
from triage.jobs.matching.checked import Scope, list_checked, list_not_checked
from triage.model.media import Film, MediaFacts, Perceptual
from triage.store.queries.lists import ListRow


def listed(name: str, **kinds: int) -> ListRow:
    unmatched = {kind: n for kind, n in kinds.items() if kind == "photodna"}
    return ListRow(
        id=1,
        name=name,
        kind="known",
        profile=None,
        added="2026-11-03T10:00:00Z",
        sha256="",
        format="csv",
        entries=1,
        hash_kinds=json.dumps(kinds),
        unmatched=json.dumps(unmatched),
        remarks="{}",
    )


def picture(quality: int) -> MediaFacts:
    pdq = bytes(range(32))
    return MediaFacts(mime="image/jpeg", perceptual=Perceptual(pdq=pdq, quality=quality, turns=orient_pdq(pdq), phash=bytes(8)))


def film(count: int, **more: bool | int) -> MediaFacts:
    told = {"looked": 9, "flat": 0, "still": 0, "sampled": False, "partial": False, "tracks": 1, **more}
    return MediaFacts(mime="video/mp4", film=Film(count=count, **told))


STORE = Scope(media=12, pending=0, pictures=7, films=3, lists=(listed("US", md5=4, pdq=2), listed("old", sha1=9)))
NEAR = "near duplicates, among images of the store: 7, videos: 3"


@pytest.mark.parametrize("facts", [picture(100), picture(limits.MIN_POSSIBLE_QUALITY), film(5)])
def test_what_says_enough_is_compared_with_all_that_is_there(facts: MediaFacts) -> None:
    assert tuple(map(str, list_checked(STORE, facts))) == (
        "exact copies, among the files of the store: 12",
        NEAR,
        "hash list US of 2026-11-03: md5, pdq",
        "hash list old of 2026-11-03: sha1",
    )
    assert str(tuple(list_not_checked(STORE, facts))[-1]) == "near duplicates in hash list old of 2026-11-03: it has no PDQ hash"


def test_of_a_faint_picture_it_is_said_that_nothing_is_sure() -> None:
    faint = f"low quality image (PDQ quality {limits.MIN_POSSIBLE_QUALITY}), so matches are only possible"
    assert [str(each) for each in list_not_checked(STORE, picture(limits.MIN_POSSIBLE_QUALITY))][:-1] == [
        f"certain near duplicates: {faint}"
    ]
    assert len(tuple(list_not_checked(STORE, picture(limits.MIN_PDQ_QUALITY)))) == 1


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (picture(limits.MIN_POSSIBLE_QUALITY - 1), f"low quality image (PDQ quality {limits.MIN_POSSIBLE_QUALITY - 1})"),
        (MediaFacts(mime="application/pdf"), "only images and videos are compared"),
        (MediaFacts(mime="image/png", problem="could not be decoded: took too long"), "could not be decoded: took too long"),
        (film(0), "every frame of the video is low quality"),
    ],
)
def test_of_what_says_too_little_the_bytes_alone_are_compared_and_why(facts: MediaFacts, why: str) -> None:
    said = tuple(map(str, list_checked(STORE, facts)))
    assert NEAR not in said and not any("pdq" in each for each in said)
    assert "hash list US of 2026-11-03: md5" in said
    assert tuple(map(str, list_not_checked(STORE, facts))) == (f"near duplicates: {why}",)


def test_what_of_a_film_was_not_seen_is_said() -> None:
    told = tuple(map(str, list_not_checked(STORE, film(5, sampled=True, partial=True, tracks=3))))
    assert told[:3] == (
        "the rest of the video: it could not be read to the end",
        "the parts between the sampled frames: the video is too long to decode in full",
        "2 of 3 video tracks",
    )


def test_what_the_store_itself_could_not_ask_is_said() -> None:
    scope = Scope(media=12, pending=2, pictures=7, films=3, lists=())
    assert tuple(map(str, list_not_checked(scope, picture(100)))) == (
        "near duplicates, among files of the store that an interrupted import has not measured yet: 2",
        "hash lists: none is loaded",
    )
    only = Scope(media=0, pending=0, pictures=0, films=0, lists=(listed("odd", photodna=5),))
    assert not any("odd" in str(each) for each in list_checked(only, picture(100))), "nothing of it was compared"
    assert tuple(map(str, list_not_checked(only, picture(100)))) == (
        "near duplicates in hash list odd of 2026-11-03: it has no PDQ hash",
        "photodna of hash list odd of 2026-11-03: Triage does not compute this hash",
    )
