"""Counts by status, band, office and month, and looks avoided by folding duplicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from triage.jobs.judging.sampling import Ranking, ranking
from triage.jobs.review.pairs import count_possible
from triage.jobs.session import Session
from triage.model.judgement import BANDS
from triage.model.users import Right
from triage.model.views import STATUSES
from triage.store.queries import bundles, destruction, judgement, list_near, media, queue, reports, statistics

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    reports: int
    """With those that were destroyed: what was worked on does not shrink."""
    destroyed: int
    media: int
    by_status: dict[str, int]
    by_band: dict[str, int]
    by_office: dict[str, int]
    by_month: dict[str, int]
    set_aside: int
    ranking: Ranking
    """Whether the order of work is right, as far as outcomes tell."""
    held_for_review: int
    """Hashes that match hundreds and wait for a lead (`triage held`)."""
    possible: int
    """Pictures that may be the same and wait for a person (`triage possible`)."""
    looks_avoided: int
    """Occurrences of media beyond the first of the same bytes, and pictures like one that was there before."""


def stats(session: Session) -> Statistics:
    session.require(Right.STATISTICS)
    with session.reading() as db:
        by_band, by_status = (_sum(queue.count_by(db, c), destruction.count_by(db, c)) for c in ("band", "status"))
        by_office = _sum(queue.count_by(db, "office"), destruction.count_by(db, "office"))
        offices, destroyed = judgement.codes(db, "office"), destruction.count(db)
        return Statistics(
            reports=reports.count(db) + destroyed,
            destroyed=destroyed,
            media=media.count(db),
            by_status={status: by_status.get(i, 0) for i, status in enumerate(STATUSES)},
            by_band={band: by_band.get(i, 0) for i, band in enumerate(BANDS)},
            by_office={offices[i]: n for i, n in sorted(by_office.items())},
            by_month=dict(sorted(_sum(dict(queue.count_by_month(db)), destruction.count_by_month(db)).items())),
            ranking=ranking(db),
            set_aside=bundles.count_set_aside(db),
            held_for_review=list_near.count_held(db),
            possible=count_possible(db),
            looks_avoided=statistics.repeated_occurrences(db) + statistics.pictures_like_an_earlier(db),
        )


def _sum(one: dict[Key, int], other: dict[Key, int]) -> dict[Key, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in (*one, *other)}
