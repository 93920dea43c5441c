"""Finds the values of a child in texts, however they are spaced, capitalised or encoded, and replaces them."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from triage.exports.redaction.date_spellings import compile_date_spellings, level_digits
from triage.exports.redaction.spelling import list_spelling_keys, may_be_one_name

INSIDE_FROM = 6
"""Letters from which on a value is found inside a longer word too. Shorter ones stand alone: "Amber" is no part of "chamber"."""
LOOSE_FROM = 4
"""Letters from which on a value may be spaced out or hold other signs between its letters."""
_PREFIX = 4
_OUR_WORDS = 12  # letters of a plain word that may be one of ours
_REMEMBERED = 200
"""Characters of a text that is remembered: paths and labels recur."""
PHONE, PART, PLACE, BIRTH = "telephone number", "part of a name", "place", "date of birth"
"""Kinds with rules of their own. One word of a name stays where it is also a word of a kept name. A place may be our word."""


@dataclass(frozen=True, slots=True)
class ChildValue:
    """A value that identifies a child. `kind` and `of` are words for the place from which it was removed."""

    kind: str
    value: str
    of: str

    @property
    def mark(self) -> str:
        """Returns what stands in the place of the value."""
        return f"[removed: {self.kind} of {self.of}]"


@dataclass(frozen=True, slots=True)
class _Hit:
    """A value found in a text: where it begins and ends, and what stands there instead."""

    start: int
    end: int
    mark: str


class ValueFinder:
    """Finds values in texts.

    Case, accents, full-width forms, look-alike letters, blanks and signs between letters, percent and JSON escapes make no
    difference. Words of names are also found in another spelling or script where `variants` is given.
    """

    def __init__(self, values: Iterable[ChildValue], kept_words: Collection[str] = ()) -> None:
        """Prepares the search. `kept_words` are words of the reported user's and of officers' names, which stay."""
        kept = {level_text(word) for word in kept_words}
        self._forms: dict[str, dict[str, ChildValue]] = {}
        """First letters -> levelled form -> value."""
        self._names: dict[str, list[tuple[str, ChildValue]]] = {}
        """Spelling key -> words of names."""
        self._words: dict[str, str | None] = {}
        self._births: list[tuple[re.Pattern[str], ChildValue]] = []
        for each in values:
            for form in _list_forms(each):
                if len(form) >= 2 and not (each.kind == PART and form in kept):
                    self._forms.setdefault(form[:_PREFIX], {}).setdefault(form, each)
            if each.kind == BIRTH and (spellings := compile_date_spellings(each.value)) is not None:
                self._births.append((spellings, each))
            if (each.kind == PART and level_text(each.value) not in kept) or (each.kind == PLACE and each.value.isalpha()):
                for key in list_spelling_keys(each.value):
                    self._names.setdefault(key, []).append((each.value, each))
        self._beginnings = {prefix[:2] for prefix in self._forms}
        """The first two letters of all forms: at most places of a text none of them stands."""
        self._kept = kept
        self._replaced: dict[tuple[str, bool], str] = {}

    def replace(self, text: str, *, variants: bool = True) -> str:
        """Returns the text with a mark in the place of each value."""
        if len(text) > _REMEMBERED:
            return self._replace(text, variants)
        key = (text, variants)
        if key not in self._replaced:
            self._replaced[key] = self._replace(text, variants)
        return self._replaced[key]

    def _replace(self, text: str, variants: bool) -> str:
        """Replaces the values of one text."""
        hits = [*self._find_values(text), *(self._find_variants(text) if variants else ())]
        if not hits:
            return text
        pieces, at = [], 0
        for hit in _merge(hits):
            pieces += [text[at : hit.start], hit.mark]
            at = hit.end
        return "".join((*pieces, text[at:]))

    def holds_any(self, text: str) -> bool:
        """Returns whether a value stands in the text as it is.

        Not looked for: words of names, other spellings, and account names that are one plain word, which may be a word of ours.
        """
        return any(hit.mark for hit in self._find_values(text, whole=True))

    def _find_values(self, text: str, *, whole: bool = False) -> Iterator[_Hit]:
        """Yields values, the longest at each place. `whole` leaves words of names out."""
        yield from self._find_births(text)
        if not self._forms:
            return
        level, starts, ends = _level_with_places(text)
        for at in range(len(level) - 1):
            if level[at : at + 2] not in self._beginnings:
                continue
            found = self._find_longest(text, level, at, starts, ends, whole)
            if found is not None:
                start = starts[at] - (starts[at] > 0 and text[starts[at] - 1] == "+")
                yield _Hit(start, ends[at + len(found) - 1], self._forms[found[:_PREFIX]][found].mark)

    def _find_births(self, text: str) -> Iterator[_Hit]:
        """Yields dates of birth in other spellings."""
        if not self._births:
            return
        plain = level_digits(text)
        for spellings, value in self._births:
            yield from (_Hit(found.start(), found.end(), value.mark) for found in spellings.finditer(plain))

    def _find_longest(self, text: str, level: str, at: int, starts: list[int], ends: list[int], whole: bool) -> str | None:
        """Returns the longest form that stands at a place of the levelled text, or None."""
        for length in range(min(_PREFIX, len(level) - at), 1, -1):
            forms = self._forms.get(level[at : at + length], {})
            fitting = [
                form for form in forms if level.startswith(form, at) and not (whole and _may_be_our_word(form, forms[form]))
            ]
            for form in sorted(fitting, key=len, reverse=True):
                if _stands(text, form, forms[form].kind, starts[at], ends[at + len(form) - 1]):
                    return form
        return None

    def _find_variants(self, text: str) -> Iterator[_Hit]:
        """Yields words that are a name of the child in another spelling or script."""
        if not self._names:
            return
        for word in _WORD.finditer(text):
            mark = self._mark_variant(word.group())
            if mark is not None:
                yield _Hit(word.start(), word.end(), mark)

    def _mark_variant(self, word: str) -> str | None:
        """Returns the mark for a word that is a name in another spelling, else None."""
        if word not in self._words:
            names = [each for key in list_spelling_keys(word) for each in self._names.get(key, ())]
            found = next((value for name, value in names if may_be_one_name(word, name)), None)
            self._words[word] = found.mark if found is not None and level_text(word) not in self._kept else None
        return self._words[word]


_WORD = re.compile(r"[^\W\d_]{3,40}")
_TOKEN = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}|&#(?:[xX][0-9A-Fa-f]{1,16}|[0-9]{1,20});|.", re.DOTALL
)
_SEPARATORS = frozenset("._-()/+'’,•|*~`#")
_LOOKALIKES = str.maketrans("аαсеεіιкκмоορѕтхχунп", "aaceeiikkmoopstxxyhn")
"""Cyrillic and Greek letters, lower case, and the Latin letters that they resemble."""
_BREAK = "\0"
"""Stands for a sign over which no value reaches, such as a quotation mark."""


def level_text(text: str) -> str:
    """Returns the letters and digits of a text in one form, without the signs and blanks between them."""
    return _level_with_places(text)[0].strip(_BREAK)


def _level_with_places(text: str) -> tuple[str, list[int], list[int]]:
    """Returns the levelled text, and for each of its letters where it begins and ends in the text."""
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for token in _TOKEN.finditer(text):
        for letter in _level_token(token.group()):
            letters.append(letter)
            starts.append(token.start())
            ends.append(token.end())
    return "".join(letters), starts, ends


def _level_token(token: str) -> str:
    """Returns the levelled letters of one character or of one escape."""
    if len(token) > 1:
        return "".join(map(_level_character, _decode(token)))
    return _level_character(token)


def _decode(token: str) -> str:
    """Returns the characters of an escape."""
    if token.startswith("%"):
        return bytes.fromhex(token.replace("%", "")).decode("utf-8", "replace")
    number = int(token[2:], 16) if token.startswith("\\") else int(token[3:-1], 16) if token[2] in "xX" else int(token[2:-1])
    return chr(number) if number <= sys.maxunicode else ""


@lru_cache(maxsize=4096)
def _level_character(character: str) -> str:
    """Returns the levelled form of a character: "" for a sign between letters, _BREAK for one that ends a value."""
    if character in _SEPARATORS or character.isspace():
        return ""
    if character.isascii():
        return character.lower() if character.isalnum() or character == "@" else _BREAK
    plain = "".join(each for each in unicodedata.normalize("NFKD", character) if unicodedata.category(each)[0] not in "MC")
    return "".join(_level_plain(each) for each in plain.casefold().translate(_LOOKALIKES))


def _level_plain(character: str) -> str:
    """Returns a letter of a compatibility form; digits of any script as 0 to 9."""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return (
        _FOLDED.get(character, character)
        if character.isalnum()
        else ""
        if character in _SEPARATORS or character.isspace()
        else _BREAK
    )


_FOLDED = {"ي": "ی", "ى": "ی", "ك": "ک", "ه": "ہ", "ة": "ہ", "ھ": "ہ", "أ": "ا", "إ": "ا", "ٱ": "ا", "ں": "ن", "ے": "ی"}
"""Letters of Arabic keyboards that people write for those of Urdu."""


def _list_forms(value: ChildValue) -> Iterator[str]:
    """Yields the levelled forms of a value. A telephone number may stand with or without its country's code."""
    form = level_text(value.value)
    yield form
    if value.kind == "address" and (stated := _NUMBERED.fullmatch(value.value.strip())):
        yield from _list_numbered_forms(stated[1].casefold(), level_text(stated[2]))
    if value.kind == PHONE:
        digits = "".join(filter(str.isdigit, form))
        national = digits.removeprefix("00").removeprefix("92").removeprefix("0")
        if len(national) >= 7:
            yield from (before + national for before in ("", "0", "92", "0092", "920"))
        yield digits


