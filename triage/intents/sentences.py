"""Cuts a text into sentences and words, and says which language a sentence is in. Bounded and linear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import chain, pairwise
from typing import Literal

import msgspec

from triage.intents.normalise import LETTERS_AND_DIGITS, normalise_text, normalise_with_words, spell_roman
from triage.intents.word_table import WordTable
from triage.resources import resource

Language = Literal["english", "roman_urdu", "urdu", "sindhi", "pashto", "punjabi"]
LANGUAGES: tuple[Language, ...] = ("english", "roman_urdu", "urdu", "sindhi", "pashto", "punjabi")

_OF_PROSE = ("training", "somebody", "saying")
"""Lists that are compared by class of spelling too, where a sentence is in Roman Urdu."""
_LEAST_SPELLED = 5
"""Letters: shorter words of different meanings fall into one class of spelling."""
SPELLING_NAME = "spelled_"  # before the usual spelling that the words of a list stand for
NUMBER_NAME = "number_"  # before the number that the words of a list stand for
MAX_SENTENCE_CHARACTERS = 400  # what is longer is cut, and each part is read
_END = re.compile(
    r"[\n\r.!?;؟۔؛…](?:(?<=[\n\r])[\n\r]*|(?<=[.!?;؟۔؛…])[.!?;؟۔؛…\n\r]*(?=\s|$)|(?<=[؟۔]))"
)  # begins with one set of characters: so the text before is passed over five times as fast
_LINE_BREAKS = ("\n", "\r\n")
_LABEL = re.compile(
    r"(?:\[?\(?\d{1,4}[-/.:][-/.:\d, ]{1,24}(?:[AaPp][Mm])?\]?\)?[ ]?[-–]?[ ]?)?"
    r"(?P<who>[^\s:\[\]]{1,30}(?: [^\s:\[\]]{1,20}){0,2})[ ]?:[ ]"
)
"""Time and speaker at the beginning of a chat's line."""
MAX_LINES = 400  # of a text by which its width is found
NARROWEST, WIDEST = 50, 120  # characters of a line of prose that a program cut
SHORT_CONDITION = 60  # characters of a line that begins with "if" and ends before what follows from it
MOST_CUT = 0.8  # share of the lines without an end of a sentence into which the next word does not fit
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
        "english": words["english"]
        | {word for name in words if name.startswith(SPELLING_NAME) for word in words[name] if len(word) > 2},
        "roman_urdu": frozenset(map(spell_roman, words["roman_urdu"])),
        "number": frozenset(word for name, listed in words.items() if name.startswith(NUMBER_NAME) for word in listed),
    }


