"""The queue as a spreadsheet from which a lead hands out work: a cover, a sheet with all, and a sheet for each office.

The lead writes user names into the yellow column and imports the file again. Text of strangers is never a formula: it is
written as text, and so marked that it stays text when somebody edits the cell.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from triage.exports.queue_columns import (
    ASSIGNEE,
    BAND_COLOURS,
    COLUMNS,
    NOTE,
    SheetColumn,
    SheetLine,
    days_left,
    describe_band,
)
from triage.exports.queue_cover import TITLE, Totals, TotalsCounter, list_facts
from triage.exports.sheet_cells import Cell, set_text_cell
from triage.exports.sheet_origin import WORKSHEET, split_into_cells
from triage.exports.sheet_rows import SheetRows, fill_worksheets, make_row
from triage.model.exports import About
from triage.model.queue_sheet import DUE_SOON_DAYS, SheetScope

MOST_FILLABLE = 15_000
"""Reports of a spreadsheet that can be read back; its XML stays below limits.MAX_XML_NODES."""
ALL = "All"
_PEOPLE = "people"
_A4 = 9  # Excel's number of the paper
_BAND_WIDTH = 12
_LONGEST_NAME = 31  # characters of a worksheet's name
_PRINTED = tuple(column for column in COLUMNS if column.printed)
_COLUMNS: tuple[SheetColumn, ...] = (
    *_PRINTED,
    SheetColumn(NOTE, 30, lambda line: ""),
    *(column for column in COLUMNS if not column.printed),
)
_HOW = (
    "To hand out work: choose a user name in the yellow column on the sheet All or on an office's sheet. A note is optional.",
    "Save the file. Then see what it would change with: triage import FILE.xlsx --dry-run",
    "If that is right, apply it with: triage import FILE.xlsx",
    "Nothing else in this file is read. A report that was assigned or closed in the meantime is shown and not changed.",
    "The signature of this file as it was exported is in the .sig file beside it, the signing key in the .pem file.",
)

_TOO_LONG = (
    f"This file has more than {MOST_FILLABLE:,} reports and can't be imported again. To hand out work, export fewer: one office.",
    _HOW[-1],
)


_PLAIN, _QUOTED, _NUMBER, _POINTS, _FILL, _LATE = "pqnofl"
"""The letters under which rows keep their styles; a band's is the band."""

Seal = Callable[[Sequence[tuple[str, str | None]]], str]
"""Returns the signed statement of an export with these reports and their assignees."""


def format_workbook(
    lines: Iterable[SheetLine], scope: SheetScope, about: About, people: Sequence[str], seal: Seal
) -> tuple[bytes, int]:
    """Returns the bytes of the spreadsheet, and how many rows it holds. `people` can be chosen as assignees.

    The lines are read once, and none is held: only the finished file and its compressed rows are in memory.
    """
    import xlsxwriter
    from xlsxwriter.utility import xl_col_to_name

    every, offices, assigned = SheetRows(), defaultdict[str, SheetRows](SheetRows), list[tuple[str, str | None]]()
    totals, closed = TotalsCounter(scope), 0
    for line in lines:
        row = make_row(list(_list_cells(line)), {_PLAIN: _QUOTED})
        every.add(row)
        offices[scope.name_office(line.sheet.row.office)].add(row)
        assigned.append((line.sheet.row.report_id, line.sheet.row.assignee))
        totals.add(line)
        closed += line.sheet.row.status == "closed"
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": TITLE, "author": about.by, "comments": f"Signing key {about.fingerprint}"})
    writer = _WorkbookWriter(book, about, bool(people))
    scope = replace(scope, closed_listed=closed) if scope.closed_listed is None else scope
    writer.add_cover(scope, totals.finish(), every.count)
    sheets = [(ALL, every), *((office[:_LONGEST_NAME], offices[office]) for office in sorted(offices))]
    for name, rows in sheets:
        writer.add_lines(name, rows.count)
    writer.add_hidden(_PEOPLE, people)
    writer.add_hidden(WORKSHEET, split_into_cells(seal(assigned)))
    book.close()
    filled = {f"xl/worksheets/sheet{at}.xml": rows for at, (_, rows) in enumerate(sheets, 2)}  # the cover is the first
    letters = [xl_col_to_name(at) for at in range(len(_COLUMNS))]
    share = every.count <= MOST_FILLABLE  # what is read back has to stay below limits.MAX_XML_NODES
    return fill_worksheets(file.getvalue(), filled, writer.number_styles(), letters, share=share), every.count


