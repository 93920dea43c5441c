"""Ticks ranges and whole filters, also of rows that have not arrived."""

from __future__ import annotations

from collections.abc import Callable

from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.queue.model import QueueModel
from triage.ui.queue.ticks import Ticks
from triage.ui.text.i18n import number, tr

MOST = 10_000  # reports that one act reaches, as triage.jobs.casework.bulk says


def drop_ticking(runner: Runner, ticks: Ticks) -> None:
    """Ticks nothing that is still being read: it may be out of sight when it arrives."""
    for about in ("range", "all"):
        runner.drop_answers(ticks, about)


def tick_range(api: Api, runner: Runner, model: QueueModel, ticks: Ticks, first: int, last: int) -> None:
    """Ticks the rows of the table from `first` to `last`."""
    at_hand = [model.id_at(at) for at in range(first, min(last, first + MOST) + 1)]
    if None not in at_hand:
        ticks.set_range(row_id for row_id in at_hand if row_id is not None)
        return
    begin, end = model.place_of(first), model.place_of(last)
    wanted, order = model.filter, model.order
    runner.ask(
        lambda: api.window_ids(wanted, order, begin, min(MOST, end - begin + 1)), ticks.set_range, owner=ticks, about="range"
    )


def tick_all(api: Api, runner: Runner, model: QueueModel, ticks: Ticks, say: Callable[[str], None]) -> None:
    """Ticks all reports of the filter, if one act can reach so many."""
    if model.total > MOST:
        say(tr("One act reaches at most {n} reports. Set a filter first.", n=number(MOST)))
        return
    wanted, order = model.filter, model.order
    runner.ask(lambda: api.window_ids(wanted, order, 0, MOST), ticks.add, owner=ticks, failed=say, about="all")
