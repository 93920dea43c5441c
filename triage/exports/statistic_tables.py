"""Makes the tables of a statistic from counted reports, with every count that is withheld already gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from triage.exports.suppression import MINIMUM, TOTAL, is_small, suppress_marks, suppress_pair, suppress_single
from triage.model.statistics import AGE_BANDS, NOT_STATED, OTHER, CountedReport, StatisticCell, StatisticTable

DIMENSIONS = ("month", "province", "esp", "type", "annotation", "outcome", "age_band")
PAIRS = (("month", "province"), ("type", "outcome"))
"""Tables of two dimensions. No dimension is in two of them, or they would have to be protected together."""
SINGLES = ("esp", "age_band")
NO_MARK = "none"
RESERVED = (TOTAL, NO_MARK, OTHER, NOT_STATED)
"""Names of ours; one that a report states is told apart from them."""
_OPEN = ("esp", "type", "outcome")
"""Dimensions whose names come from reports: a rare name could itself tell of one person, so it is counted as "other"."""


def make_tables(reports: Sequence[CountedReport], months: Sequence[str], provinces: Sequence[str]) -> tuple[StatisticTable, ...]:
    """Returns the tables. `months` and `provinces` are listed also where nothing is counted."""
    total = len(reports)
    if is_small(total):
        names = (*DIMENSIONS, *(" and ".join(pair) for pair in PAIRS))
        return tuple(_make_withheld(name, _split(name), None) for name in names)
    listed = {"month": months, "province": provinces, "age_band": (*AGE_BANDS, NOT_STATED)}
    read = {name: _make_reader(name, reports) for name in ("month", "province", *_OPEN, "age_band")}
    tables: dict[str, StatisticTable] = {}
    for pair in PAIRS:
        tables.update(_make_pair(pair, reports, read, listed))
    for name in SINGLES:
        counts = _count((read[name](report) for report in reports), listed.get(name, ()))
        tables[name] = _make_single(name, counts, total, suppress_single(counts))
    tables["annotation"] = _make_marks(reports)
    return tuple(tables[name] for name in (*DIMENSIONS, *(" and ".join(pair) for pair in PAIRS)))


def _split(name: str) -> tuple[str, ...]:
    return tuple(name.split(" and "))


def _make_reader(name: str, reports: Sequence[CountedReport]) -> Callable[[CountedReport], str]:
    """Returns what reads the name of a report in a dimension; rare names of an open dimension become "other"."""
    if name not in _OPEN:
        return lambda report: str(getattr(report, name))
    often = Counter(str(getattr(report, name)) for report in reports)
    return lambda report: each if often[each := str(getattr(report, name))] >= MINIMUM else OTHER


def _count(names: Iterable[str], listed: Iterable[str]) -> dict[str, int]:
    """Returns name -> count; names that are always listed come first, also with 0."""
    counts = Counter(names)
    return {name: counts.pop(name, 0) for name in listed} | {name: counts[name] for name in sorted(counts, key=_order)}


def _order(name: str) -> tuple[bool, str]:
    """Returns the key by which names are sorted. By their counts they must not be: the place would tell a withheld count."""
    return name in RESERVED, name


def _make_pair(
    pair: tuple[str, str],
    reports: Sequence[CountedReport],
    read: Mapping[str, Callable[[CountedReport], str]],
    listed: Mapping[str, Sequence[str]],
) -> dict[str, StatisticTable]:
    """Returns a table of two dimensions and those of each alone, which hold its totals."""
    total = len(reports)
    first, second = (_count((read[name](report) for report in reports), listed.get(name, ())) for name in pair)
    inner = Counter((read[pair[0]](report), read[pair[1]](report)) for report in reports)
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


def _make_marks(reports: Sequence[CountedReport]) -> StatisticTable:
    """Returns the table of marks. A report may bear several, so they add up to more than the total."""
    total = len(reports)
    often = Counter(mark for report in reports for mark in report.annotations)
    counts = Counter(
        name for report in reports for name in {mark if often[mark] >= MINIMUM else OTHER for mark in report.annotations}
    )
    without = sum(not report.annotations for report in reports)
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
