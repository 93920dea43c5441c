"""All SQL text of the product, a file a subject.

Functions take something that asks (a Reader or a Batch) or something that writes (a Batch); rows are tuples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

Params = Sequence[Any]


class Asks(Protocol):
    """Reads: a `triage.store` Reader, or a Batch, which sees its own writes."""

    def all(self, sql: str, params: Params = ()) -> list[tuple[Any, ...]]: ...
    def one(self, sql: str, params: Params = ()) -> tuple[Any, ...] | None: ...
    def value(self, sql: str, params: Params = ()) -> Any: ...


class Writes(Asks, Protocol):
    """Writes within one batch: all of it is committed, or none."""

    def execute(self, sql: str, params: Params = ()) -> None: ...
    def executemany(self, sql: str, rows: Iterable[Params]) -> None: ...
    def insert(self, sql: str, params: Params = ()) -> int: ...
    def seal(self, data: bytes | Iterator[bytes]) -> int: ...
    def note(self, kind: str, **facts: object) -> int: ...


def marks(count: int) -> str:
    """Placeholders for an IN list."""
    return ",".join("?" * count)


def chunks(values: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    """Slices small enough for one IN list."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
