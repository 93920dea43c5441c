"""Counts the whole queue for the figures of the leads' page, from its bit planes and in one pass."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from triage.jobs.reading.queue_bits import read_numbers
from triage.jobs.reading.queue_filter import OPEN
from triage.jobs.session import Session
from triage.jobs.state.queue_layout import decode_time, decode_user, load_ranks
from triage.jobs.state.queue_planes import QueuePlanes, open_planes, read_now
from triage.message import Message
from triage.model.judgement import BANDS
from triage.model.progress import CancelToken, OnProgress, Progress, check_cancelled
from triage.store.database import Reader
from triage.store.queries import lead_figures as sql
from triage.store.queries.queue_planes import find_last_report

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]
SLICE = 16_000
"""Bytes of a plane, 8 reports each, that are counted in one go: some 50 ms in which no other thread reads the planes."""


@dataclass(slots=True)
class QueueScan:
    """Counts of one pass over the queue. Days are counted in Pakistan since 1970; offices and providers are codes."""

    by_office: Counter[int | None] = field(default_factory=Counter)
    open_by_day: Counter[tuple[int, int | None]] = field(default_factory=Counter)
    open_by_office: Counter[tuple[int, int | None]] = field(default_factory=Counter)
    by_day: Counter[int] = field(default_factory=Counter)
    assigned: Counter[int | None] = field(default_factory=Counter)
    providers: Counter[int | None] = field(default_factory=Counter)
    oldest: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Band -> the time of receipt and the id of the open report that was received first."""
    received: int = 0
    open: int = 0


def scan_queue(session: Session, office: int | None, on_progress: OnProgress, cancel: CancelToken | None) -> QueueScan:
    """Counts the queue in slices, so that it can be stopped and other readers of the planes wait for one slice only.

    With an office, `received`, `open`, `by_day`, `open_by_day` and `oldest` count its reports alone.
    """
    scan, start, last = QueueScan(), 0, 0
    while start * 8 <= last:
        check_cancelled(cancel)
        with open_planes(session, read_now()) as (db, planes):
            last = find_last_report(db)
            _count_slice(scan, db, planes, slice(start, start + SLICE), office)
        start += SLICE
        on_progress(Progress(done=min(start * 8, last), total=last, unit="reports", note=Message("counting")))
    return scan


def _count_slice(scan: QueueScan, db: Reader, planes: QueuePlanes, part: slice, office: int | None) -> None:
    """Adds a slice of the planes' bytes to the counts."""
    inside = read_numbers(planes, "present", part).astype(np.bool_)

    def read(column: str) -> Numbers:
        """Returns a column's numbers of the reports that are there."""
        return read_numbers(planes, column, part)[inside]

    band, status, offices = read("band"), read("status"), _read_codes(db, read("office"), "office")
    is_open = np.isin(status, list(OPEN))
    received = np.where(read("has_received") > 0, decode_time(read("received")), -1)
    day = np.where(received < 0, -1, (received + sql.ZONE) // sql.DAY)
    here = np.ones(len(band), np.bool_) if office is None else offices == office
    scan.by_office.update(_name_none(_count(offices)))
    scan.providers.update(_name_none(_count(_read_codes(db, read("provider"), "provider"))))
    scan.assigned.update({decode_user(number): n for number, n in _count(read("assignee")[is_open]).items()})
    scan.by_day.update(_count(day[here & (day >= 0)]))
    scan.received += int(here.sum())
    scan.open += int((here & is_open).sum())
    for each in range(len(BANDS)):
        of_band = is_open & (band == each)
        scan.open_by_office.update({(each, code): n for code, n in _name_none(_count(offices[of_band])).items()})
        own = of_band & here
        scan.open_by_day.update({(each, when): n for when, n in _name_none(_count(day[own]), -1).items()})
        _find_oldest(scan, each, received, own & (received >= 0), np.flatnonzero(inside) + part.start * 8)


def _find_oldest(scan: QueueScan, band: int, received: Numbers, among: Mask, ids: Numbers) -> None:
    """Keeps the report that was received first, of this slice and those before."""
    if among.any():
        at = int(np.where(among, received, np.iinfo(np.int64).max).argmin())
        scan.oldest[band] = min(scan.oldest.get(band, (1 << 62, 0)), (int(received[at]), int(ids[at])))


def _read_codes(db: Reader, ranks: Numbers, column: str) -> Numbers:
    """Returns the codes of a column whose planes hold their ranks; 0 for none."""
    return np.concatenate([np.zeros(1, np.int64), load_ranks(db, column)])[ranks]


def _count(numbers: Numbers) -> dict[int, int]:
    """Returns number -> how often it stands there."""
    found, counts = np.unique(numbers, return_counts=True)
    return dict(zip(found.tolist(), counts.tolist(), strict=True))


def _name_none(counts: dict[int, int], none: int = 0) -> dict[int | None, int]:
    """Returns the counts with None for the number that stands for a missing value."""
    return {None if number == none else number: n for number, n in counts.items()}
