"""Finds intents by slots: classes of words that stand near each other (resources/intents/patterns.toml)."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cache

import msgspec

from triage.intents.lexicon import Hits
from triage.intents.sentences import Sentence, numbers_in_words, small_words
from triage.resources import resource

NUMBER = "number"
BIRTH_YEAR = "birth_year"
SELF = "i_state"
NEAR_SELF = 3  # words between a number and the "I am" that it belongs to
MIN_AGE, MAX_AGE = 5, 17
FIRST_YEAR, LAST_YEAR = 2009, 2021  # of birth of somebody of about these ages
MAX_PLACES = 8  # of one class in a sentence; a sentence that repeats a word more often says no more


@dataclass(frozen=True, slots=True)
class SlotMatch:
    """A pattern that a sentence fills: its intent, the classes that filled it, and the words it covers."""

    intent: str
    slots: tuple[str, ...]
    head: tuple[int, int]
    first: int
    behind: int


class Pattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Classes that have to stand within so many words of each other. The first slot is the head; `a|b` is either of two."""

    intent: str
    slots: tuple[str, ...]
    within: int


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pattern: tuple[Pattern, ...]


@cache
def patterns() -> tuple[tuple[Pattern, tuple[frozenset[str], ...]], ...]:
    """Returns the shipped patterns with the alternatives of each slot."""
    raw = resource("intents", "patterns.toml").read_bytes()
    held = msgspec.toml.decode(raw, type=_File).pattern
    return tuple((pattern, tuple(frozenset(slot.split("|")) for slot in pattern.slots)) for pattern in held)


@cache
def _patterns_by_head() -> dict[str, tuple[int, ...]]:
    """Returns the places of the patterns by the classes of words that may be their first slot."""
    found: dict[str, list[int]] = {}
    for number, (_, slots) in enumerate(patterns()):
        for name in slots[0]:
            found.setdefault(name, []).append(number)
    return {name: tuple(numbers) for name, numbers in found.items()}


def find_slots(sentence: Sentence, hits: Hits, found: Container[str] = ()) -> Iterator[SlotMatch]:
    """Yields the patterns that the sentence fills, in the order of the file; each intent may come several times.

    `found` may grow meanwhile: patterns of an intent that it holds are passed over.
    """
    behind = (*sentence.words[1:], "")
    number_words, measure = small_words()["number"], small_words()["measure"]
    said: list[int] = []
    if not number_words.isdisjoint(sentence.words) or any(map(str.isdecimal, sentence.words)):  # most sentences have no number
        said = [n for n, word in enumerate(sentence.words) if word in number_words or word.isdecimal()]
    ages = [(n, n + 1) for n in said if _is_age(sentence.words[n]) and behind[n] not in measure]
    years = [(n, n + 1) for n in said if _is_birth_year(sentence.words[n])]
    if ages or years:
        hits = {**hits, **({NUMBER: ages} if ages else {}), **({BIRTH_YEAR: years} if years else {})}
    classes, listed, by_head = hits.keys(), patterns(), _patterns_by_head()
    for number in sorted({number for name in classes for number in by_head.get(name, ())}):
        pattern, slots = listed[number]
        if slots[-1].isdisjoint(classes) or pattern.intent in found:
            continue
        places = [_places(hits, names) for names in slots]
        if not all(places):
            continue
        for head in places[0]:
            matched = _fill(places, head, pattern.within)
            if matched is not None:
                yield SlotMatch(pattern.intent, pattern.slots, head, *matched)


def _is_age(word: str) -> bool:
    return MIN_AGE <= int(word) <= MAX_AGE if word.isdecimal() and len(word) < 3 else word in small_words()["number"]


def stated_ages(sentence: Sentence, hits: Hits) -> list[int]:
    """Returns the ages of 5 to 17 that somebody states of himself: "i am 13", not "she is 13", "13 minutes" or "class 7"."""
    places = (*(start for start, _ in hits.get(SELF, ())), *(end - 1 for _, end in hits.get(SELF, ())))
    classes = [place for name in ("grade", "ordinal") for place in hits.get(name, ())]
    behind = (*sentence.words[1:], "")
    return [
        int(word) if word.isdecimal() else numbers_in_words()[word]
        for n, word in enumerate(sentence.words)
        if _is_age(word)
        and behind[n] not in small_words()["measure"]
        and any(abs(place - n) <= NEAR_SELF for place in places)
        and not any(start - 1 <= n <= end for start, end in classes)
    ]


def _is_birth_year(word: str) -> bool:
    return len(word) == 4 and word.isdecimal() and FIRST_YEAR <= int(word) <= LAST_YEAR


def _places(hits: Hits, names: frozenset[str]) -> list[tuple[int, int]]:
    if len(names) == 1:
        return hits.get(next(iter(names)), [])[:MAX_PLACES]
    return sorted({place for name in names for place in hits.get(name, ())[:MAX_PLACES]})


def _fill(places: list[list[tuple[int, int]]], head: tuple[int, int], within: int) -> tuple[int, int] | None:
    """Returns the first word and the word behind the last of a filling around the head."""
    first, behind = head
    used = {head}
    for near in places[1:]:
        best = None
        for place in near:
            span = max(behind, place[1]) - min(first, place[0])
            if span <= within and place not in used and (best is None or span < best[0]):
                best = (span, place)
        if best is None:
            return None
        used.add(best[1])
        first, behind = min(first, best[1][0]), max(behind, best[1][1])
    return first, behind
