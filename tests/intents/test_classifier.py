"""The classifier's weights are small and whole numbers, and an intent without a threshold is off."""

from __future__ import annotations

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
    bare = classifier.Classifier(made.intents, made.weights, made.scales, made.biases, {})
    assert bare.classify(sentence_of("میری عمر 12 سال ہے"), "urdu") == ()
    low = classifier.Classifier(made.intents, made.weights, made.scales, made.biases, {"urdu": {"age": -100.0}})
    assert [each.intent for each in low.classify(sentence_of("میری عمر 12 سال ہے"), "urdu")] == ["age"]


def test_ngrams_are_the_same_for_one_class_of_spelling() -> None:
    one, other = (classifier.hash_ngrams(sentence_of(text)) for text in ("paise bhejo 500", "paisay bejo 900"))
    assert (one == other).all() and one.max() < classifier.BUCKETS


def test_an_empty_sentence_has_no_ngrams_that_matter() -> None:
    made = classifier.shipped()
    assert made is not None and made.classify(sentence_of("!"), "english") == ()
