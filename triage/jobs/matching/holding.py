"""Holds hashes that match too many files: they have no effect until a lead decides."""

from __future__ import annotations

from triage import limits
from triage.jobs.session import now
from triage.store.batch import Batch
from triage.store.queries import judgement, likeness, list_near

CONFIRMED = "confirmed"


def hold_crowded(batch: Batch) -> int:
    """Hold what matches too many by now and was not held before; how many. Reports it counted for become stale."""
    new = 0
    for value in list_near.crowded(batch, limits.HELD_FROM):
        files, places = list_near.spread(batch, value)
        if min(files, places) >= limits.HELD_FROM:
            _note(batch, list_near.hold(batch, now(), value=value), files, places)
            judgement.mark_stale(batch, list_near.reports_near(batch, value))
            new += 1
    for medium_id in likeness.crowds(batch):
        files = likeness.crowd_size(batch, medium_id)
        if files < limits.HELD_FROM or list_near.of_crowd(batch, medium_id) is not None:
            continue
        places = likeness.crowd_places(batch, medium_id)
        if places >= limits.HELD_FROM:
            _note(batch, list_near.hold(batch, now(), medium_id=medium_id), files, places)
            new += 1
    return new


def _note(batch: Batch, held_id: int, files: int, places: int) -> None:
    batch.note("hash held for review", held=held_id, files=files, reports=places)
