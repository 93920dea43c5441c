"""The people of several documents of one report, and what is said of them.

Two blocks are one person when they come from different documents in the same role and share an identifier that stands for one
person, or when each of the documents has only that one block in the role. Blocks of one document are never united.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from triage.importers.unite import Families, conflict, united_facts, united_sources
from triage.model.document import Document, Fact, Identifier, Person
from triage.model.moment import Moment
from triage.model.report import Conflict

_TO_THE_SECOND = len("2026-10-01T10:00:00")
_WHOLE_SECONDS = _TO_THE_SECOND + len("Z")
"""A time without a fraction: the PDF prints none, where the other formats may have one."""
PersonOf = Mapping[tuple[int, int], int]
"""(document's place, person's place in it) -> the person's place in the report."""

_ONE_PERSON = {"user_id", "email", "phone", "username", "cnic"}
_SINGLE_VALUED = {
    "firstName", "lastName", "middleName", "dateOfBirth", "age", "approximateAge", "gender", "espIdentifier", "espUserId",
    "espService", "compromisedAccount", "accessToChildren", "accessToChildVictim", "relationshipToChildVictim",
    "convictedSexOffender", "schoolName", "estimatedLocation.countryCode", "estimatedLocation.region", "estimatedLocation.city",
}  # fmt: skip


def merge_people(documents: Sequence[Document], conflicts: list[Conflict]) -> tuple[tuple[Person, ...], PersonOf]:
    """People in the order of the documents, and where each document's people went."""
    blocks = [(d, p) for d, document in enumerate(documents) for p in range(len(document.people))]
    sets = _same_person(documents, blocks)
    people: list[Person] = []
    person_of: dict[tuple[int, int], int] = {}
    for members in sets:
        parts = [documents[d].people[p] for d, p in members]
        for member in members:
            person_of[member] = len(people)
        facts = united_facts(fact for part in parts for fact in part.facts)
        if len(parts) > 1:
            conflicts.extend(_disagreements(parts))
        people.append(replace(parts[0], facts=facts))
    return tuple(people), person_of


def _same_person(documents: Sequence[Document], blocks: Sequence[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    sets = Families([d for d, _ in blocks])
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
        for other in single[1:] if len(single) == len(by_document) else ():
            sets.join(single[0], other)
    return [[blocks[n] for n in group] for group in sets.groups()]


def _disagreements(parts: Sequence[Person]) -> list[Conflict]:
    stated: defaultdict[str, list[Fact]] = defaultdict(list)
    for part in parts:
        for fact in part.facts:
            if fact.name in _SINGLE_VALUED:
                stated[fact.name].append(fact)
    found = [conflict(f"{parts[0].says}: {name}", [(f.value, f.sources) for f in facts]) for name, facts in stated.items()]
    return [each for each in found if each is not None]


def merge_identifiers(
    documents: Sequence[Document],
    person_of: PersonOf,
    file_of: Mapping[tuple[int, str], str],
    conflicts: list[Conflict],
) -> tuple[Identifier, ...]:
    """Equal identifiers become one with all sources. What one document leaves open, another may fill in (port, event, verified);
    where they differ, both stay, and so do two that one document tells apart. What free text mentions is left out when a field
    of any document states it."""
    united: dict[tuple[object, ...], list[Identifier]] = {}
    stated: set[tuple[str, str]] = set()
    for d, document in enumerate(documents):
        for identifier in document.identifiers:
            person = None if identifier.person is None else person_of[d, identifier.person]
            file = None if identifier.file is None else file_of.get((d, identifier.file), identifier.file)
            same = person == identifier.person and file == identifier.file
            moved = identifier if same else replace(identifier, person=person, file=file)
            if moved.role != "mentioned":
                stated.add((moved.kind, moved.normalised or moved.value))
            _put(united.setdefault(_key(moved), []), moved, conflicts)
    return tuple(
        i for alike in united.values() for i in alike if i.role != "mentioned" or (i.kind, i.normalised or i.value) not in stated
    )


def _key(i: Identifier) -> tuple[object, ...]:
    return (i.kind, i.normalised or i.value, i.role, i.person, i.file, i.time.utc[:_TO_THE_SECOND] if i.time else None)


def _put(same: list[Identifier], new: Identifier, conflicts: list[Conflict]) -> None:
    n = _fitting(same, new)
    if n is None:
        same.append(new)
        return
    known = same[n]
    if known.verified is not None and new.verified is not None and known.verified != new.verified:
        found = conflict(f"{new.kind} {new.value}: verified", [(known.verified, known.sources), (new.verified, new.sources)])
        conflicts.extend([found] if found else [])
    same[n] = replace(
        known,
        port=known.port if known.port is not None else new.port,
        time=max(known.time, new.time, key=_precision),
        event=known.event or new.event,
        verified=known.verified if known.verified is not None else new.verified,
        possible_proxy=known.possible_proxy if known.possible_proxy is not None else new.possible_proxy,
        details=tuple(dict.fromkeys(known.details + new.details)),
        sources=united_sources(known.sources, new.sources),
    )


def _fitting(same: Sequence[Identifier], new: Identifier) -> int | None:
    """The one that says the same, else one of other documents that leaves open what this one says, rather of the same port."""
    for n, known in enumerate(same):
        if _said(known) == _said(new):
            return n
    documents = {source.document for source in new.sources}
    fits = [
        n
        for n, known in enumerate(same)
        if _compatible(known, new) and documents.isdisjoint(source.document for source in known.sources)
    ]
    return min(fits, key=lambda n: (same[n].port != new.port, n), default=None)


def _said(i: Identifier) -> tuple[object, ...]:
    return (i.port, i.event and i.event.casefold(), i.possible_proxy, i.time and i.time.utc)


def _precision(when: Moment | None) -> int:
    return len(when.utc) if when else 0


def _compatible(a: Identifier, b: Identifier) -> bool:
    return (
        (a.port is None or b.port is None or a.port == b.port)
        and (not a.event or not b.event or a.event.casefold() == b.event.casefold())
        and (a.possible_proxy is None or b.possible_proxy is None or a.possible_proxy == b.possible_proxy)
        and (a.time == b.time or min(_precision(a.time), _precision(b.time)) <= _WHOLE_SECONDS)
    )
