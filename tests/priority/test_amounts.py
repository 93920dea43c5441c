"""The numbers behind a card: shares that conditions find, sums of families, shares of proposals, bands a tenth away."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from msgspec import structs

from tests.priority.make import HERE, around, camera, file, hit, identifier, material, moment, person, report, sha, text
from tests.priority.test_reach import case
from triage.model.digest_kinds import STRONGEST_FIRST
from triage.model.judgement import Correction, Surroundings
from triage.priority.budget import diminished_sum, reach_of
from triage.priority.card import _explain_without_points, _factor
from triage.priority.case import Seen, case_of
from triage.priority.conditions.files import identity, picture_with_gps
from triage.priority.conditions.incident import complete
from triage.priority.conditions.people import victim_not_known
from triage.priority.corrections import ByHand
from triage.priority.edit import raise_version
from triage.priority.proposals import _within_caps
from triage.priority.rules import Bands, Rule, RuleSet, shipped
from triage.priority.scoring import Applied, Counted, Outcome, bands_nearby

PIECES = {
    "received": {"received": moment()},
    "incident time": {"incident_time": moment()},
    "provider": {"esp": "Kites"},
    "type": {"incident_type": "Kite flying"},
    "person": {"people": (person(),)},
    "account": {"identifiers": (identifier("username", "kite"),)},
    "content": {"free_text": (text("a kite"),)},
}


@pytest.mark.parametrize("many", range(len(PIECES) + 1))
def test_completeness_is_the_share_of_the_pieces_that_are_stated(many: int) -> None:
    for chosen in itertools.combinations(PIECES, many):
        stated = {name: value for piece in chosen for name, value in PIECES[piece].items()}
        found = complete.ask(case(report(**stated)), None)
        if not many:
            assert found is None
        else:
            assert found is not None and found.amount == many / len(PIECES) and f"{many} of {len(PIECES)}" in str(found.value)


def test_a_received_time_that_is_estimated_is_no_piece() -> None:
    assert complete.ask(case(report(received=moment(), received_estimated=True)), None) is None


@pytest.mark.parametrize(
    ("ages", "more"), [((), 0.0), (("30",), 0.0), (("17",), 0.25), (("13",), 0.25), (("12",), 0.5), (("17", "12"), 0.5)]
)
def test_an_age_counts_like_half_or_a_quarter_of_a_child_more(ages: tuple[str, ...], more: float) -> None:
    victims = tuple(person("victim", firstName=f"Drawn {n}", age=age) for n, age in enumerate(ages)) or (
        person("victim", firstName="Drawn"),
    )
    found = victim_not_known.ask(case(report(people=victims)), None)
    if ages == ("30",):
        assert found is None or found.amount == pytest.approx(1 - 0.5 ** len(victims))
    else:
        assert found is not None and found.amount == pytest.approx(1 - 0.5 ** (len(victims) + more))


def test_a_file_is_known_by_its_bytes_then_by_its_strongest_declared_digest_then_by_its_entry() -> None:
    stored = file("a", declared=(("md5", "AB"),))
    assert identity(stored) == sha("a")
    for n, kind in enumerate(STRONGEST_FIRST):
        declared = tuple((weaker, f"{weaker}-OF-A") for weaker in reversed(STRONGEST_FIRST[n:]))
        absent = file("a", present=False, declared=declared)
        assert identity(absent) == f"{kind}-of-a".casefold()
    assert identity(file("a", present=False)) == "name:a"
    assert identity(file("a", present=False, declared=(("pdq", "00"),))) == "name:a", "an image that looks alike is another file"


def make_rule(id: str, points: float | None, **more: object) -> Rule:
    said: dict[str, object] = {
        "axis": "risk",
        "field": "x",
        "condition": "complete",
        "family": "drawn",
        "reason": "-",
        "source": "-",
    }
    return Rule(id=id, points=points, **{**said, **more})  # type: ignore[arg-type]


def test_a_family_reaches_its_strongest_whole_the_next_half_and_one_of_those_that_exclude_each_other() -> None:
    rules = [
        make_rule("a", 8.0),
        make_rule("b", 0.5),
        make_rule("c", 4.0, one_of="age"),
        make_rule("d", 3.0, one_of="age"),
        make_rule("e", 0.25, one_of="small"),
        make_rule("f", 1.0, at_most=6.0, scale="log2"),
        make_rule("g", None),
        make_rule("other", 50.0, family="another"),
    ]
    for order in (rules, rules[::-1]):
        assert reach_of("drawn", order) == pytest.approx(8 + 6 / 2 + 4 / 4 + 0.5 / 8 + 0.25 / 16)
    assert reach_of("nobody", rules) == 0.0 and diminished_sum([1.0, 4.0]) == 4.5


@pytest.mark.parametrize(
    ("band", "takes", "place", "said"),
    [
        (None, None, 0, "Why."),
        (None, None, 1, "Why. Counts 1/2: number 2 of the family “drawn”."),
        (None, None, 3, "Why. Counts 1/8: number 4 of the family “drawn”."),
        (None, 0.4, 1, "Why. Removes 40% of the points."),
        (None, 0.0, 0, "Why. Removes 0% of the points."),
        ("A", None, 0, "Why. At least band A."),
        ("B", 0.4, 2, "Why. At least band B."),
    ],
)
def test_a_factor_says_what_it_did(band: str | None, takes: float | None, place: int, said: str) -> None:
    assert str(_explain_without_points("Why.", band, takes, "drawn", place)) == said  # type: ignore[arg-type]


BANDS = Bands(A=75.0, B=45.0, C=25.0, D=10.0)


@pytest.mark.parametrize("band", "ABCDE")
def test_a_band_set_by_hand_bounds_each_band_from_its_side_alone(band: str) -> None:
    assert ByHand(BANDS, raised="C").settle_band(band) == min(band, "C")  # type: ignore[arg-type]
    assert ByHand(BANDS, lowered="C").settle_band(band) == max(band, "C")  # type: ignore[arg-type]
    assert ByHand(BANDS).settle_band(band) == band  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("points", "band", "nearby"),
    [
        (30.0, "C", ()),
        (41.0, "C", ("B",)),  # 45.1
        (40.87, "C", ("B",)),  # 44.957, on the card 45.0
        (40.85, "C", ()),  # 44.935
        (27.72, "C", ("D",)),  # 24.948
        (27.75, "C", ()),  # 24.975, on the card 25.0
        (9.5, "E", ("D",)),
    ],
)
def test_bands_nearby_are_those_of_the_number_that_a_card_would_show(points: float, band: str, nearby: tuple[str, ...]) -> None:
    assert bands_nearby(Outcome(points, 0.0, band, points), (), BANDS) == nearby  # type: ignore[arg-type]


def test_of_a_rise_the_greatest_quarter_is_proposed_that_the_family_has_room_for() -> None:
    rules = shipped()
    seen = set()
    for family in rules.families.values():
        own = [rule for rule in rules.rules if rule.family == family.name and rule.points is not None and rule.at_most is None]
        for factor in (0.5, 1.02, 1.05, 1.1, 1.15, 1.2, 1.25, 1.3, 1.4, 1.5, 2.0, 3.0):
            wanted = {rule.id: round((rule.points or 0.0) * factor, 1) for rule in own}
            found = _within_caps(rules, wanted)
            reaches = {share: reach_of(family.name, propose(rules, wanted, share)) for share in (1.0, 0.75, 0.5, 0.25, 0.0)}
            share = next((share for share, reach in reaches.items() if reach <= family.cap), 0.0)
            assert found == {rule.id: rule.points for rule in propose(rules, wanted, share) if rule.id in wanted}
            seen.add(share)
    assert seen == {1.0, 0.75, 0.5, 0.25, 0.0}


def propose(rules: RuleSet, wanted: dict[str, float], share: float) -> list[Rule]:
    """Returns all rules, those that are wanted higher by a share of their rise."""

    def change(rule: Rule) -> Rule:
        now = rule.points or 0.0
        to = wanted.get(rule.id, now)
        points = to if to <= now else round(now + share * (to - now), 1)
        return structs.replace(rule, points=points) if rule.id in wanted else rule

    return [change(rule) for rule in rules.rules]


def test_what_is_known_material_is_no_new_victim() -> None:
    what = replace(material(), people=(person("victim", firstName="Drawn"),))
    assert victim_not_known.ask(case(what), None) is not None
    assert victim_not_known.ask(case(what, Surroundings(hits=(hit("a"),))), None) is None


@pytest.mark.parametrize(
    ("version", "raised"),
    [
        ("2026.2", "2026.2+1"),
        ("2026.2+1", "2026.2+2"),
        ("2026.2+9", "2026.2+10"),
        ("2026", "2026+1"),
        ("12", "12+1"),
        ("a+b", "a+b+1"),
    ],
)
def test_an_edited_set_of_rules_gets_the_next_version(version: str, raised: str) -> None:
    assert raise_version(version) == raised


def test_images_with_a_position_are_counted_once_and_named() -> None:
    files = (file("a"), file("b"), file("c"), file("d", present=False))
    media = {sha("a"): camera((31.5, 74.3)), sha("b"): camera(), sha("c"): camera((0.0, 0.0))}
    found = picture_with_gps.ask(case_of(report(files=files), HERE, media, around(), shipped().roles), None)
    assert found is not None and found.amount == 2.0 and str(found.value) == "a.png, c.png"
    nowhere = case_of(report(files=files), HERE, {sha("b"): camera()}, around(), shipped().roles)
    assert picture_with_gps.ask(nowhere, None) is None


def test_a_factor_that_was_taken_out_lifts_no_band_and_one_that_counts_does() -> None:
    rule = make_rule("floor.drawn", None, axis="floor", family=None, band="A")
    counted = Counted(Applied(rule, Seen("seen", "field"), 0.0, (0.0, "")), 0.0, 0)
    correction = Correction(
        id=7, rule=rule.id, verdict="unconfirmed", band=None, lowers=True, value="seen", basis=(), reason="said", by="amina", made="2026-11-01T00:00:00Z",
        needs_second=False,
    )  # fmt: skip
    stands, out = _factor(counted, None), _factor(counted, (counted.applied, correction))
    assert (stands.band, stands.taken_out) == ("A", None) and (out.band, out.taken_out) == (None, 7)
    assert str(stands.value) == "seen" and stands.field == "field" and stands.axis == "floor"
