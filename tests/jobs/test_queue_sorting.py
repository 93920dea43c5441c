"""Few reports are sorted by the planes in memory and by their rows; no row is read that the page does not need."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import count_examples
from triage.jobs.reading import queue_table
from triage.jobs.reading.queue_table import Group, find_rank, list_sort_planes, list_window
from triage.jobs.state.queue_layout import COLUMNS, Bits, Ids, Numbers, PlaneRows
from triage.jobs.state.queue_planes import QueuePlanes, make_bits

REPORTS = 150
SORTED = ("band", "risk", "actionability", "has_due", "due", "number")


class RecordedColumns(Mapping[str, Numbers]):
    """Columns of rows that tell when deadlines are asked for."""

    def __init__(self, columns: Mapping[str, Numbers], ask: Callable[[], None]) -> None:
        self.columns, self.ask = columns, ask

    def __getitem__(self, name: str) -> Numbers:
        if name in ("has_due", "due"):
            self.ask()
        return self.columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)


class DrawnPlanes(QueuePlanes):
    """Planes of drawn reports without a store, of which some are in memory."""

    def __init__(self, rng: random.Random, in_memory: float) -> None:
        super().__init__()
        values = {"band": 3, "risk": 4, "actionability": 3, "has_due": 2, "due": 4, "number": REPORTS // 2}
        drawn = {name: [rng.randrange(most) for _ in range(REPORTS + 1)] for name, most in values.items()}
        drawn["due"] = [due * has for due, has in zip(drawn["due"], drawn["has_due"], strict=True)]
        self.columns = {name: np.array(column, np.uint64) for name, column in drawn.items()}
        numbers = [plane for name in SORTED for plane in COLUMNS[name].planes()]
        self.loaded = {plane for plane in numbers if rng.random() < in_memory}
        self.rows: set[int] = set()
        self.with_deadlines: set[int] = set()

    def plane(self, number: int) -> Bits | None:
        self.loaded.add(number)
        name = next(name for name in SORTED if number in COLUMNS[name].planes())
        bit = np.uint64(number - COLUMNS[name].first)
        ids = np.flatnonzero(self.columns[name] >> bit & np.uint64(1))
        return make_bits(self, ids[ids > 0]) if len(ids) else None

    def is_loaded(self, number: int) -> bool:
        return number in self.loaded

    def load_rows(self, ids: Ids) -> PlaneRows:
        self.rows |= set(ids.tolist())
        columns = {name: column[ids] for name, column in self.columns.items()}
        return PlaneRows(ids, RecordedColumns(columns, lambda: self.with_deadlines.update(ids.tolist())), None)

    def find_key(self, i: int, *, columns: tuple[str, ...] = SORTED) -> tuple[int, ...]:
        """Returns what sorts a report: risk and actionability descending, reports without a deadline last."""
        turned = ("risk", "actionability", "has_due")
        return tuple(int(self.columns[name][i]) * (-1 if name in turned else 1) for name in columns)


@given(seed=st.integers(0, 10_000), in_memory=st.sampled_from((0, 0.5, 0.95, 1)), few=st.sampled_from((1, 20, 1_000)))
@settings(max_examples=count_examples(25), deadline=None)
def test_each_page_is_as_plainly_sorted(seed: int, in_memory: float, few: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        for name in ("FEW", "MANY", "_SEVERAL", "SORTED_AT_ONCE"):
            patched.setattr(queue_table, name, few)
        rng = random.Random(seed)
        planes = DrawnPlanes(rng, in_memory)
        expected = sorted(range(1, REPORTS + 1), key=lambda i: (*planes.find_key(i), i))
        order, every = list_sort_planes("", descending=False), make_bits(planes, np.arange(1, REPORTS + 1))
        start = rng.randrange(REPORTS)
        stop = rng.randrange(start, REPORTS + 1)
        assert list(list_window(planes, order, [Group(every, REPORTS)], start, stop)) == expected[start:stop]
        at = rng.randrange(REPORTS)
        assert find_rank(planes, order, every, expected[at]) == at


def test_rows_are_read_of_reports_that_reach_into_the_page_alone() -> None:
    with pytest.MonkeyPatch.context() as patched:
        for name in ("FEW", "MANY"):
            patched.setattr(queue_table, name, REPORTS)
        for seed in range(5):
            planes = DrawnPlanes(random.Random(seed), 0)
            planes.loaded |= set(COLUMNS["band"].planes())
            every = make_bits(planes, np.arange(1, REPORTS + 1))
            found = list_window(planes, list_sort_planes("", descending=False), [Group(every, REPORTS)], 0, 5)
            last, tied = planes.find_key(found[-1], columns=("band",)), ("band", "risk", "actionability")
            assert planes.rows == {i for i in range(1, REPORTS + 1) if planes.find_key(i, columns=("band",)) <= last}
            equal = Counter(planes.find_key(i, columns=tied) for i in planes.rows)
            shown = {key for key in (planes.find_key(i, columns=tied) for i in found) if equal[key] > 1}
            assert planes.with_deadlines == {i for i in planes.rows if planes.find_key(i, columns=tied) in shown}
