from __future__ import annotations

import random
from itertools import combinations

from triage import limits
from triage.hashing.match_groups import GroupMember, MatchGraph, MatchGroup


def ones(count: int, start: int = 0) -> int:
    return ((1 << count) - 1) << start


def star(representative: str, members: tuple[tuple[str, int], ...]) -> MatchGroup:
    return MatchGroup(representative, tuple(GroupMember(*member) for member in members))


def grouped(pictures: dict[str, int], apart: tuple[tuple[str, str], ...] = ()) -> tuple[MatchGroup, ...]:
    groups = MatchGraph()
    for (one, value), (other, others) in combinations(pictures.items(), 2):
        if (distance := (value ^ others).bit_count()) <= limits.MATCH_RADIUS:
            groups.add_match(one, other, distance)
    for pair in apart:
        groups.separate(*pair)
    return groups.build_groups()


def test_a_chain_does_not_join_its_ends() -> None:
    """a-b and b-c are 20 bits apart, c-d too, a-c and b-d 40: b or c may represent three, never all four."""
    found = grouped({"a": 0, "b": ones(20), "c": ones(40), "d": ones(60)})
    assert [sorted(member.key for member in group.members) for group in found] == [["a", "b", "c"]]
    assert found[0].representative == "b"


def test_members_are_as_near_to_the_representative_as_said() -> None:
    (group,) = grouped({"a": 0, "b": ones(5), "c": ones(31)})
    assert group == star("a", (("a", 0), ("b", 5), ("c", 31)))


def test_beyond_the_radius_alone() -> None:
    assert grouped({"a": 0, "b": ones(32)}) == ()


def test_not_the_same_is_remembered() -> None:
    pictures = {"a": 0, "b": ones(3), "c": ones(6)}
    assert grouped(pictures) == (star("a", (("a", 0), ("b", 3), ("c", 6))),)
    for apart in (("a", "b"), ("b", "a")):
        assert grouped(pictures, (apart,)) == (star("c", (("c", 0), ("b", 3))),), "the nearer of the two stays"


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
    groups = MatchGraph()
    for distance in (9, 4, 12):
        groups.add_match("a", "b", distance)
    assert groups.build_groups() == (star("a", (("a", 0), ("b", 4))),)
