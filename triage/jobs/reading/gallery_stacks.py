"""Finds the stacks of near copies of a whole gallery at once, by the same rules as the group of a single file (jobs/matching).

A hub image's members are its stack, nearest hub first. The others form stars of matching images. A group that is held for review
stacks nothing, and an image that a person took out of a hub's stack stands alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from triage.hashing.match_groups import MatchGraph
from triage.jobs.matching.holding import CONFIRMED
from triage.store.database import Reader
from triage.store.queries import gallery, list_matches, media_matches

Pairs = dict[tuple[int, int], int]
"""(a, b) -> distance in bits"""


def find_stacks(db: Reader, medium_ids: Sequence[int] | None) -> dict[int, int]:
    """Returns media item -> the one that stands for its near copies, of those that have any.

    With `medium_ids` also of the near copies that can be reached from them; None stands for all of the store.
    """
    pairs = dict(_read_pairs(db, medium_ids))
    near: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for (a, b), distance in pairs.items():
        near[a].append((distance, b))
        near[b].append((distance, a))
    hubs = set(media_matches.list_hubs(db)) & near.keys()
    rejected = gallery.list_rejected_matches(db, None if medium_ids is None else sorted(near))
    gone = {hub: _find_gone(hub, {b: d for d, b in near[hub]}, rejected) for hub in hubs}
    held = {hub for hub in hubs if _is_held(db, hub)}
    stacks: dict[int, int] = {}
    alone: list[int] = []
    for item, others in near.items():
        of_hubs = sorted(([(0, item)] if item in hubs else []) + [each for each in others if each[1] in hubs])
        stands = next((hub for _, hub in of_hubs if item not in gone[hub]), None)
        if stands is None:
            alone.append(item)
        elif stands not in held:
            stacks[item] = stands
    return stacks | _find_stars(db, alone, pairs, rejected, near, hubs)


def _read_pairs(db: Reader, medium_ids: Sequence[int] | None) -> Iterator[tuple[tuple[int, int], int]]:
    """Yields all matches of the store, or those that can be reached from some media items."""
    if medium_ids is None:
        yield from (((a, b), distance) for a, b, distance in gallery.iter_matches(db, None))
        return
    seen, ahead = set(medium_ids), list(medium_ids)
    while ahead:
        found: set[int] = set()
        for a, b, distance in gallery.iter_matches(db, ahead):
            yield (a, b), distance
            found |= {a, b}
        ahead = sorted(found - seen)
        seen |= found


def _find_gone(hub: int, members: dict[int, int], rejected: Sequence[tuple[int, int]]) -> set[int]:
    """Returns the members that leave a hub's stack: of two that a person rejected the nearer one stays."""
    gone: set[int] = set()
    for a, b in sorted(rejected):
        if a in members and b in members:
            stays, goes = (a, b) if (members[a], a) < (members[b], b) else (b, a)
            if stays not in gone:
                gone.add(goes)
    return gone


def _is_held(db: Reader, hub: int) -> bool:
    """Returns whether a hub image is held for review."""
    row = list_matches.find_held_hub(db, hub)
    return row is not None and row.outcome != CONFIRMED


def _find_stars(
    db: Reader,
    alone: Sequence[int],
    pairs: Pairs,
    rejected: Sequence[tuple[int, int]],
    near: defaultdict[int, list[tuple[int, int]]],
    hubs: set[int],
) -> dict[int, int]:
    """Returns the stacks of the images that match no hub image."""
    free = {item for item in alone if not any(other in hubs for _, other in near[item])}
    digests = gallery.load_digests(db, sorted(free))
    ids = {sha256: item for item, sha256 in digests.items()}
    graph = MatchGraph()
    for (a, b), distance in pairs.items():
        if a in digests and b in digests:
            graph.add_match(digests[a], digests[b], distance)
    for a, b in rejected:
        if a in digests and b in digests:
            graph.separate(digests[a], digests[b])
    return {ids[member.key]: ids[group.representative] for group in graph.build_groups() for member in group.members}
