"""Compares videos in all orientations, as part of the background comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from triage.hashing.video_frames import decode_frames
from triage.jobs.matching.films import compare_video
from triage.jobs.matching.pictures import StoredImages
from triage.jobs.matching.sweep_state import OnFound, report_found
from triage.jobs.session import Session
from triage.model.progress import CancelToken, check_cancelled
from triage.model.users import Right
from triage.store.queries import videos


def sweep_videos(
    session: Session,
    pictures: StoredImages,
    chosen: Sequence[int],
    tell: Callable[[int], None],
    on_found: OnFound,
    cancel: CancelToken | None,
) -> int:
    """Compares these videos with the store and the lists; returns how many matches are new.

    Raises:
        Outdated: if a report was destroyed meanwhile
        Cancelled: if the token was set; what was found until then stays
    """
    session.require(Right.IMPORT)
    new = 0
    for done, medium_id in enumerate(chosen, 1):
        check_cancelled(cancel)
        if found := _sweep_video(session, pictures, medium_id, cancel):
            report_found(session, [medium_id], on_found)
        new += found
        tell(done)
    return new


def _sweep_video(session: Session, pictures: StoredImages, medium_id: int, cancel: CancelToken | None) -> int:
    """Compares one video; returns how many matches are new."""
    with session.writing(cancel) as batch:
        pictures.check_current(batch)
        frames = decode_frames(videos.load_frames(batch, medium_id) or b"")
        new = compare_video(batch, pictures.frames, pictures.all, medium_id, frames)
        videos.mark_video_swept(batch, medium_id)
    return new
