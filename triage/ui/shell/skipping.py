"""Goes through the queue past reports from which a person keeps away."""

from __future__ import annotations

from triage.ui.core.api import Api
from triage.ui.core.own_choices import own_choices
from triage.ui.queue.table import QueueTable

MOST_SKIPPED = 50
"""So many reports are left out at once; then the person sees where they are."""


def go_to_offered(table: QueueTable, api: Api, step: int) -> int:
    """Moves to the next report from which the person does not keep away; returns how many it left out.

    The queue itself lists them all. Reports that are assigned to this person are left out too: they can be given back.
    """
    skipped, away = 0, set(own_choices(api).keeps_away)
    before = table.currentIndex()
    while skipped < MOST_SKIPPED:
        table.go(step)
        row, at = table.current_row(), table.currentIndex()
        if row is None or not away & set(row.flags) or at == before:
            break
        skipped, before = skipped + 1, at
    return skipped
