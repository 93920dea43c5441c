"""Trains the classifier of sentences and measures it: resources/intents/weights.npz and the table of docs/intents.md.

    python -m bench.intents.train [--check]

Needs the extra "train" (scikit-learn). One logistic regression an intent over the n-grams and classes of words of
triage/intents/classifier.py, with a fixed seed. Every figure comes from cross-validation by writer: all sentences of a writer, in
all languages, are scored by weights that never saw that writer. A threshold is the lowest score that at most FALSE_SHARE of the
ordinary sentences of unseen writers reach. It is raised in a language, or the intent turned off there, where precision is below
LEAST_PRECISION among sentences of unseen writers, or among those of bench/judgement/data/tune, on which nothing is trained.
Probabilities are calibrated on the writers whose sentences nobody saw who wrote lists of words. `--check` writes nothing and fails
when the weights would differ.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bench.intents.make_data import HERE, LANGUAGES
from bench.judgement.sentences import read_sentences
from triage.intents.classifier import BUCKETS, CLASS_VALUE, WEIGHTS, hash_ngrams
from triage.intents.guards import guard_against
from triage.intents.lexicon import lexicon
from triage.intents.reader import INTENTS
from triage.intents.sentences import language_of, sentence_of
from triage.intents.slots import find_slots
from triage.resources import resource

SEED = 20261127
STRENGTH = 30.0  # inverse of the regularisation
FALSE_SHARE = 0.012  # of ordinary sentences of unseen writers, for each intent
ONLY_BY_SLOTS = frozenset({"age"})  # numbers are everywhere, and slots find most stated ages
LEAST_PRECISION = 0.85
LEAST_FOUND = 8  # sentences above a threshold, else it says nothing
FIRST_WRITERS = frozenset(("several", "witness", *"abcdefghkl"))
"""Those whose sentences were before the eyes of whoever wrote lists of words: slots look better on them than on others."""
CLASSES = tuple(sorted(lexicon().classes))
TARGET = Path(str(resource("intents", WEIGHTS)))
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A sentence with its intent ("none" for none), its writer, its n-grams and classes of words, and what slots show in it."""

    intent: str
    language: str
    writer: str
    grams: npt.NDArray[np.intp]
    classes: npt.NDArray[np.intp]
    also: frozenset[str]
    """Intents that its slots show beside the one it was written for: neither right nor wrong there."""
    by_slots: frozenset[str]
    """Intents that slots find and no guard takes back."""
    taken_back: frozenset[str]
    """Intents that the program would not report, whatever the classifier says: a guard stands against them."""


def make_example(intent: str, text: str, language: str, writer: str) -> Example:
    """Returns an example. In an ordinary sentence every intent is wrong, also one that slots show."""
    sentence = sentence_of(text)
    hits = lexicon().find(sentence, language_of(sentence))
    matches = list(find_slots(sentence, hits))
    kept = frozenset(
        match.intent
        for match in matches
        if not guard_against(sentence, hits, match.intent, match.head, match.first, match.behind, match.slots)
    )
    whole = (0, len(sentence.words))
    against = {each for each in INTENTS if guard_against(sentence, hits, each, whole, *whole)}
    refused = {match.intent for match in matches} - kept
    also = frozenset() if intent == "none" else frozenset(match.intent for match in matches) - {intent}
    classes = np.array([CLASSES.index(name) for name in sorted(hits) if name in CLASSES], dtype=np.intp)
    return Example(intent, language, writer, hash_ngrams(sentence), classes, also, kept, frozenset(against | refused))


def load() -> list[Example]:
    """Returns the examples of all writers."""
    found = []
    for kind in ("train", "tune"):
        for language in LANGUAGES:
            for row in (HERE / "data" / kind / f"{language}.tsv").read_text(encoding="utf-8").splitlines():
                intent, text, _, writer = row.split("\t")
                found.append(make_example(intent, text, language, writer))
    return found


def load_judged() -> list[Example]:
    """Returns the sentences of the bench's tune set: other writers, half of them harmless. Nothing is trained on them."""
    return [
        make_example(each.intent if each.positive else "none", each.text, each.language, "judged")
        for each in read_sentences("tune")
    ]


def matrix(examples: Sequence[Example]) -> csr_matrix:
    """Returns one row an example: the square root of the share of each n-gram, then CLASS_VALUE for each class of words."""
    columns = [part for each in examples for part in (each.grams, each.classes + BUCKETS)]
    counts = [len(each.grams) + len(each.classes) for each in examples]
    values = [
        part
        for each in examples
        for part in (np.full(len(each.grams), 1.0 / math.sqrt(max(len(each.grams), 1))), np.full(len(each.classes), CLASS_VALUE))
    ]
    rows = np.repeat(np.arange(len(examples)), counts)
    shape = (len(examples), BUCKETS + len(CLASSES))
    return csr_matrix((np.concatenate(values), (rows, np.concatenate(columns))), shape=shape)


