"""Twins: two reports that differ in one fact. The graver never ranks below the other; a twin that differs in noise ranks alike."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Callable

import pytest

from tests.priority.make import ENTICEMENT, LISTS, MATERIAL, NOWHERE, around, file, hit, person, report, text
from triage import priority
from triage.model.judgement import ScoreCard
from triage.model.report import Report

CHAT, PROSE = "chatImIncident.content", "additionalInfo"
THREAT = "send 5000 by tonight or i post your pictures in your family group"
LIFE = "i cant go on, i want to die"
MEETING = "meet me alone at the park tomorrow after school"
ROMAN = "agar paise na diye to tasveerein sab ko bhej dunga"
URDU = "پیسے دو ورنہ تصویریں تمہارے گھر والوں کو بھیج دوں گا"
TOLD = "The user threatens to post her pictures in the family group."


def card(what: Report) -> ScoreCard:
    return priority.score(what, NOWHERE, {}, around())


def place_of(what: Report) -> tuple[str, float]:
    """Returns where a report stands in the queue: the least comes first."""
    made = card(what)
    return made.band, -made.risk


def said(words: str, label: str = CHAT) -> Report:
    return report(incident_type=ENTICEMENT, free_text=(text(words, label),))


def told(words: str) -> Report:
    return said(words, PROSE)


def stated(kind: str | None = MATERIAL, **more: object) -> Report:
    return report(incident_type=kind, **more)


def user(**facts: object) -> Report:
    return stated(people=(person(**facts),))


def of_child(role: str, age: object, kind: str = MATERIAL) -> Report:
    return stated(kind, people=(person(role, age=age),))


FACTS = {
    "a threat, or a denial of one": (said(THREAT), said(f"he never said {THREAT}")),
    "a threat in prose, or a denial": (told(TOLD), told("The user did not threaten to post her pictures in the family group.")),
    "a threat in Roman Urdu, or a denial": (
        told("Us ne dhamki di ke tasveerein ghar walon ko bhej dega."),
        told("Us ne koi dhamki nahi di ke tasveerein ghar walon ko bhej dega."),
    ),
    "a threat in Urdu, or a denial": (
        told("صارف نے دھمکی دی کہ تصویریں گھر والوں کو بھیج دے گا۔"),
        told("صارف نے کوئی دھمکی نہیں دی کہ تصویریں گھر والوں کو بھیج دے گا۔"),
    ),
    "what was said, or not said": (
        told("Mulzim ne kaha ke recording larki ke sab rabton ko leak kar dega."),
        told("Mulzim ne nahi kaha ke recording larki ke sab rabton ko leak kar dega."),
    ),
    "a child, or an adult, as the victim": (of_child("victim", 14), of_child("victim", 24)),
    "a child, or an adult, who was contacted": (of_child("recipient", 14, ENTICEMENT), of_child("recipient", 24, ENTICEMENT)),
    "17, or 18": (of_child("victim", 17), of_child("victim", 18)),
    "now, or in the past": (told("She writes that she will end her life tonight."), told("Her friend died years ago.")),
    "the writer's child, or a visit": (
        said("my daughter sleeps in my bed tonight, nobody else is home"),
        said("my daughter sleeps at her grandmother's house tonight"),
    ),
    "the words, or a title": (said("i want to die"), said("the song is called 'i want to die'")),
    "the parties' words, or a policy that quotes them": (
        said("meet me alone at my flat tomorrow"),
        told("Our community guidelines prohibit messages such as 'meet me alone at my flat tomorrow'."),
    ),
    "a person in danger, or a helpline": (
        said("i am thinking about suicide, i took all pills"),
        told("If you are thinking about suicide, call the helpline."),
    ),
    "near children, or not": (user(accessToChildren="Yes"), user(accessToChildren="No")),
    "an uncle, or not her uncle": (user(relationshipToChildVictim="uncle"), user(relationshipToChildVictim="not her uncle")),
    "an escalation, or none": (stated(escalation="A child may be in danger now."), stated(escalation="N/A")),
}
"""By what differs: the graver report, then the other, which ranks lower."""


@pytest.mark.parametrize("name", FACTS)
def test_the_graver_of_two_twins_goes_first(name: str) -> None:
    graver, other = FACTS[name]
    assert place_of(graver) < place_of(other)


def test_a_child_of_whom_nothing_is_known_goes_before_one_in_known_material() -> None:
    what = stated(people=(person("victim", age=14),), files=(file("a"),))
    known = priority.score(what, NOWHERE, {}, around(lists_checked=LISTS, hits=(hit("a"),)))
    assert card(what).risk > known.risk


NOISE: dict[str, Callable[[str], str]] = {
    "upper case": str.upper,
    "characters without a width": lambda words: words.replace("e", "e\u200b").replace("ر", "ر\u200c"),
    "a mark at the beginning": lambda words: f"\ufeff{words}",
    "marks of direction": lambda words: f"\u202b{words}\u202c",
    "more blanks": lambda words: words.replace(" ", " \u00a0 "),
    "Cyrillic letters": lambda words: words.replace("a", "а").replace("o", "о"),
    "full width": lambda words: "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in words),
    "mathematical letters": lambda words: "".join(
        chr(ord(each) + 0x1D41A - 97) if "a" <= each <= "z" else each for each in words
    ),
    "decomposed letters": lambda words: unicodedata.normalize("NFD", words),
    "an Arabic keyboard": lambda words: words.replace("ی", "ي").replace("ک", "ك"),
    "a stretched letter": lambda words: words.replace("ت", "تـ"),
    "exclamation marks": lambda words: f"{words}!!!",
    "escaped for HTML": lambda words: html.escape(words),
    "escaped letter by letter": lambda words: "".join(f"&#{ord(each)};" for each in words),
    "escaped twice": lambda words: html.escape("".join(f"&#x{ord(each):x};" for each in words)),
    "blanks of HTML": lambda words: words.replace(" ", "&nbsp;"),
    "tags around it": lambda words: f'<p class="m">{words}</p>',
    "tags in the middle": lambda words: words.replace(" ", " <b></b>", 1),
}


@pytest.mark.parametrize("name", NOISE)
def test_a_twin_that_differs_in_noise_ranks_alike(name: str) -> None:
    for words in (THREAT, LIFE, MEETING, ROMAN, URDU):
        assert place_of(said(NOISE[name](words))) == place_of(said(words)), words
    assert place_of(told(NOISE[name](TOLD))) == place_of(told(TOLD))


def test_words_between_angle_brackets_are_read() -> None:
    """Only tags of HTML are taken out: nobody hides words by writing them like one."""
    for hidden in (f"<{LIFE}>", f"<b {LIFE}>", f"<b><{LIFE}></b>"):
        assert card(said(hidden)).band == "A", hidden


SPELLINGS = {
    "yes": (
        user(accessToChildren="Yes"),
        [
            user(accessToChildren=value)
            for value in (True, "YES", " yes ", "Yes\u200b", "Y", "Ｙｅｓ", "Haan", "ہاں", "Yes - teaches")
        ],
    ),
    "a relationship": (
        user(relationshipToChildVictim="uncle"),
        [user(relationshipToChildVictim=value) for value in ("UNCLE", "un\u200bcle", "ｕｎｃｌｅ", "mamu", "MAMU", "ماموں")],
    ),
    "a profession": (
        user(occupation="school teacher"),
        [user(occupation=value) for value in ("School Teacher", "school-teacher", "schoolteacher")],
    ),
    "an age": (
        of_child("victim", 14),
        [of_child("victim", value) for value in ("14", "۱۴", "١٤", "１４", "14 years", "about 14", "14-15")],
    ),
    "a type": (
        stated("Child Sexual Molestation"),
        [
            stated(each)
            for each in ("CHILD SEXUAL MOLESTATION", "child\u00a0sexual molest\u200bation", "Child Sexual Ｍｏｌｅｓｔａｔｉｏｎ")
        ],
    ),
    "a mark": (
        stated(annotations=("sadisticOnlineExploitation",)),
        [stated(annotations=(each,)) for each in ("Sadistic Online Exploitation", "SADISTICONLINEEXPLOITATION")],
    ),
    "a class": (
        stated(files=(file("a", classification="A1"),)),
        [stated(files=(file("a", classification=each),)) for each in ("a1", " A1 ", "A-1", "Ａ１", "A1\u200b", "Category A1")],
    ),
    "NCMEC's priority": (
        stated(priority_code="1"),
        [stated(priority_code=each) for each in ("1 ", "01", "１", "١", "Priority 1", "1 - immediate")],
    ),
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_value_that_is_spelled_otherwise_ranks_alike(name: str) -> None:
    usual, others = SPELLINGS[name]
    assert {place_of(each) for each in others} == {place_of(usual)}


def test_a_code_or_class_that_only_begins_alike_is_another() -> None:
    assert card(stated(priority_code="10")).band == card(stated(priority_code=None)).band
    assert card(stated(files=(file("a", classification="A12"),))).risk == card(stated(files=(file("a"),))).risk
