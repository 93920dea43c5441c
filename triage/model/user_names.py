"""Rules for names of users and keys, so that no name can be taken for another or for a sentence of the program.

The rules follow the UsernameCasePreserved profile of PRECIS (RFC 8265), made narrower: letters of one script, Latin or Arabic
(for Urdu). Names that look alike have the same skeleton (after Unicode Technical Standard 39) and can't exist side by side.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping

MAX_NAME = 64  # characters
_AT_STORE = " at "
"""Between the name of a person of another workstation and that store's name, as the view `person` joins them."""
_UNKNOWN = "user "
"""Before the id of a user whose name the store does not know."""
PROGRAM = "Triage"
"""Stands in place of a name where the program itself acted, as when it opens a closed report that became graver."""
_SEPARATORS = " ._-'"
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz")
_ARABIC_BLOCK = range(0x0620, 0x0700)
_TATWEEL = "\u0640"  # it only stretches a word

# What is drawn alike gets one letter, in Latin after case folding. Cyrillic and Greek letters are never allowed in a name.
_LOOK_ALIKES = str.maketrans(
    {
        **dict.fromkeys("il1", "l"),  # capital I, small l and the digit one
        "0": "o",
        **dict.fromkeys(_SEPARATORS, "-"),
        **dict.fromkeys("٠۰", "."),
        **dict.fromkeys("٢۲", "2"),
        **dict.fromkeys("٣۳", "3"),
        **dict.fromkeys("٤۴", "4"),
        **dict.fromkeys("٦۶", "6"),
        **dict.fromkeys("٧۷", "7"),
        **dict.fromkeys("٨۸", "8"),
        **dict.fromkeys("٩۹", "9"),
        # The forms of these letters differ by marks, or only at the end of a word.
        **dict.fromkeys("يىیېۍێےۓئ", "ی"),
        **dict.fromkeys("كکڪګڬڭڮگ", "ک"),
        **dict.fromkeys("هہھةەۀۂۃۿ٥۵", "ه"),
        **dict.fromkeys("وۄۅۆۇۈۉۊۋۏ", "و"),
        **dict.fromkeys("اأإآٱٲٳٵ١۱", "ا"),
    }
)
_ALIKE_PAIRS = (("rn", "m"), ("vv", "w"))

NAME_LENGTH = f"A name has 1 to {MAX_NAME} characters."
NAME_CHARACTERS = "A name has letters, digits and single . _ - ' or spaces between them, and no other characters."
NAME_EDGES = "A name begins and ends with a letter or a digit."
NAME_SCRIPTS = "A name is written in Latin or in Urdu letters, not in both."
NAME_RESERVED = "Triage uses this name itself; choose another name."
NAME_ELSEWHERE = "Only people of other workstations have a name with the word at in it; choose another name."
NAME_SENTENCES = (NAME_LENGTH, NAME_CHARACTERS, NAME_EDGES, NAME_SCRIPTS, NAME_RESERVED, NAME_ELSEWHERE)

_RESERVED = (
    PROGRAM,
    "no second person",
    "nobody",
    "not stated",
    "recovery key",
    "this store",
    "unknown",
    "valid",
    "not valid",
    "invalid",
)


def clean_name(name: str) -> str:
    """Returns the name composed (NFC), without spaces around it and with single spaces inside."""
    return " ".join(part for part in unicodedata.normalize("NFC", name).split(" ") if part)


def find_name_problem(name: str) -> str | None:
    """Returns what is wrong with a cleaned name, as one of `NAME_SENTENCES`, or None when it may be used.

    A name that reads as a person of another workstation, or as a user whose name is not known, is refused here.
    """
    if problem := find_form_problem(name):
        return problem
    if _READS_AS_UNKNOWN.fullmatch(name):
        return NAME_RESERVED
    return NAME_ELSEWHERE if _AT_SKELETON in name_skeleton(name) else None


def find_form_problem(name: str) -> str | None:
    """Returns what is wrong with the letters of a cleaned name, as one of `NAME_SENTENCES`, or None.

    Names that other workstations state have to be sound in this alone: an older Triage allowed more.
    """
    if not 0 < len(name) <= MAX_NAME:
        return NAME_LENGTH
    scripts = {_script_of(char) for char in name}
    if None in scripts or _has_double_separator(name):
        return NAME_CHARACTERS
    if name[0] in _SEPARATORS or name[-1] in _SEPARATORS:
        return NAME_EDGES
    if len(scripts - {"any"}) > 1:
        return NAME_SCRIPTS
    return NAME_RESERVED if name_skeleton(name) in _RESERVED_SKELETONS else None


def name_skeleton(name: str) -> str:
    """Returns what two names that look alike have in common. It is for comparing only, never for showing."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", name).casefold() if not unicodedata.combining(char))
    for pair, letter in _ALIKE_PAIRS:
        plain = plain.replace(pair, letter)
    return plain.translate(_LOOK_ALIKES)


def find_look_alike(name: str, others: Iterable[str]) -> str | None:
    """Returns the first of the other names that looks like this one."""
    skeleton = name_skeleton(name)
    return next((other for other in others if name_skeleton(other) == skeleton), None)


def _script_of(char: str) -> str | None:
    """Returns "latin", "arabic" or "any"; None for a character that no name may have."""
    if char in _SEPARATORS or char in "0123456789":
        return "any"
    if ord(char) in _ARABIC_BLOCK and char != _TATWEEL and unicodedata.category(char) in ("Lo", "Nd"):
        return "arabic"
    decomposed = unicodedata.normalize("NFD", char)
    if decomposed[0].lower() in _LATIN and all(unicodedata.category(mark) == "Mn" for mark in decomposed[1:]):
        return "latin"
    return None


def _has_double_separator(name: str) -> bool:
    """Returns whether two separators stand in a row, which is hard to see.

    A full stop and a space are allowed.
    """
    pairs = itertools.pairwise(name)
    return any(one in _SEPARATORS and other in _SEPARATORS and (one, other) != (".", " ") for one, other in pairs)


_AT_SKELETON = name_skeleton(_AT_STORE)
_READS_AS_UNKNOWN = re.compile(r"user[ ._'-][0-9]+", re.IGNORECASE)
_RESERVED_SKELETONS = frozenset(name_skeleton(name) for name in _RESERVED)


def name_user(names: Mapping[int, str], user: int) -> str:
    """Returns the name of a user by their id, or says which user has none. What nobody did, the program did."""
    return names.get(user) or (f"{_UNKNOWN}{user}" if user else PROGRAM)


def split_store(name: str) -> tuple[str, str | None]:
    """Returns the name of a person, and the store of one who works on another workstation."""
    own, _, store = name.partition(_AT_STORE)
    return own, store or None


def shorten_stores(name: str) -> str:
    """Returns "NAME at STORE" with a store of at most MAX_NAME characters.

    Each workstation that hands a report on adds how it names the one before. Where they work stays, and who told of them last.
    """
    own, store = split_store(name)
    if store is None or len(store) <= MAX_NAME:
        return name
    first, *_, last = store.split(_AT_STORE)
    both = f"{first}{_AT_STORE}{last}"
    return f"{own}{_AT_STORE}{both if len(both) <= MAX_NAME else first}"


def read_unknown_user(name: str) -> int | None:
    """Returns the id that stands in place of a name, or None for a name."""
    number = name.removeprefix(_UNKNOWN)
    return int(number) if number != name and number.removeprefix("-").isascii() and number.removeprefix("-").isdecimal() else None
