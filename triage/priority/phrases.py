"""Phrases in the text of a report that may speak of danger. A found phrase is a reason to read, never proof."""

from __future__ import annotations

import re
import unicodedata

_ARABIC_FORMS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ۀ": "ہ", "ة": "ہ", "ه": "ہ", "’": "'", "‘": "'", "`": "'"})
_INVISIBLE = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640\u200b-\u200f\ufeff]")
_WORD = re.compile(r"\w+")
_APART = {code: " " for code in range(128) if not _WORD.match(chr(code))}


def readable(text: str) -> str:
    """One spelling for comparing: compatibility forms, case, Arabic keyboard letters, vowel marks and white space levelled."""
    return " ".join(levelled(text).split())


def levelled(text: str) -> str:
    """`readable`, but for white space: enough for its words."""
    if text.isascii():  # where none of the steps but two can change anything
        return text.lower().replace("`", "'")
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text).casefold().translate(_ARABIC_FORMS))


def words_of(text: str) -> frozenset[str]:
    """The words of a text, letters and digits without what stands between them."""
    return frozenset(text.translate(_APART).split() if text.isascii() else _WORD.findall(text))


class PhraseList:
    """Whole phrases, compiled once. A word boundary is wanted on both sides, so that a phrase inside a longer word is no hit."""

    def __init__(self, phrases: tuple[str, ...]) -> None:
        self.phrases = tuple(sorted({readable(phrase) for phrase in phrases}, key=lambda text: (-len(text), text)))
        alternatives = "|".join(re.escape(phrase).replace(r"\ ", " ") for phrase in self.phrases)
        self._pattern = re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")
        self._by_longest: dict[str, list[frozenset[str]]] = {}
        """The words of the phrases by the longest among them, which common texts hold least often."""
        for phrase in self.phrases:
            words = words_of(phrase)
            self._by_longest.setdefault(max(sorted(words), key=len, default=""), []).append(words)

    def find(self, text: str, words: frozenset[str] | None = None) -> tuple[str, ...]:
        """The distinct phrases found, sorted. `text` is already `readable`; `words` are its own, for who asks several lists."""
        if not self.may_hold(words_of(text) if words is None else words):
            return ()
        return tuple(sorted({found.group() for found in self._pattern.finditer(text)}))

    def may_hold(self, words: frozenset[str]) -> bool:
        """Quick and never wrong about a no: the pattern, tried at each letter of a long text, is slow."""
        longest = self._by_longest.keys() & words if "" not in self._by_longest else self._by_longest.keys()
        return any(needed <= words for word in longest for needed in self._by_longest[word])
