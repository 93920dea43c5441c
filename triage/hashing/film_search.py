"""Which films are alike, and which pictures are a frame of one: asks an index of all frames and counts what it finds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median_low

from triage import limits
from triage.hashing import films, windows
from triage.hashing.films import Frame, Verdict
from triage.hashing.index import HammingIndex
from triage.hashing.likeness import PictureIndex, wholes_near
from triage.model.media import Perceptual

_PLACE_BITS, _PART_BITS = limits.FILM_FRAMES.bit_length(), len(films.PARTS).bit_length()
_KEY_BITS = _PLACE_BITS + _PART_BITS
_LAST_WHOLE = films.PARTS.index("inside the borders")


class FrameIndex:
    """The frames of all films: whole, without bars, and their likeliest crops. One thread at a time."""

    def __init__(self) -> None:
        self.hashes = HammingIndex()

    def learn(self, medium_id: int, frames: Sequence[Frame]) -> None:
        self.extend(((medium_id, frames),))

    def extend(self, several: Iterable[tuple[int, Sequence[Frame]]]) -> None:
        keys: list[int] = []
        hashes: list[bytes] = []
        for medium_id, frames in several:
            for place, frame in enumerate(frames):
                for part, pdq in frame.hashes:
                    keys.append(medium_id << _KEY_BITS | part << _PLACE_BITS | place)
                    hashes.append(pdq)
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
    """A picture that is like a frame of a film. `own_part` and `other_part` are places in films.PARTS."""

    distance: int
    place: int
    turn: int
    own_part: int
    other_part: int

    @property
    def variant(self) -> str:
        return _variant(self.turn, self.own_part, self.other_part)


@dataclass(frozen=True, slots=True)
class _Question:
    place: int
    turn: int
    part: int
    pdq: bytes


@dataclass(frozen=True, slots=True)
class _Hit:
    question: _Question
    place: int
    part: int
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
    variant = _variant(turn, _mostly(hit.question.part for hit in hits), _mostly(hit.part for hit in hits))
    return FilmAlike(verdict, len(own), len(other), median_low(nearest.values()), min(qualities), variant)


def films_holding(index: FrameIndex, hashes: Perceptual, *, thorough: bool = False) -> dict[int, StillAlike]:
    """Films that hold a frame like this picture, by medium id: the nearest frame of each. Crops are left out: one frame alone
    proves too little, and has no second hash."""
    best: dict[int, StillAlike] = {}
    for question, film, hit in _hits(index, _of_picture(hashes, thorough)):
        if hit.part <= _LAST_WHOLE:
            way = StillAlike(hit.distance, hit.place, question.turn, question.part, hit.part)
            best[film] = min(way, best.get(film, way))
    return best


def pictures_in(pictures: PictureIndex, own: Sequence[Frame], *, thorough: bool = False) -> dict[int, StillAlike]:
    """Pictures that are like a frame of this film, by medium id. Crops of pictures are left out, as they are of frames."""
    asked = [question for question in _of_frames(own, thorough) if question.part <= _LAST_WHOLE]
    best: dict[int, StillAlike] = {}
    for question, hits in zip(asked, wholes_near(pictures, [each.pdq for each in asked]), strict=True):
        for medium_id, inside, distance in hits:
            way = StillAlike(distance, question.place, question.turn, int(inside), question.part)
            best[medium_id] = min(way, best.get(medium_id, way))
    return best


def _hits(index: FrameIndex, questions: Iterable[_Question]) -> Iterator[tuple[_Question, int, _Hit]]:
    if not len(index.hashes):
        return
    asked = list(questions)
    for question, hits in zip(asked, index.hashes.query_many([each.pdq for each in asked]), strict=True):
        for key, distance in hits:
            film, part = key >> _KEY_BITS, key >> _PLACE_BITS & (1 << _PART_BITS) - 1
            place = key & (1 << _PLACE_BITS) - 1
            if min(question.part, part) <= _LAST_WHOLE:  # two crops alike are two wholes alike
                yield question, film, _Hit(question, place, part, distance)


def _of_frames(frames: Sequence[Frame], thorough: bool) -> Iterator[_Question]:
    for place, frame in enumerate(frames):
        for part, pdq in frame.hashes:
            yield from _turns(place, part, windows.turned_pdq(pdq) if thorough else (pdq,))


def _of_picture(hashes: Perceptual, thorough: bool) -> Iterator[_Question]:
    yield from _turns(0, 0, hashes.turns if thorough else (hashes.pdq,))
    for entry in windows.entries(hashes.windows):
        if 0 < entry.variant < len(windows.WHOLE):
            yield from _turns(0, _LAST_WHOLE, windows.turned_pdq(entry.pdq) if thorough else (entry.pdq,))


def _turns(place: int, part: int, pdqs: Iterable[bytes]) -> Iterator[_Question]:
    for turn, pdq in enumerate(pdqs):
        yield _Question(place, turn, part, pdq)


def _mostly(parts: Iterable[int]) -> int:
    """The commonest; of several the one that leaves most of the frame."""
    counts = Counter(parts)
    return min(counts, key=lambda part: (-counts[part], part))


def _variant(turn: int, own_part: int, other_part: int) -> str:
    told = [windows.TURNS[turn]]
    told += [f"{films.PARTS[own_part]} of this"] if own_part else []
    told += [f"{films.PARTS[other_part]} of the other"] if other_part else []
    return ", ".join(told)
