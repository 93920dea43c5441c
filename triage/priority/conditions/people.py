"""Questions about the people of a report. Only the facts named here are ever read: sex, race, religion and the like are not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from triage.intents.stated_ages import read_ages
from triage.message import Message
from triage.model.document import Person, Scalar
from triage.model.incident_kinds import BLACKMAIL
from triage.priority.case import (
    Case,
    Seen,
    Words,
    all_bare,
    counted,
    facts_of,
    informative,
    listing,
    of_number,
    of_words,
    plain,
    short,
)
from triage.priority.conditions.files import is_no_more_than_misleading
from triage.priority.conditions.incident import do_parties_say, is_annotated, is_contact
from triage.priority.stated_values import bare, says_yes

_GROUPS = ("group", "groupid", "groupidentifier")
_AGE = ("age", "approximateAge")
_ADULT_AGE = 18
_AGED = ((13.0, 0.5), (18.0, 0.25))
"""Ages below so many years count like so many children more: the block is surely of a child."""
_PEER_YEARS = 4
"""Two minors whose ages lie so many years apart or fewer are of like age."""
_CHILD_ROLES = ("victim", "recipient")
_OCCUPATION, _RELATIONSHIP = ("suspect", "occupation"), ("suspect", "relationshiptochildvictim")
"""Facts by role and bare name."""


@of_words("people.facts")
def reported_user_fact(case: Case, field: str, names: Words) -> Seen | None:
    """A fact of the reported user that the source answers with yes. No answer is not a no, and neither gives anything."""
    found = [f"{fact.name}: {fact.value}" for fact in facts_of(case, "suspect", *names) if says_yes(fact.value)]
    return Seen(listing(found), field) if found else None


@of_words("people.relationshipToChildVictim")
def relationship_is(case: Case, field: str, relations: Words) -> Seen | None:
    """Finds a stated relationship of one of the named kinds (roles.toml).

    Minors of like age are peers, and have no care of one another.
    """
    stated = [str(fact.value) for fact in facts_of(case, "suspect", "relationshipToChildVictim") if informative(fact.value)]
    found = []
    for text in stated:
        relation = case.roles.find_relation(text)
        if relation in relations and not are_of_like_age(case):
            found.append(text)
    return Seen(listing(found), field) if found else None


@plain("people.occupation")
def works_with_children(case: Case, field: str) -> Seen | None:
    """Finds a stated occupation that brings the reported user together with children."""
    stated = [str(fact.value) for fact in facts_of(case, "suspect", "occupation") if informative(fact.value)]
    found = [text for text in stated if case.roles.works_with_children(text)]
    return Seen(listing(found), field) if found else None


@plain("people.groupIdentifier")
def group_named(case: Case, field: str) -> Seen | None:
    """Finds groups that the reported user belongs to."""
    stated = [str(fact.value) for fact in facts_of(case, "suspect", "groupIdentifier") if informative(fact.value)]
    stated += [each.value for kind, found in case.leads.items() if bare(kind) in _GROUPS for each in found]
    return Seen(listing(stated), field) if stated else None


@plain("people")
def victim_named(case: Case, field: str) -> Seen | None:
    """Finds blocks or identifiers of a victim who is not stated to be an adult. That there is none says nothing."""
    children = _count_named_victims(case)
    return _describe_victims(children, field) if children else None


def _count_named_victims(case: Case) -> int:
    """Returns how many victims who are not stated adults have a block.

    Without a block it is 1 for an identifier of a victim, or a complainant's stated relation to the child.
    """
    blocks = [person for person in case.report.people if person.role == "victim"]
    if not blocks:
        stated = any(informative(fact.value) for fact in facts_of(case, "complainant", "relationToChild"))
        return int(stated or any(each.role == "victim" for each in case.report.identifiers))
    return sum(1 for person in blocks if not _is_stated_adult(case, person))


@lru_cache(maxsize=256)
def _describe_victims(children: int, field: str) -> Seen:
    return Seen(Message("{n} named", n=children), field, float(children))


@plain("people")
def victim_not_known(case: Case, field: str) -> Seen | None:
    """Finds a victim in a report none of whose files is on a list of known material.

    More children count more, and so does an age of a child, all the more a young one. A child in known material may have been
    found long ago.
    """
    children = _count_named_victims(case)
    if not children or any(hit.list_kind == "known" for hit in case.surroundings.hits):
        return None
    youngest = min(ages_of(case, "victim"), default=None)
    aged = 0.0 if youngest is None else next((more for years, more in _AGED if youngest < years), 0.0)
    return Seen(_describe_victims(children, field).value, field, 1.0 - 0.5 ** (children + aged))


@plain("people.age")
def child_contacted(case: Case, field: str) -> Seen | None:
    """Finds a stated age of a child who was contacted, in a report of contact with a child."""
    if not is_contact(case):
        return None
    ages = [age for age in ages_of(case, "recipient") if age < _ADULT_AGE]
    return Seen(_describe_age(min(ages)), field) if ages else None


@of_number("people.age")
def victim_younger_than(case: Case, field: str, years: float) -> Seen | None:
    """Finds a stated age of a victim below so many years."""
    return _younger(case, field, "victim", years)


@of_number("people.age")
def reported_user_younger_than(case: Case, field: str, years: float) -> Seen | None:
    """Finds a stated age of the reported user below so many years."""
    return _younger(case, field, "suspect", years)


def all_stated_adults(case: Case, role: str) -> bool:
    """Returns whether every person of a role has stated ages, and all of them are of adults."""
    if not _states_age(case, role):
        return False
    blocks = [person for person in case.report.people if person.role == role]
    return bool(blocks) and all(_is_stated_adult(case, person) for person in blocks)


def ages_of(case: Case, role: str) -> list[int]:
    """Returns the ages that a role's ages and dates of birth state, in years."""
    if not _states_age(case, role):
        return []
    return [age for person in case.report.people if person.role == role for age in _ages_of_person(case, person)]


