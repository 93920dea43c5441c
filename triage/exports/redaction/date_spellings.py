"""Finds a known date in texts, in the spellings in which people write it: 9.4.2013, April 9th, 09/04/13, ۹ اپریل ۲۰۱۳."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_MONTHS = (
    ("january", "jan", "janwari", "janvari", "جنوری"),
    ("february", "feb", "farwari", "farvari", "فروری"),
    ("march", "mar", "مارچ"),
    ("april", "apr", "aprail", "اپریل"),
    ("may", "mai", "مئی"),
    ("june", "jun", "joon", "جون"),
    ("july", "jul", "julai", "جولائی"),
    ("august", "aug", "agast", "اگست"),
    ("september", "sept", "sep", "sitambar", "ستمبر"),
    ("october", "oct", "aktubar", "aktoobar", "اکتوبر"),
    ("november", "nov", "navambar", "نومبر"),
    ("december", "dec", "disambar", "dasambar", "دسمبر"),
)
_SEPARATED = r"[\s./,_\-–،]{1,3}"
_YEAR_FIRST = re.compile(r"(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})\D{1,3}(\d{1,2})\D{1,3}(\d{4})(?!\d)")
_NAMED = re.compile(r"(\d{1,2})?\D{0,6}?([^\W\d_]{3,9})\W{0,3}(?:(\d{1,2})(?:st|nd|rd|th)?\W{1,3})?(\d{4})(?!\d)")


def compile_date_spellings(text: str) -> re.Pattern[str] | None:
    """Returns what finds the dates that a text may state, in a text of `level_digits`; None for a text without a date."""
    spellings = [each for date in sorted(_read_dates(text)) for each in _list_spellings(*date)]
    return re.compile("|".join(spellings), re.IGNORECASE) if spellings else None


def level_digits(text: str) -> str:
    """Returns a text of the same length with the digits of all scripts as 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in text)


def _read_dates(text: str) -> set[tuple[int, int, int]]:
    """Returns the (year, month, day) that a text may mean: of 03/04/2013 both the third of April and the fourth of March."""
    plain = level_digits(text).casefold()
    found: set[tuple[int, int, int]] = set()
    if stated := _YEAR_FIRST.search(plain):
        found.add((int(stated[1]), int(stated[2]), int(stated[3])))
    elif stated := _YEAR_LAST.search(plain):
        one, other, year = int(stated[1]), int(stated[2]), int(stated[3])
        found |= {(year, other, one), (year, one, other)}
    elif stated := _NAMED.search(plain):
        month = next((n for n, names in enumerate(_MONTHS, 1) if stated[2] in names), 0)
        found.add((int(stated[4]), month, int(stated[3] or stated[1] or 0)))
    return {(year, month, day) for year, month, day in found if 1 <= month <= 12 and 1 <= day <= 31}


def _list_spellings(year: int, month: int, day: int) -> Iterator[str]:
    """Yields patterns of the spellings of a date. Without its year a date counts only where no other year follows."""
    d, m, y = rf"0?{day}", rf"0?{month}", rf"(?:{year}|'?{year % 100:02})"
    names = "|".join(sorted(map(re.escape, _MONTHS[month - 1]), key=len, reverse=True))
    of_year = rf"(?:[\s.,'\-–،]{{0,3}}{y}(?!\d)|(?![\s.,'\-–،]{{0,3}}\d))"
    yield rf"(?<!\d){d}{_SEPARATED}{m}{_SEPARATED}{y}(?!\d)"
    yield rf"(?<!\d){m}{_SEPARATED}{d}{_SEPARATED}{y}(?!\d)"
    yield rf"(?<!\d){year}{_SEPARATED}{m}{_SEPARATED}{d}(?!\d)"
    yield rf"(?<![\dA-Fa-f])(?:{day:02}{month:02}{year}|{year}{month:02}{day:02})(?![\dA-Fa-f])"
    yield rf"(?<!\d){d}(?:st|nd|rd|th)?[\s.,\-–]{{0,3}}(?:of\s{{1,3}})?(?:{names})(?![^\W\d_]){of_year}"
    yield rf"(?<![^\W\d_])(?:{names})[\s.,\-–]{{1,3}}(?:the\s{{1,3}})?{d}(?:st|nd|rd|th)?(?!\d){of_year}"
