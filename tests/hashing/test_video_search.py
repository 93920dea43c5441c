from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from triage import limits
from triage.hashing.difference_hash import DHASH_BYTES
from triage.hashing.match_index import ImageIndex
from triage.hashing.orientations import ORIENTATIONS, orient_pdq
from triage.hashing.video_frames import Frame, count_distinct
from triage.hashing.video_relations import Relation, VideoVerdict
from triage.hashing.video_search import (
    FrameIndex,
    StoredVideo,
    VideoMatch,
    find_images_in_video,
    find_videos,
    find_videos_with_image,
)
from triage.hashing.window_codec import BLOB_BYTES
from triage.model.match_way import FRAME_PDQ, CropWindow, MatchWay, Orientation
from triage.model.media import Perceptual

dice = np.random.default_rng(5)


def frames(count: int, **rest: bytes) -> tuple[Frame, ...]:
    return tuple(Frame(500 * place, 90, dice.bytes(32), **rest) for place in range(count))


def shaken(own: Sequence[Frame], bits: int = 12) -> tuple[Frame, ...]:
    """As another encoder leaves them: some bits of each are others."""
    return tuple(Frame(frame.at_ms, 80, flipped(frame.pdq, bits), frame.trimmed) for frame in own)


def flipped(pdq: bytes, bits: int) -> bytes:
    row = np.unpackbits(np.frombuffer(pdq, np.uint8))
    row[dice.choice(256, bits, replace=False)] ^= 1
    return np.packbits(row).tobytes()


def search(stored: dict[int, tuple[Frame, ...]], own: Sequence[Frame], *, thorough: bool = False):
    index = FrameIndex()
    index.extend(StoredVideo(*each) for each in stored.items())
    return find_videos(index, stored.__getitem__, own, thorough=thorough)


def told(stored: tuple[Frame, ...], own: Sequence[Frame]) -> tuple[str, bool] | None:
    found = search({7: stored}, own).get(7)
    return None if found is None else (found.verdict.relation, found.verdict.is_possible)


film = frames(40)


def test_a_copy_is_the_same_both_ways_and_says_how() -> None:
    found = search({7: film, 8: frames(40)}, shaken(film))
    assert list(found) == [7]
    how = found[7]
    assert (how.verdict.relation, how.verdict.own, how.own_frames, how.verdict.other, how.other_frames) == (
        "same",
        40,
        40,
        40,
        40,
    )
    assert (how.quality, how.verdict.is_possible) == (80, False)
    assert how.way == MatchWay(hash_kind=FRAME_PDQ, distance=12)


@pytest.mark.parametrize(
    ("stored", "own", "expected"),
    [
        (film, film[8:], ("same", False)),
        (film[:10], film[:6] + frames(4), ("same", False)),
        (film[:10], film[:5] + frames(5), None),
        (film[:6] + frames(14), film[:6] + frames(4), ("part", False)),
        (film[:6] + frames(4), film[:6] + frames(14), ("holds", False)),
        (film, film[30:], ("part", False)),
        (film[30:], film, ("holds", False)),
        (film[:30] + frames(60), frames(60) + film[:30], ("shares", True)),
        (film[:3] + frames(60), frames(60) + film[:3], None),
        (film[:2] + frames(60), film[:2], ("part", True)),
        (film[:1], film[:1], ("same", False)),
        (film, frames(40), None),
        ((), film, None),
        (film, (), None),
    ],
)
def test_what_two_videos_are_to_one_another(
    stored: tuple[Frame, ...], own: tuple[Frame, ...], expected: tuple[str, bool] | None
) -> None:
    assert told(stored, own) == expected


def test_frames_that_match_count_as_one() -> None:
    still = shaken([film[0]] * 20, 8)
    assert count_distinct(still, 3) == 1
    assert told(film, still) == ("part", True)
    assert told(film, still + frames(5)) is None, "four in five, and all alike"
    assert told(film, still + frames(30)) is None
    assert [count_distinct([film[0], Frame(0, 90, flipped(film[0].pdq, bits))], 3) for bits in (31, 32)] == [1, 2]


