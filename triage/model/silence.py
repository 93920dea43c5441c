"""Values that say that there is nothing: "N/A", "No", "none", "-", in the languages of the country.

The words stand here and in no file, because sandboxed readers ask for them and may open nothing.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 60  # characters; what is longer says something
LONGEST_DENIAL = 160  # characters of a denial with what explains it
_BREAK = "|"
_CLAUSE_END = re.compile(r"[|:;,!?()\n؛،۔؟]|\s[-–—]+\s|[-–—]{2,}|[–—]|\.\s")
_NO_WORD = re.compile(r"[^\w|]+|_+")
_NO_LETTER = re.compile(r"[\W_]+")
_FOLDED = str.maketrans({"ي": "ی", "ى": "ی", "ې": "ی", "ك": "ک", "ڪ": "ک", "ه": "ہ", "ھ": "ہ", "ں": "ن"})
_WORDS = (
    "n/a", "n.a.", "na", "no", "none", "nil", "null", "nothing", "false", "0", "n", "unknown", "not known", "undefined",
    "empty", "blank", "not applicable", "not available", "not provided", "information not provided", "not stated",
    "not said", "not specified", "not set", "not given", "no data", "no information", "no value", "no reason",
    "no reason given", "no comment", "no comments", "none provided", "none given", "none stated", "none known",
    "none reported", "not escalated", "no escalation", "not urgent", "not high priority", "no imminent danger",
    "no imminent threat", "no immediate danger", "does not apply", "tbd", "nan", "not requested",
    "escalation not requested", "no escalation requested", "not required", "not needed", "not necessary", "no need",
    "no escalation needed", "no escalation required", "no escalation necessary", "escalation not needed",
    "escalation not required", "zaroorat nahi", "ضرورت نہیں", "ضرورت ناهي", "ضرورت نشته", "لوڑ نئیں",
    "nahi", "nahin", "koi nahi", "kuch nahi",
    "nahi hai", "لاگو نہیں", "نہیں", "نہ", "کوئی نہیں", "کچھ نہیں", "دستیاب نہیں", "معلوم نہیں", "نامعلوم", "درج نہیں",
    "نه", "ناهي", "ڪو نه", "ڪجهه نه", "لاڳو ناهي", "معلوم ناهي", "موجود ناهي", "نشته", "هېڅ", "هیڅ", "نه دی",
    "نه پلي کیږي", "معلوم نه دی", "نئیں", "کوئی نئیں", "کجھ نئیں", "پتہ نئیں", "لاگو نئیں",
)  # fmt: skip


_ROUTINE_WORDS = (
    "routine", "report", "reports", "standard", "normal", "ordinary", "regular", "usual", "automated",
    "automatic", "automatically", "auto", "generated", "submission", "submitted", "sent", "upload", "uploaded",
    "known", "hash", "match", "matched", "referral", "informational", "only", "just", "a", "an", "the", "this",
    "is", "was", "it", "of", "for", "by", "as", "from", "our", "system", "provider", "default", "value",
    "field", "tip", "cybertip", "processing", "queue", "mamool", "mamooli", "aam", "ki", "ka", "hai", "معمول",
    "معمولی", "عام", "کی", "کا", "ہے", "رپورٹ", "رپورٽ", "جي", "آهي", "عادي", "راپور", "دی", "دا", "دے", "اے",
    "خودکار",
)  # fmt: skip
"""Words that explain why nothing is escalated. Any other word is read as a reason to escalate."""


def _level(value: str) -> str:
    """Letters and digits alone, in one case, without marks."""
    apart = unicodedata.normalize("NFKD", value).casefold().translate(_FOLDED)
    return _NO_LETTER.sub("", "".join(letter for letter in apart if not unicodedata.combining(letter)))


def _words_of(value: str) -> tuple[str, ...]:
    """The words of a text, levelled; a clause ends with _BREAK, so that no denial reaches over it."""
    apart = _CLAUSE_END.sub(f" {_BREAK} ", unicodedata.normalize("NFC", value))
    return tuple(word if word == _BREAK else _level(word) for word in _NO_WORD.split(apart) if word == _BREAK or _level(word))


_NONE = frozenset(map(_level, _WORDS))
_DENIALS = frozenset(map(_words_of, _WORDS))
_MOST_WORDS = max(map(len, _DENIALS))
_ROUTINE = frozenset({_BREAK, *map(_level, _ROUTINE_WORDS)})


def says_none(value: str) -> bool:
    """Whether a filled-in value states that there is nothing. An empty value states nothing at all and is not one."""
    if len(value) > LONGEST or not value.strip():
        return False
    return (levelled := _level(value)) in _NONE or not levelled


def denies_escalation(value: str) -> bool:
    """Whether a text beside an escalation field says that nothing is escalated: "No", "NO - routine report", "N/A (automated)".

    It has to begin with a denial, and all that follows has to be routine words or further denials. "No - child in danger"
    escalates.
    """
    words = _words_of(value) if len(value) <= LONGEST_DENIAL else ()
    if _BREAK not in words and says_none(value):
        return True
    place = _count_denial(words, 0)
    if not place:
        return False
    while place < len(words):
        step = _count_denial(words, place) or int(words[place] in _ROUTINE)
        if not step:
            return False
        place += step
    return True


def _count_denial(words: tuple[str, ...], place: int) -> int:
    """Returns how many words the longest denial has that begins at a place, or 0."""
    return next((many for many in range(_MOST_WORDS, 0, -1) if words[place : place + many] in _DENIALS), 0)
