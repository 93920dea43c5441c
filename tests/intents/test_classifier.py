"""The classifier's weights are small and whole numbers, and an intent without a threshold is off."""

from __future__ import annotations

from dataclasses import replace

from triage.intents import INTENTS, classifier
from triage.intents.sentences import LANGUAGES, sentence_of
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
    assert not off.is_found("age", 50.0, "urdu")
    assert low.is_found("age", -50.0, "urdu") and not low.is_found("age", -50.0, "sindhi")


def test_classes_of_words_count_beside_ngrams() -> None:
    """The classes are the same in all languages: what was learnt in one counts in another."""
    made = classifier.shipped()
    assert made is not None
    sentence = sentence_of("zzzz qqqq")
    bare, with_class = (made.margins_of(sentence, classes)["self_harm"] for classes in ((), ("self_harm",)))
    assert with_class > bare


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
    margins = made.margins_of(sentence_of("!"), ())
    assert not any(made.is_found(intent, margin, "english") for intent, margin in margins.items())
