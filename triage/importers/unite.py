"""Basic steps of merging: equal statements become one with all sources, different ones become a conflict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from msgspec.structs import replace

from triage.model.document import Fact, FreeText, Source
from triage.model.report import Conflict

Stated = TypeVar("Stated", Fact, FreeText)


def unite_facts(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Unites equal facts into one with all sources.

    Different values of one name stay side by side.
    """
    facts = tuple(facts)
    if len({fact.name for fact in facts}) == len(facts) and not any(len(fact.sources) > 1 for fact in facts):
        return facts  # most people state each thing once
    return unite_statements(facts, lambda fact: (fact.name, repr(fact.value)))


def unite_statements(stated: Iterable[Stated], key_of: Callable[[Stated], tuple[str, ...]]) -> tuple[Stated, ...]:
    """Returns the first statement of each key, with the sources of all statements of that key.

    A report may state one thing a hundred thousand times, so sources are collected and joined once.
    """
    first: dict[tuple[str, ...], Stated] = {}
    sources: dict[tuple[str, ...], dict[Source, None]] = {}
    for each in stated:
        known = first.setdefault(key := key_of(each), each)
        if known is not each or len(each.sources) > 1:
            sources.setdefault(key, dict.fromkeys(known.sources)).update(dict.fromkeys(each.sources))
    if not sources:
        return tuple(first.values())
    return tuple(replace(each, sources=tuple(sources[key])) if key in sources else each for key, each in first.items())


def make_conflict(field: str, stated: Sequence[tuple[object, tuple[Source, ...]]]) -> Conflict | None:
    """Returns a conflict when the stated values are not all equal, else None.

    A value None counts as not stated.
    """
    values: dict[str, dict[Source, None]] = {}
    for value, sources in stated:
        if value is not None:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            values.setdefault(text, {}).update(dict.fromkeys(sources))
    if len(values) < 2:
        return None
    return Conflict(field=field, values=tuple((text, tuple(sources)) for text, sources in values.items()))


class DisjointGroups:
    """Groups of members, each with an owner.

    No group holds two members of one owner.

    The smallest member represents its group, so that groups and their order do not depend on the order of the joins.
    """

    def __init__(self, owners: Sequence[int]) -> None:
        """Starts with one group a member.

        `owners` gives the owner of each.
        """
        self._head = list(range(len(owners)))
        self._owners: list[set[int]] = [{owner} for owner in owners]

    def _find(self, member: int) -> int:
        """Returns the member that represents a member's group."""
        while self._head[member] != member:
            self._head[member] = self._head[self._head[member]]
            member = self._head[member]
        return member

    def join(self, first: int, second: int) -> None:
        """Joins two groups, unless both have a member of the same owner."""
        a, b = sorted((self._find(first), self._find(second)))
        if a != b and self._owners[a].isdisjoint(self._owners[b]):
            self._head[b] = a
            self._owners[a] |= self._owners[b]

    def groups(self) -> list[list[int]]:
        """Returns the groups in the order of their smallest members."""
        found: dict[int, list[int]] = {}
        for member in range(len(self._head)):
            found.setdefault(self._find(member), []).append(member)
        return list(found.values())