def _list_cells(line: SheetLine) -> Iterator[tuple[Cell, str]]:
    """Yields the cells of a row with the letters of their styles."""
    left = days_left(line)
    for column in _COLUMNS:
        cell = column.cell(line)
        if column.header == "Band":
            yield describe_band(line), line.sheet.row.band
        elif column.header in (ASSIGNEE, NOTE):
            yield str(cell), _FILL
        elif column.header in ("Next deadline (PKT)", "Time left") and left is not None and left < DUE_SOON_DAYS:
            yield str(cell), _LATE
        else:
            yield cell, _PLAIN if isinstance(cell, str) else _POINTS if isinstance(cell, float) else _NUMBER


class _WorkbookWriter:
    """Writes the worksheets of one workbook."""

    def __init__(self, book: Any, about: About, choosable: bool) -> None:
        self._book, self._about, self._choosable = book, about, choosable
        add = book.add_format
        base = {"text_wrap": True, "valign": "top", "border": 4, "border_color": "#B8BEC6"}
        self._number = add({**base, "align": "center"})
        self._head = add({"bold": True, "text_wrap": True, "valign": "top", "bottom": 2, "bg_color": "#E8ECF1"})
        self._title = add({"bold": True, "font_size": 18})
        self._text = add({"text_wrap": True, "valign": "top"})
        self._name = add({"bold": True, "valign": "top"})
        self._bands = {
            band: add({**base, "bold": True, "bg_color": ground, "font_color": ink})
            for band, (ground, ink) in BAND_COLOURS.items()
        }
        self._styles = {
            _PLAIN: add(base),
            _QUOTED: add({**base, "quote_prefix": True}),
            _NUMBER: self._number,
            _POINTS: add({**base, "align": "center", "num_format": "0.0"}),
            _FILL: add({**base, "bg_color": "#FFF6C9", "bold": True}),
            _LATE: add({**base, "bold": True, "font_color": "#B23A31"}),
            **self._bands,
        }

    def number_styles(self) -> dict[str, int]:
        """Returns a style's letter -> its number in the closed workbook."""
        return {letter: style.xf_index for letter, style in self._styles.items()}

    def add_cover(self, scope: SheetScope, totals: Totals, listed: int) -> None:
        """Adds the cover."""
        page = self._book.add_worksheet("Cover")
        page.hide_gridlines(2)
        page.set_column(0, 0, 24)
        page.set_column(1, 10, 14)
        page.write_string(0, 0, TITLE, self._title)
        at = 2
        for name, value in list_facts(scope, self._about, listed):
            page.write_string(at, 0, name, self._name)
            page.merge_range(at, 1, at, 9, "", self._text)
            set_text_cell(page, at, 1, value, self._text, self._text)
            at += 1
        at += 1
        for column, word in enumerate(totals.head):
            band = word[:1] if word[1:2] == " " else ""
            page.write_string(at, column, word, self._bands.get(band, self._head))
        for row in totals.rows:
            at += 1
            page.write_string(at, 0, row[0], self._name)
            for column, count in enumerate(row[1:], 1):
                page.write_number(at, column, int(count), self._number)
        at += 2
        for sentence in _HOW if listed <= MOST_FILLABLE else _TOO_LONG:
            page.merge_range(at, 0, at, 9, "", self._text)
            page.write_string(at, 0, sentence, self._text)
            at += 1
        self._set_print(page, "Cover")

    def add_lines(self, name: str, count: int) -> None:
        """Adds a worksheet for so many rows. The second row gives all styles their numbers; `fill_worksheets` drops it."""
        page = self._book.add_worksheet(name)
        for at, column in enumerate(_COLUMNS):
            page.set_column(at, at, _BAND_WIDTH if column.header == "Band" else column.width)
            page.write_string(0, at, column.header, self._head)
        page.set_row(0, 48)
        for at, style in enumerate(self._styles.values()):
            page.write_blank(1, at, None, style)
        last = len(_COLUMNS) - 1
        end = max(count, 1)
        page.freeze_panes(1, 2)
        page.autofilter(0, 0, end, last)
        page.repeat_rows(0)
        page.print_area(0, 0, end, len(_PRINTED) - 1)
        who = next(at for at, column in enumerate(_COLUMNS) if column.header == ASSIGNEE)
        if self._choosable:
            page.data_validation(1, who, end, who, {"validate": "list", "source": f"={_PEOPLE}!$A:$A", "error_type": "warning"})
        self._set_print(page, name)

    def add_hidden(self, name: str, cells: Sequence[str]) -> None:
        """Adds a worksheet that spreadsheet programs do not show, with one text a row."""
        page = self._book.add_worksheet(name)
        for row, text in enumerate(cells):
            page.write_string(row, 0, text)
        page.very_hidden()

    def _set_print(self, page: Any, name: str) -> None:
        """Sets a worksheet up for A4 paper, landscape, as wide as the page."""
        page.set_landscape()
        page.set_paper(_A4)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        page.set_header(f"&L{TITLE}: {name}&R{self._about.made}")
        page.set_footer(f"&L&8Signing key {self._about.fingerprint}&RPage &P of &N")
