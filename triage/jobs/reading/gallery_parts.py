"""Reads the files of a large scope part by part, the reports in the order of the queue.

A part holds whole reports, at least one, and goes on until MOST_FILES files or MOST_REPORTS reports are reached. So what one part
costs does not depend on how large the scope is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from triage.jobs.reading.gallery_items import Ids, read_rows
from triage.jobs.reading.queue import PRIORITY, count_queue, list_queue_ids, order_reports
from triage.jobs.session import Session
from triage.model.gallery import GalleryPart
from triage.model.users import Right
from triage.model.views import QueueFilter
from triage.store.queries import gallery

MOST_FILES = 5_000
"""Of a part. The rows of grave reports lie all over the store, and each takes a page: the pages of so many fit into the cache."""
MOST_REPORTS = 50_000
"""Of a part, when few of them have files."""
_AT_FIRST = 5_000
"""Reports that are put in order first. When they have too few files all others of the part follow together: putting 50,000 in
order takes four times as long as putting 5,000."""


@dataclass(frozen=True, slots=True)
class ReportOrder:
    """The reports of a scope in the order of the queue: how many, and the ids from one place up to another."""

    total: int
    list_ids: Callable[[int, int], Sequence[int]]


def order_queue(session: Session, filter: QueueFilter) -> ReportOrder:
    """Returns the reports that a filter of the queue lets through."""
    session.require(Right.READ_REPORT)
    return ReportOrder(
        count_queue(session, filter), lambda start, stop: list_queue_ids(session, filter, stop - start, start, PRIORITY)
    )


def order_case(session: Session, report_ids: Sequence[int]) -> ReportOrder:
    """Returns the reports of a case; those that are not judged yet come last."""
    session.require(Right.READ_REPORT)
    judged = order_reports(session, report_ids)
    ids = [*judged, *sorted(set(report_ids) - set(judged))]
    return ReportOrder(len(ids), lambda start, stop: ids[start:stop])


def read_part(session: Session, order: ReportOrder, start: int) -> tuple[list[Ids], GalleryPart | None]:
    """Returns (media items, reports) of the files from a place of the order on, and which part that is; None when it is all."""
    session.require(Right.READ_REPORT)
    found: list[list[Ids]] = [[np.zeros(0, np.int64)] * 2]
    place, files, total = start, 0, order.total
    while place < total and files < MOST_FILES and place - start < MOST_REPORTS:
        many = min(MOST_REPORTS, _AT_FIRST) if place == start else MOST_REPORTS
        ids = np.array(order.list_ids(place, min(start + many, total)), np.int64)
        if not len(ids):
            total = place  # reports left the queue meanwhile
            break
        with session.reading() as db:
            rows = read_rows(gallery.iter_files_of_reports(db, ids.tolist()), 2)
        sorter = np.argsort(ids)
        at = sorter[np.searchsorted(ids, rows[1], sorter=sorter)]
        until = np.cumsum(np.bincount(at, minlength=len(ids))) + files
        count = int(np.searchsorted(until, MOST_FILES, "right"))
        if count == 0 and place == start:
            count = 1  # a report with more files than any part
        if count == 0:
            break
        found.append([column[at < count] for column in rows])
        place, files = place + count, int(until[count - 1])
        if count < len(ids):
            break
    part = None if start == 0 and place == total else GalleryPart(start, place, total)
    return [np.concatenate(columns) for columns in zip(*found, strict=True)], part
