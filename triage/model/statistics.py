"""Counts that leave the office: the reports of a period by what they are and what became of them, without any person."""

from __future__ import annotations

from dataclasses import dataclass

AGE_BANDS = ("0 to 5", "6 to 9", "10 to 12", "13 to 15", "16 to 17")
NOT_STATED, OTHER = "not stated", "other"
UNREADABLE = "could not be read"
"""Of a report whose stored documents are damaged: what they state is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedReport:
    """What is counted of one report."""

    month: str
    """Of the receipt in Pakistan's time, YYYY-MM."""
    province: str
    esp: str
    type: str
    outcome: str
    age_band: str
    """Of the youngest child whose age is stated."""
    annotations: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days of a statistic, both included, as YYYY-MM-DD in Pakistan's time."""

    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticCell:
    """One count. `names` has a name for each dimension of its table, in their order."""

    names: tuple[str, ...]
    count: int | None
    """None: withheld."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticTable:
    """One table. Its last cell is the grand total."""

    name: str
    dimensions: tuple[str, ...]
    cells: tuple[StatisticCell, ...]
    withheld: bool = False
    """All but the grand total is left out: nothing less would have protected the small counts."""
