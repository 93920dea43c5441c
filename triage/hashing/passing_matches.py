"""Finds the images that match some images among stored ones that pass by in blocks, without an index of the stored ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.hashing.crop_windows import STORED_COUNT
from triage.hashing.match_index import (
    WINDOW_BITS,
    NewImage,
    StoredHashes,
    WindowFinding,
    WindowQuery,
    choose_matches,
    compare_windows,
    find_comparable,
    list_queries,
)
from triage.hashing.passing_search import PassingSearch
from triage.hashing.window_codec import encode_whole, join_pdqs
from triage.model.match_way import MatchWay


def find_passing_matches(blocks: Iterable[Sequence[StoredHashes]], images: Sequence[NewImage]) -> list[dict[int, MatchWay]]:
    """Returns for each image what `find_matches` would find in an index of all blocks, without the image itself.

    No block is kept. A query takes 6 KB of tables, so images come in some thousands (limits.COMPARED_AT_ONCE).
    """
    searches: list[_PassingGroup] | None = None
    found: list[dict[int, MatchWay]] = [{} for _ in images]
    for block in blocks if images else ():
        if searches is None:  # most stores have no hub image, and a new one no image: then no table is needed
            searches = list(_group_queries(images))
        if not searches:
            break
        numbers, windows, pdqs = join_pdqs([image.windows or encode_whole(image.pdq) for image in block], STORED_COUNT)
        keys = np.fromiter((image.medium_id for image in block), np.int64, len(block))[numbers] << WINDOW_BITS | windows
        blobs = {image.medium_id: image.windows for image in block}
        findings: dict[int, list[WindowFinding]] = defaultdict(list)
        for group in searches:
            rows = np.flatnonzero(group.is_comparable[windows])
            for place, hits in group.search.find_near(keys[rows], pdqs[rows]).items():
                n, query = group.queries[place]
                others = [hit for hit in hits if hit.key >> WINDOW_BITS != images[n].medium_id]
                findings[n] += compare_windows((query,), (others,))
        for n, own in findings.items():
            found[n] |= choose_matches(blobs.get, own)
    return found


@dataclass(frozen=True, slots=True)
class _PassingGroup:
    """Queries (the image's place and the window) that may be compared with the same stored windows."""

    queries: list[tuple[int, WindowQuery]]
    is_comparable: NDArray[np.bool_]
    """By the number of a stored window."""
    search: PassingSearch


def _group_queries(images: Sequence[NewImage]) -> Iterator[_PassingGroup]:
    """Yields the queries of the images in groups: what passes is looked up only where it may be compared."""
    groups: dict[frozenset[int], list[tuple[int, WindowQuery]]] = defaultdict(list)
    for n, image in enumerate(images):
        for query in list_queries(image.hashes, False):
            groups[find_comparable(query.window, query.orientation)].append((n, query))
    for comparable, queries in groups.items():
        mask = np.isin(np.arange(STORED_COUNT), list(comparable))
        yield _PassingGroup(queries, mask, PassingSearch(b"".join(query.pdq for _, query in queries)))
