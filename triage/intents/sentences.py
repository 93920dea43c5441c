"""Cuts a text into sentences and words, and says which language a sentence is in. Bounded and linear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Literal

import msgspec

from triage.intents.normalise import normalise_text, spell_roman
from triage.resources import resource

Language = Literal["english", "roman_urdu", "urdu", "sindhi", "pashto", "punjabi"]
LANGUAGES: tuple[Language, ...] = ("english", "roman_urdu", "urdu", "sindhi", "pashto", "punjabi")

_OF_PROSE = ("training", "somebody", "saying")
"""Lists that are compared by class of spelling too, where a sentence is in Roman Urdu."""
_LEAST_SPELLED = 5
"""Letters: shorter words of different meanings fall into one class of spelling."""
NUMBER_NAME = "number_"  # before the number that the words of a list stand for
MAX_SENTENCE_CHARACTERS = 400  # what is longer is cut, and each part is read
_END = re.compile(r"[.!?;؟۔؛…\n\r]+(?=\s|$)|[\n\r]+|[؟۔]")
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_ARABIC = re.compile(r"[\u0620-\u06ff\u0750-\u077f\u08a0-\u08ff]")
_SINDHI = re.compile(r"[ٻڀٿڄڃڇڏڌڍڦڳڱٺ۾۽]")
_PASHTO = re.compile(r"[ښږځڅ]")


@cache
def small_words() -> dict[str, frozenset[str]]:
    """Returns the words of resources/intents/small_words.toml by what they are for, normalised."""
    raw = resource("intents", "small_words.toml").read_bytes()
    held = msgspec.toml.decode(raw, type=dict[str, tuple[str, ...]])
    words = {name: frozenset(map(normalise_text, listed)) for name, listed in held.items()}
    spelled = {
        name: words[name] | {spell_roman(word) for word in words[name] if len(word) >= _LEAST_SPELLED} for name in _OF_PROSE
    }
    return {
        **words,
        **spelled,
        "roman_urdu": frozenset(map(spell_roman, words["roman_urdu"])),
        "number": frozenset(word for name, listed in words.items() if name.startswith(NUMBER_NAME) for word in listed),
    }


@cache
def numbers_in_words() -> dict[str, int]:
    """Returns the numbers of 5 to 17 by the words for them, normalised."""
    return {
        word: int(name.removeprefix(NUMBER_NAME))
        for name, listed in small_words().items()
        if name.startswith(NUMBER_NAME)
        for word in listed
    }


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it was written (`raw`), normalised (`text`), and the words of the latter with their places."""

    raw: str
    text: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def split_sentences(text: str) -> Iterator[str]:
    """Yields the sentences of a text as they were written, without those that are blank."""
    begin = 0
    for found in chain(_END.finditer(text), (None,)):
        end = len(text) if found is None else found.end()
        while begin < end:
            stop = end if end - begin <= MAX_SENTENCE_CHARACTERS else _cut(text, begin)
            part = text[begin:stop].strip()
            if part:
                yield part
            begin = stop


def sentence_of(raw: str) -> Sentence:
    """Returns a written sentence with its normalised text and words."""
    text = normalise_text(raw)
    return Sentence(raw, text, tuple(WORD.findall(text)), tuple(map(re.Match.span, WORD.finditer(text))))


def _cut(text: str, begin: int) -> int:
    """Returns where a part of a long sentence ends: at its last space, else in the middle of a word."""
    most = begin + MAX_SENTENCE_CHARACTERS
    space = text.rfind(" ", begin + MAX_SENTENCE_CHARACTERS // 2, most)
    return most if space < 0 else space


def language_of(sentence: Sentence) -> Language:
    """Returns the language whose letters and small words the sentence has; a guess for short ones."""
    if _ARABIC.search(sentence.text):
        return _arabic_script(sentence)
    small = small_words()
    roman = english = 0
    for word in sentence.words:
        if word in small["english"]:
            english += 1
        elif spell_roman(word) in small["roman_urdu"]:
            roman += 1
    return "roman_urdu" if roman >= max(english, 1) else "english"


def _arabic_script(sentence: Sentence) -> Language:
    words, small = set(sentence.words), small_words()
    sindhi = 3 * len(_SINDHI.findall(sentence.text)) + 2 * len(words & small["sindhi"])
    pashto = 3 * len(_PASHTO.findall(sentence.text)) + len(words & small["pashto"])
    punjabi = 2 * len(words & small["punjabi"])
    most = max(sindhi, pashto, punjabi)
    if most < 2:
        return "urdu"
    return "sindhi" if most == sindhi else "pashto" if most == pashto else "punjabi"
