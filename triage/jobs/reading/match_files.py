"""Finds what the store knows of files outside it. The files are read, never stored."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from triage import limits
from triage.decode.client import MediaPool
from triage.errors import InputError
from triage.hashing.digests import digest_stream
from triage.hashing.match_quality import can_be_possible, can_match
from triage.hashing.uneven_crops import CellPlane
from triage.hashing.video_frames import decode_frames
from triage.jobs.matching.checked import list_checked, list_not_checked, load_scope
from triage.jobs.matching.films import SAME, find_matches_of_video, find_videos_of_image
from triage.jobs.matching.groups import find_group
from triage.jobs.matching.list_matcher import ListMatcher
from triage.jobs.matching.pictures import StoredImages, keep_nearest_hubs
from triage.jobs.matching.stored_search import AskedImage, FoundImages, StoredSearch
from triage.jobs.matching.sweep_state import describe_unchecked_crops, shorten_reason
from triage.jobs.session import Session
from triage.message import Message
from triage.model.digest_kinds import list_digests_of
from triage.model.judgement import ListHit
from triage.model.matches import ExactMatch, MatchResult, NearMatch
from triage.model.media import Digests, MediaFacts
from triage.model.moment import format_pakistan_day
from triage.model.users import Right
from triage.safe_files import file_size, open_to_read, read_file, resolve_file
from triage.store.database import Reader
from triage.store.queries import media, reports


def match_files(session: Session, paths: Sequence[Path]) -> tuple[MatchResult, ...]:
    """Returns one result for each file, in the order given. The result of an unreadable file says so."""
    session.require(Right.READ_REPORT)
    results: list[MatchResult] = []
    with session.reading() as db, MediaPool(1) as pool:
        comparer = _Comparer(db)
        size = comparer.search.choose_round(db)
        for start in range(0, len(paths), size):
            results += comparer.compare([_measure_file(path, pool) for path in paths[start : start + size]])
    return tuple(results)


@dataclass(frozen=True, slots=True)
class _MeasuredFile:
    """A file that was read, with the pixels for uneven crops, or the reason why there are none."""

    path: Path
    digests: Digests
    facts: MediaFacts
    cells: CellPlane | None
    unasked: str | Message | None


class _Comparer:
    """Compares files with the store and the lists, some at a time."""

    def __init__(self, db: Reader) -> None:
        self._db = db
        self.search = StoredSearch(uneven=True)
        self._matcher, self._scope = ListMatcher(db), load_scope(db)
        self._pictures = StoredImages()
        self._pictures.read_frames(db)
        self._has_wholes = False

    def compare(self, measured: Sequence[_MeasuredFile | MatchResult]) -> list[MatchResult]:
        """Returns one result for each file; of what could not be read it is there already."""
        files = [each for each in measured if isinstance(each, _MeasuredFile)]
        if not self._has_wholes and any(file.facts.film is not None for file in files):
            self._pictures.read_wholes(self._db)
            self._has_wholes = True
        asked = {
            n: AskedImage(file.facts.perceptual, cells=file.cells)
            for n, file in enumerate(files)
            if file.facts.perceptual is not None and can_be_possible(file.facts.perceptual)
        }
        found = dict(zip(asked, self.search.find(self._db, list(asked.values()), lambda done, total: None), strict=True))
        results = iter([self._describe(file, found.get(n, FoundImages())) for n, file in enumerate(files)])
        return [each if isinstance(each, MatchResult) else next(results) for each in measured]

    def _describe(self, file: _MeasuredFile, found: FoundImages) -> MatchResult:
        """Returns what the store and the lists know of one file."""
        db, digests, facts, hashes = self._db, file.digests, file.facts, file.facts.perceptual
        exact_hits = self._matcher.find_by_digests(digests.sha256, list_digests_of(digests))
        listed = _describe_list_matches(_find_on_lists(self._matcher, facts, digests))
        near = _describe_similar(db, facts, digests, found) + listed + _find_videos(db, self._pictures, facts, digests)
        unasked = () if file.unasked is None else (describe_unchecked_crops(file.unasked),)
        return MatchResult(
            file=str(file.path),
            sha256=digests.sha256,
            pdq=hashes.pdq.hex() if hashes else None,
            quality=hashes.quality if hashes else None,
            exact=_find_exact(db, digests, exact_hits),
            near=tuple(near),
            checked=tuple(list_checked(self._scope, facts)),
            not_checked=(*list_not_checked(self._scope, facts), *unasked),
        )


class _FileRange:
    """A file outside the store, which the sandbox reads by range."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.size = file_size(path) or 0

    def read(self, start: int, length: int) -> bytes:
        """Returns up to `length` bytes from `start`."""
        with open_to_read(self._path) as file:
            file.seek(start)
            return file.read(length)


def _measure_file(path: Path, pool: MediaPool) -> _MeasuredFile | MatchResult:
    """Reads one file; what can't be read has its result at once."""
    try:
        digests, facts = _read_file(path, pool)
    except OSError as error:
        return MatchResult(
            file=str(path),
            sha256=None,
            not_checked=(Message("the file can't be read ({reason})", reason=error.strerror or ""),),
        )
    cells, unasked = _decode_cells(pool, path, facts) if can_be_possible(facts.perceptual) else (None, None)
    return _MeasuredFile(path, digests, facts, cells, unasked)


