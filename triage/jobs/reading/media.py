"""Shows media to a person: the stored blurred preview, and reveals, each recorded with step and duration."""

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
from triage.store.queries import decisions, media, reports, videos
from triage.wellbeing import Exposure


def load_preview(session: Session, sha256: str) -> bytes | None:
    """Returns 32 x 32 grey bytes, blurred in the sandbox at the import; None when the media item could not be decoded."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        row = media.find_media_item(db, sha256)
    if row is None or row.facts is None:
        return None
    return facts_from_bytes(row.facts).preview


def list_frame_times(session: Session, sha256: str) -> tuple[int, ...]:
    """Returns where in a video its different frames are, in milliseconds; empty for what is no video."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        row = media.find_media_item(db, sha256)
        blob = None if row is None else videos.load_frames(db, row.id)
    return tuple(frame.at_ms for frame in decode_frames(blob or b""))


@contextmanager
def reveal(
    session: Session, report_number: str, sha256: str, step: RevealStep, pool: MediaPool, *, at_ms: int | None = None
) -> Iterator[Pixels]:
    """Yields the pixels at a step of the reveal ladder: of a video a sheet of frames, or the frame at `at_ms`.

    The end of the context is recorded even when showing failed.

    Raises:
        InputError: if the media item can't be rendered
        NotFound: if it is not of this report
    """
    session.require(Right.REVEAL)
    with session.reading() as db:
        report_id = reports.find_report(db, report_number)
        row = media.find_media_item(db, sha256)
        held = row is not None and report_id in media.load_reports_of_media(db, [row.id]).get(row.id, [])
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
            decisions.add_media_view(
                batch,
                user_id=session.user.id,
                began=began,
                milliseconds=milliseconds,
                step=int(step),
                medium_id=row.id,
                report_id=report_id,
            )


def list_own_views(session: Session, since: datetime) -> tuple[Exposure, ...]:
    """Returns one's own reveals since a time, the oldest first. Nobody else's can be read."""
    with session.reading() as db:
        found = decisions.list_media_views(db, session.user.id, since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    return tuple(
        Exposure(
            step=RevealStep(step),
            medium=medium,
            began=datetime.fromisoformat(began.replace("Z", "+00:00")),
            lasted=timedelta(milliseconds=milliseconds),
        )
        for step, medium, began, milliseconds in found
    )
