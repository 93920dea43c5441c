"""Makes the tables of a statistic from counted reports, with every count that is withheld already gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from triage.exports.suppression import MINIMUM, TOTAL, is_small, suppress_marks, suppress_pair, suppress_single
from triage.model.statistics import AGE_BANDS, NOT_STATED, OTHER, UNREADABLE, CountedReport, StatisticCell, StatisticTable

DIMENSIONS = ("month", "province", "esp", "type", "annotation", "outcome", "age_band")
PAIRS = (("month", "province"), ("type", "outcome"))
"""Tables of two dimensions. No dimension is in two of them, or they would have to be protected together."""
SINGLES = ("esp", "age_band")
NO_MARK = "none"
RESERVED = (TOTAL, NO_MARK, OTHER, NOT_STATED, UNREADABLE)
"""Names of ours; one that a report states is told apart from them."""
_OPEN = ("esp", "type", "outcome")
"""Dimensions whose names come from reports: a rare name could itself tell of one person, so it is counted as "other"."""


class _Counts:
    """What is counted of all reports of a period. It grows with the names that they state, not with the reports."""

    def __init__(self, reports: Iterable[CountedReport]) -> None:
        self.total = 0
        self.pairs: dict[tuple[str, str], Counter[tuple[str, str]]] = {pair: Counter() for pair in PAIRS}
        self.singles: dict[str, Counter[str]] = {name: Counter() for name in SINGLES}
        self.marks: Counter[frozenset[str]] = Counter()
        """By all marks that a report bears: a report with two rare marks is counted once as "other"."""
        for report in reports:
            self.total += 1
            for first, second in PAIRS:
                self.pairs[first, second][getattr(report, first), getattr(report, second)] += 1
            for name in SINGLES:
                self.singles[name][getattr(report, name)] += 1
            self.marks[report.annotations] += 1


def make_tables(reports: Iterable[CountedReport], months: Sequence[str], provinces: Sequence[str]) -> tuple[StatisticTable, ...]:
    """Returns the tables. `months` and `provinces` are listed also where nothing is counted. Keeps no report in memory."""
    counts = _Counts(reports)
    total = counts.total
    if is_small(total):
        names = (*DIMENSIONS, *(" and ".join(pair) for pair in PAIRS))
        return tuple(_make_withheld(name, _split(name), None) for name in names)
    listed = {"month": months, "province": provinces, "age_band": (*AGE_BANDS, NOT_STATED)}
    tables: dict[str, StatisticTable] = {}
    for pair in PAIRS:
        tables.update(_make_pair(pair, counts.pairs[pair], listed))
    for name in SINGLES:
        found = _list_counts(_join_rare(name, counts.singles[name]), listed.get(name, ()))
        tables[name] = _make_single(name, found, total, suppress_single(found))
    tables["annotation"] = _make_marks(counts.marks)
    return tuple(tables[name] for name in (*DIMENSIONS, *(" and ".join(pair) for pair in PAIRS)))


def _split(name: str) -> tuple[str, ...]:
    return tuple(name.split(" and "))


def _name(dimension: str, stated: str, often: Counter[str]) -> str:
    """Returns the name under which a report is counted; a rare name of an open dimension becomes "other"."""
    return OTHER if dimension in _OPEN and often[stated] < MINIMUM else stated


def _join_rare(dimension: str, counts: Counter[str]) -> Counter[str]:
    """Returns the counts of a dimension by the names under which reports are counted."""
    joined: Counter[str] = Counter()
    for stated, count in counts.items():
        joined[_name(dimension, stated, counts)] += count
    return joined


def _list_counts(counts: Counter[str], listed: Iterable[str]) -> dict[str, int]:
    """Returns name -> count in the order of a table; names that are always listed come first, also with 0."""
    first = {name: counts[name] for name in listed}
    return first | {name: counts[name] for name in sorted(counts, key=_order) if name not in first}


def _order(name: str) -> tuple[bool, str]:
    """Returns the key by which names are sorted. By their counts they must not be: the place would tell a withheld count."""
    return name in RESERVED, name


def _sum_side(counts: Counter[tuple[str, str]], side: int) -> Counter[str]:
    """Returns the counts of one dimension of two."""
    alone: Counter[str] = Counter()
    for names, count in counts.items():
        alone[names[side]] += count
    return alone


def _make_pair(
    pair: tuple[str, str], found: Counter[tuple[str, str]], listed: Mapping[str, Sequence[str]]
) -> dict[str, StatisticTable]:
    """Returns a table of two dimensions and those of each alone, which hold its totals."""
    total = found.total()
    stated = tuple(_sum_side(found, side) for side in (0, 1))
    inner: Counter[tuple[str, str]] = Counter()
    for (row, column), count in found.items():
        inner[_name(pair[0], row, stated[0]), _name(pair[1], column, stated[1])] += count
    first, second = (_list_counts(_sum_side(inner, side), listed.get(name, ())) for side, name in enumerate(pair))
    counts = {(row, column): inner[row, column] for row in first for column in second}
    hidden = suppress_pair(counts)
    name = " and ".join(pair)
    if hidden is None:
        alone = {
            each: _make_single(each, found, total, suppress_single(found))
            for each, found in zip(pair, (first, second), strict=True)
        }
        return {**alone, name: _make_withheld(name, pair, total)}
    rows = [((row, column), count) for (row, column), count in counts.items()]
    rows += [((row, TOTAL), count) for row, count in first.items()]
    rows += [((TOTAL, column), count) for column, count in second.items()]
    cells = [_make_cell(names, count, names in hidden) for names, count in rows]
    return {
        pair[0]: _make_single(pair[0], first, total, {(row,) for row in first if (row, TOTAL) in hidden}),
        pair[1]: _make_single(pair[1], second, total, {(column,) for column in second if (TOTAL, column) in hidden}),
        name: StatisticTable(name=name, dimensions=pair, cells=(*cells, _make_cell((TOTAL, TOTAL), total, False))),
    }


def _make_single(name: str, counts: Mapping[str, int], total: int, hidden: Iterable[tuple[str, ...]] | None) -> StatisticTable:
    """Returns a table of one dimension with its total."""
    if hidden is None:
        return _make_withheld(name, (name,), total)
    keys = set(hidden)
    cells = [_make_cell((each,), count, (each,) in keys) for each, count in counts.items()]
    return StatisticTable(name=name, dimensions=(name,), cells=(*cells, _make_cell((TOTAL,), total, False)))


def _make_marks(found: Counter[frozenset[str]]) -> StatisticTable:
    """Returns the table of marks. A report may bear several, so they add up to more than the total."""
    total, without = found.total(), found[frozenset()]
    often: Counter[str] = Counter()
    for marks, count in found.items():
        for mark in marks:
            often[mark] += count
    counts: Counter[str] = Counter()
    for marks, count in found.items():
        for name in {mark if often[mark] >= MINIMUM else OTHER for mark in marks}:
            counts[name] += count
    hidden = suppress_marks(counts, without, total)
    if hidden is None:
        return _make_withheld("annotation", ("annotation",), total)
    cells = [_make_cell((name,), counts[name], name in hidden) for name in sorted(counts, key=_order)]
    cells.append(_make_cell((NO_MARK,), without, "" in hidden))
    return StatisticTable(name="annotation", dimensions=("annotation",), cells=(*cells, _make_cell((TOTAL,), total, False)))


def _make_withheld(name: str, dimensions: Sequence[str], total: int | None) -> StatisticTable:
    """Returns a table of which only the grand total is said; without one, not even that."""
    last = StatisticCell(names=(TOTAL,) * len(dimensions), count=total)
    return StatisticTable(name=name, dimensions=tuple(dimensions), cells=(last,), withheld=True)


def _make_cell(names: tuple[str, ...], count: int, hidden: bool) -> StatisticCell:
    return StatisticCell(names=names, count=None if hidden else count)
