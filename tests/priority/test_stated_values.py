"""Values that sources spell in several ways."""

from __future__ import annotations

import pytest

from triage.priority.stated_values import bare, read_class, read_priority, says_yes


@pytest.mark.parametrize("value", [True, "true", "1", "Yes", "YES, twice", "Y", "Ｙｅｓ", "haan", "جی ہاں"])
def test_what_asserts(value: bool | str) -> None:
    assert says_yes(value)


@pytest.mark.parametrize("value", [False, None, "", "No", "N/A", "unknown", "yesterday", "2", "10", "not yes"])
def test_what_does_not_assert(value: bool | str | None) -> None:
    assert not says_yes(value)


@pytest.mark.parametrize(
    ("text", "wanted"), [("b2", "B2"), ("A-1", "A1"), ("Ａ１", "A1"), ("Category B 2", "B2"), ("A12", ""), ("C1", ""), ("", "")]
)
def test_the_class_of_a_file(text: str, wanted: str) -> None:
    assert read_class(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("1", "1"), ("02", "2"), ("۳", "3"), ("NCMEC Priority Level 1", "1"), ("10", "10"), ("E", "e"), ("4", "4")],
)
def test_the_priority(text: str, wanted: str) -> None:
    assert read_priority(text) == wanted


def test_bare_names_are_alike_in_full_width_and_with_characters_without_a_width() -> None:
    assert bare("Ｉｎｆａｎｔ\u200b / Toddler") == bare("infantToddler")
