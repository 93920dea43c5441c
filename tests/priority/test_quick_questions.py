"""What a condition asks of another one without putting it into words is what that one finds."""

from __future__ import annotations

import random

import pytest

from tests.priority.make import ENTICEMENT, MATERIAL, NOWHERE, around, file, identifier, moment, person, report, text
from triage.model.incident_kinds import BLACKMAIL
from triage.priority import shipped_rules
from triage.priority.case import Case, case_of
from triage.priority.conditions.incident import do_parties_say, is_annotated, parties_say, report_annotated
from triage.priority.conditions.people import _count_named_victims, victim_named, victim_not_known, victim_younger_than

KINDS = (None, MATERIAL, ENTICEMENT, "Sextortion of a child", "blackmail")
WORDS = (
    "I will send your pictures to your school if you do not pay",
    "pay me 5000 rupees by tonight or I will leak it",
    "hello how are you",
    "meet me tomorrow alone",
)
LABELS = ("chat log", "profileBio", "description")


def draw_case(dice: random.Random) -> Case:
    marks = [name for name in ("sextortion", "csamSolicitation", "viral") if dice.random() < 0.3]
    people = [
        person(dice.choice(["suspect", "victim", "recipient"]), age=dice.randrange(5, 40)) for _ in range(dice.randrange(4))
    ]
    what = report(
        incident_type=dice.choice(KINDS),
        incident_time=moment(),
        annotations=tuple(marks) if dice.random() < 0.5 else (),
        people=(*people, *((person("victim"),) if dice.random() < 0.2 else ())),
        identifiers=(identifier("email", "kite@mail.example.invalid", role="victim"),) if dice.random() < 0.3 else (),
        files=(file("a", *marks),) if dice.random() < 0.5 else (),
        free_text=tuple(text(each, dice.choice(LABELS)) for each in WORDS if dice.random() < 0.4),
    )
    return case_of(what, NOWHERE, {}, around(), shipped_rules().roles)


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    dice = random.Random(5)
    return [draw_case(dice) for _ in range(150)]


def test_a_mark_is_found_as_in_words(cases: list[Case]) -> None:
    for words in (BLACKMAIL, ("viral",), ("csamSolicitation",)):
        found = [report_annotated.ask(case, words) is not None for case in cases]
        assert [is_annotated(case, words) for case in cases] == found
        assert {True, False} == set(found)


def test_what_parties_say_is_found_as_in_words(cases: list[Case]) -> None:
    for intent in ("threat", "money", "meeting"):
        found = [parties_say.ask(case, (intent,)) is not None for case in cases]
        assert [do_parties_say(case, intent) for case in cases] == found
    assert any(do_parties_say(case, "threat") for case in cases)


def test_victims_are_counted_as_in_words(cases: list[Case]) -> None:
    for case in cases:
        named, children = victim_named.ask(case, None), _count_named_victims(case)
        assert (named.amount if named else 0) == children
        aged = next((more for years, more in ((13.0, 0.5), (18.0, 0.25)) if victim_younger_than.ask(case, years)), 0.0)
        unknown = victim_not_known.ask(case, None)
        assert (unknown.amount if unknown else None) == (1.0 - 0.5 ** (children + aged) if children else None)
    assert len({_count_named_victims(case) for case in cases}) > 2
