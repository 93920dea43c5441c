"""Finds who of a report is a child, and every value that identifies one.

A victim is a child, and a complainant leads to one. So is everybody whose stated age is below 18, the reported
user of a report in the child lane, and whoever is neither the reported user nor of a stated adult age: unknown is not adult.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from triage.exports.redaction.telling_words import is_words_of_source
from triage.exports.redaction.value_finder import BIRTH, PART, PLACE, ChildValue
from triage.intents.stated_ages import read_ages
from triage.model.document import Identifier, Person
from triage.model.report import Report

ADULT_AGE = 18
_FAMILY = ("victim", "complainant", "witness")
"""Whoever complains or witnesses is treated as the child is: their name and home lead to the child's."""
_SAFE_FACTS = frozenset({
    "age", "approximateAge", "ageAssertionDiscrepancy", "gender", "preferredPronouns", "type", "accountType",
    "compromisedAccount", "awareOfReport", "accessToChildren", "accessToChildVictim", "relationshipToChildVictim",
    "relationshipToReporter",
    "relationToChild", "convictedSexOffender", "allEmailsReported", "accountTemporarilyDisabled", "accountPermanentlyDisabled",
    "thirdPartyUserReported", "associatedWith", "estimatedLocation.countryCode", "estimatedLocation.region",
    "language", "languages",
})  # fmt: skip
"""Facts of a child that stay: they tell how grave a report is, and identify nobody."""
_KINDS = {
    "name": "name",
    "address": "address",
    "coordinates": "address",
    "email": "e-mail address",
    "phone": "telephone number",
    "username": "account name",
    "display_name": "account name",
    "user_id": "account name",
    "url": "account name",
    "group": "account name",
}
_FACT_KINDS = {
    "schoolName": "school",
    "firstName": "name",
    "middleName": "name",
    "lastName": "name",
    "preferredName": "name",
    "dateOfBirth": BIRTH,
    "guardian": "name",
    "estimatedLocation.city": PLACE,
    "city": PLACE,
}
_NAMING = re.compile("name|nick|alias|laqab|guardian|father|mother|parent|sibling|brother|sister|called", re.IGNORECASE)
"""Facts of a child that name somebody, whatever a source calls them."""
_REPORTED = ("personOrUserReported", "reportedPe")
"""How sources begin their word for the reported user, whose further accounts are named after it."""
_NAME_PARTS = re.compile(r"[^\W\d_]{3,}")
_LEAST_OF_FACT = 6
"""Letters of a fact from which on its words are looked for in texts."""
_LEAST_PLACE = 4  # letters; shorter parts of an address are codes, or stand in other words by chance
_LEAST_LOCAL_PART = 5  # characters; a shorter name before the @ stands in other words by chance
_TECHNICAL = frozenset({"ip"})
"""Identifiers that stay when nobody says whose they are: addresses that a provider captured."""
_ADDRESS_PART = re.compile("street|address|city|district|town|village|tehsil|place|locality|postal|zip", re.IGNORECASE)
"""Parts of an address that lead to a home. Provinces and countries do not: they stay where they stand elsewhere."""
_PROVINCES = frozenset({
    "punjab", "sindh", "khyber pakhtunkhwa", "balochistan", "islamabad capital territory", "gilgit baltistan",
    "azad jammu and kashmir", "azad kashmir", "pakistan", "khyber pakhtoonkhwa", "baluchistan", "kashmir",
})  # fmt: skip
OTHER = "identifier"


def find_children(report: Report, *, lane: bool) -> set[int]:
    """Returns the places of the people who count as children. `lane`: the report is in the child lane."""
    stated = report.incident_time or report.received
    year = None if stated is None else int(stated.utc[:4])
    return {place for place, person in enumerate(report.people) if _is_child(person, lane, year)}


