"""Who counts as a child: victims, stated minors, the child lane, and whoever is unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from triage.exports.redaction.child_values import find_children, list_child_values
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
