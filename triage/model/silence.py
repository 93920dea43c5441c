"""Values that say that there is nothing: "N/A", "No", "none", "-", in the languages of the country.

The words stand here and in no file, because sandboxed readers ask for them and may open nothing.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 60  # characters; what is longer says something
_NO_LETTER = re.compile(r"[\W_]+")
_FOLDED = str.maketrans({"ي": "ی", "ى": "ی", "ې": "ی", "ك": "ک", "ڪ": "ک", "ه": "ہ", "ھ": "ہ", "ں": "ن"})
_WORDS = (
    "n/a", "n.a.", "na", "no", "none", "nil", "null", "nothing", "false", "0", "n", "unknown", "not known", "undefined",
    "empty", "blank", "not applicable", "not available", "not provided", "information not provided", "not stated",
    "not said", "not specified", "not set", "not given", "no data", "no information", "no value", "no reason",
    "no reason given", "no comment", "no comments", "none provided", "none given", "none stated", "none known",
    "none reported", "not escalated", "no escalation", "not urgent", "not high priority", "no imminent danger",
    "no imminent threat", "no immediate danger", "does not apply", "tbd", "nan", "not requested",
    "escalation not requested", "no escalation requested", "not required", "nahi", "nahin", "koi nahi", "kuch nahi",
    "nahi hai", "لاگو نہیں", "نہیں", "نہ", "کوئی نہیں", "کچھ نہیں", "دستیاب نہیں", "معلوم نہیں", "نامعلوم", "درج نہیں",
    "نه", "ناهي", "ڪو نه", "ڪجهه نه", "لاڳو ناهي", "معلوم ناهي", "موجود ناهي", "نشته", "هېڅ", "هیڅ", "نه دی",
    "نه پلي کیږي", "معلوم نه دی", "نئیں", "کوئی نئیں", "کجھ نئیں", "پتہ نئیں", "لاگو نئیں",
)  # fmt: skip


def _level(value: str) -> str:
    """Letters and digits alone, in one case, without marks."""
    apart = unicodedata.normalize("NFKD", value).casefold().translate(_FOLDED)
    return _NO_LETTER.sub("", "".join(letter for letter in apart if not unicodedata.combining(letter)))


_NONE = frozenset(map(_level, _WORDS))


def says_none(value: str) -> bool:
    """Whether a filled-in value states that there is nothing. An empty value states nothing at all and is not one."""
    if len(value) > LONGEST or not value.strip():
        return False
    return (levelled := _level(value)) in _NONE or not levelled