_NUMBERED = re.compile(r"([^\W\d_]{1,12})\W{0,3}(?:no|number|nr|num|نمبر)?\W{0,3}(\d{1,5}\W?[^\W\d_]?)", re.IGNORECASE)
"""A house, a street or the like with its number."""
_SAME_WORDS = (
    ("house", "h", "home", "makan", "makaan", "ghar", "مکان", "گھر"),
    ("street", "st", "gali", "galli", "گلی"),
    ("flat", "apartment", "apt", "فلیٹ"),
    ("plot", "پلاٹ"),
    ("block", "بلاک"),
    ("sector", "سیکٹر"),
    ("road", "rd", "سڑک"),
)


def _list_numbered_forms(word: str, number: str) -> Iterator[str]:
    """Yields the spellings of "House 7": "H. No. 7", "makan number 7", "مکان نمبر ۷"."""
    words = next((group for group in _SAME_WORDS if word in group), (word,))
    for each in words:
        for between in ("", "no", "number", "nr", "num", "نمبر"):
            form = f"{level_text(each + between)}{number}"
            if len(form) >= LOOSE_FROM:
                yield form


def _may_be_our_word(form: str, value: ChildValue) -> bool:
    """Returns whether a value may be a word that a packet says by itself."""
    return value.kind in (PART, PLACE) or (len(form) < _OUR_WORDS and form.isalpha() and " " not in value.value.strip())


