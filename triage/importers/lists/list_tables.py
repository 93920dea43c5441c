"""Reads hash lists in lines: CSV with a header (such as INTERPOL's ICSE export), plain hashes, md5sum lines."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from triage import limits
from triage.errors import InputError
from triage.importers.lists.list_items import (
    HEX_KINDS,
    ListItem,
    ListPart,
    ListRemarks,
    Position,
    StatedValues,
    UnreadableItem,
    clean_text,
    is_hash_kind,
    normalise_category,
    normalise_hash_kind,
    parse_hash,
    parse_truth,
    split_items,
)
from triage.importers.lists.plain_rows import PlainForm, PlainRows, ReadLines, make_line_form, make_row_form
from triage.message import Message

_HASH_WORDS = re.compile("^(?:file|hash|media|originalfile)|(?:hash|sum|hex|digest|value|hashvalue)$")
_DELIMITERS = ",;\t|"
_LABELS = {
    "category": "category", "cat": "category", "categorycode": "category", "grade": "category", "classification": "category",
    "path": "path", "filepath": "path", "fullpath": "path", "relativefilepath": "path", "relativepath": "path",
    "location": "path", "itempath": "path", "directorypath": "folder", "folder": "folder", "directory": "folder",
    "filename": "name", "filenames": "name", "name": "name", "file": "name",
    "hash": "hash", "hashvalue": "hash", "value": "hash", "checksum": "hash", "digest": "hash", "filehash": "hash",
    "hashtype": "kind", "hashkind": "kind", "algorithm": "kind", "hashname": "kind", "type": "kind",
    "series": "series", "seriesname": "series", "tags": "tags", "tag": "tags", "comments": "comments", "comment": "comments",
    "victimidentified": "victim_identified", "offenderidentified": "offender_identified",
    "isdistributed": "distributed", "distributed": "distributed", "baseline": "baseline", "issuspected": "suspected",
    "selfgenerated": "self_generated", "imageid": "media_id", "mediaid": "media_id", "mediatype": "media_type",
    "numberofsubmissions": "submissions", "fileavailable": "file_available",
}  # fmt: skip
_TRUTHS = {"victim_identified", "offender_identified", "distributed", "baseline", "suspected", "self_generated", "file_available"}
_PATHS = {"path", "folder", "name"}
_TEXTS = {"series", "tags", "comments", "media_id", "media_type", "submissions"}
_MAY_BE_PDQ = "Hashes of 64 digits were read as SHA-256; PDQ hashes are as long and need a column that is named PDQ."
_HEX = r"(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})"
_SUM_LINE = re.compile(rf"(?P<escaped>\\?)(?P<hash>{_HEX})[ \t]+\*?(?P<path>.+)")
_TAGGED_LINE = re.compile(rf"(?P<escaped>\\?)[A-Za-z0-9-]+ \((?P<path>.+)\) = (?P<hash>{_HEX})")
"""Of md5sum --tag and BSD: "MD5 (a.jpg) = ...". A backslash in front tells that the path is escaped."""
_ESCAPES = re.compile(r"\\([\\nr])")
_HASH = re.compile(rf"(?<![0-9A-Fa-f]){_HEX}(?![0-9A-Fa-f])")
_EXCELS_TEXT = re.compile(r"=\"([^\"]*)\"|'(.*)", re.DOTALL)
_NOT_PLAIN = re.compile("[^a-z0-9]")
_ONLY_HEX = re.compile("[0-9A-Fa-f]+")
_MOST_ABOVE = 20
"""Lines that may stand above a header: titles, blank ones, Excel's "sep=;"."""


