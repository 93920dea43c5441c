"""Finds the languages of a text by letters that only one language has, the fastText model, and a word list for Roman Urdu.

Letters decide before the model does: it takes short Sindhi for Arabic and Shahmukhi for Urdu. No model knows Roman Urdu.
The answer sends work to someone who can read the text; it never places a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file

import fasttext

from triage.message import Message
from triage.resources import resource

LONGEST = 20_000
"""Characters of a text that are looked at."""
FEWEST_LETTERS = 6
"""Shorter runs of Arabic script say too little."""
SURE = 0.6
MODEL_CHARACTERS = 1_000

_ARABIC = re.compile(r"[\u0620-\u064a\u066e-\u06d3\u06d5\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c9]")
_OTHER_SCRIPT = re.compile(r"[\u0370-\u05ff\u0700-\u074f\u0780-\u089f\u0900-\u1fff\u3040-\ud7ff]")
_WORD = re.compile(r"[a-z']+")
_LETTERS = "".join(chr(code) if "a" <= chr(code) <= "z" or chr(code) == "'" else " " for code in range(128))
"""By ASCII code: what belongs to a word of `_WORD`, else a blank. So a text in ASCII is cut in a fifth of the time."""
_ANY_WORD = re.compile(r"\w+")

SINDHI = frozenset("ڄڃڀٻڳڱٽٿڦڻڏڌڍٺڇ")
PASHTO = frozenset("ټډړږښڅځڼېۍ")
UYGHUR = frozenset("ۇۆۈۋ")
"""Letters of Uyghur and related languages, which share ې with Pashto."""
URDU = frozenset("ٹڈڑےںہ")
SHAHMUKHI = frozenset(
    {"وچ", "نوں", "تسیں", "تسی", "اسیں", "تہاڈا", "ساڈا", "مینوں", "تینوں", "ایہہ", "اوہدا", "کیہ", "جیہڑا", "دا", "نیں"}
)
"""Words of Punjabi in Arabic script that Urdu does not have."""

_NAMES = {
    "ur": "urdu",
    "sd": "sindhi",
    "ps": "pashto",
    "pnb": "punjabi",
}


@dataclass(frozen=True, slots=True)
class Language:
    """A language that was found. `name` is a key of model/languages.py or a language code; `by` says how it was recognised."""

    name: str
    by: Message


class _Model:
    """The fastText model. It answers for one line at a time."""

    def __init__(self) -> None:
        with as_file(resource("language", "lid.176.ftz")) as path:
            self._model = fasttext.load_model(str(path))

    def best(self, text: str) -> tuple[str, float]:
        """Returns the most probable language code and its share, 0 to 1."""
        line = " ".join(text.encode("utf-8", "ignore").decode("utf-8").split())[:MODEL_CHARACTERS]
        labels, shares = self._model.predict(line, k=1)
        return (str(labels[0]).removeprefix("__label__"), float(shares[0])) if labels else ("", 0.0)


@lru_cache(maxsize=1)
def _load_model() -> _Model:
    return _Model()


@lru_cache(maxsize=1)
def read_roman_words() -> frozenset[str]:
    """Reads the common words of Roman Urdu once."""
    lines = resource("language", "roman_urdu.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def find_languages(text: str) -> tuple[Language, ...]:
    """Returns the languages of a text, at most one for each script. English and related languages are not looked for."""
    text = text[:LONGEST]
    found = []
    if not text.isascii():
        arabic = _find_in_arabic_script(text)
        found = [language for language in (arabic, _find_in_other_script(text)) if language]
    if _is_roman_urdu(text):
        found.append(Language("roman_urdu", Message("by common words")))
    return tuple(found)


def _find_in_arabic_script(text: str) -> Language | None:
    if len(_ARABIC.findall(text)) < FEWEST_LETTERS:
        return None
    own = " ".join(word for word in text.split() if _ARABIC.search(word))
    sindhi, pashto, urdu = (sum(map(own.count, family)) for family in (SINDHI, PASHTO, URDU))
    if sindhi and sindhi >= pashto and sindhi >= urdu:
        return Language("sindhi", Message("by letters that only Sindhi has"))
    if pashto and pashto >= urdu and UYGHUR.isdisjoint(own):
        return Language("pashto", Message("by letters that only Pashto has"))
    cues = SHAHMUKHI & set(_ANY_WORD.findall(own))
    if len(cues) >= 2:
        return Language("punjabi", Message("by the words {words}", words=tuple(sorted(cues))))
    if urdu >= 2:
        return Language("urdu", Message("by letters that Arabic and Persian do not have"))
    code, share = _load_model().best(own)
    return Language(_NAMES.get(code, code), Message("by the language model, no letter decides")) if share >= SURE else None


def _find_in_other_script(text: str) -> Language | None:
    if len(_OTHER_SCRIPT.findall(text)) < FEWEST_LETTERS:
        return None
    code, share = _load_model().best(" ".join(word for word in text.split() if _OTHER_SCRIPT.search(word)))
    return Language(code, Message("by the language model")) if share >= SURE else None


def _split_words(text: str) -> list[str]:
    """Returns the words of a text in lower case, as `_WORD` finds them."""
    return text.translate(_LETTERS).split() if text.isascii() else _WORD.findall(text)


def _is_roman_urdu(text: str) -> bool:
    """Returns whether a line has four words or more, a third of them common, three different, and two longer than two letters."""
    lowered, common = text.lower(), read_roman_words()
    if common.isdisjoint(_split_words(lowered)):  # most texts
        return False
    for line in lowered.splitlines():
        words = _split_words(line)
        hits = [word for word in words if word in common] if len(words) >= 4 else []
        if 3 * len(hits) >= len(words) and len(set(hits)) >= 3 and len({h for h in hits if len(h) > 2}) >= 2:
            return True
    return False
