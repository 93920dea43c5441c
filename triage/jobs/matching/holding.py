"""Holds hashes that match too many files: they have no effect until a lead decides."""

from __future__ import annotations

from triage import limits
from triage.jobs.session import now
from triage.store.batch import Batch
from triage.store.queries import judgement, list_matches, media_matches

CONFIRMED = "confirmed"


def hold_frequent_hashes(batch: Batch) -> int:
    """Holds hashes that match too many files by now and were not held before; returns how many.

    Reports for which they counted become stale.
    """
    new = 0
    for value in list_matches.list_hashes_to_hold(batch, limits.HELD_FROM):
        files, places = list_matches.count_matches_of_hash(batch, value)
        if min(files, places) >= limits.HELD_FROM:
            _record_held(batch, list_matches.hold_hash(batch, now(), value=value), files, places)
            judgement.mark_stale(batch, list_matches.list_reports_matching_hash(batch, value))
            new += 1
    for medium_id in media_matches.list_hubs(batch):
        if list_matches.find_held_hub(batch, medium_id) is not None:
            continue
        files = media_matches.count_hub_members(batch, medium_id)
        if files < limits.HELD_FROM:
            continue
        places = media_matches.count_hub_reports(batch, medium_id)
        if places >= limits.HELD_FROM:
            _record_held(batch, list_matches.hold_hash(batch, now(), medium_id=medium_id), files, places)
            new += 1
    return new


def _record_held(batch: Batch, held_id: int, files: int, places: int) -> None:
    """Adds the audit log entry of a held hash."""
    batch.note("hash held for review", held=held_id, files=files, reports=places)
