"""Reads the rows of one table of an SQLite file without SQLite, page by page, since such a file comes from strangers.

A database engine is a large program in C, and a prepared file is its classic attack. Walking one table's tree needs little of the
format, and can be done in a language that checks every index. Source: the published SQLite file format.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from triage.errors import InputError

MAGIC = b"SQLite format 3\0"
SqliteValue = int | bytes | str | None
_DAMAGED = "The SQLite file is damaged."
_ENCODINGS = {0: "utf-8", 1: "utf-8", 2: "utf-16-le", 3: "utf-16-be"}
_TABLE_LEAF, _TABLE_INNER, _INDEX_LEAF, _INDEX_INNER = 13, 5, 10, 2
_INTEGER_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_MOST_DEPTH = 40  # pages from root to leaf; a deeper tree is damaged or made to be one
_LONGEST_ROW = 1 << 20  # bytes of one row
_MOST_PLACES = 10_000  # pages whose rows are remembered, so that a page is decoded once
_COLUMN = re.compile(r"""\s*(?:"((?:[^"]|"")+)"|`([^`]+)`|\[([^\]]+)\]|'((?:[^']|'')+)'|([^\s(),]+))""")
_CONSTRAINTS = {"constraint", "primary", "unique", "check", "foreign"}
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_KEY = re.compile(r"primary\s+key\s*\(([^()]*)\)", re.IGNORECASE)
_WITHOUT_ROWID = re.compile(r"\)\s*[^()]*\bwithout\s+rowid\b[^()]*$", re.IGNORECASE)
_IS_KEY = re.compile(r"\bprimary\s+key\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SqliteTable:
    """A table.

    `columns` are in the order in which a row holds them, in lower case.
    """

    name: str
    root: int
    columns: tuple[str, ...]


class SqliteFile:
    """An SQLite database.

    Raises InputError, here or while reading, when the file is none or damaged.
    """

    def __init__(self, stream: BinaryIO) -> None:
        """Reads the header."""
        head = stream.read(100)
        if len(head) < 100 or not head.startswith(MAGIC):
            raise InputError("The file is not an SQLite database.")
        size = int.from_bytes(head[16:18], "big")
        self._page = 65_536 if size == 1 else size
        self._usable = self._page - head[20]
        encoding = _ENCODINGS.get(int.from_bytes(head[56:60], "big"))
        if self._page < 512 or self._page & (self._page - 1) or self._usable < 480 or encoding is None:
            raise InputError(_DAMAGED)
        self._encoding = encoding
        self._stream = stream
        self._pages = stream.seek(0, 2) // self._page
        self._places: dict[bytes, list[tuple[int, int]] | None] = {}
        """Head of a record -> where the wanted columns lie in it; None when they have to be read one by one."""

    def tables(self) -> list[SqliteTable]:
        """Returns the tables without views, which have no rows of their own."""
        found = []
        for row in self._read_rows(1, (0, 1, 3, 4)):
            kind, name, root, sql = row
            if kind == "table" and isinstance(name, str) and isinstance(root, int) and isinstance(sql, str):
                found.append(SqliteTable(name, root, _parse_columns(sql)))
        return found

    def rows(self, table: SqliteTable, columns: Sequence[str]) -> Iterator[tuple[SqliteValue, ...]]:
        """Yields the values of these columns row by row.

        A column that was added later and is missing in a row is None.
        """
        return self._read_rows(table.root, tuple(table.columns.index(name) for name in columns))

    def row_blocks(
        self, table: SqliteTable, columns: Sequence[str], skip: int = 0
    ) -> Iterator[tuple[int, list[tuple[SqliteValue, ...]]]]:
        """Yields (rows up to here, rows of a page): the rows of `rows` without the first `skip`, whose content is not read."""
        wanted = tuple(table.columns.index(name) for name in columns)
        self._places = {}
        done = 0
        try:
            for page, cells in self._read_leaves(table.root, 0, [self._pages + 1]):
                done += len(cells)
                if done > skip:
                    rows = [self._parse_cell(page, at, wanted) for at in cells[max(0, skip - done + len(cells)) :]]
                    yield done, rows
        except (IndexError, UnicodeDecodeError, RecursionError) as error:
            raise InputError(_DAMAGED, detail=type(error).__name__) from error

    def has_plain_leaves(self, table: SqliteTable) -> bool:
        """Returns whether all rows of a table lie in leaves, which `row_blocks` needs: so do those of tables with a rowid."""
        return self._read_page(table.root, [1])[100 if table.root == 1 else 0] in (_TABLE_INNER, _TABLE_LEAF)

    def _read_leaves(self, number: int, depth: int, left: list[int]) -> Iterator[tuple[bytes, list[int]]]:
        """Yields (page, places of its rows) of the leaves below a page of a table, in the tree's order."""
        if depth > _MOST_DEPTH:
            raise InputError(_DAMAGED)
        page = self._read_page(number, left)
        kind, cells = page[0], int.from_bytes(page[3:5], "big")
        if kind not in (_TABLE_INNER, _TABLE_LEAF):
            raise InputError(_DAMAGED)
        start = 12 if kind == _TABLE_INNER else 8
        if start + 2 * cells > self._usable:
            raise InputError(_DAMAGED)
        places = list(struct.unpack_from(f">{cells}H", page, start))
        if kind == _TABLE_LEAF:
            yield page, places
            return
        for at in places:
            yield from self._read_leaves(int.from_bytes(page[at : at + 4], "big"), depth + 1, left)
        yield from self._read_leaves(int.from_bytes(page[8:12], "big"), depth + 1, left)

    def _parse_cell(self, page: bytes, at: int, wanted: tuple[int, ...]) -> tuple[SqliteValue, ...]:
        """Returns the wanted columns of a row of a table's leaf.

        Where values of text lie depends on the record's head alone. Heads come again and again, so their places are kept.
        """
        size, start = (page[at], at + 1) if page[at] < 128 else _read_varint(page, at)
        if size <= self._usable - 35:
            while page[start] >= 128:  # the row's id
                start += 1
            start += 1
            head = page[start : start + page[start]]
            places = self._places.get(head)
            if places is not None and start + size <= len(page):
                return tuple([page[start + a : start + b].decode() for a, b in places])
            if places is None and len(self._places) < _MOST_PLACES and len(head) == page[start]:
                self._places[head] = self._find_text_places(head, wanted, size)
        return self._parse_record(self._read_payload(page, at, True, [self._pages + 1]), wanted)

    def _find_text_places(self, head: bytes, wanted: tuple[int, ...], size: int) -> list[tuple[int, int]] | None:
        """Returns where in a record with this head the wanted columns lie, or None unless all are text in UTF-8."""
        if self._encoding != "utf-8" or not head or head[0] >= 128:
            return None
        kinds, at = [], 1
        while at < len(head):
            kind, at = (head[at], at + 1) if head[at] < 128 else _read_varint(head, at)
            kinds.append(kind)
        ends, end = [], len(head)
        for kind in kinds:
            end += _INTEGER_BYTES.get(kind, 0) if kind < 7 else 8 if kind == 7 else max(0, kind - 12) // 2
            ends.append(end)
        if end != size or any(n >= len(kinds) or kinds[n] < 13 or kinds[n] % 2 == 0 for n in wanted):
            return None
        return [(ends[n] - (kinds[n] - 13) // 2, ends[n]) for n in wanted]

    def _read_rows(self, root: int, wanted: tuple[int, ...]) -> Iterator[tuple[SqliteValue, ...]]:
        """Yields the wanted columns, by number, of all rows below a root page."""
        try:
            for payload in self._read_payloads(root, 0, [self._pages + 1]):
                yield self._parse_record(payload, wanted)
        except (IndexError, UnicodeDecodeError, RecursionError) as error:
            raise InputError(_DAMAGED, detail=type(error).__name__) from error

    def _read_payloads(self, number: int, depth: int, left: list[int]) -> Iterator[bytes]:
        """Yields the rows below a page in the tree's order.

        `left` counts pages down, so that a loop in the tree ends.
        """
        if depth > _MOST_DEPTH:
            raise InputError(_DAMAGED)
        page = self._read_page(number, left)
        start = 100 if number == 1 else 0
        kind, cells = page[start], int.from_bytes(page[start + 3 : start + 5], "big")
        inner = kind in (_TABLE_INNER, _INDEX_INNER)
        if not inner and kind not in (_TABLE_LEAF, _INDEX_LEAF):
            raise InputError(_DAMAGED)
        pointers = start + (12 if inner else 8)
        if pointers + 2 * cells > self._usable:
            raise InputError(_DAMAGED)
        for n in range(cells):
            at = int.from_bytes(page[pointers + 2 * n : pointers + 2 * n + 2], "big")
            if inner:
                yield from self._read_payloads(int.from_bytes(page[at : at + 4], "big"), depth + 1, left)
                at += 4
            if kind != _TABLE_INNER:
                yield self._read_payload(page, at, kind == _TABLE_LEAF, left)
        if inner:
            yield from self._read_payloads(int.from_bytes(page[start + 8 : start + 12], "big"), depth + 1, left)

    def _read_payload(self, page: bytes, at: int, of_table: bool, left: list[int]) -> bytes:
        """Returns the bytes of one row, including its overflow pages."""
        size, at = _read_varint(page, at)
        if size > _LONGEST_ROW:
            raise InputError(_DAMAGED)
        if of_table:
            _, at = _read_varint(page, at)
        most = self._usable - 35 if of_table else (self._usable - 12) * 64 // 255 - 23
        if size <= most:
            return self._check_length(page[at : at + size], size)
        least = (self._usable - 12) * 32 // 255 - 23
        local = least + (size - least) % (self._usable - 4)
        local = local if local <= most else least
        parts = [self._check_length(page[at : at + local], local)]
        following, missing = int.from_bytes(page[at + local : at + local + 4], "big"), size - local
        while missing:
            overflow = self._read_page(following, left)
            part = overflow[4 : 4 + min(missing, self._usable - 4)]
            parts.append(part)
            missing -= len(part)
            following = int.from_bytes(overflow[:4], "big")
        return b"".join(parts)

    def _check_length(self, part: bytes, size: int) -> bytes:
        if len(part) != size:
            raise InputError(_DAMAGED)
        return part

    def _read_page(self, number: int, left: list[int]) -> bytes:
        """Returns the usable bytes of a page, counted from 1."""
        left[0] -= 1
        if not 1 <= number <= self._pages or left[0] < 0:
            raise InputError(_DAMAGED)
        self._stream.seek((number - 1) * self._page)
        return self._check_length(self._stream.read(self._page), self._page)[: self._usable]

    def _parse_record(self, payload: bytes, wanted: tuple[int, ...]) -> tuple[SqliteValue, ...]:
        """Returns the wanted columns of a row."""
        head, at = _read_varint(payload, 0)
        if head > len(payload):
            raise InputError(_DAMAGED)
        places: list[tuple[int, int]] = []
        data = head
        while at < head:
            kind, at = (payload[at], at + 1) if payload[at] < 128 else _read_varint(payload, at)
            places.append((kind, data))
            data += _INTEGER_BYTES.get(kind, 0) if kind < 7 else 8 if kind == 7 else max(0, kind - 12) // 2
        return tuple(self._parse_value(payload, *places[n]) if n < len(places) else None for n in wanted)

    def _parse_value(self, payload: bytes, kind: int, at: int) -> SqliteValue:
        """Returns one value.

        Fractions become None, since they are no hash and no id.
        """
        if kind >= 12:
            data = self._check_length(payload[at : at + (kind - 12) // 2], (kind - 12) // 2)
            return data.decode(self._encoding) if kind % 2 else data
        if kind in _INTEGER_BYTES:
            size = _INTEGER_BYTES[kind]
            return int.from_bytes(self._check_length(payload[at : at + size], size), "big", signed=True)
        return kind - 8 if kind in (8, 9) else None  # 0 is NULL; 7, a fraction, is no hash and no id


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    """Returns (value, position behind it): seven bits a byte, high ones first, the ninth byte whole."""
    value = 0
    for _ in range(8):
        byte = data[at]
        at += 1
        value = value << 7 | byte & 0x7F
        if byte < 128:
            return value, at
    return value << 8 | data[at], at + 1


def _parse_columns(sql: str) -> tuple[str, ...]:
    """Returns the columns of a CREATE TABLE in the order a row holds them.

    Without rowid, the primary key comes first.
    """
    plain = _COMMENT.sub(" ", sql)
    body = plain[plain.find("(") + 1 : plain.rfind(")")]
    named: list[str] = []
    keyed: list[str] = []
    for part in _split_columns(body):
        name = _parse_column_name(part)
        if name is None or part.split(None, 1)[0].casefold().split("(")[0] in _CONSTRAINTS:
            continue
        named.append(name)
        if _IS_KEY.search(part):
            keyed.append(name)
    if not _WITHOUT_ROWID.search(plain):
        return tuple(named)
    key = _KEY.search(body)
    first = [name for part in key[1].split(",") if (name := _parse_column_name(part))] if key else keyed
    return tuple(dict.fromkeys(first + named))


def _parse_column_name(part: str) -> str | None:
    found = _COLUMN.match(part)
    return next(group for group in found.groups() if group).casefold() if found else None


def _split_columns(body: str) -> Iterator[str]:
    """Yields the parts between the commas that lie in no parentheses and no quotes."""
    depth, quote, start = 0, "", 0
    for at, char in enumerate(body):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'`":
            quote = char
        elif char == "," and depth == 0:
            yield body[start:at]
            start = at + 1
        else:
            depth += {"(": 1, ")": -1}.get(char, 0)
    yield body[start:]
