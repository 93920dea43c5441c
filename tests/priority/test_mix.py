"""A month as a national desk gets it: the bands spread, few reports are in A, and numbers do not pile up.

Shares are published where anybody publishes them. Of referrals in 2024 some 97 % were of material (NCMEC Global Platform); of all
reports of 2023 one in 567 was escalated (63,892). No source says how many conversations come along, or hold words of danger:
those shares are assumed, and assumed high, so that floors are tried. The second month has four times the contact with children.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache

import pytest

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
    moment,
    person,
    place,
    report,
    sha,
    text,
)
from triage.model.document import Identifier
from triage.model.judgement import ScoreCard
from triage.model.media import MediaFacts
from triage.model.report import Report
from triage.priority import score

KINDS = (
    MATERIAL,
    ENTICEMENT,
    "Child Sex Trafficking",
    "Child Sexual Molestation",
    "Unsolicited Obscene Material Sent to a Child",
)
WORDS = ("meet me tomorrow, send me your address", "I will leak it", "I want to die, I think of suicide", "hello how are you")


@dataclass(frozen=True)
class Month:
    """Shares of all reports."""

    kinds: tuple[float, ...]
    escalated: float
    victim: float


MONTHS = {
    "as published": Month((97.0, 2.2, 0.3, 0.2, 0.3), 0.0018, 0.02),
    "four times the contact": Month((88.0, 9.0, 1.2, 0.8, 1.0), 0.0036, 0.04),
}


@cache
def month(name: str, count: int = 2_000) -> list[ScoreCard]:
    chance = random.Random(8)
    return [_one(chance, MONTHS[name]) for _ in range(count)]


def _one(chance: random.Random, shares: Month) -> ScoreCard:
    def maybe(share: float) -> bool:
        return chance.random() < share

    kind = chance.choices(KINDS, shares.kinds)[0]
    contact = kind != MATERIAL
    viral = maybe(0.3)
    marks = ("viral",) if viral else ("infant",) if maybe(0.05) else ("possibleSelfProduction",) if maybe(0.06) else ()
    marks += ("liveStreaming",) if maybe(0.005) else ("physicalHarm",) if maybe(0.02) else ()
    grade = chance.choice(["A1", "A2", "B1", "B2"]) if maybe(0.5) else None
    names = [f"{chance.randrange(400)}" for _ in range(1 + int(chance.expovariate(0.5)))]
    child = maybe(0.5 if contact else shares.victim)
    what = report(
        incident_type=kind,
        incident_time=moment(),
        received=moment("2026-10-03T00:00:00Z"),
        esp="Example",
        priority_code=chance.choices(["E", "3", "2", "1"], [90, 6, 3, 1])[0],
        designation="informational" if maybe(0.1) else None,
        escalation="danger" if maybe(shares.escalated) else None,
        annotations=("sextortion",) if kind == ENTICEMENT and maybe(0.4) else (),
        people=(
            person(accessToChildren="Yes") if maybe(0.02) else person(),
            *((person("victim", age=chance.randrange(8, 17)),) if child else ()),
        ),
        identifiers=_identifiers(chance),
        files=tuple(file(n, *marks, classification=grade, present=maybe(0.9)) for n in names)
        if not contact or maybe(0.3)
        else (),
        free_text=(text(chance.choices(WORDS, (2, 2, 1, 15))[0]),) if maybe(0.6 if contact else 0.03) else (),
    )
    where = replace(HERE, province="PB") if maybe(0.3) else HERE if maybe(0.8) else NOWHERE
    original = maybe(0.02)
    of = ((place("victim"),) if child and maybe(0.2) else ()) + ((place("picture"),) if original and maybe(0.3) else ())
    known = tuple(hit(name) for name in names if viral or maybe(0.4))
    stored = around(prior_reports=chance.randrange(4) if maybe(0.3) else 0, hits=known, lists_checked=LISTS)
    return score(what, replace(where, by_person=of), _media(what) if original else {}, stored)


def _identifiers(chance: random.Random) -> tuple[Identifier, ...]:
    def address(n: int) -> Identifier:
        port = 4000 if chance.random() < 0.2 else None
        when = moment(f"2026-09-{1 + n:02}T00:00:00Z")
        return identifier("ip", f"203.0.113.{n}", time=when, event="Upload", port=port)

    found = [address(n) for n in range(chance.randrange(6))]
    if chance.random() < 0.6:
        found.append(identifier("phone", "+923000000123", verified=chance.random() < 0.5))
    if chance.random() < 0.6:
        found.append(identifier("email", "kite@mail.example.invalid"))
    return tuple(found)


def _media(what: Report) -> dict[str, MediaFacts]:
    return {sha(each.entry.key.removeprefix("name:")): camera() for each in what.files}


@pytest.mark.parametrize("name", MONTHS)
def test_a_month_spreads(name: str) -> None:
    mix = month(name)
    bands = Counter(made.band for made in mix)
    assert 0 < bands["A"] <= 0.1 * len(mix), bands
    assert len([band for band in "ABCDE" if bands[band] >= 0.02 * len(mix)]) >= 4, bands
    assert max(bands.values()) <= 0.6 * len(mix), bands
    assert len({made.risk for made in mix}) >= 160
    assert len({made.actionability for made in mix}) >= 250
    assert max(made.risk for made in mix) <= 100
    assert max(Counter(made.risk for made in mix).values()) <= 0.08 * len(mix)
    assert max(Counter(made.actionability for made in mix).values()) <= 0.04 * len(mix)


@pytest.mark.parametrize("name", MONTHS)
def test_the_month_tries_what_it_has_to(name: str) -> None:
    """A month without danger would prove nothing."""
    flags = Counter(flag for made in month(name) for flag in made.flags)
    assert flags.keys() >= {
        "escalated",
        "NCMEC 1",
        "live",
        "molestation type",
        "meeting",
        "threat",
        "self-harm",
        "victim in Pakistan",
    }
    assert flags.keys() >= {"camera original", "viral", "informational"}, flags
