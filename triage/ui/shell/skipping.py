"""Goes through the queue past reports from which a person keeps away."""

from __future__ import annotations

from triage.ui.core.api import Api
from triage.ui.core.own_choices import own_choices
from triage.ui.queue.table import QueueTable

MOST_SKIPPED = 50
"""So many reports are left out at once; then the person sees where they are."""


def go_to_offered(table: QueueTable, api: Api, step: int, opened: str) -> int:
    """Moves from the opened report to the next one from which the person does not keep away; returns how many it left out.

    The queue itself lists them all. Reports that are assigned to this person are left out too: they can be given back. A report
    that was closed has left the queue, and the one behind it stands in its place: that one is the next, and is not passed over.
    """
    skipped, away = 0, set(own_choices(api).keeps_away)
    before = table.currentIndex()
    row = table.current_row()
    stands_in = row is not None and row.report_id != opened and table.replaced_last == (step < 0)
    first = 0 if stands_in else step
    while skipped < MOST_SKIPPED:
        by = step if skipped else first
        table.go(by)
        row, at = table.current_row(), table.currentIndex()
        if row is None or not away & set(row.flags) or (by and at == before):
            break
        skipped, before = skipped + 1, at
    return skipped
