"""Columns take their share of a table, unless their words need more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.exports.pdf_columns import COLUMN_PADDING, LONGEST_WHOLE_WORD, break_at_signs, count_lines, fit_columns

WORDS = st.lists(st.lists(st.text("abc -/", max_size=60), min_size=3, max_size=3), min_size=1, max_size=6)


@given(WORDS, st.lists(st.integers(1, 9), min_size=3, max_size=3))
def test_the_widths_fill_the_table(rows: list[list[str]], shares: list[int]) -> None:
    widths = fit_columns(rows, shares, 190.0, len)
    assert abs(sum(widths) - 190) < 1e-6
    assert all(width > 0 for width in widths)


def test_a_narrow_column_grows_to_its_longest_word() -> None:
    widths = fit_columns([("Registration", "a b c d", "e")], (1, 18, 1), 100.0, len)
    assert widths[0] >= len("Registration")


def test_when_not_all_fit_the_widest_give_way() -> None:
    widths = fit_columns([("x" * 30, "y" * 30, "z")], (1, 1, 1), 40.0, len)
    assert abs(sum(widths) - 40) < 1e-6
    assert widths[2] >= 2


@given(st.text("ab/._-:, ", max_size=200), st.integers(3, 40))
def test_breaking_adds_nothing_but_lines(text: str, width: int) -> None:
    assert break_at_signs(text, width, len).replace("\n", "") == text
    assert not break_at_signs(text, width, len).endswith("\n")


def test_a_path_breaks_behind_its_signs() -> None:
    assert break_at_signs("/report/person/emailAddress", 15, len) == "/report/person/\nemailAddress"


def test_lines_are_counted_by_the_highest_cell() -> None:
    assert count_lines(["a", "b\nc\nd"], [50, 50], len) == 3


@pytest.mark.parametrize(("letters", "lines"), [(0, 1), (10, 1), (11, 2), (20, 2), (21, 3)])
def test_a_line_holds_what_is_left_between_the_paddings_with_a_tenth_to_spare(letters: int, lines: int) -> None:
    assert count_lines(["x" * letters], [11 + 2 * COLUMN_PADDING], len) == lines


@pytest.mark.parametrize(
    ("words", "shares", "expected"),
    [
        ((1, 1, 1), (1, 2, 3), (10, 20, 30)),
        ((13, 1, 1), (1, 2, 2), (14.6, 22.7, 22.7)),
        ((20, 20, 1), (1, 1, 4), (21.6, 21.6, 16.8)),
        ((30, 30, 1), (1, 1, 1), (28.7, 28.7, 2.6)),
        ((30, 30, 30), (1, 2, 3), (20, 20, 20)),
    ],
)  # fmt: skip
def test_a_column_that_lacks_room_gets_it_from_those_that_have_some_in_proportion(
    words: tuple[int, ...], shares: tuple[int, ...], expected: tuple[float, ...]
) -> None:
    """A word of n letters needs n, both paddings of 0.6 and 0.4 to spare; the table is 60 wide."""
    assert fit_columns([tuple("x" * n for n in words)], shares, 60.0, len) == pytest.approx(expected)


def test_only_words_of_a_length_that_may_stay_whole_ask_for_room() -> None:
    for letters, needed in ((LONGEST_WHOLE_WORD, LONGEST_WHOLE_WORD + 1.6), (LONGEST_WHOLE_WORD + 1, 25.0)):
        assert fit_columns([("x" * letters, "a")], (1, 3), 100.0, len)[0] == pytest.approx(needed)


@pytest.mark.parametrize(
    ("text", "broken"),
    [("abcde/fghijk", "abcde/fghijk"), ("abcdef/ghijkl", "abcdef/\nghijkl"), ("ábcdef/ghijkl", "ábcdef/ghijkl")],
)
def test_short_words_and_other_scripts_are_not_broken(text: str, broken: str) -> None:
    assert break_at_signs(text, 8, len) == broken
    assert break_at_signs(text, 40, len) == text