class TableReader:
    """Reads rows of a CSV with a header, or lines that hold one hash each."""

    region = None

    def __init__(self, stream: BinaryIO, peek: bytes) -> None:
        """Chooses the encoding by the first bytes: UTF-16 or UTF-8."""
        self.remarks = ListRemarks()
        self._format = "text"
        self._stream = stream
        self._bom = 3 if peek.startswith(codecs.BOM_UTF8) else 0
        self._is_utf8 = not peek.startswith((b"\xff\xfe", b"\xfe\xff"))
        self._lines: Iterator[str] = _read_lines(stream, "utf-8-sig" if self._is_utf8 else "utf-16")

    @property
    def format(self) -> str:
        """Returns the format, known once the items are read."""
        return self._format

    def items(self) -> Iterator[ListItem]:
        """Yields the entries.

        A header, unnamed columns or bare hashes decide how lines are read.
        """
        above, header = self._read_head()
        if header is not None:
            self._note_header(header, above)
            yield from _list_entries(self._read_rows(self._lines, len(above), header))
        elif delimiter := _find_delimiter(above):
            yield from self._read_unnamed_rows(chain(above, self._lines), delimiter)
        else:
            yield from _list_entries(self._read_bare_lines(chain(above, self._lines), 0))

    def parts(self, position: Position, before: ListRemarks) -> Iterator[ListPart]:
        """Yields the same in parts: lines of plain digests at once, others with care."""
        above, header = self._read_head()
        form, careful, begin = self._choose_form(above, header)
        if form is None or not self._is_utf8:
            self._lines = chain(above, self._lines)
            yield from split_items(self.items(), position)
            return
        if isinstance(self._lines, Generator):
            self._lines.close()  # it has read ahead
        if header is not None:
            self._note_header(header, above)
        if "sha256" in form.kinds and header is None:
            self._note_possible_pdq("sha256")
        if position:
            self.remarks.go_on_from(before)
        yield from PlainRows(self._stream, form, careful).parts(position or begin)

    def _read_head(self) -> tuple[list[str], _Header | None]:
        """Returns the lines up to the header or the first hash, and the header if there is one."""
        above: list[str] = []
        for line in self._lines:
            above.append(line)
            header = _Header.parse(line)
            if header is not None:
                return above, header
            if _HASH.search(line) or len(above) == _MOST_ABOVE:
                break
        if not any(_is_content_line(line) for line in above):
            raise InputError("The hash list holds no hashes." if above else "The hash list is empty.")
        return above, None

    def _choose_form(self, above: list[str], header: _Header | None) -> tuple[PlainForm | None, ReadLines, Position]:
        """Returns the form of a plain line, how other lines are read, and where the first line begins."""
        if header is None:
            word = above[-1].strip()
            form = make_line_form(HEX_KINDS[len(word)]) if _is_hash(word) else None
            return form, self._read_bare_lines, (self._bom, 0)
        form = make_row_form(header.columns, header.delimiter)
        if not all(line.endswith("\n") and line.isascii() for line in above):
            form = None  # the place of the first row in the file is not plain
        begin = self._bom + sum(map(len, above))
        return form, lambda lines, number: self._read_rows(lines, number, header), (begin, len(above))

    def _note_header(self, header: _Header, above: list[str]) -> None:
        """Names the format, and notes unused columns and titles above the header."""
        self._name_format(header)
        unused = [cell.strip() for cell, name in zip(header.cells, header.columns, strict=True) if name is None and cell.strip()]
        if unused:
            self.remarks.notes.append(f"Columns that are not used: {', '.join(unused)[:300]}.")
        titles = [line.strip() for line in above[:-1] if _is_content_line(line)]
        if titles:
            self.remarks.notes.append(f"Lines above the header: {' '.join(titles)[:300]}.")

    def _name_format(self, header: _Header) -> None:
        """Names the format after the columns."""
        is_icse = {"media_id", "baseline", "md5"} <= set(header.columns)
        self._format = "NSRL RDS 2" if header.is_nsrl() else "ICSE CSV" if is_icse else "CSV"

    def _read_rows(self, lines: Iterator[str], above: int, header: _Header) -> Iterator[tuple[int, ListItem | None]]:
        """Yields (number of the last line read, entry or None) of rows with named columns. `above` lines stand before them."""
        delimiter, columns = header.delimiter, header.columns
        for number, row in self._parse_rows(lines, delimiter, above):
            if len(row) > len(columns) and columns[-1] in ("path", "name"):  # hashdeep does not quote a path with commas
                row[len(columns) - 1 :] = [delimiter.join(row[len(columns) - 1 :])]
            cells = {name: cell for name, cell in zip(columns, row, strict=False) if name is not None and cell.strip()}
            hashes = self._read_hashes(cells, number)
            if not hashes:
                yield number, None
                continue
            category = normalise_category(_strip_excel_quoting(cells.get("category", ""))) if "category" in columns else None
            said = self._read_stated(cells, number)
            yield number, ListItem(hashes=hashes, category=category, paths=_read_path(cells), said=said)

    def _parse_rows(self, lines: Iterator[str], delimiter: str, above: int) -> Iterator[tuple[int, list[str]]]:
        """Yields (line number, cells) of rows that are not blank.

        Raises InputError for a damaged line.
        """
        rows = csv.reader(lines, delimiter=delimiter)
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                raise InputError(
                    "Line {above} of the hash list can't be read.", above=above + rows.line_num, detail=str(error)
                ) from error
            if any(cell.strip() for cell in row) and not row[0].startswith("##"):
                yield above + rows.line_num, row

    def _read_hashes(self, cells: dict[str, str], number: int) -> tuple[tuple[str, bytes], ...]:
        """Returns the hashes of one row, and notes those that can't be read."""
        claimed = [(name, cell) for name, cell in cells.items() if is_hash_kind(name)]
        if "hash" in cells:
            text = _strip_excel_quoting(cells["hash"])
            named = normalise_hash_kind(cells.get("kind", ""))
            claimed.append((named or HEX_KINDS.get(len(text), "hash"), text))
            if not named:
                self._note_possible_pdq(claimed[-1][0])
        hashes: dict[tuple[str, bytes], None] = {}
        for kind, text in claimed:
            try:
                value = parse_hash(kind, _strip_excel_quoting(text)) if is_hash_kind(kind) else self._refuse_kind(kind)
            except UnreadableItem as reason:
                self.remarks.note_unread(Message("line {n}", n=number), reason.message)
                continue
            if value is not None:
                hashes[kind, value] = None
        if not claimed:
            self.remarks.note_unread(Message("line {n}", n=number), Message("no hash"))
        return tuple(hashes)

    def _read_stated(self, cells: dict[str, str], number: int) -> StatedValues:
        """Returns what a row states about its entry, and notes what should be yes or no and is neither."""
        said: list[tuple[str, str | bool]] = []
        for name, cell in cells.items():
            text = clean_text(_strip_excel_quoting(cell)) if name in _TRUTHS or name in _TEXTS else None
            if text is None:
                continue
            if name in _TEXTS:
                said.append((name, text))
                continue
            try:
                truth = parse_truth(text, name.replace("_", " "))
            except UnreadableItem as reason:
                self.remarks.note_unread(Message("line {n}", n=number), reason.message)
            else:
                said.append((name, bool(truth)))
        return tuple(said)

    def _refuse_kind(self, kind: str) -> bytes:
        """Raises UnreadableItem for a kind of hash that is not named or not known."""
        if kind == "hash":
            raise UnreadableItem("no kind of hash is named")
        raise UnreadableItem("a kind of hash that is not known: {kind}", kind=kind)

    def _read_unnamed_rows(self, lines: Iterator[str], delimiter: str) -> Iterator[ListItem]:
        """Yields entries of columns without names: hashes by length, and the first other cell as the path."""
        self._format = "CSV without a header"
        for number, row in self._parse_rows(filter(_is_content_line, lines), delimiter, 0):
            cells = [_strip_excel_quoting(cell) for cell in row]
            hashes = [(HEX_KINDS[len(text)], bytes.fromhex(text)) for text in cells if _is_hash(text)]
            others = [text for text in cells if text and not _is_hash(text)]
            if hashes:
                self._note_possible_pdq(*(kind for kind, _ in hashes))
                yield ListItem(hashes=tuple(dict.fromkeys(hashes)), paths=tuple(filter(None, map(clean_text, others[:1]))))
            else:
                self.remarks.note_unread(Message("line {n}", n=number), Message("no MD5, SHA-1 or SHA-256"))

    def _read_bare_lines(self, lines: Iterator[str], above: int) -> Iterator[tuple[int, ListItem | None]]:
        """Yields (line number, entry or None) of lines with one hash each, perhaps with a path."""
        for number, line in enumerate(lines, above + 1):
            text = line.strip()
            if not _is_content_line(line):
                yield number, None
                continue
            with_path = _SUM_LINE.fullmatch(text) or _TAGGED_LINE.fullmatch(text)
            word, path = (
                (with_path["hash"], clean_text(_unescape_path(with_path))) if with_path else (_strip_excel_quoting(text), None)
            )
            if path is not None and path.startswith("#"):
                path = None
            if _is_hash(word):
                if with_path is None:
                    self._note_possible_pdq(HEX_KINDS[len(word)])
                hashes = ((HEX_KINDS[len(word)], bytes.fromhex(word)),)
                yield number, ListItem(hashes=hashes, paths=(path,) if path else ())
            else:
                self.remarks.note_unread(Message("line {n}", n=number), Message("no MD5, SHA-1 or SHA-256"))
                yield number, None

    def _note_possible_pdq(self, *kinds: str) -> None:
        """Notes that hashes read as SHA-256 may be PDQ, which would then never match."""
        if "sha256" in kinds and _MAY_BE_PDQ not in self.remarks.notes:
            self.remarks.notes.append(_MAY_BE_PDQ)


