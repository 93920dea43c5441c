"""Translates sentences and makes outside text safe to show.

The key of a sentence is the English sentence itself. Urdu stands in resources/translations/ur_*.json, one file for each
screen or feature; a test fails when a key is missing. English has a catalogue only for stored words that screens say
otherwise. Values put into a sentence are made safe: bidi controls are shown escaped, and each value is isolated, so that a
hostile name reorders nothing around it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from typing import ClassVar, Literal

from triage.message import Message, Value, render
from triage.resources import resource

Language = Literal["en", "ur"]
LANGUAGES: tuple[Language, ...] = ("en", "ur")

RLM = "\u200f"
LRI, FSI, PDI = "\u2066", "\u2068", "\u2069"
_DAY_OR_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z)?")
_JOINERS = "\u200c\u200d"
_KEEP_IN_BLOCKS = "\n\t"
_BLOCK_WITHOUT_KEPT = dict.fromkeys(map(ord, _KEEP_IN_BLOCKS))


class Safe(str):
    """Marks text that was made safe or is the program's own; it is inserted unchanged."""

    __slots__ = ()


class _Catalogue:
    language: Language = "en"
    words: ClassVar[dict[str, str]] = {}


def set_language(language: Language) -> None:
    """Sets the language of all words that are built from now on."""
    _Catalogue.language = language
    _Catalogue.words = catalogue(language)


def language() -> Language:
    """Returns the language in force."""
    return _Catalogue.language


def is_rtl() -> bool:
    """Returns whether the language runs from right to left."""
    return _Catalogue.language == "ur"


@cache
def catalogue(language: Language) -> dict[str, str]:
    """Returns all translations of a language, which are read once. Nobody may change them."""
    words: dict[str, str] = {}
    for file in sorted(resource("translations").iterdir(), key=lambda entry: entry.name):
        if file.name.startswith(language) and file.name.endswith(".json"):
            words |= json.loads(file.read_text("utf-8"))
    return {key: _directed(said) for key, said in words.items()}


def _directed(said: str) -> str:
    """Adds a direction mark to an Urdu sentence that begins with a Latin word."""
    if not _has_rtl(said):
        return said
    first = next((d for char in said if (d := unicodedata.bidirectional(char)) in ("L", "R", "AL")), "AL")
    return RLM + said if first == "L" or said.startswith("{") else said


def tr(sentence: str, **values: str | int | float) -> Safe:
    """Returns a sentence in the language in force with its values made safe.

    Pass a literal, so that tests can find it.
    """
    said = _Catalogue.words.get(sentence, sentence)
    if values:
        said = said.format(**{name: _inserted(value) for name, value in values.items()})
    return Safe(said)


def tr_message(message: Message) -> Safe:
    """Renders a message of a lower package in the language in force, with its values made safe."""
    return Safe(render(message, _translated, _inserted_value))


def _translated(key: str) -> str:
    """Returns the translation of a key, or the key."""
    return _Catalogue.words.get(key, key)


def _inserted_value(value: Value, spec: str) -> str:
    """Returns a value of a message as safe text."""
    if isinstance(value, Message):
        return tr_message(value)
    if isinstance(value, tuple):
        return tr(", ").join(_inserted_value(each, "") for each in value)
    if isinstance(value, str):
        return _write_time(value) if _DAY_OR_TIME.fullmatch(value) else isolated(value)
    return ltr(format(value, spec or ","))


def _write_time(text: str) -> Safe:
    """Returns a day or a time of a message, which the packages below hold as ISO 8601, as people write it."""
    from triage.ui.text import times  # times is built on this module

    try:
        return times.pkt(text) if "T" in text else times.calendar_day(text)
    except ValueError:  # a value of a source that only looks like a time
        return isolated(text)


def trn(one: str, many: str, n: int, **values: str | int | float) -> Safe:
    """Returns the sentence `one` when n is 1, else `many`; both may contain {n}."""
    return tr(one if n == 1 else many, n=number(n), **values)  # tr-ok: both literals are collected from trn


