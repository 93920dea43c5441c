from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.priority.phrases import PhraseList, readable
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
