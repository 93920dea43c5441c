"""Lists which files of the store a hash list holds, and where the list says that they are on a device."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from triage.jobs.judging.assess import assess
from triage.jobs.lookup import find_list
from triage.jobs.matching.list_matcher import describe_entry
from triage.jobs.session import Session
from triage.model.digest_kinds import STRONGEST_FIRST
from triage.model.matches import FoundOnList
from triage.model.moment import format_pakistan_day
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.queries import judgement, list_matches, lists, reports
from triage.store.queries.list_matches import ListMatchRow
from triage.store.queries.lists import ListRow

_AT_ONCE = 5_000  # matches whose entries are read together
_STRENGTH = {kind: place for place, kind in enumerate((*STRONGEST_FIRST, "pdq"))}


@dataclass(frozen=True, slots=True)
class _Hit:
    """A match of a file and an entry of the list."""

    item_id: int
    hash_kind: str
    value: bytes
    report_id: int | None
    name: str
    declared: bool = False
    near: ListMatchRow | None = None


@dataclass(frozen=True, slots=True)
class ListHits:
    """The rows of `list_hits` in order, before they are put into words: a row in words takes ten times the memory."""

    list_id: int
    list_name: str
    rows: Sequence[tuple[_Hit, str | None]]
    """Match, and a path that the list states."""

    @property
    def ids(self) -> Sequence[int]:
        """Returns the numbers of the rows."""
        return range(len(self.rows))


def list_hits(session: Session, name: str) -> tuple[FoundOnList, ...]:
    """Returns every file of the store that the list holds, with the strongest hash of each.

    Raises:
        NotFound: if there is no such list
    """
    session.require(Right.READ_REPORT)
    found = find_hits(session, name)
    return tuple(load_hits(session, found, found.ids).values())


def find_hits(session: Session, name: str) -> ListHits:
    """Returns which files of the store the list holds; `load_hits` reads some of them.

    Raises:
        NotFound: if there is no such list
    """
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        waiting = judgement.count_stale(db)
    if waiting:
        assess(session)  # a report that was not judged yet has not told its hashes
    with session.reading() as db:
        row = find_list(db, name)
        return ListHits(row.id, row.name, _sort_hits(db, _keep_strongest(_iter_hits(db, row.id))))


def load_hits(session: Session, found: ListHits, ids: Sequence[int]) -> dict[int, FoundOnList]:
    """Returns number -> row, of these rows; without reports that were destroyed meanwhile; none of a removed list."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        row = lists.find_list(db, found.list_name)
        if row is None or row.id != found.list_id:
            return {}
        return _format_hits(db, row, {i: found.rows[i] for i in ids})


def _iter_hits(db: Reader, list_id: int) -> Iterator[_Hit]:
    """Yields all exact matches, then all matches of images and videos."""
    for row in lists.iter_exact_matches(db, list_id):
        yield _Hit(row.item_id, row.hash_kind, row.value, row.report_id, row.name, row.declared)
    near = list_matches.load_matches_of_list(db, list_id)
    holders = lists.load_file_names(db, sorted({medium_id for medium_id, _ in near}))
    for medium_id, met in near:
        for report_id, name in holders.get(medium_id, ()):
            yield _Hit(met.item_id, "pdq", met.value, report_id, name, near=met)


def _keep_strongest(hits: Iterable[_Hit]) -> list[_Hit]:
    """Returns for each entry, report and file name the match with the strongest hash."""
    best: dict[tuple[int, int | None, str], _Hit] = {}
    for hit in hits:
        key = (hit.item_id, hit.report_id, hit.name)
        known = best.get(key)
        if known is None or _STRENGTH[hit.hash_kind] < _STRENGTH[known.hash_kind]:
            best[key] = hit
    return list(best.values())


def _name_tier(hit: _Hit) -> Literal["exact", "near", "possible"]:
    """Returns the tier of the match. A declared PDQ hash is of an image that nobody has measured: it is only possible."""
    if hit.near is None:
        return "possible" if hit.hash_kind == "pdq" else "exact"
    return "possible" if hit.near.possible and not hit.near.same else "near"


def _sort_hits(db: Reader, hits: Sequence[_Hit]) -> list[tuple[_Hit, str | None]]:
    """Returns the matches with each path that the list states, by report and file."""
    numbers = reports.load_numbers(db, sorted({hit.report_id for hit in hits if hit.report_id is not None}))
    rows: list[tuple[_Hit, str | None]] = []
    for at in range(0, len(hits), _AT_ONCE):
        part = hits[at : at + _AT_ONCE]
        said = lists.load_entries(db, sorted({hit.item_id for hit in part}))
        for hit in part:
            paths = said[hit.item_id][1]
            rows += [(hit, path) for path in (json.loads(paths) if paths else [None])]
    rows.sort(
        key=lambda row: (
            row[0].report_id is None,
            "" if row[0].report_id is None else numbers[row[0].report_id],
            row[0].name,
            (row[0].near.way.distance if row[0].near else 0) or 0,
            row[1] or "",
            row[0].value,
        )
    )
    return rows


def _format_hits(db: Reader, row: ListRow, hits: Mapping[int, tuple[_Hit, str | None]]) -> dict[int, FoundOnList]:
    """Returns the matches as people read them, in the same order, without those of reports that are gone."""
    said = lists.load_entries(db, sorted({hit.item_id for hit, _ in hits.values()}))
    numbers = reports.load_numbers(db, sorted({hit.report_id for hit, _ in hits.values() if hit.report_id is not None}))
    told = {}
    for i, (hit, path) in hits.items():
        if hit.report_id is not None and hit.report_id not in numbers:
            continue
        category, _, words = said[hit.item_id]
        counts_as, says = describe_entry(row, category, words)
        told[i] = FoundOnList(
            path=path,
            hash_kind=hit.hash_kind,
            value=hit.value.hex(),
            report_id=None if hit.report_id is None else numbers[hit.report_id],
            file=hit.name,
            tier=_name_tier(hit),
            way=hit.near.way if hit.near else None,
            quality=hit.near.quality if hit.near else None,
            held=hit.near is not None and hit.near.held and not hit.near.same,
            declared=hit.declared,
            category=category,
            counts_as=counts_as,
            says=says,
            list=row.name,
            list_date=format_pakistan_day(row.added),
        )
    return told
