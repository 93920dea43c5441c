"""From the rules that apply to two numbers and a band. Exact, without clock, and blind to the order of its input."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

import msgspec

from triage.model.judgement import Band
from triage.priority.case import Case, Seen
from triage.priority.conditions import CONDITIONS
from triage.priority.rules import Bands, Rule, RuleSet


class Applied(msgspec.Struct, frozen=True):
    """A rule that applies, what it saw, and what it is worth on its own. `order`: the strongest first."""

    rule: Rule
    seen: Seen
    worth: float
    order: tuple[float, str]


class Counted(msgspec.Struct, frozen=True):
    """An applied rule with the points that it really brings (negative when it takes) and its place in its family."""

    applied: Applied
    points: float
    place: int = 0


@dataclass(frozen=True, slots=True)
class Weighed:
    """The result of all applied rules."""

    counted: tuple[Counted, ...]
    risk: float
    actionability: float
    band: Band


_ORDER = attrgetter("order")


def ask(case: Case, rules: RuleSet) -> tuple[Applied, ...]:
    """All rules that apply, in the order of the rule files."""
    answers = ((rule, CONDITIONS[rule.condition].ask(case, rule.argument)) for rule in rules.rules)
    return tuple(applied(rule, seen) for rule, seen in answers if seen is not None)


def applied(rule: Rule, seen: Seen) -> Applied:
    worth = rule.worth(seen.amount)
    return Applied(rule, seen, worth, (-worth, rule.id))


def weigh(rules_applied: Sequence[Applied], rules: RuleSet) -> Weighed:
    """Points, numbers and band of a set of applied rules; also for sets that only might be."""
    strongest_first = sorted(rules_applied, key=_ORDER)
    risk, action = _axis(strongest_first, "risk"), _axis(strongest_first, "actionability")
    rest = [Counted(each, 0.0) for each in rules_applied if each.rule.axis in ("floor", "note")]
    numbers = _number(risk), _number(action)
    return Weighed((*risk, *action, *rest), *numbers, band_of(numbers[0], rules_applied, rules.bands))


def reweigh(now: Weighed, changed: Sequence[Applied], rules_applied: Sequence[Applied], rules: RuleSet) -> Weighed:
    """The outcome when rules came or went: as `weigh`, without saying what counted. An axis is added up anew only if one of the
    `changed` rules is of it, or a share is taken from it, which any rule may undo.
    """
    touched = {each.rule.axis for each in (*changed, *(each for each in rules_applied if each.rule.takes))}
    strongest_first = sorted(rules_applied, key=_ORDER) if touched & {"risk", "actionability"} else ()
    risk = _number(_axis(strongest_first, "risk")) if "risk" in touched else now.risk
    action = _number(_axis(strongest_first, "actionability")) if "actionability" in touched else now.actionability
    return Weighed((), risk, action, band_of(risk, rules_applied, rules.bands))


def _number(counted: Iterable[Counted]) -> float:
    return round(min(max(math.fsum([each.points for each in counted]), 0.0), 100.0), 1)


def _axis(strongest_first: Sequence[Applied], axis: str) -> list[Counted]:
    """In each family the strongest whole, the next half, then a quarter ...; of rules that exclude each other only the
    strongest; then the shares that are taken.
    """
    counted: list[Counted] = []
    places: dict[str | None, int] = defaultdict(int)
    taken: set[str] = set()
    for each in strongest_first:
        rule = each.rule
        if rule.axis != axis or rule.points is None or rule.one_of in taken:
            continue
        if rule.one_of:
            taken.add(rule.one_of)
        place = places[rule.family]
        places[rule.family] += 1
        counted.append(Counted(each, each.worth / (1 << place), place))
    left = math.fsum([each.points for each in counted])
    for each in strongest_first:
        if each.rule.takes and each.rule.axis == axis and not undone(each.rule, strongest_first):
            counted.append(Counted(each, -left * each.rule.takes))
            left *= 1.0 - each.rule.takes
    return counted


def undone(rule: Rule, others: Iterable[Applied]) -> bool:
    """Whether one of the others is named in the rule's `unless`."""
    return bool(rule.unless) and any(other.rule.id.startswith(rule.unless) for other in others)


def band_of(risk: float, rules_applied: Sequence[Applied], bands: Bands) -> Band:
    """Floors before everything, then what sinks a report, then the points of risk. Actionability orders within a band only: what
    is missing never lowers one."""
    best: Band = "E" if sunk(rules_applied) else band_by_points(risk, bands)
    for each in rules_applied:
        if each.rule.band is not None and each.rule.band < best:
            best = each.rule.band
    return best


def band_by_points(risk: float, bands: Bands) -> Band:
    """Where a report would stand without floors and without anything that sinks it."""
    return next((band for band, begin in steps(bands) if risk >= begin), "E")


def sunk(rules_applied: Sequence[Applied]) -> bool:
    """Whether the report rests in band E whatever its points."""
    return any(each.rule.sinks and not undone(each.rule, rules_applied) for each in rules_applied)


def steps(bands: Bands) -> tuple[tuple[Band, float], ...]:
    """The bands above E with the points of risk at which they begin, highest first."""
    return (("A", bands.A), ("B", bands.B), ("C", bands.C), ("D", bands.D))
