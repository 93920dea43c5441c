"""The funnel: how many of the received reports reached each step, where reports stand, and which are overdue."""

from __future__ import annotations

from dataclasses import dataclass

from triage.model.casework import Stage
from triage.model.views import Status

WITHOUT_OUTCOME: tuple[Status, ...] = ("new", "in_progress", "on_hold")
"""A report that stands here has no outcome, unless it is in a case."""
IN_CASE = "in a case, status open"
"""The outcome of reports in a case whose status nobody closed. It has a name of its own, since queue and statistics count these
reports under their open status, and "case opened" is a status that a person sets."""
REGION_CASES_PER_100_000 = 2380
"""Cases per 100,000 reports that were sent to Pakistan, India and the Philippines together. An office can compare its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStep:
    """How many reports reached a step, at whatever step they stand now."""

    step: str
    reports: int
    per_100_000: float | None
    """Of the received reports; None when none was received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelOutcome:
    """How many reports ended in one way. `reason` is None where whoever decided gave none."""

    status: str
    reason: str | None
    reports: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelPlace:
    """Reports without an outcome that have one status and are in no case, or cases at one stage.

    One of `status` and `stage` is None. Queue and statistics count all reports of a status, so they count more.
    """

    status: Status | None = None
    stage: Stage | None = None
    count: int
    overdue: int
    """Of these: past the deadline of their band, or of the stage of their case."""
    longest_days: int | None
    """Full days that the longest-standing one has been there; None when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """What became of all reports that were imported in a period.

    `since` and `until` are days in Pakistan, both included; None is unbounded.
    """

    since: str | None
    until: str | None
    steps: tuple[FunnelStep, ...]
    outcomes: tuple[FunnelOutcome, ...]
    without_outcome: int
    standing: tuple[FunnelPlace, ...]
    overdue: int
    region_cases_per_100_000: int = REGION_CASES_PER_100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueReport:
    """A report that has no outcome after the deadline of its band."""

    report_id: str
    band: str
    imported: str
    due: str
    days_over: int
    status: str
    assignee: str | None
    office: str | None
