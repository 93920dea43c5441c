"""Twins: a denial, a title or a policy finds nothing; another spelling finds the same."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.intents import INTENTS, IntentFinding, TextToRead, read_intents, read_texts, reader, sentences
from triage.intents.lexicon import lexicon
from triage.intents.origin import origin_of
from triage.intents.slots import BIRTH_YEAR, NUMBER, patterns
from triage.model.document import FreeText, Source
from triage.resources import replace_tables

FOUND = [
    ("self_harm", "I want to kill myself"),
    ("self_harm", "khud kushi kar lun gi"),
    ("self_harm", "میں جینا نہیں چاہتی"),
    ("self_harm", "مان جيئڻ نٿي چاهيان"),
    ("self_harm", "زه نور ژوند نه غواړم"),
    ("self_harm", "میں مر جاواں گی"),
    ("threat", "I will send your pictures to your whole family"),
    ("threat", "pay me or i post the screenshots in your school group"),
    ("threat", "paise bhejo warna teri pics ghar walon ko bhej dunga"),
    ("threat", "پیسے بھیجو ورنہ تمہاری تصویریں گھر والوں کو بھیج دوں گا"),
    ("threat", "پئسا موڪل نه ته تنهنجون تصويرون سڀني کي موڪليندس"),
    ("threat", "پیسې راولېږه که نه ستا عکسونه به ټولو ته ولېږم"),
    ("threat", "پیسے گھل ورنہ تیریاں تصویراں ساریاں نوں وکھا دیاں گا"),
    ("threat", "He threatened to share the images with her family"),
    ("deadline", "you have until midnight to send the money"),
    ("meeting", "meet me at the park after school tomorrow"),
    ("meeting", "kal school ke baad park mein milo"),
    ("access", "my niece sleeps in my room every night"),
    ("secrecy", "kisi ko mat batana"),
    ("money", "send 5000 on easypaisa"),
    ("age", "i am 13 years old"),
    ("age", "main 12 saal ki hun"),
    ("self_harm", "i keep scratching my arms with a razor"),
    ("self_harm", "no use of living any more"),
    ("self_harm", "main is duniya se chali jaungi"),
    ("self_harm", "alvida, yeh mera aakhri message hai"),
    ("self_harm", "jeen nu dil nahi karda mar jaavan"),
    ("threat", "i'll forward it to your cousins"),
    ("threat", "one click and your coach has it"),
    ("threat", "sab cousins ko bhej dunga"),
    ("threat", "tere ghar aaleyan nu wakha deyan ga"),
    ("threat", "ستا ملګرو ته به یې واستوم"),
    ("threat", "تنهنجي دوستن کي موڪليندس"),
    ("threat", "teri izzat mere haath mein hai"),
    ("deadline", "i give you three hours"),
    ("deadline", "teen ghante deta hun"),
    ("meeting", "tell me the house number"),
    ("meeting", "skip school and we go for ice cream"),
    ("meeting", "sab so jayein to bahar aa jana"),
    ("access", "i am the warden of the girls hostel"),
    ("access", "main school van chalata hun"),
    ("secrecy", "papa must never know"),
    ("secrecy", "koi puche to kehna class mein mile the"),
    ("secrecy", "pinky swear you will keep quiet"),
    ("money", "300 euros via paypal"),
    ("money", "phone bech de"),
    ("age", "my bday is 2013"),
    ("age", "i can't go out alone, i am thirteen"),
    ("age", "main aathwin mein parhti hun"),
]
TWINS = [
    ("I will send your pictures to your family", "i w1ll s3nd y0ur p1ctures t0 y0ur family"),
    ("I will send your pictures to your family", "I will se\u200bnd your pict\u00adures to your fam\u200dily"),
    ("I will send your pictures to your family", "І will ѕend уоur pіctures to уоur famіly"),
    ("I want to kill myself", "I want to k i l l myself"),
    ("I want to kill myself", "I WANT TO KILLLLL MYSELF"),
    ("teri pics ghar walon ko bhej dunga warna paise do", "teri pix gharwalo ko bej doon ga warna paise do"),
    ("kisi ko mat batana", "ksi ko mt btana"),
    ("خودکشی کر لوں گی", "خُودكُشي كر لوں گي"),
]
REFUSED = [
    "He never said he would send the pictures to her family.",
    "The user did not threaten to share the images with the family.",
    "There was no threat to publish the images.",
    "Our terms of service prohibit threats to publish images.",
    "Reports of this type may include threats to share images with family.",
    "We watched the film 'Suicide Squad' yesterday.",
    "I love the song I want to die.",
    "If you are thinking of suicide, call the helpline.",
    "The newspaper has an article on suicide and blackmail with images.",
    "I don't want to kill myself, relax.",
    "main tumhari pics kisi ko nahi bhejunga",
    "میں تمہاری تصویریں کسی کو نہیں بھیجوں گا",
    "I will send the notes to my friends.",
    "I'll send you photos of my family.",
    "Don't tell her, it is a surprise party.",
    "It starts at 10 minutes past, I am 15 minutes late.",
    "nice to meet you today",
    "No mention of suicide or self-harm was found.",
    "The messages do not hold a threat, and no sign of suicide was seen.",
    "The user did not write that he will expose you or that he would kill you.",
    "Janch mein khudkushi ki koi baat nahin mili.",
    "گفتگو میں خودکشی کا کوئی ذکر نہیں ملا۔",
    "The playlist holds 'Suicide Blonde' and other songs.",
    "He reviewed the book 'Meet Me in Malmö'.",
    'The song "I am sixteen" is on the profile.',
    "This footer is under every report: call a helpline for suicide prevention.",
    "We remove accounts that blackmail others with private pictures.",
    "i cut my hand on an onion knife in the kitchen",
    "main apni ammi ko tasveerein bhej dunga",
    "eid ki tasveerein sab ko bhej dunga",
    "dont tell me the ending",
    "my daughter is with me at the park",
    "goodbye everyone, see you next term",
]


@pytest.mark.parametrize(("intent", "text"), FOUND)
def test_a_sign_is_found_and_explained(intent: str, text: str) -> None:
    found = {each.intent: each for each in read_intents(text, "party")}
    assert intent in found
    assert found[intent].sentence == text and found[intent].origin == "party"
    assert found[intent].why or found[intent].how == "classifier"


@pytest.mark.parametrize(("one", "other"), TWINS)
def test_another_spelling_is_found_too(one: str, other: str) -> None:
    first, second = ({each.intent for each in read_intents(text)} for text in (one, other))
    assert first and first <= second


@pytest.mark.parametrize("text", REFUSED)
def test_denials_titles_policies_and_ordinary_talk_find_nothing(text: str) -> None:
    assert read_intents(text) == ()


def test_a_denial_takes_nothing_back_in_another_sentence() -> None:
    text = "He did not ask for money. He threatened to share the images with her family."
    assert {each.intent for each in read_intents(text)} == {"threat"}


def test_a_helpline_takes_nothing_back_from_who_speaks_of_himself() -> None:
    assert read_intents("the helpline does not answer, i want to kill myself")


def test_every_class_of_a_pattern_has_words() -> None:
    named = {name for _, slots in patterns() for names in slots for name in names}
    assert named and named <= lexicon().classes | {NUMBER, BIRTH_YEAR}


def test_the_same_sentence_counts_once_and_the_parties_come_first() -> None:
    texts = [TextToRead("I want to die. I want to die!", "provider"), TextToRead("I want to die.", "party")]
    found = read_texts(texts).findings
    assert [each.origin for each in found] == ["party", "provider"]


@given(st.text(max_size=300))
@settings(max_examples=100)
def test_any_text_is_read(text: str) -> None:
    assert all(each.intent in INTENTS for each in read_intents(text))


@pytest.mark.parametrize(
    "part", ["a", " ", "a ", "k i l l ", "\ud800", "ا", "I will send ", "not ", "tell nobody. ", "13 years ", "«"]
)
def test_long_hostile_texts_are_read_in_bounded_work(part: str) -> None:
    reading = read_texts([TextToRead(part * (100_000 // len(part)), "party")])
    assert len(reading.findings) <= reader.MAX_FINDINGS


def test_many_short_sentences_are_read_to_a_limit_and_that_is_said() -> None:
    dice = random.Random(1)
    text = " ".join(f"pay {dice.randrange(10**6)} rupees." for _ in range(1_000_000 // 20))
    reading = read_texts([TextToRead(text, "party")])
    assert not reading.whole and len(reading.findings) <= reader.MAX_FINDINGS
    assert read_texts([TextToRead("hello. how are you?", "party")]).whole


def test_a_fingerprint_leaves_out_numbers_and_spelling() -> None:
    assert reader.fingerprint_of("Seen on 3 May, 12:01") == reader.fingerprint_of("seen  on 4 may, 19:44")


def _text(words: str, label: str, of: str = "incident") -> FreeText:
    return FreeText(text=words, of=of, label=label, sources=(Source("d", "$", label),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        (_text("hello", "content"), "party"),
        (_text("hello", "chatImIncident/content"), "party"),
        (_text("hello", "profileBio", "suspect"), "party"),
        (_text("The user sent a message.", "additionalInfo"), "provider"),
        (_text("The user sent a message.", "Executive Summary"), "NCMEC"),
        (_text("rules", "termsOfService", "reporter"), "provider"),
        (_text("told me", "note", "suspect"), "unknown"),
        (_text("[12:01] ali: hello\n[12:02] kite: hi", "additionalInfo"), "party"),
        (_text("ali: hello\nkite: hi\nali: come\nkite: no", "additionalInfo"), "party"),
        (_text("Reason: hash match\nStatus: closed", "additionalInfo"), "provider"),
    ],
)
def test_whose_words_a_text_is(text: FreeText, origin: str) -> None:
    assert origin_of(text) == origin


RULES_AND_DENIALS = (
    "Coaches must never be alone with a pupil in a closed room.",
    "Adults should never ask a child to keep a secret from the family.",
    "Nobody was told to hide the chat from the family.",
    "بچوں کو کمرے میں اکیلا نہیں رکھنا چاہیے",
    "گھر والیاں توں لکاون دی کوشش نئیں سی",
    "ٻارن کي اڪيلو ڪمري ۾ رکڻ منع ۽ اجازت لازمي آهي",
    "ماشومان باید یوازې په خونه کې پاتې نشي",
)
STAFF_ON_DANGER = (
    "The user told the boy not to say a word at home, or he will post the pictures.",
    "She writes that she does not want to live any more.",
    "The user threatens that the video goes to her father if she does not pay by tonight.",
    "He demanded crypto in exchange for not sharing the clip.",
    "لڑکی نے کہا کہ وہ زندہ نہیں رہنا چاہتی",
    "The offender must have the money by tonight or he sends the photos to her school.",
)


@pytest.mark.parametrize("text", RULES_AND_DENIALS)
def test_a_denial_or_a_rule_in_a_providers_prose_is_no_finding(text: str) -> None:
    assert read_intents(text, "provider") == ()
    assert read_intents(text, "party"), "the same words of a party are read"


@pytest.mark.parametrize("text", STAFF_ON_DANGER)
def test_prose_on_a_danger_is_found_with_its_negations(text: str) -> None:
    assert read_intents(text, "provider")


def test_what_guards_prose_does_not_guard_the_parties_own_words() -> None:
    for text in (
        "you must send me 200 dollars by tonight",
        "you can come to my house when nobody is home",
        "tum akele aa sakte ho mere kamre mein",
    ):
        assert read_intents(text, "party"), text
        assert [(f.intent, f.how) for f in read_intents(text, "unknown")] == [
            (f.intent, f.how) for f in read_intents(text, "party")
        ]


def test_sentences_are_read_as_each_alone_whatever_stands_beside_them() -> None:
    known = [sentence for _, sentence in FOUND]
    mixed = [(sentence, is_prose) for is_prose in (False, True) for sentence in (*known, "", "ok", "hello there", *known)]
    reader._remembered.cache_clear()
    together = reader.read_sentences(mixed)
    assert len(together) == len(set(mixed))
    for each in together:
        reader._remembered.cache_clear()
        assert reader.read_sentences([each]) == {each: together[each]}


def test_sentences_that_recur_are_read_once_until_a_table_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[tuple[str, bool]] = []

    def read_together(asked: Sequence[tuple[str, bool]]) -> list[tuple[IntentFinding, ...]]:
        read.extend(asked)
        return [()] * len(asked)

    monkeypatch.setattr(reader, "_read_together", read_together)
    replace_tables({"intents/words/of-no-language.toml": b""})
    try:
        for _ in range(2):
            read_texts([TextToRead("One kite here. Two kites there. One kite here.", "party")])
        assert read == [("One kite here.", False), ("Two kites there.", False)]
        replace_tables({})
        read_texts([TextToRead("One kite here.", "party")])
        assert read[2:] == [("One kite here.", False)]
    finally:
        replace_tables({})


def test_so_many_sentences_are_remembered_and_all_are_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_REMEMBERED_SENTENCES", 100)
    reader._remembered.cache_clear()
    asked = [(f"kite number {n} flies", False) for n in range(333)]
    assert list(reader.read_sentences(asked)) == asked
    assert len(reader._remembered.sentences) <= 100
    reader._remembered.cache_clear()


PLAIN_END = re.compile(r"[\n\r]+|[.!?;؟۔؛…][.!?;؟۔؛…\n\r]*(?=\s|$)|[؟۔]")
"""What ends a sentence, said plainly."""


@settings(max_examples=500)
@given(st.text(st.sampled_from("ab \n\r\t.!?;؟۔؛…\u2028"), max_size=30))
def test_ends_of_sentences_are_where_the_plain_pattern_finds_them(text: str) -> None:
    assert [found.span() for found in sentences._END.finditer(text)] == [found.span() for found in PLAIN_END.finditer(text)]
