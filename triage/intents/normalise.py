"""One spelling of a text for comparing, whatever letters and spaces its writer used. Linear in the length of the text.

Two levels. `normalise_text` levels letters: compatibility forms, case, look-alikes, invisible characters, vowel marks, letters of
the Arabic, Sindhi, Pashto and Shahmukhi keyboards, digits inside words, long repetitions and spaced-out letters. `spell_roman`
goes further for one word of Roman Urdu, which has no fixed spelling: it keeps consonants and the last vowel.

Letters of Sindhi and Pashto that tell words apart stay (ٻ ڄ ڏ ٿ ڀ ښ ږ څ ځ). Folded are those that people write for each other
because a keyboard lacks one: ڪ and ك for ک, ټ and ٽ for ٹ, ډ and ڊ for ڈ, ړ and ڙ for ڑ, ګ for گ, ڼ ڻ ݨ ں for ن, every yeh and ے
for ی, every heh for ہ.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

from triage.intents.word_table import WordTable

_FOLDED = {
    "ی": "يىئېۍےۓۑ", "ک": "كڪ", "ہ": "هةۀۂھۃە", "ا": "آأإٱ", "و": "ؤۇۆ", "ن": "ںڼڻݨ", "ٹ": "ټٽ", "ڈ": "ډڊ", "ڑ": "ړڙ", "گ": "ګ",
    "ل": "ࣇ", "'": "’‘`´ʼ", '"': "“”„«»", "-": "‐‑‒–—−", ".": "۔", "?": "؟", ",": "،", ";": "؛", "۽": "۽",
}  # fmt: skip
_LOOKALIKES = {
    "a": "аɑα", "b": "Ьвβ", "c": "сϲ", "d": "ԁ", "e": "еєε", "g": "ɡ", "h": "һнη", "i": "іıιɩ", "j": "ј", "k": "кκ", "l": "ӏ",
    "m": "м", "n": "пո", "o": "оοσ", "p": "рρ", "q": "ԛ", "r": "г", "s": "ѕ", "t": "тτ", "u": "υս", "v": "ѵν", "w": "ԝω",
    "x": "хχ", "y": "уγ",
}  # fmt: skip
"""Cyrillic, Greek and Armenian letters, lower case, by the Latin letter that they resemble."""
_ONE_FOR_ANOTHER = str.maketrans(
    {letter: to for table in (_FOLDED, _LOOKALIKES) for to, letters in table.items() for letter in letters}
    | {digit: str(value) for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for value, digit in enumerate(digits)}
)
_INVISIBLE = re.compile(
    "[\u00ad\u0300-\u036f\u0610-\u061a\u0621\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u115f\u1160\u180b-\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e01ff]"
)
"""Characters without a width, combining marks and the lone hamza."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_MIXED_WORD = re.compile(r"[a-z0-9@$]{2,24}(?![\w@$]|\.\w)")
_NO_LETTER = re.compile(r"[0-9@$]")
"""What a word must hold to be a mixed one: most sentences hold none of them."""
_LETTERS_AS_DIGITS = str.maketrans("013457@$", "oieasta" + "s")
_MEASURE = re.compile(r"\d+(?:[kmghsdx]|th|st|nd|rd|am|pm|hrs?|mins?|secs?|k[gmi]|[gm]b|rs|pkr|mp|yrs?|days?|hours?)$")
_LONG_RUN = re.compile(r"([^\W\d])\1\1+")
_SPACED_OUT = re.compile(r"(?<!\w)(?:[a-z][ ._*-]){3,}[a-z](?!\w)")
_GAPS = re.compile(r"[ ._*-]")
_BLANKS = re.compile(r"[^\S\n]+")
_ODD_BLANK = re.compile(r"[^\S\n ]")
_SHAPES = "".join(
    "a" if chr(code).isalpha() else " " if chr(code) in " ._*-" else "0" if chr(code) in "0123456789@$" else "|"
    for code in range(128)
)
"""By ASCII code: letters as a, gaps between letters that are spaced out as a blank, and as 0 what stands in mixed words."""
_SPACED_OUT_SHAPE = "a a a a"
_MIXED_SHAPE = "0"
_LONG_ASCII_RUN = re.compile(r"([a-z_])\1\1+")
_LONG_LINE = "___"  # a run that stands in no word
LETTERS_AND_DIGITS = "".join(chr(code) if chr(code).isalnum() else " " for code in range(128))
"""By ASCII code: what belongs to a word, else a blank."""

_MOST_ESCAPED = 2  # times that HTML escapes are resolved: a page within a page escapes twice
_ATTRIBUTES = r"""(?:\s{1,9}[\w:-]{1,40}\s{0,9}=\s{0,9}(?:"[^"<>]{0,300}"|'[^'<>]{0,300}'|[^\s"'<>]{1,300})){0,20}\s{0,9}/?>"""
_BREAKING = "br|p|div|tr|li|ul|ol|table|h[1-6]|hr|blockquote|body|html"
_INLINE = "b|i|u|s|em|strong|small|big|span|font|a|td|th|tbody|sup|sub|code|pre|mark|img"
_BREAKING_TAG, _TAG = (re.compile(rf"</?(?:{names})\b{_ATTRIBUTES}", re.IGNORECASE) for names in (_BREAKING, _INLINE))

