"""The group of near duplicates that a medium belongs to, from the stored pairs, and what people said against it."""

from __future__ import annotations

from dataclasses import dataclass

from triage.errors import NotFound, Refused
from triage.hashing.groups import Groups
from triage.jobs.session import Session, now
from triage.model.people import Right
from triage.store.database import Reader
from triage.store.queries import judgement, media

REACH = 500
"""A neighbourhood larger than this is looked at only so far: a hash that matches hundreds is for review, not for folding."""


@dataclass(frozen=True, slots=True)
class FileGroup:
    """`name` is made of its representative's SHA-256, so that it is the same whatever came first."""

    name: str
    size: int


def group_of(db: Reader, medium_id: int) -> FileGroup | None:
    """None when nothing in the store is alike."""
    reached = _neighbourhood(db, medium_id)
    names = {i: row.sha256 for i in reached if (row := media.by_id(db, i)) is not None}
    found = Groups()
    for one in names:
        for other, distance in media.near(db, one):
            if other in names:
                found.pair(names[one], names[other], distance)
        for other in media.apart_from(db, one):
            if other in names:
                found.separate(names[one], names[other])
    own = names.get(medium_id)
    for group in found.groups():
        if any(key == own for key, _ in group.members):
            return FileGroup(f"group {group.representative[:12]}", len(group.members))
    return None


def not_same(session: Session, sha256: str, other: str) -> None:
    """A person says that two files are not the same picture: they never share a group again. Raises NotFound."""
    session.require(Right.DECIDE)
    with session.store.batch() as batch:
        pair = _known(batch, sha256), _known(batch, other)
        if pair[0] == pair[1]:
            raise Refused("Both are the same file.")
        media.set_apart(batch, *pair, now(), session.user.id)
        held = media.reports_holding(batch, pair)
        judgement.mark_stale(batch, {report for reports in held.values() for report in reports})
        batch.note("media not same", media=[session.store.keyed(sha256), session.store.keyed(other)])


def _known(db: Reader, sha256: str) -> int:
    row = media.medium(db, sha256.lower())
    if row is None:
        raise NotFound(f"No file with SHA-256 {sha256} is in the store.")
    return row.id


def _neighbourhood(db: Reader, medium_id: int) -> set[int]:
    """All media that can be reached from one over stored pairs."""
    seen, ahead = {medium_id}, [medium_id]
    while ahead and len(seen) < REACH:
        for other, _ in media.near(db, ahead.pop()):
            if other not in seen:
                seen.add(other)
                ahead.append(other)
    return seen if len(seen) > 1 else set()
