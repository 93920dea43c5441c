"""An attacker with all published counts and a linear program learns no withheld count, and none to a narrow range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain, combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exports.linear_program import find_range
from tests.thorough import count_examples
from triage.exports.statistic_tables import DIMENSIONS, make_tables
from triage.exports.suppression import (
    LEAST_WIDTH,
    MINIMUM,
    TOTAL,
    _marks_are_safe,
    is_small,
    suppress_marks,
    suppress_pair,
    suppress_single,
)
from triage.model.statistics import CountedReport, StatisticTable

Cell = frozenset[tuple[str, str]]
SMALL = st.one_of(st.integers(0, 6), st.sampled_from([0, 0, 1, 1, 2, 5, 9, 14, 60]))


def attack(tables: Sequence[StatisticTable]) -> list[tuple[Cell, int, int]]:
    """Returns each withheld count with the range to which all published counts together narrow it, as whole numbers."""
    said: dict[Cell, int | None] = {}
    equations: list[tuple[list[Cell], Cell]] = []
    for table in tables:
        if table.name == "annotation":
            continue  # marks do not add up; they have a test of their own
        names = []
        for cell in table.cells:
            key = frozenset(each for each in zip(table.dimensions, cell.names, strict=True) if each[1] != TOTAL)
            assert said.setdefault(key, cell.count) == cell.count, "one number is published in two ways"
            names.append(cell.names)
        if table.withheld:
            continue
        for at, dimension in enumerate(table.dimensions):
            for rest in {(*n[:at], *n[at + 1 :]) for n in names}:
                fixed = dict(zip((*table.dimensions[:at], *table.dimensions[at + 1 :]), rest, strict=True))
                whole = frozenset(each for each in fixed.items() if each[1] != TOTAL)
                parts = [whole | {(dimension, n[at])} for n in names if (*n[:at], *n[at + 1 :]) == rest and n[at] != TOTAL]
                equations.append((parts, whole))
    unknown = sorted((key for key, count in said.items() if count is None), key=sorted)
    place = {key: n for n, key in enumerate(unknown)}
    system = []
    for parts, whole in equations:
        factors: Counter[int] = Counter()
        total = 0
        for key, sign in (*((part, 1) for part in parts), (whole, -1)):
            count = said[key]
            if count is None:
                factors[place[key]] += sign
            else:
                total -= sign * count
        if any(factors.values()):
            system.append((dict(factors), total))
        else:
            assert total == 0
    found = []
    for key in unknown:
        low, high = find_range(system, len(unknown), place[key], 1)
        found.append((key, -(-low.numerator // low.denominator), high.numerator // high.denominator))
    return found


def report(**changed: object) -> CountedReport:
    usual: dict[str, object] = {
        "month": "2026-10", "province": "PB", "esp": "Lantern Chat", "type": "t", "outcome": "new", "age_band": "not stated",
        "annotations": frozenset(),
    }  # fmt: skip
    return CountedReport(**usual | changed)  # type: ignore[arg-type]


def from_pair(counts: dict[tuple[str, str], int]) -> list[CountedReport]:
    return [report(month=m, province=p) for (m, p), count in counts.items() for _ in range(count)]


PAIRS = st.integers(2, 4).flatmap(
    lambda columns: st.lists(st.lists(SMALL, min_size=columns, max_size=columns), min_size=2, max_size=4)
)


@settings(max_examples=count_examples(50), deadline=None)
@given(PAIRS)
def test_no_withheld_count_of_a_table_can_be_worked_out(rows: list[list[int]]) -> None:
    counts = {(f"2026-{m + 1:02}", f"P{p}"): count for m, row in enumerate(rows) for p, count in enumerate(row)}
    total = sum(counts.values())
    tables = make_tables(from_pair(counts), sorted({m for m, _ in counts}), sorted({p for _, p in counts}))
    if is_small(total):
        assert all(cell.count is None for table in tables for cell in table.cells)
        return
    for _, low, high in attack([table for table in tables if table.name in ("month", "province", "month and province")]):
        assert high - low >= LEAST_WIDTH
        assert low == 1 or high >= MINIMUM
    for table in tables:
        for cell in table.cells:
            assert cell.count is None or not is_small(cell.count)


@settings(max_examples=count_examples(25), deadline=None)
@given(
    st.lists(
        st.builds(
            report,
            month=st.sampled_from(["2026-09", "2026-10"]),
            province=st.sampled_from(["PB", "SD"]),
            esp=st.sampled_from("aaaabbc"),
            type=st.sampled_from(["t", "t", "t", "u"]),
            outcome=st.sampled_from(["new", "new", "closed, duplicate"]),
            age_band=st.sampled_from(["6 to 9", "not stated", "not stated"]),
            annotations=st.frozensets(st.sampled_from(["viral", "sextortion"])),
        ),
        max_size=70,
    )
)
def test_no_withheld_count_can_be_worked_out_from_all_tables_together(reports: list[CountedReport]) -> None:
    tables = make_tables(reports, ("2026-09", "2026-10"), ("PB", "SD", "KP"))
    assert [table.name for table in tables] == [*DIMENSIONS, "month and province", "type and outcome"]
    if not is_small(len(reports)):
        for _, low, high in attack(tables):
            assert high - low >= LEAST_WIDTH


@settings(max_examples=count_examples(60), deadline=None)
@given(st.dictionaries(st.sampled_from("abcdef"), SMALL, min_size=1))
def test_a_table_of_one_dimension_hides_two_or_none(counts: dict[str, int]) -> None:
    if is_small(sum(counts.values())):
        return
    hidden = suppress_single(counts)
    if hidden is not None:
        assert {(name,) for name, count in counts.items() if is_small(count)} <= hidden
        assert len(hidden) != 1


@settings(max_examples=count_examples(60), deadline=None)
@given(st.lists(st.frozensets(st.sampled_from("abc")), min_size=5, max_size=14))
def test_marks_that_do_not_add_up_are_hidden_too(reports: list[frozenset[str]]) -> None:
    counts = Counter(mark for marks in reports for mark in marks)
    without, total = sum(not marks for marks in reports), len(reports)
    hidden = suppress_marks(counts, without, total)
    if hidden is None:
        return
    assert {name for name, count in counts.items() if is_small(count)} <= hidden
    unknown = sorted(hidden)
    shown = {name: count for name, count in counts.items() if name not in hidden}
    possible = []
    for guess in product(range(1, total + 1), repeat=len(unknown)):
        guessed = dict(zip(unknown, guess, strict=True))
        none = guessed.pop("", without)
        every = [*shown.values(), *guessed.values()]
        if max(every, default=0) <= total - none <= sum(every):  # such sets of reports exist then, and only then
            possible.append(guess)
    for at in range(len(unknown)):
        values = [guess[at] for guess in possible]
        assert max(values) - min(values) >= LEAST_WIDTH


def list_ranges(shown: dict[str, int], hidden: set[str], without: int, total: int) -> list[tuple[int, int]]:
    """Returns the least and the most that each withheld count of marks can be, found by trying all."""
    marks = sorted(hidden - {""})
    seen: dict[str, list[int]] = {name: [] for name in hidden}
    for none in range(1, total + 1) if "" in hidden else (without,):
        bearing = total - none
        for guess in product(range(1, bearing + 1), repeat=len(marks)):
            every = [*shown.values(), *guess]
            if max(every, default=0) <= bearing <= sum(every):
                for name, value in zip((*marks, *({""} & hidden)), (*guess, none), strict=False):
                    seen[name].append(value)
    return [(min(values), max(values)) for values in seen.values()]


@pytest.mark.parametrize("names", ["a", "ab"])
def test_marks_are_safe_when_no_count_falls_in_a_narrow_range_and_only_then(names: str) -> None:
    tried = Counter[bool]()
    for values in product(range(1, 9), repeat=len(names)):
        counts = dict(zip(names, values, strict=True))
        for bearing, without in product(range(max(values), sum(values) + 1), range(7)):
            for hidden in map(set, chain.from_iterable(combinations((*names, ""), n) for n in (1, 2, 3))):
                if "" in hidden and not without:
                    continue
                shown = {name: count for name, count in counts.items() if name not in hidden}
                ranges = list_ranges(shown, hidden, without, bearing + without)
                safe = all(most - least >= LEAST_WIDTH for least, most in ranges)
                found = _marks_are_safe(counts, without, bearing + without, hidden)
                assert found == safe, (counts, without, bearing + without, hidden, ranges)
                tried[safe] += 1
    assert min(tried[True], tried[False]) > 30


def test_a_chain_of_single_withheld_cells_is_closed() -> None:
    """Each row and column has two withheld cells or none, and still a sum over rows gives the last one away."""
    counts = {("r1", "c1"): 2, ("r1", "c2"): 30, ("r2", "c1"): 40, ("r2", "c2"): 50, ("r3", "c1"): 9, ("r3", "c2"): 8}
    hidden = suppress_pair(counts)
    assert hidden is not None and ("r1", "c1") in hidden
    assert len(hidden) == 4 and all(TOTAL not in key for key in hidden), "a rectangle, and no total"


def test_zeros_are_published_and_help_nobody() -> None:
    counts = {("r1", "c1"): 3, ("r1", "c2"): 0, ("r2", "c1"): 20, ("r2", "c2"): 20}
    hidden = suppress_pair(counts)
    assert hidden is not None and ("r1", TOTAL) in hidden and ("r1", "c2") not in hidden


@pytest.mark.parametrize("total", range(1, MINIMUM))
def test_a_total_that_is_small_is_all_that_is_withheld(total: int) -> None:
    tables = make_tables([report() for _ in range(total)], ("2026-10",), ("PB",))
    assert all(table.withheld and [cell.count for cell in table.cells] == [None] for table in tables)


def test_the_order_of_rows_tells_no_withheld_count() -> None:
    """Sorted by counts, a withheld one would lie between its neighbours."""
    often = {"zebra": 3, "yak": 300, "ant": 40, "bee": 7, "cat": 1}
    reports = [report(esp=name, annotations=frozenset({name}), type=name) for name, count in often.items() for _ in range(count)]
    for table in make_tables(reports, ("2026-10",), ("PB",)):
        names = [cell.names[0] for cell in table.cells[:-1]]
        if table.name in ("esp", "annotation", "type"):
            assert names[:3] == ["ant", "bee", "yak"] and set(names[3:]) <= {"other", "none"}


def test_nothing_received_is_said() -> None:
    tables = make_tables([], ("2026-10",), ("PB",))
    assert all(cell.count == 0 for table in tables for cell in table.cells)
    assert not any(table.withheld for table in tables)
