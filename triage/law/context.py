"""What the table of law may look at: one report, what the store says of it, and its location."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, Protocol

from triage.intents.stated_ages import read_ages
from triage.model.document import Person
from triage.model.incident_kinds import CONTACT, holds
from triage.model.judgement import PersonPlace, Surroundings
from triage.model.report import Report

Sex = Literal["girl", "boy"]

ADULT_AGE = 18  # years; PECA, the Penal Code's sections on children and the JJSA all draw the line here
OLDEST = 120  # years; a greater number is no age
SAYS_NOTHING = frozenset(
    {
        "",
        "no",
        "false",
        "none",
        "unknown",
        "na",
        "notapplicable",
        "notprovided",
        "informationnotprovided",
        "notstated",
        "nil",
        "null",
    }
)
"""Bare values that state nothing, or state that there is nothing."""
_NOT_ALNUM = re.compile(r"[\W_]+")
_GIRL = frozenset({"female", "f", "girl", "woman"})
_BOY = frozenset({"male", "m", "boy", "man"})


def bare(text: object) -> str:
    """Returns the letters and digits of a text, case-folded."""
    return _NOT_ALNUM.sub("", str(text)).casefold()


class PlaceVerdict(Protocol):
    """What the table reads of a verdict on place: the province as a whole and by person."""

    @property
    def province(self) -> str | None:
        """Returns the province of the report, a code of places.tsv."""

    @property
    def by_person(self) -> tuple[PersonPlace, ...]:
        """Returns the verdicts by person."""


@dataclass(frozen=True)
class LawContext:
    """Holds a report and what surrounds it. `province` is a code of places.tsv (PB, SD, KP, BA, ICT, GB, AJK) or None."""

    report: Report
    surroundings: Surroundings
    location: PlaceVerdict | None = None

    @cached_property
    def incident_type(self) -> str:
        """Returns the incident type, bare."""
        return bare(self.report.incident_type or "")

    @property
    def is_about_contact(self) -> bool:
        """Returns whether the incident type is of contact with a child."""
        return holds(self.incident_type, CONTACT)

    @cached_property
    def province(self) -> str | None:
        """Returns the child's province, else the report's."""
        if self.location is None:
            return None
        of_child = [each.province for each in self.location.by_person if each.of in ("victim", "recipient") and each.province]
        return next(iter(of_child), self.location.province)

    def facts_of(self, role: str, *names: str) -> Iterator[tuple[str, object]]:
        """Yields name and value of the facts of a role that say something. `names` are bare; none means all."""
        for person in self.report.people:
            if person.role == role:
                yield from _facts_of_person(person, names)

    def stated_ages(self, role: str) -> list[int]:
        """Returns the lowest age that each age or date of birth of a role states, in years."""
        found = []
        for person in self.report.people:
            if person.role == role:
                found += _ages_of_person(person, self._day_of_act())
        return found

    def has_role(self, role: str) -> bool:
        """Returns whether a person or an identifier of this role stands in the report."""
        return any(person.role == role for person in self.report.people) or any(
            identifier.role == role for identifier in self.report.identifiers
        )

    @cached_property
    def possible_children(self) -> tuple[str, ...]:
        """Returns the roles that may be the child: the victim, else in a report of contact the person contacted.

        A role whose stated ages are all of adults is left out.
        """
        roles = ("victim",) if self.has_role("victim") else ("recipient",) if self.is_about_contact else ()
        return tuple(role for role in roles if self.has_role(role) and not self._is_adult(role))

    @cached_property
    def sex_of_child(self) -> Sex | None:
        """Returns the sex that the report states of the child, or None.

        The score never reads it; older sections depend on it.
        """
        stated = {bare(value) for role in self.possible_children for _, value in self.facts_of(role, "gender", "sex")}
        if not stated:
            return None
        return "girl" if stated <= _GIRL else "boy" if stated <= _BOY else None

    @cached_property
    def user_is_stated_minor(self) -> bool:
        """Returns whether the report states an age of the reported user under 18."""
        ages = self.stated_ages("suspect")
        return bool(ages) and min(ages) < ADULT_AGE

    @cached_property
    def user_is_stated_adult(self) -> bool:
        """Returns whether all that the report states of the reported user's age is of an adult."""
        return self._is_adult("suspect")

    def _is_adult(self, role: str) -> bool:
        ages = self.stated_ages(role)
        return bool(ages) and min(ages) >= ADULT_AGE

    def _day_of_act(self) -> date | None:
        when = self.report.incident_time or self.report.received
        return when.datetime().date() if when else None


def _facts_of_person(person: Person, names: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    for fact in person.facts:
        if (not names or bare(fact.name) in names) and bare(fact.value) not in SAYS_NOTHING:
            yield fact.name, fact.value


def _ages_of_person(person: Person, day: date | None) -> list[int]:
    stated = _facts_of_person(person, ("age", "approximateage"))
    found: list[int | None] = [age for _, value in stated for age in read_ages(value)[:1]]  # possibly under age is enough to ask
    if day is not None:
        found += [_age_on(day, value) for _, value in _facts_of_person(person, ("dateofbirth",))]
    return [age for age in found if age is not None and 0 < age <= OLDEST]


def _age_on(day: date, born: object) -> int | None:
    try:
        birth = date.fromisoformat(str(born)[:10])
    except ValueError:
        return None
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
