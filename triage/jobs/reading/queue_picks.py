"""What the queue's page asks beside its windows: ids to select, folded copies, and the person's own open work."""

from __future__ import annotations

from dataclasses import dataclass

from triage.jobs.reading.queue import count_queue, list_facet_values, list_queue_ids
from triage.jobs.session import Session
from triage.model.queue_order import QueueOrder
from triage.model.users import Right
from triage.model.version_flags import CHANGED_AFTER_CLOSING, VERSION_WAITS
from triage.model.views import STATUSES, QueueFilter
from triage.store.queries import bulk


@dataclass(frozen=True, slots=True)
class OwnWork:
    """Open reports that this person has, and that nobody has; reports with a version that waits, and those opened again."""

    mine: int
    unassigned: int
    versions_waiting: int = 0
    changed_after_closing: int = 0


def list_window_ids(session: Session, filter: QueueFilter, order: QueueOrder, start: int, count: int) -> tuple[int, ...]:
    """Returns the internal ids of up to `count` reports of the queue from place `start` on.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    session.require(Right.READ_REPORT)
    return list_queue_ids(session, filter, count, start, order)


def list_copies(session: Session, row_id: int, most: int) -> tuple[int, ...]:
    """Returns the internal ids of open reports that are folded into this one, at most so many."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return tuple(bulk.list_folded(db, [row_id], STATUSES.index("closed"), most))


def count_own_work(session: Session) -> OwnWork:
    """Returns how many open reports this person has, how many nobody has, and how many wait for a choice of versions."""
    session.require(Right.READ_REPORT)
    counts = {each.value: each.count for each in list_facet_values(session, QueueFilter(open_only=True), "assignee", "", 1 << 30)}
    return OwnWork(
        mine=counts.get(session.user.name, 0),
        unassigned=counts.get("", 0),
        versions_waiting=count_queue(session, QueueFilter(flags=(VERSION_WAITS,))),
        changed_after_closing=count_queue(session, QueueFilter(open_only=True, flags=(CHANGED_AFTER_CLOSING,))),
    )
