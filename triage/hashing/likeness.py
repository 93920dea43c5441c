"""Which pictures are the same: asks an index for the windows of one picture and says how what it finds is like it.

`Kept` gives the stored windows of a medium; so the host needs no picture in memory but the one it asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from triage import limits
from triage.hashing import windows
from triage.hashing.index import HammingIndex
from triage.model.media import Perceptual

_VARIANT_BITS = 5


def may_match(perceptual: Perceptual | None) -> bool:
    """A flat or poor picture has a hash that says too little: it never matches by hash."""
    return perceptual is not None and perceptual.quality >= limits.MIN_PDQ_QUALITY


class PictureIndex:
    """The windows of all pictures that may match. One thread at a time."""

    def __init__(self) -> None:
        self.windows = HammingIndex()

    def learn(self, medium_id: int, hashes: Perceptual) -> None:
        """From now on `alike` knows this picture too."""
        self.extend(((medium_id, hashes.pdq, hashes.windows),))

    def extend(self, pictures: Iterable[tuple[int, bytes, bytes | None]]) -> None:
        """Of many: medium id, PDQ, and the windows where they were taken."""
        keys: list[int] = []
        hashes: list[bytes] = []
        for medium_id, pdq, kept in pictures:
            for entry in _entries(pdq, kept):
                keys.append(medium_id << _VARIANT_BITS | entry.variant)
                hashes.append(entry.pdq)
        self.windows.extend(keys, b"".join(hashes))


@dataclass(frozen=True, slots=True, order=True)
class Alike:
    """The nearest way in which two pictures are alike: which window of the one that was asked for, turned how, is which window
    of the one that was found."""

    distance: int
    found: int
    asked: int
    turn: int

    @property
    def variant(self) -> str:
        """For people; upright and whole on both sides is "upright"."""
        told = [windows.TURNS[self.turn]]
        told += [f"{windows.VARIANTS[self.asked]} of this"] if self.asked else []
        told += [f"{windows.VARIANTS[self.found]} of the other"] if self.found else []
        return ", ".join(told)


Kept = Callable[[int], bytes | None]
"""The stored windows of a medium."""


def alike(index: PictureIndex, kept: Kept, hashes: Perceptual, *, thorough: bool = False) -> dict[int, Alike]:
    """Pictures like this one, by medium id. The whole is asked for in its eight turns and the trimmed one upright; thoroughly,
    the trimmed one and every window in all turns. Windows are compared with whole pictures, never with each other.

    Of two whole pictures PDQ alone decides, as elsewhere. Where a crop is in play there are many more chances to meet a
    stranger: then the second hash must not speak against it.
    """
    asked = list(_questions(hashes, thorough))
    best: dict[int, Alike] = {}
    for question, hits in zip(asked, index.windows.query_many([question.pdq for question in asked]), strict=True):
        for key, distance in hits:
            medium_id, found = key >> _VARIANT_BITS, key & (1 << _VARIANT_BITS) - 1
            way = Alike(distance, found, question.variant, question.turn)
            if min(question.variant, found) > _LAST_WHOLE or (medium_id in best and best[medium_id] <= way):
                continue
            if not (question.variant or found) or _agree(kept(medium_id), found, question):
                best[medium_id] = way
    return best


def _agree(kept: bytes | None, found: int, question: _Question) -> bool:
    differ = _differ(kept, found, question.second)
    return differ is not None and differ <= limits.WINDOW_SECOND


@dataclass(frozen=True, slots=True)
class Possible:
    """Two hashes of the same window that agree beyond a match's radius: for a person to judge, and for nothing else."""

    how: Alike
    second: int


def possible(index: PictureIndex, kept: Kept, hashes: Perceptual, known: Collection[int]) -> dict[int, Possible]:
    """Pictures that are possibly this one and not in `known`, by medium id. Looks at every hash of the store."""
    best: dict[int, Possible] = {}
    asked = [question for question in _questions(hashes, True) if question.variant <= _LAST_WHOLE]
    answers = index.windows.query_many([question.pdq for question in asked], limits.POSSIBLE_RADIUS)
    for question, hits in zip(asked, answers, strict=True):
        for key, distance in hits:
            medium_id, found = key >> _VARIANT_BITS, key & (1 << _VARIANT_BITS) - 1
            if medium_id in known:
                continue
            differ = _differ(kept(medium_id), found, question.second)
            way = Alike(distance, found, question.variant, question.turn)
            if differ is None or differ > limits.POSSIBLE_SECOND:
                continue
            if medium_id not in best or way < best[medium_id].how:
                best[medium_id] = Possible(way, differ)
    return best


def _differ(kept: bytes | None, variant: int, second: bytes) -> int | None:
    """By how many bits the second hash of a window differs; None when it was never taken."""
    own = next((entry.second for entry in windows.entries(kept) if entry.variant == variant), None) if kept else None
    return None if own is None else (int.from_bytes(own) ^ int.from_bytes(second)).bit_count()


_LAST_WHOLE = windows.VARIANTS.index("trimmed")


def _entries(pdq: bytes, kept: bytes | None) -> tuple[windows.Entry, ...]:
    return windows.entries(kept or pdq + bytes(windows.SECOND_BYTES))


@dataclass(frozen=True, slots=True)
class _Question:
    variant: int
    turn: int
    pdq: bytes
    second: bytes


def _questions(hashes: Perceptual, thorough: bool) -> Iterator[_Question]:
    for entry in _entries(hashes.pdq, hashes.windows):
        if entry.variant and not thorough:
            if entry.variant == _LAST_WHOLE:
                yield _Question(entry.variant, 0, entry.pdq, entry.second)
            continue
        pdqs = windows.turned_pdq(entry.pdq) if entry.variant else hashes.turns
        for turn, (pdq, second) in enumerate(zip(pdqs, windows.turned_second(entry.second), strict=True)):
            yield _Question(entry.variant, turn, pdq, second)
