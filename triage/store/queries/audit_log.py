"""SQL of the audit log: its entries, and its state after each commit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triage.store.database import Reader, Writer
from triage.store.queries import encode_json_array


@dataclass(frozen=True, slots=True)
class AuditState:
    """The audit log's state after a commit, and its count and root after the commit before.

    `frontier` holds the roots of the full subtrees, the largest first, 32 bytes each.
    """

    commits: int
    count: int
    root: bytes
    frontier: bytes
    previous_count: int
    previous_root: bytes


def add_first_state(writer: Writer, state: AuditState) -> None:
    """Stores the first state of a new audit log."""
    writer.execute(
        "INSERT INTO audit_state (id, commits, count, root, frontier, previous_count, previous_root)"
        " VALUES (1, ?, ?, ?, ?, ?, ?)",
        (state.commits, state.count, state.root, state.frontier, state.previous_count, state.previous_root),
    )


def load_state(reader: Reader) -> AuditState:
    """Returns the audit log's state.

    Raises:
        LookupError: if the store has none
    """
    row = reader.first("SELECT commits, count, root, frontier, previous_count, previous_root FROM audit_state")
    if row is None:
        raise LookupError("the store has no record state")
    return AuditState(*row)


def save_state(writer: Writer, state: AuditState) -> None:
    """Stores the audit log's state."""
    writer.execute(
        "UPDATE audit_state SET commits = ?, count = ?, root = ?, frontier = ?, previous_count = ?, previous_root = ?",
        (state.commits, state.count, state.root, state.frontier, state.previous_count, state.previous_root),
    )


def add_entry(writer: Writer, n: int, json: str, leaf: bytes) -> None:
    """Adds entry `n` (counted from 0) with its canonical JSON and its leaf hash."""
    writer.execute("INSERT INTO audit_entry (n, json, leaf) VALUES (?, ?, ?)", (n, json, leaf))


def iter_entries(reader: Reader, first: int = 0) -> Iterator[tuple[int, str, bytes]]:
    """Yields (n, JSON, leaf hash) of the entries from number `first` on, in order."""
    yield from reader.each("SELECT n, json, leaf FROM audit_entry WHERE n >= ? ORDER BY n", (first,))


def load_entries(reader: Reader, numbers: Sequence[int]) -> dict[int, str]:
    """Returns number -> JSON of these entries."""
    return dict(reader.all(f"SELECT n, json FROM audit_entry WHERE n IN ({_format_ints(numbers)})"))


def find_entries(
    reader: Reader, first: int, until: int, kinds: Sequence[str], user: int | None, since: str, before: str, about: str
) -> list[int]:
    """Returns the numbers of entries from `first` to before `until` that fit, the newest first.

    Empty `kinds`, `since`, `before` and `about` fit all. Times compare as text. `about` stands somewhere in what an entry names.
    """
    sql, values = "SELECT n FROM audit_entry WHERE n >= ? AND n < ?", list[int | str]((first, until))
    if kinds:
        sql += f" AND json_extract(json, '$.kind') IN ({','.join('?' * len(kinds))})"
        values += kinds
    if user is not None:
        sql += " AND json_extract(json, '$.user') = ?"
        values.append(user)
    for name, sign, when in (("when", ">=", since), ("when", "<", before)):
        if when:
            sql += f" AND json_extract(json, '$.{name}') {sign} ?"
            values.append(when)
    if about:
        sql += " AND instr(json_extract(json, '$.about'), ?) > 0"
        values.append(about)
    return [n for (n,) in reader.all(f"{sql} ORDER BY n DESC", tuple(values))]


def list_kinds(reader: Reader, first: int) -> list[str]:
    """Returns the kind of each entry from `first` on."""
    return [
        kind for (kind,) in reader.all("SELECT json_extract(json, '$.kind') FROM audit_entry WHERE n >= ? ORDER BY n", (first,))
    ]


def iter_entries_of_kinds(reader: Reader, kinds: Sequence[str], first: int) -> Iterator[tuple[int, str]]:
    """Yields (n, JSON) of the entries of these kinds from number `first` on, in order."""
    sql = f"SELECT n, json FROM audit_entry WHERE n >= ? AND json_extract(json, '$.kind') IN ({','.join('?' * len(kinds))})"
    yield from reader.each(f"{sql} ORDER BY n", (first, *kinds))


def load_leaves(reader: Reader) -> list[bytes]:
    """Returns the leaf hashes of all entries, in order."""
    return [row[0] for row in reader.all("SELECT leaf FROM audit_entry ORDER BY n")]


def iter_leaves(reader: Reader, first: int, until: int) -> Iterator[bytes]:
    """Yields the leaf hashes of entries `first` to before `until`, in order: those of a million entries as a list take 120 MB."""
    sql = "SELECT leaf FROM audit_entry WHERE n >= ? AND n < ? ORDER BY n"
    return (leaf for (leaf,) in reader.each(sql, (first, until)))


def load_entry(reader: Reader, n: int) -> tuple[str, bytes] | None:
    """Returns (JSON, leaf hash) of entry `n`, or None."""
    row = reader.first("SELECT json, leaf FROM audit_entry WHERE n = ?", (n,))
    return (row[0], row[1]) if row else None


_ABOUT = "SELECT n, json, leaf FROM audit_entry WHERE json_valid(json) AND"
_OF_ONE = f"{_ABOUT} json_extract(json, '$.about.report') = ?1"
_OF_SEVERAL = (
    f"{_ABOUT} json_type(json, '$.about.reports') = 'array'"
    " AND EXISTS (SELECT 1 FROM json_each(audit_entry.json, '$.about.reports') WHERE value = ?1)"
)
_OF_IMPORTS = (
    f"{_ABOUT} json_extract(json, '$.kind') IN ('import started', 'container received', 'import completed', 'import finished')"
    " AND json_extract(json, '$.about.bundle') IN (SELECT value FROM json_each(?2))"
)


def list_entries_about(reader: Reader, report: int, bundles: Sequence[int]) -> list[tuple[int, str, bytes]]:
    """Returns (n, JSON, leaf hash) of entries that name the report, and of the imports that brought it."""
    return [
        (n, json, leaf)
        for n, json, leaf in reader.all(
            f"{_OF_ONE} UNION {_OF_SEVERAL} UNION {_OF_IMPORTS} ORDER BY n", (report, encode_json_array(bundles))
        )
    ]


def _format_ints(values: Sequence[int]) -> str:
    """Returns the integers as an SQL list."""
    return ",".join(str(int(value)) for value in values)
