"""The counts of a statistic's tables are those of the reports one by one, and no report stays in memory for them."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterator

import pytest

from triage.exports.statistic_tables import DIMENSIONS, NO_MARK, PAIRS, make_tables
from triage.exports.suppression import MINIMUM, TOTAL
from triage.model.statistics import OTHER, CountedReport

MONTHS, PROVINCES = ("2026-09", "2026-10", "2026-11"), ("PB", "SD", "KP")
MARKS = ("viral", "live", "sextortion", *(f"rare {n}" for n in range(6)))


def iter_reports(count: int, seed: int) -> Iterator[CountedReport]:
    dice = random.Random(seed)
    for _ in range(count):
        yield CountedReport(
            month=dice.choice(MONTHS[:2]),
            province=dice.choice(PROVINCES),
            esp=dice.choices(("Lantern Chat", "not stated", *(f"Small {n}" for n in range(40))), (300, 40, *[1] * 40))[0],
            type=dice.choices(("CSAM", "Enticement", "seldom", "seldom too"), (60, 30, 1, 1))[0],
            outcome=dice.choices(("new", "closed, duplicate", "case, court"), (60, 20, 2))[0],
            age_band=dice.choice(("0 to 5", "16 to 17", "not stated")),
            annotations=frozenset(mark for n, mark in enumerate(MARKS) if dice.random() < (0.3 if n < 3 else 0.01)),
        )


def list_names(report: CountedReport, dimension: str) -> set[str]:
    if dimension == "annotation":
        return set(report.annotations)
    return {str(getattr(report, dimension))}


@pytest.mark.parametrize("count", [0, 3, 12, 60, 400])
@pytest.mark.parametrize("seed", range(6))
def test_published_counts_are_those_of_the_reports_one_by_one(count: int, seed: int) -> None:
    reports = list(iter_reports(count, seed))
    told: dict[tuple[str, int], set[str]] = {}
    for name in DIMENSIONS:
        stated = [list_names(report, name) for report in reports]
        often = {each: sum(each in names for names in stated) for names in stated for each in names}
        for n, names in enumerate(stated):
            open_names = name in ("esp", "type", "outcome", "annotation")
            told[name, n] = {OTHER if open_names and often[each] < MINIMUM else each for each in names}
            if name == "annotation" and not names:
                told[name, n] = {NO_MARK}
    tables = make_tables(iter(reports), MONTHS, PROVINCES)
    assert [table.name for table in tables] == [*DIMENSIONS, *(" and ".join(pair) for pair in PAIRS)]
    for table in tables:
        for cell in table.cells:
            fitting = sum(
                all(each in (TOTAL, *told[name, n]) for name, each in zip(table.dimensions, cell.names, strict=True))
                for n in range(count)
            )
            assert cell.count in (None, fitting) and not (cell.count and cell.count < MINIMUM)
    if count > 100:
        shown = {table.name: [cell.names for cell in table.cells] for table in tables if not table.withheld}
        assert (OTHER,) in shown["esp"] and ("2026-11", "PB") in shown["month and province"]


def test_memory_grows_with_the_names_and_not_with_the_reports() -> None:
    peaks = []
    for count in (1_000, 1_000, 15_000):
        tracemalloc.start()
        make_tables(iter_reports(count, 1), MONTHS, PROVINCES)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < peaks[1] + 200_000
