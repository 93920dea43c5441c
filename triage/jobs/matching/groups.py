"""Finds the group of near copies that a file belongs to, from the stored matches and from what people rejected."""

from __future__ import annotations

from dataclasses import dataclass

from triage.hashing.match_groups import MatchGraph
from triage.jobs.matching.holding import CONFIRMED
from triage.store.database import Reader
from triage.store.queries import list_matches, media, media_matches

REACH = 500
"""Media items that are walked at most in a neighbourhood without a hub image."""


@dataclass(frozen=True, slots=True)
class FileGroup:
    """A group of near copies, named by its representative's SHA-256.

    A group that is `held` for review folds nothing together.
    """

    name: str
    size: int
    held: bool = False


def find_group(db: Reader, medium_id: int) -> FileGroup | None:
    """Returns the group of the media item, or None when it matches nothing in the store."""
    own = [(medium_id, 0)] if media_matches.is_hub(db, medium_id) else []
    for standing, _ in own + media_matches.list_hubs_of(db, medium_id):
        gone = _find_rejected_members(db, standing)
        if medium_id not in gone:
            return _build_hub_group(db, standing, media_matches.count_hub_members(db, standing) - len(gone))
    return _find_small_group(db, medium_id)


def _build_hub_group(db: Reader, standing: int, size: int) -> FileGroup:
    """Builds the group of a hub image."""
    held = list_matches.find_held_hub(db, standing)
    return FileGroup(_name_group(media.load_sha256(db, standing)), size, held is not None and held.outcome != CONFIRMED)


def _find_rejected_members(db: Reader, standing: int) -> set[int]:
    """Returns the members that leave a hub's group: of two that a person rejected the nearer one stays."""
    gone: set[int] = set()
    for stays, goes in media_matches.list_rejected_members(db, standing):
        if stays not in gone:
            gone.add(goes)
    return gone


def _find_small_group(db: Reader, medium_id: int) -> FileGroup | None:
    """Finds the group of a media item that matches no hub image."""
    names = {i: media.load_sha256(db, i) for i in _find_neighbourhood(db, medium_id)}
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
            return FileGroup(_name_group(group.representative), len(group.members))
    return None


def _name_group(sha256: str) -> str:
    """Returns the name of a group."""
    return f"group {sha256[:12]}"


def _find_neighbourhood(db: Reader, medium_id: int) -> set[int]:
    """Returns all media items that can be reached over stored matches, without members of a hub's group.

    At most about REACH are walked.
    """
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
