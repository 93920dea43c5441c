"""Counts the queue for the figures of the leads' page: from counts that triggers keep, and from the bit planes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from triage.jobs.reading.queue_bits import count_bits, count_numbers, divide, find_equal
from triage.jobs.reading.queue_filter import OPEN, Selection
from triage.jobs.reading.queue_table import Group, list_sort_planes, list_window, select_reports
from triage.jobs.session import Session
from triage.jobs.state.queue_layout import COLUMNS, Bits, decode_user, load_ranks, parse_numbers
from triage.jobs.state.queue_planes import QueuePlanes, make_bits, open_planes, read_now
from triage.message import Message
from triage.model.judgement import BANDS
from triage.model.progress import CancelToken, OnProgress, Progress, check_cancelled
from triage.store.database import Reader
from triage.store.queries import lead_figures as sql
from triage.store.queries import queue_planes

_STEPS = 3


@dataclass(slots=True)
class QueueScan:
    """Counts of the queue in one state. Days are counted in Pakistan since 1970; offices, providers and duties are codes."""

    by_office: Counter[int | None] = field(default_factory=Counter)
    open_by_day: Counter[tuple[int, int | None]] = field(default_factory=Counter)
    open_by_office: Counter[tuple[int, int | None]] = field(default_factory=Counter)
    by_day: Counter[int] = field(default_factory=Counter)
    assigned: Counter[int | None] = field(default_factory=Counter)
    providers: Counter[int | None] = field(default_factory=Counter)
    oldest: dict[int, int] = field(default_factory=dict)
    """Band -> the id of the open report that was received first."""
    due: list[tuple[int, int, int]] = field(default_factory=list)
    """(week from now, code of what expires, open reports)"""
    overdue_duties: int = 0
    received: int = 0
    open: int = 0


def scan_queue(
    session: Session, office: int | None, weeks: int, on_progress: OnProgress, cancel: CancelToken | None
) -> QueueScan:
    """Counts the queue, and the deadlines of the next weeks.

    With an office, `received`, `open`, `by_day`, `open_by_day`, `oldest`, `due` and `overdue_duties` count its reports alone.
    """
    scan, now = QueueScan(), read_now()
    with open_planes(session, now) as (db, planes):
        _add_counts(scan, db, office)
        _tell(1, on_progress, cancel)
        still_open = select_reports(planes, Selection(open_only=True))
        scan.assigned.update({decode_user(number): n for number, n in count_numbers(planes, "assignee", still_open).items()})
        here = still_open if office is None else find_equal(planes, "office", _find_rank(db, office), still_open)
        for band in range(len(BANDS)):
            if (first := _find_oldest(planes, find_equal(planes, "band", band, here))) is not None:
                scan.oldest[band] = first
        _tell(2, on_progress, cancel)
        scan.due = [
            (week, name, n)
            for week in range(weeks)
            for name, ids in sql.list_due(db, now + week * sql.WEEK, now + (week + 1) * sql.WEEK)
            if (n := _count_in(planes, here, ids))
        ]
        scan.overdue_duties = count_bits(here & planes.next_deadlines.find_overdue_duties())
    _tell(_STEPS, on_progress, cancel)
    return scan


def _tell(done: int, on_progress: OnProgress, cancel: CancelToken | None) -> None:
    """Tells the progress, and ends the count when it was cancelled."""
    check_cancelled(cancel)
    on_progress(Progress(done=done, total=_STEPS, unit="steps", note=Message("counting")))


def _add_counts(scan: QueueScan, db: Reader, office: int | None) -> None:
    """Adds what triggers count."""
    for status, band, code, _, n in queue_planes.load_counts(db):
        scan.by_office[code or None] += n
        scan.received += n * (office in (None, code))
        if status in OPEN:
            scan.open_by_office[band, code or None] += n
            scan.open += n * (office in (None, code))
    for code, n in sql.count_by_provider(db):
        scan.providers[code or None] += n
    for day, open_band, n in sql.count_by_day(db, office):
        if day is not None:
            scan.by_day[day] += n
        if open_band is not None:
            scan.open_by_day[open_band, day] += n


def _find_rank(db: Reader, office: int) -> int:
    """Returns the number by which the planes hold an office."""
    return int(np.searchsorted(load_ranks(db, "office"), office)) + 1


def _find_oldest(planes: QueuePlanes, among: Bits) -> int | None:
    """Returns the report of a set that was received first; None when of none it is stated."""
    _, stated = divide(planes, COLUMNS["has_received"].first, among)
    if stated is None or not (count := count_bits(stated)):
        return None
    return list_window(planes, list_sort_planes("received", descending=False), [Group(stated, count)], 0, 1)[0]


def _count_in(planes: QueuePlanes, bits: Bits, text: str) -> int:
    """Returns how many of these reports, ids with commas, are in a set. Two million may be due in one week: none are sorted."""
    return count_bits(bits & make_bits(planes, parse_numbers(text)))
