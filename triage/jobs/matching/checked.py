"""Says what a file was compared with and what not, so that a check that did not run never looks like a clean one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from triage import limits
from triage.hashing.match_quality import can_be_possible, can_match
from triage.jobs.matching.films import list_unchecked_parts
from triage.message import Message
from triage.model.media import MediaFacts, Perceptual
from triage.model.moment import format_pakistan_day
from triage.store.database import Reader
from triage.store.queries import lists, media, videos
from triage.store.queries.lists import ListRow


@dataclass(frozen=True, slots=True)
class Scope:
    """All that a file outside the store is compared with: counts of the store, and the lists."""

    media: int
    pending: int
    pictures: int
    films: int
    lists: tuple[ListRow, ...]


def load_scope(db: Reader) -> Scope:
    """Returns what the store and its lists hold now."""
    return Scope(
        media=media.count_media_items(db),
        pending=len(media.list_unmeasured(db)),
        pictures=media.count_comparable_images(db, limits.MIN_POSSIBLE_QUALITY),
        films=videos.count_videos_with_frames(db),
        lists=tuple(lists.load_lists(db)),
    )


def list_checked(scope: Scope, facts: MediaFacts) -> Iterator[Message]:
    """Yields what a file was compared with."""
    yield Message("exact copies, among the files of the store: {n}", n=scope.media)
    near = _explain_not_compared(facts) is None
    if near:
        yield Message(
            "near duplicates, among images of the store: {images}, videos: {videos}", images=scope.pictures, videos=scope.films
        )
    for row in scope.lists:
        kinds = [kind for kind in _list_compared_kinds(row) if kind != "pdq" or near]
        if kinds:
            yield Message("hash list {list}: {kinds}", list=_name_list(row), kinds=tuple(kinds))


def list_not_checked(scope: Scope, facts: MediaFacts) -> Iterator[Message]:
    """Yields what a file could not be compared with, and why."""
    why_not = _explain_not_compared(facts)
    if facts.film is not None:
        yield from list_unchecked_parts(facts.film)
    elif why_not is not None:
        yield Message("near duplicates: {why}", why=why_not)
    elif facts.perceptual is not None and not can_match(facts.perceptual):
        yield Message("certain near duplicates: {why}, so matches are only possible", why=_describe_low_quality(facts.perceptual))
    if scope.pending:
        yield Message(
            "near duplicates, among files of the store that an interrupted import has not measured yet: {n}", n=scope.pending
        )
    for row in scope.lists:
        if why_not is None and "pdq" not in _list_compared_kinds(row):
            yield Message("near duplicates in hash list {list}: it has no PDQ hash", list=_name_list(row))
        for kind in json.loads(row.unmatched):
            yield Message("{kind} of hash list {list}: Triage does not compute this hash", kind=kind, list=_name_list(row))
    if not scope.lists:
        yield Message("hash lists: none is loaded")


def _explain_not_compared(facts: MediaFacts) -> Message | None:
    """Returns why a file can't be compared by perceptual hashes, or None when it can."""
    if facts.problem is not None:
        return Message(facts.problem)  # message-ok
    if facts.film is not None:
        return None if facts.film.count else Message("every frame of the video is low quality")
    if facts.perceptual is None:
        return Message("only images and videos are compared")
    if not can_be_possible(facts.perceptual):
        return _describe_low_quality(facts.perceptual)
    return None


def _describe_low_quality(hashes: Perceptual) -> Message:
    """Returns the words for an image of low quality."""
    return Message("low quality image (PDQ quality {n})", n=hashes.quality)


def _list_compared_kinds(row: ListRow) -> list[str]:
    """Returns the hash kinds of the list that are compared."""
    unmatched = json.loads(row.unmatched)
    return [kind for kind in json.loads(row.hash_kinds) if kind not in unmatched]


def _name_list(row: ListRow) -> Message:
    """Returns the list's name and date."""
    return Message("{list} of {date}", list=row.name, date=format_pakistan_day(row.added))
