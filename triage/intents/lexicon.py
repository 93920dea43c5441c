"""Words and phrases by what they are in a sentence, from resources/intents/words/<language>.toml.

Words are compared joined, without the spaces between them, so that "ghar walon" and "gharwalon" are one. One lookup in a
dictionary answers for each run of up to four words: the work is linear in the length of the sentence.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import msgspec

from triage.intents.normalise import collapse_repetitions, normalise_text, spell_roman
from triage.intents.sentences import LANGUAGES, WORD, Language, Sentence, short_spellings
from triage.intents.word_table import WordTable
from triage.resources import reads_tables, resource

MAX_WORDS = 6  # of a phrase
_CACHED_WORDS = 16_384  # of each table
_NE = "ne"
MIN_ROMAN = 3  # letters of a spelling class; what is shorter stands for too many words
_ROMAN: Language = "roman_urdu"
_LETTER = re.compile("[A-Za-z]")  # stays a letter, however a phrase is normalised

Hits = dict[str, list[tuple[int, int]]]
"""Class of words -> (first word, word behind the last) of each place where one of its phrases stands."""


class _KnownWord(NamedTuple):
    """A word without its apostrophes, its classes, and the letters with which a phrase may go on behind it."""

    plain: str
    names: tuple[str, ...]
    letters: frozenset[str]


class _Table:
    """Joined phrases with their classes. Words that were looked up are kept."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        """A phrase that ends with "*" stands for words that go on, one that begins with it for words that began before."""
        sets = {phrase: tuple(sorted(classes)) for phrase, classes in phrases.items()}
        self.whole = {phrase: classes for phrase, classes in sets.items() if "*" not in phrase}
        begun = {phrase[:length]: () for phrase in self.whole for length in range(len(phrase))}
        self.steps: dict[str, tuple[str, ...]] = {**begun, **self.whole}
        """Each phrase with its classes, and each beginning of one without any."""
        self._endings = {phrase[1:]: classes for phrase, classes in sets.items() if phrase.startswith("*")}
        self._beginnings = {phrase[:-1]: classes for phrase, classes in sets.items() if phrase.endswith("*")}
        self._starts = frozenset(phrase[:2] for phrase in (*self.whole, *self._beginnings))
        self._begin_lengths = sorted({len(phrase) for phrase in self._beginnings})
        self.end_lengths = sorted({len(phrase) for phrase in self._endings})
        self._letters = frozenset("".join(self.whole))
        self.words = WordTable(self._look_up_word, _CACHED_WORDS)
        self.endings = WordTable(self._find_endings, _CACHED_WORDS)

    def _look_up_word(self, written: str) -> _KnownWord:
        """Returns what the table knows of a word as written."""
        word = written.replace("'", "")
        letters = (letter for letter in self._letters if word + letter in self.steps) if word in self.steps else ()
        return _KnownWord(word, self._find_single(word, written), frozenset(letters))

    def _find_single(self, word: str, written: str) -> tuple[str, ...]:
        """Returns the classes of a word alone; `written` is the word with its apostrophes."""
        found: list[str] = []
        if word[:2] in self._starts or len(word) < 2:
            found += self.whole.get(word, ())
            for length in self._begin_lengths:
                if length <= len(word):
                    found += self._beginnings.get(word[:length], ())
            once = collapse_repetitions(word)
            if once != word and word not in self.whole and word.isascii():
                found += self.whole.get(once, ())
            if written.endswith("'s"):
                found += self.whole.get(word[:-1], ())
        return tuple(dict.fromkeys((*found, *self._find_endings(word))))

    def _find_endings(self, joined: str) -> tuple[str, ...]:
        """Returns the classes of what one word, or two joined ones, end with."""
        lengths = (length for length in self.end_lengths if length < len(joined))
        return tuple(dict.fromkeys(name for length in lengths for name in self._endings.get(joined[-length:], ())))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of all languages in tables: Latin as written, Roman Urdu by spelling classes, its short words, Arabic script.

    Short words of Roman Urdu ("ghar", "mat", "nahi") are compared as written: their classes would stand for too many words.
    """

    english: _Table
    roman: _Table
    short: _Table
    arabic: _Table
    classes: frozenset[str]

    def find(self, sentence: Sentence, language: Language) -> Hits:
        """Returns where words of each class stand in the sentence, in order."""
        found: Hits = defaultdict(list)
        latin = language in ("english", "roman_urdu")
        mixed = not latin and any(word.isascii() and word.isalpha() for word in sentence.words)
        if not latin:
            _look_up(self.arabic, sentence.words, found)
        if latin or mixed:
            _look_up(self.english, spell_usually(sentence.words), found)
        if mixed or language == _ROMAN:
            _look_up(self.roman, tuple(map(spell_in_phrase, sentence.words)), found)
            _look_up(self.short, sentence.words, found)
        return found


