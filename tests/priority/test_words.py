"""What texts may say, on the card: whose words raise how far, and what raises nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from tests.priority.make import ENTICEMENT, HERE, around, file, material, person, report, text
from triage.intents import IntentFinding, read_intents
from triage.model.file_text import FileMessage, FileText
from triage.model.judgement import ScoreCard
from triage.model.media import MediaFacts
from triage.model.report import Report
from triage.priority import score

PROSE, CHAT = "additionalInfo", "chatImIncident/content"
PLAIN = material(free_text=(text("The files were found by hash.", PROSE),))


def card(what: Report, **surroundings: object) -> ScoreCard:
    return score(what, HERE, {}, around(**surroundings))


def said(words: str, label: str = PROSE, **also: object) -> ScoreCard:
    return card(material(free_text=(text(words, label),), **also))


def find_in_every_sentence(monkeypatch: pytest.MonkeyPatch, found: tuple[IntentFinding, ...]) -> None:
    def read(asked: Iterable[tuple[str, bool]]) -> dict[tuple[str, bool], tuple[IntentFinding, ...]]:
        return dict.fromkeys(asked, found)

    monkeypatch.setattr("triage.intents.reader.read_sentences", read)


SELF_HARM = "I want to kill myself tonight"


def test_only_the_parties_own_words_raise_to_a() -> None:
    assert said(SELF_HARM, CHAT).band == "A"
    assert said(f"The child wrote: {SELF_HARM}").band == "B"
    assert said(SELF_HARM, "note").band == "B"


def test_the_card_shows_the_sentence_why_and_whose_words_it_is() -> None:
    made = said(f"Hello. {SELF_HARM}. Bye.", CHAT)
    factor = next(each for each in made.factors if each.rule == "floor.self_harm")
    assert (
        SELF_HARM in str(factor.value) and "the parties' words" in str(factor.value) and "phrase: self harm" in str(factor.value)
    )
    assert "read first" in made.flags


def test_a_sentence_goes_on_in_the_next_message_of_the_same_speaker_only() -> None:
    def read(*senders: str) -> str:
        messages = tuple(FileMessage(sender, "", said) for sender, said in zip(senders, ("meet", "me alone"), strict=True))
        log = file("log")
        assert log.occurrence is not None
        text_read = FileText(kind="txt", count=2, messages=messages, is_chat=True)
        media = {log.occurrence.sha256: MediaFacts(mime="text/plain", file_text=text_read)}
        return score(report(incident_type=ENTICEMENT, files=(log,)), HERE, media, around()).band

    assert read("Ali", "Ali") == "A"
    assert read("Ali", "Sara") != "A"


def test_a_sentence_of_two_lines_stands_in_one_on_the_card() -> None:
    made = said("I want to kill\nmyself tonight", CHAT)
    factor = next(each for each in made.factors if each.rule == "floor.self_harm")
    assert "kill myself tonight" in str(factor.value)


TWINS = {
    "denial": ("He threatened to share her images with the family.", "He never threatened to share her images with the family."),
    "denial in Urdu": ("تمہاری تصویریں سب کو بھیج دوں گا ورنہ پیسے دو", "تمہاری تصویریں کسی کو نہیں بھیجوں گا"),
    "title": ("I want to die", "I love the song I want to die"),
    "policy": ("He threatens to publish images of the child.", "Our policy prohibits threats to publish images of a child."),
    "helpline": ("thinking of suicide", "If you are thinking of suicide, call a helpline."),
}


@pytest.mark.parametrize("name", TWINS)
@pytest.mark.parametrize("label", [PROSE, CHAT])
def test_a_denial_a_title_or_a_policy_moves_no_card(name: str, label: str) -> None:
    danger, harmless = TWINS[name]
    base = said("hello", label)
    assert said(danger, label).band < base.band
    made = said(harmless, label)
    assert (made.band, made.risk, made.flags) == (base.band, base.risk, base.flags)


@pytest.mark.parametrize(
    "words",
    [
        "i w4nt t0 d1e",
        "I want to d\u200bie",
        "І wаnt tо dіе",
        "main mar jaungi",
        "mein mar jaon gi",
        "زه نور ژوند نه غواړم",
        "مان مري ويندس",
    ],
)
def test_another_spelling_or_language_moves_it(words: str) -> None:
    assert said(words, CHAT).band == "A"


def test_the_classifier_alone_raises_to_b_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    found = tuple(replace(each, how="classifier", why=(), score=0.95) for each in read_intents(SELF_HARM))
    find_in_every_sentence(monkeypatch, found)
    made = said("anything", CHAT)
    assert made.band == "B" and "read first" in made.flags
    assert any("classifier 0.95" in str(factor.value) for factor in made.factors)


def test_a_recurring_sentence_of_the_provider_raises_nothing_and_is_named() -> None:
    words = "Users may threaten to share images with the family of a child."
    recurring = frozenset(each.fingerprint for each in read_intents(words))
    assert recurring and said(words).band == "B"
    made = card(material(free_text=(text(words, PROSE),)), recurring_sentences=recurring)
    assert made.band == card(PLAIN).band and made.risk == card(PLAIN).risk
    assert any("recurs in" in str(factor.value) for factor in made.factors)
    own = card(material(free_text=(text(words, CHAT),)), recurring_sentences=recurring)
    assert own.band == "B", "the parties' words are never boilerplate"


def test_nothing_that_is_found_lowers() -> None:
    for words in (SELF_HARM, "i am 13 years old", "hello"):
        assert said(words, CHAT).risk >= card(PLAIN).risk and said(words, CHAT).band <= card(PLAIN).band


@pytest.mark.parametrize("value", ["N/A", "No", "none", "false", "-", "نہیں", "nahi", "ناهي", "نشته"])
def test_an_escalation_that_says_no_is_none(value: str) -> None:
    assert card(material(escalation=value)).band == card(material()).band
    assert card(material(escalation="fear for a child")).band == card(material(escalation="")).band == "A"


def test_a_fact_that_says_none_is_none() -> None:
    assert card(material(people=(person(relationshipToChildVictim="کوئی نہیں"),))).flags == card(material()).flags


def test_access_in_own_words_needs_contact_for_a() -> None:
    words = "my niece sleeps in my room tonight"
    assert said(words, CHAT).band == "B"
    assert card(report(incident_type=ENTICEMENT, free_text=(text(words, CHAT),))).band == "A"


def test_prose_on_access_raises_to_b_whatever_type_is_reported() -> None:
    words = "The chat says that the niece is staying with the user."
    assert said(words).band == "B" < card(PLAIN).band
    assert card(report(incident_type=ENTICEMENT, free_text=(text(words, PROSE),))).band == "B"


def test_what_is_surer_stands_higher_in_b(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = replace(read_intents("I will leak your photos")[0], how="classifier", why=())
    numbers = []
    for sure in (0.1, 0.5, 0.9):
        find_in_every_sentence(monkeypatch, (replace(finding, score=sure),))
        numbers.append(said("anything").risk)
        assert said("anything").band == "B"
    assert numbers == sorted(numbers) and numbers[0] < numbers[2] - 10


def test_two_dangers_stand_higher_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    threat = replace(read_intents("I will leak your photos")[0], score=0.5)
    found = [(threat,), (threat, replace(threat, intent="money"))]
    one, two = [], []
    for each, into in zip(found, (one, two), strict=True):
        find_in_every_sentence(monkeypatch, each)
        into.append(said("anything").risk)
    assert one < two


@pytest.mark.parametrize("words", ["my daughter is with me at the zoo", "meri beti mere sath hai", "میری بیٹی میرے ساتھ ہے"])
def test_a_parents_ordinary_words_move_no_card(words: str) -> None:
    made, base = (card(report(incident_type=ENTICEMENT, free_text=(text(each, CHAT),))) for each in (words, "hello"))
    assert (made.band, made.risk, made.flags) == (base.band, base.risk, base.flags)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("i am 14 years old", "an age of 14 is stated in the words"),
        ("میں تیرہ سال کا ہوں", "an age of 13 is stated in the words"),
        ("im in class 7", "a school class, or not being of age, is stated in the words"),
    ],
)
def test_an_age_in_own_words_opens_the_child_lane(words: str, shown: str) -> None:
    made = said(words, CHAT)
    assert "child lane" in made.flags and made.risk == said("hello", CHAT).risk
    assert str(next(each for each in made.factors if each.rule == "lane.age_in_words").value) == shown


@pytest.mark.parametrize("words", ["she is 13 years old", "i am 13 minutes late", "i am 34 years old", "he was 14 then"])
def test_another_age_opens_no_child_lane(words: str) -> None:
    assert "child lane" not in said(words, CHAT).flags


def test_an_age_in_prose_or_beside_a_stated_adult_opens_no_child_lane() -> None:
    words = "i am 14 years old"
    assert "child lane" not in said(words).flags
    adult = material(free_text=(text(words, CHAT),), people=(person(age=40),))
    assert "child lane" not in card(adult).flags


def test_work_with_children_or_knowing_the_child_counts_with_material() -> None:
    for about in (
        {"occupation": "school teacher"},
        {"relationshipToChildVictim": "neighbor"},
        {"relationshipToChildVictim": "landlord"},
    ):
        assert card(material(people=(person(**about),))).band == "B"
    work = "assistant of a driving school teacher"
    assert card(material(people=(person(occupation=work),))).band == card(material()).band


def test_text_that_was_not_read_whole_is_said() -> None:
    made = said("hello there. " * 30_000, CHAT)
    assert "not read whole" in made.flags
