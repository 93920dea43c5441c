"""NSRL's Reference Data Set, version 3: an SQLite file whose table FILE (minimal sets) or METADATA (full sets, where FILE is
a view of it) holds a row a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from triage.errors import InputError
from triage.importers.lists.base import LENGTHS, Item, Remarks, Unreadable, hash_value
from triage.importers.lists.sqlite_file import SqliteFile, Table, Value

_KINDS = ("sha256", "sha1", "md5")
_TABLES = ("file", "metadata")


class Nsrl:
    format = "NSRL RDS 3"
    region = None

    def __init__(self, stream: BinaryIO) -> None:
        self.remarks = Remarks()
        self._file = SqliteFile(stream)

    def items(self) -> Iterator[Item]:
        table = self._table()
        kinds = [kind for kind in _KINDS if kind in table.columns]
        for number, row in enumerate(self._file.rows(table, kinds), 1):
            hashes = tuple(self._hashes(kinds, row, number))
            if hashes:
                yield Item(hashes=hashes)

    def _table(self) -> Table:
        """The set's own names first; else the first table with columns of hashes."""
        fitting = [table for table in self._file.tables() if set(_KINDS) & set(table.columns)]
        fitting.sort(key=lambda table: (table.name.casefold() not in _TABLES, table.name.casefold() != "file"))
        if not fitting:
            raise InputError("The SQLite file has no table with a column sha256, sha1 or md5.")
        return fitting[0]

    def _hashes(self, kinds: list[str], row: tuple[Value, ...], number: int) -> Iterator[tuple[str, bytes]]:
        found = False
        for kind, value in zip(kinds, row, strict=True):
            try:
                digest = _digest(kind, value)
            except Unreadable as reason:
                self.remarks.could_not_read(f"row {number}", str(reason))
                found = True
            else:
                if digest is not None:
                    found = True
                    yield kind, digest
        if not found:
            self.remarks.could_not_read(f"row {number}", "no hash")


def _digest(kind: str, value: Value) -> bytes | None:
    if isinstance(value, str):
        return hash_value(kind, value)
    if isinstance(value, bytes) and len(value) == LENGTHS[kind]:
        return value
    if value is None:
        return None
    raise Unreadable(f"no {kind}")
