"""The prioritised queue: its windows, lanes and counts."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from triage.jobs.reading.queue_bits import count_bits, list_ids
from triage.jobs.reading.queue_filter import FACETS, OPEN, Selection, load_words, resolve_filter
from triage.jobs.reading.queue_rows import build_rows
from triage.jobs.reading.queue_table import (
    Group,
    SortPlane,
    count_copies,
    count_values,
    find_rank,
    fold_copies,
    group_by_words,
    list_sort_planes,
    list_window,
    select_reports,
)
from triage.jobs.review.pairs import count_possible
from triage.jobs.session import Session
from triage.jobs.state.deadlines import STAGE
from triage.jobs.state.queue_layout import Bits
from triage.jobs.state.queue_planes import QueuePlanes, make_bits, open_planes, read_now
from triage.model.judgement import BANDS
from triage.model.queue_order import EXPIRING_DAYS, FacetValue, QueueColumn, QueueFacet, QueueOrder, QueueWindow
from triage.model.users import Right
from triage.model.views import STATUSES, QueueFilter, QueueRow
from triage.store.database import Reader
from triage.store.queries import bundles, deadlines, judgement, list_matches, queue_planes, reports

PRIORITY = QueueOrder()
ROWS_AT_ONCE = 5_000
"""Rows of a long list that are in memory together."""
_WORDS: dict[QueueColumn, QueueFacet] = {
    "provider": "provider",
    "incident_type": "incident_type",
    "province": "province",
    "office": "office",
    "assignee": "assignee",
}
"""Sort columns that hold words, and the facet that knows them."""
_COLUMNS: dict[QueueColumn, str] = {"priority": "", "deadline": "due"}
"""Sort columns whose planes have another name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneCounts:
    """The numbers of reports by band, status, office and lane, and of work that waits for a person.

    Bands, offices and the child lane count open reports.
    """

    total: int
    """All reports, also those that wait to be judged."""
    open: int
    bands: dict[str, int]
    statuses: dict[str, int]
    offices: dict[str, int]
    expiring: int
    """Reports in PRESERVE_NOW."""
    child_lane: int
    set_aside: int
    possible: int
    """Possible matches that wait for a person."""
    held: int
    """Hashes that wait for a lead, since they match hundreds."""
    stale: int
    """Reports whose card is not up to date because an import is running or was interrupted."""


def load_window(session: Session, filter: QueueFilter, order: QueueOrder, start: int, count: int) -> QueueWindow:
    """Returns up to `count` rows of the queue from place `start` on.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    session.require(Right.READ_REPORT)
    now = read_now()
    with open_planes(session, now) as (db, planes):
        found, unfolded = _select(db, session, planes, filter, now)
        total = count_bits(found)
        ids = _list_ids(db, session, planes, found, order, start, min(start + count, total))
        rows = build_rows(db, session, ids, count_copies(planes, unfolded, ids) if filter.fold_duplicates else {})
        stored = reports.count_reports(db)
    return QueueWindow(tuple(rows[i] for i in ids), total, start, stored)


def count_queue(session: Session, filter: QueueFilter) -> int:
    """Returns how many reports a filter lets through.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    session.require(Right.READ_REPORT)
    now = read_now()
    with open_planes(session, now) as (db, planes):
        return count_bits(select_reports(planes, resolve_filter(db, session, filter, now)))


def count_listed(session: Session, filter: QueueFilter, facet: QueueFacet) -> dict[str, int]:
    """Returns how many of the reports that a filter lets through have each value of a facet, "" for none of them.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    session.require(Right.READ_REPORT)
    now = read_now()
    with open_planes(session, now) as (db, planes):
        found, _ = _select(db, session, planes, filter, now)
        words = load_words(db, session, facet)
        return {words.get(number, ""): n for number, n in count_values(planes, facet, found).items() if n}


def find_place(session: Session, filter: QueueFilter, order: QueueOrder, row_id: int) -> int | None:
    """Returns the place of a report in the queue, counted from 0; None when the filter does not let it through.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    session.require(Right.READ_REPORT)
    now = read_now()
    with open_planes(session, now) as (db, planes):
        found = select_reports(planes, resolve_filter(db, session, filter, now))
        own = found & make_bits(planes, np.array([row_id]))
        if not own.any():
            return None
        total, before = count_bits(found), 0
        for group in _group(db, session, planes, found, order, 0, total):
            if (group.bits & own).any():
                return before + find_rank(planes, _list_planes(order), group.bits, row_id)
            before += group.count
    raise AssertionError("each report lies in a group")


def list_facet_values(
    session: Session, filter: QueueFilter, facet: QueueFacet, contains: str = "", limit: int = 200
) -> tuple[FacetValue, ...]:
    """Returns the values of a facet under the other fields of the filter, the most frequent first.

    `contains` keeps values with this text in them, in upper or lower case.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    session.require(Right.READ_REPORT)
    now = read_now()
    with open_planes(session, now) as (db, planes):
        words = load_words(db, session, facet)
        selection = resolve_filter(db, session, filter, now)
        others = replace(
            selection,
            facets={name: codes for name, codes in selection.facets.items() if name != facet},
            excluded={name: codes for name, codes in selection.excluded.items() if name != facet},
        )
        counts = count_values(planes, facet, select_reports(planes, others))
    found = [FacetValue(words.get(number, ""), n) for number, n in counts.items() if n]
    fitting = [each for each in found if contains.casefold() in each.value.casefold()]
    return tuple(sorted(fitting, key=lambda each: (-each.count, each.value))[:limit])


def list_queue_ids(
    session: Session, filter: QueueFilter, limit: int = -1, offset: int = 0, order: QueueOrder = PRIORITY
) -> tuple[int, ...]:
    """Returns internal ids in an order, for exports and acts on many reports; no row is read. `limit` -1 means all.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    session.require(Right.READ_REPORT)
    now = read_now()
    with open_planes(session, now) as (db, planes):
        found = select_reports(planes, resolve_filter(db, session, filter, now))
        total = count_bits(found)
        stop = total if limit < 0 else min(offset + limit, total)
        return tuple(_list_ids(db, session, planes, found, order, offset, stop))


