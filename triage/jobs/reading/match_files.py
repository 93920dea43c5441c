"""What the store knows of files outside it. The files are read, never stored."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from triage import limits
from triage.decode.client import MediaPool
from triage.errors import InputError
from triage.hashing.digests import digest_stream
from triage.hashing.match_index import can_be_possible, can_match
from triage.hashing.uneven_crops import CellPlane
from triage.hashing.video_frames import decode_frames
from triage.jobs.matching.checked import Scope, checked, missing, scope_of
from triage.jobs.matching.films import SAME, like_film, like_picture
from triage.jobs.matching.groups import group_of
from triage.jobs.matching.list_matcher import ListMatcher
from triage.jobs.matching.pictures import Pictures, look, look_further, stored_pictures
from triage.jobs.matching.sweep_state import unchecked_crops, why_not
from triage.jobs.session import Session
from triage.message import Message
from triage.model.judgement import ListHit
from triage.model.matches import ExactMatch, MatchResult, NearMatch
from triage.model.media import Digests, MediaFacts
from triage.model.users import Right
from triage.safe_files import file_size, open_to_read, read_file, resolve_file
from triage.store.database import Reader
from triage.store.queries import media, reports


def match(session: Session, paths: Sequence[Path]) -> tuple[MatchResult, ...]:
    """One result a file, in the order given; of one that can't be read it says so."""
    session.require(Right.READ_REPORT)
    with session.reading() as db, MediaPool(1) as pool:
        pictures, matcher, scope = stored_pictures(db), ListMatcher(db), scope_of(db)
        return tuple(_match(db, path, pool, pictures, matcher, scope) for path in paths)


class _FileRange:
    """A file outside the store, read by range for the sandbox."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.size = file_size(path) or 0

    def read(self, start: int, length: int) -> bytes:
        with open_to_read(self._path) as file:
            file.seek(start)
            return file.read(length)


def _match(db: Reader, path: Path, pool: MediaPool, pictures: Pictures, matcher: ListMatcher, scope: Scope) -> MatchResult:
    try:
        digests, facts = _read(path, pool)
    except OSError as error:
        return MatchResult(
            file=str(path),
            sha256=None,
            not_checked=(Message("anything: the file can't be read ({reason})", reason=error.strerror or ""),),
        )
    hashes = facts.perceptual
    exact_hits = matcher.of_digests(digests.sha256, (("md5", digests.md5), ("sha1", digests.sha1), ("sha256", digests.sha256)))
    listed = _near_lists(_listed(matcher, facts, digests))
    cells, unasked = _cells(pool, path, facts) if can_be_possible(hashes) else (None, None)
    near = _near(db, pictures, facts, digests, cells) + listed + _films(db, pictures, facts, digests)
    return MatchResult(
        file=str(path),
        sha256=digests.sha256,
        pdq=hashes.pdq.hex() if hashes else None,
        quality=hashes.quality if hashes else None,
        exact=_exact(db, digests, exact_hits),
        near=tuple(near),
        checked=tuple(checked(scope, facts)),
        not_checked=(*missing(scope, facts), *(() if unasked is None else (unchecked_crops(unasked),))),
    )


def _read(path: Path, pool: MediaPool) -> tuple[Digests, MediaFacts]:
    """Raises OSError."""
    path = resolve_file(path)
    if (file_size(path) or 0) > limits.MAX_WHOLE:
        with open_to_read(path) as stream:
            return digest_stream(stream), pool.measure(_FileRange(path))
    data = read_file(path, limits.MAX_WHOLE)
    return digest_stream(io.BytesIO(data)), pool.measure(data)


def _listed(matcher: ListMatcher, facts: MediaFacts, digests: Digests) -> list[ListHit]:
    if facts.film is not None:
        return matcher.of_film(digests.sha256, decode_frames(facts.film.frames))
    hashes = facts.perceptual
    return matcher.of_picture(digests.sha256, hashes) if hashes is not None else []


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


def _cells(pool: MediaPool, path: Path, facts: MediaFacts) -> tuple[CellPlane | None, str | None]:
    """Or why it can't be asked for as an uneven crop."""
    try:
        return CellPlane.from_facts(pool.decode_cells(_FileRange(path)), facts), None
    except InputError as error:
        return None, why_not(error)
    except OSError as error:
        return None, f"the file can't be read any more ({error.strerror})"


def _near(db: Reader, pictures: Pictures, facts: MediaFacts, digests: Digests, cells: CellPlane | None) -> list[NearMatch]:
    hashes = facts.perceptual
    if hashes is None or not can_be_possible(hashes):
        return []
    best = look(pictures, db, hashes, thorough=True)
    perhaps = {i: one for i, one in look_further(pictures, db, hashes, cells=cells).items() if i not in best}
    nearest = sorted(best.items(), key=lambda pair: (pair[1].rank, pair[0]))
    nearest += sorted(perhaps.items(), key=lambda pair: (pair[1].rank, pair[0]))
    found = []
    for medium_id, way in nearest:
        row = media.by_id(db, medium_id)
        if row is None or row.sha256 == digests.sha256:
            continue
        held = media.reports_linked(db, [medium_id]).get(medium_id, [])
        group = group_of(db, medium_id)
        found.append(
            NearMatch(
                sha256=row.sha256,
                names=media.names_of(db, medium_id),
                tier="match" if medium_id in best else "possible",
                way=way,
                reports=tuple(reports.number(db, i) for i in held),
                lists=(),
                quality=hashes.quality,
                other_quality=media.quality_of(db, medium_id),
                stands_for=group.size if group else 1,
                held=group is not None and group.held,
            )
        )
    return found


def _films(db: Reader, pictures: Pictures, facts: MediaFacts, digests: Digests) -> list[NearMatch]:
    """What a film, or a picture, has in common with the store's films."""
    if facts.film is not None:
        alike = like_film(db, pictures.frames, pictures.all, facts.film, digests.sha256)
        return [_for_all(db, near) for near in alike]
    if facts.perceptual is not None and can_match(facts.perceptual):
        return list(like_picture(db, pictures.frames, facts.perceptual))
    return []


def _for_all(db: Reader, near: NearMatch) -> NearMatch:
    """The same film says whom it stands for."""
    row = media.medium(db, near.sha256) if near.film and near.film.relation == SAME else None
    group = group_of(db, row.id) if row else None
    return near if group is None else replace(near, stands_for=group.size, held=group.held)


def _near_lists(hits: list[ListHit]) -> list[NearMatch]:
    told = [
        NearMatch(
            sha256="",
            names=(),
            tier="match" if hit.tier == "near" else "possible",
            way=hit.way,
            reports=(),
            lists=(_list_name(hit),),
            quality=hit.quality,
            list_date=hit.added[:10],
            list_hash=hit.value,
            held=hit.held,
        )
        for hit in hits
        if hit.way is not None
    ]
    return list(dict.fromkeys(told))


def _list_name(hit: ListHit) -> str:
    return f"{hit.list_name} ({hit.list_kind}, {hit.added[:10]})"
