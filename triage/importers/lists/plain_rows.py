"""Reads long lists of plain digests quickly: rows that hold digests in named columns, or one digest a line.

A chunk whose lines all have this form is decoded at once. Any other chunk is read by the careful reader of tables, so both ways
give the same entries and the same remarks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from triage import limits
from triage.errors import InputError
from triage.importers.lists.list_items import ListItem, ListPart, Position
from triage.model.digest_kinds import DIGEST_HEX

_CHUNK = 256 * limits.KIB
_HEX = "[0-9A-Fa-f]"

Lines = Iterator[str]
ReadLines = Callable[[Lines, int], Iterator[tuple[int, ListItem | None]]]
"""Reads lines carefully, of which the first has this number: yields (number of the last line read, an entry or None)."""


@dataclass(frozen=True, slots=True)
class PlainForm:
    """The form of a plain line: its pattern, and the kind of digest that each of the pattern's groups holds."""

    pattern: re.Pattern[bytes]
    kinds: tuple[str, ...]


def make_row_form(columns: list[str | None], delimiter: str) -> PlainForm | None:
    """Returns the form of rows with these columns, or None when a column holds something else than digests.

    A column named None is not used.
    """
    kinds = tuple(name for name in columns if name is not None)
    if not kinds or len(set(kinds)) != len(kinds) or not set(kinds) <= DIGEST_HEX.keys():
        return None
    sign = re.escape(delimiter)
    cells = []
    for name in columns:
        if name is None:
            cells.append(rf'(?:"[^"\r\n]*"|[^"\r\n{sign}]*)')
        else:
            digest = f"{_HEX}{{{DIGEST_HEX[name]}}}"
            cells.append(f'(?:"(?={digest}")|(?={digest}[{sign}\r\n]))({digest})"?')
    start = "(?!##)" if columns[0] is None else ""
    return PlainForm(re.compile(f"^{start}{sign.join(cells)}\r?$".encode(), re.MULTILINE), kinds)


def make_line_form(kind: str) -> PlainForm:
    """Returns the form of lines that hold one digest of this kind and nothing else."""
    return PlainForm(re.compile(f"^({_HEX}{{{DIGEST_HEX[kind]}}})\r?$".encode(), re.MULTILINE), (kind,))


class PlainRows:
    """Reads the lines of a list from a position on: (bytes, lines) before it."""

    def __init__(self, stream: BinaryIO, form: PlainForm, careful: ReadLines) -> None:
        self._stream, self._form, self._careful = stream, form, careful

    def parts(self, position: Position) -> Iterator[ListPart]:
        """Yields the entries in parts.

        Raises InputError when the file is no text.
        """
        offset, lines = position
        self._stream.seek(offset)
        while chunk := self._read_chunk():
            count = chunk.count(b"\n") + (not chunk.endswith(b"\n"))
            found = self._form.pattern.findall(chunk)
            if len(found) == count:
                lines += count
                yield ListPart((self._stream.tell(), lines), digests=self._decode(found), plain=count)
                continue
            items: list[ListItem] = []
            last = lines + len(chunk.splitlines())
            for number, item in self._careful(self._iter_lines(chunk), lines):
                lines = number
                if item is not None:
                    items.append(item)
                if number >= last:
                    break
            lines = max(lines, last)
            yield ListPart((self._stream.tell(), lines), items)

    def _read_chunk(self) -> bytes:
        """Returns the next whole lines."""
        chunk = self._stream.read(_CHUNK)
        if chunk and not chunk.endswith(b"\n"):
            chunk += self._stream.readline(limits.MAX_LIST_LINE)
        if b"\0" in chunk:
            raise InputError("The hash list is not a text file.")
        return chunk

    def _iter_lines(self, chunk: bytes) -> Iterator[str]:
        """Yields the lines of a chunk, then those behind it: a quoted cell may go on there."""
        for line in chunk.splitlines(keepends=True):
            yield _decode_line(line)
        while line := self._stream.readline(limits.MAX_LIST_LINE):
            yield _decode_line(line)

    def _decode(self, found: list[bytes] | list[tuple[bytes, ...]]) -> dict[str, bytes]:
        """Returns the digests by kind."""
        kinds = self._form.kinds
        columns: Iterable[Iterable[bytes]] = [found] if len(kinds) == 1 else zip(*found, strict=True)  # type: ignore[list-item]
        return {kind: bytes.fromhex(b"".join(column).decode("ascii")) for kind, column in zip(kinds, columns, strict=True)}


def _decode_line(line: bytes) -> str:
    """Returns a line as text. Bytes that are no characters come as escapes: a path keeps them, a hash can't hold them."""
    if len(line) >= limits.MAX_LIST_LINE and not line.endswith((b"\n", b"\r")):
        raise InputError("The hash list has a line that is too long; it is not a text file.")
    if b"\0" in line:
        raise InputError("The hash list is not a text file.")
    return line.decode("utf-8", "backslashreplace")
