from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage import limits
from triage.hashing import films, windows
from triage.hashing.film_search import FilmAlike, FrameIndex, films_holding, films_like, pictures_in
from triage.hashing.films import FRAME_BYTES, Frame
from triage.hashing.likeness import PictureIndex
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
    index.extend(stored.items())
    return films_like(index, stored.__getitem__, own, thorough=thorough)


def told(stored: tuple[Frame, ...], own: Sequence[Frame]) -> tuple[str, bool] | None:
    found = search({7: stored}, own).get(7)
    return None if found is None else (found.verdict.relation, found.verdict.possible)


film = frames(40)


@given(st.lists(st.builds(Frame, st.integers(0, 2**32 - 1), st.integers(0, 100), st.binary(min_size=32, max_size=32))))
def test_frames_are_kept_as_they_are(several: list[Frame]) -> None:
    blob = films.pack(several)
    assert len(blob) == FRAME_BYTES * len(several)
    assert films.unpack(blob) == tuple(several)


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
    assert (how.distance, how.quality, how.variant, how.verdict.possible) == (12, 80, "upright", False)


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
def test_what_two_films_are_to_one_another(
    stored: tuple[Frame, ...], own: tuple[Frame, ...], expected: tuple[str, bool] | None
) -> None:
    assert told(stored, own) == expected


def test_frames_that_are_alike_count_as_one() -> None:
    still = shaken([film[0]] * 20, 8)
    assert films.distinct(still, 3) == 1
    assert told(film, still) == ("part", True)
    assert told(film, still + frames(5)) is None, "four in five, and all alike"
    assert told(film, still + frames(30)) is None
    assert [films.distinct([film[0], Frame(0, 90, flipped(film[0].pdq, bits))], 3) for bits in (31, 32)] == [1, 2]


def test_titles_of_many_films_prove_nothing() -> None:
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


def test_bars_and_turns() -> None:
    barred = tuple(Frame(frame.at_ms, 90, dice.bytes(32), frame.pdq) for frame in film)
    assert search({7: film}, barred)[7].variant == "upright, inside the borders of this"
    assert search({7: barred}, film)[7].variant == "upright, inside the borders of the other"
    crop = tuple(Frame(frame.at_ms, 90, dice.bytes(32), crops=(b"", frame.pdq)) for frame in film)
    assert search({7: crop}, film)[7].variant == "upright, centre -10 % of the other"
    assert search({7: film}, crop)[7].variant == "upright, centre -10 % of this"
    assert search({7: crop}, tuple(Frame(frame.at_ms, 90, dice.bytes(32), crops=frame.crops) for frame in crop)) == {}
    assert search({7: film}, barred[:30] + film[30:])[7].variant == "upright, inside the borders of this", "of most frames"
    assert search({7: film}, barred[:10] + film[10:])[7].variant == "upright"
    mirrored = tuple(Frame(frame.at_ms, 90, windows.turned_pdq(frame.pdq)[5]) for frame in film)
    assert search({7: film}, mirrored) == {}
    assert search({7: film}, mirrored, thorough=True)[7].variant == "mirrored"


def picture(pdq: bytes, trimmed: bytes = b"", crop: bytes = bytes(32)) -> Perceptual:
    blank = bytes(windows.SECOND_BYTES)
    blob = b"".join(each + blank for each in (pdq, trimmed or bytes(32), bytes(32), crop)).ljust(windows.BLOB_BYTES, b"\0")
    return Perceptual(pdq=pdq, quality=90, turns=windows.turned_pdq(pdq), phash=bytes(8), windows=blob)


def test_a_still_is_found_in_a_film_and_a_film_shows_a_still() -> None:
    index, pictures = FrameIndex(), PictureIndex()
    index.learn(7, film)
    still = picture(flipped(film[9].pdq, 10))
    pictures.learn(3, still)
    pictures.learn(4, picture(dice.bytes(32), film[20].pdq))
    pictures.learn(5, picture(dice.bytes(32)))
    (found,) = films_holding(index, still).values()
    assert (found.place, found.distance, found.variant) == (9, 10, "upright")
    shown = pictures_in(pictures, film)
    assert {medium: how.place for medium, how in shown.items()} == {3: 9, 4: 20}
    assert shown[4].variant == "upright, inside the borders of this"
    assert films_holding(index, picture(windows.turned_pdq(film[9].pdq)[5])) == {}
    assert films_holding(index, picture(windows.turned_pdq(film[9].pdq)[5]), thorough=True)[7].place == 9


def test_a_still_is_found_inside_the_bars_of_either_and_in_no_crop() -> None:
    def barred(inside: bytes) -> Frame:
        return Frame(700, 90, dice.bytes(32), inside)

    whole, inside = picture(film[9].pdq), picture(dice.bytes(32), film[9].pdq)
    for still, frame, variant in (
        (whole, barred(film[9].pdq), "upright, inside the borders of the other"),
        (inside, film[9], "upright, inside the borders of this"),
        (inside, barred(film[9].pdq), "upright, inside the borders of this, inside the borders of the other"),
    ):
        index, pictures = FrameIndex(), PictureIndex()
        index.learn(7, (frames(1)[0], frame))
        pictures.learn(3, still)
        for found in (films_holding(index, still)[7], pictures_in(pictures, (frames(1)[0], frame))[3]):
            assert (found.place, found.distance, found.variant) == (1, 0, variant)
    cropped = Frame(700, 90, dice.bytes(32), crops=(b"", film[9].pdq))
    index, pictures = FrameIndex(), PictureIndex()
    index.learn(7, (cropped,))
    pictures.learn(3, whole)
    assert films_holding(index, whole, thorough=True) == {} and pictures_in(pictures, (cropped,), thorough=True) == {}
    index, pictures = FrameIndex(), PictureIndex()
    index.learn(7, film)
    part = picture(dice.bytes(32), crop=film[9].pdq)
    pictures.learn(3, part)
    assert films_holding(index, part, thorough=True) == {} and pictures_in(pictures, film, thorough=True) == {}, "nor of a still"


def test_thinning_keeps_order_and_number() -> None:
    many = frames(1000)
    kept = films.thinned(many, limits.FILM_FRAMES)
    assert len(kept) == limits.FILM_FRAMES
    assert [frame.at_ms for frame in kept] == sorted(frame.at_ms for frame in kept)
    assert set(kept) <= set(many)
    assert films.thinned(film, 300) == film


def test_thinning_keeps_of_each_run_the_frame_where_least_moves() -> None:
    rows = [np.arange(256) < ones for ones in (0, 10, 12, 60)]
    several = tuple(Frame(at, 90, np.packbits(row).tobytes()) for at, row in enumerate(rows))
    assert [frame.at_ms for frame in films.thinned(several, 2)] == [1, 2]


def test_the_stronger_of_two_ways_shows_more_of_both_films() -> None:
    def way(relation: films.Relation, own: int, other: int, distance: int = 9) -> FilmAlike:
        return FilmAlike(films.Verdict(relation, own, other, 3), 10, 20, distance, 90, "")

    strongest = [way("same", 10, 20), way("same", 10, 18), way("same", 9, 18), way("same", 9, 18, 12), way("part", 10, 20)]
    assert sorted([strongest[at] for at in (3, 0, 4, 2, 1)], key=lambda each: each.strength) == strongest
