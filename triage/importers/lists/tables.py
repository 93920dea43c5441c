"""Hash lists as lines: CSV with a header in the usual spellings (INTERPOL's ICSE export is one), plain hashes, md5sum lines."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from triage import limits
from triage.errors import InputError
from triage.importers.lists.base import (
    HEX_KINDS,
    Item,
    Remarks,
    Said,
    Unreadable,
    category,
    hash_value,
    is_kind,
    kind_of,
    stated,
)
from triage.importers.lists.vics import truth_of

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


class Table:
    """Rows of a CSV with a header, or lines that hold a hash each."""

    region = None

    def __init__(self, stream: BinaryIO, peek: bytes) -> None:
        self.remarks = Remarks()
        self._format = "text"
        self._lines = _lines(stream, "utf-16" if peek.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")

    @property
    def format(self) -> str:
        return self._format

    def items(self) -> Iterator[Item]:
        above: list[str] = []
        for line in self._lines:
            above.append(line)
            header = _Header.of(line)
            if header is not None:
                yield from self._below(header, above)
                return
            if _HASH.search(line) or len(above) == _MOST_ABOVE:
                break
        speaking = [line for line in above if _speaks(line)]
        if not speaking:
            raise InputError("The hash list holds no hashes." if above else "The hash list is empty.")
        delimiter = max(_DELIMITERS, key=speaking[-1].count)
        if delimiter in speaking[-1] and not _TAGGED_LINE.fullmatch(speaking[-1].strip()):
            yield from self._unnamed_rows(chain(above, self._lines), delimiter)
        else:
            yield from self._bare(chain(above, self._lines))

    def _below(self, header: _Header, above: list[str]) -> Iterator[Item]:
        self._name_format([name for name in header.columns if name is not None])
        unused = [cell.strip() for cell, name in zip(header.cells, header.columns, strict=True) if name is None and cell.strip()]
        if unused:
            self.remarks.notes.append(f"Columns that are not used: {', '.join(unused)[:300]}.")
        titles = [line.strip() for line in above[:-1] if _speaks(line)]
        if titles:
            self.remarks.notes.append(f"Lines above the header: {' '.join(titles)[:300]}.")
        yield from self._rows(header.delimiter, header.columns, len(above))

    def _name_format(self, names: list[str]) -> None:
        self._format = "ICSE CSV" if {"media_id", "baseline", "md5"} <= set(names) else "CSV"

    def _rows(self, delimiter: str, columns: list[str | None], above: int) -> Iterator[Item]:
        for number, row in self._parsed(self._lines, delimiter, above):
            if len(row) > len(columns) and columns[-1] in ("path", "name"):  # hashdeep does not quote a path with commas
                row[len(columns) - 1 :] = [delimiter.join(row[len(columns) - 1 :])]
            cells = {name: cell for name, cell in zip(columns, row, strict=False) if name is not None and cell.strip()}
            hashes = self._hashes(cells, number)
            if hashes:
                stated_category = category(cells.get("category", "")) if "category" in columns else None
                yield Item(hashes=hashes, category=stated_category, paths=_path(cells), said=_said(cells))

    def _parsed(self, lines: Iterator[str], delimiter: str, above: int) -> Iterator[tuple[int, list[str]]]:
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

    def _hashes(self, cells: dict[str, str], number: int) -> tuple[tuple[str, bytes], ...]:
        claimed = [(name, cell) for name, cell in cells.items() if is_kind(name)]
        if "hash" in cells:
            text = _without_excel(cells["hash"])
            named = kind_of(cells.get("kind", ""))
            claimed.append((named or HEX_KINDS.get(len(text), "hash"), text))
            if not named:
                self._note_unnamed(claimed[-1][0])
        hashes: dict[tuple[str, bytes], None] = {}
        for kind, text in claimed:
            try:
                value = hash_value(kind, _without_excel(text)) if is_kind(kind) else self._no_kind(kind)
            except Unreadable as reason:
                self.remarks.could_not_read(f"line {number}", str(reason))
                continue
            if value is not None:
                hashes[kind, value] = None
        if not claimed:
            self.remarks.could_not_read(f"line {number}", "no hash")
        return tuple(hashes)

    def _no_kind(self, kind: str) -> bytes:
        raise Unreadable("no kind of hash is named" if kind == "hash" else f"a kind of hash that is not known: {kind}")

    def _unnamed_rows(self, lines: Iterator[str], delimiter: str) -> Iterator[Item]:
        """Columns without names: hashes by their length, and the first cell that is none of them as the path."""
        self._format = "CSV without a header"
        for number, row in self._parsed(filter(_speaks, lines), delimiter, 0):
            cells = [_without_excel(cell) for cell in row]
            hashes = [(HEX_KINDS[len(text)], bytes.fromhex(text)) for text in cells if _is_hash(text)]
            others = [text for text in cells if text and not _is_hash(text)]
            if hashes:
                self._note_unnamed(*(kind for kind, _ in hashes))
                yield Item(hashes=tuple(dict.fromkeys(hashes)), paths=tuple(filter(None, map(stated, others[:1]))))
            else:
                self.remarks.could_not_read(f"line {number}", "no MD5, SHA-1 or SHA-256")

    def _bare(self, lines: Iterator[str]) -> Iterator[Item]:
        for number, line in enumerate(lines, 1):
            text = line.strip()
            if not _speaks(line):
                continue
            with_path = _SUM_LINE.fullmatch(text) or _TAGGED_LINE.fullmatch(text)
            word, path = (with_path["hash"], stated(_path_of(with_path))) if with_path else (_without_excel(text), None)
            if path is not None and path.startswith("#"):
                path = None
            if _is_hash(word):
                if with_path is None:
                    self._note_unnamed(HEX_KINDS[len(word)])
                yield Item(hashes=((HEX_KINDS[len(word)], bytes.fromhex(word)),), paths=(path,) if path else ())
            else:
                self.remarks.could_not_read(f"line {number}", "no MD5, SHA-1 or SHA-256")

    def _note_unnamed(self, *kinds: str) -> None:
        """A hash of pictures that is taken for a digest would never match, and nobody would know."""
        if "sha256" in kinds and _MAY_BE_PDQ not in self.remarks.notes:
            self.remarks.notes.append(_MAY_BE_PDQ)


@dataclass(frozen=True, slots=True)
class _Header:
    cells: list[str]
    columns: list[str | None]
    delimiter: str

    @classmethod
    def of(cls, line: str) -> _Header | None:
        """When the line names a column of hashes. A first column may be called "#", and hashdeep begins its own with signs."""
        head = line.strip("\r\n").removeprefix("%%%% ").lstrip("# ")
        delimiter = max(_DELIMITERS, key=head.count)
        cells = next(csv.reader([head], delimiter=delimiter), [])
        columns = [_column(cell) for cell in cells]
        named = any(name is not None and (name == "hash" or is_kind(name)) for name in columns)
        return cls(cells, columns, delimiter) if named else None


def _without_excel(cell: str) -> str:
    """A cell that was written so that Excel takes it for text: ="...", or with an apostrophe in front."""
    text = cell.strip()
    found = _EXCELS_TEXT.fullmatch(text)
    return (found[1] or found[2] or "").strip() if found else text


def _path_of(found: re.Match[str]) -> str:
    unescaped = {"\\": "\\", "n": "\n", "r": "\r"}
    return _ESCAPES.sub(lambda escape: unescaped[escape[1]], found["path"]) if found["escaped"] else found["path"]


def _lines(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """Bytes that are no characters in the encoding come as escapes: a path keeps them, a hash can't hold them."""
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
        text.detach()


