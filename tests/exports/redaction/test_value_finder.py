"""Values of a child are found however they are written, and words that only resemble them stay."""

from __future__ import annotations

import urllib.parse

import pytest

from triage.exports.redaction.spelling import may_be_one_name
from triage.exports.redaction.value_finder import PART, ChildValue, ValueFinder

OF = "child 1 of 900000001"
FINDER = ValueFinder(
    [
        ChildValue("name", "Ayesha Khan", OF),
        ChildValue(PART, "Ayesha", OF),
        ChildValue(PART, "Khan", OF),
        ChildValue("telephone number", "+92 301 7654321", OF),
        ChildValue("account name", "kite_girl_09", OF),
        ChildValue("e-mail address", "ayesha.k@mail.example.invalid", OF),
        ChildValue("identifier", "203.0.113.77", OF),
    ],
    kept_words={"Khan"},
)


@pytest.mark.parametrize(
    "text",
    [
        "Ayesha Khan",
        "AYESHA  khan",
        "ayesha-khan",
        "A y e s h a K h a n",
        "A\u200by\u200desha Khan",
        "\uff21\uff59\uff45\uff53\uff48\uff41 Khan",
        "Аyesha Khan",
        "Áyesha Khan",
        "Ayesha",
        "Aisha",
        "عائشہ",
        "عائشة",
    ],
)
def test_a_name_is_found_however_it_is_written(text: str) -> None:
    found = FINDER.replace(f"she is {text}, he said")
    assert found.startswith("she is [removed: ") and found.endswith(", he said"), found
    assert "name of child 1" in found


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("call 0301-7654321 now", "call {} now"),
        ("call +923017654321 now", "call {} now"),
        ("call 0092 301 765 4321 now", "call {} now"),
        ("call ۰۳۰۱۷۶۵۴۳۲۱ now", "call {} now"),
        ("call 3017654321 now", "call {} now"),
    ],
)
def test_a_telephone_number_is_found_with_and_without_its_code(text: str, left: str) -> None:
    assert FINDER.replace(text) == left.format(f"[removed: telephone number of {OF}]")


@pytest.mark.parametrize(
    "text", ["kite_girl_09", "Kite Girl 09", "x_kite.girl.09_x", urllib.parse.quote("kite_girl_09/"), "%6bite_girl_09"]
)
def test_an_account_is_found_within_longer_words(text: str) -> None:
    assert f"[removed: account name of {OF}]" in FINDER.replace(text)


@pytest.mark.parametrize(
    "text",
    [
        "Tariq Khan",
        "the chamber of Khanewal",
        "2030113770",
        "203.0.113.7",
        "Ayes have it",
        "kite girl",
        "ash and usha",
        "{'a': 'yes', 'h': 1}",
    ],
)
def test_what_only_resembles_a_value_stays(text: str) -> None:
    assert FINDER.replace(text) == text


def test_a_value_reaches_over_no_quotation_mark() -> None:
    assert not FINDER.holds_any('["0301765", "4321"]')
    assert FINDER.holds_any('{"phone": "0301 765-4321"}')


def test_overlapping_values_leave_one_mark() -> None:
    assert FINDER.replace("Ayesha.K@mail.example.invalid") == f"[removed: e-mail address of {OF}]"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ayesha", "Aisha"),
        ("Fatima", "فاطمہ"),
        ("Zainab", "زینب"),
        ("Naveed", "نوید"),
        ("Yusuf", "یوسف"),
        ("Ambreen", "عنبرین"),
    ],
)
def test_one_name_in_two_spellings(one: str, other: str) -> None:
    assert may_be_one_name(one, other) and may_be_one_name(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("Ayesha", "Asia"), ("Fatima", "fatigue"), ("email", "Aimal"), ("Ali", "all"), ("Sana", "snow")]
)
def test_two_words_are_no_name(one: str, other: str) -> None:
    assert not may_be_one_name(one, other)


def test_the_work_grows_with_the_text_and_not_with_the_number_of_values() -> None:
    """Ten thousand values, and a text of some hundred thousand letters: in seconds."""
    many = ValueFinder(ChildValue("account name", f"{n:x}otter{n}", OF) for n in range(10_000))
    text = "an otter swims by the lantern. " * 4_000
    assert many.replace(text) == text


@pytest.mark.parametrize(
    "letter",
    [
        "%61",
        "%D0%B0",
        "\\u0061",
        "\\u0041",
        "\\U00000061",
        "&#97;",
        "&#x61;",
        "&#X61;",
        "&#x0000000061;",
        "&#000000000097;",
        "&#0097;",
        "a\\u200b",
        "a\\U000e0041",
    ],
)
def test_a_name_is_found_behind_the_escapes_of_web_pages_json_and_our_own_tables(letter: str) -> None:
    assert FINDER.replace(f"she is Ayesh{letter} Khan, he said").startswith("she is [removed: name of child 1")


@pytest.mark.parametrize(
    "escape",
    [
        "&#1114111;",
        "&#1114112;",
        "&#9999999;",
        "&#x10FFFF;",
        "&#x110000;",
        "&#xFFFFFF;",
        "\\U00110000",
        "\\UFFFFFFFF",
        "&#xD800;",
        "\\ud800",
        "%ff",
    ],
)
def test_an_escape_of_what_is_no_letter_is_passed_over(escape: str) -> None:
    assert FINDER.replace(f"a kite {escape} flies") == f"a kite {escape} flies"
    assert "[removed" in FINDER.replace(f"Ayesha Khan {escape}")
