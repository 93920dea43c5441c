"""The small steps of merging: equal statements become one that names all its sources, different ones make a conflict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from triage.model.document import Fact, Source
from triage.model.report import Conflict


def united_sources(first: tuple[Source, ...], second: tuple[Source, ...]) -> tuple[Source, ...]:
    return first if first == second else tuple(dict.fromkeys(first + second))


def united_facts(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Equal statements become one with all sources; different values of one name stay side by side."""
    united: dict[tuple[str, str], Fact] = {}
    for fact in facts:
        key = (fact.name, repr(fact.value))
        known = united.get(key)
        united[key] = replace(known, sources=united_sources(known.sources, fact.sources)) if known else fact
    return tuple(united.values())


def conflict(field: str, stated: Sequence[tuple[object, tuple[Source, ...]]]) -> Conflict | None:
    """A conflict when the stated values (None: not stated) are not all equal."""
    values: dict[str, tuple[Source, ...]] = {}
    for value, sources in stated:
        if value is not None:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            values[text] = united_sources(values.get(text, ()), sources)
    return Conflict(field=field, values=tuple(values.items())) if len(values) > 1 else None


class Families:
    """Groups of members, each of which has a home; no group holds two members of one home.

    The smallest member stands for its group, so that groups and their order do not depend on the order of the joins.
    """

    def __init__(self, homes: Sequence[int]) -> None:
        self._head = list(range(len(homes)))
        self._homes: list[set[int]] = [{home} for home in homes]

    def _find(self, member: int) -> int:
        while self._head[member] != member:
            self._head[member] = self._head[self._head[member]]
            member = self._head[member]
        return member

    def join(self, first: int, second: int) -> None:
        """Nothing happens when both groups have a member of one home."""
        a, b = sorted((self._find(first), self._find(second)))
        if a != b and self._homes[a].isdisjoint(self._homes[b]):
            self._head[b] = a
            self._homes[a] |= self._homes[b]

    def groups(self) -> list[list[int]]:
        found: dict[int, list[int]] = {}
        for member in range(len(self._head)):
            found.setdefault(self._find(member), []).append(member)
        return list(found.values())
