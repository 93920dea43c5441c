"""Rows of a long spreadsheet: they need little memory, and say in every sheet what the cell says."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from tests.exports.reading_back import ABOUT
from tests.exports.test_queue_read_back import EMPTY, FULL, SCOPE, SHEET
from triage import limits
from triage.exports import queue_workbook
from triage.exports.queue import format_queue
from triage.exports.queue_columns import COLUMNS, SheetLine
from triage.exports.queue_workbook import format_workbook
from triage.exports.sheet_rows import SheetRows
from triage.importers.workbook_file import WorkbookFile
from triage.model.moment import parse_utc

MADE = parse_utc(ABOUT.made)
COUNTED = replace(SCOPE, closed_listed=None)


def test_a_long_spreadsheet_needs_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """xlsxwriter would hold every cell: 30 kB for each of these rows. Here only compressed rows are held."""

    def write(count: int) -> int:
        rows = (SheetLine(n, FULL, MADE) for n in range(1, count + 1))
        tracemalloc.start()
        data, written = format_workbook(rows, COUNTED, ABOUT, (), lambda _: "{}")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert written == count and data
        return most

    write(1)
    monkeypatch.setattr(queue_workbook, "MOST_FILLABLE", 1)
    assert write(500) - write(200) < 300 * 1_000, "bytes for each further row"


def test_closed_reports_are_counted_while_rows_are_written() -> None:
    closed = replace(FULL, row=replace(FULL.row, status="closed"))
    lines = (SheetLine(n, row, MADE) for n, row in enumerate((closed, FULL, closed), 1))
    data, _ = format_workbook(lines, COUNTED, ABOUT, (), lambda _: "{}")
    cover = openpyxl.load_workbook(io.BytesIO(data))["Cover"]
    assert dict(row[:2] for row in cover.iter_rows(values_only=True))["Closed among them"] == "2"


@pytest.mark.parametrize("most", [queue_workbook.MOST_FILLABLE, 1])
@pytest.mark.parametrize("text", ["a <b> & c", " edge ", "two\nlines", "_x0041_", "x" * 40_000, "\U0001f600 \u0627\u0645"])
def test_a_text_is_in_the_cell_as_it_is(text: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sheets are written by our own code, so code that is not ours reads them: texts that cells share, or each its own."""
    monkeypatch.setattr(queue_workbook, "MOST_FILLABLE", most)
    row = replace(FULL, row=replace(FULL.row, esp=text, office="LHR"))
    book = openpyxl.load_workbook(io.BytesIO(format_queue(replace(SHEET, rows=(row, EMPTY)), ".xlsx")))
    for name in ("All", "LHR Lahore"):
        page = book[name]
        at = next(cell.column for cell in page[1] if cell.value == "Provider")
        said = str(page.cell(2, at).value).replace("_x005F_", "_")
        assert said == (text if len(text) < 32_000 else f"{text[:32_000]} [Cut here: 8000 more characters.]")
    assert book["All"].dimensions == f"A1:{openpyxl.utils.get_column_letter(len(COLUMNS) + 1)}3"


def test_rows_come_back_in_order_however_many_there_are() -> None:
    rows = SheetRows()
    made = [f"{n}\x1fقطار {n * 7919 % 1000}" for n in range(20_000)]
    for row in made:
        rows.add(row)
    assert list(rows.iter_rows()) == made and rows.count == len(made)


def test_the_longest_spreadsheet_to_fill_in_can_be_read_back() -> None:
    """A cell has so many marks at most that MOST_FILLABLE rows stay below the limit of the reader."""
    rows = (SheetLine(n, FULL, MADE) for n in range(1, 31))
    data, count = format_workbook(rows, COUNTED, ABOUT, (), lambda _: "{}")
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = book.read("xl/worksheets/sheet2.xml")
    for mark in (b"<", b"="):
        assert sheet.count(mark) / count * queue_workbook.MOST_FILLABLE < limits.MAX_XML_NODES
    read = WorkbookFile(data)
    assert len([*read.iterate_rows(read.worksheets[1])]) == count + 1
