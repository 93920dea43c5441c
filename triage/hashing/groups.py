"""Groups of like pictures, without chaining.

A group is a star: every member is like its representative. That A is like B and B like C does not put A and C together
unless one of the three is like both others. The outcome is a function of the set of pairs and of what people said apart,
never of the order of arrival.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """`members` are (key, bits of difference from the representative), the representative first with 0."""

    representative: str
    members: tuple[tuple[str, int], ...]


class Groups:
    """Collects pairs of pictures, by key (their SHA-256), that are alike or were said apart; `groups` sorts them."""

    def __init__(self) -> None:
        self._like: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._apart: set[frozenset[str]] = set()

    def pair(self, one: str, other: str, distance: int) -> None:
        """These two are known to be alike, by whatever way they were found: a crop of one in the other, for instance."""
        nearest = min(distance, self._like[one].get(other, distance))
        self._like[one][other] = self._like[other][one] = nearest

    def separate(self, one: str, other: str) -> None:
        """A person said that these two are not the same: they never share a group again."""
        self._apart.add(frozenset((one, other)))

    def groups(self) -> tuple[Group, ...]:
        """Groups of two and more, by representative. The picture with most others like it represents them first."""
        neighbours = {key: self._near(key) for key in self._like}
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

    def _near(self, key: str) -> list[tuple[str, int]]:
        """All that are like this one and not said apart, nearest first."""
        near = ((other, distance) for other, distance in self._like[key].items() if not self._said_apart(key, other))
        return sorted(near, key=lambda pair: (pair[1], pair[0]))

    def _said_apart(self, one: str, other: str) -> bool:
        return frozenset((one, other)) in self._apart
