"""SQL of the record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triage.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class RecordState:
    """Where the record stands after a commit, and where it stood after the one before."""

    commits: int
    count: int
    root: bytes
    frontier: bytes
    previous_count: int
    previous_root: bytes


def begin(writer: Writer, state: RecordState) -> None:
    writer.execute(
        "INSERT INTO audit_state (id, commits, count, root, frontier, previous_count, previous_root)"
        " VALUES (1, ?, ?, ?, ?, ?, ?)",
        (state.commits, state.count, state.root, state.frontier, state.previous_count, state.previous_root),
    )


def state(reader: Reader) -> RecordState:
    row = reader.one("SELECT commits, count, root, frontier, previous_count, previous_root FROM audit_state")
    if row is None:
        raise LookupError("the store has no record state")
    return RecordState(*row)


def set_state(writer: Writer, state: RecordState) -> None:
    writer.execute(
        "UPDATE audit_state SET commits = ?, count = ?, root = ?, frontier = ?, previous_count = ?, previous_root = ?",
        (state.commits, state.count, state.root, state.frontier, state.previous_count, state.previous_root),
    )


def append(writer: Writer, n: int, json: str, leaf: bytes) -> None:
    writer.execute("INSERT INTO audit_entry (n, json, leaf) VALUES (?, ?, ?)", (n, json, leaf))


def entries(reader: Reader) -> Iterator[tuple[int, str, bytes]]:
    """(n, json, leaf) in order."""
    yield from reader.each("SELECT n, json, leaf FROM audit_entry ORDER BY n")


def leaves(reader: Reader) -> list[bytes]:
    return [row[0] for row in reader.all("SELECT leaf FROM audit_entry ORDER BY n")]


def entry(reader: Reader, n: int) -> tuple[str, bytes] | None:
    row = reader.one("SELECT json, leaf FROM audit_entry WHERE n = ?", (n,))
    return (row[0], row[1]) if row else None


def entries_about(reader: Reader, report: int, bundles: Sequence[int]) -> list[tuple[int, str, bytes]]:
    """(n, json, leaf) of the entries that name a report, and of the imports that brought it."""
    return [
        (n, json, leaf)
        for n, json, leaf in reader.all(
            "SELECT n, json, leaf FROM audit_entry WHERE json_extract(json, '$.about.report') = ?"
            " OR EXISTS (SELECT 1 FROM json_each(audit_entry.json, '$.about.reports') WHERE value = ?)"
            " OR (json_extract(json, '$.kind') IN ('import started', 'container received', 'import completed', 'import finished')"
            f" AND json_extract(json, '$.about.bundle') IN ({_ints(bundles)}))"
            " ORDER BY n",
            (report, report),
        )
    ]


def _ints(values: Sequence[int]) -> str:
    return ",".join(str(int(value)) for value in values)
