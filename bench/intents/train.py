"""Trains the classifier of sentences and measures it: resources/intents/weights.npz and the table of docs/intents.md.

    python -m bench.intents.train [--check]

Needs the extra "train" (scikit-learn). One logistic regression an intent over the n-grams of triage/intents/classifier.py, with a
fixed seed. Thresholds come from cross-validation over train and tune, in which all sentences of one author's line stay together:
for each language and intent the lowest threshold at which the lower bound of precision (Wilson, 95 %) is at least 0.9. Where there
is none, the intent is off in that language. A threshold is raised, or the intent off, where precision on tune by weights trained on
train alone is below 0.9: those authors are new to them, and so are those of bench/judgement/data/tune, which are held against it as well. The shipped weights are trained on train and tune. Figures on tune are those of weights
trained on train alone, at the same thresholds. `--check` writes nothing and fails when the weights would differ.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bench.intents.make_data import HERE, LANGUAGES
from bench.judgement.sentences import read_sentences
from triage.intents.classifier import BUCKETS, WEIGHTS, hash_ngrams
from triage.intents.lexicon import lexicon
from triage.intents.reader import INTENTS
from triage.intents.sentences import language_of, sentence_of
from triage.intents.slots import find_slots

SEED = 20261127
FOLDS = 8
STRENGTH = 30.0  # inverse of the regularisation
LEAST_PRECISION = 0.9
LEAST_FOUND = 8  # sentences above a threshold, else it says nothing
TARGET = Path(__file__).parents[2] / "resources" / "intents" / WEIGHTS
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A sentence with its intent ("none" for none), its n-grams, and its fold in cross-validation."""

    intent: str
    language: str
    kind: str
    fold: int
    grams: npt.NDArray[np.intp]
    also: frozenset[str]
    """Intents that its slots show beside the one it was written for: neither right nor wrong there."""


def load(kind: str) -> list[Example]:
    """Returns the examples of train or tune."""
    found = []
    for language in LANGUAGES:
        rows = (HERE / "data" / kind / f"{language}.tsv").read_text(encoding="utf-8").splitlines()
        for row in rows:
            intent, text, line, writer = row.split("\t")
            sentence = sentence_of(text)
            hits = lexicon().find(sentence, language_of(sentence))
            also = frozenset(match.intent for match in find_slots(sentence, hits)) - {intent}
            found.append(Example(intent, language, kind, fold_of(kind, language, int(line)), hash_ngrams(sentence), also))
    return found


def load_judged() -> list[Example]:
    """Returns the sentences of the bench's tune set: other authors, half of them harmless. Nothing is trained on them."""
    found = []
    for each in read_sentences("tune"):
        sentence = sentence_of(each.text)
        hits = lexicon().find(sentence, language_of(sentence))
        intent = each.intent if each.positive else "none"
        also = frozenset(match.intent for match in find_slots(sentence, hits)) - {intent} if each.positive else frozenset()
        found.append(Example(intent, each.language, "judged", 0, hash_ngrams(sentence), also))
    return found


def fold_of(kind: str, language: str, line: int) -> int:
    """Returns the fold of a line of an author, so that its sentences stay together."""
    return (line * 31 + LANGUAGES.index(language) * 7 + (kind == "tune") * 3) % FOLDS


def matrix(examples: list[Example]) -> csr_matrix:
    """Returns one row an example: the square root of the share of each n-gram."""
    columns = np.concatenate([each.grams for each in examples])
    rows = np.repeat(np.arange(len(examples)), [len(each.grams) for each in examples])
    values = np.repeat([1.0 / math.sqrt(max(len(each.grams), 1)) for each in examples], [len(each.grams) for each in examples])
    return csr_matrix((values, (rows, columns)), shape=(len(examples), BUCKETS))


def fit(examples: list[Example]) -> tuple[Floats, Floats]:
    """Returns weights (buckets x intents) and biases."""
    whole = matrix(examples)
    weights, biases = np.zeros((BUCKETS, len(INTENTS))), np.zeros(len(INTENTS))
    for place, intent in enumerate(INTENTS):
        kept = [n for n, each in enumerate(examples) if intent not in each.also]
        wanted = np.array([examples[n].intent == intent for n in kept])
        model = LogisticRegression(C=STRENGTH, class_weight={True: 2.0, False: 1.0}, random_state=SEED, solver="liblinear")
        model.fit(whole[kept], wanted)
        weights[:, place], biases[place] = model.coef_[0], model.intercept_[0]
    return weights, biases


