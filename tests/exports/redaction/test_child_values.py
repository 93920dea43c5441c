"""Who counts as a child: victims, stated minors, the child lane, and whoever is unknown."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from triage.exports.redaction.child_values import count_kinds, find_children, is_safe_fact, list_child_values, list_kept_words
from triage.exports.redaction.value_finder import PART, PLACE, ChildValue
from triage.model.document import Fact, Identifier, Person, Role
from triage.model.moment import Moment
from triage.model.report import Report

EMPTY = Report(
    designation=None, incident_type=None, incident_time=Moment("2026-10-01T00:00:00Z", "2026-10-01"), received=None,
    received_estimated=False, esp=None, priority_code=None, escalation=None, annotations=(), prior_reports=(), people=(),
    identifiers=(), files=(), facts=(), free_text=(), conflicts=(), not_understood=(),
)  # fmt: skip


def person(role: Role, **facts: str | int) -> Person:
    return Person(role=role, says=role, facts=tuple(Fact(name=name, value=value, sources=()) for name, value in facts.items()))


def named(role: Role, value: str, kind: str = "username", of: int | None = None) -> Identifier:
    return Identifier(kind=kind, value=value, role=role, person=of, sources=())


@pytest.mark.parametrize(
    ("who", "lane", "child"),
    [
        (person("victim"), False, True),
        (person("victim", age=40), False, True),
        (person("suspect"), False, False),
        (person("suspect"), True, True),
        (person("suspect", age=15), False, True),
        (person("suspect", approximateAge="15-17"), False, True),
        (person("suspect", approximateAge="has 2 kids, 34 y/o"), False, False),
        (person("suspect", dateOfBirth="2011-03-04"), False, True),
        (person("suspect", age=41), False, False),
        (person("suspect", age=17), False, True),
        (person("recipient", age=18), False, False),
        (person("recipient", dateOfBirth="2007-12-31"), False, False),
        (person("recipient", dateOfBirth="2008-01-01"), False, True),
        (person("recipient"), False, True),
        (person("recipient", age=30), False, False),
        (person("recipient", dateOfBirth="04/03/1980"), False, False),
        (person("associated"), False, True),
        (person("associated", associatedWith="personOrUserReported"), False, False),
        (person("associated", associatedWith="personOrUserReported"), True, True),
        (person("associated", associatedWith="victim"), False, True),
    ],
)
def test_who_counts_as_a_child(who: Person, lane: bool, child: bool) -> None:
    assert find_children(replace(EMPTY, people=(who,)), lane=lane) == ({0} if child else set())


def values(*identifiers: Identifier, people: tuple[Person, ...] = (), lane: bool = False) -> set[str]:
    report = replace(EMPTY, people=people, identifiers=identifiers)
    return {each.value for each in list_child_values([report], "900000001", lane=lane)}


def test_what_only_a_text_mentions_is_a_childs_unless_it_is_the_reported_users() -> None:
    found = values(named("mentioned", "otter_05"), named("mentioned", "kite_flyer"), named("suspect", "kite_flyer"))
    assert found == {"otter_05"}


def test_addresses_that_a_provider_captured_stay_and_those_of_a_victim_do_not() -> None:
    assert values(named("incident", "203.0.113.9", "ip"), named("file", "203.0.113.8", "ip")) == set()
    assert values(named("victim", "203.0.113.7", "ip")) == {"203.0.113.7"}


@pytest.mark.parametrize(
    ("address", "found"), [("House 5, Kite Street, Lahore", True), ("Lahore, Punjab", False), ("Azad Jammu and Kashmir", False)]
)
def test_only_what_leads_to_a_home_is_looked_for_elsewhere(address: str, found: bool) -> None:
    assert (address in values(named("victim", address, "address"))) is found


# Every form in which a value of a child may stand elsewhere, as kind and value

FORMS: list[tuple[Identifier, list[tuple[str, str]]]] = [
    (named("victim", "otter_05"), [("account name", "otter_05")]),
    (named("victim", "Otter", "display_name"), [("account name", "Otter")]),
    (named("victim", "77120934", "user_id"), [("account name", "77120934")]),
    (named("victim", "otters", "group"), [("account name", "otters")]),
    (named("victim", "+92 300 0000123", "phone"), [("telephone number", "+92 300 0000123")]),
    (named("victim", "31.5, 74.3", "coordinates"), [("address", "31.5, 74.3")]),
    (named("victim", "Sara al-Otter B", "name"), [("name", "Sara al-Otter B"), (PART, "Sara"), (PART, "Otter")]),
    (named("victim", "otter@mail.invalid", "email"), [("e-mail address", "otter@mail.invalid"), ("account name", "otter")]),
    (named("victim", "otte@mail.invalid", "email"), [("e-mail address", "otte@mail.invalid")]),
    (
        named("victim", "https://pond.invalid/u/otter/", "url"),
        [("account name", "https://pond.invalid/u/otter/"), ("account name", "otter")],
    ),
    (named("victim", "https://pond.invalid/u/otte", "url"), [("account name", "https://pond.invalid/u/otte")]),
    (
        named("victim", "House 5, Kite Street, Lahore", "address"),
        [(PLACE, "Kite Street"), (PLACE, "Lahore"), ("address", "House 5, Kite Street, Lahore"), ("address", "House 5")],
    ),
    (named("victim", "5; 7", "address"), []),
    (named("victim", "Old Kite House", "address"), [(PLACE, "Old Kite House")]),
    (named("victim", "Kasur, Punjab, Pakistan", "address"), [(PLACE, "Kasur")]),
    (named("victim", "The Old Kite House", "address"), [("address", "The Old Kite House")]),
    (named("victim", "90000-0000000-9", "cnic"), [("identifier", "90000-0000000-9")]),
]


@pytest.mark.parametrize(("identifier", "forms"), FORMS, ids=lambda each: each.value if isinstance(each, Identifier) else "")
def test_a_value_is_removed_in_each_form_in_which_it_may_stand(identifier: Identifier, forms: list[tuple[str, str]]) -> None:
    """A name at the end of an address of the web was looked for in no test."""
    found = list(list_child_values([replace(EMPTY, identifiers=(identifier,))], "900000001", lane=False))
    assert found == [ChildValue(kind, value, "a possible child of 900000001") for kind, value in forms]


def test_the_normal_form_and_the_details_of_an_address_are_removed_too() -> None:
    phone = msgspec.structs.replace(named("victim", "0300 0000123", "phone"), normalised="+923000000123")
    details = (("street", "17 Kite Street"), ("city", "17 Lahore Cantt"), ("State", "Punjab 5"), ("Postal code", "540001"))
    home = msgspec.structs.replace(named("victim", "17 Kite Street, Lahore", "address"), details=details)
    mail = msgspec.structs.replace(named("victim", "otter@mail.invalid", "email"), details=details)
    assert values(phone) == {"0300 0000123", "+923000000123"}
    assert values(home) == {"17 Kite Street, Lahore", "17 Kite Street", "17 Lahore Cantt", "Lahore", "540001"}
    assert values(mail) == {"otter@mail.invalid", "otter"}


def test_each_child_has_a_label_of_its_own() -> None:
    people = (person("suspect", age=41), person("victim"), person("recipient"))
    report = replace(EMPTY, people=people, identifiers=(
        named("victim", "otter_05", of=1), named("recipient", "heron_07", of=2), named("suspect", "kite_flyer", of=0),
    ))  # fmt: skip
    found = {each.value: each.of for each in list_child_values([report], "900000001", lane=False)}
    assert found == {"otter_05": "child 1 of 900000001", "heron_07": "possible child 2 of 900000001"}


def test_facts_of_a_child_are_removed_unless_they_identify_nobody() -> None:
    facts = {
        "firstName": "Sara Bo", "schoolName": "Pond", "dateOfBirth": "2013", "guardian": "Amna", "hair": "red curls", "note": "tall",
        "badge": "abcde", "plate": "abcd-9", "scar": "a 1", "town": "Ottersham", "age": "12", "age (2)": "13", "gender": "female", "height": 140,
    }  # fmt: skip
    report = replace(EMPTY, people=(person("victim", **facts),))  # type: ignore[arg-type]
    found = {(each.kind, each.value) for each in list_child_values([report], "900000001", lane=False)}
    assert found == {
        ("name", "Sara Bo"), (PART, "Sara"), ("school", "Pond"), ("date of birth", "2013"), ("name", "Amna"), (PART, "Amna"),
        ("description", "red curls"), ("description", "abcd-9"),
    }  # fmt: skip
    assert is_safe_fact("height", 140) and is_safe_fact("gender (3)", "female") and not is_safe_fact("hair", "red curls")


def test_the_names_of_the_reported_user_stay_and_no_others() -> None:
    people = (person("suspect", age=41), person("suspect", age=15))
    report = replace(EMPTY, people=people, identifiers=(
        named("suspect", "Adam Kite", "name", of=0), named("suspect", "Li Flyer", "display_name", of=0), named("suspect", "kite_flyer", of=0),
        named("suspect", "Young Heron", "name", of=1), named("victim", "Sara Otter", "name"),
    ))  # fmt: skip
    assert list_kept_words([report], lane=False) == {"Adam", "Kite", "Flyer"}
    assert list_kept_words([report], lane=True) == set()


def test_each_value_is_counted_once_and_words_of_names_are_not() -> None:
    found = [("name", "Sara"), ("name", "SARA"), (PART, "Sara"), ("address", "House 5"), ("name", "Amna")]
    counted = count_kinds([ChildValue(kind, value, "child 1") for kind, value in found])
    assert list(counted.items()) == [("address", 1), ("name", 2)]
