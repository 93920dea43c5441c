"""Reads the ages that a field for an age states: "13", "about 12-14", "34 y/o, has 2 kids", "under 18", "thirteen", "8 months".

A field for an age is free text in most sources. A number in it is an age unless the words beside it say otherwise. Where one
number is said to be an age ("34 y/o"), the others are not. Pure, bounded, linear.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from triage.intents.normalise import normalise_text
from triage.intents.sentences import numbers_in_words

Kind = Literal["age", "possible", "class", "span", "none"]
"""What a number is: an age for sure, perhaps an age, a class of school, a span of months or weeks, something else."""
OLDER_THAN_CLASS = 5  # years by which a pupil is older than the number of the class

OLDEST = 120  # years
MAX_CHARACTERS = 200  # of a value that is read for ages
_MONTHS_OF_YEAR = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    rf"|(?:{_MONTHS_OF_YEAR})[a-z]{{0,7}}\.?[ ]?\d{{1,2}}(?:st|nd|rd|th)?(?!\w)"
    rf"|(?<!\d)\d{{1,2}}(?:st|nd|rd|th)?[ ](?:of[ ])?(?:{_MONTHS_OF_YEAR})[a-z]{{0,7}}"
)
_LENGTH = re.compile(
    r"""\d{1,3}[ ]?(?:ft|feet|foot|cm|'(?=[ ]?\d))[ ]?(?:\d{1,2}(?:[ ]?(?:in\b|inch(?:es)?|"|''))?)?(?![\w-]{0,9}[ ]?y)"""
)
_NUMBER = re.compile(r"(?<![\d#$€£.])\d{1,3}(?:\.\d)?(?!\d)")
_YEARS = re.compile(
    r"[ -]{0,2}(?:-?year-old|years?|yrs?|y[./]?[ ]?o(?:ld)?\b|y\b|saal|sal\b|baras|سال|برس|سالہ"
    r"|ورهين|ورهيه|ڪلن|کلن|کال|کاله|ورہے)"
)
_NO_AGE_OF = re.compile(r"[ ]?(?:old[ ])?(?:ago|back|experience|of\b|apart|older|younger|in (?:jail|prison)|pehle|پہلے)")
_SMALL_SPAN = re.compile(r"[ -]{0,2}(?:months?|mos?\b|mth|weeks?|wks?\b|days?|maah|mahine|mahina|ماہ|مہینے|ہفتے|دن)")
_MONTHS = re.compile(r"[ -]{0,2}(?:mo|mth|maah|mahin|ماہ|مہین)")
_OTHER_NOUN = re.compile(
    r"(?:st|nd|rd|th)(?![\w]|[ -]?(?:birthday|year of (?:age|life)))"
    r"|[ -]{0,2}(?:kids?|child(?:ren)?|daughters?|sons?|siblings?|brothers?|sisters?|wives"
    r"|followers?|friends?|accounts?|posts?|videos?|images?|photos?|pic(?:ture)?s?|files?|reports?|times?"
    r"|kgs?|lbs?|pounds|cms?|km|%|[ap]m\b|people|persons?|users?|victims?|girls?|boys?|grade|class\b"
    r"|bachch?[aey]|bachon|betiy?an?|betay?|bachiy?an?|بچے|بچوں|بیٹے|بیٹیاں|بچیاں|بهن|بھائی|بہنیں)"
)
_NO_AGE_BEFORE = re.compile(r"\b(?:level|form|section|room|flat|street|no|nr|number|year|has|have|with|for|since)[ .:#-]{1,3}$")
_CLASS_BEFORE = re.compile(r"(?:\b(?:grade|class|std|standard|jamaat)|جماعت|کلاس)[ .:#-]{1,3}$")
_CLASS_AFTER = re.compile(r"(?:st|nd|rd|th)[ -](?:grade|class|std|standard|jamaat)|(?:ویں|وین) ?(?:جماعت|کلاس)")
_KIN = "daughter|son|sibling|brother|sister|niece|nephew|girl|boy|victim"
_OF_KIN = re.compile(
    rf"\b(?:(?:{_KIN}|wife|husband|child|kid|beti|beta|behen|bhai),?|(?:{_KIN}|kid)s|children)[ :(]{{1,2}}"
    r"(?:(?:who )?(?:is|are|was|were) )?(?:aged? |of )?$"
)
_BELOW = re.compile(r"(?:\b(?:under|below|younger than|less than|not yet|almost|nearly|turning)(?: (?:the )?age(?: of)?)?|<) ?$")
_AGE_WORD = re.compile(r"(?:\b(?:aged?|umar|umr)|عمر)(?: (?:is|of|approx\w{0,9}|about|around|hai))?[ .:=~-]{0,3}$")
_JOINS = re.compile(r"[ ]?(?:-|–|—|to|or|and|/|&|ya|یا|se|سے|تا)[ ]?$")
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_MORE = {"one": 1, "two": 2, "three": 3, "four": 4, "eighteen": 18, "nineteen": 19}
_COMPOUND = re.compile(rf"({'|'.join(_TENS)})(?:[ -](one|two|three|four|five|six|seven|eight|nine)\b)?")
_WORD = re.compile(r"[^\W\d_]+")


