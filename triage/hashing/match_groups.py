"""Groups matching images without chaining them.

A group is a star: every member matches its representative. That A matches B and B matches C does not put A and C together,
unless one of the three matches both others. The groups are a function of the set of pairs and of what people separated, never of
the order of arrival.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GroupMember:
    """An image of a group.

    `distance` is in bits from the representative.
    """

    key: str
    distance: int


@dataclass(frozen=True, slots=True)
class MatchGroup:
    """The first of `members` is the representative, with distance 0."""

    representative: str
    members: tuple[GroupMember, ...]


class MatchGraph:
    """Collects pairs of images, by key (their SHA-256), that match or that a person separated."""

    def __init__(self) -> None:
        self._distances: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._separated: set[frozenset[str]] = set()

    def add_match(self, one: str, other: str, distance: int) -> None:
        """Adds a pair that matches in any way, for instance as a crop. Of several distances the nearest counts."""
        nearest = min(distance, self._distances[one].get(other, distance))
        self._distances[one][other] = self._distances[other][one] = nearest

    def separate(self, one: str, other: str) -> None:
        """Adds a pair that a person said is not the same: the two never share a group."""
        self._separated.add(frozenset((one, other)))

    def build_groups(self) -> tuple[MatchGroup, ...]:
        """Returns the groups of two and more by representative. The image that matches most others represents them first."""
        neighbours = {key: self._sort_neighbours(key) for key in self._distances}
        groups: list[MatchGroup] = []
        taken: set[str] = set()
        for key in sorted(neighbours, key=lambda key: (-len(neighbours[key]), key)):
            if key in taken:
                continue
            members = [GroupMember(key, 0)]
            for other in neighbours[key]:
                if other.key not in taken and not any(self._is_separated(other.key, member.key) for member in members):
                    members.append(other)
            if len(members) > 1:
                taken.update(member.key for member in members)
                groups.append(MatchGroup(key, tuple(members)))
        return tuple(sorted(groups, key=lambda group: group.representative))

    def _sort_neighbours(self, key: str) -> list[GroupMember]:
        """Returns the images that match this one and were not separated from it, nearest first."""
        near = (GroupMember(other, distance) for other, distance in self._distances[key].items())
        kept = (member for member in near if not self._is_separated(key, member.key))
        return sorted(kept, key=lambda member: (member.distance, member.key))

    def _is_separated(self, one: str, other: str) -> bool:
        return frozenset((one, other)) in self._separated
