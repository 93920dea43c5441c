"""Which pictures are the same: asks an index for the windows of one picture and says how what it finds is like it.

Whole pictures are compared with everything, crops with whole pictures and with crops of the same corner, side or middle: a crop
of a crop may be the very crop that was stored.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from triage import limits
from triage.hashing import windows
from triage.hashing.index import HASH_BYTES, HammingIndex, Hits, Scan
from triage.model.media import Perceptual

_VARIANT_BITS = 6
_LAST_WHOLE = len(windows.WHOLE) - 1
_STORED = len(windows.VARIANTS) - len(windows.ASKED)
_INNER = frozenset(windows.VARIANTS.index(name) for name in windows.INNER)
"""Stored for hashing/uneven.py; nobody crops so."""
_CROPS = tuple(variant for variant in range(_LAST_WHOLE + 1, _STORED) if variant not in _INNER)

MATCHING, FAINT = range(limits.MIN_PDQ_QUALITY, 101), range(limits.FAINT_QUALITY, limits.MIN_PDQ_QUALITY)
"""Qualities of pictures that may match, and of those that are at most possibly one of them."""


def may_match(perceptual: Perceptual | None) -> bool:
    """A flat or poor picture has a hash that says too little: it never matches by hash."""
    return perceptual is not None and perceptual.quality >= limits.MIN_PDQ_QUALITY


def may_be_possible(perceptual: Perceptual | None) -> bool:
    """Of a faint picture too it is asked whether it is possibly one that may match."""
    return perceptual is not None and perceptual.quality >= limits.FAINT_QUALITY


class PictureIndex:
    """The windows of all pictures that may match. One thread at a time."""

    def __init__(self) -> None:
        self.windows = HammingIndex()
        self.wholes = Scan(windows.SECOND_BYTES)

    def __len__(self) -> int:
        """Windows, not pictures."""
        return len(self.windows)

    def learn(self, medium_id: int, hashes: Perceptual) -> None:
        """From now on `alike` knows this picture too."""
        self.extend(((medium_id, hashes.pdq, hashes.windows),))

    def extend(self, pictures: Iterable[tuple[int, bytes, bytes | None]]) -> None:
        """Of many: medium id, PDQ, and the windows where they were taken."""
        for medium_id, pdq, kept in pictures:
            variants, pdqs, seconds = windows.columns(kept or _whole(pdq))
            keys = medium_id << _VARIANT_BITS | variants[variants < _STORED]
            self.windows.extend(keys, pdqs[: len(keys)].tobytes())
            if kept:
                for place in np.flatnonzero(variants <= _LAST_WHOLE):
                    self.wholes.add(int(keys[place]), seconds[place].tobytes())


@dataclass(frozen=True, slots=True, order=True)
class Alike:
    """How two pictures are alike, as wholes if they are, and the nearest way: which window of the one that was asked for, turned
    how, is which window of the one that was found."""

    distance: int
    found: int
    asked: int
    turn: int

    @property
    def variant(self) -> str:
        """For people; upright and whole on both sides is "upright"."""
        told = [windows.TURNS[self.turn]]
        told += [f"{windows.NAMES[self.asked]} of this"] if self.asked else []
        told += [f"{windows.NAMES[self.found]} of the other"] if self.found else []
        return ", ".join(told)


Kept = Callable[[int], bytes | None]
"""The stored windows of a medium."""


def alike(index: PictureIndex, kept: Kept, hashes: Perceptual, *, thorough: bool = False) -> dict[int, Alike]:
    """Pictures like this one, by medium id. The whole and what is inside borders are asked for, upright; thoroughly, every window
    in all turns.

    Some thousands of pairs of strangers in thousands of millions lie within a match's radius: so the second hash must agree. Of a
    picture that came before second hashes were kept PDQ alone decides, as elsewhere.
    """
    return _nearest(kept, _near(index, _questions(hashes, thorough), limits.MATCH_RADIUS))


def alike_before(index: PictureIndex, kept: Kept, pictures: Sequence[tuple[int, Perceptual]]) -> list[dict[int, Alike]]:
    """For each of these (medium id, hashes), which the index knows already: the pictures with lower ids that are like it. As if
    one was asked for and then learnt after the other, and many times faster."""
    if not len(index):
        return [{} for _ in pictures]
    asked = [list(_questions(hashes, False)) for _, hashes in pictures]
    answers = iter(index.windows.query_many([question.pdq for questions in asked for question in questions]))
    found = []
    for (medium_id, _), questions in zip(pictures, asked, strict=True):
        before = medium_id << _VARIANT_BITS
        hits = [[hit for hit in next(answers) if hit[0] < before] for _ in questions]
        found.append(_nearest(kept, _met(questions, hits)))
    return found


def _nearest(kept: Kept, near: Iterable[Found]) -> dict[int, Alike]:
    best: dict[int, Alike] = {}
    for question, medium_id, way in near:
        if medium_id in best and _told_first(best[medium_id]) <= _told_first(way):
            continue
        if _agrees(kept(medium_id), question, way):
            best[medium_id] = way
    return best


def _agrees(kept: bytes | None, question: _Question, way: Alike) -> bool:
    """Balls, edges and waves before an even ground look alike to PDQ, and have little to disagree on: so the fewer comparisons
    change from place to place, in either picture, the fewer may differ. What is very near may be noisy."""
    if _wholes(way) and not (kept and any(question.upright)):
        return True
    entry = _entry(kept, way.found)
    if entry is None:
        return False
    variety = _variety(entry, question)
    second = _differ(entry, question)[1]
    if way.distance <= limits.CLOSE_RADIUS:
        return second < limits.CLOSE_SHARE * variety
    return second <= limits.MOST_SECOND and second < limits.SECOND_SHARE * (variety - limits.PLAIN_VARIETY)


def _variety(entry: windows.Entry | None, question: _Question) -> int:
    """Of the one that has less."""
    return 0 if entry is None else min(windows.variety(entry.second), windows.variety(question.upright))


def _told_first(way: Alike) -> tuple[bool, Alike]:
    """That the same part of both is alike says less than that they are as wholes, however near it may be."""
    return not _wholes(way), way


def _wholes(way: Alike) -> bool:
    return max(way.asked, way.found) <= _LAST_WHOLE


def wholes_near(index: PictureIndex, pdqs: Sequence[bytes]) -> list[list[tuple[int, bool, int]]]:
    """Of each hash (medium id, whether it is what is inside borders, distance) of the pictures that are like it, no crops."""
    return [
        [
            (medium_id, variant > 0, distance)
            for medium_id, variant, distance in ((*medium_of(key), distance) for key, distance in hits)
            if variant <= _LAST_WHOLE
        ]
        for hits in index.windows.query_many(pdqs)
    ]


@dataclass(frozen=True, slots=True)
class Possible:
    """Two hashes of the same window that agree beyond a match's radius: for a person to judge, and for nothing else."""

    how: Alike
    second: int