def read_ages(value: object) -> tuple[int, ...]:
    """Returns the ages in years that a value of a field for an age states, the lowest first.

    "under 18" is at most 17, "18+" at least 18. Ages of somebody's children are left out. A class of school
    counts where no age is stated.
    """
    if value is None or isinstance(value, bool):
        return ()
    return _read(str(value)[:MAX_CHARACTERS])


@lru_cache(maxsize=4_096)
def _read(text: str) -> tuple[int, ...]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    if not plain.isdecimal():
        plain = _LENGTH.sub(" ", _DATE.sub(" ", plain))
        plain = _WORD.sub(_spell_number, _COMPOUND.sub(_add_up, plain))
    found = list(_NUMBER.finditer(plain))
    kinds = [_kind_of(plain[: each.start()], plain[each.end() :]) for each in found]
    _join_kinds(plain, found, kinds)
    for kind, count in _COUNTS:
        ages = {age for each, of in zip(found, kinds, strict=True) if of == kind and (age := count(plain, each)) <= OLDEST}
        if ages:
            return tuple(sorted(ages))
    return ()


def _kind_of(before: str, after: str) -> Kind:
    """Returns what the words around a number say that it is."""
    if _SMALL_SPAN.match(after):
        return "span"
    if _CLASS_AFTER.match(after) or _CLASS_BEFORE.search(before):
        return "class"
    if _OTHER_NOUN.match(after) or _NO_AGE_BEFORE.search(before) or _OF_KIN.search(before):
        return "none"
    years = _YEARS.match(after)
    if years is None:
        return "age" if _AGE_WORD.search(before) else "possible"
    return "none" if _NO_AGE_OF.match(after, years.end()) else "age"


def _join_kinds(plain: str, found: Sequence[re.Match[str]], kinds: list[Kind]) -> None:
    """Gives numbers of a range or list the kind of their neighbour: "12-14 years", "kids of 8 and 10"."""
    joined = [_JOINS.fullmatch(plain[one.end() : other.start()]) is not None for one, other in pairwise(found)]
    for at in reversed(range(len(joined))):
        if joined[at] and kinds[at] == "possible":
            kinds[at] = kinds[at + 1]
    for at, is_joined in enumerate(joined):
        if is_joined and kinds[at + 1] == "possible":
            kinds[at + 1] = kinds[at]


def _count_years(plain: str, found: re.Match[str]) -> int:
    years = _whole(found)
    return years - 1 if years and _BELOW.search(plain, 0, found.start()) else years


def _count_small_span(plain: str, found: re.Match[str]) -> int:
    """Returns the whole years of an age in months, weeks or days."""
    months = _MONTHS.match(plain[found.end() :]) is not None
    return _whole(found) // 12 if months else 0


def _count_class(plain: str, found: re.Match[str]) -> int:
    return _whole(found) + OLDER_THAN_CLASS


def _whole(found: re.Match[str]) -> int:
    return int(float(found.group()))


def _add_up(found: re.Match[str]) -> str:
    """Returns "25" for "twenty-five"."""
    ones = found[2]
    return str(_TENS[found[1]] + (0 if ones is None else _MORE.get(ones) or numbers_in_words()[ones]))


def _spell_number(found: re.Match[str]) -> str:
    number = _MORE.get(found.group()) or numbers_in_words().get(normalise_text(found.group()))
    return found.group() if number is None else str(number)


_COUNTS: tuple[tuple[Kind, Callable[[str, re.Match[str]], int]], ...] = (
    ("age", _count_years),
    ("possible", _count_years),
    ("class", _count_class),
    ("span", _count_small_span),
)
"""How the years of each kind are counted, the surest kind first: what is less sure counts only without it."""
