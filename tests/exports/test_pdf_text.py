"""Where hostile text is broken, cut, escaped and joined: at exactly the lengths that are promised."""

from __future__ import annotations

from itertools import islice

import pytest

from triage.exports.pdf_text import LINES, LONGEST, RUN, is_right_to_left, join_lines, needs_shaping, to_printable

EVERY = range(0x110000)
MARK = "\u200e"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("b" * RUN, "b" * RUN + "\n"),
        ("b" * (RUN + 1), "b" * RUN + "\nb"),
        ("b" * (RUN - 1) + " b", "b" * (RUN - 1) + " b"),
        ("b " * RUN, "b " * RUN),
        ("-" * (RUN + 1), "-" * RUN + "\n-"),
        (" -" * RUN, " -" * (RUN // 2) + "\n" + " -" * (RUN // 2) + "\n"),
        ("b" + " -" * (RUN // 2) + "c", "b" + " -" * (RUN // 2) + "\nc"),
        (" -" * (RUN // 2 - 1) + "5" + " -" * (RUN // 2 - 1), " -" * (RUN // 2 - 1) + "5" + " -" * (RUN // 2 - 1)),
        ("b" * RUN + " -" * (RUN // 2) + "c", "b" * RUN + "\n" + " -" * (RUN // 2) + "\nc"),
    ],
)
def test_a_line_is_broken_within_a_word_and_within_signs_at_its_limit(text: str, printed: str) -> None:
    assert to_printable(text, EVERY) == printed


def test_a_text_is_cut_at_its_limit_and_says_how_much_is_missing() -> None:
    assert to_printable("b " * (LONGEST // 2), EVERY) == "b " * (LONGEST // 2)
    cut = to_printable("b " * (LONGEST // 2) + "last", EVERY)
    assert cut == "b " * (LONGEST // 2) + "\n[Cut here: 4 more characters stand in the files beside this one.]"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a\n\tb", "a\n\tb"),
        ("a\rb", f"a{MARK}\\u000db"),
        ("\u202egpj", f"{MARK}\\u202egpj"),
        ("\ud800", f"{MARK}\\ud800"),
        ("\ue000\uffff", f"{MARK}\\ue000{MARK}\\uffff"),
        ("\U000e0001", f"{MARK}\\U000e0001"),
        ("o" + "\u0301" * 3, "o" + "\u0301" * 3),
        ("o" + "\u0301" * 5, "o" + "\u0301" * 3 + f"{MARK}\\u0301{MARK}\\u0301"),
        ("\u0645\u200c\u06cc", "\u0645\u200c\u06cc"),
        ("m\u200c\u06cc", f"m{MARK}\\u200c\u06cc"),
        ("\u0645\u200d", f"\u0645{MARK}\\u200d"),
        ("\u200d\u0645", f"{MARK}\\u200d\u0645"),
    ],
)
def test_only_what_reorders_hides_or_piles_up_is_escaped(text: str, printed: str) -> None:
    assert to_printable(text, EVERY) == printed


def test_what_the_fonts_lack_is_escaped() -> None:
    assert to_printable("ab", {ord("a")}) == f"a{MARK}\\u0062"


@pytest.mark.parametrize(
    ("lines", "portions"),
    [
        ([], []),
        (["a"] * LINES, [LINES]),
        (["a"] * (LINES + 1), [LINES, 1]),
        (["a"] * (2 * LINES + 1), [LINES, LINES, 1]),
        (["a" + "-" * (RUN - 3), "-b"], [2]),
        (["a" + "-" * (RUN - 2), "-b"], [1, 1]),
        (["a" + "-" * (RUN - 2), "b"], [2]),
        (["a" + "-" * (RUN - 1), "b"], [1, 1]),
        (["-" * (RUN // 2), "-" * (RUN // 2 - 3), "a"], [3]),
        (["-" * (RUN // 2), "-" * (RUN // 2 - 2), "a"], [2, 1]),
        (["-" * (RUN // 2), "-" * (RUN // 2 - 1), "a"], [1, 2]),
        (["-" * RUN], [1]),
        (["a" + "-" * (RUN - 2), "-" * 9, "a" + "-" * (RUN - 12), "b"], [1, 3]),
    ],
)
def test_lines_are_joined_as_long_as_the_library_takes_them(lines: list[str], portions: list[int]) -> None:
    waiting = iter(lines)
    assert list(join_lines(lines)) == ["\n".join(islice(waiting, many)) for many in portions]


@pytest.mark.parametrize(
    ("text", "right", "shaped"),
    [
        ("", False, False), ("5 km", False, False), ("kite", False, False), ("\u067e\u0644", True, True), ("5 \u067e\u0644", True, True),
        ("kite \u067e\u0644", False, True), ("\u05d0", True, True), ("e\u0301", False, True), ("\u0300", False, True), ("\u02ff", False, False),
        ("\u052f\u1e00\u2bff", False, False), ("\u0530", False, True), ("\u1dff", False, True), ("\u2c00", False, True), ("\ufdff", False, True),
        ("\ufe1f", False, False), ("\ufe20", False, True), ("\U0001f4ce", False, True),
    ],
)  # fmt: skip
def test_which_texts_need_another_way_of_setting(text: str, right: bool, shaped: bool) -> None:
    assert (is_right_to_left(text), needs_shaping(text)) == (right, shaped)
