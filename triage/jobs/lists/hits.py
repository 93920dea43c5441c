"""Where a hash list and the store meet: which reports hold a file of a list, and where the list says it lies."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from triage.errors import NotFound
from triage.jobs.judging.assess import assess
from triage.jobs.matching.list_matcher import entry_says
from triage.jobs.session import Session
from triage.model.matches import FoundOnList
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.queries import judgement, list_near, lists, reports
from triage.store.queries.list_near import ListNearRow
from triage.store.queries.lists import ListRow

_STRENGTH = {"sha256": 0, "sha1": 1, "md5": 2, "pdq": 3}


@dataclass(frozen=True, slots=True)
class _Hit:
    item_id: int
    hash_kind: str
    value: bytes
    report_id: int | None
    name: str
    declared: bool = False
    near: ListNearRow | None = None


def list_hits(session: Session, name: str) -> tuple[FoundOnList, ...]:
    """Every file of the store that the list holds, by report, file and path; the strongest hash of each. Raises NotFound."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        waiting = judgement.count_stale(db)
    if waiting:
        assess(session)  # a report that was not judged yet has not told its hashes
    with session.reading() as db:
        row = lists.by_name(db, name)
        if row is None:
            raise NotFound("There is no list named {name}.", name=repr(name))
        return tuple(_told(db, row, _strongest(_all(db, row.id))))


def _all(db: Reader, list_id: int) -> Iterator[_Hit]:
    for row in lists.found(db, list_id):
        yield _Hit(row.item_id, row.hash_kind, row.value, row.report_id, row.name, row.declared)
    near = list_near.of_list(db, list_id)
    holders = lists.holders(db, sorted({medium_id for medium_id, _ in near}))
    for medium_id, met in near:
        for report_id, name in holders.get(medium_id, ()):
            yield _Hit(met.item_id, "pdq", met.value, report_id, name, near=met)


def _strongest(hits: Iterable[_Hit]) -> list[_Hit]:
    best: dict[tuple[int, int | None, str], _Hit] = {}
    for hit in hits:
        key = (hit.item_id, hit.report_id, hit.name)
        known = best.get(key)
        if known is None or _STRENGTH[hit.hash_kind] < _STRENGTH[known.hash_kind]:
            best[key] = hit
    return list(best.values())


def _tier(near: ListNearRow | None) -> Literal["exact", "near", "possible"]:
    if near is None:
        return "exact"
    return "possible" if near.possible and not near.same else "near"


def _told(db: Reader, row: ListRow, hits: list[_Hit]) -> list[FoundOnList]:
    said = lists.items(db, sorted({hit.item_id for hit in hits}))
    numbers = reports.numbers(db, sorted({hit.report_id for hit in hits if hit.report_id is not None}))
    told = []
    for hit in hits:
        category, paths, words = said[hit.item_id]
        counts_as, says = entry_says(row, category, words)
        for path in json.loads(paths) if paths else [None]:
            told.append(
                FoundOnList(
                    path=path,
                    hash_kind=hit.hash_kind,
                    value=hit.value.hex(),
                    report_id=None if hit.report_id is None else numbers[hit.report_id],
                    file=hit.name,
                    tier=_tier(hit.near),
                    way=hit.near.way if hit.near else None,
                    quality=hit.near.quality if hit.near else None,
                    held=hit.near is not None and hit.near.held and not hit.near.same,
                    declared=hit.declared,
                    category=category,
                    counts_as=counts_as,
                    says=says,
                    list=row.name,
                    list_date=row.added[:10],
                )
            )
    return sorted(told, key=lambda t: (t.report_id is None, t.report_id or "", t.file, t.distance or 0, t.path or "", t.value))