def mark(text: str) -> str:
    """Marks a literal for translation and returns it unchanged; `word` translates it where it is shown."""
    return text


def word(text: str) -> Safe:
    """Returns a word of the program's vocabulary translated, or escaped when it is unknown."""
    return Safe(_Catalogue.words.get(text) or shown(text))


def number(value: int) -> Safe:
    """Returns a number with thousands separators, kept from left to right."""
    return ltr(f"{value:,}")


def decimal(value: float, places: int = 1) -> Safe:
    """Returns a number with so many decimals and thousands separators, kept from left to right."""
    return ltr(f"{value:,.{places}f}")


def signed(value: float, places: int = 0) -> Safe:
    """Returns a change with its sign, kept from left to right."""
    return ltr(f"{value:+,.{places}f}")


def short_number(value: float) -> Safe:
    """Returns a number without trailing zeros, such as 18 or 7.5."""
    return ltr(f"{value:g}")


def percent(share: float, places: int = 0) -> Safe:
    """Returns a share between 0 and 1 in per cent; Urdu has no space before the sign."""
    return ltr(f"{100 * share:.{places}f}{'' if is_rtl() else ' '}%")


def short_count(count: int) -> str:
    """Returns a number that fits a chart, which runs from left to right: 1,960, or 12.4k from 10,000 on."""
    if count >= 1_000_000:
        return f"{count / 1_000_000:.1f}M"
    return f"{count / 1000:.1f}k" if count >= 10_000 else f"{count:,}"


def ltr(text: str) -> Safe:
    """Returns numbers, addresses, hashes or file names escaped, and kept from left to right in Urdu."""
    safe = shown(text)
    return Safe(f"{LRI}{safe}{PDI}") if is_rtl() else safe


def isolated(text: str) -> Safe:
    """Returns outside text escaped, and isolated so that its direction moves nothing around it."""
    safe = shown(text)
    return Safe(f"{FSI}{safe}{PDI}") if is_rtl() or _has_rtl(safe) else safe


def searchable(text: str) -> Safe:
    """Returns text for a list in which people choose by typing the first letters: no invisible mark stands before these.

    It stands alone there, so that it needs no isolation.
    """
    said = shown(text)
    while said and said[0] in (LRI, FSI, RLM):
        said = Safe(said[1:] if said[0] == RLM else said[1:].replace(PDI, "", 1))
    return said


def shown(text: str) -> Safe:
    """Returns one line with control, direction and invisible characters written out, such as ‹U+202E›."""
    if isinstance(text, Safe):
        return text
    if text.isprintable():
        return Safe(text)
    return Safe("".join(_visible(text, i, "") for i in range(len(text))))


def shown_block(text: str) -> Safe:
    """Returns free text like `shown`, but with line ends and tabs kept."""
    if isinstance(text, Safe):
        return text
    text = text.replace("\r\n", "\n")
    if text.translate(_BLOCK_WITHOUT_KEPT).isprintable():
        return Safe(text)
    return Safe("".join(_visible(text, i, _KEEP_IN_BLOCKS) for i in range(len(text))))


def stack_lines(*parts: str) -> Safe:
    """Returns the parts one below the other, each made safe."""
    return Safe("\n".join(shown(part) for part in parts))


def _visible(text: str, at: int, keep: str) -> str:
    """Returns a character, or its code point in angle brackets when it is not printable."""
    char = text[at]
    if char.isprintable() or char in keep:
        return char
    if char in _JOINERS and at and ord(text[at - 1]) > 0x2FF:
        return char  # joiners are part of spelling in Urdu and other scripts, and invisible mischief in Latin
    if unicodedata.category(char) == "Zs":
        return " "
    return f"‹U+{ord(char):04X}›"


def _has_rtl(text: str) -> bool:
    """Returns whether a text contains right-to-left characters."""
    return not text.isascii() and any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in text)


def _inserted(value: str | int | float) -> str:
    """Returns a value as safe text."""
    if isinstance(value, str):
        return value if isinstance(value, Safe) else isolated(value)
    return ltr(f"{value:,}" if isinstance(value, int) else f"{value:g}")
