"""Measures how far the rules of each family can reach, and whether the caps hold."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from triage.message import Message

if TYPE_CHECKING:
    from triage.priority.rules import Rule, RuleSet

SCORED_AXES: tuple[Literal["risk", "actionability"], ...] = ("risk", "actionability")
MOST_POINTS = 100  # the caps of one axis add up to at most this, so that no card needs to be cut off


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyBudget:
    """How much of its cap a family uses. All in points."""

    name: str
    axis: Literal["risk", "actionability"]
    reach: float
    """The most that its rules, those that are on, can give together."""
    cap: float
    slack: float
    """The cap without the reach. Below 0 the rule set is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisBudget:
    """How much of MOST_POINTS the caps of an axis use."""

    axis: Literal["risk", "actionability"]
    caps: float
    slack: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBudget:
    """Compares what the families of a rule set can give with their caps. `problems` has a sentence for each broken cap."""

    name: str
    families: tuple[FamilyBudget, ...]
    axes: tuple[AxisBudget, ...]
    problems: tuple[Message, ...]


def measure_budget(rules: RuleSet) -> RuleBudget:
    """Returns the reach, cap and slack of each family, and the caps of each axis."""
    families = tuple(
        FamilyBudget(name=family.name, axis=family.axis, reach=reach, cap=family.cap, slack=family.cap - reach)
        for family in rules.families.values()
        for reach in (reach_of(family.name, rules.rules),)
    )
    axes = tuple(
        AxisBudget(axis=axis, caps=caps, slack=MOST_POINTS - caps)
        for axis in SCORED_AXES
        for caps in (sum(family.cap for family in families if family.axis == axis),)
    )
    problems = (
        *(
            Message(
                "The rules of family {family} can reach {reach:.2f}, above its cap of {cap:g}.",
                family=family.name,
                reach=family.reach,
                cap=family.cap,
            )
            for family in families
            if family.slack < 0
        ),
        *(
            Message("The caps of {axis} add up to {caps:g}, above 100.", axis=axis.axis, caps=axis.caps)
            for axis in axes
            if axis.slack < 0
        ),
    )
    return RuleBudget(name=rules.name, families=families, axes=axes, problems=problems)


def reach_of(family: str, rules: Iterable[Rule]) -> float:
    """The most that the rules of a family could give together."""
    return diminished_sum(_strongest_each(rule for rule in rules if rule.family == family))


def _strongest_each(rules: Iterable[Rule]) -> list[float]:
    """The most each rule can give, with only the strongest of those that exclude each other."""
    best: dict[str, float] = {}
    for rule in rules:
        key = rule.one_of or f"rule {rule.id}"
        best[key] = max(best.get(key, 0.0), rule.most())
    return list(best.values())


def diminished_sum(points: Iterable[float]) -> float:
    """Strongest whole, next half, then a quarter, and so on."""
    return math.fsum(each / (1 << place) for place, each in enumerate(sorted(points, reverse=True)))
