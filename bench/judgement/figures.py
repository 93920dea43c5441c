"""Figures of judged months: recall of the grave at a fixed workload, and the share of false reports in bands A and B."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.judgement.judging import JudgedReport
from bench.judgement.months import Truth
from bench.judgement.orders import sort_by_all
from bench.judgement.sentences import TRAPS

WORKLOADS = (0.01, 0.05, 0.10, 0.20)
Z = 1.96  # of a normal distribution, for an interval of 95 %
GROUPED_AT = 0.05  # workload of the figures by group
ONLY_GRAVE = ("words only, by language", "told by", "danger")
"""Groups of grave reports only, of which no share can be false."""
Queue = Sequence[JudgedReport]


@dataclass(frozen=True, slots=True)
class Share:
    """`found` of `of`, with Wilson's interval at 95 %."""

    found: int
    of: int
    value: float | None
    low: float
    high: float

    def __str__(self) -> str:
        if self.value is None:
            return "none"
        return f"{self.value:.0%} ({self.low:.0%} to {self.high:.0%}, {self.found} of {self.of})"


def share_of(found: int, of: int) -> Share:
    """Returns a share with Wilson's interval; of nothing it is not known, and may be anything."""
    if not of:
        return Share(0, 0, None, 0.0, 1.0)
    p, z2 = found / of, Z * Z / of
    middle, half = (p + z2 / 2) / (1 + z2), Z / (1 + z2) * math.sqrt(p * (1 - p) / of + z2 / (4 * of))
    return Share(found, of, p, max(0.0, middle - half), min(1.0, middle + half))


def first_of(queue: Queue, workload: float) -> Queue:
    """Returns the reports that fit into a workload, a share of the queue."""
    return queue[: round(workload * len(queue))]


def measure_recall(months: Sequence[Queue], workload: float, group: Callable[[JudgedReport], bool] = lambda _: True) -> Share:
    """Returns the share of the grave reports of a group that stand among the first of their own month."""
    grave = sum(j.truth.grave and group(j) for month in months for j in month)
    found = sum(j.truth.grave and group(j) for month in months for j in first_of(month, workload))
    return share_of(found, grave)


def measure_false(months: Iterable[Queue], bands: str, group: Callable[[JudgedReport], bool] = lambda _: True) -> Share:
    """Returns the share of reports in some bands that are not grave."""
    there = [j for month in months for j in month if j.band in bands and group(j)]
    return share_of(sum(not j.truth.grave for j in there), len(there))


Group = Callable[[JudgedReport], bool]


def _groups(months: Sequence[Queue]) -> dict[str, dict[str, Group]]:
    every = [j.truth for month in months for j in month]
    grave = [truth for truth in every if truth.grave]
    return {
        "language": _group_by(lambda truth: truth.language, every),
        "words only, by language": _group_by(lambda truth: truth.language if truth.way == "words only" else "", grave),
        "provider": _group_by(lambda truth: truth.profile, every),
        "told by": _group_by(lambda truth: truth.way, grave),
        "danger": _group_by(lambda truth: truth.about, grave),
    }


def _group_by(read: Callable[[Truth], str], truths: Sequence[Truth]) -> dict[str, Group]:
    """Returns a group for each value that is not empty, by its name."""

    def is_one(name: str) -> Group:
        return lambda judged: read(judged.truth) == name

    return {name: is_one(name) for name in sorted({read(truth) for truth in truths}) if name}


def measure(months: Sequence[Queue]) -> dict[str, Any]:
    """Returns all figures of some judged months, each of them in queue order, as plain data."""
    by_order: defaultdict[str, list[Queue]] = defaultdict(list)
    for month in months:
        for name, order in sort_by_all(month).items():
            by_order[name].append(order)
    every = [j for month in months for j in month]
    harmless = [j for j in every if not j.truth.grave]
    return {
        "reports": len(every),
        "grave": len(every) - len(harmless),
        "bands": {band: sum(j.band == band for j in every) for band in "ABCDE"},
        "recall": {
            name: {f"{workload:.0%}": asdict(measure_recall(orders, workload)) for workload in WORKLOADS}
            for name, orders in by_order.items()
        },
        "false": {bands: asdict(measure_false(months, bands)) for bands in ("A", "B", "AB")},
        "grave in A or B": asdict(share_of(sum(j.truth.grave and j.band in "AB" for j in every), len(every) - len(harmless))),
        "groups": {
            kind: {
                name: {"recall": asdict(measure_recall(months, GROUPED_AT, group))}
                | ({} if kind in ONLY_GRAVE else _false_by_band(months, group))
                for name, group in groups.items()
            }
            for kind, groups in _groups(months).items()
        },
        "harmless raised by": {
            band: dict(Counter(rule for j in harmless if j.band == band for rule in _raised_by(j)).most_common()) for band in "AB"
        },
        "harmless in A": {
            name or "none of these": asdict(share_of(sum(j.band == "A" for j in some), len(some)))
            for name in (*TRAPS, None)
            for some in [[j for j in harmless if j.truth.trap == name]]
        },
    }


def _raised_by(judged: JudgedReport) -> tuple[str, ...]:
    """Returns the rules whose minimum band a card stands in; "points" when it stands there by its points."""
    return tuple(f.rule for f in judged.card.factors if f.axis == "floor" and f.band == judged.band) or ("points",)


def _false_by_band(months: Sequence[Queue], group: Callable[[JudgedReport], bool]) -> dict[str, Any]:
    return {f"false {band}": asdict(measure_false(months, band, group)) for band in "AB"}
