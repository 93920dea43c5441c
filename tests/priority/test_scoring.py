"""What a card would be with a fact more or less is worked out family by family; it has to be what weighing everything says."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from triage.priority.case import Seen
from triage.priority.rules import RuleSet, loaded, shipped, texts
from triage.priority.scoring import Applied, Standing, applied, band_by_points, band_of, find_deciding, steps, sunk, undone, weigh
from triage.resources import resource


def over_two_families() -> RuleSet:
    """The shipped rules, with one choice that reaches over two families of an axis."""
    raw = texts(resource("rules"))
    named = b'id = "victim.named"\n'
    return loaded(raw | {"risk.toml": raw["risk.toml"].replace(named, named + b'one_of = "class"\n')})


SETS = {"shipped": shipped(), "a choice over two families": over_two_families()}


@pytest.mark.parametrize("name", SETS)
@given(data=st.data())
def test_a_fact_more_or_less_comes_to_what_weighing_everything_says(name: str, data: st.DataObject) -> None:
    rules = SETS[name]
    assert rules.apart is (name == "shipped")
    facts = data.draw(st.lists(st.sampled_from(sorted(rules.by_fact, key=str)), unique=True, min_size=1))
    amounts = data.draw(st.lists(st.floats(0, 50), min_size=len(facts), max_size=len(facts)))
    by_fact = {
        fact: [applied(rule, Seen("", rule.field, amount)) for rule in rules.by_fact[fact]]
        for fact, amount in zip(facts, amounts, strict=True)
    }
    last, *others = facts
    without = [each for fact in others for each in by_fact[fact]]
    everything = [*without, *by_fact[last]]
    assert _standing(without, rules).changed(by_fact[last]) == weigh(everything, rules).outcome
    assert _standing(everything, rules).changed([], by_fact[last]) == weigh(without, rules).outcome
    assert (
        _standing(without, rules).changed_for_acting(by_fact[last]).actionability
        == weigh(everything, rules).outcome.actionability
    )


def _standing(rules_applied: list[Applied], rules: RuleSet) -> Standing:
    return Standing(rules_applied, weigh(rules_applied, rules).outcome, rules)


# The same sums once more, as docs/scoring.md says them, in another way: what `weigh` and `Standing` have in common is tested too.


def worth(each: Applied) -> float:
    points = each.rule.points or 0.0
    if each.rule.scale == "part":
        return points * sorted((0.0, each.seen.amount, 1.0))[1]
    if each.rule.scale == "log2":
        return min(points * math.log(1.0 + max(0.0, each.seen.amount), 2), each.rule.at_most or points)
    return points


def expected(there: Sequence[Applied], rules: RuleSet) -> tuple[float, float, str]:
    numbers = {}
    for axis in ("risk", "actionability"):
        of_axis = [each for each in there if each.rule.axis == axis]
        giving = sorted((each for each in of_axis if each.rule.points is not None), key=lambda each: (-worth(each), each.rule.id))
        chosen: list[Applied] = []
        for each in giving:
            if each.rule.one_of is None or all(other.rule.one_of != each.rule.one_of for other in chosen):
                chosen.append(each)
        total = 0.0
        for family in {each.rule.family for each in chosen}:
            for place, each in enumerate(each for each in chosen if each.rule.family == family):
                total += worth(each) * 0.5**place
        for each in of_axis:
            if each.rule.takes is not None and not is_undone(each, there):
                total *= 1.0 - each.rule.takes
        numbers[axis] = min(100.0, max(0.0, total))
    sinks = any(each.rule.sinks and not is_undone(each, there) for each in there)
    floors = [each.rule.band for each in there if each.rule.band is not None]
    begins = {"A": rules.bands.A, "B": rules.bands.B, "C": rules.bands.C, "D": rules.bands.D}
    by_points = "E" if sinks else min((band for band in begins if round(numbers["risk"], 1) >= begins[band]), default="E")
    band = min([by_points, *floors])
    return level(round(numbers["risk"], 1), sinks, there, rules), numbers["actionability"], band


def level(points: float, sinks: bool, there: Sequence[Applied], rules: RuleSet) -> float:
    """Returns the number of risk: lifted to the levels of minimum bands, or sunk below D, with a share of the points on top."""
    number = min(points * 0.04, rules.bands.D - 0.1) if sinks else points
    for each in there:
        if each.rule.band == "A":
            number = max(number, min(max(each.rule.lift or 0.0, rules.bands.A) + points * 0.05, 100.0))
        if each.rule.band == "B":
            lift, sure = each.rule.lift or 0.0, min(max(each.seen.amount, 0.0), 1.0)
            if each.rule.weak_lift is not None:
                lift = each.rule.weak_lift * (1.0 - sure) + lift * sure
            begin, end = max(lift, rules.bands.B), rules.bands.A - 0.1
            number = max(number, begin + (end - begin) * min(points / rules.bands.A, 1.0))
    return number


def is_undone(each: Applied, there: Sequence[Applied]) -> bool:
    return any(other.rule.id.startswith(beginning) for beginning in each.rule.unless for other in there)


@pytest.mark.parametrize("name", SETS)
@given(data=st.data())
def test_weighing_comes_to_what_the_page_on_scoring_says(name: str, data: st.DataObject) -> None:
    rules = SETS[name]
    taking = sorted({rule.fact for rule in rules.rules if rule.takes or rule.sinks or rule.unless}, key=str)
    facts = data.draw(st.lists(st.sampled_from(sorted(rules.by_fact, key=str)), unique=True))
    facts = list(dict.fromkeys(facts + data.draw(st.lists(st.sampled_from(taking), unique=True))))
    amounts = data.draw(st.lists(st.floats(-2, 50), min_size=len(facts), max_size=len(facts)))
    there = [
        applied(rule, Seen("", rule.field, amount))
        for fact, amount in zip(facts, amounts, strict=True)
        for rule in rules.by_fact[fact]
    ]
    made = weigh(there, rules)
    risk, actionability, band = expected(there, rules)
    assert made.outcome.risk == pytest.approx(risk, abs=0.0501)
    assert made.outcome.actionability == pytest.approx(actionability, abs=0.0501)
    if min(abs(made.outcome.points - begin) for _, begin in steps(rules.bands)) > 0.06:
        assert made.outcome.band == band
    assert sunk(there) is any(each.rule.sinks and not is_undone(each, there) for each in there)
    for axes, number in ((("risk", "floor", "note"), risk), (("actionability",), actionability)):
        points = [each.points for each in made.counted if each.applied.rule.axis in axes]
        assert math.fsum(points) == pytest.approx(number, abs=0.11) or not 0.0 < number < 100.0
    assert sum(each.points != 0.0 for each in made.counted if each.applied.rule.axis in ("floor", "note")) <= 1
    chosen = [each.applied for each in made.counted]
    assert len(chosen) == len({id(each) for each in chosen}), "no rule counts twice"


def rule_of(rules: RuleSet, **wanted: object) -> list[Applied]:
    return [
        applied(rule, Seen("", rule.field, 1.0))
        for rule in rules.rules
        if all(bool(getattr(rule, name)) is value for name, value in wanted.items())
    ]


@pytest.mark.parametrize("axis", ["risk", "actionability"])
def test_a_share_is_taken_of_its_own_axis_only_and_of_what_is_left(axis: str) -> None:
    rules = shipped()
    giving = [each for each in rule_of(rules, takes=False) if each.rule.axis == axis and each.rule.points]
    taking = [each for each in rule_of(rules, takes=True) if not undone(each.rule, giving)]
    whole = math.fsum(each.points for each in weigh(giving, rules).counted)
    left = math.fsum(each.points for each in weigh([*giving, *taking], rules).counted if each.applied.rule.axis == axis)
    shares = [1.0 - (each.rule.takes or 0.0) for each in taking if each.rule.axis == axis]
    assert left == pytest.approx(whole * math.prod(shares))


@pytest.mark.parametrize(("band", "begin"), steps(shipped().bands))
def test_a_band_begins_at_its_points_and_not_below(band: str, begin: float) -> None:
    below = chr(ord(band) + 1)
    assert (band_by_points(begin, shipped().bands), band_by_points(begin - 0.1, shipped().bands)) == (band, below)
    assert band_by_points(100.0, shipped().bands) == "A"
    assert band_by_points(0.0, shipped().bands) == "E"


def test_a_floor_lifts_what_sinks_and_never_lowers() -> None:
    rules = shipped()
    sinking = [each for each in rule_of(rules, sinks=True) if not undone(each.rule, [])]
    floors = {each.rule.band: each for each in rule_of(rules, band=True)}
    assert sinking and floors.keys() == {"A", "B"}
    for each in sinking:
        assert band_of(100.0, find_deciding([each], [each]), rules.bands) == "E"
        assert band_of(100.0, find_deciding([each, floors["B"]], [each, floors["B"]]), rules.bands) == "B"
    assert band_of(100.0, find_deciding([floors["B"]], [floors["B"]]), rules.bands) == "A"
    assert band_of(0.0, find_deciding([*floors.values()], [*floors.values()]), rules.bands) == "A"
    assert band_of(0.0, find_deciding([*reversed(floors.values())], [*floors.values()]), rules.bands) == "A"


def test_only_rules_with_unless_are_undone_and_only_by_those_named() -> None:
    rules = shipped()
    for rule in rules.rules:
        undoing = [other for other in rules.rules if any(other.id.startswith(beginning) for beginning in rule.unless)]
        assert bool(undoing) is bool(rule.unless)
        for other in rules.rules:
            assert undone(rule, [applied(other, Seen("", other.field))]) is (other in undoing)
        assert not undone(rule, [])


def made_up(rules: RuleSet, **values: object) -> Applied:
    """A rule on risk, whatever the shipped set holds."""
    rule = next(rule for rule in rules.rules if rule.axis == "risk" and rule.takes is not None)
    return applied(structs.replace(rule, unless=(), **values), Seen("", rule.field, 1.0))  # type: ignore[arg-type]


def test_shares_are_taken_one_after_the_other() -> None:
    rules = shipped()
    giving = made_up(rules, id="x.gives", points=60.0, takes=None, family="access")
    half, fifth = made_up(rules, id="x.half", takes=0.5), made_up(rules, id="x.fifth", takes=0.2)
    assert weigh([giving, half, fifth], rules).outcome.risk == 24.0
    assert _standing([giving, half], rules).changed([fifth]).risk == 24.0
    assert _standing([giving, half, fifth], rules).changed([], [half]).risk == 48.0
    action = made_up(rules, id="x.other", axis="actionability", takes=0.5)
    assert weigh([giving, action], rules).outcome.risk == 60.0


def test_a_number_ends_at_a_hundred() -> None:
    rules = shipped()
    most = made_up(rules, id="x.most", points=100.6, takes=None, family="access")
    assert weigh([most], rules).outcome.risk == 100.0
    assert weigh([], rules).outcome == weigh([made_up(rules, id="x.half", takes=0.5)], rules).outcome
