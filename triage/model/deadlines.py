"""Which deadlines of a report still run. A deadline that passed never hides one that runs.

A duty of a person (tell the Court, end a stage) runs until it is done, and is overdue after its time. Data that ran out may
still exist, so people ask for it all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from triage.model.judgement import Clock
from triage.model.moment import parse_utc


def is_running(clock: Clock, now: datetime) -> bool:
    """Returns whether a deadline still runs."""
    return clock.duty or parse_utc(clock.due) >= now


def is_overdue(clock: Clock, now: datetime) -> bool:
    """Returns whether a duty was not done in time."""
    return clock.duty and parse_utc(clock.due) < now


def find_next_deadline(clocks: Sequence[Clock], now: datetime) -> Clock | None:
    """Returns the next deadline that still runs, or None."""
    running = (clock for clock in clocks if is_running(clock, now))
    return min(running, key=lambda clock: (clock.due, clock.name), default=None)
