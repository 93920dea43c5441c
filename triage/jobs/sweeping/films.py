"""The sweep's part for films: frames asked for in all turns, and taken of films that came before frames were hashed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from triage.hashing.video_frames import decode_frames
from triage.jobs.matching.films import tie_film
from triage.jobs.matching.pictures import Pictures
from triage.jobs.matching.sweep_state import OnFound, tell_found
from triage.jobs.session import Session
from triage.model.people import Right
from triage.model.progress import CancelToken, go_on
from triage.store.queries import videos


def sweep_films(
    session: Session,
    pictures: Pictures,
    chosen: Sequence[int],
    tell: Callable[[int], None],
    on_found: OnFound,
    cancel: CancelToken | None,
) -> int:
    """How many ties are new. Raises Outdated, Cancelled; what was found until then stays."""
    session.require(Right.IMPORT)
    new = 0
    for done, medium_id in enumerate(chosen, 1):
        go_on(cancel)
        if found := _sweep(session, pictures, medium_id, cancel):
            tell_found(session, [medium_id], on_found)
        new += found
        tell(done)
    return new


def _sweep(session: Session, pictures: Pictures, medium_id: int, cancel: CancelToken | None) -> int:
    """Compares one video; returns how many matches are new."""
    with session.writing(cancel) as batch:
        pictures.check(batch)
        frames = decode_frames(videos.load_frames(batch, medium_id) or b"")
        new = tie_film(batch, pictures.frames, pictures.all, medium_id, frames)
        videos.mark_video_swept(batch, medium_id)
    return new