def _stands(text: str, form: str, kind: str, start: int, end: int) -> bool:
    """Returns whether a form that was found counts.

    A short one stands alone in the text, and a very short one has no signs between its letters. One word of a name is one word,
    or all its letters are spaced out. A number is no part of a longer one, telephone numbers excepted.
    """
    if len(form) < LOOSE_FROM and end - start != len(form):
        return False
    if kind == PART and 0 < sum(map(str.isspace, text[start:end])) < len(form) - 1:
        return False
    before, after = text[start - 1 : start], text[end : end + 1]
    if len(form) >= INSIDE_FROM and kind != BIRTH:
        return kind == PHONE or not form.isdigit() or not (before.isdigit() or after.isdigit())
    return not (before.isalnum() or after.isalnum())


def _merge(hits: Iterable[_Hit]) -> Iterator[_Hit]:
    """Yields hits in order; of those that overlap the longest gives its mark to all."""
    group: list[_Hit] = []
    for hit in sorted(hits, key=lambda hit: hit.start):
        if group and hit.start >= max(each.end for each in group):
            yield _join(group)
            group = []
        group.append(hit)
    if group:
        yield _join(group)


def _join(group: list[_Hit]) -> _Hit:
    """Returns one hit over all of a group."""
    longest = max(group, key=lambda hit: hit.end - hit.start)
    return _Hit(group[0].start, max(hit.end for hit in group), longest.mark)
