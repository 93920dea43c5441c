"""Proposes points for rules from outcomes: shrunken log-odds, on the scale of the present points. Nothing is applied."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from triage.priority.budget import reach_of
from triage.priority.rules import Rule, RuleSet

PRIOR_REPORTS = 20.0  # decided reports at the base rate that are added to each rule's own, so that few outcomes say little
HALF_WAY = 60.0  # decided reports at which a proposal lies half way between the present points and what outcomes say
MOST_FACTOR = 2.0  # no proposal is more than so many times the present points
LEAST_POINTS = 0.1  # points: a proposal never takes a rule's last


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsProposal:
    """What a rule's points could be. `decided` reports on whose cards it applies, of which `hits` were confirmed."""

    rule: str
    family: str
    points: float
    proposed: float
    decided: int
    hits: int
    log_odds: float
    """Of being confirmed, beside all decided reports; shrunken."""


def propose_points(
    rules: RuleSet, decided: Mapping[str, int], hits: Mapping[str, int], base: tuple[int, int], least: int
) -> tuple[PointsProposal, ...]:
    """Returns proposals for rules of risk with at least `least` decided reports; none when outcomes agree with no scale.

    `base` are (confirmed, decided) of all reports. Caps of families are kept: what exceeds one is taken from its own proposals.
    """
    confirmed, of = base
    if not 0 < confirmed < of:
        return ()
    eligible = [r for r in rules.rules if r.axis == "risk" and r.points is not None and decided.get(r.id, 0) >= least]
    odds = {rule.id: _log_odds(hits.get(rule.id, 0), decided[rule.id], confirmed / of) for rule in eligible}
    scale = _fit_scale(eligible, odds)
    if scale <= 0:
        return ()
    wanted = {rule.id: _shrink(rule, scale * odds[rule.id], decided[rule.id]) for rule in eligible}
    fitting = _within_caps(rules, wanted)
    found = [
        PointsProposal(
            rule=rule.id,
            family=rule.family or "",
            points=rule.points or 0.0,
            proposed=fitting[rule.id],
            decided=decided[rule.id],
            hits=hits.get(rule.id, 0),
            log_odds=round(odds[rule.id], 3),
        )
        for rule in eligible
        if fitting[rule.id] != rule.points
    ]
    return tuple(sorted(found, key=lambda each: (-abs(each.proposed - each.points), each.rule)))


def _log_odds(hits: int, of: int, base: float) -> float:
    rate = (hits + PRIOR_REPORTS * base) / (of + PRIOR_REPORTS)
    return math.log(rate / (1 - rate)) - math.log(base / (1 - base))


def _fit_scale(rules: Sequence[Rule], odds: Mapping[str, float]) -> float:
    """Returns how many points a unit of log-odds is worth by the present points: least squares through the origin."""
    squares = math.fsum(odds[rule.id] ** 2 for rule in rules)
    return math.fsum(odds[rule.id] * (rule.points or 0.0) for rule in rules) / squares if squares else 0.0


def _shrink(rule: Rule, wanted: float, decided: int) -> float:
    """Returns points between the present ones and the wanted ones, the nearer to these the more reports are decided."""
    now = rule.points or 0.0
    points = now + decided / (decided + HALF_WAY) * (wanted - now)
    most = min(MOST_FACTOR * now, rule.at_most if rule.at_most is not None else math.inf)
    return round(min(max(points, LEAST_POINTS), most), 1)


def _within_caps(rules: RuleSet, wanted: Mapping[str, float]) -> dict[str, float]:
    """Returns the wanted points, lowered towards the present ones in families that would exceed their caps."""
    now = {rule.id: rule.points or 0.0 for rule in rules.rules}
    fitting = dict(wanted)
    for family in rules.families.values():
        own = [rule for rule in rules.rules if rule.family == family.name and rule.id in wanted]
        for share in (1.0, 0.75, 0.5, 0.25, 0.0):
            tried = {rule.id: _between(now[rule.id], wanted[rule.id], share) for rule in own}
            changed = [msgspec.structs.replace(rule, points=tried[rule.id]) if rule.id in tried else rule for rule in rules.rules]
            if reach_of(family.name, changed) <= family.cap:
                break
        fitting.update(tried)
    return fitting


def _between(now: float, wanted: float, share: float) -> float:
    """Returns the wanted points, of a rise only a share."""
    return wanted if wanted <= now else round(now + share * (wanted - now), 1)
