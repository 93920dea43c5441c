"""Merges the people of several documents of one report, and their identifiers.

Two blocks are one person when they come from different documents in the same role and share an identifier that stands for one
person. They are also one person when each document has only that one block in the role, unless the documents identify different
people there. Blocks of one document are never united.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from triage.importers.unite import DisjointGroups, make_conflict, unite_facts
from triage.model.document import Document, Fact, Identifier, Person, Source
from triage.model.moment import Moment
from triage.model.report import Conflict

_TO_THE_SECOND = len("2026-10-01T10:00:00")
_WHOLE_SECONDS = _TO_THE_SECOND + len("Z")
"""A time without a fraction: the PDF prints none, where the other formats may have one."""
_LOOKED_AT = 50
"""Of many identifiers of one value and second, so many are looked at for one that leaves open what another says."""
PersonOf = Mapping[tuple[int, int], int]
"""(document's place, person's place in it) -> the person's place in the report."""

_ONE_PERSON = {"user_id", "email", "phone", "username", "cnic"}
_SINGLE_VALUED = {
    "firstName", "lastName", "middleName", "dateOfBirth", "age", "approximateAge", "gender", "espIdentifier", "espUserId",
    "espService", "compromisedAccount", "accessToChildren", "accessToChildVictim", "relationshipToChildVictim",
    "convictedSexOffender", "schoolName", "estimatedLocation.countryCode", "estimatedLocation.region", "estimatedLocation.city",
}  # fmt: skip


def merge_people(documents: Sequence[Document], conflicts: list[Conflict]) -> tuple[tuple[Person, ...], PersonOf]:
    """Returns the people in the order of the documents, and where each document's people went."""
    blocks = [(d, p) for d, document in enumerate(documents) for p in range(len(document.people))]
    sets = _group_same_person(documents, blocks)
    people: list[Person] = []
    person_of: dict[tuple[int, int], int] = {}
    for members in sets:
        parts = [documents[d].people[p] for d, p in members]
        for member in members:
            person_of[member] = len(people)
        facts = unite_facts(fact for part in parts for fact in part.facts)
        if len(parts) > 1:
            conflicts.extend(_find_conflicts(parts))
        people.append(replace(parts[0], facts=facts))
    return tuple(people), person_of


