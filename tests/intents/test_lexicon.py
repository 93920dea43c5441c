"""Phrases are normalised together, as lines of one text: none changes for what stands beside it."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from triage.intents import lexicon
from triage.intents.normalise import normalise_text
from triage.intents.sentences import LANGUAGES, WORD
from triage.resources import resource

LETTERS = "ab'A 1.-_*@\t\u0301\u200bيکۀ٣۔\u0430\ufe8f\r\n"


def split_alone(phrases: list[str]) -> list[list[str]]:
    return [WORD.findall(normalise_text(phrase.replace("\n", " "))) for phrase in phrases]


@given(st.lists(st.text(st.sampled_from(LETTERS), max_size=12), max_size=6))
@example([])
@example(["a b c", "d", "\u0301e", "aa", "a"])
def test_any_phrases_are_split_together_as_each_alone(phrases: list[str]) -> None:
    assert lexicon._split_phrases(phrases) == split_alone(phrases)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_phrases_are_split_together_as_each_alone(language: str) -> None:
    words = lexicon.parse_words(resource("intents", "words", f"{language}.toml").read_bytes())
    phrases = [phrase for listed in words.values() for phrase in listed]
    assert len(phrases) > 1000
    assert lexicon._split_phrases(phrases) == split_alone(phrases)


@pytest.mark.parametrize("phrase", ["...", "*", "", "\n", "\u200b"])
def test_a_phrase_without_letters_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match="no letters"):
        lexicon.parse_words(f'will = ["wala", {json.dumps(phrase)}]'.encode())
    with pytest.raises(ValueError, match="empty"):
        lexicon.parse_words(b"")
