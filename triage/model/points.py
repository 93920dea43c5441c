"""Rounds the points of a score card for print, so that the printed parts add up to the printed total."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from triage.model.judgement import Factor

TENTHS = 10
"""Points are printed with one decimal."""
_SLACK_PER_PART = 0.06
"""Tenths by which a stored part, which has two decimals, may differ from what was added up."""


@dataclass(frozen=True, slots=True)
class PrintedPoints:
    """Points with one decimal: `parts` in the order given, and `beyond`, which the parts leave to the total.

    `beyond` is 0.0 unless the scale of 0 to 100 ends before the sum does.
    """

    parts: tuple[float, ...]
    beyond: float


def round_points(parts: Sequence[float], total: float, named: Collection[int] = ()) -> PrintedPoints:
    """Returns parts that add up to the total with one decimal, by the largest-remainder method. A part of 0 stays 0.

    Parts whose number stands in `named` are rounded by themselves where others can give way: a sentence beside them says them.
    """
    target = round(total * TENTHS)
    exact = math.fsum(parts) * TENTHS
    sum_printed = target if abs(exact - target) <= 1 + _SLACK_PER_PART * len(parts) else round(exact)
    kept = named if any(part for n, part in enumerate(parts) if n not in named) else ()
    tenths = [
        round(float(f"{part:.1f}") * TENTHS) if n in kept else math.floor(round(part * TENTHS, 6)) for n, part in enumerate(parts)
    ]
    left = sum_printed - sum(tenths)
    movable = sorted(
        (n for n, part in enumerate(parts) if part and n not in kept), key=lambda n: (tenths[n] - parts[n] * TENTHS, n)
    )
    if movable:
        step = 1 if left > 0 else -1
        order = movable if left > 0 else movable[::-1]
        for n in range(abs(left)):
            tenths[order[n % len(order)]] += step
    beyond = target - sum(tenths)
    return PrintedPoints(tuple(each / TENTHS for each in tenths), beyond / TENTHS)


@dataclass(frozen=True, slots=True)
class PrintedCard:
    """The printed points of each factor of a score card, and what the scale's ends take from or give to each number."""

    points: tuple[float, ...]
    """In the order of the factors."""
    risk_beyond: float
    actionability_beyond: float


def print_points(factors: Sequence[Factor], risk: float, actionability: float) -> PrintedCard:
    """Returns the points of a card's factors as papers and screens print them. Floors and notes count for risk."""
    for_risk = [n for n, factor in enumerate(factors) if factor.axis != "actionability"]
    for_action = [n for n, factor in enumerate(factors) if factor.axis == "actionability"]
    named = [at for at, n in enumerate(for_risk) if factors[n].axis != "risk"]
    first = round_points([factors[n].points for n in for_risk], risk, named)
    second = round_points([factors[n].points for n in for_action], actionability)
    printed = dict(zip((*for_risk, *for_action), (*first.parts, *second.parts), strict=True))
    return PrintedCard(tuple(printed[n] for n in range(len(factors))), first.beyond, second.beyond)
