"""Of two whole reports, which is worked first? Pairs from published criteria, with their traps, by the queue's own order: band, risk,
actionability. test_orders.py changes one thing at a time; here reports differ as they do in practice.

Sources: KIRAT-2 and NIJ 250154 (hands-on and contact before possession, access to children, history), NCMEC (urgent, tags,
informational), SIO 2024 (look-alikes, links nobody saw, viral material), ICSE/ECPAT 2018 (neither sex nor adolescence lowers).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.priority.make import (
    ENTICEMENT,
    HERE,
    LISTS,
    NOWHERE,
    around,
    camera,
    file,
    hit,
    identifier,
    material,
    moment,
    person,
    place,
    report,
    sha,
    text,
)
from triage import priority
from triage.model import incident_kinds
from triage.model.document import Fact
from triage.model.judgement import Location, PlaceEvidence, ScoreCard
from triage.model.media import MediaFacts
from triage.model.report import Report, ReportFile

VICTIM_HERE = replace(HERE, by_person=(place("victim"),))
ABROAD = replace(NOWHERE, verdict="no", in_pakistan=False)


def card(what: Report, where: Location = HERE, media: dict[str, MediaFacts] | None = None, **surroundings: object) -> ScoreCard:
    return priority.score(what, where, media or {}, around(**surroundings))


def order(made: ScoreCard) -> tuple[str, float, float]:
    return made.band, -made.risk, -made.actionability


def enticement(*words: str, **said: object) -> Report:
    return report(incident_type=ENTICEMENT, free_text=tuple(text(each, "chatImIncident/content") for each in words), **said)


def sextortion(*words: str, **said: object) -> Report:
    return enticement(*words, annotations=("sextortion",), **said)


def viral(media: dict[str, MediaFacts] | None = None, **said: object) -> ScoreCard:
    """Returns the card of a report whose one file is on a list and marked as viral."""
    return card(material(**{"files": (file("a", "viral"),), **said}), media=media, hits=(hit("a"),), lists_checked=LISTS)


def at(kind: str, value: str, of: str = "recipient", weight: int = 9, country: str = "PK") -> PlaceEvidence:
    return PlaceEvidence(kind=kind, value=value, of=of, says="", weight=weight, why="", country=country)  # type: ignore[arg-type]


RECIPIENT_HERE = replace(NOWHERE, evidence=(at("phone", "+923000000123"),))
PHONE = identifier("phone", "+923000000123")
WORST_KNOWN = card(
    material(files=tuple(file(str(n), "infant", "physicalHarm", classification="A1") for n in range(40))),
    hits=tuple(hit(str(n)) for n in range(40)),
    lists_checked=LISTS,
)
ORDINARY = card(material(), lists_checked=LISTS)
BLANK = card(report(), NOWHERE)
SEXTORTION = card(sextortion("hello"))

FIRST = {
    # danger now
    "blackmail with a deadline > blackmail": (card(sextortion("pay now or i will share, you have one hour")), SEXTORTION),
    "the deadline in Roman Urdu": (card(sextortion("aaj raat tak paise bhejo")), SEXTORTION),
    "the deadline in Urdu": (card(sextortion("آج رات تک پیسے بھیجو ورنہ")), SEXTORTION),
    "blackmail with a threat > without": (card(sextortion("i will leak it")), SEXTORTION),
    "an unmarked report with threat and deadline > the worst known files": (
        card(material(free_text=(text("i will leak it. you have 24 hours"),))),
        WORST_KNOWN,
    ),
    "grooming with a meeting > grooming": (card(enticement("kal mujh se milo")), card(enticement("hello"))),
    "grooming with a meeting > the worst known files": (card(enticement("where do you live, i pick you up")), WORST_KNOWN),
    "a meeting in a report without a type > the worst known files": (card(report(free_text=(text("mere ghar aao"),))), WORST_KNOWN),
    "a meeting in travel to abuse > without": (
        card(report(incident_type="Child Sex Tourism", free_text=(text("hotel room"),))),
        card(report(incident_type="Child Sex Tourism", free_text=(text("hello"),))),
    ),
    "self-harm > blackmail": (card(enticement("mar jaungi")), SEXTORTION),
    "self-harm in a report of possession > the worst known files": (card(material(free_text=(text("want to die"),))), WORST_KNOWN),
    "live > the worst known files": (card(material(files=(file("a", "liveStreaming"),))), WORST_KNOWN),
    "live and viral > ordinary": (viral(files=(file("a", "viral", "liveStreaming"),)), ORDINARY),
    "escalated and else blank > the worst known files": (card(report(escalation="danger"), NOWHERE), WORST_KNOWN),
    "NCMEC 1 and else blank > the worst known files": (card(report(priority_code="1"), NOWHERE), WORST_KNOWN),
    "escalated and viral > blackmail": (viral(escalation="danger"), SEXTORTION),
    # hands-on
    "molestation > the worst known files": (card(report(incident_type="Child Sexual Molestation"), NOWHERE), WORST_KNOWN),
    "the father > a stranger's blackmail": (card(material(people=(person(relationshipToChildVictim="Father"),))), SEXTORTION),
    "the child is his daughter > the worst known files": (
        card(material(people=(person(relationshipToChildVictim="daughter"),))),
        WORST_KNOWN,
    ),
    "the teacher > the neighbour": (
        card(material(people=(person(relationshipToChildVictim="teacher"),))),
        card(material(people=(person(relationshipToChildVictim="neighbour"),))),
    ),
    "the neighbour > a friend online": (
        card(material(people=(person(relationshipToChildVictim="neighbour"),))),
        card(material(people=(person(relationshipToChildVictim="online friend"),))),
    ),
    "a teacher with access > a teacher": (
        card(material(people=(person(occupation="teacher", accessToChildren="Yes"),))),
        card(material(people=(person(occupation="teacher"),))),
    ),
    # contact before possession
    "a child who was contacted and is named > possession of new files": (
        card(enticement(people=(person("victim"),))),
        card(material(files=(file("a", classification="B1"),)), lists_checked=LISTS),
    ),
    "blackmail > five hundred known files": (SEXTORTION, card(
        material(files=tuple(file(str(n)) for n in range(500))), hits=tuple(hit(str(n)) for n in range(500)), lists_checked=LISTS
    )),
    "trafficking > possession": (card(report(incident_type="Child Sex Trafficking"), NOWHERE), ORDINARY),
    "obscene material sent to a child > possession": (
        card(report(incident_type="Unsolicited Obscene Material Sent to a Child")),
        ORDINARY,
    ),
    "a child who is asked for pictures > possession": (card(enticement(annotations=("csamSolicitation",))), ORDINARY),
    "a convicted user near children > a convicted user": (
        card(material(people=(person(convictedSexOffender=True, accessToChildren="Yes"),))),
        card(material(people=(person(convictedSexOffender=True),))),
    ),
    # a child within reach
    "possession with a named child > known files of class A2": (
        card(material(people=(person("victim", age=5),))),
        card(material(files=(file("a", classification="A2"),)), hits=(hit("a"),), lists_checked=LISTS),
    ),
    "a named child, the user abroad > the user here": (card(material(people=(person("victim"),)), ABROAD), ORDINARY),
    "informational with a named child > possession": (
        card(material(designation="informational", people=(person("victim"),))),
        ORDINARY,
    ),
    "informational contact > informational possession": (
        card(enticement(designation="informational")),
        card(material(designation="informational")),
    ),
    "informational on somebody in other reports > informational": (
        card(material(designation="informational"), prior_reports=3),
        card(material(designation="informational")),
    ),
    "a contacted child of fourteen > one whose age is not stated": (
        card(enticement(people=(person("recipient", age=14),))),
        card(enticement(people=(person("recipient"),))),
    ),
    "two children > one": (
        card(enticement(people=(person("victim"), person("victim", age=None)))),
        card(enticement(people=(person("victim"),))),
    ),
    # production before possession
    "a camera's own picture > a thousand viral files": (
        card(material(), media={sha("a"): camera()}, lists_checked=LISTS),
        card(material(files=tuple(file(str(n), "viral") for n in range(1000))), lists_checked=LISTS),
    ),
    # viral material is damped, and anything undoes it
    "ordinary > viral": (ORDINARY, viral()),
    "viral with a device > viral": (
        viral(identifiers=(identifier("device", "990000000000001", details=(("idType", "IMEI"),)),)),
        viral(),
    ),
    "viral with a chat > viral": (viral(free_text=(text("hello", "chatImIncident/content"),)), viral()),
    "viral with a threat > possession": (viral(free_text=(text("i will leak it"),)), ORDINARY),
    "marked as viral and on no list > viral": (card(material(files=(file("a", "viral"),)), lists_checked=LISTS), viral()),
    # what is missing does not lower
    "nothing known > withdrawn": (BLANK, card(report(designation="withdrawn"), NOWHERE)),
    "nothing known > a misleading word": (BLANK, card(report(incident_type="Misleading Domain Name"), HERE)),
    "five reports on one person > one": (card(material(), prior_reports=5), card(material(), prior_reports=1)),
}  # fmt: skip


@pytest.mark.parametrize("name", FIRST)
def test_the_first_is_worked_first(name: str) -> None:
    first, other = FIRST[name]
    assert order(first) < order(other), (order(first), order(other))


ALIKE = {
    "a drawing is worked like a picture": (
        material(files=(file("a", "animeDrawingVirtualHentai", classification="A1"),)), material(files=(file("a", classification="A1"),)),
    ),
    "a hoax that somebody claims is no hoax": (
        enticement("it was only a joke", people=(person("victim"),)), enticement("hello", people=(person("victim"),)),
    ),
    "a boy is a girl": (
        material(people=(person("victim", gender="Male"),)), material(people=(person("victim", gender="Female"),)),
    ),
    "a child of sixteen is one of seventeen": (material(people=(person("victim", age=16),)), material(people=(person("victim", age=17),))),
    "between children is not less": (sextortion("hello", people=(person(age=15),)), sextortion("hello", people=(person(age=35),))),
    "made by a machine is not less": (
        material(files=(file("a", "generativeAi"),), people=(person("victim"),)), material(people=(person("victim"),)),
    ),
    "NCMEC E is no rank": (material(priority_code="E"), material()),
    "viewed or not is nothing": (material(files=(file("a", viewed_by_esp=False),)), material(files=(file("a", viewed_by_esp=None),))),
}  # fmt: skip


@pytest.mark.parametrize("name", ALIKE)
def test_the_band_and_risk_are_the_same(name: str) -> None:
    one, other = (card(what) for what in ALIKE[name])
    assert (one.band, one.risk) == (other.band, other.risk)


COMPLETE = material(
    incident_time=moment(), received=moment("2026-10-03T00:00:00Z"), esp="Example", priority_code="E",
    people=(person(espService="chat"),), free_text=(text("hello", "chatImIncident/content"),),
    identifiers=(PHONE, identifier("user_id", "u-1"), identifier("ip", "203.0.113.9", event="Upload", time=moment(), port=40123)),
    facts=(Fact(name="platform", value="x", sources=()),),
)  # fmt: skip


def test_a_named_child_stands_beside_sure_words_unless_the_material_is_known() -> None:
    child, known = (person("victim", age=13),), {"hits": (hit("a"),), "lists_checked": LISTS}
    named = card(material(people=child), lists_checked=LISTS)
    assert named.band == "B" and 43.0 <= named.risk < 45.0
    assert named.risk > card(material(people=child), **known).risk >= 32.0
    assert card(material(people=(*child, *child)), lists_checked=LISTS).risk > named.risk
    assert card(material(people=child)).risk >= 43.0, "where nothing was checked, nothing is known"


def test_several_severe_files_that_no_list_knows_are_at_least_b() -> None:
    def lifted(*files: ReportFile, **around: object) -> bool:
        return "new material" in card(material(files=files), **{"lists_checked": LISTS, **around}).flags

    young = (file("a", classification="A1"), file("b", classification="A2"))
    assert lifted(*young)
    assert lifted(*(file(name, "possibleSelfProduction", classification="B1") for name in "ab"))
    assert not lifted(*young, hits=(hit("b"),)), "one file is known"
    assert not lifted(*young, lists_checked=()), "nothing is new where nothing was checked"
    assert not lifted(*young, spread=3), "a file that goes around is not new"
    assert not lifted(young[0]), "a single file"
    assert not lifted(*(file(name, classification="B1") for name in "ab")), "an older child, without a mark"
    assert not lifted(*(file(name, "possibleSelfProduction", classification="B2") for name in "ab")), "no sexual act"


@pytest.mark.parametrize(("age", "band"), [("34 y/o, has 2 kids", "D"), ("under 18", "B"), ("13 (claims 18)", "B")])
def test_an_adult_with_children_is_no_child_and_one_under_18_is_no_adult(age: str, band: str) -> None:
    assert card(material(people=(person("victim", age=age),))).band == band


@pytest.mark.parametrize(
    ("kind", "band"),
    [
        ("Child Sexual Molestation", "A"), ("Child Sex Trafficking", "B"), ("Child Sex Tourism", "B"),
        ("Extraterritorial Child Sexual Exploitation", "B"), ("Online Enticement (Pre-Travel)", "B"), ("Sextortion", "B"),
        ("Online Enticement - Blackmail", "B"), ("Sadistic Online Exploitation", "B"), ("CSAM Solicitation", "B"),
        ("csamSolicitation", "B"), ("Solicitation", "B"), ("Child Sexual Abuse Material Solicitation", "B"),
        ("Online Enticement of Children for Sexual Acts", "C"), ("Unsolicited Obscene Material Sent to a Child", "C"),
        ("Child Pornography (possession, manufacture, and distribution)", "D"), (None, "D"), ("Own open case", "D"),
        ("Apparent Child Pornography (Unconfirmed)", "D"), ("Child Prostitution", "B"), ("Kidnapping", "C"),
        ("Child Sexual Molestation (not by family member)", "A"),
        ("Misleading Domain Name", "E"), ("Misleading Words or Digital Images on the Internet", "E"),
    ],
)  # fmt: skip
def test_the_band_of_each_incident_type_alone(kind: str | None, band: str) -> None:
    assert card(report(incident_type=kind)).band == band


@pytest.mark.parametrize("mark", ["sextortion", "csamSolicitation", "sadisticOnlineExploitation", "liveStreaming"])
def test_a_mark_of_contact_is_at_least_b_on_the_report_or_on_a_file(mark: str) -> None:
    of_report, of_file = card(material(annotations=(mark,))), card(material(files=(file("a", mark),)))
    assert of_report.band == of_file.band <= "B"
    assert of_report.risk == of_file.risk


@pytest.mark.parametrize(
    "said",
    [
        {"annotations": ("potentialAggravatingFactors",)}, {"annotations": ("markOf2027",)}, {"priority_code": "2"},
        {"files": (file("a", "bestiality"),)}, {"files": (file("a", "violenceGore"),)}, {"files": (file("a", original_name="chat.txt"),)},
    ],
)  # fmt: skip
def test_informational_sinks_nothing_but_possession(said: dict[str, object]) -> None:
    assert card(material(**{"designation": "informational", **said})).band < "E"
    assert card(material(designation="informational")).band == "E"


@pytest.mark.parametrize(
    "gone", ["incident_time", "received", "esp", "priority_code", "people", "free_text", "identifiers", "facts"]
)
@pytest.mark.parametrize("where", [HERE, NOWHERE, ABROAD], ids=["here", "unclear", "abroad"])
def test_what_is_missing_lowers_neither_risk_nor_band(gone: str, where: Location) -> None:
    nothing = () if isinstance(getattr(COMPLETE, gone), tuple) else None
    whole, part = card(COMPLETE, where), card(replace(COMPLETE, **{gone: nothing}), where)
    assert (part.risk, part.band) == (whole.risk, whole.band)
    assert part.actionability <= whole.actionability


def test_a_contact_in_pakistan_needs_more_than_a_language_and_contact_with_a_child() -> None:
    speaks = replace(NOWHERE, evidence=(at("language", "Urdu", weight=1),))
    assert "contact in Pakistan" in card(enticement(), RECIPIENT_HERE).flags
    assert "contact in Pakistan" not in card(enticement(), speaks).flags
    assert "contact in Pakistan" not in card(material(), RECIPIENT_HERE).flags
    abroad = replace(NOWHERE, evidence=(at("phone", "+923000000123", weight=4), at("ip", "8.8.8.8", weight=-5, country="US")))
    assert "contact in Pakistan" not in card(enticement(), abroad).flags


def test_a_named_child_is_never_for_when_there_is_time() -> None:
    assert card(material(people=(person("victim"),))).band <= "B"
    assert card(enticement(people=(person("victim"),))).band <= "B"
    assert card(report(incident_type="Child Sex Tourism")).band <= "B"
    assert card(enticement(annotations=("csamSolicitation",))).band <= "B"


def test_a_pupil_does_not_work_with_children() -> None:
    assert "works with children" not in card(material(people=(person(occupation="High school student"),))).flags
    assert "works with children" in card(material(people=(person(occupation="School teacher"),))).flags


def test_who_stated_different_ages_may_be_a_child_and_is_ranked_no_lower() -> None:
    made = card(material(people=(person(ageAssertionDiscrepancy=True),)))
    assert "child lane" in made.flags
    assert (made.band, made.risk) == (card(material()).band, card(material()).risk)


def test_a_deadline_without_blackmail_is_a_deadline_of_school() -> None:
    assert card(material(free_text=(text("the deadline is by tomorrow"),))).band > "B"


def test_an_unknown_incident_type_is_never_read_as_harmless() -> None:
    unknown, informational = report(incident_type="Kidnapping"), {"designation": "informational"}
    assert "unknown type" in card(unknown).flags
    assert card(report(incident_type="Kidnapping", **informational)).band == "C", "it is not known to be possession"
    assert card(report(**informational)).band == "D", "what is not stated is not possession either"
    assert card(material(**informational)).band == "E"
    met = text("come to my place after school, i will be alone", "chatImIncident.content")
    assert card(report(incident_type="Kidnapping", free_text=(met,))).band == "A", "it may be of contact with a child"


def test_the_rules_know_every_incident_type_of_the_program() -> None:
    """A word that the program takes for a known type, and that no rule counts, would count nothing."""
    for word in (*incident_kinds.CONTACT, *incident_kinds.MATERIAL, *incident_kinds.MISLEADING):
        made = card(report(incident_type=word))
        assert made.risk >= (14.0 if word in incident_kinds.CONTACT else 2.5), word
        assert "unknown type" not in made.flags
