"""Media for a person's eyes: the stored blurred preview, and reveals, each recorded with step and duration."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from triage import limits
from triage.decode.client import MediaPool
from triage.errors import NotFound
from triage.hashing.video_frames import decode_frames
from triage.jobs.codec import facts_from_bytes
from triage.jobs.session import Session, now
from triage.model.media import Pixels, RevealStep
from triage.model.users import Right
from triage.store.queries import decisions, films, media, reports
from triage.wellbeing import Exposure


def preview(session: Session, sha256: str) -> bytes | None:
    """32 x 32 grey bytes, blurred in the worker when the medium came in; None when it could not be decoded."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        row = media.medium(db, sha256)
    if row is None or row.facts is None:
        return None
    return facts_from_bytes(row.facts).preview


def film_times(session: Session, sha256: str) -> tuple[int, ...]:
    """Where in a film its different frames are, in milliseconds since it began; empty for what is no film."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        row = media.medium(db, sha256)
        blob = None if row is None else films.frames(db, row.id)
    return tuple(frame.at_ms for frame in decode_frames(blob or b""))


@contextmanager
def reveal(
    session: Session, report_number: str, sha256: str, step: RevealStep, pool: MediaPool, *, at_ms: int | None = None
) -> Iterator[Pixels]:
    """Pixels at a step of the ladder, for as long as the context lasts: of a film a sheet of frames, or the one at `at_ms`. Its
    end is recorded even when showing failed.

    Raises InputError when the medium can't be rendered, NotFound when it is not of this report.
    """
    session.require(Right.REVEAL)
    with session.reading() as db:
        report_id = reports.find(db, report_number)
        row = media.medium(db, sha256)
        held = row is not None and report_id in media.reports_holding(db, [row.id]).get(row.id, [])
    if row is None or report_id is None or not held:
        raise NotFound("This report holds no such medium.")
    began, start = now(), time.monotonic()
    source = session.store.unseal(row.item) if row.size <= limits.MAX_WHOLE else session.store.reader(row.item)
    try:
        yield pool.render(source, step, limits.REVEAL_SIDE, at_ms)
    finally:
        milliseconds = round((time.monotonic() - start) * 1000)
        with session.store.batch() as batch:
            batch.note(
                "media revealed",
                report=report_id,
                medium=session.store.keyed(sha256),
                step=int(step),
                milliseconds=milliseconds,
                began=began,
                **({} if at_ms is None else {"frame_at_ms": at_ms}),
            )
            decisions.add_exposure(
                batch,
                user_id=session.user.id,
                began=began,
                milliseconds=milliseconds,
                step=int(step),
                medium_id=row.id,
                report_id=report_id,
            )


def exposures(session: Session, since: datetime) -> tuple[Exposure, ...]:
    """One's own reveals since a time, oldest first. Nobody else's can be asked."""
    with session.reading() as db:
        found = decisions.exposures(db, session.user.id, since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    return tuple(
        Exposure(
            step=RevealStep(step),
            medium=medium,
            began=datetime.fromisoformat(began.replace("Z", "+00:00")),
            lasted=timedelta(milliseconds=milliseconds),
        )
        for step, medium, began, milliseconds in found
    )
