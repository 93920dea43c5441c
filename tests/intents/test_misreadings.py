"""Classes of misreading: lines that go on, spellings of messages, both scripts, who speaks of whom, a no that affirms."""

from __future__ import annotations

import pytest

from triage.intents import read_intents
from triage.intents.sentences import language_of, sentence_of, split_sentences


def intents(text: str, *, staff: bool = False) -> set[str]:
    return {finding.intent for finding in read_intents(text, "provider" if staff else "party")}


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("meet\nme alone", ["meet\nme alone"]),
        ("send more\r\nor i show your dad", ["send more\nor i show your dad"]),
        ("if you block me\nthe pics are public", ["if you block me\nthe pics are public"]),
        ("Ali: come to\nAli: my house\nSara: no", ["Ali: come to\nmy house", "Sara: no"]),
        ("Ali: i want to\nSara: go home", ["Ali: i want to", "Sara: go home"]),
        ("[10:02] Ali: meet\n[10:03] Ali: me", ["[10:02] Ali: meet\nme"]),
        ("اگر پیسے نہ دیے\nتو وائرل", ["اگر پیسے نہ دیے\nتو وائرل"]),
        ("hello\nhow are you", ["hello", "how are you"]),
        ("one line\n\nor another", ["one line", "or another"]),
        ("I want to.\nor not", ["I want to.", "or not"]),
    ],
)
def test_a_line_that_goes_on_is_joined_with_the_next(text: str, sentences: list[str]) -> None:
    assert list(split_sentences(text)) == sentences


def test_lines_that_a_program_cut_are_joined() -> None:
    text = (
        "The user wrote in the chat that he knows the girl and that he\nsaw the whole class of hers at the bus stop. He then left the\n"
        "group and did not come back to it. Nothing more was seen."
    )
    assert [part.count("\n") for part in split_sentences(text)] == [1, 1, 0]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("meet\nme alone", "meeting"),
        ("im gonna kill\nmyself", "self_harm"),
        ("gonna kill myself", "self_harm"),
        ("gona kil myslf", "self_harm"),
        ("snd mny pix or ur hole skool gets the vdo", "threat"),
        ("tumhari video اسکول والوں کو bhej dunga", "threat"),
        ("no i am not joking i will kill myself", "self_harm"),
        ("mazaq nahi kar raha tumhari video tumhare bhai ko bhej dunga", "threat"),
        ("this man will show my pictures to my brother", "threat"),
        ("your father will have seen it by tomorrow", "threat"),
    ],
)
def test_a_danger_is_found_in_the_words_of_the_parties(text: str, intent: str) -> None:
    assert intent in intents(text)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("The girl was told that her pictures would be sent to her school", "threat"),
        ("If they block him he mails the clip to her uncle", "threat"),
        ("Images of the boy are to be forwarded to his family", "threat"),
        ("In the event of non-payment the suspect will publish the pictures", "threat"),
        ("Larki se kaha gaya ke us ki tasveerein school bheji jayengi", "threat"),
        ("بچے کو کہا گیا کہ ویڈیو اس کے والد کو دکھائی جائے گی", "threat"),
        ("The child does not see any way out and wants to die", "self_harm"),
    ],
)
def test_a_danger_is_found_in_prose_on_third_persons(text: str, intent: str) -> None:
    assert intent in intents(text, staff=True)


@pytest.mark.parametrize(
    "text",
    [
        "my daughter sleeps in my room because she has fever",
        "i was going to meet you at school but my mother came along",
        "we have two hours left for the registration",
        "if you like the photos of the picnic i will send them to your mother for the album",
        "my cat is 13 years old",
        "match ki video group mein daal do",
        "im gonna destroy u in the finals",
    ],
)
def test_ordinary_talk_that_looks_alike_is_not(text: str) -> None:
    assert intents(text) == set()


@pytest.mark.parametrize(
    "text",
    ["The girl was told that her certificate would be sent to her school", "The video of the concert was sent to all parents"],
)
def test_ordinary_prose_that_looks_alike_is_not(text: str) -> None:
    assert intents(text, staff=True) == set()


def test_short_english_is_english_and_urdu_is_not_sindhi() -> None:
    assert language_of(sentence_of("gonna kill myself")) == "english"
    assert language_of(sentence_of("سب کو بتا دو")) == "urdu"
