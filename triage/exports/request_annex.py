"""Writes the annex of a request: a spreadsheet of lines, in which nothing of a report stands."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import datetime

from triage.exports.sheet_cells import make_plain_lines, set_text_cell
from triage.exports.time_labels import format_pakistan_time
from triage.model.data_requests import AnnexLine

COLUMNS = ("Line", "Kind", "Value", "Port", "UTC", "PKT", "Window from (UTC)", "Window to (UTC)", "Note")
_WIDTHS = (12, 11, 27, 11, 22, 24, 22, 22, 60)
_LINE_HEIGHT, _FILLED = 15, 0.86
"""Points of a line of text, and the share of a column's width that letters surely fit into: no program may cut a cell off."""
_NOT_STATED = "not stated"


def format_annex(lines: Sequence[AnnexLine], *, number: str, made: datetime, draft: bool) -> bytes:
    """Returns the bytes of the spreadsheet, the same for the same lines."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": f"Annex to {number}", "author": "", "created": made.replace(tzinfo=None)})
    sheet = book.add_worksheet("Annex")
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1, "bg_color": "#E8E8E8"})
    base = {"text_wrap": True, "valign": "top", "border": 1}
    wrapped, quoted = book.add_format(base), book.add_format({**base, "quote_prefix": True})
    for at, (name, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True)):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, name, bold)
    for row, line in enumerate(lines, 1):
        cells = _make_cells(line)
        lines_of = (
            math.ceil(len(make_plain_lines(cell)) / (width * _FILLED)) for cell, width in zip(cells, _WIDTHS, strict=True)
        )
        sheet.set_row(row, _LINE_HEIGHT * max(1, *lines_of))
        for at, cell in enumerate(cells):
            set_text_cell(sheet, row, at, cell, wrapped, quoted)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f"&C{'DRAFT – not to be sent – ' if draft else ''}Annex to request {number}")
    sheet.set_footer("&CPage &P of &N")
    book.close()
    return file.getvalue()


def _make_cells(line: AnnexLine) -> tuple[str, ...]:
    """Returns the cells of a line, all of them text, so that no spreadsheet rounds or reads them otherwise."""
    fact = line.fact
    is_address = fact.kind == "IP address"
    blank = _NOT_STATED if is_address else ""
    return (
        line.line,
        fact.kind,
        fact.value,
        blank if fact.port is None else str(fact.port),
        fact.utc or blank,
        format_pakistan_time(fact.utc) or blank,
        fact.window_from or "",
        fact.window_to or "",
        fact.note,
    )
