"""Decides what two videos are to each other, by counting the frames that they share.

How many frames of the one are found in the other, and how many of the other in the one. Frames that are found in many videos,
titles and logos, count only where two videos are the same as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from triage import limits
from triage.hashing.video_frames import Frame, count_distinct

Relation = Literal["same", "part", "holds", "shares"]
"""Of one video to another: the same; a part of the other; it holds the other; or both share something, neither all of it."""
STRONGEST_FIRST: tuple[Relation, ...] = ("same", "part", "holds", "shares")


@dataclass(frozen=True, slots=True)
class FoundFrames:
    """The frames of one video, the places of those found in the other, and of these the places that few other videos have."""

    frames: Sequence[Frame]
    places: frozenset[int]
    rare_places: frozenset[int]


@dataclass(frozen=True, slots=True)
class VideoVerdict:
    """The relation of a video to another; `own` and `other` count frames found, `distinct` those that match no other."""

    relation: Relation
    own: int
    other: int
    distinct: int

    @property
    def is_possible(self) -> bool:
        """Returns whether only a person may judge it: some shared frames, or too few to prove more than a matching image."""
        return self.relation == "shares" or (self.relation != "same" and self.distinct < limits.FILM_DISTINCT)


def judge_videos(own: FoundFrames, other: FoundFrames) -> VideoVerdict | None:
    """Returns what two videos are to each other, or None when what they share proves nothing."""
    return _judge_same(own, other) or _judge_part(own, other)


def _judge_same(own: FoundFrames, other: FoundFrames) -> VideoVerdict | None:
    """Returns "same" when enough frames of each video are in the other, else None."""
    if min(_percent_found(each.places, each) for each in (own, other)) < limits.FILM_SHARE:
        return None
    return _prove("same", own, other, own.places, other.places, limits.FILM_DISTINCT)


def _judge_part(own: FoundFrames, other: FoundFrames) -> VideoVerdict | None:
    """Returns "part", "holds" or "shares" by the frames that few other videos have, else None."""
    places = own.rare_places, other.rare_places
    if _percent_found(own.rare_places, own) >= limits.FILM_SHARE:
        return _prove("part", own, other, *places, limits.FILM_DISTINCT)
    if _percent_found(other.rare_places, other) >= limits.FILM_SHARE:
        return _prove("holds", own, other, *places, limits.FILM_DISTINCT)
    verdict = _prove("shares", own, other, *places, limits.FILM_DISTINCT_IN_PART)
    return verdict if verdict and verdict.distinct == limits.FILM_DISTINCT_IN_PART else None


def _percent_found(places: frozenset[int], found: FoundFrames) -> float:
    return 100 * len(places) / len(found.frames) if found.frames else 0.0


def _prove(
    relation: Relation,
    own: FoundFrames,
    other: FoundFrames,
    own_places: frozenset[int],
    other_places: frozenset[int],
    enough: int,
) -> VideoVerdict | None:
    """Returns the verdict when enough distinct frames are shared, else None.

    A video that has fewer than `enough` distinct frames, such as a still one, must share all that it has.
    """
    shown = min(_count_distinct_found(own, own_places, enough), _count_distinct_found(other, other_places, enough))
    least = min(count_distinct(own.frames, enough), count_distinct(other.frames, enough))
    return VideoVerdict(relation, len(own_places), len(other_places), shown) if shown and shown >= least else None


def _count_distinct_found(found: FoundFrames, places: frozenset[int], enough: int) -> int:
    return count_distinct((found.frames[place] for place in sorted(places)), enough)
