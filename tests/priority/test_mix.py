"""A mix as a national desk gets it: the bands spread, few reports are in A, and numbers do not pile up."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

from tests.priority.make import (
    ENTICEMENT,
    HERE,
    LISTS,
    MATERIAL,
    NOWHERE,
    around,
    file,
    hit,
    identifier,
    moment,
    person,
    report,
)
from triage.model.judgement import ScoreCard
from triage.priority import score


def national_mix(count: int) -> list[ScoreCard]:
    chance = random.Random(8)
    return [_one(chance) for _ in range(count)]


def _one(chance: random.Random) -> ScoreCard:
    def maybe(share: float) -> bool:
        return chance.random() < share

    kind = chance.choices([MATERIAL, ENTICEMENT, "Child Sex Trafficking", "Child Sexual Molestation"], [88, 10, 1.5, 0.5])[0]
    marks = ("viral",) if maybe(0.3) else ("infant",) if maybe(0.05) else ("possibleSelfProduction",) if maybe(0.06) else ()
    grade = chance.choice(["A1", "A2", "B1", "B2"]) if maybe(0.5) else None
    names = [f"{chance.randrange(400)}" for _ in range(1 + int(chance.expovariate(0.5)))]
    ips = [
        identifier(
            "ip",
            f"203.0.113.{n}",
            time=moment(f"2026-09-{1 + n:02}T00:00:00Z"),
            event="Upload",
            port=4000 if maybe(0.2) else None,
        )
        for n in range(chance.randrange(6))
    ]
    contacts = [identifier("phone", "+923000000123", verified=maybe(0.5))] if maybe(0.6) else []
    contacts += [identifier("email", "kite@mail.example.invalid")] if maybe(0.6) else []
    what = report(
        incident_type=kind,
        incident_time=moment(),
        received=moment("2026-10-03T00:00:00Z"),
        esp="Example",
        priority_code=chance.choices(["E", "3", "2", "1"], [90, 6, 3, 1])[0],
        designation="informational" if maybe(0.1) else None,
        escalation="danger" if maybe(0.01) else None,
        annotations=("sextortion",) if kind == ENTICEMENT and maybe(0.4) else (),
        people=(
            person(accessToChildren="Yes") if maybe(0.02) else person(),
            *((person("victim", age=13),) if maybe(0.04) else ()),
        ),
        identifiers=tuple(ips + contacts),
        files=tuple(file(name, *marks, classification=grade, present=maybe(0.9)) for name in names) if kind == MATERIAL else (),
    )
    where = replace(HERE, province="PB") if maybe(0.3) else HERE if maybe(0.8) else NOWHERE
    known = tuple(hit(name) for name in names if maybe(0.5))
    known_reports = chance.randrange(4) if maybe(0.3) else 0
    return score(what, where, {}, around(prior_reports=known_reports, hits=known, lists_checked=LISTS))


def test_a_national_mix_spreads() -> None:
    mix = national_mix(400)
    bands = Counter(made.band for made in mix)
    assert bands["A"] <= 0.1 * len(mix)
    assert len([band for band in "ABCDE" if bands[band] >= 4]) >= 4
    assert max(bands.values()) <= 0.6 * len(mix)
    assert len({made.risk for made in mix}) >= 80
    assert len({made.actionability for made in mix}) >= 150
    assert max(made.risk for made in mix) < 80
