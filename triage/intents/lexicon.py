"""Words and phrases by what they are in a sentence, from resources/intents/words/<language>.toml.

Words are compared joined, without the spaces between them, so that "ghar walon" and "gharwalon" are one. One lookup in a
dictionary answers for each run of up to four words: the work is linear in the length of the sentence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import msgspec

from triage.intents.normalise import collapse_repetitions, normalise_text, spell_roman
from triage.intents.sentences import LANGUAGES, WORD, Language, Sentence, short_spellings
from triage.resources import reads_tables, resource

MAX_WORDS = 6  # of a phrase
_NE = "ne"
MIN_ROMAN = 3  # letters of a spelling class; what is shorter stands for too many words
_ROMAN: Language = "roman_urdu"

Hits = dict[str, list[tuple[int, int]]]
"""Class of words -> (first word, word behind the last) of each place where one of its phrases stands."""


@dataclass(frozen=True, slots=True)
class _Table:
    """Joined phrases -> their classes; `beginnings` and `endings` are those of words that go on, or began before."""

    whole: Mapping[str, tuple[str, ...]]
    beginnings: Mapping[str, tuple[str, ...]]
    endings: Mapping[str, tuple[str, ...]]
    starts: frozenset[str]
    """The first two letters of all that is in `whole` and `beginnings`."""
    longer_starts: frozenset[str]
    """Their first four letters."""
    begin_lengths: tuple[int, ...]
    end_lengths: tuple[int, ...]


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
            for phrase in phrases:
                where: str = language if language == "english" else "roman" if language == _ROMAN else "arabic"
                joined = _join(phrase, roman=language == _ROMAN)
                if where == "roman" and len(joined.strip("*")) < MIN_ROMAN and "*" not in joined:
                    where, joined = "short", _join(phrase, roman=False)
                tables[where].setdefault(joined, set()).add(name)
    english, roman, short, arabic = (_table(tables[name]) for name in ("english", "roman", "short", "arabic"))
    return Lexicon(english, roman, short, arabic, frozenset(classes))


def parse_words(data: bytes) -> dict[str, tuple[str, ...]]:
    """Returns the phrases of each class in a table of words.

    Raises:
        ValueError: if the table is not valid
    """
    words = msgspec.toml.decode(data, type=dict[str, tuple[str, ...]])
    if not words:
        raise ValueError("the table is empty: nothing would be found in its language")
    for phrase in (phrase for phrases in words.values() for phrase in phrases):
        if not _join(phrase, roman=False).strip("*"):
            raise ValueError(f"the phrase {phrase!r} has no letters: it would stand for every word")
    return words


def _join(phrase: str, *, roman: bool) -> str:
    words = WORD.findall(normalise_text(phrase))
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


def _table(phrases: Mapping[str, Iterable[str]]) -> _Table:
    sets = {phrase: tuple(sorted(classes)) for phrase, classes in phrases.items()}
    endings = {phrase[1:]: classes for phrase, classes in sets.items() if phrase.startswith("*")}
    beginnings = {phrase[:-1]: classes for phrase, classes in sets.items() if phrase.endswith("*")}
    whole = {phrase: classes for phrase, classes in sets.items() if "*" not in phrase}
    return _Table(
        whole,
        beginnings,
        endings,
        frozenset(phrase[:2] for phrase in (*whole, *beginnings)),
        frozenset(phrase[:4] for phrase in (*whole, *beginnings)),
        tuple(sorted({len(phrase) for phrase in beginnings})),
        tuple(sorted({len(phrase) for phrase in endings})),
    )


def _look_up(table: _Table, words: tuple[str, ...], found: Hits) -> None:
    plain = [word.replace("'", "") if "'" in word else word for word in words]
    for first, word in enumerate(plain):
        may_start = word[:2] in table.starts or len(word) < 2
        joined = ""
        for behind in range(first + 1, min(first + MAX_WORDS, len(plain)) + 1):
            joined += plain[behind - 1]
            if may_start and (len(joined) < 4 or joined[:4] in table.longer_starts or behind == first + 1):
                _note(found, table.whole.get(joined), first, behind)
                if behind == first + 1:
                    _note_single(table, word, first, found)
                    if words[first].endswith("'s"):
                        _note(found, table.whole.get(word[:-1]), first, behind)
            if table.end_lengths and behind <= first + 2:
                _note_ending(table, joined, first, behind, found)
            elif not may_start or (len(joined) >= 4 and joined[:4] not in table.longer_starts):
                break


def _note_single(table: _Table, word: str, first: int, found: Hits) -> None:
    for length in table.begin_lengths:
        if length > len(word):
            break
        _note(found, table.beginnings.get(word[:length]), first, first + 1)
    once = collapse_repetitions(word)
    if once != word and word not in table.whole and word.isascii():
        _note(found, table.whole.get(once), first, first + 1)


def _note_ending(table: _Table, joined: str, first: int, behind: int, found: Hits) -> None:
    for length in table.end_lengths:
        if length < len(joined):
            _note(found, table.endings.get(joined[-length:]), first, behind)


def _note(found: Hits, classes: tuple[str, ...] | None, first: int, behind: int) -> None:
    if classes:
        for name in classes:
            places = found[name]
            if not places or places[-1] != (first, behind):
                places.append((first, behind))
