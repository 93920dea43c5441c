"""Lets a lead decide on hashes that match hundreds of different files. They have no effect until then.

A widely shared image is confirmed, and its hash counts. A hash that tells too little is rejected and never counts. Exact copies
are not concerned: the same bytes always count, however often they came.
"""

from __future__ import annotations

from collections.abc import Sequence

from triage.errors import NotFound, Refused
from triage.jobs.judging.assess import assess
from triage.jobs.matching.holding import CONFIRMED
from triage.jobs.session import Session, now
from triage.message import Message
from triage.model.matches import HeldHash
from triage.model.moment import format_pakistan_day
from triage.model.user_names import name_user
from triage.model.users import Right
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import judgement, list_matches, media, media_matches
from triage.store.queries.list_matches import HeldHashRow

REJECTED = "rejected"


def list_held(session: Session) -> tuple[HeldHash, ...]:
    """Returns all held hashes, the undecided ones first."""
    session.require(Right.READ_REPORT)
    return tuple(load_held(session, list_held_ids(session)).values())


def list_held_ids(session: Session) -> Sequence[int]:
    """Returns the ids of all held hashes, the undecided ones first."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return list_matches.list_held_ids(db)


def load_held(session: Session, ids: Sequence[int]) -> dict[int, HeldHash]:
    """Returns id -> held hash, of these, the undecided ones first."""
    session.require(Right.READ_REPORT)
    users = session.store.users.names()
    with session.reading() as db:
        return {row.id: _describe_held(db, row, users) for row in list_matches.load_held_hashes(db, ids)}


def decide_held(session: Session, held_id: int, *, confirm: bool) -> HeldHash:
    """Records a lead's decision whether a held hash counts or never does. It may be changed later.

    Raises:
        NotFound: if there is no such held hash
        Refused: if this was decided already
    """
    session.require(Right.LISTS)
    outcome = CONFIRMED if confirm else REJECTED
    with session.store.batch() as batch:
        row = _find_held(batch, held_id)
        if row.outcome == outcome:
            raise Refused("Hash {number} is already decided: {outcome}.", number=held_id, outcome=outcome)
        list_matches.save_held_decision(batch, held_id, outcome, now(), session.user.id)
        _mark_reports_stale(batch, row)
        batch.note(f"held hash {outcome}", held=held_id)
    assess(session)
    return load_held(session, [held_id])[held_id]


def take_back_held(session: Session, held_id: int) -> HeldHash:
    """Takes back the decision on a held hash: it has no effect and waits again.

    Raises:
        NotFound: if there is no such held hash
        Refused: if there is no decision
    """
    session.require(Right.LISTS)
    with session.store.batch() as batch:
        row = _find_held(batch, held_id)
        if row.outcome is None:
            raise Refused("There is no decision on hash {number}.", number=held_id)
        list_matches.withdraw_held_decision(batch, held_id)
        _mark_reports_stale(batch, row)
        batch.note("held hash taken back", held=held_id)
    assess(session)
    return load_held(session, [held_id])[held_id]


def _find_held(db: Reader, held_id: int) -> HeldHashRow:
    """Returns the held hash with this number.

    Raises:
        NotFound: if there is none
    """
    found = list_matches.load_held_hashes(db, [held_id])
    if not found:
        raise NotFound("No held hash has the number {hash}.", hash=held_id)
    return found[0]


def _mark_reports_stale(batch: Batch, row: HeldHashRow) -> None:
    """Marks the reports as stale for which the hash counts or counted."""
    if row.value is not None:
        judgement.mark_stale(batch, list_matches.list_reports_matching_hash(batch, row.value))


def _name_lists(db: Reader, value: bytes) -> tuple[Message, ...]:
    """Returns the lists that hold a hash, each with the day on which it was added."""
    return tuple(
        Message("{list} of {date}", list=name, date=format_pakistan_day(added))
        for name, added in list_matches.list_lists_with_hash(db, value)
    )


def _describe_held(db: Reader, row: HeldHashRow, users: dict[int, str]) -> HeldHash:
    """Returns the held hash as people read it."""
    value, standing = row.value, row.medium_id or 0
    if value is not None:
        files, places = list_matches.count_matches_of_hash(db, value)
    else:
        files, places = media_matches.count_hub_members(db, standing), media_matches.count_hub_reports(db, standing)
    return HeldHash(
        id=row.id,
        of="picture" if value is None else "list",
        hash=media.load_sha256(db, standing) if value is None else value.hex(),
        lists=() if value is None else _name_lists(db, value),
        files=files,
        reports=places,
        since=row.since,
        outcome=row.outcome or "waits for a lead",
        decided=row.decided,
        decided_by=None if row.user_id is None else name_user(users, row.user_id),
    )
