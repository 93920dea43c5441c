"""The languages that are recognised in texts, so that work goes to somebody who can read it."""

from __future__ import annotations

from collections.abc import Iterable

WORDS = {
    "urdu": "Urdu",
    "sindhi": "Sindhi",
    "pashto": "Pashto",
    "punjabi": "Punjabi in Arabic script",
    "roman_urdu": "Roman Urdu (or Hindi in Latin letters)",
    "ar": "Arabic",
    "fa": "Persian",
    "ug": "Uyghur",
    "ckb": "Kurdish",
    "hi": "Hindi",
    "pa": "Punjabi in Gurmukhi",
    "bn": "Bengali",
    "ne": "Nepali",
    "ru": "Russian",
    "zh": "Chinese",
}
"""Code -> name. Evidence of another language states its code; the queue keeps those together as one."""
OTHER_LANGUAGE = "Another language"
QUEUE_LANGUAGES = (OTHER_LANGUAGE, *WORDS.values())
"""The languages of the queue. Bit n of a queue row stands for entry n: new ones go to the end of WORDS."""


def encode_languages(names: Iterable[str]) -> int:
    """Returns the bits of languages by their names in evidence. Those without a name of their own count as one."""
    ranks = {QUEUE_LANGUAGES.index(name) if name in QUEUE_LANGUAGES else 0 for name in names}
    return sum(1 << rank for rank in ranks)


def decode_languages(bits: int) -> tuple[str, ...]:
    """Returns the names of the languages that the bits stand for."""
    return tuple(name for rank, name in enumerate(QUEUE_LANGUAGES) if bits >> rank & 1)