def _states_age(case: Case, role: str) -> bool:
    """Returns whether a person of the role has a fact from which an age follows."""
    facts = case.facts
    return (role, "age") in facts or (role, "approximateage") in facts or (role, "dateofbirth") in facts


def are_of_like_age(case: Case) -> bool:
    """Returns whether the reported user and the child are stated minors of nearly the same age."""
    users = [age for age in ages_of(case, "suspect") if age < _ADULT_AGE]
    children = [age for role in _CHILD_ROLES for age in ages_of(case, role) if age < _ADULT_AGE]
    return bool(users and children) and abs(min(users) - min(children)) <= _PEER_YEARS


def _is_stated_adult(case: Case, person: Person) -> bool:
    ages = _ages_of_person(case, person) if _states_age(case, person.role) else ()
    return bool(ages) and min(ages) >= _ADULT_AGE


def _ages_of_person(case: Case, person: Person) -> list[int]:
    wanted = all_bare(_AGE)
    ages: list[int] = []
    born: list[int] = []
    for fact in person.facts:
        name = bare(fact.name)
        if name in wanted:
            ages += read_ages(fact.value)[:1]
        elif name == "dateofbirth" and (age := _age_at_incident(case, fact.value)) is not None:
            born.append(age)
    return ages + born


def _describe_age(years: int) -> Message:
    """Returns an age in words."""
    return Message("{n} year" if years == 1 else "{n} years", n=years)


def _younger(case: Case, field: str, role: str, years: float) -> Seen | None:
    ages = ages_of(case, role)
    return Seen(_describe_age(min(ages)), field) if ages and min(ages) < years else None


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


@of_number("free_text")
def age_in_words_below(case: Case, field: str, years: float) -> Seen | None:
    """Finds an age below so many years that a party states of himself, unless the reported user is a stated adult."""
    own = [each for each in case.findings if each.intent == "age" and each.origin == "party" and each.how != "classifier"]
    if not own or all_stated_adults(case, "suspect"):
        return None
    ages = [each.age for each in own if each.age is not None and each.age < years]
    if ages:
        return Seen(Message("an age of {n} is stated in the words", n=min(ages)), field)
    if any(each.why in _YOUNG_WITHOUT_NUMBER for each in own):
        return Seen(Message("a school class, or not being of age, is stated in the words"), field)
    return None


@plain("people.ageAssertionDiscrepancy")
def ages_differ(case: Case, field: str) -> Seen | None:
    """Finds that the provider says the reported user has stated different ages."""
    stated = [str(fact.value) for fact in facts_of(case, "suspect", "ageAssertionDiscrepancy") if informative(fact.value)]
    return Seen(listing(stated), field) if stated else None


