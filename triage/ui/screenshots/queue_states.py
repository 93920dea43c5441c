"""Shows the states of the queue one after the other for the screenshots."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from triage.ui.queue.columns import find_column
from triage.ui.queue.facet_list import FacetList
from triage.ui.shell.main_window import MainWindow

SELECTED = 3


def show_queue_states(window: MainWindow, settle: Callable[[], None]) -> Iterator[str]:
    """Yields the name of each state while it is shown: a selection with unfolded copies, a header list, what expires soon."""
    queue = window.queue
    chosen = [row_id for at in range(1, 1 + SELECTED) if (row_id := queue.model.id_at(at)) is not None]
    queue.ticks.add(chosen)
    folded = next((at for at, row in sorted(queue.model.rows_at_hand(), key=lambda each: each[0]) if row.copies), None)
    if folded is not None:
        queue.model.toggle_fold(folded)
    settle()
    yield "queue-selected"
    queue.ticks.clear()
    queue.list_values(find_column("office").facets, queue.table.across.below("office"))
    settle()
    yield "queue-facets"
    for listed in window.findChildren(FacetList):
        listed.close()
    window.choose_lane("preserve")
    settle()
    yield "queue-preserve"
    window.choose_lane("all")
    settle()
