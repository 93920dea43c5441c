"""Films by the hashes of their frames, and what two films have in common.

A film is a row of frames, each different enough from all before it; a copy whose frames fall between ours has each of them
near one of ours. Two films are compared by counting: how many frames of the one are found in the other, and how many of the
other in the one. Black frames and the like say too little and are not here at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from triage import limits

_AT, _HASH = 4, 32
CROPS = ("centre -5 %", "centre -10 %")
"""Of each frame these are hashed too, by their names in windows.PARTS: who films a screen or hides a mark cuts the edges off."""
PARTS = ("", "inside the borders", *CROPS)
"""What the hashes of a frame are of, in order."""
FRAME_BYTES = _AT + 1 + len(PARTS) * _HASH

Relation = Literal["same", "part", "holds", "shares"]
"""Of one film to another: the same; it is a part of the other; it holds the other; or both hold something, neither all of it."""
STRONGEST_FIRST: tuple[Relation, ...] = ("same", "part", "holds", "shares")


@dataclass(frozen=True, slots=True)
class Frame:
    """`at_ms` since the film began; `trimmed` is the PDQ without bars and borders, empty where there are none; `crops` those of
    CROPS, empty where they say too little."""

    at_ms: int
    quality: int
    pdq: bytes
    trimmed: bytes = b""
    crops: tuple[bytes, ...] = (b"",) * len(CROPS)

    @property
    def hashes(self) -> tuple[tuple[int, bytes], ...]:
        """Those it has, each with its place in PARTS."""
        return tuple((part, pdq) for part, pdq in enumerate((self.pdq, self.trimmed, *self.crops)) if pdq)


def pack(frames: Iterable[Frame]) -> bytes:
    return b"".join(_packed(frame) for frame in frames)


def _packed(frame: Frame) -> bytes:
    hashes = (pdq.ljust(_HASH, b"\0") for pdq in (frame.pdq, frame.trimmed, *frame.crops))
    return frame.at_ms.to_bytes(_AT) + frame.quality.to_bytes(1) + b"".join(hashes)


def unpack(blob: bytes) -> tuple[Frame, ...]:
    return tuple(unpack_frame(blob[at : at + FRAME_BYTES]) for at in range(0, len(blob), FRAME_BYTES))


def unpack_frame(packed: bytes) -> Frame:
    """Of FRAME_BYTES."""
    pdq, *others = (packed[at : at + _HASH] for at in range(_AT + 1, FRAME_BYTES, _HASH))
    trimmed, *crops = (each if any(each) else b"" for each in others)
    return Frame(int.from_bytes(packed[:_AT]), packed[_AT], pdq, trimmed, tuple(crops))


def bits_apart(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def thinned(frames: Sequence[Frame], most: int) -> tuple[Frame, ...]:
    """At most so many: of each run of neighbours the one where least moves. A copy whose frames fall between ours has one near
    it, and where runs begin elsewhere, often chooses the same moment."""
    if len(frames) <= most:
        return tuple(frames)
    steps = [bits_apart(a.pdq, b.pdq) for a, b in pairwise(frames)]
    moves = [before + after for before, after in zip([256, *steps], [*steps, 256], strict=True)]
    edges = [len(frames) * place // most for place in range(most + 1)]
    return tuple(frames[min(range(start, end), key=moves.__getitem__)] for start, end in pairwise(edges))


def distinct(frames: Iterable[Frame], enough: int) -> int:
    """How many of these are not alike to one another, counted up to `enough`."""
    chosen: list[int] = []
    for frame in frames:
        value = int.from_bytes(frame.pdq)
        if all((value ^ other).bit_count() > limits.MATCH_RADIUS for other in chosen):
            chosen.append(value)
            if len(chosen) == enough:
                break
    return len(chosen)


@dataclass(frozen=True, slots=True)
class Found:
    """Of one film's frames, those found in the other: their places, and those of them that are in no crowd of films."""

    frames: Sequence[Frame]
    places: frozenset[int]
    telling: frozenset[int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`own` and `other` say how many frames were found; `distinct` of them are not alike to one another."""

    relation: Relation
    own: int
    other: int
    distinct: int

    @property
    def possible(self) -> bool:
        """For a person to judge, and for nothing else: some frames in common, or too few to prove more than a like picture."""
        return self.relation == "shares" or (self.relation != "same" and self.distinct < limits.FILM_DISTINCT)


def judge(own: Found, other: Found) -> Verdict | None:
    """What two films are to each other; None when what they share proves nothing."""
    return _same(own, other) or _part(own, other)


def _same(own: Found, other: Found) -> Verdict | None:
    if min(_percent(each.places, each) for each in (own, other)) < limits.FILM_SHARE:
        return None
    return _proven("same", own, other, own.places, other.places, limits.FILM_DISTINCT)


def _part(own: Found, other: Found) -> Verdict | None:
    told = own.telling, other.telling
    if _percent(own.telling, own) >= limits.FILM_SHARE:
        return _proven("part", own, other, *told, limits.FILM_DISTINCT)
    if _percent(other.telling, other) >= limits.FILM_SHARE:
        return _proven("holds", own, other, *told, limits.FILM_DISTINCT)
    verdict = _proven("shares", own, other, *told, limits.FILM_DISTINCT_IN_PART)
    return verdict if verdict and verdict.distinct == limits.FILM_DISTINCT_IN_PART else None


def _percent(places: frozenset[int], found: Found) -> float:
    return 100 * len(places) / len(found.frames) if found.frames else 0.0


def _proven(
    relation: Relation, own: Found, other: Found, own_places: frozenset[int], other_places: frozenset[int], enough: int
) -> Verdict | None:
    """A film that has fewer distinct frames than are asked for, a still one, must show all it has."""
    shown = min(_distinct_of(own, own_places, enough), _distinct_of(other, other_places, enough))
    least = min(distinct(own.frames, enough), distinct(other.frames, enough))
    return Verdict(relation, len(own_places), len(other_places), shown) if shown and shown >= least else None


def _distinct_of(found: Found, places: frozenset[int], enough: int) -> int:
    return distinct((found.frames[place] for place in sorted(places)), enough)
