from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.priority.phrases import _ARABIC_FORMS, _INVISIBLE, PhraseList, levelled, readable, words_of
from triage.priority.rules import shipped

FOUND = [
    ("self_harm", "I will KILL  MYSELF"),
    ("self_harm", "خودكشي"),
    ("self_harm", "خُودکُشی کا سوچ رہی"),
    ("self_harm", "mein khud kushi kar lun gi"),
    ("threat", "Pay or I send them"),
    ("threat", "tumhari pics viral kr dunga"),
    ("threat", "میں سب کو دکھا دوں گا"),
    ("meeting", "where do you live?"),
    ("meeting", "akeli ho abhi"),
]
NOT_FOUND = [
    ("self_harm", "my skills myself"),
    ("self_harm", "suicidesquadfan"),
    ("threat", "the video went viral"),
    ("meeting", "a meeting of the board"),
    ("meeting", ""),
]


@pytest.mark.parametrize(("name", "text"), FOUND)
def test_found(name: str, text: str) -> None:
    assert shipped().phrases[name].find(readable(text))


@pytest.mark.parametrize(("name", "text"), NOT_FOUND)
def test_not_found(name: str, text: str) -> None:
    assert not shipped().phrases[name].find(readable(text))


@pytest.mark.parametrize("name", ["self_harm", "threat", "meeting"])
def test_each_phrase_finds_itself(name: str) -> None:
    phrases = shipped().phrases[name]
    assert all(phrases.find(f"x {phrase} y") for phrase in phrases.phrases)


@given(st.text())
def test_reading_twice_changes_nothing(text: str) -> None:
    assert readable(readable(text)) == readable(text)


def test_the_longer_phrase_wins() -> None:
    assert PhraseList(("a b", "a b c")).find("a b c") == ("a b c",)


PIECES = st.sampled_from(
    (
        *("kill", "myself", "self", "harm", "self-harm", "i'll", "ll", "خودکشی", "کشی", "خود", "ـ", "\u200f", " ", "  ", "-"),
        *("'", "`", "_", "9", "ß", "ﬁ", "İ", "K", "\u0301", "\u00a0", "\x1f", "\n", ".", "!"),
    )
)
TEXTS = st.lists(PIECES | st.characters(), max_size=12).map("".join) | st.text(max_size=30)


@given(TEXTS)
def test_the_short_way_of_reading_reads_the_same(text: str) -> None:
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_ARABIC_FORMS)
    assert readable(text) == re.sub(r"\s+", " ", _INVISIBLE.sub("", plain)).strip()


@given(st.lists(TEXTS, min_size=1, max_size=5), TEXTS)
def test_the_first_look_changes_nothing(phrases: list[str], text: str) -> None:
    known = PhraseList(tuple(phrases))
    for level in (readable(text), readable(f"{text} {phrases[0]} {text}"), readable(text + phrases[-1])):
        assert known.find(level) == tuple(sorted({found.group() for found in known._pattern.finditer(level)}))


@given(TEXTS)
def test_white_space_changes_no_word(text: str) -> None:
    assert words_of(levelled(text)) == words_of(readable(text))
