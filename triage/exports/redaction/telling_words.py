"""Finds the sentences that a reader has to look at: those that speak of a school, a home or whoever teaches a child."""

from __future__ import annotations

import re

from triage.intents.normalise import normalise_text, spell_roman

_WORDS = (
    # English
    "school", "schools", "schoolmate", "classmate", "class", "grade", "college", "academy", "university", "madrasa", "madrasah",
    "madrassa", "madrassah", "seminary", "hostel", "tuition", "tutor", "coaching", "teacher", "house", "home", "flat",
    "apartment", "street", "lane", "road", "mohalla", "mohallah", "muhalla", "muhallah", "mahalla", "colony", "village", "sector",
    "neighbourhood", "neighborhood", "neighbour", "neighbor", "address", "mosque", "masjid", "lives", "nickname", "nicknamed",
    # Roman Urdu
    "skool", "sakool", "iskool", "kalej", "kaalej", "ghar", "makan", "makaan", "gali", "galli", "tution", "ustad", "ustaad",
    "ustani", "gaon", "gaaon", "gaun", "pata", "parosi", "padosi", "jamaat", "rehta", "rehti", "rehte", "laqab",
    # Urdu
    "اسکول", "سکول", "مدرسہ", "مدرسے", "کالج", "اکیڈمی", "یونیورسٹی", "ہاسٹل", "ٹیوشن", "ٹیوٹر", "استاد", "استانی", "ٹیچر", "گھر",
    "مکان", "فلیٹ", "گلی", "سڑک", "محلہ", "محلے", "کالونی", "گاؤں", "پتہ", "پڑوسی", "مسجد", "جماعت", "رہتا", "رہتی", "رہتے",
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"[^.!?۔؟\n]+[.!?۔؟]*")
_MOST_WORDS = 8
_MOST_LETTERS = 80
"""Of a plain value; NCMEC's longest incident type has 8 words and 61 letters."""


def find_telling_sentences(text: str) -> tuple[str, ...]:
    """Returns the sentences of a text that speak of a school, a home or the like, as they stand."""
    return tuple(found for each in _SENTENCE.findall(text) if (found := each.strip()) and speaks_of_home(found))


def speaks_of_home(text: str) -> bool:
    """Returns whether a text holds a word of a school, a home or the like, in English, Urdu or Roman Urdu."""
    words = _WORD.findall(normalise_text(text))
    return not _TELLING.isdisjoint(words) or not _TELLING_SOUNDS.isdisjoint(map(spell_roman, filter(str.isascii, words)))


def is_words_of_source(text: str, most: int = _MOST_WORDS) -> bool:
    """Returns whether a stated value is rather a text in somebody's own words than a plain value of at most so many words."""
    return len(text) > _MOST_LETTERS or len(text.split()) > most or speaks_of_home(text)


_TELLING = frozenset(word for each in _WORDS for word in _WORD.findall(normalise_text(each)))
_TELLING_SOUNDS = frozenset(map(spell_roman, ("madrasa", "madarsa", "madrase", "mohalla", "mohalle", "sakool")))
"""Words of Roman Urdu that have no fixed spelling, as `spell_roman` levels them."""
