"""The queue of the fake: windows, facets, acts on many reports, saved views, the place, and what others have open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from triage.errors import NotFound, Refused
from triage.jobs.reading.queue_picks import OwnWork
from triage.model.bulk import MOST_NAMED, BulkResult, BulkScope, OwnAct, UndoneAct
from triage.model.open_marks import OpenMark
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.model.queue_order import FacetValue, QueueFacet, QueueOrder, QueueWindow
from triage.model.queue_views import QueuePlace, QueueView
from triage.model.users import Right, User
from triage.model.views import QueueFilter, QueueRow

FACET_VALUES: dict[str, Callable[[QueueRow], tuple[str, ...]]] = {
    "band": lambda row: (row.band,),
    "status": lambda row: (row.status,),
    "office": lambda row: (row.office or "",),
    "assignee": lambda row: (row.assignee or "",),
    "provider": lambda row: (row.esp or "",),
    "incident_type": lambda row: (row.incident_type or "",),
    "flag": lambda row: row.flags or ("",),
    "language": lambda row: row.languages or ("",),
    "province": lambda row: (row.province or "",),
}
_FIELDS = {name: f"{name}s" for name in FACET_VALUES} | {"status": "statuses"}
_SORTS: dict[str, Callable[[QueueRow], Any]] = {
    "risk": lambda row: row.risk,
    "actionability": lambda row: row.actionability,
    "deadline": lambda row: row.deadline or "9",
    "received": lambda row: row.received or "",
    "provider": lambda row: row.esp or "~",
    "incident_type": lambda row: row.incident_type or "~",
    "province": lambda row: row.province or "~",
    "office": lambda row: row.office or "~",
    "status": lambda row: row.status,
    "assignee": lambda row: row.assignee or "~",
}


class FakeQueue:
    """Answers as the queue's jobs do, from the rows in `queue`."""

    user: User
    queue: list[QueueRow]
    calls: list[tuple[Any, ...]]
    _fits: Callable[[QueueRow, QueueFilter], bool]
    _require: Callable[[Right], None]

    def _begin_queue(self) -> None:
        self.views: dict[str, QueueView] = {}
        self.kept_place = QueuePlace()
        self.others_open: tuple[OpenMark, ...] = ()
        self.opened: str | None = None
        self.acts: list[tuple[OwnAct, list[QueueRow]]] = []
        self.copies: dict[int, list[QueueRow]] = {}
        self.new_ones = 0
        self.bulk_waits: Callable[[int, CancelToken | None], None] = lambda _done, _cancel: None

    def _matching(self, wanted: QueueFilter, order: QueueOrder | None = None) -> list[QueueRow]:
        found = [row for row in self.queue if type(self)._fits(row, wanted)]
        if order is not None and order.column != "priority":
            found.sort(key=_SORTS[order.column], reverse=order.descending)
        elif order is not None and order.descending:
            found.reverse()
        return found

    def queue_window(self, filter: QueueFilter, order: QueueOrder, start: int, count: int) -> QueueWindow:
        self._require(Right.READ_REPORT)
        stored = len(self.queue)
        found = self._matching(filter, order)
        return QueueWindow(tuple(found[start : start + count]), len(found), start, stored)

    def count_queue(self, filter: QueueFilter) -> int:
        return self.new_ones if filter.new_since else len(self._matching(filter))

    def find_place(self, filter: QueueFilter, order: QueueOrder, row_id: int) -> int | None:
        return next((n for n, row in enumerate(self._matching(filter, order)) if row.id == row_id), None)

    def facet_values(
        self, filter: QueueFilter, facet: QueueFacet, contains: str = "", limit: int = 200
    ) -> tuple[FacetValue, ...]:
        others = replace(filter, **{_FIELDS[facet]: ()})
        counts = Counter(value for row in self._matching(others) for value in FACET_VALUES[facet](row))
        found = [FacetValue(value, n) for value, n in counts.most_common() if contains.lower() in value.lower()]
        return tuple(found[:limit])

    def window_ids(self, filter: QueueFilter, order: QueueOrder, start: int, count: int) -> tuple[int, ...]:
        return tuple(row.id for row in self._matching(filter, order)[start : start + count])

    def list_copies(self, row_id: int, most: int) -> tuple[int, ...]:
        return tuple(row.id for row in self.copies.get(row_id, [])[:most])

    def rows(self, ids: Sequence[int]) -> dict[int, QueueRow]:
        wanted = set(ids)
        every = [*self.queue, *(row for rows in self.copies.values() for row in rows)]
        return {row.id: row for row in every if row.id in wanted}

    def own_work(self) -> OwnWork:
        still = self._matching(QueueFilter(open_only=True))
        return OwnWork(sum(row.assignee == self.user.name for row in still), sum(row.assignee is None for row in still))

    # Acts on many

    def bulk_scope(self, chosen: Sequence[int]) -> BulkScope:
        rows = [row for row in self.queue if row.id in set(chosen)]
        folded = tuple(row.id for i in chosen for row in self.copies.get(i, []))
        bands = Counter(row.band for row in rows)
        bands["D"] += len(folded)
        opened = {mark.row_id: mark.report_id for mark in self.others_open}
        return BulkScope(
            chosen=tuple(chosen),
            folded=folded,
            bands={band: n for band, n in sorted(bands.items()) if n},
            closed=sum(row.status == "closed" for row in rows),
            named=tuple(row.report_id for row in self.rows(chosen[:MOST_NAMED]).values()),
            open_by_others=tuple(opened[row.id] for row in rows if row.id in opened),
        )

    def count_urgent(self, report_ids: Sequence[int]) -> int:
        wanted = set(report_ids)
        return sum(row.id in wanted and row.band in "AB" and row.status != "closed" for row in self.queue)

    def decide_in_bulk(
        self,
        report_ids: Sequence[int],
        *,
        status: Any = None,
        reason: str | None = None,
        note: str | None = None,
        assignee: str | None = None,
        closing_urgent: int = 0,
        on_progress: OnProgress = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> BulkResult:
        self._require(Right.DECIDE)
        if status == "closed" and closing_urgent != self.count_urgent(report_ids):
            raise Refused("This act would close another number of reports of band A or B.")
        self.calls.append(("bulk", tuple(report_ids), status, reason, assignee, closing_urgent))
        before, done = list(self.queue), 0
        for n, row in enumerate(before):
            if row.id in set(report_ids):
                self.bulk_waits(done, cancel)
                if cancel is not None and cancel.cancelled():
                    break
                self.queue[n] = replace(row, status=status or row.status, assignee=assignee or row.assignee)
                done += 1
                on_progress(Progress(done=done, total=len(report_ids), unit="reports"))
        act = len(self.acts) + 1
        own = OwnAct(
            decision=act, bulk_act=act, report=before[0].report_id, reports=done, taken="", status=status or "new",
            reason=reason, assignee=assignee,
        )  # fmt: skip
        self.acts.append((own, before))
        return BulkResult(act=act, done=done, unchanged=0, stopped=cancel is not None and cancel.cancelled())

    def last_act(self, since: str) -> OwnAct | None:
        return self.acts[-1][0] if self.acts else None

    def undo_last_act(
        self, since: str, *, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None
    ) -> UndoneAct:
        if not self.acts:
            raise NotFound("There is nothing to undo: you have decided nothing since you began.")
        act, self.queue = self.acts.pop()
        self.calls.append(("undo", act.decision))
        row = next(row for row in self.queue if row.report_id == act.report)
        return UndoneAct(act=act, undone=act.reports, status=row.status, assignee=row.assignee)

    # Views and the place

    def queue_views(self) -> dict[str, QueueView]:
        return dict(sorted(self.views.items()))

    def save_queue_view(self, name: str, view: QueueView) -> None:
        self.views[name] = view

    def delete_queue_view(self, name: str) -> None:
        del self.views[name]

    def queue_place(self) -> QueuePlace:
        return self.kept_place

    def save_queue_place(self, place: QueuePlace) -> None:
        self.kept_place = place

    # What is open

    def mark_open(self, report_number: str) -> tuple[OpenMark, ...]:
        self.opened = report_number
        return tuple(mark for mark in self.others_open if mark.report_id == report_number)

    def renew_open(self) -> None:
        pass

    def mark_closed(self) -> None:
        self.opened = None

    def open_marks(self) -> tuple[OpenMark, ...]:
        return self.others_open
