"""Describes how hard a passphrase is to guess.

This is a hint and no promise, since nobody can measure how the passphrase was made up.
"""

from __future__ import annotations

from triage.jobs.passphrases import LEAST_SCORE, Strength, rate_passphrase
from triage.ui.text.i18n import Safe, tr


def is_strong_enough(passphrase: str, name: str, store: str) -> bool:
    """Returns whether a passphrase is accepted."""
    return rate_passphrase(passphrase, name, store) >= LEAST_SCORE


def describe_strength(passphrase: str, name: str, store: str) -> Safe:
    """Returns a sentence that says how good the passphrase is, and whether it is accepted."""
    if not passphrase:
        return tr("Five or more random words make a good passphrase.")
    rating = rate_passphrase(passphrase, name, store)
    if rating < LEAST_SCORE:
        return tr("Too weak, not accepted: it could be guessed from a copy of this disk. Use five or more random words.")
    if rating < Strength.GOOD:
        return tr("Fair: one or two more random words would make it good.")
    return tr("Good, if you made it up at random and use it nowhere else.")
