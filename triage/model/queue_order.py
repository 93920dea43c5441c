"""How people sort, page and narrow the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from triage.model.views import STATUSES, QueueFilter, QueueRow

QueueColumn = Literal[
    "priority",
    "risk",
    "actionability",
    "deadline",
    "received",
    "provider",
    "incident_type",
    "province",
    "office",
    "status",
    "assignee",
]
QueueFacet = Literal["band", "status", "office", "assignee", "provider", "incident_type", "flag", "language", "province"]


@dataclass(frozen=True, slots=True)
class QueueOrder:
    """The column by which the queue is sorted. Reports without a value come last either way.

    "priority" is band, risk, actionability, next running deadline, report number. It also orders reports that are equal in
    another column. "deadline" is the time left of the next running deadline. Words are in alphabetical order, statuses in that
    of work.
    """

    column: QueueColumn = "priority"
    descending: bool = False
    """From the highest to the lowest: the latest, the riskiest, the end of the alphabet. "priority": the least urgent first."""


@dataclass(frozen=True, slots=True)
class QueueWindow:
    """The rows of the queue from `start` on, and how many reports the filter lets through."""

    rows: tuple[QueueRow, ...]
    total: int
    start: int
    stored: int
    """All reports of the store at that moment, so that what comes later can be told."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet, and the number of reports that have it. "" counts those without one."""

    value: str
    count: int


EXPIRING_DAYS = 30
PRESERVE_NOW = QueueFilter(
    statuses=tuple(status for status in STATUSES if status != "closed"), preserve_within_days=EXPIRING_DAYS
)
"""The lane "preserve now": evidence that expires soon, across bands. Closed reports need no preservation. Referred
ones and those of a case do: their data runs out all the same."""


def choose_values(value: str | None) -> tuple[str, ...]:
    """Returns the wanted values of a facet for one that was named, or for none."""
    return () if value is None else (value,)
