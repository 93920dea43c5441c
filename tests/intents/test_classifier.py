"""The classifier's weights are small and whole numbers, and an intent without a threshold is off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.intents import INTENTS, classifier
from triage.intents.sentences import LANGUAGES, Sentence, sentence_of
from triage.resources import resource


def test_the_weights_are_small_and_of_the_program_intents() -> None:
    made = classifier.shipped()
    assert made is not None
    assert resource("intents", classifier.WEIGHTS).read_bytes().__len__() < 2_000_000
    assert made.intents == INTENTS and made.weights.shape == (classifier.BUCKETS, len(INTENTS))
    assert set(made.thresholds) <= set(LANGUAGES)


def test_an_intent_without_a_threshold_is_off() -> None:
    made = classifier.shipped()
    assert made is not None
    off, low = replace(made, thresholds={}), replace(made, thresholds={"urdu": {"age": -100.0}})
    high = np.full((2, len(INTENTS)), 50.0)
    assert not off.are_found(high, ["urdu", "urdu"]).any()
    assert low.are_found(-high, ["urdu", "sindhi"]).tolist() == [[intent == "age" for intent in INTENTS], [False] * len(INTENTS)]


def test_classes_of_words_count_beside_ngrams() -> None:
    """The classes are the same in all languages: what was learnt in one counts in another."""
    made = classifier.shipped()
    assert made is not None
    sentence = sentence_of("zzzz qqqq")
    bare, with_class = made.find_margins([sentence, sentence], [(), ("self_harm", "a class that nobody trained")])
    assert with_class[INTENTS.index("self_harm")] > bare[INTENTS.index("self_harm")]


def test_a_score_is_a_probability_that_grows_with_margin_and_slots() -> None:
    made = classifier.shipped()
    assert made is not None
    for intent in INTENTS:
        low, high = (made.score(intent, margin, by_slots=False) for margin in (-4.0, 4.0))
        assert 0.0 <= low < high <= 1.0
        assert made.score(intent, 0.0, by_slots=True) > made.score(intent, 0.0, by_slots=False)


def test_ngrams_are_the_same_for_one_class_of_spelling() -> None:
    one, other = (classifier.hash_ngrams(sentence_of(text)) for text in ("paise bhejo 500", "paisay bejo 900"))
    assert (one == other).all() and one.max() < classifier.BUCKETS


def test_nothing_is_found_in_an_empty_sentence() -> None:
    made = classifier.shipped()
    assert made is not None
    margins = made.find_margins([sentence_of("!")], [()])
    assert not made.are_found(margins, ["english"]).any()


def compute_margins_slowly(made: classifier.Classifier, sentence: Sentence, classes: Iterable[str]) -> list[float]:
    """Computes the margins of one sentence, n-gram by n-gram."""
    text = classifier.spelled(sentence)
    grams = {text[at : at + n] for n in range(classifier.SHORTEST, classifier.LONGEST + 1) for at in range(len(text) - n + 1)}
    buckets = {hash_slowly(gram) for gram in grams}
    rows = [made.classes[name] for name in classes if name in made.classes]
    margins = []
    for intent in range(len(made.intents)):
        of_grams = sum(int(made.weights[bucket, intent]) for bucket in buckets)
        of_classes = sum(int(made.class_weights[row, intent]) for row in rows)
        margin = of_grams * (float(made.scales[intent]) / float(len(buckets)) ** 0.5)
        margin += of_classes * (float(made.class_scales[intent]) * classifier.CLASS_VALUE)
        margins.append(margin + float(made.biases[intent]))
    return margins


def hash_slowly(gram: str) -> int:
    hashed = 0x811C9DC5
    for letter in gram:
        hashed = (hashed ^ ord(letter)) * 0x01000193 & 0xFFFFFFFF
    hashed = (hashed ^ hashed >> 15) * 0x2C1B3C6D & 0xFFFFFFFF
    return hashed >> 16


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.text(st.sampled_from("ab cdeh mn1پیسےم \U0001f600\ud83d"), max_size=40) | st.sampled_from(["", "x", "kill " * 90]),
        min_size=1,
        max_size=9,
    ),
    st.lists(st.sampled_from(["self_harm", "threat_word", "no class"]), unique=True),
)
def test_sentences_read_together_have_the_margins_of_each_alone(texts: list[str], names: list[str]) -> None:
    """No n-gram goes from one sentence into the next one, and the bits are the same however many are read at once."""
    made = classifier.shipped()
    assert made is not None
    sentences = list(map(sentence_of, texts))
    classes = [names if n % 2 else () for n in range(len(texts))]
    expected = [compute_margins_slowly(made, *each) for each in zip(sentences, classes, strict=True)]
    assert made.find_margins(sentences, classes).tolist() == expected
