"""Groups of like pictures, without chaining.

A group is a star: every member is like its representative. That A is like B and B like C does not put A and C together
unless one of the three is like both others. The outcome is a function of the set of pictures and of what people said apart,
never of the order of arrival.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from triage import limits
from triage.hashing.index import HammingIndex


@dataclass(frozen=True, slots=True)
class Group:
    """`members` are (key, bits of difference from the representative), the representative first with 0."""

    representative: str
    members: tuple[tuple[str, int], ...]


class Groups:
    """Collects pictures by key (their SHA-256) and PDQ hashes; `groups` sorts them. One thread at a time."""

    def __init__(self, radius: int = limits.MATCH_RADIUS) -> None:
        self._radius = radius
        self._keys: list[str] = []
        self._seen: set[str] = set()
        self._upright = HammingIndex()
        self._turned = HammingIndex()
        self._like: dict[str, dict[str, int]] = defaultdict(dict)
        self._apart: set[frozenset[str]] = set()

    def add(self, key: str, turns: Sequence[bytes], quality: int) -> bool:
        """False when the hash says too little to compare: the picture then stays alone. A known key changes nothing.

        Pictures are like each other when the hash of one is near any turn of the other's. Both ways are looked up, since
        they may differ by a bit and the answer must not depend on who came first.
        """
        if quality < limits.MIN_PDQ_QUALITY:
            return False
        if key in self._seen:
            return True
        self._seen.add(key)
        number = len(self._keys)
        for turn in turns:
            self._note_near(key, self._upright.query(turn, self._radius))
        self._note_near(key, self._turned.query(turns[0], self._radius))
        self._keys.append(key)
        self._upright.add(number, turns[0])
        for turn in turns[1:]:
            self._turned.add(number, turn)
        return True

    def _note_near(self, key: str, hits: Sequence[tuple[int, int]]) -> None:
        for number, distance in hits:
            self.pair(key, self._keys[number], distance)

    def pair(self, one: str, other: str, distance: int) -> None:
        """These two are known to be alike, by whatever way they were found: a crop of one in the other, for instance."""
        nearest = min(distance, self._like[one].get(other, distance))
        self._like[one][other] = self._like[other][one] = nearest

    def separate(self, one: str, other: str) -> None:
        """A person said that these two are not the same: they never share a group again."""
        self._apart.add(frozenset((one, other)))

    def like(self, key: str) -> tuple[tuple[str, int], ...]:
        """All pictures within the radius of this one and not said apart, nearest first."""
        near = ((other, distance) for other, distance in self._like.get(key, {}).items() if not self._said_apart(key, other))
        return tuple(sorted(near, key=lambda pair: (pair[1], pair[0])))

    def groups(self) -> tuple[Group, ...]:
        """Groups of two and more, by representative. The picture with most others like it represents them first."""
        neighbours = {key: self.like(key) for key in self._like}
        taken: set[str] = set()
        groups = []
        for key in sorted(neighbours, key=lambda key: (-len(neighbours[key]), key)):
            if key in taken:
                continue
            members = [(key, 0)]
            for other, distance in neighbours[key]:
                if other not in taken and not any(self._said_apart(other, member) for member, _ in members):
                    members.append((other, distance))
            if len(members) > 1:
                taken.update(member for member, _ in members)
                groups.append(Group(key, tuple(members)))
        return tuple(sorted(groups, key=lambda group: group.representative))

    def _said_apart(self, one: str, other: str) -> bool:
        return frozenset((one, other)) in self._apart
