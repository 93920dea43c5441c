"""The group of near duplicates that a medium belongs to, from the stored pairs, and what people said against it."""

from __future__ import annotations

from dataclasses import dataclass

from triage.hashing.match_groups import MatchGraph
from triage.jobs.matching.holding import CONFIRMED
from triage.store.database import Reader
from triage.store.queries import list_matches, media, media_matches

REACH = 500
"""A neighbourhood without a crowd is walked so far at most."""


@dataclass(frozen=True, slots=True)
class FileGroup:
    """`name` is made of its representative's SHA-256. A group that is `held` for review folds nothing together."""

    name: str
    size: int
    held: bool = False


def group_of(db: Reader, medium_id: int) -> FileGroup | None:
    """None when nothing in the store is alike."""
    own = [(medium_id, 0)] if media_matches.is_hub(db, medium_id) else []
    for standing, _ in own + media_matches.list_hubs_of(db, medium_id):
        gone = _said_apart(db, standing)
        if medium_id not in gone:
            return _crowd(db, standing, media_matches.count_hub_members(db, standing) - len(gone))
    return _small(db, medium_id)


def _crowd(db: Reader, standing: int, size: int) -> FileGroup:
    held = list_matches.find_held_hub(db, standing)
    return FileGroup(_name(media.load_sha256(db, standing)), size, held is not None and held.outcome != CONFIRMED)


def _said_apart(db: Reader, standing: int) -> set[int]:
    """Members that leave the crowd: of two whom a person said apart the nearer stays."""
    gone: set[int] = set()
    for stays, goes in media_matches.list_rejected_members(db, standing):
        if stays not in gone:
            gone.add(goes)
    return gone


def _small(db: Reader, medium_id: int) -> FileGroup | None:
    names = {i: media.load_sha256(db, i) for i in _neighbourhood(db, medium_id)}
    found = MatchGraph()
    for one, name in names.items():
        for row in media_matches.load_matches(db, one):
            if row.other in names:
                found.add_match(name, names[row.other], row.way.distance)
        for other in media_matches.list_rejected(db, one):
            if other in names:
                found.separate(name, names[other])
    own = names.get(medium_id)
    for group in found.build_groups():
        if any(member.key == own for member in group.members):
            return FileGroup(_name(group.representative), len(group.members))
    return None


def _name(sha256: str) -> str:
    return f"group {sha256[:12]}"


def _neighbourhood(db: Reader, medium_id: int) -> set[int]:
    """All media that can be reached from one over stored pairs, without those that belong to a crowd: they have their group."""
    seen, ahead = {medium_id}, [medium_id]
    while ahead and len(seen) < REACH:
        for row in media_matches.load_matches(db, ahead.pop()):
            if (
                row.other not in seen
                and not media_matches.is_hub(db, row.other)
                and not media_matches.list_hubs_of(db, row.other)
            ):
                seen.add(row.other)
                ahead.append(row.other)
    return seen if len(seen) > 1 else set()
