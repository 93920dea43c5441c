"""A small linear classifier of sentences over hashed character n-grams: it finds wordings that no slot foresees.

Trained by bench/intents/train.py, described in docs/intents.md. Only numpy runs here. The weights are integers with one scale an
intent, so that a score is the same on every machine. A threshold belongs to an intent and a language; without one the intent is
off there, which is not "no": nothing was looked for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from triage.intents.files import WEIGHTS
from triage.intents.normalise import spell_roman
from triage.intents.sentences import Language, Sentence
from triage.resources import resource

BUCKETS = 1 << 15
SHORTEST, LONGEST = 2, 5  # characters of an n-gram
MAX_CHARACTERS = 320  # of a sentence, in classes of spelling
_FACTOR = np.uint32(0x01000193)
_START = np.uint32(0x811C9DC5)


@dataclass(frozen=True, slots=True)
class Classified:
    """An intent that a sentence scores above the threshold of its language. `score` is the estimated probability."""

    intent: str
    score: float


@dataclass(frozen=True, slots=True)
class Classifier:
    """Weights of all intents (buckets x intents, int8), scales and biases, and thresholds as scores before the logistic curve."""

    intents: tuple[str, ...]
    weights: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float64]
    biases: npt.NDArray[np.float64]
    thresholds: dict[str, dict[str, float]]

    def classify(self, sentence: Sentence, language: Language) -> tuple[Classified, ...]:
        """Returns the intents above their threshold, the highest score first."""
        limits = self.thresholds.get(language, {})
        grams = hash_ngrams(sentence) if limits else ()
        if not len(grams):
            return ()
        sums = self.weights[grams].sum(axis=0, dtype=np.int64)
        margins = sums * self.scales / float(len(grams)) ** 0.5 + self.biases
        found = [
            Classified(intent, round(float(1.0 / (1.0 + np.exp(-margins[place]))), 3))
            for place, intent in enumerate(self.intents)
            if intent in limits and margins[place] >= limits[intent]
        ]
        return tuple(sorted(found, key=lambda each: (-each.score, each.intent)))


def spelled(sentence: Sentence) -> str:
    """Returns the text that n-grams are taken from: words by their class of spelling, numbers as 0, one space between words."""
    words = ("0" if word.isdecimal() else spell_roman(word) for word in sentence.words)
    return f" {' '.join(words)} "[:MAX_CHARACTERS]


def hash_ngrams(sentence: Sentence) -> npt.NDArray[np.intp]:
    """Returns the distinct buckets of the n-grams of a sentence, in order."""
    codes = np.frombuffer(spelled(sentence).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    parts = []
    hashed = np.full(len(codes), _START, dtype=np.uint32)
    for length in range(1, LONGEST + 1):
        if len(codes) < length:
            break
        hashed = (hashed[: len(codes) - length + 1] ^ codes[length - 1 :]) * _FACTOR
        if length >= SHORTEST:
            mixed = hashed ^ (hashed >> np.uint32(15))
            parts.append((mixed * np.uint32(0x2C1B3C6D)) >> np.uint32(17))
    return np.unique(np.concatenate(parts)).astype(np.intp) if parts else np.zeros(0, dtype=np.intp)


@cache
def shipped() -> Classifier | None:
    """Returns the trained classifier; None when this installation has no weights."""
    try:
        with resource("intents", WEIGHTS).open("rb") as file, np.load(file, allow_pickle=False) as held:
            about = json.loads(bytes(held["about"]).decode())
            return Classifier(tuple(about["intents"]), held["weights"], held["scales"], held["biases"], about["thresholds"])
    except FileNotFoundError:
        return None
