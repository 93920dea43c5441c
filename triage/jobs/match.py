"""What the store knows of files outside it. The files are read, never stored."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from triage import limits
from triage.decode.client import Pool
from triage.errors import WorldError
from triage.hashing.digests import digest
from triage.hashing.likeness import PictureIndex, alike, may_match, possible
from triage.jobs.matching import ListMatcher, kept_in, picture_index
from triage.jobs.session import Session
from triage.model.judgement import ListHit
from triage.model.media import Digests, MediaFacts
from triage.model.people import Right
from triage.model.views import ExactMatch, MatchResult, NearMatch, SecondHash
from triage.store.database import Reader
from triage.store.queries import media, reports


def match(session: Session, paths: Sequence[Path]) -> tuple[MatchResult, ...]:
    """One result a file, in the order given. Raises WorldError when a file can't be read."""
    session.require(Right.READ_REPORT)
    with session.reading() as db, Pool(1) as pool:
        index, matcher = picture_index(db), ListMatcher(db)
        return tuple(_match(db, path, pool, index, matcher) for path in paths)


class _FileRange:
    """A file outside the store, read by range for the cell."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.size = path.stat().st_size

    def read(self, start: int, length: int) -> bytes:
        with self._path.open("rb") as file:
            file.seek(start)
            return file.read(length)


def _match(db: Reader, path: Path, pool: Pool, index: PictureIndex, matcher: ListMatcher) -> MatchResult:
    try:
        if path.stat().st_size > limits.MAX_WHOLE:
            with path.open("rb") as stream:
                digests = digest(stream)
            facts = pool.measure(_FileRange(path))
        else:
            data = path.read_bytes()
            digests, facts = digest(io.BytesIO(data)), pool.measure(data)
    except OSError as error:
        raise WorldError(f"{path.name} can't be read: {error.strerror}.") from error
    hashes = facts.perceptual
    exact_hits = matcher.of_digests(digests.sha256, (("md5", digests.md5), ("sha1", digests.sha1), ("sha256", digests.sha256)))
    near = _near(db, index, facts, digests) + _near_lists(matcher.of_picture(digests.sha256, hashes))
    return MatchResult(
        file=str(path),
        sha256=digests.sha256,
        pdq=hashes.pdq.hex() if hashes else None,
        quality=hashes.quality if hashes else None,
        exact=_exact(db, digests, exact_hits),
        near=tuple(near),
        not_checked=tuple(_not_checked(facts, matcher)),
    )


def _exact(db: Reader, digests: Digests, hits: list[ListHit]) -> tuple[ExactMatch, ...]:
    row = media.medium(db, digests.sha256)
    if row is None and not hits:
        return ()
    held = media.reports_linked(db, [row.id]).get(row.id, []) if row else []
    return (
        ExactMatch(
            sha256=digests.sha256,
            names=media.names_of(db, row.id) if row else (),
            reports=tuple(reports.number(db, i) for i in held),
            lists=tuple(sorted({_list_name(h) for h in hits})),
        ),
    )


def _near(db: Reader, index: PictureIndex, facts: MediaFacts, digests: Digests) -> list[NearMatch]:
    hashes = facts.perceptual
    if hashes is None or not may_match(hashes):
        return []
    best = alike(index, kept_in(db), hashes, thorough=True)
    perhaps = possible(index, kept_in(db), hashes, best.keys())
    ways = [(i, how, None) for i, how in best.items()] + [(i, one.how, one.second) for i, one in perhaps.items()]
    found = []
    for medium_id, how, second in sorted(ways, key=lambda way: (way[2] is not None, way[1], way[0])):
        row = media.by_id(db, medium_id)
        if row is None or row.sha256 == digests.sha256:
            continue
        held = media.reports_linked(db, [medium_id]).get(medium_id, [])
        found.append(
            NearMatch(
                sha256=row.sha256,
                names=media.names_of(db, medium_id),
                tier="match" if second is None else "possible",
                hash="pdq",
                variant=how.variant,
                distance=how.distance,
                second=None if second is None else SecondHash(hash="gradient", distance=second),
                reports=tuple(reports.number(db, i) for i in held),
                lists=(),
            )
        )
    return found


def _near_lists(hits: list[ListHit]) -> list[NearMatch]:
    return [
        NearMatch(
            sha256="",
            names=(),
            tier="match",
            hash="pdq",
            variant=hit.variant or "upright",
            distance=hit.distance or 0,
            second=None,
            reports=(),
            lists=(_list_name(hit),),
        )
        for hit in hits
    ]


def _list_name(hit: ListHit) -> str:
    return f"{hit.list_name} ({hit.list_kind}, {hit.added[:10]})"


def _not_checked(facts: MediaFacts, matcher: ListMatcher) -> list[str]:
    """What could not be asked, and why: a check that did not run never looks like a clean one."""
    missing = []
    if facts.problem is not None:
        missing.append(f"near duplicates: {facts.problem}")
    elif facts.perceptual is None:
        missing.append("near duplicates: only still pictures are compared")
    elif not may_match(facts.perceptual):
        missing.append(f"near duplicates: too little in the picture (PDQ quality {facts.perceptual.quality})")
    if not matcher.checked:
        missing.append("hash lists: none is loaded")
    return missing
