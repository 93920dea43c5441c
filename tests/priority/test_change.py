"""What a card says would change it does change it, and by that much: each sentence is carried out on the report and scored anew."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings

from tests.priority.make import (
    ENTICEMENT,
    HERE,
    LISTS,
    NOWHERE,
    around,
    file,
    identifier,
    material,
    moment,
    person,
    place,
    report,
    text,
)
from tests.priority.test_card import locations, reports, surroundings
from tests.thorough import count_examples
from triage.model.document import Person
from triage.model.judgement import Location, ScoreCard, Surroundings
from triage.model.report import Report
from triage.priority import change, score
from triage.priority.case import case_of
from triage.priority.rules import shipped
from triage.priority.scoring import Outcome

World = tuple[Report, Location, Surroundings]
SAID = re.compile(r"Band ([A-E]) if (.+?)(?: \(risk ([\d.]+)\))?\.")
ACTION = re.compile(r"“Can act” ([\d.]+) instead of [\d.]+ if (.+)\.")


def _people(world: World, *more: Person) -> World:
    return replace(world[0], people=(*world[0].people, *more)), *world[1:]


def _known(world: World, *said: object) -> World:
    return replace(world[0], identifiers=(*world[0].identifiers, identifier(*said))), *world[1:]  # type: ignore[arg-type]


def _text(world: World, words: str, label: str = "profileBio") -> World:
    return replace(world[0], free_text=(*world[0].free_text, text(words, label))), *world[1:]


def _mobile(world: World) -> World:
    return _known(world, "phone", "+923000000199")


def _upload(world: World) -> World:
    capture = identifier("ip", "198.51.100.9", event="Upload", time=moment("2020-01-01T00:00:00Z"), port=40123)
    return replace(world[0], identifiers=(*world[0].identifiers, capture)), *world[1:]


def _device(world: World) -> World:
    device = identifier("device", "990000000000002", details=(("idType", "IMEI"),))
    return replace(world[0], identifiers=(*world[0].identifiers, device)), *world[1:]


def _child_here(world: World) -> World:
    what, where, stored = world
    return what, replace(where, by_person=(*(p for p in where.by_person if p.of != "victim"), place("victim"))), stored


CARRIED_OUT: dict[str, Callable[[World], World]] = {
    "the conversation showed blackmail": lambda w: (replace(w[0], annotations=(*w[0].annotations, "sextortion")), *w[1:]),
    "the reported user were found to have access to the child": lambda w: _people(w, person(accessToChildVictim=True)),
    "the reported user were found to live or work with children": lambda w: _people(w, person(accessToChildren=True)),
    "the reported user had an earlier conviction for a sexual offence": lambda w: _people(w, person(convictedSexOffender=True)),
    "a child victim could be named": lambda w: _people(w, person("victim")),
    "a child victim were found to be in Pakistan": _child_here,
    "the conversation spoke of self-harm": lambda w: _text(w, "suicide"),
    "the conversation came": lambda w: _text(w, "hello", "chatImIncident/content"),
    "another report on the same reported user were found": lambda w: (*w[:2], replace(w[2], prior_reports=1)),
    "a hash list that covers such material knew none of the files": lambda w: (
        *w[:2],
        replace(w[2], lists_checked=LISTS, hits=()),
    ),
    "a CNIC were known": lambda w: _known(w, "cnic", "9000000000009"),
    "a Pakistani mobile number of the account were known": _mobile,
    "the device's IMEI were known": _device,
    "the source port and exact time of the upload address were known": _upload,
    "the escalation proved to be a mistake": lambda w: (replace(w[0], escalation=None), *w[1:]),
    "NCMEC changed its priority": lambda w: (replace(w[0], priority_code=None), *w[1:]),
    "NCMEC made it a referral": lambda w: (replace(w[0], designation="referral"), *w[1:]),
    "the report proved not to be of in-person abuse": lambda w: (replace(w[0], incident_type="Something else"), *w[1:]),
}


def carried(sentence: str, world: World) -> ScoreCard | None:
    carry_out = CARRIED_OUT.get(sentence)
    if carry_out is None:
        return None
    what, where, stored = carry_out(world)
    return score(what, where, {}, stored)


def check(world: World) -> int:
    """How many sentences were carried out."""
    done = 0
    for said in map(str, score(world[0], world[1], {}, world[2]).would_change_if):
        band, action = SAID.fullmatch(said), ACTION.fullmatch(said)
        after = carried((band or action or [""] * 3)[2], world) if band or action else None
        if after and band:
            assert after.band == band[1], said
            assert band[3] is None or float(band[3]) == pytest.approx(after.risk, abs=0.051), said
        if after and action:
            assert float(action[1]) <= after.actionability + 0.051, said
        done += after is not None
    return done


@settings(max_examples=count_examples(50))
@given(reports, locations, surroundings)
def test_sentences_come_true(what: Report, where: Location, stored: Surroundings) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("triage.priority.change.MOST", 99)
        assert check((what, where, stored))


@settings(max_examples=count_examples(50))
@given(reports, locations, surroundings)
def test_what_is_left_alone_would_change_no_card(what: Report, where: Location, stored: Surroundings) -> None:
    made = score(what, where, {}, stored)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("triage.priority.change._Gap.is_out_of_reach", lambda *_: False)
        assert score(what, where, {}, stored) == made


WORLDS = {
    "a meeting, read once there is contact": material(free_text=(text("ghar aa jao"),)),
    "a deadline, read once there is blackmail": report(incident_type=ENTICEMENT, free_text=(text("you have one hour"),)),
    "hands-on, which is then of no known type": report(incident_type="Child Sexual Molestation", free_text=(text("let's meet"),)),
    "escalated": material(escalation="danger", files=(file("a", classification="A1"),)),
    "NCMEC 1": material(priority_code="1"),
    "informational": report(incident_type=ENTICEMENT, annotations=("sextortion",), designation="informational"),
    "many files": material(files=tuple(file(str(n)) for n in range(30))),
    "files that did not come": material(files=(file("a", present=False),)),
    "viral": material(files=(file("a", "viral"),)),
    "nothing at all": report(),
}


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("where", [HERE, NOWHERE], ids=["here", "unclear"])
def test_sentences_of_chosen_reports_come_true(name: str, where: Location, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.priority.change.MOST", 99)
    assert check((WORLDS[name], where, around())) > 2


def test_a_threat_that_was_none_takes_the_deadline_with_it() -> None:
    both = material(free_text=(text("i will leak it. you have 24 hours"),))
    without = "the words that sound like a threat meant something else"
    made = score(both, HERE, {}, around())
    band = score(material(free_text=(text("you have 24 hours"),)), HERE, {}, around()).band
    assert f"Band {band} if {without}." in [str(said) for said in made.would_change_if]


def test_what_follows_from_a_fact() -> None:
    """An address with port and time is one with either; nothing follows that the fact does not say."""
    rules = shipped()
    for fact in rules.by_fact:
        own, *also = change._with_what_follows(fact, rules)
        assert own == fact
        expected = {
            ("pakistani_mobile",): {("has_identifier", ("phone",))},
            ("camera_original_unseen",): {("new_to_lists", None)},
        }
        wanted = expected.get((fact[0],), set()) & rules.by_fact.keys()
        if fact[0].startswith("parties_say"):
            wanted = {(fact[0].replace("parties_say", "text_says"), fact[1])} & rules.by_fact.keys()
        if fact[0] == "address_with":
            others = [other for other in rules.by_fact if other[0] == "address_with"]
            wanted = {other for other in others if set(other[1] or ()) < set(fact[1] or ())}  # type: ignore[arg-type]
        assert set(also) == wanted and len(also) == len(wanted)


def outcome(band: str, risk: float, action: float = 0.0) -> Outcome:
    return Outcome(risk, action, band, risk)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "quiet", "said"),
    [
        (outcome("D", 12.0), False, "By points alone: band C begins at 14 points of risk, 2.0 more than now."),
        (outcome("E", 0.0), True, "No single fact would change the band; band D begins at 5 points of risk, 5.0 more than now."),
        (outcome("A", 45.0), False, "By points alone: risk would have to drop 0.0 points, below 45."),
        (outcome("A", 61.3), False, "By points alone: risk would have to drop 16.3 points, below 45."),
        (
            outcome("A", 44.9),
            False,
            "By points alone: without the minimum band the risk is 44.9, below band A, which begins at 45.",
        ),
    ],
)
def test_how_far_the_next_band_is(now: Outcome, quiet: bool, said: str) -> None:
    bands = shipped().bands
    assert (bands.A, bands.C, bands.D) == (45.0, 14.0, 5.0)
    assert str(change._distance((), now, shipped(), quiet=quiet)) == said


def test_the_nearest_change_comes_first() -> None:
    now = outcome("C", 20.0)
    near, lower = change._Change("b", outcome("B", 31.0)), change._Change("a", outcome("B", 30.5))
    far, fallen = change._Change("c", outcome("A", 50.0)), change._Change("d", outcome("D", 10.0))
    assert sorted([far, near, lower], key=lambda c: change._nearness(c, now)) == [lower, near, far]
    assert change._nearness(fallen, now) == (1, 10.0, "d")
    assert [str(change._another_band(each, now)) for each in (near, fallen)] == ["Band B if b (risk 31.0).", "Band D if d."]
    assert str(change._another_band(change._Change("e", now), now)) == "Band C if e."


def test_so_many_sentences_and_no_more() -> None:
    many = [str(said) for said in score(material(files=(file("a"),)), HERE, {}, around()).would_change_if]
    better = [said for said in many if said.startswith("Band")]
    assert 0 < len([said for said in many if said.startswith("“Can act”")]) <= 3
    assert 0 < len(better) <= 6


def test_only_where_no_fact_changes_the_band_the_card_says_so() -> None:
    many = [str(said) for said in score(material(files=(file("a"),)), HERE, {}, around()).would_change_if]
    assert any(said.startswith("Band") for said in many)
    assert [said for said in many if "points of risk" in said] == [said for said in many if said.startswith("By points alone")]


@pytest.mark.parametrize("annotations", [(), ("sextortion",)])
def test_whatever_may_rest_on_a_fact_is_looked_at(annotations: tuple[str, ...]) -> None:
    rules = shipped()
    case = case_of(report(annotations=annotations), HERE, {}, around(), rules.roles)
    for gone in rules.rules:
        along = {each.id for each in rules.rules if each.fact == gone.fact or change.rests_on(each, gone.fact, case)}
        assert along <= change._going_along(rules)[gone.id]
