"""Reads one document of a reply into rows: CSV, XLSX, HTML, JSON, plain text, or the text of a PDF's pages."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

from triage import limits
from triage.errors import InputError
from triage.importers.chat_files.chat_html import take_html_rows, take_html_text
from triage.importers.chat_files.text_decoding import clean_text, decode_text
from triage.importers.chat_files.text_sniffing import HEAD, is_html
from triage.importers.filetypes import ZIP_MAGIC
from triage.importers.json_reading import Json, parse_json
from triage.importers.reply_files.reply_columns import (
    RowCollector,
    collect_rows,
    cut,
    find_columns,
    iter_tables,
    make_row_of_pairs,
)
from triage.importers.reply_files.xlsx_tables import read_sheets
from triage.model.data_requests import ReplyRow, ReplyTable

NO_ROWS = "No table or list was found in it that names a line and says something of it."
TOO_MANY_LINES = "The document has more lines than are read."
_DELIMITERS = ",;\t|"
_PAIR = re.compile(r"\s{0,20}([^:=\d][^:=]{0,60}?)\s{0,20}[:=]\s{0,20}(\S.{0,2000})")
_GAPS = re.compile(r"\t|\s{2,}|\s?\|\s?")
_LINE_NUMBER = re.compile(r"(?<!\d)[1-9]\d{9}(?!\d)")
_CNIC = re.compile(r"(?<!\d)\d{5}-\d{7}-\d(?!\d)")
_MOST_DEPTH = 6  # objects within one another that are looked through for rows
_MOST_LINES = 2_000_000  # line ends of one document, before it is split


def read_reply(data: bytes, pages: Sequence[str] | None = None) -> ReplyTable:
    """Returns the rows of one document. `pages` are the texts of the pages of a PDF.

    Raises:
        InputError: if it is damaged, too large, or holds nothing that can be a row
    """
    collector = RowCollector()
    if pages is not None:
        for number, page in enumerate(pages, 1):
            _collect_text(clean_text(page).split("\n"), collector, f"page {number} ")
    else:
        _collect_document(data, collector)
    if not collector.rows:
        raise InputError(NO_ROWS)
    return collector.to_table()


def _collect_document(data: bytes, collector: RowCollector) -> None:
    """Collects the rows of a document that is no PDF."""
    if data.startswith(ZIP_MAGIC):
        for name, rows in read_sheets(data):
            collect_rows(rows, collector, f"{name} ")
        return
    if data.count(b"\n") + data.count(b"\r") > _MOST_LINES:
        raise InputError(TOO_MANY_LINES)
    head = data[:HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith((b"{", b"[")):
        with suppress(InputError):  # not JSON after all
            _collect_json(parse_json(data), collector)
            return
    text = decode_text(data)
    if is_html(data):
        _collect_html(text, collector)
    elif not _collect_csv(text, collector):
        _collect_text(text.split("\n"), collector, "")


def _collect_html(text: str, collector: RowCollector) -> None:
    """Collects the rows of the tables of a page; without any, those of its text."""
    for number, table in enumerate(iter_tables(take_html_rows(text)), 1):
        collect_rows(table, collector, f"table {number} ")
    if not collector.rows:
        _collect_text(take_html_text(text).split("\n"), collector, "")


def _collect_csv(text: str, collector: RowCollector) -> bool:
    """Collects the rows of a table with a delimiter; returns whether a line names its columns."""
    at = 0
    for _ in range(30):
        end = text.find("\n", at)
        line = text[at : end if end >= 0 else len(text)][:4_000]
        delimiter = next((one for one in _DELIMITERS if one in line and find_columns(_split(line, one))), None)
        if delimiter is not None:
            with suppress(csv.Error):  # rows before a damaged one stay
                collect_rows(csv.reader(io.StringIO(text[at:], newline=""), delimiter=delimiter), collector)
            return True
        if end < 0:
            return False
        at = end + 1
    return False


def _split(line: str, delimiter: str) -> list[str]:
    """Returns the cells of one line."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _collect_json(node: Json, collector: RowCollector) -> None:
    """Collects the objects of JSON that name something of a line, wherever they stand."""
    for number, pairs in enumerate(_iter_objects(node, 0), 1):
        row = make_row_of_pairs(pairs, f"object {number}")
        if row is not None:
            collector.add(row)


def _iter_objects(node: Json, depth: int) -> Iterator[list[tuple[str, str]]]:
    """Yields the plain values of each object by name; objects in it count as its own, lists as others."""
    if depth > _MOST_DEPTH:
        return
    if isinstance(node, list):
        for each in node:
            yield from _iter_objects(each, depth + 1)
    elif isinstance(node, dict):
        pairs: list[tuple[str, str]] = []
        lists: list[Json] = []
        _flatten(node, "", pairs, lists, depth)
        if pairs:
            yield pairs
        for each in lists:
            yield from _iter_objects(each, depth + 1)


def _flatten(node: dict[str, Json], before: str, pairs: list[tuple[str, str]], lists: list[Json], depth: int) -> None:
    """Adds the values of an object to `pairs`, and its lists to `lists`."""
    for name, value in node.items():
        if isinstance(value, dict) and depth < _MOST_DEPTH:
            _flatten(value, f"{name} ", pairs, lists, depth + 1)
        elif isinstance(value, list):
            lists.append(value)
        elif value is not None and len(pairs) < limits.MAX_REPLY_COLUMNS:
            taken = {known for known, _ in pairs}
            pairs.append((name if name not in taken else f"{before}{name}", str(value)))


def _collect_text(lines: Sequence[str], collector: RowCollector, where: str) -> None:
    """Collects rows of plain text: aligned tables, lists of "name: value", or single lines that begin with a line's number."""
    cells = [_GAPS.split(line.strip()) for line in lines]
    if any(find_columns(row) for row in cells):
        for table in iter_tables(cells):
            collect_rows(table, collector, where)
        return
    pairs: list[tuple[str, str]] = []
    start = 1
    for number, line in enumerate(lines, 1):
        found = _PAIR.fullmatch(line.strip()[:2_100])
        if found is None:
            loose = _read_loose_line(line, f"{where}line {number}")
            if loose is not None:
                _end_record(pairs, collector, f"{where}line {start}")
                collector.add(loose)
            continue
        if any(name == found[1] for name, _ in pairs):
            _end_record(pairs, collector, f"{where}line {start}")
        start = number if not pairs else start
        pairs.append((found[1], found[2]))
    _end_record(pairs, collector, f"{where}line {start}")


def _end_record(pairs: list[tuple[str, str]], collector: RowCollector, at: str) -> None:
    """Adds the record that the pairs make, and begins another."""
    row = make_row_of_pairs(pairs[: limits.MAX_REPLY_COLUMNS], at)
    if row is not None:
        collector.add(row)
    pairs.clear()


def _read_loose_line(line: str, at: str) -> ReplyRow | None:
    """Returns a line of text that names exactly one number of ten digits; who is named in it, a person has to read."""
    numbers = _LINE_NUMBER.findall(line[:4_000])
    if len(numbers) != 1:
        return None
    cnic = _CNIC.search(line[:4_000])
    return ReplyRow(at=at, line=numbers[0], cnic=cnic[0] if cnic else "", more=(("text", cut(line)),))
