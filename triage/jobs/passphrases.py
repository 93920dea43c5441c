"""Estimates how hard a passphrase is to guess, and refuses weak ones.

zxcvbn estimates how many guesses a person with word lists, names, dates and keyboard patterns needs. It works offline. Its time
grows with the square of the length, so it reads the first 72 characters only: what follows can only add to the strength.
"""

from __future__ import annotations

import unicodedata
from enum import IntEnum
from pathlib import Path

from triage.errors import Refused

LEAST_SCORE = 3  # of 4: at least 100 million guesses, over a year of one core at 0.28 s a guess
_MOST_READ = 72  # characters; zxcvbn refuses more
_OWN_WORDS = ("triage", "nccia", "ncmec", "cybertip", "cybertipline", "fia", "pakistan", "zindabad", "bismillah", "786786")

TOO_WEAK = "This passphrase is too easy to guess; choose five or more random words."
EMPTY = "The passphrase is empty; choose one of several words."
SAME = "The new passphrase is the old one; choose another."


class Strength(IntEnum):
    """The score of zxcvbn, from 0 (none) to 4 (good)."""

    NONE = 0
    VERY_WEAK = 1
    WEAK = 2
    FAIR = 3
    GOOD = 4


def rate_passphrase(passphrase: str, name: str = "", store: str = "") -> Strength:
    """Returns how hard it is to guess for somebody who knows the user's and the store's name."""
    from zxcvbn import zxcvbn  # late: its word lists take a tenth of a second to load

    text = unicodedata.normalize("NFKC", passphrase)[:_MOST_READ]
    if not text.strip():
        return Strength.NONE
    known = [*_OWN_WORDS, name, *name.split(), store, *store.split()]
    return Strength(zxcvbn(text, user_inputs=[word for word in known if word])["score"])


def check_passphrase(passphrase: str, name: str, directory: Path) -> None:
    """Refuses a passphrase that is empty, or too easy to guess for this user of this store.

    Raises:
        Refused: if it is one
    """
    if not passphrase.strip():
        raise Refused(EMPTY)
    if rate_passphrase(passphrase, name, directory.name) < LEAST_SCORE:
        raise Refused(TOO_WEAK)
