"""Sentences of our own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.locate import language
from triage.locate.language import find_languages, read_roman_words


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("بۇ لەگلەك بەك چىرايلىق، مەن بېيجىڭدا ئۇنى كۆردۈم", "ug"),
        ("یہ پتنگ بہت اچھی ہے اور ہوا تیز ہے", "urdu"),
        ("هي پتنگ ڏاڍو سٺو آهي ۽ هوا به تيز آهي", "sindhi"),
        ("دا کاغذي باد ډېر ښه دی او هوا هم ښه ده", "pashto"),
        ("تسیں پتنگ وچ ڈور پاؤ تے مینوں دسو", "punjabi"),
        ("yeh patang bohat achi hai, kya tum dekho ge", "roman_urdu"),
        ("mujhe kal ghar aana hai", "roman_urdu"),
        ("هذه الطائرة الورقية جميلة جدا في السماء اليوم", "ar"),
        ("این بادبادک خیلی زیباست و در آسمان پرواز می‌کند", "fa"),
        ("यह पतंग बहुत अच्छी है और हवा तेज़ है", "hi"),
    ],
)
def test_languages(text: str, name: str) -> None:
    assert [found.name for found in find_languages(text)] == [name]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The kite is red and the wind is strong today",
        "saya suka layang-layang di pantai",
        "Le cerf-volant est dans le ciel",
        "hai kya",
        "ok",
        "123 456",
        "ہے",
        "User logged in from a mobile device\nno further information",
    ],
)
def test_too_little_or_other_languages_in_latin_letters_are_not_named(text: str) -> None:
    assert find_languages(text) == ()


def test_a_line_of_roman_urdu_inside_an_english_report_is_found() -> None:
    text = "Chat log of the reported account follows.\nA: kya kar rahe ho, abhi ghar aao\nB: no, I am at school"
    assert [found.name for found in find_languages(text)] == ["roman_urdu"]


def test_a_text_in_ascii_is_cut_into_the_same_words_as_any_other() -> None:
    for code in range(128):
        text = f"mujhe{chr(code)}nahi '{chr(code)}' kya {chr(code)}".lower()
        assert language._split_words(text) == language._split_words(f"{text} é")


def test_half_a_surrogate_does_not_stop_the_model() -> None:
    assert find_languages("हवा तेज़ है पतंग \ud83d") != ()


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    find_languages(text)


def test_two_shahmukhi_words_are_punjabi_and_three_different_roman_words_are_enough() -> None:
    assert [found.name for found in find_languages("تسیں پتنگ وچ ڈور")] == ["punjabi"]
    three, two = sorted(word for word in read_roman_words() if len(word) > 2)[:3], ["zzzq", "zzzw"]
    assert [found.name for found in find_languages(" ".join([*three, *two]))] == ["roman_urdu"]
