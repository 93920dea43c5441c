"""All SQL text of the product, a file a subject.

Functions take a Reader, or a Writer (a Batch is one, and sees its own writes); rows are tuples.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any


def marks(count: int) -> str:
    """Placeholders for an IN list."""
    return ",".join("?" * count)


def chunks(values: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    """Slices small enough for one IN list."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
