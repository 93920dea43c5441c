"""Questions about the people of a report. Only the facts named here are ever read: sex, race, religion and the like are not."""

from __future__ import annotations

import re
from datetime import date

from triage.message import Message
from triage.model.document import Scalar
from triage.priority.case import (
    Case,
    Seen,
    Words,
    bare,
    counted,
    facts_of,
    informative,
    listing,
    of_number,
    of_words,
    plain,
    says_yes,
)

_GROUPS = ("group", "groupid", "groupidentifier")
_AGE = ("age", "approximateAge")
_ONLINE = frozenset({"online", "internet", "virtual", "chat", "game", "gaming"})
_LEARNS = frozenset({"student", "pupil", "studying", "learner"})
"""Who goes to a school is not therefore somebody who works with children."""
_NUMBER = re.compile(r"\d{1,3}")
_WORD = re.compile(r"\w+")


@of_words("people.facts")
def reported_user_fact(case: Case, field: str, names: Words) -> Seen | None:
    """A fact of the reported user that the source answers with yes. No answer is not a no, and neither gives anything."""
    found = [f"{fact.name}: {fact.value}" for fact in facts_of(case, "suspect", *names) if says_yes(fact.value)]
    return Seen(listing(found), field) if found else None


@of_words("people.relationshipToChildVictim")
def relationship_is(case: Case, field: str, words: Words) -> Seen | None:
    """What is only said to be a friend online is nobody whom the child knows in person."""
    return _says_one_of(case, field, "relationshipToChildVictim", words, but=_ONLINE)


@of_words("people.occupation")
def occupation_is(case: Case, field: str, words: Words) -> Seen | None:
    return _says_one_of(case, field, "occupation", words, but=_LEARNS)


def _says_one_of(case: Case, field: str, name: str, words: Words, but: frozenset[str] = frozenset()) -> Seen | None:
    stated = {
        str(f.value): set(_WORD.findall(str(f.value).casefold())) for f in facts_of(case, "suspect", name) if informative(f.value)
    }
    found = [text for text, said in stated.items() if said & set(words) and not said & but]
    return Seen(listing(found), field) if found else None


@plain("people.groupIdentifier")
def group_named(case: Case, field: str) -> Seen | None:
    stated = [str(fact.value) for fact in facts_of(case, "suspect", "groupIdentifier") if informative(fact.value)]
    stated += [each.value for kind, found in case.leads.items() if bare(kind) in _GROUPS for each in found]
    return Seen(listing(stated), field) if stated else None


@plain("people")
def victim_named(case: Case, field: str) -> Seen | None:
    """A block or an identifier of a child victim. That there is none says nothing: providers rarely fill it."""
    victims = sum(1 for person in case.report.people if person.role == "victim")
    victims = max(victims, int(any(each.role == "victim" for each in case.report.identifiers)))
    return Seen(Message("{n} named", n=victims), field, float(victims)) if victims else None


@of_number("people.age")
def victim_younger_than(case: Case, field: str, years: float) -> Seen | None:
    return _younger(case, field, "victim", years)


@of_number("people.age")
def reported_user_younger_than(case: Case, field: str, years: float) -> Seen | None:
    return _younger(case, field, "suspect", years)


def _younger(case: Case, field: str, role: str, years: float) -> Seen | None:
    ages = [age for fact in facts_of(case, role, *_AGE) if (age := _age(fact.value)) is not None]
    ages += [age for fact in facts_of(case, role, "dateOfBirth") if (age := _age_at_incident(case, fact.value)) is not None]
    return Seen(Message("{n} years", n=min(ages)), field) if ages and min(ages) < years else None


def _age(value: Scalar) -> int | None:
    """The lowest number of a stated age ("13", "about 12-14")."""
    if value is None or isinstance(value, bool):
        return None
    numbers = [int(found) for found in _NUMBER.findall(str(value))]
    return min((number for number in numbers if number <= 120), default=None)


def _age_at_incident(case: Case, born: Scalar) -> int | None:
    when = case.report.incident_time or case.report.received
    try:
        day = date.fromisoformat(str(born)[:10])
    except ValueError:
        return None
    if when is None:
        return None
    then = when.datetime().date()
    age = then.year - day.year - ((then.month, then.day) < (day.month, day.day))
    return age if 0 <= age <= 120 else None


@plain("people.ageAssertionDiscrepancy")
def ages_differ(case: Case, field: str) -> Seen | None:
    """The provider says that the reported user has stated different ages."""
    stated = [str(fact.value) for fact in facts_of(case, "suspect", "ageAssertionDiscrepancy") if informative(fact.value)]
    return Seen(listing(stated), field) if stated else None


@plain("prior_reports")
def known_reports(case: Case, field: str) -> Seen | None:
    """Other reports on the reported user: those the provider names and those in the store, the larger number of the two. Those
    that were cleared or closed as no offence are left out."""
    left_out = set(case.surroundings.not_counted)
    named, stored = len(set(case.report.prior_reports) - left_out), case.surroundings.prior_reports
    if not max(named, stored):
        return None
    said = Message("{named} named by the source, {stored} in the store", named=named, stored=stored)
    if left_out:
        said = Message("{said}, {n} closed as no offence left out", said=said, n=len(left_out))
    return Seen(said, field, float(max(named, stored)))


@plain("people")
def recipients(case: Case, field: str) -> Seen | None:
    blocks = sum(1 for person in case.report.people if person.role == "recipient")
    loose = [each for each in case.report.identifiers if each.role == "recipient" and each.person is None]
    count = max(blocks, len({each.normalised or each.value for each in loose}))
    return Seen(counted(count, "recipient"), field, float(count)) if count else None


CONDITIONS = (
    reported_user_fact,
    relationship_is,
    occupation_is,
    group_named,
    victim_named,
    victim_younger_than,
    reported_user_younger_than,
    ages_differ,
    known_reports,
    recipients,
)
