"""Reads signs of danger in text, offline: what a sentence may intend, why, and whose words it is. Pure functions, no store."""

from triage.intents.origin import Origin, origin_of
from triage.intents.reader import INTENTS, Intent, IntentFinding, Reading, TextToRead, edition, read_intents, read_texts

__all__ = [
    "INTENTS",
    "Intent",
    "IntentFinding",
    "Origin",
    "Reading",
    "TextToRead",
    "edition",
    "origin_of",
    "read_intents",
    "read_texts",
]