def _read_file(path: Path, pool: MediaPool) -> tuple[Digests, MediaFacts]:
    """Returns digests and facts of a file.

    Raises:
        OSError: if the file can't be read
    """
    path = resolve_file(path)
    if (file_size(path) or 0) > limits.MAX_WHOLE:
        with open_to_read(path) as stream:
            return digest_stream(stream), pool.measure(_FileRange(path))
    data = read_file(path, limits.MAX_WHOLE)
    return digest_stream(io.BytesIO(data)), pool.measure(data)


def _find_on_lists(matcher: ListMatcher, facts: MediaFacts, digests: Digests) -> list[ListHit]:
    """Returns the matches of an image or video with lists."""
    if facts.film is not None:
        return matcher.find_video(digests.sha256, decode_frames(facts.film.frames))
    hashes = facts.perceptual
    return matcher.find_image(digests.sha256, hashes) if hashes is not None else []


def _find_exact(db: Reader, digests: Digests, hits: list[ListHit]) -> tuple[ExactMatch, ...]:
    """Returns the exact copies in the store and on lists; at most one result, since the bytes are the same."""
    row = media.find_media_item(db, digests.sha256)
    if row is None and not hits:
        return ()
    held = media.load_linkable_reports(db, [row.id]).get(row.id, []) if row else []
    return (
        ExactMatch(
            sha256=digests.sha256,
            names=media.list_file_names(db, row.id) if row else (),
            reports=tuple(reports.load_number(db, i) for i in held),
            lists=tuple(sorted({_name_list(h) for h in hits})),
        ),
    )


def _decode_cells(pool: MediaPool, path: Path, facts: MediaFacts) -> tuple[CellPlane | None, str | Message | None]:
    """Returns the pixels for the search of uneven crops, or the reason why there are none."""
    try:
        return CellPlane.from_facts(pool.decode_cells(_FileRange(path)), facts), None
    except InputError as error:
        return None, shorten_reason(error)
    except OSError as error:
        return None, Message("the file can't be read any more ({reason})", reason=error.strerror or "")


def _describe_similar(db: Reader, facts: MediaFacts, digests: Digests, images: FoundImages) -> list[NearMatch]:
    """Returns the matching and possibly matching images of the store, the nearest first."""
    hashes = facts.perceptual
    if hashes is None:
        return []
    best = keep_nearest_hubs(images.hubs) or images.others
    perhaps = {i: one for i, one in (images.possible | images.low_quality).items() if i not in best}
    nearest = sorted(best.items(), key=lambda pair: (pair[1].rank, pair[0]))
    nearest += sorted(perhaps.items(), key=lambda pair: (pair[1].rank, pair[0]))
    found = []
    for medium_id, way in nearest:
        row = media.load_media_item(db, medium_id)
        if row is None or row.sha256 == digests.sha256:
            continue
        held = media.load_linkable_reports(db, [medium_id]).get(medium_id, [])
        group = find_group(db, medium_id)
        found.append(
            NearMatch(
                sha256=row.sha256,
                names=media.list_file_names(db, medium_id),
                tier="match" if medium_id in best else "possible",
                way=way,
                reports=tuple(reports.load_number(db, i) for i in held),
                lists=(),
                quality=hashes.quality,
                other_quality=media.load_quality(db, medium_id),
                stands_for=group.size if group else 1,
                held=group is not None and group.held,
            )
        )
    return found


def _find_videos(db: Reader, pictures: StoredImages, facts: MediaFacts, digests: Digests) -> list[NearMatch]:
    """Returns what a video, or an image, has in common with the store's videos."""
    if facts.film is not None:
        alike = find_matches_of_video(db, pictures.frames, pictures.all, facts.film, digests.sha256)
        return [_add_group(db, near) for near in alike]
    if facts.perceptual is not None and can_match(facts.perceptual):
        return list(find_videos_of_image(db, pictures.frames, facts.perceptual))
    return []


def _add_group(db: Reader, near: NearMatch) -> NearMatch:
    """Adds to a match with the same video how many copies it stands for."""
    row = media.find_media_item(db, near.sha256) if near.film and near.film.relation == SAME else None
    group = find_group(db, row.id) if row else None
    return near if group is None else replace(near, stands_for=group.size, held=group.held)


def _describe_list_matches(hits: list[ListHit]) -> list[NearMatch]:
    """Returns the matches with lists as people read them."""
    told = [
        NearMatch(
            sha256="",
            names=(),
            tier="match" if hit.tier == "near" else "possible",
            way=hit.way,
            reports=(),
            lists=(_name_list(hit),),
            quality=hit.quality,
            list_date=format_pakistan_day(hit.added),
            list_hash=hit.value,
            held=hit.held,
        )
        for hit in hits
        if hit.way is not None
    ]
    return list(dict.fromkeys(told))


def _name_list(hit: ListHit) -> Message:
    """Returns the list's name, kind and date."""
    kind = Message(hit.list_kind)  # message-ok
    return Message("{list} ({kind}, {date})", list=hit.list_name, kind=kind, date=format_pakistan_day(hit.added))
