"""Figures of the ranking are those that Python's own statistics finds."""

from __future__ import annotations

import sqlite3
from statistics import median

from hypothesis import given
from hypothesis import strategies as st

from triage.store.queries.samples import find_median_hours_to_first_view


class _Reader:
    """A database of one table, with the method by which queries are asked."""

    def __init__(self, rows: list[tuple[int, int | None]]) -> None:
        self._db = sqlite3.connect(":memory:")
        self._db.execute("CREATE TABLE queue (band INTEGER, first_look INTEGER)")
        self._db.executemany("INSERT INTO queue VALUES (?,?)", rows)

    def all(self, sql: str, values: tuple[object, ...] = ()) -> list[tuple[int, ...]]:
        return self._db.execute(sql, values).fetchall()


@given(st.lists(st.tuples(st.integers(0, 2), st.none() | st.integers(0, 10**6)), max_size=25))
def test_the_median_until_somebody_looks_is_the_middle_or_the_mean_of_both_middles(rows: list[tuple[int, int | None]]) -> None:
    found = find_median_hours_to_first_view(_Reader(rows))  # type: ignore[arg-type]
    looked: dict[int, list[int]] = {}
    for band, seconds in rows:
        if seconds is not None:
            looked.setdefault(band, []).append(seconds)
    assert found == {band: median(seconds) / 3600 for band, seconds in looked.items()}
