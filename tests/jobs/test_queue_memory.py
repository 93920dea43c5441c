"""What a question to the queue holds in memory, at two million reports: some sets of reports, and not one for each plane."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from triage.jobs.reading.queue_table import Group, SortPlane, find_rank, list_sort_planes, list_window
from triage.jobs.state.queue_layout import BLOCK, COLUMNS, Bits
from triage.jobs.state.queue_planes import QueuePlanes

REPORTS = 16 * BLOCK
SET = REPORTS // 8
"""Bytes of a set."""
MOST = 12
"""Sets that a question may hold at once."""
LAST = range(COLUMNS["number"].first, COLUMNS["number"].first + 16)
"""The last planes of the order, by which alone the drawn reports differ: each is a higher bit of their ids."""


class DrawnPlanes(QueuePlanes):
    """Planes without a store. Each has bits, so that each divides, though the first ones tell no reports apart."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks = REPORTS // BLOCK
        self.full = ~self.empty()
        words = np.arange(self.size)
        self.drawn = {number: np.where(words >> at & 1, self.full, np.uint64(0)) for at, number in enumerate(LAST)}

    def plane(self, number: int) -> Bits | None:
        return self.drawn.get(number, self.full)

    def is_loaded(self, number: int) -> bool:
        return True


def ask_window(planes: DrawnPlanes, order: Sequence[SortPlane], start: int) -> list[int]:
    """Returns the ids of a page."""
    return list(list_window(planes, order, [Group(planes.full, REPORTS)], start, start + 64))


@pytest.mark.parametrize(
    ("ask", "found"),
    [
        (lambda planes, order: ask_window(planes, order, 640_000), list(range(640_000, 640_064))),
        (lambda planes, order: ask_window(planes, order, (1 << 20) - 32), list(range((1 << 20) - 32, (1 << 20) + 32))),
        (lambda planes, order: find_rank(planes, order, planes.full, 640_009), 640_009),
    ],
    ids=["a page", "a page over an edge", "a place"],
)
def test_a_question_holds_some_sets_and_not_one_for_each_plane(
    ask: Callable[[DrawnPlanes, Sequence[SortPlane]], object], found: object
) -> None:
    planes, order = DrawnPlanes(), list_sort_planes("received", descending=False)
    assert len(order) > 5 * MOST
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        assert ask(planes, order) == found
        assert tracemalloc.get_traced_memory()[1] - before < MOST * SET
    finally:
        tracemalloc.stop()


def test_a_list_of_all_reports_is_sorted_in_parts() -> None:
    """Two million took 322 MB, most of it while they were sorted at once."""
    planes, order = DrawnPlanes(), list_sort_planes("received", descending=False)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        found = list_window(planes, order, [Group(planes.full, REPORTS)], 0, REPORTS)
        spent = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert (len(found), found[0], found[-1]) == (REPORTS, 0, REPORTS - 1)
    assert spent < 30 * REPORTS, "8 bytes an id, and as many while they are copied"