def is_of_child(identifier: Identifier, children: set[int], users: set[tuple[str, str]]) -> bool:
    """Returns whether an identifier counts as a child's.

    Args:
        identifier: The identifier.
        children: Places of the people who count as children.
        users: (kind, levelled value) of the identifiers of a reported user who is no child.
    """
    if identifier.person is not None:
        return identifier.person in children
    if identifier.role in _FAMILY:
        return True
    if identifier.role in ("suspect", "file", "reporter", "subscriber") or identifier.kind in _TECHNICAL:
        return False
    return key_of(identifier) not in users


def list_child_values(reports: Iterable[Report], number: str, *, lane: bool) -> Iterator[ChildValue]:
    """Yields every value that identifies a child of the report, by all its versions."""
    for report in reports:
        children = find_children(report, lane=lane)
        users = list_user_keys(report, children)
        labels = make_labels(report.people, children, number)
        for identifier in report.identifiers:
            if is_of_child(identifier, children, users):
                yield from _values_of(identifier, label_of(identifier, labels, number))
        for place in sorted(children):
            yield from _values_of_person(report.people[place], labels[place])


def make_labels(people: Sequence[Person], children: set[int], number: str) -> dict[int, str]:
    """Returns how marks name each protected person of a report: nobody is called a child whom no source calls one."""
    found: dict[int, str] = {}
    for n, place in enumerate(sorted(children), 1):
        role = people[place].role
        word = role if role in ("complainant", "witness") else "child" if role == "victim" else "possible child"
        found[place] = f"{word} {n} of {number}"
    return found


def label_of(identifier: Identifier, labels: dict[int, str], number: str) -> str:
    """Returns of whom an identifier is, as a mark says it."""
    return labels.get(-1 if identifier.person is None else identifier.person, f"a possible child of {number}")


def list_user_keys(report: Report, children: set[int]) -> set[tuple[str, str]]:
    """Returns the keys of the identifiers of a reported user who is no child."""
    return {
        key_of(each)
        for each in report.identifiers
        if each.role == "suspect" and (each.person is None or each.person not in children)
    }


def list_kept_words(reports: Iterable[Report], *, lane: bool, names: Collection[str] = ()) -> set[str]:
    """Returns the words of the reported user's names, which stay although a child may have the same family name.

    A name that is one of `names`, those of children, does not stay: an earlier version may state another age of one person.
    """
    found: set[str] = set()
    for report in reports:
        children = find_children(report, lane=lane)
        for each in report.identifiers:
            if (
                each.role == "suspect"
                and each.kind in ("name", "display_name")
                and not (each.person in children or each.value in names)
            ):
                found.update(_NAME_PARTS.findall(each.value))
    return found


def key_of(identifier: Identifier) -> tuple[str, str]:
    """Returns what two identifiers of one value have in common."""
    return identifier.kind, (identifier.normalised or identifier.value).casefold()


def describe_kind(kind: str) -> str:
    """Returns the word for a kind of identifier in a mark."""
    return _KINDS.get(kind, OTHER)


def is_safe_fact(name: str, value: object) -> bool:
    """Returns whether a fact of a child stays. Numbered names ("age (2)") count as their first."""
    return not isinstance(value, str) or (name.partition(" (")[0] in _SAFE_FACTS and not is_words_of_source(value))


def _is_child(person: Person, lane: bool, year: int | None) -> bool:
    """Returns whether a person counts as a child. `year` is that of the incident."""
    if person.role in _FAMILY:
        return True
    ages = [age for fact in person.facts if (age := _read_age(fact.name, fact.value, year)) is not None]
    if any(age < ADULT_AGE for age in ages):
        return True
    if person.role == "suspect" or _is_users_own(person):
        return lane
    return not ages and person.role not in ("reporter", "subscriber")


def _is_users_own(person: Person) -> bool:
    """Returns whether an account is stated to be another one of the reported user."""
    return any(fact.name == "associatedWith" and str(fact.value).startswith(_REPORTED) for fact in person.facts)


def _read_age(name: str, value: object, year: int | None) -> int | None:
    """Returns a stated age, or the least that a date of birth leaves in a year; else None."""
    if name == "dateOfBirth" and year is not None:
        born = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", str(value))
        return year - int(born.group()) - 1 if born else None
    return next(iter(read_ages(value)), None) if name in ("age", "approximateAge") else None


