"""Where a hash list and the store meet: which reports hold a file of a list, and where the list says it lies."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from triage import limits
from triage.errors import NotFound
from triage.hashing.index import HammingIndex
from triage.hashing.windows import turned_pdq
from triage.jobs.assess import assess
from triage.jobs.matching import entry_says
from triage.jobs.session import Session
from triage.model.people import Right
from triage.model.views import FoundOnList
from triage.store.database import Reader
from triage.store.queries import judgement, lists, media, reports
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
    distance: int | None = None


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
            raise NotFound(f"There is no list named {name!r}.")
        return tuple(_told(db, row, _strongest(_all(db, row.id))))


def reports_of_list(db: Reader, list_id: int) -> set[int]:
    """Reports with a file that the list holds, exactly or nearly."""
    near = {hit.report_id for hit in _near(db, list_id)}
    return set(lists.reports_hit(db, list_id)) | {report_id for report_id in near if report_id is not None}


def _all(db: Reader, list_id: int) -> Iterator[_Hit]:
    for row in lists.found(db, list_id):
        yield _Hit(row.item_id, row.hash_kind, row.value, row.report_id, row.name, row.declared)
    yield from _near(db, list_id)


def _near(db: Reader, list_id: int) -> Iterator[_Hit]:
    """Like pictures: the larger of the two sides is indexed, the other asks."""
    stored = [(value, i) for block in media.pdq_blocks(db, limits.MIN_PDQ_QUALITY) for i, value in block]
    listed = [(value, item_id) for value, _, item_id in lists.pictures(db, list_id)] if stored else []
    nearest: dict[tuple[int, int], tuple[int, bytes]] = {}
    for value, item_id, medium_id, distance in _pairs(listed, stored):
        known = nearest.get((item_id, medium_id))
        if known is None or distance < known[0]:
            nearest[item_id, medium_id] = (distance, value)
    holders = lists.holders(db, sorted({medium_id for _, medium_id in nearest}))
    for (item_id, medium_id), (distance, value) in nearest.items():
        for report_id, name in holders.get(medium_id, ()):
            yield _Hit(item_id, "pdq", value, report_id, name, distance=distance)


def _pairs(listed: list[tuple[bytes, int]], stored: list[tuple[bytes, int]]) -> Iterator[tuple[bytes, int, int, int]]:
    """(the list's hash, item, medium, distance) of all pairs within the radius, whichever way the picture is turned."""
    swapped = len(listed) < len(stored)
    indexed, asking = (stored, listed) if swapped else (listed, stored)
    index = HammingIndex()
    index.extend(range(len(indexed)), b"".join(value for value, _ in indexed))
    for value, asker in asking:
        for hits in index.query_many(turned_pdq(value)):
            for key, distance in hits:
                other_value, other = indexed[key]
                yield (value, asker, other, distance) if swapped else (other_value, other, asker, distance)


def _strongest(hits: Iterable[_Hit]) -> list[_Hit]:
    best: dict[tuple[int, int | None, str], _Hit] = {}
    for hit in hits:
        key = (hit.item_id, hit.report_id, hit.name)
        known = best.get(key)
        if known is None or _STRENGTH[hit.hash_kind] < _STRENGTH[known.hash_kind]:
            best[key] = hit
    return list(best.values())


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
                    tier="exact" if hit.distance is None else "near",
                    distance=hit.distance,
                    declared=hit.declared,
                    category=category,
                    counts_as=counts_as,
                    says=says,
                )
            )
    return sorted(told, key=lambda t: (t.report_id is None, t.report_id or "", t.file, t.distance or 0, t.path or "", t.value))
