"""The group of near duplicates that a medium belongs to, from the stored pairs."""

from __future__ import annotations

from dataclasses import dataclass

from triage.hashing.groups import groups
from triage.store.database import Reader
from triage.store.queries import media

REACH = 500
"""A neighbourhood larger than this is looked at only so far: a hash that matches hundreds is for review, not for folding."""


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    size: int


def group_of(db: Reader, medium_id: int) -> Group | None:
    """None when nothing in the store is alike."""
    edges = _neighbourhood(db, medium_id)
    for members in groups(edges):
        if medium_id in members and len(members) > 1:
            return Group(f"group-{min(members)}", len(members))
    return None


def _neighbourhood(db: Reader, medium_id: int) -> list[tuple[int, int, int]]:
    """All pairs (a, b, distance) that can be reached from the medium."""
    seen, ahead = {medium_id}, [medium_id]
    edges: set[tuple[int, int, int]] = set()
    while ahead and len(seen) < REACH:
        here = ahead.pop()
        for other, distance in media.near(db, here):
            edges.add((min(here, other), max(here, other), distance))
            if other not in seen:
                seen.add(other)
                ahead.append(other)
    return sorted(edges)
