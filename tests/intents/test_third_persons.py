"""Prose of people who tell of somebody's threat: what is demanded, what follows, by when."""

from __future__ import annotations

import pytest

from triage.intents.reader import read_sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "My daughter says this man will show the images to her father if she blocks him",
        "The account holder writes that her relatives get the clip if she does not send more by midnight",
        "The suspect intends to forward the minor's images to her parents in case she does not comply",
        "Us ne kaha hai ke kal tak paise nahi mile to video khandan walon ko bhej di jayegi",
        "اگر اس نے مزید تصویریں نہ بھیجیں تو وہ پرانی تصویریں وائرل کر دے گا",
        "ملزم پیسے نہ ملنے پر تصویریں فیس بک پر لگانے کی بات کرتا ہے",
    ],
)
def test_a_threat_is_found_in_the_words_of_somebody_else(sentence: str) -> None:
    assert "threat" in {finding.intent for finding in read_sentence(sentence, is_prose=True)}


def test_what_follows_a_deadline_is_found() -> None:
    sentence = "She has until Sunday to pay, after that he shares everything with her brothers"
    assert {"threat", "deadline"} <= {finding.intent for finding in read_sentence(sentence, is_prose=True)}


@pytest.mark.parametrize(
    "sentence",
    [
        "If the girl does not pay the fee by Monday she will send the form to her school again",
        "He will send the pictures to her school for the yearbook by tonight",
        "If they do not collect the album by Friday the shop posts it to the school",
        "No message says that he will send the pictures to her school if she does not pay",
        "Raqam na mili to dukandar album ka order cancel kar dega",
        "اس نے کوئی دھمکی نہیں دی کہ تصویریں اسکول بھیج دے گا",
    ],
)
def test_ordinary_prose_that_is_built_alike_is_not(sentence: str) -> None:
    assert read_sentence(sentence, is_prose=True) == ()


def test_he_said_is_not_he_did_not_say() -> None:
    """In one class of spelling "ne" and "nahi" are the same: "us ne kaha" was taken for a denial."""
    said = "Mulzim ne kaha ke recording larki ke sab rabton ko leak kar dega"
    denied = "Mulzim ne nahi kaha ke recording larki ke sab rabton ko leak kar dega"
    assert "threat" in {finding.intent for finding in read_sentence(said, is_prose=True)}
    assert "threat" not in {finding.intent for finding in read_sentence(denied, is_prose=True)}
