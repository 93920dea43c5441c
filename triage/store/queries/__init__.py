"""Holds all SQL text of the product, one module for each subject.

Functions take a Reader, or a Writer. A Batch is a Writer and sees its own writes. Rows are tuples unless a row class says
otherwise. A function that takes ids as an iterable accepts any number of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from triage.store.database import Reader


def format_placeholders(count: int) -> str:
    """Returns `count` question marks, separated by commas, for an IN list."""
    return ",".join("?" * count)


def split_into_chunks(values: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    """Yields consecutive slices of at most `size` values, each small enough for one IN list."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def encode_json_array(values: Iterable[int | str]) -> str:
    """Returns the values, sorted, as a JSON array for `IN (SELECT value FROM json_each(?))`.

    One such statement serves any number of values.
    """
    return msgspec.json.encode(sorted(values)).decode()


def list_ids_backwards(db: Reader, table: str) -> Sequence[int]:
    """Returns the ids of all rows of a table, the highest first, without reading them.

    The table's ids follow each other: no row of it is ever deleted (tests/store/test_dense_ids.py), and one that is rolled back
    gives its id to the next.
    """
    last, first = db.all(f"SELECT (SELECT max(id) FROM {table}), (SELECT min(id) FROM {table})")[0]
    return range(0) if last is None else range(last, first - 1, -1)


def build_gravest_band_sql(media: str) -> str:
    """Returns an SQL expression for the gravest band (0 is A) of the reports that hold one of the media items.

    `media` is SQL too: expressions for media item ids, separated by commas. The expression yields 9 when no report holds any.
    """
    held = "SELECT min(q.band) FROM file o JOIN queue q ON q.report_id = o.report_id"
    return f"coalesce(({held} WHERE o.media_item_id IN ({media})), 9)"
