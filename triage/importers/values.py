"""Parses the small values that every source writes in its own way: empty values, tri-states, hash kinds."""

from __future__ import annotations

import re
from itertools import product

_HEX = re.compile("[0-9A-Fa-f]+")
WORDS_FOR_NOTHING = frozenset(
    "".join(letters)
    for word in ("n/a", "na", "null", "none", "")
    for letters in product(*({letter, letter.upper()} for letter in word))
)
"""What programs write for nothing, in every mix of capitals: hundreds of values of each document are compared with them."""
_LONG_ENOUGH = 20
"""A longer text says something, even if it is only blanks."""


def lower_hex_digest(value: str) -> str:
    """Returns a digest in lower case.

    A text that is not hexadecimal stays as it is.
    """
    return value.casefold() if _HEX.fullmatch(value) else value


def normalise_hash_kind(name: str) -> str:
    """Returns a hash kind in lower case without punctuation: "SHA-256" and "SHA_256" become "sha256"."""
    return "".join(c for c in name.casefold() if c.isalnum())


def is_empty_value(text: str) -> bool:
    """Returns whether a text is empty or a program's word for nothing ("N/A", "null", "None")."""
    return len(text) < _LONG_ENOUGH and text.strip() in WORDS_FOR_NOTHING


_TRUTHS = {"true": True, "1": True, "yes": True, "y": True, "false": False, "0": False, "no": False, "n": False}


_VERIFICATION = re.compile(r"(?P<no>not\s+|un)?verified\b.*", re.IGNORECASE | re.DOTALL)


def parse_tristate(text: str) -> bool | None:
    """Returns True or False for xs:boolean and common spellings, None for anything else."""
    return _TRUTHS.get(text.strip().casefold())


def parse_verification(text: str) -> bool | None:
    """Returns True or False like `parse_tristate`, and also for words such as "Verified" and "Not Verified"."""
    found = _VERIFICATION.fullmatch(text.strip())
    return not found["no"] if found else parse_tristate(text)
