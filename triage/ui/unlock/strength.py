"""How hard a passphrase is to guess, in words. A hint, not a promise: nobody can measure how it was thought up."""

from __future__ import annotations

import math
import string
from enum import IntEnum

from triage.ui.text.i18n import Safe, tr

LEAST = 12
"""Characters asked of a first passphrase."""
COMMON = ("password", "123456", "qwerty", "pakistan", "abcdef", "111111", "letmein", "bismillah", "786786", "triage")


class Strength(IntEnum):
    TOO_SHORT = 0
    WEAK = 1
    FAIR = 2
    GOOD = 3


def strength(passphrase: str, name: str = "") -> Strength:
    """Counts what is hardly guessable: words at 12 bits each, else distinct characters; repeats and common parts don't count."""
    if len(passphrase) < LEAST:
        return Strength.TOO_SHORT
    low = passphrase.lower()
    if any(part in low for part in COMMON) or (len(name) > 2 and name.lower() in low) or len(set(low)) < 6:
        return Strength.WEAK
    words = {word for word in low.split() if len(word) > 2}
    bits = max(12.0 * len(words), _character_bits(passphrase))
    return Strength.GOOD if bits >= 60 else Strength.FAIR if bits >= 44 else Strength.WEAK


def _character_bits(passphrase: str) -> float:
    """As if each distinct character were chosen at random, at half weight when it looks like words."""
    alphabet = sum(
        len(group)
        for group in (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation)
        if any(char in group for char in passphrase)
    )
    if any(not char.isascii() for char in passphrase):
        alphabet += 60
    letters = sum(char.isalpha() for char in passphrase) / len(passphrase)
    weight = 0.5 if letters > 0.8 else 0.8
    return len(set(passphrase)) * math.log2(max(2, alphabet)) * weight


def words(found: Strength) -> Safe:
    return {
        Strength.TOO_SHORT: tr("Too short: at least {n} characters. Five or more random words are best.", n=LEAST),
        Strength.WEAK: tr("Weak: it could be guessed from a copy of this disk. Use five or more random words."),
        Strength.FAIR: tr("Fair: one or two more random words would make it good."),
        Strength.GOOD: tr("Good, if you made it up at random and use it nowhere else."),
    }[found]
