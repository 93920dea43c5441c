"""What a question about a file was asked of and what not: a check that did not run never looks like a clean one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from triage import limits
from triage.hashing.match_index import can_be_possible, can_match
from triage.jobs.matching.films import not_checked
from triage.model.media import MediaFacts, Perceptual
from triage.store.database import Reader
from triage.store.queries import films, lists, media
from triage.store.queries.lists import ListRow


@dataclass(frozen=True, slots=True)
class Scope:
    """All that a file outside the store is compared with: counts of the store, and the lists."""

    media: int
    pending: int
    pictures: int
    films: int
    lists: tuple[ListRow, ...]


def scope_of(db: Reader) -> Scope:
    return Scope(
        media=media.count(db),
        pending=len(media.pending(db)),
        pictures=media.count_pictures(db, limits.FAINT_QUALITY),
        films=films.count_frames(db),
        lists=tuple(lists.all_lists(db)),
    )


def checked(scope: Scope, facts: MediaFacts) -> Iterator[str]:
    yield f"the same bytes: {scope.media} files of the store"
    near = _why_not_near(facts) is None
    if near:
        yield f"near duplicates: {scope.pictures} pictures and {scope.films} films of the store"
    for row in scope.lists:
        kinds = [kind for kind in _kinds(row) if kind != "pdq" or near]
        if kinds:
            yield f"hash list {_named(row)}: {', '.join(kinds)}"


def missing(scope: Scope, facts: MediaFacts) -> Iterator[str]:
    """What could not be asked, and why."""
    why_not = _why_not_near(facts)
    if facts.film is not None:
        yield from not_checked(facts.film)
    elif why_not is not None:
        yield f"near duplicates: {why_not}"
    elif facts.perceptual is not None and not can_match(facts.perceptual):
        yield f"sure near duplicates: {_too_little(facts.perceptual)}, what is like it is only possible"
    if scope.pending:
        yield f"near duplicates: {scope.pending} files of the store, which an import that was interrupted has yet to measure"
    for row in scope.lists:
        if why_not is None and "pdq" not in _kinds(row):
            yield f"near duplicates in hash list {_named(row)}: it has no PDQ hash"
        for kind in json.loads(row.unmatched):
            yield f"{kind} of hash list {_named(row)}: nothing here computes it"
    if not scope.lists:
        yield "hash lists: none is loaded"


def _why_not_near(facts: MediaFacts) -> str | None:
    if facts.problem is not None:
        return facts.problem
    if facts.film is not None:
        return None if facts.film.count else "every frame of the film says too little"
    if facts.perceptual is None:
        return "only pictures and films are compared"
    if not can_be_possible(facts.perceptual):
        return _too_little(facts.perceptual)
    return None


def _too_little(hashes: Perceptual) -> str:
    return f"too little in the picture (PDQ quality {hashes.quality})"


def _kinds(row: ListRow) -> list[str]:
    """Of its hashes those that are compared."""
    unmatched = json.loads(row.unmatched)
    return [kind for kind in json.loads(row.hash_kinds) if kind not in unmatched]


def _named(row: ListRow) -> str:
    return f"{row.name} of {row.added[:10]}"