_LATIN = re.compile(r"[a-z]+")
_FUTURE = re.compile(r"[aeiou]n?g(?=(?:a|i|e|ay|ey|y)$)")
_ROMAN_PAIRS = (("ph", "f"), ("ck", "k"), ("q", "k"), ("w", "v"), ("x", "C"), ("sh", "S"), ("ch", "C"))
_VOWELS = frozenset("aeiou")
_LAST_VOWEL = {"a": "a", "e": "i", "i": "i", "o": "u", "u": "u"}


def read_markup(text: str) -> str:
    """Returns a text with the characters that entities of HTML stand for, and without its tags.

    Chats come as they stood on a page, at times escaped twice. Only tags of HTML with well-formed attributes go, so that nobody
    can hide words between angle brackets. The text never grows.
    """
    for _ in range(_MOST_ESCAPED):
        if "&" not in text or ";" not in text:
            break
        text = html.unescape(text)
    if "<" in text and ">" in text:
        text = _TAG.sub("", _BREAKING_TAG.sub("\n", text))
    return text


def normalise_text(text: str) -> str:
    """Returns the text in one spelling; lines stay lines."""
    return normalise_with_words(text)[0]


def normalise_with_words(text: str) -> tuple[str, list[str] | None]:
    """Returns the text in one spelling, and its words where they were found on the way, else None."""
    if text.isascii():
        return _normalise_ascii(text.lower().replace("`", "'"))
    text = _SURROGATE.sub(" ", text)
    for _ in range(2):  # a folded letter can compose with what follows it
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKD", text).casefold())
        text = unicodedata.normalize("NFC", text).translate(_ONE_FOR_ANOTHER)
    text = _BLANKS.sub(" ", text)
    if _SPACED_OUT.search(text):
        text = _SPACED_OUT.sub(_join, text)
    if _NO_LETTER.search(text):
        text = _MIXED_WORD.sub(_spell_out, text)
    return _LONG_RUN.sub(r"\1\1", text), None


def _normalise_ascii(text: str) -> tuple[str, list[str] | None]:
    """Does the same to lower-case ASCII. A pattern is used only where it may find something: most sentences hold nothing."""
    if "  " in text or (not text.isprintable() and _ODD_BLANK.search(text)):
        text = _BLANKS.sub(" ", text)
    shapes = text.translate(_SHAPES)
    if _SPACED_OUT_SHAPE in shapes:
        text = _SPACED_OUT.sub(_join, text)
    if _MIXED_SHAPE in shapes:
        text = _MIXED_WORD.sub(_spell_out, text)
    words = text.translate(LETTERS_AND_DIGITS).split()
    if _LONG_LINE in text or any(map(_long_runs.__getitem__, words)):
        return _LONG_ASCII_RUN.sub(r"\1\1", text), None
    return text, None if "'" in text else words


def _has_long_run(word: str) -> bool:
    """Returns whether a letter stands three times in a row in a word."""
    return _LONG_ASCII_RUN.search(word) is not None


_long_runs = WordTable(_has_long_run, 16_384)


def _join(found: re.Match[str]) -> str:
    return _GAPS.sub("", found.group())


def _spell_out(found: re.Match[str]) -> str:
    """Returns letters for digits inside a word: k1ll, s3nd, n0, but not 2nd, 5pm or user123."""
    word = found.group()
    return word if word.isalpha() or word.isdigit() else _letters_for_digits(word)


@lru_cache(maxsize=4_096)
def _letters_for_digits(word: str) -> str:
    letters = sum(letter.isalpha() for letter in word)
    if letters < len(word) - letters or _MEASURE.match(word) or (not word[-1].isalpha() and len(word) - letters > 1):
        return word
    if word[0].isdigit() and (letters < 3 or word[1].isdigit()):
        return word
    return word.replace("11", "ll").translate(_LETTERS_AS_DIGITS)


@lru_cache(maxsize=16_384)
def collapse_repetitions(word: str) -> str:
    """Returns a word without any doubled letter: what "sendd" and "send" have in common."""
    return "".join(letter for place, letter in enumerate(word) if not place or letter != word[place - 1])


@lru_cache(maxsize=32_768)
def spell_roman(word: str) -> str:
    """Returns the class of spellings of a normalised word of Roman Urdu.

    bhejo, bejo and bhjo are one, kardunga is kar + dun + ga. A word of other letters is returned as it is.
    """
    if not _LATIN.fullmatch(word):
        return word
    if len(word) > 4 and (future := _FUTURE.search(word)):
        return spell_roman(word[: future.start() + 1]) + spell_roman(word[future.end() - 1 :])
    if len(word) > 24:
        return word
    for letters, sound in _ROMAN_PAIRS:
        word = word.replace(letters, sound)
    first, rest = word[0], word[1:]
    rest = rest.replace("h", "")
    if len(rest) > 1 and rest.endswith("n") and rest[-2] in _VOWELS:
        rest = rest[:-1]  # a nasal, written or not: hun, hoon, hu
    if len(rest) > 1 and rest.endswith("y"):
        rest = rest[:-1] + ("e" if rest[-2] in _VOWELS else "i")
    last = _last_vowel(rest)
    inside = "".join(letter for letter in rest if letter not in _VOWELS and letter != "y")
    return collapse_repetitions(("a" if first in _VOWELS else first) + inside) + last


def _last_vowel(rest: str) -> str:
    """Returns the sound at the end of a word: ai, ay and ey are e; oo and au are o."""
    return _LAST_VOWEL[rest[-1]] if rest and rest[-1] in _VOWELS else ""