def _group_same_person(documents: Sequence[Document], blocks: Sequence[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Returns groups of (document, person) blocks that describe one person."""
    if len({d for d, _ in blocks}) < 2:
        return [[block] for block in blocks]
    sets = DisjointGroups([d for d, _ in blocks])
    place = {block: n for n, block in enumerate(blocks)}
    holders: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
    alone: defaultdict[str, dict[int, list[int]]] = defaultdict(dict)
    for d, p in blocks:
        alone[documents[d].people[p].role].setdefault(d, []).append(place[d, p])
    for d, document in enumerate(documents):
        for i in document.identifiers:
            if i.person is not None and i.normalised and i.kind in _ONE_PERSON and i.role != "mentioned":
                holders[i.kind, i.normalised, document.people[i.person].role].append(place[d, i.person])
    for _, members in sorted(holders.items()):
        for other in members[1:]:
            sets.join(members[0], other)
    for _, by_document in sorted(alone.items()):
        single = [members[0] for members in by_document.values() if len(members) == 1]
        if len(single) < len(by_document):
            continue
        own = [list_personal_keys(i for i in documents[d].identifiers if i.person == p) for d, p in (blocks[n] for n in single)]
        for n, other in enumerate(single):
            same = next((first for first in range(n) if not are_different(own[first], own[n])), None)
            if same is not None:
                sets.join(single[same], other)
    return [[blocks[n] for n in group] for group in sets.groups()]


@dataclass(frozen=True, slots=True)
class PersonalKeys:
    """The identifiers of one person that stand for one person, as (kind, value), and their kinds."""

    values: frozenset[tuple[str, str]]
    kinds: frozenset[str]


def list_personal_keys(identifiers: Iterable[Identifier]) -> PersonalKeys:
    """Returns those of the identifiers that stand for one person."""
    values = frozenset((i.kind, i.normalised or i.value) for i in identifiers if i.kind in _ONE_PERSON and i.role != "mentioned")
    return PersonalKeys(values, frozenset(kind for kind, _ in values))


def are_different(one: PersonalKeys, other: PersonalKeys) -> bool:
    """Returns whether the identifiers stand for two people: of one kind both state some, and they share none of any kind."""
    return not one.kinds.isdisjoint(other.kinds) and one.values.isdisjoint(other.values)


def _find_conflicts(parts: Sequence[Person]) -> list[Conflict]:
    """Returns a conflict for each single-valued fact on which blocks of one person disagree."""
    stated: defaultdict[str, list[Fact]] = defaultdict(list)
    for part in parts:
        for fact in part.facts:
            if fact.name in _SINGLE_VALUED:
                stated[fact.name].append(fact)
    found = [make_conflict(f"{parts[0].says}: {name}", [(f.value, f.sources) for f in facts]) for name, facts in stated.items()]
    return [each for each in found if each is not None]


def merge_identifiers(
    documents: Sequence[Document],
    person_of: PersonOf,
    file_of: Mapping[tuple[int, str], str],
    conflicts: list[Conflict],
) -> tuple[Identifier, ...]:
    """Merges equal identifiers into one with all sources.

    A document may fill in what another leaves open (port, event, verified). Where documents differ, both identifiers stay. Two
    that one document tells apart stay too. A mention in free text is left out when a field of any document states it.
    """
    equals: dict[tuple[object, ...], list[Identifier]] = {}
    stated: set[tuple[str, str]] = set()
    for d, document in enumerate(documents):
        for identifier in document.identifiers:
            person = None if identifier.person is None else person_of[d, identifier.person]
            file = None if identifier.file is None else file_of.get((d, identifier.file), identifier.file)
            same = person == identifier.person and file == identifier.file
            moved = identifier if same else replace(identifier, person=person, file=file)
            if moved.role != "mentioned":
                stated.add((moved.kind, moved.normalised or moved.value))
            equals.setdefault(_merge_key(moved), []).append(moved)
    united: list[Identifier] = []
    for equal in equals.values():
        if len(equal) == 1 and len(equal[0].sources) < 2 and len(equal[0].details) < 2:
            united += equal  # most identifiers stand in one place, and there is nothing to unite
            continue
        merged = _EqualIdentifiers(equal)
        conflicts.extend(merged.iter_conflicts())
        united += merged.iter_identifiers()
    return tuple(i for i in united if i.role != "mentioned" or (i.kind, i.normalised or i.value) not in stated)


def _merge_key(i: Identifier) -> tuple[object, ...]:
    """Returns the key under which identifiers can be united.

    Times count to the second.
    """
    return (i.kind, i.normalised or i.value, i.role, i.person, i.file, i.time.utc[:_TO_THE_SECOND] if i.time else None)


class _EqualIdentifiers:
    """Identifiers of one key, united as far as they are compatible.

    Of more than `_LOOKED_AT` that differ, only those with equal details are still united. A report may state one address with a
    hundred thousand ports, and comparing each with each would take hours.
    """

    def __init__(self, equal: Iterable[Identifier]) -> None:
        """Unites identifiers of one key."""
        self._united: list[Identifier] = []
        self._sources: list[dict[Source, None]] = []
        self._details: list[dict[tuple[str, str], None]] = []
        self._verified: list[dict[bool, dict[Source, None]]] = []
        self._saying: dict[tuple[object, ...], int] = {}
        for each in equal:
            self._add(each)

    def _add(self, new: Identifier) -> None:
        """Unites an identifier with a compatible one, or adds it."""
        n = self._find_fitting(new)
        if n is None:
            n = len(self._united)
            self._united.append(new)
            self._sources.append({})
            self._details.append({})
            self._verified.append({})
            self._saying.setdefault(_details_key(new), n)
        else:
            self._fill(n, new)
        self._sources[n].update(dict.fromkeys(new.sources))
        self._details[n].update(dict.fromkeys(new.details))
        if new.verified is not None:
            self._verified[n].setdefault(new.verified, {}).update(dict.fromkeys(new.sources))

    def _fill(self, n: int, new: Identifier) -> None:
        """Fills in what identifier number `n` leaves open, from a compatible one."""
        known = self._united[n]
        self._united[n] = replace(
            known,
            port=known.port if known.port is not None else new.port,
            time=max(known.time, new.time, key=_time_length),
            event=known.event or new.event,
            verified=known.verified if known.verified is not None else new.verified,
            possible_proxy=known.possible_proxy if known.possible_proxy is not None else new.possible_proxy,
        )
        if (says := _details_key(self._united[n])) != (before := _details_key(known)):
            if self._saying.get(before) == n:
                del self._saying[before]
            self._saying[says] = min(n, self._saying.get(says, n))

    def _find_fitting(self, new: Identifier) -> int | None:
        """Returns the number of an identifier that can take up the new one, or None.

        The one with equal details comes first, then a compatible one of other documents, the same port first.
        """
        same = self._saying.get(_details_key(new))
        if same is not None:
            return same
        documents = {source.document for source in new.sources}
        fits = [
            n
            for n, known in enumerate(self._united[:_LOOKED_AT])
            if _can_be_united(known, new) and documents.isdisjoint(source.document for source in self._sources[n])
        ]
        return min(fits, key=lambda n: (self._united[n].port != new.port, n), default=None)

    def iter_identifiers(self) -> Iterator[Identifier]:
        """Yields the united identifiers with all their details and sources."""
        for n, each in enumerate(self._united):
            yield replace(each, details=tuple(self._details[n]), sources=tuple(self._sources[n]))

    def iter_conflicts(self) -> Iterator[Conflict]:
        """Yields a conflict for each identifier that is stated both as verified and as not verified."""
        for each, verified in zip(self._united, self._verified, strict=True):
            if len(verified) < 2:
                continue
            stated = [(value, tuple(sources)) for value, sources in verified.items()]
            found = make_conflict(f"{each.kind} {each.value}: verified", stated)
            if found is not None:
                yield found


def _details_key(i: Identifier) -> tuple[object, ...]:
    """Returns port, event, proxy flag and time, by which identifiers of one key are told apart."""
    return (i.port, i.event and i.event.casefold(), i.possible_proxy, i.time and i.time.utc)


def _time_length(when: Moment | None) -> int:
    """Returns the length of the UTC text, which grows with its precision; 0 without a time."""
    return len(when.utc) if when else 0


def _can_be_united(a: Identifier, b: Identifier) -> bool:
    """Returns whether two identifiers contradict each other in no detail."""
    return (
        (a.port is None or b.port is None or a.port == b.port)
        and (not a.event or not b.event or a.event.casefold() == b.event.casefold())
        and (a.possible_proxy is None or b.possible_proxy is None or a.possible_proxy == b.possible_proxy)
        and (a.time == b.time or min(_time_length(a.time), _time_length(b.time)) <= _WHOLE_SECONDS)
    )
