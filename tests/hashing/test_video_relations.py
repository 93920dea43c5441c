"""What two videos are to each other, at the bounds of what proves it."""

from __future__ import annotations

import numpy as np
import pytest

from triage import limits
from triage.hashing.video_frames import Frame
from triage.hashing.video_relations import FoundFrames, Relation, VideoVerdict, judge_videos

dice = np.random.default_rng(8)
FRAMES = tuple(Frame(100 * place, 90, dice.bytes(32)) for place in range(100))


def found(count: int, of: int, *, rare: int | None = None) -> FoundFrames:
    """The first `count` of so many frames are found, of these the first `rare` in few videos."""
    return FoundFrames(FRAMES[:of], frozenset(range(count)), frozenset(range(count if rare is None else rare)))


def judged(own: FoundFrames, other: FoundFrames) -> tuple[Relation, int, int, int] | None:
    verdict = judge_videos(own, other)
    return verdict and (verdict.relation, verdict.own, verdict.other, verdict.distinct)


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        ((60, 100), (60, 100), ("same", 60, 60, 3)),
        ((59, 100), (60, 100), ("holds", 59, 60, 3)),
        ((60, 100), (59, 100), ("part", 60, 59, 3)),
        ((59, 100), (59, 100), ("shares", 59, 59, 6)),
        ((6, 100), (6, 100), ("shares", 6, 6, 6)),
        ((5, 100), (6, 100), None),
        ((6, 100), (5, 100), None),
        ((22, 37), (22, 100), ("shares", 22, 22, 6)),  # 59.5 % of it
        ((3, 5), (3, 100), ("part", 3, 3, 3)),
        ((2, 3), (2, 100), None),  # two thirds of it, yet it has three distinct frames
        ((2, 2), (2, 100), ("part", 2, 2, 2)),  # all that it has
        ((0, 100), (0, 100), None),
        ((0, 0), (5, 5), None),
    ],
)
def test_so_many_frames_prove_so_much(
    own: tuple[int, int], other: tuple[int, int], expected: tuple[Relation, int, int, int] | None
) -> None:
    assert judged(found(*own), found(*other)) == expected


def test_frames_that_many_videos_have_count_only_where_two_are_the_same() -> None:
    assert judged(found(60, 100, rare=0), found(60, 100, rare=0)) == ("same", 60, 60, 3)
    assert judged(found(60, 100, rare=59), found(50, 100, rare=50)) == ("shares", 59, 50, 6)
    assert judged(found(60, 100, rare=60), found(50, 100, rare=2)) is None
    assert judged(found(50, 100, rare=50), found(60, 100, rare=59)) == ("shares", 50, 59, 6)
    assert judged(found(59, 100, rare=5), found(59, 100, rare=59)) is None


@pytest.mark.parametrize("relation", ["same", "part", "holds", "shares"])
@pytest.mark.parametrize("distinct", [limits.FILM_DISTINCT - 1, limits.FILM_DISTINCT])
def test_too_few_distinct_frames_of_a_part_are_only_possible(relation: Relation, distinct: int) -> None:
    possible = relation == "shares" or (relation != "same" and distinct < 3)
    assert VideoVerdict(relation, 9, 9, distinct).is_possible is possible