@plain("prior_reports")
def known_reports(case: Case, field: str) -> Seen | None:
    """Counts other reports on the reported user: those that are linked, and those that the provider only names.

    Those that were cleared or closed as no offence are left out.
    """
    left_out = set(case.surroundings.not_counted)
    named, stored = len(set(case.report.prior_reports) - left_out), case.surroundings.prior_reports
    total = max(named, stored + case.surroundings.named_only)
    if not total:
        return None
    said = Message("{named} named by the source, {stored} linked in the store", named=named, stored=stored)
    if left_out:
        said = Message("{said}, {n} closed as no offence left out", said=said, n=len(left_out))
    return Seen(said, field, float(total))


@plain("surroundings.same_telephone")
def same_telephone(case: Case, field: str) -> Seen | None:
    """Finds other reports that share a telephone number and nothing else of the reported user: a family may share one."""
    count = case.surroundings.same_telephone
    return Seen(counted(count, "report"), field, float(count)) if count else None


@plain("people")
def history_stated(case: Case, field: str) -> Seen | None:
    """Finds a stated conviction, access to or work with children, or knowing the child in person.

    It counts in reports of material, of contact with a child, and of a type that is not stated or not known.
    """
    if is_no_more_than_misleading(case):
        return None
    stated: list[str | Message] = [
        f"{fact.name}: {fact.value}"
        for fact in facts_of(case, "suspect", "convictedSexOffender", "accessToChildren")
        if says_yes(fact.value)
    ]
    work = works_with_children.ask(case, None) if _OCCUPATION in case.facts else None
    relation = relationship_is.ask(case, ("acquaintance",)) if _RELATIONSHIP in case.facts else None
    if work is not None:
        stated.append(Message("occupation: {value}", value=short(str(work.value), _MOST_STATED)))
    if relation is not None:
        stated.append(Message("relationship: {value}", value=short(str(relation.value), _MOST_STATED)))
    return Seen(listing(stated), field) if stated else None


@of_words("annotations")
def sextortion_with(case: Case, field: str, signs: Words) -> Seen | None:
    """Finds sextortion together with one of the named signs: minor, wallet, threat."""
    if not is_annotated(case, BLACKMAIL):
        return None
    found = [sign for sign in signs if _SEXTORTION_SIGNS[sign](case)]
    return Seen(listing([_SIGN_NAMES[sign] for sign in found]), field) if found else None


def _involves_minor(case: Case) -> bool:
    ages = [age for role in _CHILD_ROLES for age in ages_of(case, role)]
    return _count_named_victims(case) > 0 or any(age < _ADULT_AGE for age in ages)


_YOUNG_WITHOUT_NUMBER = (("young",), ("grade", "i_am"))
"""Slots by which somebody says of himself that he is a child, without an age."""


def _names_wallet(case: Case) -> bool:
    """Returns whether an account that takes money is stated anywhere, the words of a demand included."""
    stated = any(each.kind == "wallet" and each.role != "reporter" for each in case.report.identifiers)
    return stated or do_parties_say(case, "money")


_SEXTORTION_SIGNS: dict[str, Callable[[Case], bool]] = {
    "minor": _involves_minor,
    "wallet": _names_wallet,
    "threat": lambda case: do_parties_say(case, "threat"),
}


_SIGN_NAMES = {
    "minor": Message("sextortion, minor"),
    "wallet": Message("sextortion, wallet"),
    "threat": Message("sextortion, threat"),
}
_MOST_STATED = 46  # characters: with its name no longer than other values of a card


@plain("people")
def recipients(case: Case, field: str) -> Seen | None:
    """Counts the recipients, as blocks or as loose identifiers."""
    blocks = sum(1 for person in case.report.people if person.role == "recipient")
    loose = [each for each in case.report.identifiers if each.role == "recipient" and each.person is None]
    count = max(blocks, len({each.normalised or each.value for each in loose}))
    return Seen(counted(count, "recipient"), field, float(count)) if count else None


CONDITIONS = (
    reported_user_fact,
    relationship_is,
    works_with_children,
    group_named,
    victim_named,
    victim_not_known,
    child_contacted,
    victim_younger_than,
    reported_user_younger_than,
    age_in_words_below,
    ages_differ,
    known_reports,
    same_telephone,
    history_stated,
    sextortion_with,
    recipients,
)