def rounded(weights: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Returns the weights as whole numbers with one scale an intent."""
    scales = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127.0
    return np.rint(weights / scales).astype(np.int8), np.round(scales, 12)


def margins(examples: list[Example], weights: Floats, biases: Floats) -> Floats:
    """Returns the scores of all examples, as the program computes them."""
    whole, scales = rounded(weights)
    return np.stack(
        [
            whole[each.grams].sum(axis=0, dtype=np.int64) * scales / math.sqrt(max(len(each.grams), 1)) + biases
            for each in examples
        ]
    )


def lower_bound(right: int, of: int) -> float:
    """Returns the lower end of Wilson's interval at 95 %."""
    return wilson(right, of)[0]


def wilson(right: int, of: int) -> tuple[float, float]:
    """Returns Wilson's interval at 95 %."""
    if not of:
        return 0.0, 1.0
    z, p = 1.96, right / of
    middle, half = p + z * z / (2 * of), z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return (middle - half) / (1 + z * z / of), (middle + half) / (1 + z * z / of)


def threshold(examples: list[Example], scores: Floats, language: str, place: int) -> float | None:
    """Returns the lowest score above which precision is surely high enough; None when there is none."""
    intent = INTENTS[place]
    own = [n for n, each in enumerate(examples) if each.language == language and intent not in each.also]
    ordered = sorted(own, key=lambda n: -scores[n, place])
    best, right = None, 0
    for count, n in enumerate(ordered, start=1):
        right += examples[n].intent == intent
        if count >= LEAST_FOUND and lower_bound(right, count) >= LEAST_PRECISION:
            best = float(scores[n, place])
    return None if best is None else math.floor(max(best, 0.0) * 1000) / 1000


def confirmed(examples: list[Example], scores: Floats, language: str, place: int, limit: float) -> float | None:
    """Returns the limit, or the lowest higher one at which precision holds for authors that the weights have not seen."""
    intent = INTENTS[place]
    own = [
        n
        for n, each in enumerate(examples)
        if each.language == language and intent not in each.also and scores[n, place] >= limit
    ]
    for n in sorted(own, key=lambda n: scores[n, place]):
        above = [other for other in own if scores[other, place] >= scores[n, place]]
        if sum(examples[other].intent == intent for other in above) >= LEAST_PRECISION * len(above):
            return max(limit, math.floor(float(scores[n, place]) * 1000) / 1000) if len(above) < len(own) else limit
    return None


def measure(
    examples: list[Example], scores: Floats, thresholds: dict[str, dict[str, float]]
) -> dict[str, dict[str, tuple[int, int, int]]]:
    """Returns per language and intent: right, found and wanted."""
    table: dict[str, dict[str, tuple[int, int, int]]] = {}
    for language in LANGUAGES:
        for place, intent in enumerate(INTENTS):
            own = [n for n, each in enumerate(examples) if each.language == language and intent not in each.also]
            limit = thresholds.get(language, {}).get(intent, math.inf)
            found = [n for n in own if scores[n, place] >= limit]
            right = sum(examples[n].intent == intent for n in found)
            table.setdefault(language, {})[intent] = right, len(found), sum(examples[n].intent == intent for n in own)
    return table


def cross_validated(examples: list[Example]) -> Floats:
    """Returns for each example the scores of weights that never saw its group."""
    scores = np.zeros((len(examples), len(INTENTS)))
    for fold in range(FOLDS):
        rest = [each for each in examples if each.fold != fold]
        own = [n for n, each in enumerate(examples) if each.fold == fold]
        weights, biases = fit(rest)
        scores[own] = margins([examples[n] for n in own], weights, biases)
    return scores


def packed(weights: Floats, biases: Floats, thresholds: dict[str, dict[str, float]]) -> bytes:
    """Returns the file of weights, the same bytes for the same numbers."""
    whole, scales = rounded(weights)
    about = json.dumps({"intents": INTENTS, "thresholds": thresholds, "seed": SEED}, sort_keys=True).encode()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        parts = {"weights": whole, "scales": scales, "biases": np.round(biases, 9), "about": np.frombuffer(about, dtype=np.uint8)}
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
    train, tune, judged = load("train"), load("tune"), load_judged()
    everything = train + tune
    seen_by_train = fit(train)
    unseen, unseen_judged = margins(tune, *seen_by_train), margins(judged, *seen_by_train)
    scores = cross_validated(everything)
    thresholds: dict[str, dict[str, float]] = {}
    for language in LANGUAGES:
        for place, intent in enumerate(INTENTS):
            limit = threshold(everything, scores, language, place)
            limit = None if limit is None else confirmed(tune, unseen, language, place, limit)
            limit = None if limit is None else confirmed(judged, unseen_judged, language, place, limit)
            if limit is not None:
                thresholds.setdefault(language, {})[intent] = limit
    made = packed(*fit(everything), thresholds)
    print(report("Cross-validation over train and tune", measure(everything, scores, thresholds)), end="\n\n")
    print(report("On tune, trained on train alone", measure(tune, unseen, thresholds)))
    if options.check:
        sys.exit(0 if TARGET.read_bytes() == made else "The weights differ from those that are shipped.")
    TARGET.write_bytes(made)
    print(f"\n{TARGET.name}: {len(made)} bytes")


if __name__ == "__main__":
    main()
