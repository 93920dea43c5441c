"""Explains why one report stands above another in the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from triage.message import Message
from triage.model.judgement import Factor

OrderKey = Literal["band", "risk", "actionability", "deadline", "report number"]
"""What the queue orders by, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStanding:
    """Holds what decides where a report stands in the queue, and the factors behind it."""

    report_id: str
    band: str
    risk: float
    actionability: float
    deadline: str | None
    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorDifference:
    """One rule that counts differently in two reports. A rule that does not apply counts None."""

    rule: str
    axis: str
    above: float | None
    below: float | None
    why: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderExplanation:
    """Says which of two reports stands above the other, by what, and the rules in which they differ.

    The greatest difference comes first.
    """

    above: str
    below: str
    decided_by: OrderKey
    why: Message
    differences: tuple[FactorDifference, ...]


def explain_order(one: QueueStanding, other: QueueStanding) -> OrderExplanation:
    """Returns which of two reports the queue shows first, and why."""
    above, below = sorted((one, other), key=_queue_key)
    decided_by, why = _decide(above, below)
    return OrderExplanation(
        above=above.report_id, below=below.report_id, decided_by=decided_by, why=why, differences=_differences(above, below)
    )


def _queue_key(standing: QueueStanding) -> tuple[str, float, float, str, int, str]:
    """Returns the key by which the queue orders; a report without a deadline comes after those with one."""
    number = standing.report_id
    width = int(number) if number.isdecimal() and len(number) < 19 else 1 << 63
    return standing.band, -standing.risk, -standing.actionability, standing.deadline or "~", width, number


def _decide(above: QueueStanding, below: QueueStanding) -> tuple[OrderKey, Message]:
    if above.band != below.band:
        return "band", Message("Band {above} comes before band {below}.", above=above.band, below=below.band)
    if above.risk != below.risk:
        return "risk", Message("The band is the same; risk {above:.1f} is above {below:.1f}.", above=above.risk, below=below.risk)
    if above.actionability != below.actionability:
        return "actionability", Message(
            "Band and risk are the same; “Can act” {above:.1f} is above {below:.1f}.",
            above=above.actionability,
            below=below.actionability,
        )
    if above.deadline != below.deadline:
        return "deadline", Message("Band and numbers are the same; the next deadline is earlier.")
    return "report number", Message("Everything is the same; the lower report number comes first.")


def _differences(above: QueueStanding, below: QueueStanding) -> tuple[FactorDifference, ...]:
    first, second = ({factor.rule: factor for factor in each.factors} for each in (above, below))
    found = []
    for rule in sorted(first.keys() | second.keys()):
        one, other = first.get(rule), second.get(rule)
        either = one or other
        if either is not None and (one is None or other is None or one.points != other.points):
            found.append(
                FactorDifference(
                    rule=rule,
                    axis=either.axis,
                    above=one.points if one else None,
                    below=other.points if other else None,
                    why=either.why,
                )
            )
    return tuple(sorted(found, key=lambda each: (-abs((each.above or 0.0) - (each.below or 0.0)), each.rule)))