def possible(index: PictureIndex, kept: Kept, hashes: Perceptual, known: Collection[int]) -> dict[int, Possible]:
    """Pictures that are possibly this one and not in `known`, by medium id.

    Windows that lie a little beside one another are found by PDQ, as far as its tables reach, and their second hashes must
    agree. A sticker, a large watermark or other colours change a few cells and many waves: so whole pictures are looked through
    for second hashes that agree well, and PDQ must not speak against it. What would match, did the second hash not speak against
    it, is possible too, unless it does so loudly.
    """
    best: dict[int, Possible] = {}
    asked = list(_questions(hashes, thorough=True))
    for question, medium_id, way in _beside(index, asked):
        if medium_id in known or (medium_id in best and _told_first(best[medium_id].how) <= _told_first(way)):
            continue
        entry = _entry(kept(medium_id), way.found)
        distance, second = _differ(entry, question)
        near = second <= limits.POSSIBLE_SECOND and distance <= limits.POSSIBLE_RADIUS
        touched = second <= limits.TOUCHED_SECOND and distance <= limits.TOUCHED_RADIUS
        variety = _variety(entry, question)
        beside = (near or (_wholes(way) and touched)) and second < limits.POSSIBLE_SHARE * variety
        would_match = distance <= limits.MATCH_RADIUS and (_wholes(way) or second <= limits.WINDOW_SECOND)
        against = distance > limits.CLOSE_RADIUS and second >= limits.AGAINST_SHARE * variety
        if beside or (would_match and not against):
            best[medium_id] = Possible(replace(way, distance=distance), second)
    return best


