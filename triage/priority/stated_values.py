"""Reads values that sources spell in several ways: a yes, the provider's class of a file, NCMEC's priority."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from triage.model.document import Scalar

_NOT_ALNUM = re.compile(r"[\W_]+")
_YES = re.compile(r"(?:yes|haan|haa|han|ji han|ji haan|ہاں|جی ہاں)\b")
_SHORT_YES = frozenset({"true", "1", "y", "ہان", "جی"})
_CLASS = re.compile(r"(?<![A-Z0-9])([AB])[ -]?([12])(?![A-Z0-9])")
_PRIORITY = re.compile(r"(?:ncmec)?(?:prioritylevel|priority|level|code)?0*([123])(?!\d)")


def level_letters(text: str) -> str:
    """Returns a text with one form of each letter and digit: no full width, no characters without a width, ASCII digits."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text)
    return "".join(
        str(unicodedata.digit(each)) if each.isdigit() and not each.isascii() else each
        for each in plain
        if unicodedata.category(each) != "Cf"
    )


@lru_cache(maxsize=16_384)
def bare(text: str) -> str:
    """Letters and digits only, case-folded: "Possible Self-Production" and possibleSelfProduction are one name."""
    return _NOT_ALNUM.sub("", level_letters(text).casefold())


def says_yes(value: Scalar) -> bool:
    """True, "true", "Yes" and "Yes, ..." assert; everything else, silence too, does not."""
    return value if isinstance(value, bool) else _says_yes(str(value if value is not None else ""))


@lru_cache(maxsize=4_096)
def _says_yes(text: str) -> bool:
    plain = level_letters(text).strip().casefold()
    return plain in _SHORT_YES or _YES.match(plain) is not None


@lru_cache(maxsize=4_096)
def read_class(text: str) -> str:
    """Returns the provider's class of a file, as "A1", from "a1", "A-1" or "A1 (prepubescent ...)"; empty where there is none."""
    found = _CLASS.search(level_letters(text).upper())
    return found[1] + found[2] if found else ""


@lru_cache(maxsize=4_096)
def read_priority(text: str) -> str:
    """Returns NCMEC's priority as "1", "2" or "3", from "1", "01" or "Priority 1 - immediate"; another code bare."""
    plain = bare(text)
    found = _PRIORITY.match(plain)
    return found[1] if found else plain