def fit(examples: Sequence[Example]) -> tuple[Floats, Floats]:
    """Returns weights (buckets and classes x intents) and biases."""
    whole = matrix(examples)
    weights, biases = np.zeros((whole.shape[1], len(INTENTS))), np.zeros(len(INTENTS))
    for place, intent in enumerate(INTENTS):
        kept = [n for n, each in enumerate(examples) if intent not in each.also]
        wanted = np.array([examples[n].intent == intent for n in kept])
        model = LogisticRegression(
            C=STRENGTH, class_weight={True: 2.0, False: 1.0}, random_state=SEED, solver="liblinear", dual=True, tol=0.1
        )
        model.fit(whole[kept], wanted)
        weights[:, place], biases[place] = model.coef_[0], model.intercept_[0]
    return weights, biases


@dataclass(frozen=True)
class Rounded:
    """Weights as whole numbers with one scale an intent, as the program holds them."""

    grams: npt.NDArray[np.int8]
    gram_scales: Floats
    classes: npt.NDArray[np.int16]
    class_scales: Floats


def rounded(weights: Floats) -> Rounded:
    """Returns the weights as whole numbers."""
    grams, classes = weights[:BUCKETS], weights[BUCKETS:]
    gram_scales = np.round(np.maximum(np.abs(grams).max(axis=0), 1e-9) / 127.0, 12)
    class_scales = np.round(np.maximum(np.abs(classes).max(axis=0), 1e-9) / 32_767.0, 15)
    return Rounded(
        np.rint(grams / gram_scales).astype(np.int8), gram_scales, np.rint(classes / class_scales).astype(np.int16), class_scales
    )


def margins(examples: Sequence[Example], weights: Floats, biases: Floats) -> Floats:
    """Returns the scores of all examples, as the program computes them."""
    whole = rounded(weights)
    back = np.concatenate([whole.grams * whole.gram_scales, whole.classes * whole.class_scales])
    return np.asarray(matrix(examples) @ back + biases)


def scores_of_unseen_writers(examples: Sequence[Example]) -> Floats:
    """Returns for each example the scores of weights that never saw its writer."""
    scores = np.zeros((len(examples), len(INTENTS)))
    for writer in sorted({each.writer for each in examples}):
        own = [n for n, each in enumerate(examples) if each.writer == writer]
        scores[own] = margins([examples[n] for n in own], *fit([each for each in examples if each.writer != writer]))
    return scores


def calibrate(examples: Sequence[Example], scores: Floats) -> dict[str, list[float]]:
    """Returns slope, offset and what slots add, of each intent, from sentences of unseen writers."""
    found = {}
    own = [n for n, each in enumerate(examples) if each.writer not in FIRST_WRITERS]
    for place, intent in enumerate(INTENTS):
        kept = [n for n in own if intent not in examples[n].also or intent == examples[n].intent]
        seen = np.array([[scores[n, place], float(intent in examples[n].by_slots)] for n in kept])
        model = LogisticRegression(C=10.0, random_state=SEED).fit(seen, [examples[n].intent == intent for n in kept])
        found[intent] = [round(float(x), 4) for x in (model.coef_[0][0], model.intercept_[0], model.coef_[0][1])]
    return found


def wilson(right: int, of: int) -> tuple[float, float]:
    """Returns Wilson's interval at 95 %."""
    if not of:
        return 0.0, 1.0
    z, p = 1.96, right / of
    middle, half = p + z * z / (2 * of), z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return (middle - half) / (1 + z * z / of), (middle + half) / (1 + z * z / of)


def threshold(examples: Sequence[Example], scores: Floats, place: int) -> float:
    """Returns the lowest score that at most FALSE_SHARE of the ordinary sentences reach, of whatever language."""
    kept = [n for n, each in enumerate(examples) if each.intent == "none" and INTENTS[place] not in each.taken_back]
    ordinary = np.sort(scores[kept, place])
    return math.ceil(float(ordinary[-1 - int(FALSE_SHARE * len(ordinary))]) * 1000) / 1000


