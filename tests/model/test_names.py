from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.model.user_names import (
    NAME_CHARACTERS,
    NAME_EDGES,
    NAME_ELSEWHERE,
    NAME_LENGTH,
    NAME_RESERVED,
    NAME_SCRIPTS,
    clean_name,
    find_look_alike,
    find_name_problem,
    name_skeleton,
    shorten_stores,
)


@pytest.mark.parametrize(
    "name",
    [
        "Amal",
        "khi-04",
        "M. Aslam",
        "O'Neill",
        "José",
        "first-workstation",
        "Lahore desk 2",
        "Matt",
        "at-Tahir",
        "user2",
        "علی خان",
        "شاہد ۱۲",
        "گل_زار 7",
    ],
)
def test_names_of_people_are_allowed(name: str) -> None:
    assert find_name_problem(clean_name(f"  {name} ")) is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", NAME_LENGTH),
        ("  ", NAME_LENGTH),
        ("a" * 65, NAME_LENGTH),
        ("demo: valid", NAME_CHARACTERS),
        ("a\nb", NAME_CHARACTERS),
        ("a\tb", NAME_CHARACTERS),
        ("a\u200db", NAME_CHARACTERS),  # zero-width joiner
        ("a\u202eb", NAME_CHARACTERS),  # right-to-left override
        ("a\u00a0b", NAME_CHARACTERS),  # no-break space
        ("a\u00adb", NAME_CHARACTERS),  # soft hyphen
        ("ab\ufe0f", NAME_CHARACTERS),  # variation selector
        ("ع\u0640لی", NAME_CHARACTERS),  # tatweel
        ("علی\u064e", NAME_CHARACTERS),  # a mark of its own
        ("\u0410mal", NAME_CHARACTERS),  # Cyrillic A
        ("\u0391mal", NAME_CHARACTERS),  # Greek Alpha
        ("am\u0251l", NAME_CHARACTERS),  # Latin alpha
        ("\uff21mal", NAME_CHARACTERS),  # fullwidth A
        ("\ufef1", NAME_CHARACTERS),  # a presentation form of yeh
        ("a..b", NAME_CHARACTERS),
        ("a - b", NAME_CHARACTERS),
        ("-x", NAME_EDGES),
        ("x.", NAME_EDGES),
        ("علی Khan", NAME_SCRIPTS),
        ("No second person", NAME_RESERVED),
        ("This  Store", NAME_RESERVED),
        ("VaIid", NAME_RESERVED),
        ("user 2", NAME_RESERVED),  # stands in place of a name that is not known
        ("User-12", NAME_RESERVED),
        ("Amna at Lahore", NAME_ELSEWHERE),  # Amna of the workstation Lahore
        ("amna.At_lahore", NAME_ELSEWHERE),
    ],
)
def test_names_that_deceive_are_refused(name: str, problem: str) -> None:
    assert find_name_problem(clean_name(name)) == problem


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ali", "AIi"),
        ("Ali", "a1i"),
        ("isb-01", "isb-Ol"),
        ("khi 04", "KHI_04"),
        ("Farnum", "Famum"),
        ("José", "Jose"),
        ("علی خان", "على خان"),
        ("کامران", "كامران"),
        ("آمنہ", "امنہ"),
        ("امنہ", "امنه"),
        ("دفتر ۴", "دفتر ٤"),
    ],
)
def test_names_that_look_alike_have_one_skeleton(one: str, other: str) -> None:
    assert name_skeleton(one) == name_skeleton(other)
    assert find_look_alike(one, ["Basit", other]) == other


def test_names_of_different_people_stay_apart() -> None:
    names = [
        "khi-01",
        "khi-02",
        "khi-04",
        "lhr-02",
        "isb-1",
        "Amal",
        "Kamal",
        "Jamal",
        "علی",
        "ولی",
        "کامران",
        "عمران",
        "first",
        "second",
        "third",
    ]
    assert len({name_skeleton(name) for name in names}) == len(names)


@given(st.text(max_size=70))
def test_what_passes_is_one_visible_line_that_reads_one_way(name: str) -> None:
    cleaned = clean_name(name)
    if find_name_problem(cleaned) is None:
        assert clean_name(cleaned) == cleaned == unicodedata.normalize("NFC", cleaned)
        assert 0 < len(cleaned) <= 64 and cleaned.isprintable()
        assert cleaned[0].isalnum() and cleaned[-1].isalnum() and ":" not in cleaned
        assert not [char for char in cleaned if unicodedata.category(char) in ("Cc", "Cf", "Mn", "Me", "Co", "Cn", "Zl", "Zp")]


def test_a_person_whose_report_went_round_keeps_where_they_work_and_who_told_last() -> None:
    chain = "amal at Headquarters at Lahore Cybercrime Circle at Karachi Cybercrime Circle at Quetta"
    assert shorten_stores(chain) == "amal at Headquarters at Quetta"
    for short in ("amal", "amal at Lahore", "amal at Headquarters at Lahore"):
        assert shorten_stores(short) == short
    assert shorten_stores(f"amal at {'a' * 60} at {'b' * 60}") == f"amal at {'a' * 60}"
