from __future__ import annotations

import random
from itertools import combinations

from triage import limits
from triage.hashing.groups import Group, Groups


def ones(count: int, start: int = 0) -> int:
    return ((1 << count) - 1) << start


def grouped(pictures: dict[str, int], apart: tuple[tuple[str, str], ...] = ()) -> tuple[Group, ...]:
    groups = Groups()
    for (one, value), (other, others) in combinations(pictures.items(), 2):
        if (distance := (value ^ others).bit_count()) <= limits.MATCH_RADIUS:
            groups.pair(one, other, distance)
    for pair in apart:
        groups.separate(*pair)
    return groups.groups()


def test_a_chain_does_not_join_its_ends() -> None:
    """a-b and b-c are 20 bits apart, c-d too, a-c and b-d 40: b or c may represent three, never all four."""
    found = grouped({"a": 0, "b": ones(20), "c": ones(40), "d": ones(60)})
    assert [sorted(key for key, _ in group.members) for group in found] == [["a", "b", "c"]]
    assert found[0].representative == "b"


def test_members_are_as_near_to_the_representative_as_said() -> None:
    (group,) = grouped({"a": 0, "b": ones(5), "c": ones(31)})
    assert group == Group("a", (("a", 0), ("b", 5), ("c", 31)))


def test_beyond_the_radius_alone() -> None:
    assert grouped({"a": 0, "b": ones(32)}) == ()


def test_not_the_same_is_remembered() -> None:
    pictures = {"a": 0, "b": ones(3), "c": ones(6)}
    assert grouped(pictures) == (Group("a", (("a", 0), ("b", 3), ("c", 6))),)
    for apart in (("a", "b"), ("b", "a")):
        assert grouped(pictures, (apart,)) == (Group("c", (("c", 0), ("b", 3))),), "the nearer of the two stays"


def test_the_order_of_arrival_does_not_matter() -> None:
    dice = random.Random(3)
    centres = [dice.getrandbits(256) for _ in range(3)]
    pictures = {}
    for number in range(60):
        value = dice.choice(centres)
        for bit in dice.sample(range(256), dice.randrange(28)):
            value ^= 1 << bit
        pictures[f"{number:02}"] = value
    apart = tuple(tuple(dice.sample(sorted(pictures), 2)) for _ in range(20))
    expected = grouped(pictures, apart)
    assert len(expected) >= 3
    for _ in range(4):
        order = dice.sample(sorted(pictures), len(pictures))
        assert grouped({key: pictures[key] for key in order}, apart) == expected


def test_the_nearest_way_counts() -> None:
    groups = Groups()
    for distance in (9, 4, 12):
        groups.pair("a", "b", distance)
    assert groups.groups() == (Group("a", (("a", 0), ("b", 4))),)
