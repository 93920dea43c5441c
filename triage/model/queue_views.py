"""How a user has set up the queue: a filter, an order, and columns with widths."""

from __future__ import annotations

from dataclasses import dataclass, field

from triage.model.casework import JoiningStep
from triage.model.queue_order import QueueOrder
from triage.model.views import QueueFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """What the queue shows and how. `columns` are keys in order, empty for the usual ones; `widths` are pixels by key."""

    filter: QueueFilter = field(default_factory=QueueFilter)
    order: QueueOrder = field(default_factory=QueueOrder)
    columns: tuple[str, ...] = ()
    widths: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePlace:
    """Where a user was in the queue. Times are ISO 8601 UTC."""

    view: QueueView = field(default_factory=QueueView)
    row_id: int | None = None
    """The current report."""
    process: str = ""
    """Names the run of the program: filter and report are taken up again within one run, columns and order always."""
    here: str | None = None
    """When the user was last here."""
    joined: tuple[JoiningStep, ...] = ()
    """What was put into cases in this run of the program and was not undone, the latest last."""
    since: str | None = None
    """When the user was here the time before; "new since I was last here" counts from it."""