def find_queue_ids(session: Session, filter: QueueFilter) -> array[int]:
    """Returns internal ids of all reports that a filter lets through, ascending: an order of the queue would cost more.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    session.require(Right.READ_REPORT)
    now = read_now()
    with open_planes(session, now) as (db, planes):
        return array("q", list_ids(select_reports(planes, resolve_filter(db, session, filter, now))).tobytes())


def order_reports(session: Session, ids: Collection[int]) -> tuple[int, ...]:
    """Returns those of these reports that are in the queue, in the order of priority."""
    session.require(Right.READ_REPORT)
    with open_planes(session, read_now()) as (db, planes):
        found = make_bits(planes, np.array(sorted(ids), dtype=np.int64)) & select_reports(planes, Selection())
        return tuple(_list_ids(db, session, planes, found, PRIORITY, 0, count_bits(found)))


def list_queue_rows(session: Session, filter: QueueFilter, limit: int = -1, offset: int = 0) -> tuple[QueueRow, ...]:
    """Returns the rows of the queue in the order of priority; `limit` -1 means all.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    return tuple(row for rows in read_queue_rows(session, filter, limit, offset) for row in rows)


def read_queue_rows(session: Session, filter: QueueFilter, limit: int = -1, offset: int = 0) -> Iterator[tuple[QueueRow, ...]]:
    """Returns the rows of the queue, some thousand at once, so that millions need no memory.

    The order is that of the moment when it began; a report that was destroyed since then is left out.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    session.require(Right.READ_REPORT)
    now = read_now()
    with open_planes(session, now) as (db, planes):
        found, unfolded = _select(db, session, planes, filter, now)
        total = count_bits(found)
        ids = _list_ids(db, session, planes, found, PRIORITY, offset, total if limit < 0 else min(offset + limit, total))
        copies = count_copies(planes, unfolded, ids) if filter.fold_duplicates else {}
    return _read_rows(session, ids, copies)


def _read_rows(session: Session, ids: Sequence[int], copies: Mapping[int, int]) -> Iterator[tuple[QueueRow, ...]]:
    """Yields the rows of these reports, ROWS_AT_ONCE at a time."""
    for at in range(0, len(ids), ROWS_AT_ONCE):
        some = ids[at : at + ROWS_AT_ONCE]
        with session.reading() as db:
            rows = build_rows(db, session, some, copies)
        yield tuple(rows[i] for i in some if i in rows)


def _select(db: Reader, session: Session, planes: QueuePlanes, filter: QueueFilter, now: int) -> tuple[Bits, Bits]:
    """Returns the reports that a filter lets through, and the same with those that fold into another."""
    selection = resolve_filter(db, session, filter, now)
    unfolded = select_reports(planes, replace(selection, fold=False))
    return fold_copies(planes, unfolded) if selection.fold else unfolded, unfolded


def _list_ids(
    db: Reader, session: Session, planes: QueuePlanes, found: Bits, order: QueueOrder, start: int, stop: int
) -> array[int]:
    """Returns the ids of the reports at the places [start, stop) of a set."""
    return list_window(planes, _list_planes(order), _group(db, session, planes, found, order, start, stop), start, stop)


def _list_planes(order: QueueOrder) -> Sequence[SortPlane]:
    """Returns the planes that sort a group of reports."""
    column = "" if order.column in _WORDS else _COLUMNS.get(order.column, order.column)
    return list_sort_planes(column, descending=order.descending and order.column not in _WORDS)


def _group(
    db: Reader, session: Session, planes: QueuePlanes, found: Bits, order: QueueOrder, start: int, stop: int
) -> Iterable[Group]:
    """Returns a set in groups of equal words, for a column of words; else as one group."""
    if order.column not in _WORDS:
        return [Group(found, count_bits(found))]
    facet = _WORDS[order.column]
    words = load_words(db, session, facet)
    in_order = sorted(words, key=lambda code: (words[code].casefold(), words[code]), reverse=order.descending)
    return group_by_words(planes, FACETS[facet].column, in_order, found, start, stop)


def count_lanes(session: Session) -> LaneCounts:
    """Returns how many reports there are by band, status, office and lane, and how much work waits for a person."""
    session.require(Right.READ_REPORT)
    now = read_now()
    soon = now + EXPIRING_DAYS * 86400
    with session.reading() as db:
        offices = judgement.load_codes(db, "office")
        bands: Counter[int] = Counter()
        statuses: Counter[int] = Counter()
        by_office: Counter[int] = Counter()
        child = 0
        for status, band, office, in_child_lane, n in queue_planes.load_counts(db):
            statuses[status] += n
            if status in OPEN:
                bands[band] += n
                by_office[office] += n
                child += n * in_child_lane
        return LaneCounts(
            total=reports.count_reports(db),
            open=sum(bands.values()),
            bands={band: bands[i] for i, band in enumerate(BANDS)},
            statuses={status: statuses[i] for i, status in enumerate(STATUSES)},
            offices={offices[i]: n for i, n in sorted(by_office.items()) if i},
            expiring=deadlines.count_expiring(db, now) - deadlines.count_due_alone(db, STAGE, now, soon),
            child_lane=child,
            set_aside=bundles.count_set_aside(db),
            possible=count_possible(db),
            held=list_matches.count_undecided_held(db),
            stale=judgement.count_stale(db),
        )