def test_titles_of_many_videos_prove_nothing() -> None:
    titles = frames(8)
    stored = {number: titles + frames(30) for number in range(limits.FILM_COMMON + 5)}
    assert search(stored, titles + frames(30)) == {}
    assert search(stored, titles) == {}
    few = {number: stored[number] for number in range(limits.FILM_COMMON)}
    assert [how.verdict.relation for how in search(few, titles).values()] == ["part"] * limits.FILM_COMMON
    one_more = {number: stored[number] for number in range(limits.FILM_COMMON + 1)}
    assert search(one_more, titles) == {}


def test_many_copies_of_one_film_are_still_the_same() -> None:
    stored = {number: shaken(film) for number in range(limits.FILM_COMMON + 5)}
    assert {how.verdict.relation for how in search(stored, film).values()} == {"same"}


def test_bars_crops_and_orientations() -> None:
    def windows(stored: tuple[Frame, ...], own: tuple[Frame, ...]) -> tuple[CropWindow, CropWindow]:
        way = search({7: stored}, own)[7].way
        assert way.orientation is Orientation.UPRIGHT
        return way.asked_window, way.found_window

    whole, trimmed, centre = CropWindow.WHOLE, CropWindow.TRIMMED, CropWindow.CENTRE_10
    barred = tuple(Frame(frame.at_ms, 90, dice.bytes(32), frame.pdq) for frame in film)
    assert windows(film, barred) == (trimmed, whole)
    assert windows(barred, film) == (whole, trimmed)
    crop = tuple(Frame(frame.at_ms, 90, dice.bytes(32), crops=(b"", frame.pdq)) for frame in film)
    assert windows(crop, film) == (whole, centre)
    assert windows(film, crop) == (centre, whole)
    assert search({7: crop}, tuple(Frame(frame.at_ms, 90, dice.bytes(32), crops=frame.crops) for frame in crop)) == {}
    assert windows(film, barred[:30] + film[30:]) == (trimmed, whole), "of most frames"
    assert windows(film, barred[:10] + film[10:]) == (whole, whole)
    assert windows(film, barred[:20] + film[20:]) == (whole, whole), "of several what leaves most of the frame"


@pytest.mark.parametrize("number", range(1, 8), ids=ORIENTATIONS[1:])
def test_an_oriented_video_is_found_in_a_thorough_search_and_says_how(number: int) -> None:
    oriented = tuple(Frame(frame.at_ms, 90, orient_pdq(frame.pdq)[number]) for frame in film)
    assert search({7: film}, oriented) == {}
    assert search({7: film}, oriented, thorough=True)[7].way.orientation is ORIENTATIONS[number].inverse
    assert search({7: oriented}, film, thorough=True)[7].way.orientation is ORIENTATIONS[number]


def picture(pdq: bytes, trimmed: bytes = b"", crop: bytes = bytes(32)) -> Perceptual:
    blank = bytes(DHASH_BYTES)
    blob = b"".join(each + blank for each in (pdq, trimmed or bytes(32), bytes(32), crop)).ljust(BLOB_BYTES, b"\0")
    return Perceptual(pdq=pdq, quality=90, turns=orient_pdq(pdq), phash=bytes(8), windows=blob)


def test_a_still_is_found_in_a_video_and_a_video_shows_a_still() -> None:
    index, pictures = FrameIndex(), ImageIndex()
    index.add(7, film)
    still = picture(flipped(film[9].pdq, 10))
    pictures.add(3, still)
    pictures.add(4, picture(dice.bytes(32), film[20].pdq))
    pictures.add(5, picture(dice.bytes(32)))
    (found,) = find_videos_with_image(index, still).values()
    assert (found.place, found.distance) == (9, 10)
    assert found.describe(4_500) == MatchWay(hash_kind=FRAME_PDQ, distance=10, time_ms=4_500)
    shown = find_images_in_video(pictures, film)
    assert {medium: how.place for medium, how in shown.items()} == {3: 9, 4: 20}
    assert shown[4].describe(0).asked_window is CropWindow.TRIMMED


