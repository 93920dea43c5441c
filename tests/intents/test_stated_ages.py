"""Ages in fields for an age: which numbers are ages, and of whom."""

from __future__ import annotations

import pytest

from triage.intents.stated_ages import read_ages


@pytest.mark.parametrize(
    ("value", "ages"),
    [
        (13, (13,)), (0, (0,)), ("13", (13,)), ("۱۳", (13,)), ("13.5", (13,)), ("f/14", (14,)), ("14F", (14,)), ("16/m/lhr", (16,)),
        ("about 12-14", (12, 14)), ("12 to 14 years", (12, 14)), ("between 12 and 14 years old", (12, 14)), ("12,13", (12, 13)),
        ("15 (claims 18)", (15, 18)), ("13-year-old", (13,)), ("29 y.o.", (29,)), ("2-year-old", (2,)), ("mid 30s", (30,)),
        ("thirteen", (13,)), ("fifteen or sixteen", (15, 16)), ("thirty five", (35,)), ("تیرہ سال", (13,)), ("14 saal", (14,)),
    ],
)  # fmt: skip
def test_an_age_is_read_in_numbers_and_in_words(value: object, ages: tuple[int, ...]) -> None:
    assert read_ages(value) == ages


@pytest.mark.parametrize(
    ("value", "ages"),
    [
        ("34 y/o, has 2 kids", (34,)), ("two kids, 34", (34,)), ("34 saal, 2 bachay", (34,)), ("34 سال، 2 بچے", (34,)),
        ("34, has kids aged 8 and 10", (34,)), ("41, daughter is 9", (41,)), ("2 kids aged 8 and 10", ()), ("45 (has 3)", (45,)),
        ("40, 12 years experience", (40,)), ("3 years ago 13", (13,)), ("14 years 3 months", (14,)), ("4 accounts, 22", (22,)),
        ("14, 160 cm, 50 kg", (14,)), ("5'4\" 15yo", (15,)), ("5 feet 4, 15 yrs", (15,)), ("12 May, age 14", (14,)),
        ("05/12/2010", ()), ("12 May 2010", ()), ("born 2009", ()), ("13 (8th grade)", (13,)), ("class 8, 14", (14,)),
    ],
)  # fmt: skip
def test_another_number_is_no_age(value: str, ages: tuple[int, ...]) -> None:
    assert read_ages(value) == ages


@pytest.mark.parametrize(
    ("value", "ages"),
    [
        ("under 18", (17,)), ("under the age of 13", (12,)), ("<16", (15,)), ("turning 18", (17,)), ("18+", (18,)), ("over 18", (18,)),
        ("8 months", (0,)), ("18 months", (1,)), ("6 weeks", (0,)), ("8th grade", (13,)), ("جماعت 8", (13,)), ("13th birthday", (13,)),
    ],
)  # fmt: skip
def test_a_limit_a_span_and_a_class_of_school_are_counted(value: str, ages: tuple[int, ...]) -> None:
    assert read_ages(value) == ages


@pytest.mark.parametrize("value", [None, True, False, "", "unknown", "999", "pre-teen"])
def test_what_states_no_age_gives_none(value: object) -> None:
    assert read_ages(value) == ()