@dataclass(frozen=True, slots=True)
class _Header:
    """The header of a table: its cells, the column each one names, and the delimiter."""

    cells: list[str]
    columns: list[str | None]
    delimiter: str

    @classmethod
    def parse(cls, line: str) -> _Header | None:
        """Returns the header when the line names a column of hashes, else None.

        A first column may be called "#", and hashdeep begins its header with signs.
        """
        head = line.strip("\r\n").removeprefix("%%%% ").lstrip("# ")
        delimiter = max(_DELIMITERS, key=head.count)
        cells = next(csv.reader([head], delimiter=delimiter), [])
        columns = [_normalise_column(cell) for cell in cells]
        if _is_nsrl(cells):
            columns = [name if name in HEX_KINDS.values() else None for name in columns]
        named = any(name is not None and (name == "hash" or is_hash_kind(name)) for name in columns)
        return cls(cells, columns, delimiter) if named else None

    def is_nsrl(self) -> bool:
        """Returns whether the table is a Reference Data Set of NSRL, of which only the digests are kept."""
        return _is_nsrl(self.cells)


def _is_nsrl(cells: list[str]) -> bool:
    """Returns whether a header's cells are those of NSRL's Reference Data Set, version 2."""
    return {"SHA-1", "MD5", "CRC32", "FileName", "ProductCode"} <= set(cells)


