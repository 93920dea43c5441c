"""Counts reports for the funnel by the queue's bit planes: of two million reports no row is read."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from triage.jobs.reading.queue_bits import count_bits, find_equal, find_less, list_ids
from triage.jobs.reading.queue_filter import Selection
from triage.jobs.reading.queue_table import Group, SortPlane, list_window, select_reports
from triage.jobs.state.queue_layout import COLUMNS, Bits, encode_time
from triage.jobs.state.queue_planes import QueuePlanes, make_bits
from triage.model.funnel import WITHOUT_OUTCOME
from triage.model.moment import parse_utc
from triage.model.views import STATUSES
from triage.store.database import Reader
from triage.store.queries import encode_json_array
from triage.store.queries import funnel as sql
from triage.store.queries.funnel import NEVER, ImportPeriod

_EARLIEST = tuple(SortPlane(plane, ones_first=False) for plane in COLUMNS["arrived"].planes())
_OVERDUE = tuple(SortPlane(plane, ones_first=False) for name in ("band", "arrived", "number") for plane in COLUMNS[name].planes())


@dataclass(frozen=True, slots=True)
class FunnelCounts:
    """Reports that were imported in a period. `alone` are in a case although nobody decided their status."""

    received: int
    judged: int
    folded: int
    assigned: int
    alone: int
    standing: tuple[StandingCount, ...]


@dataclass(frozen=True, slots=True)
class StandingCount:
    """Reports without an outcome of one status, how many of them are overdue, and when the first was imported."""

    status: int
    reports: int
    overdue: int
    earliest: str


def count_for_funnel(db: Reader, planes: QueuePlanes, period: ImportPeriod, before: Sequence[str]) -> FunnelCounts:
    """Counts the reports that were imported in a period.

    `before` says for each band, A first, before which time of import a report without an outcome is overdue.
    """
    present = select_reports(planes, Selection())
    inside = _select_period(planes, period, present)
    in_cases = sql.list_reports_in_cases(db)
    with_case = make_bits(planes, np.array([i for i, _ in in_cases], dtype=np.int64))
    with_officer = make_bits(planes, np.array([i for i, has_officer in in_cases if has_officer], dtype=np.int64))
    standing = []
    for status in sorted(map(STATUSES.index, WITHOUT_OUTCOME)):
        own = find_equal(planes, "status", status, inside & ~with_case)
        if n := count_bits(own):
            (first,) = list_window(planes, _EARLIEST, [Group(own, n)], 0, 1)
            overdue = count_bits(_select_overdue(planes, own, before))
            standing.append(StandingCount(status, n, overdue, sql.load_first_import(db, first)))
    judged = count_bits(inside)
    missing = list_ids(~present)
    last = len(present) * 64 - 1
    return FunnelCounts(
        received=judged + sql.count_unjudged(db, period, encode_json_array(missing.tolist()), last),
        judged=judged,
        folded=count_bits(inside & make_bits(planes, planes.copies()[0])),
        assigned=count_bits(inside & (with_officer | ~find_equal(planes, "assignee", 0, present))),
        alone=count_bits(select_reports(planes, Selection(open_only=True)) & inside & with_case),
        standing=tuple(standing),
    )


def find_overdue_ids(db: Reader, planes: QueuePlanes, before: Sequence[str], limit: int, offset: int) -> array[int]:
    """Returns overdue reports without an outcome, the highest band and the earliest import first; `limit` -1 means all."""
    found = find_overdue(db, planes, before)
    total = count_bits(found)
    return list_window(planes, _OVERDUE, [Group(found, total)], offset, total if limit < 0 else min(offset + limit, total))


def find_overdue(db: Reader, planes: QueuePlanes, before: Sequence[str]) -> Bits:
    """Returns the overdue reports without an outcome. `before` names for each band before which import a report is overdue."""
    in_cases = np.array([i for i, _ in sql.list_reports_in_cases(db)], dtype=np.int64)
    return _select_overdue(planes, select_reports(planes, Selection(open_only=True)) & ~make_bits(planes, in_cases), before)


def _select_overdue(planes: QueuePlanes, among: Bits, before: Sequence[str]) -> Bits:
    """Returns those of a set that were imported before the time that is named for their band."""
    found = planes.empty()
    for band, moment in enumerate(before):
        found |= find_less(planes, "arrived", _encode(moment), find_equal(planes, "band", band, among))
    return found


def _select_period(planes: QueuePlanes, period: ImportPeriod, among: Bits) -> Bits:
    """Returns those of a set that were imported in a period."""
    if period.until != NEVER:
        among = find_less(planes, "arrived", _encode(period.until), among)
    return among & ~find_less(planes, "arrived", _encode(period.since), among) if period.since else among


def _encode(moment: str) -> int:
    """Returns a stored time as the planes hold it."""
    return encode_time(int(parse_utc(moment).timestamp()))
