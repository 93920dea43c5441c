from __future__ import annotations

import random

import pytest

from tests.hashing.scenes import landscape
from triage import limits
from triage.hashing import perceptual
from triage.hashing.groups import Group, Groups

GOOD = 100


def turns(value: int) -> tuple[bytes, ...]:
    """A made hash whose turns are far from everything."""
    return (value.to_bytes(32), *(((0x5A << 240) ^ (turn << (30 * turn)) ^ value).to_bytes(32) for turn in range(1, 8)))


def ones(count: int, start: int = 0) -> int:
    return ((1 << count) - 1) << start


def grouped(pictures: dict[str, int], apart: tuple[tuple[str, str], ...] = ()) -> tuple[Group, ...]:
    groups = Groups()
    for key, value in pictures.items():
        assert groups.add(key, (value.to_bytes(32),) * 8, GOOD)
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
    assert grouped(pictures, (("a", "b"),)) == (Group("c", (("c", 0), ("b", 3))),) or grouped(pictures, (("a", "b"),)) == (
        Group("c", (("c", 0), ("a", 6))),
    )
    for group in grouped(pictures, (("b", "a"),)):
        keys = {key for key, _ in group.members}
        assert not {"a", "b"} <= keys


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


@pytest.mark.parametrize("turned_first", [False, True])
def test_a_turned_picture_joins(turned_first: bool) -> None:
    plane = landscape(400, 400, 3)
    pictures = [("a", plane), ("b", plane[:, ::-1].copy())]
    groups = Groups()
    for key, picture in reversed(pictures) if turned_first else pictures:
        found = perceptual.measure(picture, picture.shape)
        groups.add(key, found.turns, found.quality)
    (group,) = groups.groups()
    assert [key for key, _ in group.members] == ["a", "b"]


def test_low_quality_never_joins_and_says_so() -> None:
    groups = Groups()
    for key in "ab":
        assert not groups.add(key, turns(1), limits.MIN_PDQ_QUALITY - 1)
    assert groups.groups() == ()


def test_a_known_key_changes_nothing() -> None:
    groups = Groups()
    for _ in range(2):
        groups.add("a", turns(0), GOOD)
    assert groups.groups() == ()
    assert groups.like("a") == ()
