"""All SQL text of the product, a file a subject.

Functions take a Reader, or a Writer (a Batch is one, and sees its own writes); rows are tuples.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any


def marks(count: int) -> str:
    """Placeholders for an IN list."""
    return ",".join("?" * count)


def chunks(values: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    """Slices small enough for one IN list."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def among(values: Iterable[int | str]) -> str:
    """For `IN (SELECT value FROM json_each(?))`: one statement, however many values."""
    return json.dumps(sorted(values), ensure_ascii=False)


def gravest_band(media: str) -> str:
    """SQL: of the reports that hold one of these media (SQL too, with commas between); behind all bands when none does."""
    held = "SELECT min(q.band) FROM file o JOIN queue q ON q.report_id = o.report_id"
    return f"coalesce(({held} WHERE o.media_item_id IN ({media})), 9)"