def _speaks(line: str) -> bool:
    """Neither blank nor a comment; hashdeep's second head line counts as a head, its first as a comment."""
    text = line.strip()
    return bool(text) and not text.startswith(("#", "%%%% HASHDEEP"))


def _column(cell: str) -> str | None:
    """The name of a column in one spelling; None for one that is not used."""
    bare = _NOT_PLAIN.sub("", cell.casefold())
    if is_kind(bare):
        return kind_of(bare)
    stripped = _HASH_WORDS.sub("", _HASH_WORDS.sub("", bare))
    if is_kind(stripped):
        return kind_of(stripped)
    return _LABELS.get(bare)


def _is_hash(text: str) -> bool:
    return len(text) in HEX_KINDS and _ONLY_HEX.fullmatch(text) is not None


def _path(cells: dict[str, str]) -> tuple[str, ...]:
    """Some call the folder the path: a path that does not end with the file's name goes before it."""
    folder = stated(cells.get("path", "")) or stated(cells.get("folder", ""))
    name = stated(cells.get("name", ""))
    if folder and name and not folder.endswith(name):
        return (folder.rstrip("\\/") + ("\\" if "\\" in folder else "/") + name,)
    whole = folder or name
    return (whole,) if whole else ()


def _said(cells: dict[str, str]) -> Said:
    said: list[tuple[str, str | bool]] = []
    for name, cell in cells.items():
        if name in _TRUTHS:
            truth = truth_of(cell)
            if truth is not None:
                said.append((name, truth))
        elif name in _TEXTS:
            text = stated(cell)
            if text is not None:
                said.append((name, text))
    return tuple(said)
