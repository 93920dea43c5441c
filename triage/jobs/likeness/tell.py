"""Whom a sweep tells of what it finds: screens show it while the sweep goes on."""

from __future__ import annotations

from collections.abc import Callable, Collection

from triage.jobs.session import Session
from triage.store.queries import media, reports

OnFound = Callable[[frozenset[str]], None]
"""Hears the numbers of the reports whose files were found alike, or possibly alike, just now."""


def ignore_found(_: frozenset[str]) -> None:
    """For callers that do not want to know."""


def tell_found(session: Session, media_ids: Collection[int], on_found: OnFound) -> None:
    """Of the reports that hold these media, if there are any media."""
    if media_ids and on_found is not ignore_found:
        with session.reading() as db:
            holding = {i for held in media.reports_holding(db, sorted(media_ids)).values() for i in held}
            numbers = reports.numbers(db, holding)
        on_found(frozenset(numbers.values()))