def _list_entries(rows: Iterator[tuple[int, ListItem | None]]) -> Iterator[ListItem]:
    """Yields the entries without the line numbers."""
    return (item for _, item in rows if item is not None)


def _find_delimiter(above: list[str]) -> str | None:
    """Returns the sign between the cells of a table without a header, or None when lines hold one hash each."""
    speaking = [line for line in above if _is_content_line(line)]
    delimiter = max(_DELIMITERS, key=speaking[-1].count)
    return delimiter if delimiter in speaking[-1] and not _TAGGED_LINE.fullmatch(speaking[-1].strip()) else None


def _strip_excel_quoting(cell: str) -> str:
    """Returns a cell without the quoting that makes Excel take it for text: ="..." or a leading apostrophe."""
    text = cell.strip()
    found = _EXCELS_TEXT.fullmatch(text)
    return (found[1] or found[2] or "").strip() if found else text


def _unescape_path(found: re.Match[str]) -> str:
    """Returns the path of an md5sum line, with its escapes undone."""
    unescaped = {"\\": "\\", "n": "\n", "r": "\r"}
    return _ESCAPES.sub(lambda escape: unescaped[escape[1]], found["path"]) if found["escaped"] else found["path"]


def _read_lines(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """Yields lines of text.

    Bytes that are no characters come as escapes: a path keeps them, a hash can't hold them.
    """
    text = io.TextIOWrapper(stream, encoding=encoding, errors="backslashreplace", newline="")
    try:
        while line := text.readline(limits.MAX_LIST_LINE):
            if len(line) == limits.MAX_LIST_LINE and not line.endswith(("\n", "\r")):
                raise InputError("The hash list has a line that is too long; it is not a text file.")
            if "\0" in line:
                raise InputError("The hash list is not a text file.")
            yield line
    except UnicodeError as error:
        raise InputError("The hash list is not a text file.") from error
    finally:
        if not stream.closed:  # reading may have ended in an error, and this is run when Python takes the generator away
            text.detach()


def _is_content_line(line: str) -> bool:
    """Returns whether a line is neither blank nor a comment. hashdeep's second head line counts as content."""
    text = line.strip()
    return bool(text) and not text.startswith(("#", "%%%% HASHDEEP"))


def _normalise_column(cell: str) -> str | None:
    """Returns the name of a column in one spelling, or None for one that is not used."""
    bare = _NOT_PLAIN.sub("", cell.casefold())
    if is_hash_kind(bare):
        return normalise_hash_kind(bare)
    stripped = _HASH_WORDS.sub("", _HASH_WORDS.sub("", bare))
    if is_hash_kind(stripped):
        return normalise_hash_kind(stripped)
    return _LABELS.get(bare)


def _is_hash(text: str) -> bool:
    """Returns whether a text is an MD5, SHA-1 or SHA-256 in hexadecimal."""
    return len(text) in HEX_KINDS and _ONLY_HEX.fullmatch(text) is not None


def _read_path(cells: dict[str, str]) -> tuple[str, ...]:
    """Returns the path of a row.

    A folder that does not end with the file's name goes before it.
    """
    if cells.keys().isdisjoint(_PATHS):
        return ()
    folder = clean_text(cells.get("path", "")) or clean_text(cells.get("folder", ""))
    name = clean_text(cells.get("name", ""))
    if folder and name and not folder.endswith(name):
        return (folder.rstrip("\\/") + ("\\" if "\\" in folder else "/") + name,)
    whole = folder or name
    return (whole,) if whole else ()