def _values_of(identifier: Identifier, of: str) -> Iterator[ChildValue]:
    """Yields an identifier's value in the forms in which it may stand elsewhere."""
    kind = describe_kind(identifier.kind)
    for value in dict.fromkeys(filter(None, (identifier.value, identifier.normalised, *_list_details(identifier)))):
        if kind == "address":
            is_home = _is_own_address(value)
            yield from (ChildValue(PLACE, part, of) for part in _list_places(value) if part != value or not is_home)
            if not is_home:
                continue
        yield ChildValue(kind, value, of)
        if kind == "name":
            yield from (ChildValue(PART, part, of) for part in _NAME_PARTS.findall(value))
        elif kind == "e-mail address":
            local = value.partition("@")[0]
            if len(local) >= _LEAST_LOCAL_PART:
                yield ChildValue("account name", local, of)
        elif identifier.kind == "url":
            last = value.rstrip("/").rpartition("/")[2]
            if len(last) >= _LEAST_LOCAL_PART:
                yield ChildValue("account name", last, of)
        elif kind == "address":
            yield from (ChildValue(kind, part, of) for part in _list_lines(value))


def _list_details(identifier: Identifier) -> Iterator[str]:
    """Yields further text that a source states of an address, such as its street and its city."""
    if identifier.kind == "address":
        yield from (value for name, value in identifier.details if _ADDRESS_PART.search(name))


def _list_places(address: str) -> Iterator[str]:
    """Yields the names of places in an address, from the colony to the district."""
    for part in map(str.strip, re.split(r"[,\n;،]", address)):
        if len(part) >= _LEAST_PLACE and not any(map(str.isdigit, part)) and not is_wide_area(part):
            yield part


def is_wide_area(text: str) -> bool:
    """Returns whether a text names a province or the country."""
    return " ".join(re.findall(r"\w+", text.casefold())) in _PROVINCES


def _is_own_address(text: str) -> bool:
    """Returns whether an address leads to a home: it has a number, or four words, and is no province."""
    plain = " ".join(re.findall(r"\w+", text.casefold()))
    return plain not in _PROVINCES and len(plain) >= _LEAST_OF_FACT and (any(map(str.isdigit, plain)) or len(plain.split()) > 3)


def _list_lines(address: str) -> Iterator[str]:
    """Yields the parts of an address that identify a house by themselves: those with a number and a word."""
    for part in re.split(r"[,\n;،]", address):
        if len(part.split()) > 1 and any(map(str.isdigit, part)):
            yield part.strip()


def _values_of_person(person: Person, of: str) -> Iterator[ChildValue]:
    """Yields the facts of a child that identify them."""
    for fact in person.facts:
        if is_safe_fact(fact.name, fact.value) or not isinstance(fact.value, str):
            continue
        name = fact.name.partition(" (")[0]
        kind = _FACT_KINDS.get(name, "name" if _NAMING.search(name) else "description")
        if kind == "name":
            yield ChildValue("name", fact.value, of)
            yield from (ChildValue(PART, part, of) for part in _NAME_PARTS.findall(fact.value))
        elif kind != "description" or _is_telling(fact.value):
            yield ChildValue(kind, fact.value, of)


def _is_telling(text: str) -> bool:
    """Returns whether a description identifies somebody wherever it stands: it is long enough and more than one word."""
    return len(text) >= _LEAST_OF_FACT and (len(text.split()) > 1 or any(map(str.isdigit, text)))


def count_kinds(values: Sequence[ChildValue]) -> dict[str, int]:
    """Returns how many distinct values of each kind there are, words of names left out."""
    found: dict[str, set[str]] = {}
    for each in values:
        if each.kind != PART:
            found.setdefault(each.kind, set()).add(each.value.casefold())
    return {kind: len(of) for kind, of in sorted(found.items())}
