"""What a card promises: floors, bands, sums that add up, sentences that come true, blindness to order and to who a person is."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from tests.priority.make import (
    ENTICEMENT,
    HERE,
    LISTS,
    MATERIAL,
    NOWHERE,
    SOURCES,
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
from tests.thorough import count_examples
from triage.model.document import Fact
from triage.model.judgement import Location, ScoreCard, Surroundings
from triage.model.media import MediaFacts
from triage.model.report import Report
from triage.model.version_flags import VERSION_FLAGS
from triage.priority import flag_order, score
from triage.priority.rules import shipped

VICTIM_HERE = replace(HERE, by_person=(place("victim"),))


def card(what: Report, where: Location = HERE, media: dict[str, MediaFacts] | None = None, **surroundings: object) -> ScoreCard:
    return score(what, where, media or {}, around(**surroundings))


def rules_of(made: ScoreCard) -> set[str]:
    return {factor.rule for factor in made.factors}


KNOWN: dict[str, Any] = {"hits": (hit("a"),), "lists_checked": LISTS}
FLOORS = {
    "escalated": (material(escalation="fear for a child"), "A", "escalated"),
    "escalated without a reason": (material(escalation=""), "A", "escalated"),
    "NCMEC 1": (material(priority_code="1"), "A", "NCMEC 1"),
    "live": (material(files=(file("a", "liveStreaming"),)), "A", "live"),
    "access": (material(people=(person(accessToChildVictim="Yes"),)), "A", "access to the child"),
    "hands-on": (report(incident_type="Child Sexual Molestation"), "A", "molestation type"),
    "self-harm": (material(free_text=(text("she said: I want to die"),)), "A", "self-harm"),
    "self-harm in Urdu": (material(free_text=(text("وہ کہتی ہے کہ خودکشی کر لوں گی"),)), "A", "self-harm"),
    "self-harm in Roman Urdu": (material(free_text=(text("main mar jaun gi"),)), "A", "self-harm"),
    "meeting": (report(incident_type=ENTICEMENT, free_text=(text("kal mujh se milo"),)), "A", "meeting"),
    "threat": (material(free_text=(text("I will leak it"),)), "B", "threat"),
    "trafficking": (report(incident_type="Child Sex Trafficking"), "B", None),
}


@pytest.mark.parametrize("name", FLOORS)
def test_floors_hold_whatever_the_points(name: str) -> None:
    what, band, flag = FLOORS[name]
    assert card(what).band <= band
    assert flag is None or flag in card(what).flags
    assert card(replace(what, designation="informational")).band <= band


def test_a_named_child_is_at_least_b_wherever_the_child_is() -> None:
    named = material(people=(person("victim"),))
    assert card(named).band == card(named, NOWHERE).band == card(named, VICTIM_HERE).band == "B"
    assert card(named).risk == card(named, NOWHERE).risk == card(named, VICTIM_HERE).risk
    assert "victim in Pakistan" in card(named, VICTIM_HERE).flags
    assert "victim in Pakistan" not in card(named, NOWHERE).flags


def test_a_stated_adult_is_no_child() -> None:
    adult = material(people=(person("victim", age=34),))
    assert card(adult).band == card(material()).band
    assert not {"victim named", "victim in Pakistan"} & set(card(adult, VICTIM_HERE).flags)


def test_a_camera_original_is_at_least_b_unless_known() -> None:
    media = {sha("a"): camera()}
    assert card(material(), NOWHERE, media, lists_checked=LISTS).band == "B"
    assert card(material(), NOWHERE, media, hits=(hit("a"),), lists_checked=LISTS).band > "B"


def test_talk_of_meeting_is_harmless_where_nobody_is_in_contact_with_a_child() -> None:
    assert "meeting" not in card(material(free_text=(text("let's meet"),))).flags


def test_text_of_the_provider_about_itself_is_not_read() -> None:
    assert card(material(free_text=(text("suicide", of="reporter"),))).band > "B"


def test_what_is_withdrawn_rests_in_e_and_number_and_band_agree() -> None:
    made = card(report(incident_type=ENTICEMENT, designation="withdrawn"))
    assert made.band == "E" and made.risk < shipped().bands.D
    assert "withdrawn" in made.flags


def test_informational_sinks_only_what_holds_nothing_but_possession() -> None:
    possession = card(material(designation="informational"))
    assert possession.band == "E" and possession.risk < shipped().bands.D
    for more in (
        report(incident_type=ENTICEMENT),
        material(annotations=("csamSolicitation",)),
        material(people=(person(accessToChildren="Yes"),)),
        material(annotations=("minorToMinorInteraction",)),
        material(files=(file("a", "possibleSelfProduction"),)),
    ):
        informational = card(replace(more, designation="informational"))
        assert (informational.band, informational.risk) == (card(more).band, card(more).risk)
        assert "informational" in informational.flags
    bare = card(material(designation="informational"))
    assert any("if the conversation came" in str(line) for line in bare.would_change_if), bare.would_change_if


def test_known_viral_material_rests_in_e_but_floors_stay() -> None:
    viral = material(files=(file("a", "viral"),))
    assert card(viral, **KNOWN).band == "E"
    assert "damping.viral" in rules_of(card(viral, **KNOWN))
    assert card(replace(viral, escalation="danger"), **KNOWN).band == "A"
    assert "damping.viral" not in rules_of(card(viral, lists_checked=LISTS)), "a mark alone is a claim"


def test_a_report_batched_as_viral_is_viral_without_a_flag_on_each_file() -> None:
    batched = material(facts=(Fact(name="batchedReport", value="VIRAL_POTENTIAL_MEME", sources=SOURCES),))
    assert "viral" in card(batched, **KNOWN).flags
    assert card(batched, **KNOWN).band == "E"


def test_a_telephone_or_mail_never_raises_risk() -> None:
    viral = material(files=(file("a", "viral"),))
    for kind, value in (("phone", "+923000000123"), ("email", "kite@mail.example.invalid"), ("cnic", "9000000000000")):
        known = replace(viral, identifiers=(identifier(kind, value, verified=True),))
        assert card(known, **KNOWN).risk == card(viral, **KNOWN).risk


def test_inside_a_the_order_is_that_of_imminence() -> None:
    ladder = [
        card(material(free_text=(text("she said: I want to die"),))),
        card(material(files=(file("a", "liveStreaming"),))),
        card(material(escalation="danger")),
        card(report(incident_type=ENTICEMENT, free_text=(text("kal mujh se milo"),))),
        card(material(people=(person(accessToChildVictim="Yes"),))),
        card(material(priority_code="1")),
    ]
    assert {made.band for made in ladder} == {"A"}
    assert [made.risk for made in ladder] == sorted((made.risk for made in ladder), reverse=True)
    assert all(earlier.risk > later.risk for earlier, later in pairwise(ladder))


@pytest.mark.parametrize(
    ("more", "band"),
    [
        ({}, "B"),
        ({"people": (person("victim", age=14),)}, "A"),
        ({"people": (person("recipient", age=14),)}, "A"),
        ({"identifiers": (identifier("wallet", "w-1"),)}, "A"),
        ({"free_text": (text("I will leak it"),)}, "A"),
        ({"people": (person("recipient", age=30),)}, "B"),
    ],
)
def test_sextortion_is_at_least_b_and_a_with_a_minor_a_wallet_or_a_threat(more: dict[str, Any], band: str) -> None:
    assert card(material(annotations=("sextortion",), **more)).band == band


@pytest.mark.parametrize("kind", [MATERIAL, "Unsolicited Obscene Material Sent to a Child", "Grooming", "Kidnapping", None])
def test_a_conviction_or_access_to_children_is_at_least_b_whatever_is_reported(kind: str | None) -> None:
    for facts in ({"convictedSexOffender": True}, {"accessToChildren": "Yes"}, {"occupation": "school teacher"}):
        made = card(report(incident_type=kind, people=(person(**facts),)))
        assert made.band == "B" and "history stated" in made.flags


def test_a_conviction_raises_no_report_of_a_misleading_name() -> None:
    misleading = report(incident_type="Misleading Domain Name", people=(person(convictedSexOffender=True),))
    assert "history stated" not in card(misleading).flags
    shown = card(replace(misleading, files=(file("a", classification="A2"),)))
    assert "history stated" in shown.flags


def test_a_card_near_a_band_says_so() -> None:
    begins = shipped().bands
    for made in (
        card(material(files=tuple(file(str(n)) for n in range(many)), people=(person(accessToChildren=None),))) for many in (1, 9)
    ):
        expected = {"D"} if begins.D / 1.1 <= made.risk < begins.D else set()
        expected |= {"E"} if begins.D <= made.risk < begins.D / 0.9 else set()
        assert set(made.near) == expected, made.risk


def test_an_unknown_mark_is_flagged_and_nothing_else() -> None:
    odd = material(files=(file("a", "brandNewMark"),))
    assert "unknown mark" in card(odd).flags and card(odd).risk == card(material()).risk
    known = material(files=(file("a", "instrumentalUse", "potentialAggravatingFactors"),))
    assert "unknown mark" not in card(known).flags and card(known).risk > card(material()).risk


def test_a_shared_telephone_is_named_and_makes_nobody_a_repeated_user() -> None:
    shared = card(material(), same_telephone=3)
    assert "same telephone" in shared.flags and "repeat" not in shared.flags
    assert shared.risk == card(material()).risk


SIGNS = {
    "victim": {"people": (person("victim"),)},
    "contact": {"annotations": ("sextortion",)},
    "two minors": {"annotations": ("minorToMinorInteraction",)},
    "chat": {"free_text": (text("hello", "chatImIncident/content"),)},
    "chat log": {
        "files": (
            file("a", "viral"),
            structs.replace(file("b", "viral"), entry=structs.replace(file("b").entry, name="chat.csv")),
        )
    },
    "threat": {"free_text": (text("I will leak it"),)},
    "another type": {"incident_type": ENTICEMENT},
    "no type": {"incident_type": None},
    "another report": {"prior_reports": ("900000007",)},
    "made by the child": {"files": (file("a", "viral", "possibleSelfProduction"),)},
}


@pytest.mark.parametrize("sign", SIGNS)
def test_any_sign_of_a_child_within_reach_undoes_the_damping(sign: str) -> None:
    what = replace(material(files=(file("a", "viral"),)), **SIGNS[sign])
    assert "damping.viral" not in rules_of(card(what, hits=(hit("a"), hit("b")), lists_checked=LISTS))


def test_one_file_that_no_list_knows_undoes_the_damping() -> None:
    what = material(files=(file("a", "viral"), file("b", "viral")))
    assert "damping.viral" not in rules_of(card(what, **KNOWN))


def test_known_files_without_a_viral_one_are_not_damped() -> None:
    assert "damping.viral" not in rules_of(card(material(), hits=(hit("a"),), lists_checked=LISTS))


def test_without_a_list_nothing_is_new_and_the_card_says_not_checked() -> None:
    never = card(material(), media={sha("a"): camera()})
    assert not rules_of(never) & {"novelty.new", "novelty.known", "novelty.camera_original"}
    assert any(factor.rule == "note.not_checked" and str(factor.value) == "not checked" for factor in never.factors)
    asked = next(f for f in card(material(), lists_checked=LISTS).factors if f.rule == "novelty.new")
    assert "List of May (2026-05-01)" in str(asked.value)


def test_children_get_a_lane_and_no_discount() -> None:
    made = card(material(files=(file("a", "possibleSelfProduction"),)))
    assert {"reported user may be the victim", "child lane"} <= set(made.flags)
    assert "AI claimed" in card(material(files=(file("a", "generativeAi"),))).flags


def test_a_card_names_version_and_hash_of_its_rules() -> None:
    rules = shipped()
    assert card(material()).rules == rules.name == f"{rules.version} sha256:{rules.sha256[:8]}"


def test_a_card_stores_when_its_first_clock_runs_out() -> None:
    assert card(material()).rescore_at is None
    assert card(material(received=moment("2026-10-01T05:00:00Z"))).rescore_at == "2027-10-01T05:00:00Z"


def test_flags_come_the_most_pressing_first() -> None:
    made = card(material(escalation="danger", files=(file("a", "generativeAi", "infant", "liveStreaming"),)))
    assert made.flags == ("escalated", "live", "infant", "AI claimed")
    assert flag_order()[:6] == ("not judged", *VERSION_FLAGS, "escalated")
    assert len(set(flag_order())) == len(flag_order())


def test_people_are_reported_users() -> None:
    said = " ".join(rule.reason + (rule.suppose or "") + (rule.without or "") for rule in shipped().rules)
    assert "suspect" not in said.casefold()


# --- many different reports

NAMES = ("viral", "infant", "liveStreaming", "generativeAi", "possibleSelfProduction", "violenceGore", "bestiality")
files = st.lists(
    st.builds(
        lambda name, marks, grade: file(name, *marks, classification=grade),
        st.sampled_from("abcdefgh"),
        st.lists(st.sampled_from(NAMES), max_size=2, unique=True),
        st.sampled_from([None, "A1", "A2", "B1", "B2"]),
    ),
    max_size=5,
)
identifiers = st.lists(
    st.sampled_from(
        [
            identifier("ip", "203.0.113.9", event="Upload", time=moment(), port=40123),
            identifier("ip", "2001:db8::9", event="Login", time=moment("2026-09-01T00:00:00Z"), possible_proxy=True),
            identifier("phone", "+923000000123", verified=True),
            identifier("email", "kite@mail.example.invalid"),
            identifier("cnic", "9000000000000"),
            identifier("user_id", "u-1"),
            identifier("device", "990000000000001", details=(("idType", "IMEI"),)),
            identifier("username", "lantern", role="recipient"),
        ]
    ),
    max_size=6,
)
people = st.lists(
    st.sampled_from(
        [
            person(accessToChildren="Yes", occupation="Teacher"),
            person(convictedSexOffender=True),
            person(relationshipToChildVictim="uncle", age=16),
            person("victim", age=12),
            person("recipient"),
        ]
    ),
    max_size=3,
    unique_by=id,
)
reports = st.builds(
    report,
    incident_type=st.sampled_from([None, MATERIAL, ENTICEMENT, "Child Sex Trafficking"]),
    incident_time=st.just(moment()),
    annotations=st.lists(st.sampled_from(["sextortion", "csamSolicitation", "spam"]), max_size=2, unique=True).map(tuple),
    priority_code=st.sampled_from([None, "E", "1", "2", "3"]),
    designation=st.sampled_from([None, "referral", "informational"]),
    people=people.map(tuple),
    identifiers=identifiers.map(tuple),
    files=files.map(tuple),
    free_text=st.sampled_from([(), (text("ghar aa jao"),), (text("nothing"),)]),
)
surroundings = st.builds(
    Surroundings,
    prior_reports=st.integers(0, 60),
    spread=st.integers(0, 60),
    lists_checked=st.sampled_from([(), LISTS]),
    hits=st.sampled_from([(), (hit("a"),), (hit("b", "case"),)]),
)
locations = st.sampled_from([HERE, NOWHERE, VICTIM_HERE, replace(NOWHERE, verdict="no", in_pakistan=False)])


@settings(max_examples=count_examples(40))
@given(reports, locations, surroundings, st.randoms(use_true_random=False))
def test_the_order_of_anything_changes_nothing(
    what: Report, where: Location, around_it: Surroundings, chance: random.Random
) -> None:
    def mixed(values: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(chance.sample(values, len(values)))

    other = replace(
        what,
        people=mixed(what.people),
        identifiers=mixed(what.identifiers),
        files=mixed(what.files),
        annotations=mixed(what.annotations),
        free_text=mixed(what.free_text),
    )
    media = {sha("a"): camera(), sha("b"): camera((31.5, 74.3))}
    swapped = dict(reversed(media.items()))
    shuffled = replace(around_it, hits=mixed(around_it.hits), lists_checked=mixed(around_it.lists_checked))
    assert score(what, where, media, around_it) == score(other, where, swapped, shuffled)


def test_the_class_of_bytes_that_are_listed_twice_does_not_depend_on_their_order() -> None:
    """The class of the last entry with the same bytes was the only one that counted."""
    listed = [file("a"), file("a", classification="A1"), file("b", classification="A1")]
    around = Surroundings(prior_reports=0, spread=0, lists_checked=LISTS, hits=())
    cards = [score(report(files=tuple(each)), HERE, {}, around) for each in permutations(listed)]
    assert all(card == cards[0] for card in cards)
    assert "floor.new_severe" in {factor.rule for factor in cards[0].factors}


@settings(max_examples=count_examples(40))
@given(reports, locations, surroundings)
def test_printed_points_add_up_and_there_is_room(what: Report, where: Location, around_it: Surroundings) -> None:
    made = score(what, where, {}, around_it)
    for axis, number in (("risk", made.risk), ("actionability", made.actionability)):
        of_risk = ("risk", "floor", "note") if axis == "risk" else (axis,)
        points = [factor.points for factor in made.factors if factor.axis in of_risk]
        assert abs(sum(points) - number) <= 0.05 + 0.005 * len(points) + 1e-9
        assert 0 <= number < 100
        assert number == round(number, 1)
        assert points == [round(each, 2) for each in points], "two decimals, as they are printed"
    assert made.would_change_if
    assert all(factor.why and factor.field and factor.value for factor in made.factors)


@settings(max_examples=count_examples(50))
@given(reports, locations, surroundings)
def test_more_reason_for_worry_never_lowers(what: Report, where: Location, around_it: Surroundings) -> None:
    before = score(what, where, {}, around_it)
    worse = [
        replace(what, annotations=(*what.annotations, "sextortion", "sadisticOnlineExploitation")),
        replace(what, people=(*what.people, person(accessToChildVictim=True))),
        replace(what, people=(*what.people, person("victim", age=8))),
        replace(what, files=(*what.files, file("z", "infant", classification="A1"))),
        replace(what, files=(*what.files, file("y", "generativeAi"))),
        replace(what, escalation="danger"),
    ]
    for each in worse:
        after = score(each, where, {}, around_it)
        assert after.risk >= before.risk
        assert after.band <= before.band
    more = score(what, where, {}, replace(around_it, prior_reports=around_it.prior_reports + 5))
    assert more.risk >= before.risk


UNTOUCHABLE = {
    "gender": ("Male", "Female"),
    "races": ("one", "another"),
    "ethnicity": ("one", "another"),
    "religion": ("one", "another"),
    "languages": ("Urdu", "Pashto"),
    "disabilities": ("deaf", None),
    "preferredPronouns": ("he", "she"),
    "firstName": ("Nadeem", "Nadia"),
}


@settings(max_examples=count_examples(40))
@given(reports, locations, surroundings, st.sampled_from(sorted(UNTOUCHABLE)), st.sampled_from(["suspect", "victim"]))
def test_what_a_person_is_never_enters(what: Report, where: Location, around_it: Surroundings, name: str, role: str) -> None:
    one, other = (replace(what, people=(*what.people, person(role, **{name: value}))) for value in UNTOUCHABLE[name])
    assert score(one, where, {}, around_it) == score(other, where, {}, around_it)


def test_the_digits_of_an_identity_card_never_enter() -> None:
    numbers = ("9110199999991", "9420199999992")
    one, other = (material(identifiers=(identifier("cnic", number),)) for number in numbers)
    assert card(one) == card(other)


# --- sentences come true


SUPPOSED = {
    "the conversation showed blackmail": {"annotations": ("sextortion",)},
    "the reported user were found to have access to the child": {"people": (person(accessToChildVictim=True),)},
    "the reported user were found to live or work with children": {"people": (person(accessToChildren=True),)},
    "the reported user had an earlier conviction for a sexual offence": {"people": (person(convictedSexOffender=True),)},
    "another report on the same reported user were found": {"prior_reports": ("900000007",)},
    "a child victim could be named": {"people": (person("victim"),)},
    "the conversation spoke of self-harm": {"free_text": (text("suicide"),)},
}
BASES = {
    "plain": material(),
    "A1": material(files=(file("a", classification="A1"),)),
    "viral": material(files=(file("a", "viral"),)),
    "enticement": report(incident_type=ENTICEMENT),
    "no files": report(incident_type=MATERIAL),
}


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("fact", SUPPOSED)
def test_a_supposed_fact_does_what_the_card_says(base: str, fact: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.priority.change.MOST", 99)
    before, after = card(BASES[base]), card(replace(BASES[base], **SUPPOSED[fact]))
    said = [sentence for sentence in map(str, before.would_change_if) if fact in sentence and sentence.startswith("Band")]
    if after.band == before.band:
        assert not said
    else:
        gain = f" (risk {after.risk:.1f})" if after.risk > before.risk else ""
        assert said == [f"Band {after.band} if {fact}{gain}."]


def test_a_refuted_fact_does_what_the_card_says() -> None:
    before = card(material(people=(person(accessToChildVictim=True),)))
    assert f"Band {card(material()).band} if the access to the child turned out not to exist." in map(str, before.would_change_if)


def test_a_sunk_report_says_that_points_do_not_lift_it() -> None:
    assert any(
        "no points of risk raise" in str(sentence) for sentence in card(material(designation="informational")).would_change_if
    )
