"""Reads NSRL's Reference Data Set, version 3: an SQLite file with one row a file.

The rows stand in the table FILE (minimal sets) or METADATA (full sets, where FILE is a view of it).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from triage.errors import InputError
from triage.importers.lists.list_items import (
    LENGTHS,
    ListItem,
    ListPart,
    ListRemarks,
    Position,
    UnreadableItem,
    parse_hash,
    split_items,
)
from triage.importers.lists.sqlite_file import SqliteFile, SqliteTable, SqliteValue
from triage.message import Message
from triage.model.digest_kinds import STRONGEST_FIRST

_TABLES = ("file", "metadata")
_AT_ONCE = 2_000


class NsrlReader:
    """Reads the hashes of an NSRL set."""

    format = "NSRL RDS 3"
    region = None

    def __init__(self, stream: BinaryIO) -> None:
        """Opens the SQLite file.

        Raises InputError when it is none.
        """
        self.remarks = ListRemarks()
        self._file = SqliteFile(stream)

    def items(self) -> Iterator[ListItem]:
        """Yields one entry a row.

        Rows without a usable hash become remarks.
        """
        table = self._find_table()
        kinds = [kind for kind in STRONGEST_FIRST if kind in table.columns]
        for number, row in enumerate(self._file.rows(table, kinds), 1):
            hashes = tuple(self._read_hashes(kinds, row, number))
            if hashes:
                yield ListItem(hashes=hashes)

    def parts(self, position: Position, before: ListRemarks) -> Iterator[ListPart]:
        """Yields the same in parts. A position is the number of rows before it."""
        table = self._find_table()
        kinds = [kind for kind in STRONGEST_FIRST if kind in table.columns]
        if not self._file.has_plain_leaves(table):
            yield from split_items(self.items(), position)
            return
        if position:
            self.remarks.go_on_from(before)
        block: list[tuple[SqliteValue, ...]] = []
        done = skip = position[0] if position else 0
        for done, rows in self._file.row_blocks(table, kinds, skip):
            block += rows
            if len(block) >= _AT_ONCE:
                yield self._make_part(kinds, block, done)
                block = []
        if block:
            yield self._make_part(kinds, block, done)

    def _make_part(self, kinds: Sequence[str], rows: list[tuple[SqliteValue, ...]], done: int) -> ListPart:
        """Returns the part of these rows, of which `done` is the number of the last."""
        digests = {kind: _join_digests(kind, column) for kind, column in zip(kinds, zip(*rows, strict=True), strict=True)}
        plain = {kind: joined for kind, joined in digests.items() if joined is not None}
        if len(plain) == len(kinds):
            return ListPart((done,), digests=plain, plain=len(rows))
        found = (tuple(self._read_hashes(kinds, row, number)) for number, row in enumerate(rows, done - len(rows) + 1))
        return ListPart((done,), [ListItem(hashes=hashes) for hashes in found if hashes])

    def _find_table(self) -> SqliteTable:
        """Returns the table by the set's own names, else the first one with columns of hashes."""
        fitting = [table for table in self._file.tables() if set(STRONGEST_FIRST) & set(table.columns)]
        fitting.sort(key=lambda table: (table.name.casefold() not in _TABLES, table.name.casefold() != "file"))
        if not fitting:
            raise InputError("The SQLite file has no table with a column sha256, sha1 or md5.")
        return fitting[0]

    def _read_hashes(self, kinds: Sequence[str], row: tuple[SqliteValue, ...], number: int) -> Iterator[tuple[str, bytes]]:
        """Yields the hashes of one row, and notes those that can't be read."""
        found = False
        for kind, value in zip(kinds, row, strict=True):
            try:
                digest = _parse_digest(kind, value)
            except UnreadableItem as reason:
                self.remarks.note_unread(Message("row {n}", n=number), reason.message)
                found = True
            else:
                if digest is not None:
                    found = True
                    yield kind, digest
        if not found:
            self.remarks.note_unread(Message("row {n}", n=number), Message("no hash"))


def _join_digests(kind: str, column: tuple[SqliteValue, ...]) -> bytes | None:
    """Returns the digests of a column one after the other, or None unless each is in plain hexadecimal."""
    try:
        text = "".join(column)  # type: ignore[arg-type]
        joined = bytes.fromhex(text) if text.isalnum() else b""
    except (TypeError, ValueError):
        return None
    size = LENGTHS[kind]
    return joined if set(map(len, column)) == {2 * size} and len(joined) == size * len(column) else None  # type: ignore[arg-type]


def _parse_digest(kind: str, value: SqliteValue) -> bytes | None:
    """Returns the digest in a cell, text or bytes, or None when it is empty.

    Raises UnreadableItem.
    """
    if isinstance(value, str):
        return parse_hash(kind, value)
    if isinstance(value, bytes) and len(value) == LENGTHS[kind]:
        return value
    if value is None:
        return None
    raise UnreadableItem("no {kind}", kind=kind)
