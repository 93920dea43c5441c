"""What the sweep makes up for, where lists and the store met by what an earlier version knew: lists that were never asked of the
whole store, and matches that the rule of today calls only possible. Both go on where they were stopped."""

from __future__ import annotations

import time
from dataclasses import replace

from triage import limits
from triage.jobs.codec import facts_from_bytes
from triage.jobs.judging.assess import assess
from triage.jobs.matching.list_hashes import ListPictures, Place, meetings
from triage.jobs.session import Session
from triage.model.progress import CancelToken, OnProgress, check_cancelled, ignore_progress
from triage.model.users import Right
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import destruction, judgement, list_near, lists, media
from triage.store.queries.list_near import ListMatch, reports_of_list

_KEPT_EVERY = 1.0
"""Seconds of work between two commits."""
_AT_ONCE = 20
"""Media whose matches are judged anew between two commits."""


def make_up(session: Session, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None) -> bool:
    """All of it; whether cards were judged anew. Raises Cancelled; what was found until then stays."""
    session.require(Right.IMPORT)
    with session.reading() as db:
        waiting = lists.unmet(db)
    for list_id, (listed, stored) in waiting.items():
        while not _meet(session, list_id, Place(listed, stored), cancel):
            pass
    while _judge_some(session, cancel):
        pass
    with session.reading() as db:
        stale = judgement.count_stale(db)
    if stale:
        assess(session, on_progress, cancel)
    return stale > 0


def _meet(session: Session, list_id: int, start: Place, cancel: CancelToken | None) -> bool:
    """Whether it met the whole store, or is gone. False when something was destroyed meanwhile: what was found may be of that."""
    db = session.store.read()
    destroyed = destruction.count(db)
    place, found, began = start, list[ListMatch](), time.monotonic()
    for place, some in meetings(db, list_id, start):
        check_cancelled(cancel)
        found += some
        if time.monotonic() - began >= _KEPT_EVERY:
            if not _keep(session, list_id, place, found, destroyed, cancel):
                return False
            found, began = [], time.monotonic()
    return _keep(session, list_id, place, found, destroyed, cancel, whole=True)


def _keep(
    session: Session,
    list_id: int,
    place: Place,
    found: list[ListMatch],
    destroyed: int,
    cancel: CancelToken | None,
    *,
    whole: bool = False,
) -> bool:
    with session.writing(cancel) as batch:
        if destruction.count(batch) != destroyed:
            return False
        if list_id in lists.unmet(batch):
            list_near.add(batch, found)
            lists.set_asked(batch, list_id, *place)
            if whole:
                lists.set_met(batch, list_id)
                judgement.mark_stale(batch, reports_of_list(batch, list_id))
    return True


def _judge_some(session: Session, cancel: CancelToken | None) -> bool:
    """False when no match of an earlier rule is left."""
    check_cancelled(cancel)
    with session.reading() as db:
        some = list_near.earlier(db, _AT_ONCE)
    if some:
        with session.writing(cancel) as batch:
            for medium_id in some:
                _judge(batch, medium_id)
    return bool(some)


def _judge(batch: Batch, medium_id: int) -> None:
    matches = list_near.earlier_of(batch, medium_id)
    only_possible = set(matches) - _still_match(batch, medium_id, matches)
    list_near.judge_anew(batch, medium_id, only_possible)
    if only_possible:
        judgement.mark_stale(batch, media.reports_holding(batch, [medium_id]).get(medium_id, []))


def _still_match(db: Reader, medium_id: int, matches: list[tuple[bytes, int, int]]) -> set[tuple[bytes, int, int]]:
    """Those of them that are one by the rule of today: only the picture as a whole and what is inside borders ever are."""
    row = media.by_id(db, medium_id)
    hashes = facts_from_bytes(row.facts).perceptual if row and row.facts else None
    if hashes is None:
        return set()
    hashes = replace(hashes, windows=media.windows(db, medium_id) or b"")
    still: set[tuple[bytes, int, int]] = set()
    for start in range(0, len(matches), limits.CROWD):
        found = ListPictures(matches[start : start + limits.CROWD]).like_picture(hashes, thorough=False)
        still |= {key for key, way in found.items() if not way.possible}
    return still
