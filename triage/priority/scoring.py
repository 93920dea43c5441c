"""From the rules that apply to two numbers and a band. Exact, without clock, and blind to the order of its input."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triage.model.judgement import Band
from triage.priority.case import Case, Seen
from triage.priority.conditions import CONDITIONS
from triage.priority.rules import Bands, Rule, RuleSet

_PLACES = ("", "half", "a quarter", "an eighth")


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule that applies, with what it saw."""

    rule: Rule
    seen: Seen


@dataclass(frozen=True, slots=True)
class Counted:
    """An applied rule with the points that it really brings (negative when it takes) and how they came about."""

    applied: Applied
    points: float
    how: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """The result of all applied rules."""

    counted: tuple[Counted, ...]
    risk: float
    actionability: float
    band: Band


def ask(case: Case, rules: RuleSet) -> tuple[Applied, ...]:
    """All rules that apply, in the order of the rule files."""
    answers = ((rule, CONDITIONS[rule.condition].ask(case, rule.argument)) for rule in rules.rules)
    return tuple(Applied(rule, seen) for rule, seen in answers if seen is not None)


def weigh(applied: Sequence[Applied], rules: RuleSet) -> Weighed:
    """Points, numbers and band of a set of applied rules; also for sets that only might be."""
    risk, action = _axis(applied, "risk"), _axis(applied, "actionability")
    rest = [Counted(each, 0.0, "") for each in applied if each.rule.axis in ("floor", "note")]
    numbers = _number(risk), _number(action)
    return Weighed((*risk, *action, *rest), *numbers, band_of(*numbers, applied, rules.bands))


def _number(counted: Iterable[Counted]) -> float:
    return round(min(max(math.fsum(each.points for each in counted), 0.0), 100.0), 1)


def _axis(applied: Sequence[Applied], axis: str) -> list[Counted]:
    giving = _strongest([each for each in applied if each.rule.axis == axis and each.rule.points is not None])
    counted: list[Counted] = []
    for family in sorted({each.rule.family or "" for each in giving}):
        members = sorted((each for each in giving if each.rule.family == family), key=_strength)
        counted += [_diminished(each, place, family) for place, each in enumerate(members)]
    left = math.fsum(each.points for each in counted)
    for each in sorted((each for each in applied if each.rule.axis == axis and each.rule.takes), key=lambda a: a.rule.id):
        share = each.rule.takes or 0.0
        counted.append(Counted(each, -left * share, f"Takes {share:.0%} of the points so far."))
        left *= 1.0 - share
    return counted


def _strength(applied: Applied) -> tuple[float, str]:
    return -applied.rule.worth(applied.seen.amount), applied.rule.id


def _strongest(applied: list[Applied]) -> list[Applied]:
    """Of rules that exclude each other only the strongest."""
    best: dict[str, Applied] = {}
    for each in sorted(applied, key=_strength):
        best.setdefault(each.rule.one_of or f"rule {each.rule.id}", each)
    return list(best.values())


def _diminished(applied: Applied, place: int, family: str) -> Counted:
    how = (
        "" if place == 0 else f"Counts {_PLACES[place] if place < len(_PLACES) else 'little'}, as number {place + 1} of {family}."
    )
    return Counted(applied, applied.rule.worth(applied.seen.amount) / (1 << place), how)


def band_of(risk: float, actionability: float, applied: Iterable[Applied], bands: Bands) -> Band:
    """Floors before everything, then what sinks a report, then the points of risk."""
    by_risk: Band = next((band for band, begin in steps(bands) if risk >= begin), "E")
    if risk < bands.idle_risk and actionability < bands.idle_action:
        by_risk = "E"
    if any(each.rule.sinks for each in applied):
        by_risk = "E"
    floors: list[Band] = [each.rule.band for each in applied if each.rule.band is not None]
    return min([by_risk, *floors])


def steps(bands: Bands) -> tuple[tuple[Band, float], ...]:
    """The bands above E with the points of risk at which they begin, highest first."""
    return (("A", bands.A), ("B", bands.B), ("C", bands.C), ("D", bands.D))
