"""What a person's private account holds: settings for oneself, and the summary of one's own views."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateSettings:
    """What a person chose for themselves. Nobody else can read it."""

    keeps_away: tuple[str, ...] = ()
    """Kinds of warning, see `triage.wellbeing.WARNING_KINDS`."""
    calm_screen: bool = False
    """Whether a calm screen stands between two reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastFolders:
    """Where a person's last dialogs for files were; empty before the first one. A folder's name can tell of a case."""

    read: str = ""
    written: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayViews:
    """One's own views of one day in Pakistan. `grave` counts those with a warning."""

    day: str
    views: int
    seconds: float
    grave: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureSummary:
    """One's own views. Field names are the JSON keys of `triage exposure`."""

    views: int
    seconds: float
    by_step: dict[str, int]
    by_warning: dict[str, int]
    avoided_exact: int
    """Files of one's own reports that need no view, since the same bytes were graded, are listed, or were viewed before."""
    avoided_near: int
    """Files of one's own reports that need no view, since they inherited the grade of a matching image."""
    by_day: tuple[DayViews, ...] = ()
    """The newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamWeekTotal:
    """Views of a finished week by all people together; figures are None where too few people viewed to tell them apart."""

    week: str
    views: int | None
    minutes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnOutcome:
    """What became of a report on which one worked."""

    report_id: str
    worked: str
    """One's own last act on it, ISO 8601 UTC."""
    status: str
    reason: str | None
    case: str | None
    stage: str | None
    since: str
    """Since when it stands there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAwayReport:
    """An open report that is assigned to oneself and has a warning of a kind from which one keeps away."""

    report_id: str
    band: str
    kinds: tuple[str, ...]