def faintly(index: PictureIndex, kept: Kept, hashes: Perceptual, known: Collection[int]) -> dict[int, Possible]:
    """Likewise where one of two is faint: possible is what would match, said both enough. Pictures of one thing on an even ground
    come nearer to one another than that only seldom (docs/measurements-hashing.md)."""
    best: dict[int, Possible] = {}
    for question, medium_id, way in _near(index, _questions(hashes, thorough=True), limits.MATCH_RADIUS):
        if medium_id in known or (medium_id in best and _told_first(best[medium_id].how) <= _told_first(way)):
            continue
        blob = kept(medium_id)
        if _agrees(blob, question, way):
            best[medium_id] = Possible(way, _differ(_entry(blob, way.found), question)[1])
    return best


def _beside(index: PictureIndex, asked: Sequence[_Question]) -> Iterator[Found]:
    yield from _near(index, asked, limits.POSSIBLE_RADIUS)
    wholes = [question for question in asked if question.variant <= _LAST_WHOLE]
    answers = index.wholes.query_many([question.second for question in wholes], limits.TOUCHED_SECOND)
    for question, hits in zip(wholes, answers, strict=True):
        for key, _ in hits:
            medium_id, found = medium_of(key)
            yield question, medium_id, Alike(0, found, question.variant, question.turn)


def _near(index: PictureIndex, asked: Iterable[_Question], radius: int) -> Iterator[Found]:
    """What PDQ finds of windows that may be compared."""
    questions = list(asked)
    return _met(questions, index.windows.query_many([question.pdq for question in questions], radius, exhaustive=False))


def _met(questions: Iterable[_Question], answers: Iterable[Hits]) -> Iterator[Found]:
    for question, hits in zip(questions, answers, strict=True):
        for key, distance in hits:
            medium_id, found = medium_of(key)
            if found in _comparable(question.variant, question.turn):
                yield question, medium_id, Alike(distance, found, question.variant, question.turn)


def medium_of(key: int) -> tuple[int, int]:
    """Medium id and variant of what an index gave."""
    return key >> _VARIANT_BITS, key & (1 << _VARIANT_BITS) - 1


@cache
def _comparable(variant: int, turn: int) -> frozenset[int]:
    """Stored variants that this one may be compared with once it was turned."""
    if variant <= _LAST_WHOLE:
        return frozenset(range(_STORED)) - _INNER
    kept = windows.kept_edges(variant, turn)
    same = (other for other in _CROPS if windows.kept_edges(other, 0) == kept)
    return frozenset((*range(_LAST_WHOLE + 1), *same))


def _entry(kept: bytes | None, variant: int) -> windows.Entry | None:
    return windows.entry(kept, variant) if kept else None


def _differ(entry: windows.Entry | None, question: _Question) -> tuple[int, int]:
    """By how many bits PDQ and the second hash of a window differ; all of them when it was never taken."""
    if entry is None:
        return 8 * HASH_BYTES, 8 * windows.SECOND_BYTES
    return _bits(entry.pdq, question.pdq), _bits(entry.second, question.second)


def _bits(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def _whole(pdq: bytes) -> bytes:
    """The windows of a picture that came before windows were kept."""
    return pdq + bytes(windows.SECOND_BYTES)


@dataclass(frozen=True, slots=True)
class _Question:
    variant: int
    turn: int
    pdq: bytes
    upright: bytes

    @property
    def second(self) -> bytes:
        """Most questions find nothing and never need it."""
        return windows.turned_second(self.upright)[self.turn]


Found = tuple[_Question, int, Alike]
"""A question, the medium that it met, and how."""


def _questions(hashes: Perceptual, thorough: bool) -> Iterator[_Question]:
    last = len(windows.VARIANTS) if thorough else _LAST_WHOLE
    for entry in windows.entries(hashes.windows or _whole(hashes.pdq), last):
        if entry.variant in _INNER:
            continue
        if not thorough:
            yield _Question(entry.variant, 0, entry.pdq, entry.second)
            continue
        pdqs = windows.turned_pdq(entry.pdq) if entry.variant else hashes.turns
        for turn, pdq in enumerate(pdqs):
            yield _Question(entry.variant, turn, pdq, entry.second)
