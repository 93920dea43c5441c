"""Why one report stands above another agrees with the queue's order."""

from __future__ import annotations

import pytest

from triage.message import Message
from triage.model.judgement import Factor
from triage.priority.ordering import OrderKey, QueueStanding, explain_order


def standing(
    number: str, band: str = "B", risk: float = 30.0, action: float = 20.0, due: str | None = None, **points: float
) -> QueueStanding:
    factors = tuple(
        Factor(rule=rule, points=each, field="f", value="v", why=Message("why"), axis="risk") for rule, each in points.items()
    )
    return QueueStanding(report_id=number, band=band, risk=risk, actionability=action, deadline=due, factors=factors)


@pytest.mark.parametrize(
    ("above", "below", "key"),
    [
        (standing("2", "A", 10.0), standing("1", "B", 90.0), "band"),
        (standing("2", risk=31.0), standing("1"), "risk"),
        (standing("2", action=21.0), standing("1"), "actionability"),
        (standing("2", due="2026-12-01T00:00:00Z"), standing("1"), "deadline"),
        (standing("2", due="2026-12-01T00:00:00Z"), standing("1", due="2026-12-02T00:00:00Z"), "deadline"),
        (standing("9"), standing("10"), "report number"),
    ],
)
def test_what_decides(above: QueueStanding, below: QueueStanding, key: OrderKey) -> None:
    for found in (explain_order(above, below), explain_order(below, above)):
        assert (found.above, found.below, found.decided_by) == (above.report_id, below.report_id, key)
        assert str(found.why)


def test_rules_in_which_they_differ_the_greatest_first() -> None:
    found = explain_order(standing("1", "A", same=5.0, more=9.0, only=2.0), standing("2", same=5.0, more=1.0, other=4.0))
    assert [(each.rule, each.above, each.below) for each in found.differences] == [
        ("more", 9.0, 1.0), ("other", None, 4.0), ("only", 2.0, None),
    ]  # fmt: skip
