"""Which films are alike, and which pictures are a frame of one: asks an index of all frames and counts what it finds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median_low

from triage import limits
from triage.hashing import films, windows
from triage.hashing.films import Frame, Verdict
from triage.hashing.index import HammingIndex
from triage.hashing.likeness import PictureIndex, wholes_near
from triage.model.media import Perceptual

_PLACE_BITS = 9
_TRIMMED = 1 << _PLACE_BITS
_KEY_BITS = _PLACE_BITS + 1


class FrameIndex:
    """The frames of all films, whole and without bars. One thread at a time."""

    def __init__(self) -> None:
        self.hashes = HammingIndex()

    def learn(self, medium_id: int, frames: Sequence[Frame]) -> None:
        self.extend(((medium_id, frames),))

    def extend(self, several: Iterable[tuple[int, Sequence[Frame]]]) -> None:
        keys: list[int] = []
        hashes: list[bytes] = []
        for medium_id, frames in several:
            for place, frame in enumerate(frames):
                key = medium_id << _KEY_BITS | place
                keys += [key, key | _TRIMMED] if frame.trimmed else [key]
                hashes += [frame.pdq, frame.trimmed] if frame.trimmed else [frame.pdq]
        self.hashes.extend(keys, b"".join(hashes))


KeptFrames = Callable[[int], Sequence[Frame]]
"""The stored frames of a film."""


@dataclass(frozen=True, slots=True)
class FilmAlike:
    """What another film is to the one that was asked for. `distance` is the median of the found frames' nearest, `quality` the
    lowest of any of them."""

    verdict: Verdict
    own_frames: int
    other_frames: int
    distance: int
    quality: int
    variant: str

    @property
    def strength(self) -> tuple[int, bool, int, int]:
        """Sorts the strongest first."""
        shown = self.verdict.own * 1000 // self.own_frames + self.verdict.other * 1000 // self.other_frames
        return films.STRONGEST_FIRST.index(self.verdict.relation), self.verdict.possible, -shown, self.distance


@dataclass(frozen=True, slots=True, order=True)
class StillAlike:
    """A picture that is like a frame of a film."""

    distance: int
    place: int
    turn: int
    own_trimmed: bool
    other_trimmed: bool

    @property
    def variant(self) -> str:
        return _variant(self.turn, self.own_trimmed, self.other_trimmed)


@dataclass(frozen=True, slots=True)
class _Question:
    place: int
    turn: int
    trimmed: bool
    pdq: bytes


@dataclass(frozen=True, slots=True)
class _Hit:
    question: _Question
    place: int
    trimmed: bool
    distance: int


def films_like(
    index: FrameIndex, kept: KeptFrames, own: Sequence[Frame], itself: int | None = None, *, thorough: bool = False
) -> dict[int, FilmAlike]:
    """Films that have something in common with this one, by medium id; thoroughly in all turns, else upright. `itself` is its
    own id, when the index knows it."""
    by_film: defaultdict[int, defaultdict[int, list[_Hit]]] = defaultdict(lambda: defaultdict(list))
    met: defaultdict[int, set[int]] = defaultdict(set)
    for question, hit_film, hit in _hits(index, _of_frames(own, thorough)):
        if hit_film != itself:
            by_film[hit_film][question.turn].append(hit)
            met[question.place].add(hit_film)
    crowded = {place for place, others in met.items() if len(others) > limits.FILM_COMMON}
    found = {}
    for film, turns in by_film.items():
        other = kept(film)
        ways = [way for turn, hits in turns.items() if (way := _way(own, other, turn, hits, crowded)) is not None]
        if ways:
            found[film] = min(ways, key=lambda way: way.strength)
    return found


def _way(own: Sequence[Frame], other: Sequence[Frame], turn: int, hits: Sequence[_Hit], crowded: set[int]) -> FilmAlike | None:
    nearest: dict[int, int] = {}
    for hit in hits:
        place = hit.question.place
        nearest[place] = min(hit.distance, nearest.get(place, hit.distance))
    own_found, other_found = frozenset(nearest), frozenset(hit.place for hit in hits)
    verdict = films.judge(
        films.Found(own, own_found, own_found - crowded),
        films.Found(other, other_found, frozenset(hit.place for hit in hits if hit.question.place not in crowded)),
    )
    if verdict is None:
        return None
    qualities = [own[place].quality for place in own_found] + [other[place].quality for place in other_found]
    variant = _variant(turn, _mostly(hit.question.trimmed for hit in hits), _mostly(hit.trimmed for hit in hits))
    return FilmAlike(verdict, len(own), len(other), median_low(nearest.values()), min(qualities), variant)


def films_holding(index: FrameIndex, hashes: Perceptual, *, thorough: bool = False) -> dict[int, StillAlike]:
    """Films that hold a frame like this picture, by medium id: the nearest frame of each."""
    best: dict[int, StillAlike] = {}
    for question, film, hit in _hits(index, _of_picture(hashes, thorough)):
        way = StillAlike(hit.distance, hit.place, question.turn, question.trimmed, hit.trimmed)
        best[film] = min(way, best.get(film, way))
    return best


def pictures_in(pictures: PictureIndex, own: Sequence[Frame], *, thorough: bool = False) -> dict[int, StillAlike]:
    """Pictures that are like a frame of this film, by medium id. Crops of pictures are left out, as they are of frames."""
    asked = list(_of_frames(own, thorough))
    best: dict[int, StillAlike] = {}
    for question, hits in zip(asked, wholes_near(pictures, [each.pdq for each in asked]), strict=True):
        for medium_id, inside, distance in hits:
            way = StillAlike(distance, question.place, question.turn, inside, question.trimmed)
            best[medium_id] = min(way, best.get(medium_id, way))
    return best


def _hits(index: FrameIndex, questions: Iterable[_Question]) -> Iterator[tuple[_Question, int, _Hit]]:
    if not len(index.hashes):
        return
    asked = list(questions)
    for question, hits in zip(asked, index.hashes.query_many([each.pdq for each in asked]), strict=True):
        for key, distance in hits:
            hit = _Hit(question, key & (1 << _PLACE_BITS) - 1, bool(key & _TRIMMED), distance)
            yield question, key >> _KEY_BITS, hit


def _of_frames(frames: Sequence[Frame], thorough: bool) -> Iterator[_Question]:
    for place, frame in enumerate(frames):
        for trimmed, pdq in ((False, frame.pdq), (True, frame.trimmed)):
            if pdq:
                yield from _turns(place, trimmed, windows.turned_pdq(pdq) if thorough else (pdq,))


def _of_picture(hashes: Perceptual, thorough: bool) -> Iterator[_Question]:
    yield from _turns(0, False, hashes.turns if thorough else (hashes.pdq,))
    for entry in windows.entries(hashes.windows):
        if 0 < entry.variant < len(windows.WHOLE):
            yield from _turns(0, True, windows.turned_pdq(entry.pdq) if thorough else (entry.pdq,))


def _turns(place: int, trimmed: bool, pdqs: Iterable[bytes]) -> Iterator[_Question]:
    for turn, pdq in enumerate(pdqs):
        yield _Question(place, turn, trimmed, pdq)


def _mostly(flags: Iterable[bool]) -> bool:
    seen = list(flags)
    return 2 * sum(seen) > len(seen)


def _variant(turn: int, own_trimmed: bool, other_trimmed: bool) -> str:
    told = [windows.TURNS[turn]]
    told += ["inside the borders of this"] if own_trimmed else []
    told += ["inside the borders of the other"] if other_trimmed else []
    return ", ".join(told)
