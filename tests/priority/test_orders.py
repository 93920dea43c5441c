"""Published criteria as pairs: of two reports that differ in one thing, which one goes first. KIRAT-2, NIJ 250154, NCMEC."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from tests.priority.make import (
    ENTICEMENT,
    HERE,
    LISTS,
    MATERIAL,
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
from triage.model.judgement import Location, ScoreCard, Surroundings
from triage.model.media import MediaFacts
from triage.model.moment import Moment
from triage.model.report import Report

Given = tuple[Report, Location, dict[str, MediaFacts], Surroundings]


def given(what: Report, where: Location = HERE, media: dict[str, MediaFacts] | None = None, **surroundings: object) -> Given:
    return what, where, media or {}, around(**surroundings)


def card(what: Given) -> ScoreCard:
    return priority.score(*what)


def typed(incident_type: str) -> Given:
    return given(report(incident_type=incident_type))


def annotated(*names: str) -> Given:
    return given(report(incident_type=ENTICEMENT, annotations=names))


def with_file(*annotations: str, **said: object) -> Given:
    return given(material(files=(file("a", *annotations, **said),)))


def user(**facts: object) -> Given:
    return given(material(people=(person(**facts),)))


def coded(code: str | None) -> Given:
    return given(material(priority_code=code))


MOLESTATION, TRAFFICKING = typed("Child Sexual Molestation"), typed("Child Sex Trafficking")
UNSOLICITED, TOURISM = typed("Unsolicited Obscene Material Sent to a Child"), typed("Child Sex Tourism")
PLAIN = given(material())
CHECKED = {"lists_checked": LISTS}

CHILD_CONTACTED = given(report(incident_type=ENTICEMENT, people=(person("recipient", age=14),)))
SOLICITED = annotated("csamSolicitation")
KNOWN_VICTIM = given(material(people=(person("victim", age=14),)), **CHECKED, hits=(hit("a"),))
CAMERA = given(material(), media={sha("a"): camera()}, **CHECKED)

HIGHER_RISK = {
    "a child is the victim > a child is contacted": (given(material(people=(person("victim", age=14),))), CHILD_CONTACTED),
    "a child's age > a mark of solicitation": (CHILD_CONTACTED, SOLICITED),
    "a conviction > a mark of solicitation": (user(convictedSexOffender=True), SOLICITED),
    "a mark of solicitation > a child in known material": (SOLICITED, KNOWN_VICTIM),
    "a mark of solicitation > a camera original": (SOLICITED, CAMERA),
    "a child in known material > a camera original": (KNOWN_VICTIM, CAMERA),
    "molestation > enticement": (MOLESTATION, typed(ENTICEMENT)),
    "trafficking > enticement": (TRAFFICKING, typed(ENTICEMENT)),
    "trafficking > tourism": (TRAFFICKING, TOURISM),
    "travel to abuse > enticement": (TOURISM, typed(ENTICEMENT)),
    "tourism > unsolicited": (TOURISM, UNSOLICITED),
    "enticement > possession": (typed(ENTICEMENT), typed(MATERIAL)),
    "unsolicited > possession": (UNSOLICITED, typed(MATERIAL)),
    "unsolicited > an unknown type": (UNSOLICITED, typed("Something New")),
    "an unknown type > possession": (typed("Something New"), typed(MATERIAL)),
    "possession > misleading words": (typed(MATERIAL), typed("Misleading Words or Digital Images on the Internet")),
    "NCMEC's own wording counts like the provider's": (typed("Online Enticement - Sextortion"), typed(ENTICEMENT)),
    "sextortion": (annotated("sextortion"), annotated()),
    "sextortion > solicitation": (annotated("sextortion"), annotated("csamSolicitation")),
    "solicitation": (annotated("csamSolicitation"), annotated()),
    "sadistic > sextortion": (annotated("sadisticOnlineExploitation"), annotated("sextortion")),
    "two signs > one": (annotated("sextortion", "csamSolicitation"), annotated("sextortion")),
    "A1 > A2": (with_file(classification="A1"), with_file(classification="A2")),
    "A1 > B1": (with_file(classification="A1"), with_file(classification="B1")),
    "A2 > B2": (with_file(classification="A2"), with_file(classification="B2")),
    "B1 > B2": (with_file(classification="B1"), with_file(classification="B2")),
    "B2 > no class": (with_file(classification="B2"), with_file()),
    "infant": (with_file("infant"), with_file()),
    "bodily harm": (with_file("physicalHarm"), with_file()),
    "gore": (with_file("violenceGore"), with_file()),
    "bestiality": (with_file("bestiality"), with_file()),
    "live > infant": (with_file("liveStreaming"), with_file("infant")),
    "an NCMEC tag in its own spelling": (with_file("Infant/Toddler"), with_file()),
    "self-production never lowers": (with_file("possibleSelfProduction"), with_file()),
    "access to the victim > access to children": (user(accessToChildVictim=True), user(accessToChildren="Yes")),
    "access to children": (user(accessToChildren="Yes"), PLAIN),
    "earlier conviction": (user(convictedSexOffender=True), PLAIN),
    "knows the child": (user(relationshipToChildVictim="uncle"), PLAIN),
    "a stranger is no access": (user(relationshipToChildVictim="uncle"), user(relationshipToChildVictim="stranger")),
    "works with children": (user(occupation="School teacher"), user(occupation="Accountant")),
    "group": (user(groupIdentifier="g-1"), PLAIN),
    "victim named": (given(material(people=(person("victim"),))), PLAIN),
    "victim's age known": (given(material(people=(person("victim", age=15),))), given(material(people=(person("victim"),)))),
    "victim under 13": (given(material(people=(person("victim", age=9),))), given(material(people=(person("victim", age=15),)))),
    "another report": (given(material(), prior_reports=1), PLAIN),
    "five other reports > one": (given(material(), prior_reports=5), given(material(), prior_reports=1)),
    "reports the provider names": (given(material(prior_reports=("900000007",))), PLAIN),
    "new > known": (given(material(), **CHECKED), given(material(), **CHECKED, hits=(hit("a"),))),
    "known > never asked": (given(material(), **CHECKED, hits=(hit("a"),)), PLAIN),
    "camera original": (given(material(), media={sha("a"): camera()}, **CHECKED), given(material(), **CHECKED)),
    "NCMEC 1 > 2": (coded("1"), coded("2")),
    "NCMEC 2 > 3": (coded("2"), coded("3")),
    "NCMEC 3 > E": (coded("3"), coded("E")),
    "ten files > one": (given(material(files=tuple(file(str(n)) for n in range(10)))), PLAIN),
    "recipients": (given(material(people=(person("recipient"),))), PLAIN),
    "new possession > viral": (
        given(material(), **CHECKED),
        given(material(files=(file("a", "viral"),)), **CHECKED, hits=(hit("a"),)),
    ),
    "one file that is not known undoes": (
        given(material(files=(file("a", "viral"), file("b", "viral"))), **CHECKED, hits=(hit("a"),)),
        given(material(files=(file("a", "viral"), file("b", "viral"))), **CHECKED, hits=(hit("a"), hit("b"))),
    ),
    "viral with a victim": (
        given(material(files=(file("a", "viral"),), people=(person("victim"),))),
        given(material(files=(file("a", "viral"),))),
    ),
    "viral with access to children": (
        given(material(files=(file("a", "potentialMeme"),), people=(person(accessToChildren=True),))),
        given(material(files=(file("a", "potentialMeme"),))),
    ),
    "viral in a repeated user": (
        given(material(files=(file("a", "viral"),)), prior_reports=1),
        given(material(files=(file("a", "viral"),))),
    ),
}  # fmt: skip

SAME_RISK = {
    "NCMEC E says nothing": (coded("E"), coded(None)),
    "A2 is like B1": (with_file(classification="A2"), with_file(classification="B1")),
    "AI claimed never lowers": (with_file("generativeAi"), with_file()),
    "drawing claimed never lowers": (with_file("animeDrawingVirtualHentai"), with_file()),
    "viewed: not said is not viewed: yes": (with_file(viewed_by_esp=None), with_file(viewed_by_esp=True)),
    "not viewed lowers nothing": (with_file(viewed_by_esp=False), with_file(viewed_by_esp=True)),
    "minor to minor lowers nothing": (annotated("minorToMinorInteraction"), annotated()),
    "a young reported user lowers nothing": (user(age=15), user(age=40)),
    "hijacked account lowers nothing": (user(compromisedAccount=True), PLAIN),
    "spam lowers no risk": (annotated("spam"), annotated()),
    "no answer is not a no, and no is nothing": (user(accessToChildren=None), user(accessToChildren="No")),
    "no type counts like possession": (given(report()), typed(MATERIAL)),
    "spread says nothing of severity": (given(material(), spread=40), PLAIN),
    "place says nothing of risk": (given(material(), NOWHERE), PLAIN),
    "where the child is says nothing of risk": (given(material(), replace(HERE, by_person=(place("victim"),))), PLAIN),
    "copies are one file": (given(material(files=(file("a"), structs.replace(file("a"))))), PLAIN),
    "a known meme is no less with a harmless list": (given(material(), hits=(hit("a", "known-good"),)), PLAIN),
}

ADDRESS = identifier("ip", "203.0.113.9", event="Upload", time=moment(), port=40123)
MORE_ACTION = {
    "Pakistan > unclear": (given(material(), HERE), given(material(), NOWHERE)),
    "likely > unclear": (given(material(), replace(HERE, verdict="likely")), given(material(), NOWHERE)),
    "unclear > abroad": (given(material(), NOWHERE), given(material(), replace(NOWHERE, verdict="no", in_pakistan=False))),
    "district > province": (
        given(material(), replace(HERE, province="PB", district="Lahore")),
        given(material(), replace(HERE, province="PB")),
    ),
    "port and time > time alone": (
        given(material(identifiers=(ADDRESS,))),
        given(material(identifiers=(structs.replace(ADDRESS, port=None),))),
    ),
    "stated zone > assumed": (
        given(material(identifiers=(structs.replace(ADDRESS, port=None),))),
        given(material(identifiers=(structs.replace(ADDRESS, port=None, time=moment(zone="assumed UTC")),))),
    ),
    "upload > log-in": (
        given(material(identifiers=(ADDRESS,))),
        given(material(identifiers=(structs.replace(ADDRESS, event="Login"),))),
    ),
    "near the incident > long before": (
        given(material(incident_time=moment(), identifiers=(ADDRESS,))),
        given(material(incident_time=moment(), identifiers=(structs.replace(ADDRESS, time=moment("2026-01-01T00:00:00Z")),))),
    ),
    "a line's port > a server's": (
        given(material(identifiers=(ADDRESS,))),
        given(material(identifiers=(structs.replace(ADDRESS, port=443),))),
    ),
    "the second > the minute": (
        given(material(identifiers=(ADDRESS,))),
        given(material(identifiers=(structs.replace(ADDRESS, time=Moment("2026-10-01T05:00:00Z", "2026-10-01T05:00Z")),))),
    ),
    "a whole IPv6 address needs no port": (
        given(material(identifiers=(structs.replace(ADDRESS, value="2001:db8::9", normalised="2001:db8::9", port=None),))),
        given(material(identifiers=(structs.replace(ADDRESS, port=None),))),
    ),
    "an address on the net > one inside a network": (
        given(material(identifiers=(ADDRESS,))),
        given(material(identifiers=(structs.replace(ADDRESS, value="192.168.1.1", normalised="192.168.1.1"),))),
    ),
    "Pakistani mobile > e-mail": (
        given(material(identifiers=(identifier("phone", "+923000000123"),))),
        given(material(identifiers=(identifier("email", "kite@mail.example.invalid"),))),
    ),
    "verified > not said": (
        given(material(identifiers=(identifier("email", "kite@mail.example.invalid", verified=True),))),
        given(material(identifiers=(identifier("email", "kite@mail.example.invalid"),))),
    ),
    "IMEI > advertising id": (
        given(material(identifiers=(identifier("device", "990000000000001", details=(("idType", "IMEI"),)),))),
        given(material(identifiers=(identifier("device", "x-1", details=(("idType", "Advertising ID"),)),))),
    ),
    "files came": (PLAIN, given(material(files=(file("a", present=False),)))),
    "not spam": (annotated(), annotated("spam")),
    "conversation": (given(material(free_text=(text("hello", "chatImIncident.content"),))), PLAIN),
    "on a seized device": (given(material(), hits=(hit("a", "case"),)), PLAIN),
}


def test_ports_of_servers_earn_nothing() -> None:
    found = {
        card(given(material(identifiers=(structs.replace(ADDRESS, port=port),)))).actionability
        for port in (None, 80, 443, 5222, 22)
    }
    assert len(found) == 1


def test_an_address_inside_a_network_earns_nothing() -> None:
    inside = given(material(identifiers=(structs.replace(ADDRESS, value="100.64.1.2", normalised="100.64.1.2"),)))
    assert card(inside).actionability == card(PLAIN).actionability


@pytest.mark.parametrize("name", HIGHER_RISK)
def test_risk_is_higher(name: str) -> None:
    more, less = (card(each) for each in HIGHER_RISK[name])
    assert more.risk > less.risk
    assert more.band <= less.band


@pytest.mark.parametrize("name", SAME_RISK)
def test_risk_is_the_same(name: str) -> None:
    one, other = (card(each) for each in SAME_RISK[name])
    assert one.risk == other.risk
    assert one.band == other.band


@pytest.mark.parametrize("name", MORE_ACTION)
def test_actionability_is_higher_and_risk_is_not_touched(name: str) -> None:
    more, less = (card(each) for each in MORE_ACTION[name])
    assert more.actionability > less.actionability
    assert more.risk == less.risk
