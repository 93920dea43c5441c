"""Phrases in the text of a report that may speak of danger. A found phrase is a reason to read, never proof."""

from __future__ import annotations

import re
import unicodedata

_ARABIC_FORMS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ۀ": "ہ", "ة": "ہ", "ه": "ہ", "’": "'", "‘": "'", "`": "'"})
_INVISIBLE = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640\u200b-\u200f\ufeff]")
_SPACE = re.compile(r"\s+")


def readable(text: str) -> str:
    """One spelling for comparing: compatibility forms, case, Arabic keyboard letters, vowel marks and white space levelled."""
    level = unicodedata.normalize("NFKC", text).casefold().translate(_ARABIC_FORMS)
    return _SPACE.sub(" ", _INVISIBLE.sub("", level)).strip()


class PhraseList:
    """Whole phrases, compiled once. A word boundary is wanted on both sides, so that a phrase inside a longer word is no hit."""

    def __init__(self, phrases: tuple[str, ...]) -> None:
        self.phrases = tuple(sorted({readable(phrase) for phrase in phrases}, key=lambda text: (-len(text), text)))
        alternatives = "|".join(re.escape(phrase).replace(r"\ ", " ") for phrase in self.phrases)
        self._pattern = re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")

    def find(self, text: str) -> tuple[str, ...]:
        """The distinct phrases found, sorted. `text` is already `readable`."""
        return tuple(sorted({found.group() for found in self._pattern.finditer(text)}))
