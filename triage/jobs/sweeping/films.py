"""The sweep's part for films: frames asked for in all turns, and taken of films that came before frames were hashed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from triage.decode.client import MediaPool
from triage.hashing.video_frames import decode_frames
from triage.jobs.codec import facts_to_bytes, lean
from triage.jobs.matching.films import tie_film
from triage.jobs.matching.pictures import Pictures
from triage.jobs.matching.sweep_state import OnFound, tell_found
from triage.jobs.session import Session
from triage.model.media import MediaFacts
from triage.model.progress import CancelToken, call_on_cancel, check_cancelled
from triage.model.users import Right
from triage.store.queries import films, media


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
    with MediaPool(1) as pool, call_on_cancel(cancel, pool.give_up):
        for done, medium_id in enumerate(chosen, 1):
            check_cancelled(cancel)
            if found := _sweep(session, pictures, pool, medium_id, cancel):
                tell_found(session, [medium_id], on_found)
            new += found
            tell(done)
    return new


def _sweep(session: Session, pictures: Pictures, pool: MediaPool, medium_id: int, cancel: CancelToken | None) -> int:
    facts = _facts_of_old(session, pool, medium_id)
    check_cancelled(cancel)  # what a worker that was ended said is not kept
    with session.writing(cancel) as batch:
        pictures.check(batch)
        if facts is not None:
            blob = facts.film.frames if facts.film else b""
            films.put(batch, medium_id, blob)
            pictures.frames.add(medium_id, decode_frames(blob))
            if facts.film is not None:
                media.set_facts(batch, [(medium_id, facts_to_bytes(lean(facts)), None, None)])
        frames = decode_frames(films.frames(batch, medium_id) or b"")
        new = tie_film(batch, pictures.frames, pictures.all, medium_id, frames)
        films.set_swept(batch, medium_id)
    return new


def _facts_of_old(session: Session, pool: MediaPool, medium_id: int) -> MediaFacts | None:
    """Of a film that came before frames were hashed; None for others, which have theirs."""
    with session.reading() as db:
        row = None if films.frames(db, medium_id) is not None else media.by_id(db, medium_id)
    return None if row is None else pool.measure(session.store.reader(row.item))