def confirmed(examples: Sequence[Example], scores: Floats, language: str, place: int, limit: float) -> float | None:
    """Returns the limit, or the lowest higher one at which precision holds; without a language in all of them together."""
    intent = INTENTS[place]
    own = [
        n
        for n, each in enumerate(examples)
        if language in ("", each.language) and intent not in each.also | each.taken_back and scores[n, place] >= limit
    ]
    own.sort(key=lambda n: scores[n, place])
    right = sum(examples[n].intent == intent for n in own)
    for passed, n in enumerate(own):
        if len(own) - passed < LEAST_FOUND:
            break
        if right >= LEAST_PRECISION * (len(own) - passed):
            return max(limit, math.floor(float(scores[n, place]) * 1000) / 1000) if passed else limit
        right -= examples[n].intent == intent
    return None


def measure(
    examples: Sequence[Example], scores: Floats, thresholds: dict[str, dict[str, float]]
) -> dict[str, dict[str, tuple[int, int, int]]]:
    """Returns per language and intent: right, found and wanted."""
    table: dict[str, dict[str, tuple[int, int, int]]] = {}
    for language in LANGUAGES:
        for place, intent in enumerate(INTENTS):
            own = [n for n, each in enumerate(examples) if each.language == language and intent not in each.also]
            limit = thresholds.get(language, {}).get(intent, math.inf)
            found = [n for n in own if scores[n, place] >= limit and intent not in examples[n].taken_back]
            right = sum(examples[n].intent == intent for n in found)
            table.setdefault(language, {})[intent] = right, len(found), sum(examples[n].intent == intent for n in own)
    return table


def packed(
    weights: Floats, biases: Floats, thresholds: dict[str, dict[str, float]], calibrations: dict[str, list[float]]
) -> bytes:
    """Returns the file of weights, the same bytes for the same numbers."""
    whole = rounded(weights)
    about = {"intents": INTENTS, "classes": CLASSES, "thresholds": thresholds, "calibrations": calibrations, "seed": SEED}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        parts = {
            "weights": whole.grams, "scales": whole.gram_scales, "class_weights": whole.classes, "class_scales": whole.class_scales,
            "biases": np.round(biases, 9), "about": np.frombuffer(json.dumps(about, sort_keys=True).encode(), dtype=np.uint8),
        }  # fmt: skip
        for name, values in parts.items():
            held = io.BytesIO()
            np.lib.format.write_array(held, np.ascontiguousarray(values), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), held.getvalue(), zipfile.ZIP_DEFLATED)
    return target.getvalue()


def report(title: str, table: dict[str, dict[str, tuple[int, int, int]]]) -> str:
    """Returns the figures as a table of Markdown."""
    lines = [f"### {title}", "", "| language | intent | precision | recall | found | wanted |", "|---|---|---|---|---|---|"]
    for language, intents in table.items():
        for intent, (right, found, wanted) in intents.items():
            told = "off" if not found else f"{right / found:.2f} ({wilson(right, found)[0]:.2f}-{wilson(right, found)[1]:.2f})"
            recall = f"{right / wanted:.2f} ({wilson(right, wanted)[0]:.2f}-{wilson(right, wanted)[1]:.2f})" if wanted else "-"
            lines.append(f"| {language.replace('_', ' ')} | {intent} | {told} | {recall} | {found} | {wanted} |")
    return "\n".join(lines)


def main() -> None:
    """Trains, measures, writes."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--check", action="store_true")
    options = ask.parse_args()
    examples, judged = load(), load_judged()
    weights, biases = fit(examples)
    scores, unseen = scores_of_unseen_writers(examples), margins(judged, weights, biases)
    thresholds: dict[str, dict[str, float]] = {}
    for place, intent in enumerate(INTENTS):
        if intent in ONLY_BY_SLOTS:
            continue
        lowest = threshold(examples, scores, place)
        lowest = confirmed(judged, unseen, "", place, lowest) or lowest
        for language in LANGUAGES:
            limit = confirmed(examples, scores, language, place, lowest)
            if limit is not None:
                thresholds.setdefault(language, {})[intent] = limit
    made = packed(weights, biases, thresholds, calibrate(examples, scores))
    later = [n for n, each in enumerate(examples) if each.writer not in FIRST_WRITERS]
    print(report("Unseen writers", measure([examples[n] for n in later], scores[later], thresholds)), end="\n\n")
    print(report("The bench's tune set", measure(judged, unseen, thresholds)))
    if options.check:
        sys.exit(0 if TARGET.read_bytes() == made else "The weights differ from those that are shipped.")
    TARGET.write_bytes(made)
    print(f"\n{TARGET.name}: {len(made)} bytes")


if __name__ == "__main__":
    main()
