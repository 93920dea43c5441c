"""Proposed points: towards what outcomes say, the more the more reports are decided, and never above a cap."""

from __future__ import annotations

import pytest

from triage.priority import propose_points
from triage.priority.budget import reach_of
from triage.priority.rules import shipped

RULES = [rule for rule in shipped().rules if rule.axis == "risk" and rule.points is not None and rule.scale == "once"]
GOOD, BAD = RULES[0], RULES[1]


def propose(decided: dict[str, int], hits: dict[str, int], base: tuple[int, int] = (100, 400), least: int = 30):  # type: ignore[no-untyped-def]
    return {each.rule: each for each in propose_points(shipped(), decided, hits, base, least)}


def test_a_rule_whose_reports_are_confirmed_more_often_rises_beside_one_whose_are_not() -> None:
    found = propose({GOOD.id: 200, BAD.id: 200}, {GOOD.id: 150, BAD.id: 20})
    assert found[BAD.id].proposed < (BAD.points or 0) and found[BAD.id].log_odds < 0 < found[GOOD.id].log_odds


def test_few_decided_reports_propose_nothing_and_more_propose_more() -> None:
    assert propose({GOOD.id: 29, BAD.id: 29}, {GOOD.id: 20, BAD.id: 1}) == {}
    few = propose({GOOD.id: 40, BAD.id: 40}, {GOOD.id: 30, BAD.id: 4})[BAD.id]
    many = propose({GOOD.id: 800, BAD.id: 800}, {GOOD.id: 600, BAD.id: 80})[BAD.id]
    assert many.proposed < few.proposed < (BAD.points or 0)


@pytest.mark.parametrize("base", [(0, 0), (0, 50), (50, 50)])
def test_outcomes_that_are_all_the_same_say_nothing(base: tuple[int, int]) -> None:
    assert propose({GOOD.id: 100}, {GOOD.id: 50}, base) == {}


def test_outcomes_that_contradict_every_weight_propose_nothing() -> None:
    """No scale fits when all rules with outcomes are confirmed less often than the rest."""
    assert propose({GOOD.id: 300}, {GOOD.id: 3}) == {}


def test_caps_of_families_are_kept() -> None:
    import msgspec

    decided = {rule.id: 5_000 for rule in RULES}
    hits = {rule.id: 4_900 if n % 2 else 2_000 for n, rule in enumerate(RULES)}
    found = propose(decided, hits, (1_000, 4_000))
    assert found
    rules = [
        msgspec.structs.replace(rule, points=found[rule.id].proposed) if rule.id in found else rule for rule in shipped().rules
    ]
    for family in shipped().families.values():
        assert reach_of(family.name, rules) <= family.cap + 1e-9
    assert all(0 < each.proposed <= 2 * each.points for each in found.values())
