"""Figures for leads: where reports stand too long, what expires soon, and what share becomes a case.

Each figure carries a `Behind`: which reports it counts, so that a click lists them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from triage.model.views import QueueRow

FunnelPlaceName = Literal[
    "received", "judged", "folded as duplicates", "assigned", "requested from operators and providers", "answered", "in a case",
    "FIR", "challan", "trial",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """Which reports a figure counts: those that fit every field that is given. Times are seconds since 1970."""

    bands: tuple[str, ...] = ()
    office: str | None = None
    """An office; "" for none."""
    open_only: bool = False
    """Without an outcome: new, in progress, on hold."""
    received_from: int | None = None
    received_before: int | None = None
    received_unknown: bool = False
    assignee: str | None = None
    """A user; "" for nobody."""
    due_from: int | None = None
    due_before: int | None = None
    due_name: str | None = None
    overdue_duty: bool = False
    """With a duty of a person that is past its deadline."""
    provider: str | None = None
    """A provider; "" for not stated."""
    in_case: bool = False
    finished_by: str | None = None
    finished_since: str | None = None
    """ISO 8601 UTC; goes with `finished_by`."""
    sample_week: str | None = None
    sample: Literal["completed", "hits"] | None = None
    """Completed sampled reports of bands D and E, or those of them that became a case or a referral."""
    funnel: FunnelPlaceName | None = None
    imported_from: str = ""
    imported_before: str = "9"
    """The period of the funnel, ISO 8601 UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsBehind:
    """The reports behind a figure, gravest first; `rows` are the first ones of `total`."""

    total: int
    rows: tuple[QueueRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number and which reports it counts. `name` is what it stands for, in the place where it stands."""

    name: str
    reports: int
    behind: Behind


@dataclass(frozen=True, slots=True, kw_only=True)
class BacklogPart:
    """Open reports of one band in one column: an age, or an office."""

    band: str
    column: str
    reports: int
    behind: Behind


@dataclass(frozen=True, slots=True, kw_only=True)
class DueWeek:
    """Deadlines of open reports that run out within a week. `day` is its first day in Pakistan, `name` says what expires."""

    day: str
    name: str
    reports: int
    behind: Behind


@dataclass(frozen=True, slots=True, kw_only=True)
class OldestReport:
    """The open report of a band that was received first."""

    band: str
    report_id: str
    days: int
    assignee: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRate:
    """Reports received in a month (YYYY-MM), and those of them that are in a case."""

    month: str
    received: int
    cases: int
    behind: Behind

    @property
    def per_100_000(self) -> float:
        """Returns the cases per 100,000 received reports."""
        return round(self.cases * 100_000 / self.received, 1) if self.received else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLoad:
    """The work of one person: open reports, and reports finished in the last 7 days. Exposure is never in it."""

    person: str
    open: int
    finished: int
    open_behind: Behind
    finished_behind: Behind


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRate:
    """The reports of one provider, and how many of them are in a case. `name` is None where it is not stated."""

    name: str | None
    reports: int
    cases: int
    behind: Behind

    @property
    def per_100_000(self) -> float:
        """Returns the cases per 100,000 reports."""
        return round(self.cases * 100_000 / self.reports, 1) if self.reports else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MissRate:
    """The completed sampled reports of bands D and E of a week (None: of all weeks), and the hits among them.

    `low` and `high` are the bounds of Wilson's interval at 95 %.
    """

    week: str | None
    hits: int
    of: int
    low: float
    high: float
    behind: Behind
    hits_behind: Behind


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFigures:
    """All figures of the leads' page at one moment. `office` narrows those of reports, not those of people and samples."""

    made: str
    office: str | None
    offices: tuple[str, ...]
    received: int
    """Reports in the view, with an outcome or without."""
    open: int
    inflow_days: tuple[Figure, ...]
    inflow_weeks: tuple[Figure, ...]
    by_age: tuple[BacklogPart, ...]
    by_office: tuple[BacklogPart, ...]
    due: tuple[DueWeek, ...]
    overdue_duties: Figure
    oldest: tuple[OldestReport, ...]
    months: tuple[MonthRate, ...]
    load: tuple[PersonLoad, ...]
    unassigned: Figure
    providers: tuple[ProviderRate, ...]
    missed: MissRate
    missed_weeks: tuple[MissRate, ...]
