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
from triage.model.people import Right
from triage.model.progress import CancelToken, OnProgress, go_on, ignore_progress
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import destruction, judgement, list_matches, lists, media
from triage.store.queries.list_matches import ListMatch, find_reports_of_list

_KEPT_EVERY = 1.0
"""Seconds of work between two commits."""
_AT_ONCE = 20
"""Media whose matches are judged anew between two commits."""


def make_up(session: Session, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None) -> bool:
    """All of it; whether cards were judged anew. Raises Cancelled; what was found until then stays."""
    session.require(Right.IMPORT)
    with session.reading() as db:
        waiting = lists.load_comparison_progress(db)
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
    destroyed = destruction.count_destructions(db)
    place, found, began = start, list[ListMatch](), time.monotonic()
    for place, some in meetings(db, list_id, start):
        go_on(cancel)
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
        if destruction.count_destructions(batch) != destroyed:
            return False
        if list_id in lists.load_comparison_progress(batch):
            list_matches.save_list_matches(batch, found)
            lists.save_comparison_progress(batch, list_id, *place)
            if whole:
                lists.mark_list_compared(batch, list_id)
                judgement.mark_stale(batch, find_reports_of_list(batch, list_id))
    return True


def _judge_some(session: Session, cancel: CancelToken | None) -> bool:
    """False when no match of an earlier rule is left."""
    go_on(cancel)
    with session.reading() as db:
        some = list_matches.earlier(db, _AT_ONCE)
    if some:
        with session.writing(cancel) as batch:
            for medium_id in some:
                _judge(batch, medium_id)
    return bool(some)


def _judge(batch: Batch, medium_id: int) -> None:
    matches = list_matches.earlier_of(batch, medium_id)
    only_possible = set(matches) - _still_match(batch, medium_id, matches)
    list_matches.judge_anew(batch, medium_id, only_possible)
    if only_possible:
        judgement.mark_stale(batch, media.load_reports_of_media(batch, [medium_id]).get(medium_id, []))


def _still_match(db: Reader, medium_id: int, matches: list[tuple[bytes, int, int]]) -> set[tuple[bytes, int, int]]:
    """Those of them that are one by the rule of today: only the picture as a whole and what is inside borders ever are."""
    row = media.load_media_item(db, medium_id)
    hashes = facts_from_bytes(row.facts).perceptual if row and row.facts else None
    if hashes is None:
        return set()
    hashes = replace(hashes, windows=media.load_windows(db, medium_id) or b"")
    still: set[tuple[bytes, int, int]] = set()
    for start in range(0, len(matches), limits.CROWD):
        found = ListPictures(matches[start : start + limits.CROWD]).like_picture(hashes, thorough=False)
        still |= {key for key, way in found.items() if not way.possible}
    return still