@pytest.mark.parametrize("number", range(1, 8), ids=ORIENTATIONS[1:])
def test_an_oriented_still_is_found_in_a_thorough_search_and_says_how(number: int) -> None:
    """Seen from the image, whichever of the two asks."""
    index, pictures = FrameIndex(), ImageIndex()
    index.add(7, film)
    still = picture(orient_pdq(film[9].pdq)[number])
    pictures.add(3, still)
    assert find_videos_with_image(index, still) == {} and find_images_in_video(pictures, film) == {}
    for found in (
        find_videos_with_image(index, still, thorough=True)[7],
        find_images_in_video(pictures, film, thorough=True)[3],
    ):
        assert (found.place, found.distance) == (9, 0)
        assert found.describe(0).orientation is ORIENTATIONS[number].inverse


def test_a_still_is_found_inside_the_bars_of_either_and_in_no_crop() -> None:
    def barred(inside: bytes) -> Frame:
        return Frame(700, 90, dice.bytes(32), inside)

    whole, inside = picture(film[9].pdq), picture(dice.bytes(32), film[9].pdq)
    whole_window, trimmed = CropWindow.WHOLE, CropWindow.TRIMMED
    for still, frame, windows in (
        (whole, barred(film[9].pdq), (whole_window, trimmed)),
        (inside, film[9], (trimmed, whole_window)),
        (inside, barred(film[9].pdq), (trimmed, trimmed)),
    ):
        index, pictures = FrameIndex(), ImageIndex()
        index.add(7, (frames(1)[0], frame))
        pictures.add(3, still)
        for found in (find_videos_with_image(index, still)[7], find_images_in_video(pictures, (frames(1)[0], frame))[3]):
            way = found.describe(0)
            assert (found.place, found.distance, way.asked_window, way.found_window) == (1, 0, *windows)
    cropped = Frame(700, 90, dice.bytes(32), crops=(b"", film[9].pdq))
    index, pictures = FrameIndex(), ImageIndex()
    index.add(7, (cropped,))
    pictures.add(3, whole)
    assert (
        find_videos_with_image(index, whole, thorough=True) == {}
        and find_images_in_video(pictures, (cropped,), thorough=True) == {}
    )
    index, pictures = FrameIndex(), ImageIndex()
    index.add(7, film)
    part = picture(dice.bytes(32), crop=film[9].pdq)
    pictures.add(3, part)
    assert (
        find_videos_with_image(index, part, thorough=True) == {} and find_images_in_video(pictures, film, thorough=True) == {}
    ), "nor of a still"


def test_the_stronger_of_two_ways_shows_more_of_both_videos() -> None:
    def match(relation: Relation, own: int, other: int, distance: int = 9) -> VideoMatch:
        return VideoMatch(VideoVerdict(relation, own, other, 3), 10, 20, 90, MatchWay(hash_kind=FRAME_PDQ, distance=distance))

    strongest = [
        match("same", 10, 20),
        match("same", 10, 18),
        match("same", 9, 18),
        match("same", 9, 18, 12),
        match("part", 10, 20),
    ]
    assert sorted([strongest[at] for at in (3, 0, 4, 2, 1)], key=lambda each: each.rank) == strongest


def test_shares_of_frames_are_compared_not_numbers() -> None:
    def match(own: int, own_frames: int, other: int, other_frames: int) -> VideoMatch:
        way = MatchWay(hash_kind=FRAME_PDQ, distance=9)
        return VideoMatch(VideoVerdict("part", own, other, 3), own_frames, other_frames, 90, way)

    assert match(8, 10, 90, 100).rank < match(8, 10, 9, 20).rank
    assert match(90, 100, 8, 10).rank < match(9, 20, 8, 10).rank
