"""Finds names of Pakistani places in texts: whole words only, and never by similarity.

Words that mean something else too ("tank", "bagh", "قصور") are places only beside a word that says so ("from Tank",
"Kasur se hoon", "ضلع قصور"). Businesses ("Lahore Kebab House"), surnames ("Multani") and "Little Pakistan" are no places.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from triage.locate.gazetteer import LONGEST_NAME, Name, load_regions_abroad, load_text_names, read_special_names, split_words
from triage.message import NOTHING, Message


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of names.toml that tell what a name beside them is."""

    businesses: frozenset[str]
    copies: frozenset[str]
    before: tuple[tuple[str, ...], ...]
    speakers: frozenset[str]
    after: tuple[tuple[str, ...], ...]
    around: frozenset[tuple[str, ...]]
    short_before: frozenset[str]
    short_after: frozenset[str]
    also_words: frozenset[str]


@lru_cache(maxsize=1)
def _read_words() -> _Words:
    table = read_special_names()["words"]
    return _Words(
        businesses=frozenset(table["businesses"]),
        copies=frozenset(table["copies"]),
        before=tuple(map(split_words, table["before"])),
        speakers=frozenset(table["speakers"]),
        after=tuple(map(split_words, table["after"])),
        around=frozenset(map(split_words, table["around"])),
        short_before=frozenset(table["short_before"]),
        short_after=frozenset(table["short_after"]),
        also_words=frozenset(table["also_words"]),
    )


def find_names(text: str) -> Iterator[Name]:
    """Yields every name in the text, the longest first where they overlap: "Mirpur Khas" is not "Mirpur"."""
    lengths = load_text_names().lengths
    tokens = split_words(text)
    if lengths.keys().isdisjoint(tokens):
        return
    read = 0
    for at in [at for at, token in enumerate(tokens) if token in lengths]:
        if at < read:
            continue
        for length in range(min(lengths[tokens[at]], len(tokens) - at), 0, -1):
            name = _find_name_at(tokens, at, length)
            if name:
                yield _read_next(name, tokens[at + length : at + length + LONGEST_NAME])
                read = at + length
                break


def _find_name_at(tokens: tuple[str, ...], at: int, length: int) -> Name | None:
    form = tokens[at : at + length]
    known = load_text_names()
    name = known.plain.get(form)
    if name:
        return None if at and tokens[at - 1] in _read_words().copies else name
    if form in known.cued:
        return known.cued[form] if _has_cue(tokens, at, at + length) else None
    if form in known.short:
        return known.short[form] if _has_short_cue(tokens, at, form[0]) else None
    return None


def _has_cue(tokens: tuple[str, ...], start: int, end: int) -> bool:
    """Returns whether a word beside the name makes it a place."""
    words = _read_words()
    for before in words.before:
        if tokens[max(0, start - len(before)) : start] == before:
            return before != ("from",) or start == 1 or tokens[start - 2] in words.speakers
    if tokens[max(0, start - 1) : start] + tokens[end : end + 1] in words.around:
        return True
    return any(tokens[end : end + len(after)] == after for after in words.after)


def _has_short_cue(tokens: tuple[str, ...], at: int, word: str) -> bool:
    """Returns whether an abbreviation stands for the place: as the whole text ("KHI", "lhr 19") or beside another word."""
    words = _read_words()
    if all(token == word or token.isdigit() for token in tokens):
        return True
    if at and tokens[at - 1] in words.short_before:
        return True
    return word not in words.also_words and at + 1 < len(tokens) and tokens[at + 1] in words.short_after


def _read_next(name: Name, rest: tuple[str, ...]) -> Name:
    """Reads what stands right after a name, which tells places of one name apart: "Gujrat, Pakistan", "Lahore, Virginia"."""
    if rest and rest[0] in _read_words().businesses:
        return replace(name, elsewhere=Message("It is part of the name of a business."))
    for length in range(len(rest), 0, -1):
        country = load_regions_abroad().get(rest[:length])
        if country == "PK":
            return replace(name, elsewhere=NOTHING) if name.province else name
        if country:
            return replace(name, elsewhere=Message("It is followed by “{words}”.", words=" ".join(rest[:length])))
    return name
