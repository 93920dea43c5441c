"""Counts reports by status, band, office and month, and the views that folding duplicates saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from triage.jobs.judging.sampling import Ranking, measure_ranking
from triage.jobs.review.pairs import count_possible
from triage.jobs.session import Session
from triage.model.judgement import BANDS
from triage.model.users import Right
from triage.model.views import STATUSES
from triage.store.queries import bundles, destruction, judgement, list_matches, media, queue, reports, statistics

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """The figures of a store. They name no report and no person."""

    reports: int
    """Destroyed reports included: what was worked on does not shrink."""
    destroyed: int
    media: int
    by_status: dict[str, int]
    by_band: dict[str, int]
    by_office: dict[str, int]
    by_month: dict[str, int]
    set_aside: int
    ranking: Ranking
    """Tells whether the order of work is right, as far as outcomes show."""
    held_for_review: int
    """Hashes that match hundreds and wait for a lead (`triage held`)."""
    possible: int
    """Pictures that may be the same and wait for a person (`triage possible`)."""
    looks_avoided: int
    """Files beyond the first with the same bytes, and media items that match an earlier one."""


def load_statistics(session: Session) -> Statistics:
    """Returns the figures of the store."""
    session.require(Right.STATISTICS)
    with session.reading() as db:
        by_band, by_status = (
            _add_counts(queue.count_reports_by(db, c), destruction.count_destructions_by(db, c)) for c in ("band", "status")
        )
        by_office = _add_counts(queue.count_reports_by(db, "office"), destruction.count_destructions_by(db, "office"))
        offices, destroyed = judgement.load_codes(db, "office"), destruction.count_destructions(db)
        return Statistics(
            reports=reports.count_reports(db) + destroyed,
            destroyed=destroyed,
            media=media.count_media_items(db),
            by_status={status: by_status.get(i, 0) for i, status in enumerate(STATUSES)},
            by_band={band: by_band.get(i, 0) for i, band in enumerate(BANDS)},
            by_office={offices[i]: n for i, n in sorted(by_office.items())},
            by_month=dict(
                sorted(_add_counts(dict(queue.count_reports_by_month(db)), destruction.count_destructions_by_month(db)).items())
            ),
            ranking=measure_ranking(db),
            set_aside=bundles.count_set_aside(db),
            held_for_review=list_matches.count_undecided_held(db),
            possible=count_possible(db),
            looks_avoided=statistics.count_repeated_files(db) + statistics.count_media_matching_earlier(db),
        )


def _add_counts(one: dict[Key, int], other: dict[Key, int]) -> dict[Key, int]:
    """Adds two counts by key."""
    return {key: one.get(key, 0) + other.get(key, 0) for key in (*one, *other)}
