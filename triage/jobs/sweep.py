"""The thorough search for like pictures, apart from imports: crops, borders and turns, both ways.

An import asks for whole and trimmed pictures only, since people wait for it, and ends with the thorough search for what came
in bands A and B. What is left is done here, pictures of the gravest reports first, then the newest; interrupted, it goes on
where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from triage.hashing.likeness import PictureIndex, alike
from triage.jobs.assess import assess
from triage.jobs.codec import facts_from_bytes
from triage.jobs.matching import kept_in, picture_index
from triage.jobs.queue import BANDS
from triage.jobs.session import Session
from triage.model.people import Right
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.store.batch import Batch
from triage.store.queries import judgement, media

BATCH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult:
    """`pairs` that were not known to be alike before; `left` still wait for their turn."""

    pictures: int
    pairs: int
    left: int


def sweep(
    session: Session, *, most: int | None = None, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None
) -> SweepResult:
    """Look at up to `most` pictures that wait, or at all. Raises Cancelled; what was found until then stays."""
    session.require(Right.IMPORT)
    with session.reading() as db:
        index, waiting = picture_index(db), media.count_unswept(db)
    total = waiting if most is None else min(most, waiting)

    def tell(done: int) -> None:
        on_progress(Progress(done=done, total=total, unit="files", note="crops and turns"))

    pictures, pairs = _sweep(session, index, total, None, tell, cancel)
    if pairs:
        assess(session, on_progress, cancel)
    with session.reading() as db:
        return SweepResult(pictures=pictures, pairs=pairs, left=media.count_unswept(db))


def sweep_gravest(session: Session, index: PictureIndex, cancel: CancelToken | None) -> int:
    """At the end of an import, whose index it uses: pictures of bands A and B don't wait. How many pairs are new; the reports
    that hold them are then stale."""
    session.require(Right.IMPORT)
    return _sweep(session, index, None, BANDS.index("B"), lambda done: None, cancel)[1]


def _sweep(
    session: Session,
    index: PictureIndex,
    most: int | None,
    worst_band: int | None,
    tell: Callable[[int], None],
    cancel: CancelToken | None,
) -> tuple[int, int]:
    pictures = pairs = 0
    while most is None or pictures < most:
        if cancel:
            cancel.check()
        with session.reading() as db:
            chosen = media.unswept(db, BATCH if most is None else min(BATCH, most - pictures), worst_band)
        if not chosen:
            break
        with session.store.batch() as batch:
            pairs += sum(_sweep_one(batch, index, medium_id) for medium_id in chosen)
        pictures += len(chosen)
        tell(pictures)
    return pictures, pairs


def _sweep_one(batch: Batch, index: PictureIndex, medium_id: int) -> int:
    """How many pairs are new."""
    row, kept = media.by_id(batch, medium_id), media.windows(batch, medium_id)
    hashes = facts_from_bytes(row.facts).perceptual if row and row.facts else None
    if hashes is None or kept is None:
        raise RuntimeError(f"medium {medium_id} has windows and no hashes")
    found = alike(index, kept_in(batch), replace(hashes, windows=kept), thorough=True)
    new = [
        other
        for other, how in found.items()
        if other != medium_id and media.add_near(batch, medium_id, other, how.distance, how.variant)
    ]
    media.set_swept(batch, medium_id)
    held = media.reports_holding(batch, [medium_id, *new]) if new else {}
    judgement.mark_stale(batch, {report for reports in held.values() for report in reports})
    return len(new)
