"""A small linear classifier of sentences: it finds wordings that no slot foresees, and says how sure a finding is.

It reads hashed n-grams of characters, and which classes of words stand in the sentence (resources/intents/words). The classes are
the same in six languages, so that what was learnt in one of them counts in the others. Trained by bench/intents/train.py,
described in docs/intents.md. Only numpy runs here. The weights are integers with one scale an intent, so that a score is the same
on every machine. A threshold belongs to an intent and a language; without one the intent is off there, which is not "no": nothing
was looked for.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from triage.intents.files import WEIGHTS
from triage.intents.normalise import spell_roman
from triage.intents.sentences import Language, Sentence
from triage.intents.word_table import WordTable
from triage.resources import resource

BUCKETS = 1 << 16
SHORTEST, LONGEST = 2, 5  # characters of an n-gram
MAX_CHARACTERS = 320  # of a sentence, in classes of spelling
CLASS_VALUE = 0.3  # of a class of words that stands in a sentence; the n-grams together have the length 1
_FACTOR = np.uint32(0x01000193)
_START = np.uint32(0x811C9DC5)
_BUCKET_BITS = np.uint32((BUCKETS - 1).bit_length())
_SHIFT = np.uint32(32) - _BUCKET_BITS

Margins = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns the margin of an intent into a probability; `by_slots` is added where slots found the intent as well."""

    slope: float
    offset: float
    by_slots: float

    def probability(self, margin: float, *, by_slots: bool) -> float:
        """Returns how probable the intent is, among sentences of the mixture that the classifier was trained with."""
        logit = self.slope * margin + self.offset + (self.by_slots if by_slots else 0.0)
        return round(1.0 / (1.0 + math.exp(-max(min(logit, 30.0), -30.0))), 3)


@dataclass(frozen=True, slots=True)
class Classifier:
    """Weights of all intents (buckets x intents, classes x intents), scales, biases, calibrations, and thresholds of margins."""

    intents: tuple[str, ...]
    weights: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float64]
    classes: Mapping[str, int]
    """Class of words -> its row in `class_weights`."""
    class_weights: npt.NDArray[np.int16]
    class_scales: npt.NDArray[np.float64]
    biases: npt.NDArray[np.float64]
    calibrations: Mapping[str, Calibration]
    thresholds: Mapping[str, Mapping[str, float]]

    def find_margins(self, sentences: Sequence[Sentence], classes: Sequence[Iterable[str]]) -> Margins:
        """Returns the margins (sentences, intents) before the logistic curve. `classes`: those that stand in each sentence.

        Sentences are read together, since to call numpy for one takes most of the time.
        """
        buckets, starts = _hash_all([spelled(sentence) for sentence in sentences])
        sums = np.add.reduceat(self.weights.take(buckets, axis=0), starts, axis=0, dtype=np.int64)
        places = [*starts.tolist(), len(buckets)]
        lengths = np.array([float(behind - first) ** 0.5 for first, behind in pairwise(places)])
        stands = np.zeros((len(sentences), len(self.class_weights)), np.int64)
        for row, names in zip(stands, classes, strict=True):
            row[[self.classes[name] for name in names if name in self.classes]] = 1
        of_classes = stands @ self.class_weights.astype(np.int64)
        found: Margins = sums * (self.scales / lengths[:, None])
        return found + of_classes * (self.class_scales * CLASS_VALUE) + self.biases

    def are_found(self, margins: Margins, languages: Sequence[Language]) -> npt.NDArray[np.bool_]:
        """Returns which margins (sentences, intents) reach the threshold of their intent and language."""
        off = math.inf
        limits = [[self.thresholds.get(each, {}).get(intent, off) for intent in self.intents] for each in languages]
        return margins >= np.array(limits)

    def score(self, intent: str, margin: float, *, by_slots: bool) -> float:
        """Returns the estimated probability of an intent."""
        return self.calibrations[intent].probability(margin, by_slots=by_slots)


def spelled(sentence: Sentence) -> str:
    """Returns the text that n-grams are taken from: words by their class of spelling, numbers as 0, one space between words."""
    return f" {' '.join(map(_spelled_words.__getitem__, sentence.words))} "[:MAX_CHARACTERS]


def _spell_word(word: str) -> str:
    return "0" if word.isdecimal() else spell_roman(word)


_spelled_words = WordTable(_spell_word, 32_768)


def hash_ngrams(sentence: Sentence) -> npt.NDArray[np.intp]:
    """Returns the distinct buckets of the n-grams of a sentence, in order."""
    return _hash_all([spelled(sentence)])[0]


def _hash_all(texts: Sequence[str]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Returns the distinct buckets of the n-grams of the texts, and where those of each text begin.

    Each text has two characters or more, as `spelled` returns it. At most 65,536 texts.
    """
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    numbers = np.arange(len(texts), dtype=np.uint32) << _BUCKET_BITS
    owners = np.repeat(numbers, [len(text) for text in texts])
    hashed = (codes ^ _START) * _FACTOR
    grams: list[npt.NDArray[np.uint32]] = []
    owned: list[npt.NDArray[np.uint32]] = []
    for length in range(2, LONGEST + 1):
        hashed = hashed[:-1] ^ codes[length - 1 :]
        hashed *= _FACTOR
        if length >= SHORTEST:
            of_last = owners[length - 1 :]
            within = of_last == owners[: 1 - length]
            grams.append(hashed[within])
            owned.append(of_last[within])
    keys = np.concatenate(grams)
    keys ^= keys >> np.uint32(15)
    keys *= np.uint32(0x2C1B3C6D)
    keys >>= _SHIFT
    keys |= np.concatenate(owned)
    keys.sort()
    is_first = np.empty(len(keys), np.bool_)
    is_first[:1] = True
    np.not_equal(keys[1:], keys[:-1], out=is_first[1:])
    keys = keys.compress(is_first)  # by index it takes three times as long where n-grams recur
    return (keys & np.uint32(BUCKETS - 1)).astype(np.intp), np.searchsorted(keys, numbers)


@cache
def shipped() -> Classifier | None:
    """Returns the trained classifier; None when this installation has no weights."""
    try:
        with resource("intents", WEIGHTS).open("rb") as file, np.load(file, allow_pickle=False) as held:
            about = json.loads(bytes(held["about"]).decode())
            return Classifier(
                intents=tuple(about["intents"]),
                weights=held["weights"],
                scales=held["scales"],
                classes={name: row for row, name in enumerate(about["classes"])},
                class_weights=held["class_weights"],
                class_scales=held["class_scales"],
                biases=held["biases"],
                calibrations={intent: Calibration(*numbers) for intent, numbers in about["calibrations"].items()},
                thresholds=about["thresholds"],
            )
    except FileNotFoundError:
        return None