@reads_tables
@cache
def lexicon() -> Lexicon:
    """Returns the shipped words."""
    tables: dict[str, dict[str, set[str]]] = {"english": {}, "roman": {}, "short": {}, "arabic": {}}
    classes: set[str] = set()
    for language in LANGUAGES:
        for name, phrases in parse_words(resource("intents", "words", f"{language}.toml").read_bytes()).items():
            classes.add(name)
            for phrase, words in zip(phrases, _split_phrases(phrases), strict=True):
                where: str = language if language == "english" else "roman" if language == _ROMAN else "arabic"
                joined = _join(phrase, words, roman=language == _ROMAN)
                if where == "roman" and len(joined.strip("*")) < MIN_ROMAN and "*" not in joined:
                    where, joined = "short", _join(phrase, words, roman=False)
                tables[where].setdefault(joined, set()).add(name)
    english, roman, short, arabic = (_Table(tables[name]) for name in ("english", "roman", "short", "arabic"))
    return Lexicon(english, roman, short, arabic, frozenset(classes))


def parse_words(data: bytes) -> dict[str, tuple[str, ...]]:
    """Returns the phrases of each class in a table of words.

    Raises:
        ValueError: if the table is not valid
    """
    words = msgspec.toml.decode(data, type=dict[str, tuple[str, ...]])
    if not words:
        raise ValueError("the table is empty: nothing would be found in its language")
    unsure = [phrase for phrases in words.values() for phrase in phrases if not _LETTER.search(phrase)]
    for phrase, found in zip(unsure, _split_phrases(unsure), strict=True):
        if not found:
            raise ValueError(f"the phrase {phrase!r} has no letters: it would stand for every word")
    return words


def _split_phrases(phrases: Sequence[str]) -> list[list[str]]:
    """Returns the normalised words of each phrase. All are normalised at once, as lines: each alone takes half as long again."""
    lines = normalise_text("\n".join(phrase.replace("\n", " ") for phrase in phrases)).split("\n")
    return [WORD.findall(line) for line in lines[: len(phrases)]]


def _join(phrase: str, words: list[str], *, roman: bool) -> str:
    spelled = map(spell_in_phrase, words) if roman else spell_usually(tuple(words))
    joined = "".join(spelled).replace("'", "")
    return ("*" if phrase.startswith("*") else "") + joined + ("*" if phrase.endswith("*") else "")


def spell_usually(words: tuple[str, ...]) -> tuple[str, ...]:
    """Returns English words in their usual spelling, also where they are written as in messages: "2nite" is tonight."""
    spellings = short_spellings()
    return words if spellings.keys().isdisjoint(words) else tuple(spellings.get(word, word) for word in words)


def spell_in_phrase(word: str) -> str:
    """Returns the class of spellings of a word of Roman Urdu in a phrase; "ne" ("us ne kaha": he said) is no "nahi" (not)."""
    return _NE if word == _NE else spell_roman(word)


def _look_up(table: _Table, words: tuple[str, ...], found: Hits) -> None:
    known = [*map(table.words.__getitem__, words)]
    last, has_endings, steps = len(known), bool(table.end_lengths), table.steps
    for first, (word, names, letters) in enumerate(known):
        if names:
            _note(found, names, first, first + 1)
        behind = first + 2
        if behind > last or not (letters or has_endings):  # the last word, or one behind which no phrase goes on
            continue
        following = known[first + 1].plain
        if not (has_endings or following[0] in letters):
            continue
        joined = word + following
        reached = steps.get(joined)
        if has_endings:
            _note(found, (*(reached or ()), *table.endings[joined]), first, behind)
        elif reached:
            _note(found, reached, first, behind)
        while reached is not None and behind < min(first + MAX_WORDS, last):
            joined += known[behind].plain
            behind += 1
            if reached := steps.get(joined):
                _note(found, reached, first, behind)


def _note(found: Hits, names: tuple[str, ...], first: int, behind: int) -> None:
    for name in names:
        places = found[name]
        if not places or places[-1] != (first, behind):
            places.append((first, behind))
