"""Printed points add up to the printed total."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from triage.message import NOTHING
from triage.model.judgement import Factor
from triage.model.points import print_points, round_points

POINTS = st.floats(-100, 100, allow_nan=False)


def tenths(value: float) -> int:
    return round(value * 10)


@given(st.lists(POINTS, max_size=40))
def test_the_printed_parts_add_up_to_the_printed_total(parts: list[float]) -> None:
    stored = [round(part, 2) for part in parts]
    total = round(min(max(sum(parts), 0.0), 100.0), 1)
    printed = round_points(stored, total)
    assert sum(map(tenths, printed.parts)) + tenths(printed.beyond) == tenths(total)
    assert all(part or not shown for part, shown in zip(stored, printed.parts, strict=True))


@given(st.lists(st.floats(0.01, 20, allow_nan=False), min_size=1, max_size=40))
def test_no_part_moves_by_more_than_a_tenth(parts: list[float]) -> None:
    stored = [round(part, 2) for part in parts]
    printed = round_points(stored, round(sum(stored), 1))
    assert printed.beyond == 0
    assert all(abs(shown - part) < 0.1 + 1e-9 for part, shown in zip(stored, printed.parts, strict=True))


def test_the_case_that_was_seen() -> None:
    """Printed parts were 67.3 and the total 67.5."""
    parts = [10.04] * 5 + [17.3]
    printed = round_points(parts, 67.5)
    assert sum(map(tenths, printed.parts)) == 675
    assert printed.beyond == 0


def test_what_the_scale_cuts_off_is_named() -> None:
    printed = round_points([80.0, 45.0], 100.0)
    assert printed.parts == (80.0, 45.0)
    assert printed.beyond == -25.0


def test_a_part_that_a_sentence_names_is_rounded_by_itself() -> None:
    printed = round_points([70.44, 5.04, 5.04, 5.04], 85.6, named=[0])
    assert printed.parts[0] == 70.4
    assert sum(map(tenths, printed.parts)) == 856
    assert round_points([70.46], 70.4, named=[0]).parts == (70.4,)


def test_floors_count_for_risk() -> None:
    factors = [
        Factor(rule=rule, points=points, field="f", value=NOTHING, why=NOTHING, axis=axis)  # type: ignore[arg-type]
        for rule, points, axis in (("a", 10.25, "risk"), ("b", 20.25, "actionability"), ("c", 59.55, "floor"))
    ]
    card = print_points(factors, 69.8, 20.3)
    assert tenths(card.points[0]) + tenths(card.points[2]) == 698
    assert card.points[1] == 20.3
