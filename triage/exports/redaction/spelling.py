"""Tells whether two words are one name, spelled otherwise or written in another script."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

from triage.intents.normalise import normalise_text, spell_roman

LEAST_KEY = 3
"""Letters of a key. Names with a shorter one ("Ali", "Khan") are found by their letters alone: too many words sound like them."""
_LEAST_RATIO = 0.7
"""Of two Latin spellings of one name so much is the same: Ayesha and Aisha, Muhammad and Mohammed."""
_LATIN = re.compile("[a-z]+")
_ARABIC = re.compile("[\u0600-\u06ff]+")
_LETTERS = {
    "ا": "a", "ع": "a", "ب": "b", "پ": "p", "ت": "t", "ط": "t", "ٹ": "t", "ث": "s", "س": "s", "ص": "s", "ج": "j", "چ": "ch",
    "ح": "h", "ہ": "h", "خ": "kh", "د": "d", "ڈ": "d", "ذ": "z", "ز": "z", "ض": "z", "ظ": "z", "ژ": "z", "ر": "r", "ڑ": "r",
    "ش": "sh", "غ": "gh", "ف": "f", "ق": "q", "ک": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n",
}  # fmt: skip
"""Letters of the Arabic scripts, as `normalise_text` leaves them, in Roman Urdu."""


@lru_cache(maxsize=4_096)
def list_spelling_keys(word: str) -> frozenset[str]:
    """Returns the keys of a word of Latin or Arabic letters; words with a common key may be one name. Empty for other words."""
    plain = normalise_text(word).strip()
    if _LATIN.fullmatch(plain):
        found = {spell_roman(plain)}
    elif _ARABIC.fullmatch(plain):
        # A waw is a consonant (Naveed) or a vowel (Noor).
        found = {spell_roman(roman) for waw in ("o", "v") if (roman := _spell_in_latin(plain, waw))}
    else:
        return frozenset()
    return frozenset(key.replace("nb", "mb") for key in found if len(key) >= LEAST_KEY)


def may_be_one_name(word: str, name: str) -> bool:
    """Returns whether a word of a text may be this word of a name, in another spelling or script."""
    if not list_spelling_keys(word) & list_spelling_keys(name):
        return False
    one, other = normalise_text(word).strip(), normalise_text(name).strip()
    both_latin = _LATIN.fullmatch(one) and _LATIN.fullmatch(other)
    return not both_latin or SequenceMatcher(None, one, other, autojunk=False).ratio() >= _LEAST_RATIO


def _spell_in_latin(word: str, waw: str) -> str:
    """Returns a word of Arabic letters in Latin ones. A heh at its end is a vowel, and so is a yeh that does not begin it."""
    body, end = (word[:-1], "a") if len(word) > 1 and word.endswith("ہ") else (word, "")
    spelled = "".join({"و": waw, "ی": "i"}.get(letter) or _LETTERS.get(letter, "") for letter in body)
    return ("y" + spelled[1:] if word.startswith("ی") else spelled) + end