@cache
def short_spellings() -> dict[str, str]:
    """Returns the usual spelling of English words by how they are written in messages."""
    return {
        word: name.removeprefix(SPELLING_NAME)
        for name, listed in small_words().items()
        if name.startswith(SPELLING_NAME)
        for word in listed
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


@dataclass(frozen=True)
class Sentence:
    """A sentence as it was written (`raw`), normalised (`text`), and the words of the latter."""

    raw: str
    text: str
    words: tuple[str, ...]

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """The places of the words in the text. Only few sentences are asked for them."""
        return tuple(map(re.Match.span, WORD.finditer(self.text)))


def split_sentences(text: str) -> Iterator[str]:
    """Yields the sentences of a text as they were written, without those that are blank.

    A line that goes on in the next one is joined with it, without the label of the same speaker.
    """
    if "\n" not in text:
        yield from (part for part, _ in _split_parts(text))
        return
    held, cut_line = "", False
    width = _find_width(text)
    for part, line_break in _split_parts(text):
        whole = _join_lines(held, part, cut_line) if held else None
        if held and whole is None:
            yield held
        held = whole or part
        cut_line = line_break > 0 and width > 0 and _is_full(text, line_break, width)
        if line_break < 0:
            yield held
            held = ""
    if held:
        yield held


def _split_parts(text: str) -> Iterator[tuple[str, int]]:
    """Yields what stands between ends of sentences and lines, with the place of a single line break that ends it, else -1."""
    begin = 0
    for found in chain(_END.finditer(text), (None,)):
        end = len(text) if found is None else found.end()
        while begin < end:
            stop = end if end - begin <= MAX_SENTENCE_CHARACTERS else _cut(text, begin)
            part = text[begin:stop].strip()
            if part:
                yield part, end - 1 if stop == end and found is not None and found.group() in _LINE_BREAKS else -1
            begin = stop


def _find_width(text: str) -> int:
    """Returns the width at which the lines of a text were cut, or 0 for a text whose lines end where their writers ended them."""
    lines = text.split("\n", MAX_LINES)[:MAX_LINES]
    if not NARROWEST <= max(map(len, lines)) <= WIDEST:
        return 0
    lines = [line.strip() for line in lines]
    width = max(map(len, lines))
    cut = whole = 0
    for line, behind in pairwise(lines):
        if line and behind and not _END.search(line[-1]):
            full = len(line) + 1 + len(behind.partition(" ")[0]) > width
            cut, whole = cut + full, whole + 1
    return width if cut and cut >= MOST_CUT * whole else 0


def _is_full(text: str, line_break: int, width: int) -> bool:
    """Returns whether the first word behind a line break would not have fitted into the line before it."""
    line = line_break - text.rfind("\n", 0, line_break) - 1
    behind = text[line_break + 1 : line_break + 1 + width].partition(" ")[0]
    return line + 1 + len(behind) > width


def _join_lines(first: str, second: str, cut_line: bool) -> str | None:
    """Returns two lines as one sentence when the first one goes on in the second one, else None."""
    if len(first) + len(second) >= MAX_SENTENCE_CHARACTERS:
        return None
    if cut_line and not second[0].isupper():
        return f"{first}\n{second}"
    label, spoken = _find_label(first), _find_label(second)
    if spoken is not None:
        if label is None or label["who"] != spoken["who"]:
            return None
        second = second[spoken.end() :]
    begin = label.end() if label is not None else 0
    return f"{first}\n{second}" if _goes_on(first, begin, second) else None


def _find_label(line: str) -> re.Match[str] | None:
    return _LABEL.match(line) if ": " in line else None


def _goes_on(first: str, begin: int, second: str) -> bool:
    """Returns whether the words at the end of one line or at the beginning of the next one say that they are one sentence."""
    small = small_words()
    last = first[max(first.rfind(" "), first.rfind("\n")) + 1 :]
    if _level(last) in small["unfinished"] or _level(second.partition(" ")[0]) in small["going_on"]:
        return True
    return len(first) - begin < SHORT_CONDITION and _level(first[begin:].partition(" ")[0]) in small["opening"]


@lru_cache(maxsize=4_096)
def _level(word: str) -> str:
    return normalise_text(word)


def sentence_of(raw: str) -> Sentence:
    """Returns a written sentence with its normalised text and words."""
    text, words = normalise_with_words(raw.replace("\n", " ") if "\n" in raw else raw)
    return Sentence(raw, text, split_words(text) if words is None else tuple(words))


def split_words(text: str) -> tuple[str, ...]:
    """Returns the words of a normalised text, as WORD finds them."""
    if text.isascii() and "'" not in text:
        return tuple(text.translate(LETTERS_AND_DIGITS).split())
    return tuple(WORD.findall(text))


def _cut(text: str, begin: int) -> int:
    """Returns where a part of a long sentence ends: at its last space, else in the middle of a word."""
    most = begin + MAX_SENTENCE_CHARACTERS
    space = text.rfind(" ", begin + MAX_SENTENCE_CHARACTERS // 2, most)
    return most if space < 0 else space


def language_of(sentence: Sentence) -> Language:
    """Returns the language whose letters and small words the sentence has; a guess for short ones."""
    if not sentence.text.isascii() and _ARABIC.search(sentence.text):
        return _arabic_script(sentence)
    kinds = [*map(_small_word_languages.__getitem__, sentence.words)]
    roman = kinds.count("roman_urdu")
    return "roman_urdu" if roman >= max(kinds.count("english"), 1) else "english"


def _find_small_word_language(word: str) -> Language | None:
    """Returns the language that has this small word, or None for any other word."""
    small = small_words()
    if word in small["english"]:
        return "english"
    return "roman_urdu" if spell_roman(word) in small["roman_urdu"] else None


_small_word_languages = WordTable(_find_small_word_language, 32_768)


def _arabic_script(sentence: Sentence) -> Language:
    words, small = set(sentence.words), small_words()
    sindhi = 3 * len(_SINDHI.findall(sentence.text)) + 2 * len(words & small["sindhi"])
    pashto = 3 * len(_PASHTO.findall(sentence.text)) + len(words & small["pashto"])
    punjabi = 2 * len(words & small["punjabi"])
    most = max(sindhi, pashto, punjabi)
    if most < 2:
        return "urdu"
    return "sindhi" if most == sindhi else "pashto" if most == pashto else "punjabi"
