"""Hashes that match hundreds of different files are held: they count for nothing until a lead has said what they are.

That is a picture that goes round, which is confirmed and counts, or a hash that says too little, which is rejected and never
counts. The same bytes are no matter of hashes that say little: they always count, however often they came.
"""

from __future__ import annotations

from triage.errors import NotFound, Refused
from triage.jobs.judging.assess import assess
from triage.jobs.matching.holding import CONFIRMED
from triage.jobs.session import Session, now
from triage.model.matches import HeldHash
from triage.model.users import Right
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import judgement, likeness, list_near, media
from triage.store.queries.list_near import HeldRow

REJECTED = "rejected"


def all_held(session: Session) -> tuple[HeldHash, ...]:
    """Those that wait first."""
    session.require(Right.READ_REPORT)
    users = {user.id: user.name for user in session.store.users.all()}
    with session.reading() as db:
        return tuple(_told(db, row, users) for row in list_near.held(db))


def decide_held(session: Session, held_id: int, *, confirm: bool) -> HeldHash:
    """A lead says whether a held hash is what it seems and counts, or says too little and never does. It may be said anew.
    Raises NotFound, and Refused when that was said before."""
    session.require(Right.LISTS)
    outcome = CONFIRMED if confirm else REJECTED
    with session.store.batch() as batch:
        row = _row(batch, held_id)
        if row.outcome == outcome:
            raise Refused("This hash is already decided: {outcome}.", outcome=outcome)
        list_near.decide(batch, held_id, outcome, now(), session.user.id)
        _now_counts_otherwise(batch, row)
        batch.note(f"held hash {outcome}", held=held_id)
    assess(session)
    return next(held for held in all_held(session) if held.id == held_id)


def take_back_held(session: Session, held_id: int) -> HeldHash:
    """A lead takes back what was said of a held hash: it counts for nothing and waits again. Raises NotFound, Refused."""
    session.require(Right.LISTS)
    with session.store.batch() as batch:
        row = _row(batch, held_id)
        if row.outcome is None:
            raise Refused("There is no decision on this hash.")
        list_near.undecide(batch, held_id)
        _now_counts_otherwise(batch, row)
        batch.note("held hash taken back", held=held_id)
    assess(session)
    return next(held for held in all_held(session) if held.id == held_id)


def _row(db: Reader, held_id: int) -> HeldRow:
    found = list_near.held(db, held_id)
    if not found:
        raise NotFound("No held hash has the number {hash}.", hash=held_id)
    return found[0]


def _now_counts_otherwise(batch: Batch, row: HeldRow) -> None:
    if row.value is not None:
        judgement.mark_stale(batch, list_near.reports_near(batch, row.value))


def _told(db: Reader, row: HeldRow, users: dict[int, str]) -> HeldHash:
    value, standing = row.value, row.medium_id or 0
    if value is not None:
        files, places = list_near.spread(db, value)
    else:
        files, places = likeness.crowd_size(db, standing), likeness.crowd_places(db, standing)
    return HeldHash(
        id=row.id,
        of="picture" if value is None else "list",
        hash=media.sha256_of(db, standing) if value is None else value.hex(),
        lists=() if value is None else tuple(f"{name} of {added[:10]}" for name, added in list_near.lists_of(db, value)),
        files=files,
        reports=places,
        since=row.since,
        outcome=row.outcome or "waits for a lead",
        decided=row.decided,
        decided_by=None if row.user_id is None else users.get(row.user_id, f"user {row.user_id}"),
    )
