"""The prioritised queue as a spreadsheet, CSV, JSON or PDF."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from triage.errors import WorldError
from triage.exports.pdf_documents import HeadingBlock, ParagraphBlock, Rows, typeset
from triage.exports.time_labels import format_pakistan_time
from triage.model.exports import About
from triage.model.views import QueueRow

Cell = str | int | float
_ORDER = "Sorted by band, risk (highest first), actionability (highest first), next deadline and report number."
_LANE = {"no": "no", "confirmed": "a lead allowed release", "waits for a lead": "no release until a lead confirms"}
_IN_PAKISTAN = {True: "yes", False: "no", None: "unclear"}
NOT_STATED, NONE_KNOWN = "not stated", "none known"


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column of the spreadsheet, of the CSV and, with `page`, of the PDF. A cell is never empty: it says why."""

    header: str
    width: int
    """In the spreadsheet, in characters."""
    cell: Callable[[int, QueueRow], Cell]
    """Takes the place in the queue, from 1, and the row."""
    page: PageColumn | None = None


@dataclass(frozen=True, slots=True)
class PageColumn:
    """How a column stands on a page of the PDF."""

    header: str
    share: int
    """Of the width of the page, relative to the shares of the other columns."""
    text: Callable[[QueueRow], str] | None = None
    """A shorter text than the cell."""


COLUMNS = (
    SheetColumn("Order", 6, lambda order, row: order, PageColumn("", 3)),
    SheetColumn("Report", 20, lambda order, row: row.report_id, PageColumn("Report", 9)),
    SheetColumn("Band", 6, lambda order, row: row.band, PageColumn("Band", 3)),
    SheetColumn("Risk", 7, lambda order, row: row.risk, PageColumn("Risk", 4, lambda row: f"{row.risk:.1f}")),
    SheetColumn(
        "Actionability", 12, lambda order, row: row.actionability, PageColumn("Action", 4, lambda row: f"{row.actionability:.1f}")
    ),
    SheetColumn(
        "Next deadline (UTC)",
        20,
        lambda order, row: row.deadline or NONE_KNOWN,
        PageColumn("Deadline", 7, lambda row: row.deadline[:10] if row.deadline else NONE_KNOWN),
    ),
    SheetColumn("Next deadline (PKT)", 20, lambda order, row: format_pakistan_time(row.deadline) or NONE_KNOWN),
    SheetColumn("Deadline for", 22, lambda order, row: row.deadline_name or NONE_KNOWN),
    SheetColumn("Provider", 22, lambda order, row: row.esp or NOT_STATED, PageColumn("Provider", 10)),
    SheetColumn("Incident type", 34, lambda order, row: row.incident_type or NOT_STATED, PageColumn("Incident type", 16)),
    SheetColumn("Received (UTC)", 20, lambda order, row: row.received or NOT_STATED),
    SheetColumn(
        "Received estimated",
        10,
        lambda order, row: "estimated" if row.received_estimated else "stated" if row.received else NOT_STATED,
    ),
    SheetColumn("Office", 8, lambda order, row: row.office or "none", PageColumn("Office", 4)),
    SheetColumn("Reported user in Pakistan", 12, lambda order, row: _IN_PAKISTAN[row.in_pakistan]),
    SheetColumn("Province", 12, lambda order, row: row.province or "unclear"),
    SheetColumn("Status", 12, lambda order, row: row.status, PageColumn("Status", 8)),
    SheetColumn("Assigned to", 14, lambda order, row: row.assignee or "nobody"),
    SheetColumn("Duplicate of", 14, lambda order, row: row.duplicates_of or "none"),
    SheetColumn("Flags", 44, lambda order, row: ", ".join(row.flags) or "none", PageColumn("Flags", 18)),
    SheetColumn("Files", 7, lambda order, row: row.files),
    SheetColumn("Files present", 8, lambda order, row: row.files_present),
    SheetColumn("Child lane", 30, lambda order, row: _LANE[row.child_lane]),
)
_HEADERS = tuple(column.header for column in COLUMNS)
_BAND_AT = _HEADERS.index("Band")


def _make_cells(order: int, row: QueueRow) -> list[Cell]:
    """Returns the cells of a row.

    None becomes "not stated", "none known" or "none", which are three things.
    """
    return [column.cell(order, row) for column in COLUMNS]


def format_queue(rows: Sequence[QueueRow], out: Path, about: About) -> bytes:
    """Returns the bytes of the file, in the format that the ending of `out` names: .xlsx, .csv, .json, .pdf.

    Raises WorldError.
    """
    make = _FORMS.get(out.suffix.lower())
    if make is None:
        raise WorldError("Can't tell the format of {name}: end the name in .xlsx, .csv, .json or .pdf.", name=out.name)
    return make(rows, about)


def _describe_origin(about: About, count: int) -> str:
    made = f"written {about.made} by {about.by} with {about.tool}, rules {about.rules}"
    return f"{count} {'report' if count == 1 else 'reports'}, {made}; signing key {about.fingerprint}"


def _format_csv(rows: Sequence[QueueRow], about: About) -> bytes:
    """Returns a CSV in UTF-8 with a byte order mark, as spreadsheets want it.

    Formulas are disarmed.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow((*_HEADERS, "Rules"))
    for order, row in enumerate(rows, 1):
        writer.writerow([disarm_formula(cell) for cell in (*_make_cells(order, row), about.rules)])
    return text.getvalue().encode("utf-8-sig")


def disarm_formula(cell: Cell) -> Cell:
    """Returns a cell with an apostrophe in front of text that a spreadsheet would run as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _format_json(rows: Sequence[QueueRow], about: About) -> bytes:
    return msgspec.json.format(msgspec.json.encode({"about": about, "queue": rows}), indent=1)


def _format_xlsx(rows: Sequence[QueueRow], about: About) -> bytes:
    file = io.BytesIO()
    import xlsxwriter  # only here: it takes time to load

    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "Prioritised queue", "author": about.by, "comments": _describe_origin(about, len(rows))})
    sheet = book.add_worksheet("Queue")
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    bands = {
        band: book.add_format({"bold": True, "align": "center", "bg_color": colour, "font_color": ink})
        for band, colour, ink in _BANDS
    }
    sheet.write_row(0, 0, _HEADERS, bold)
    for order, row in enumerate(rows, 1):
        sheet.write_row(order, 0, _make_cells(order, row))
        sheet.write_string(order, _BAND_AT, row.band, bands[row.band])
    for at, column in enumerate(COLUMNS):
        sheet.set_column(at, at, column.width)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(rows), 1), len(COLUMNS) - 1)
    about_sheet = book.add_worksheet("About")
    about_sheet.set_column(0, 0, 120)
    about_sheet.write_string(0, 0, _describe_origin(about, len(rows)))
    about_sheet.write_string(1, 0, _ORDER)
    about_sheet.write_string(2, 0, "The signature of this file is in the .sig file beside it, the signing key in the .pem file.")
    book.close()
    return file.getvalue()


_BANDS = (
    ("A", "#B23A31", "#FFFFFF"),
    ("B", "#E0A04A", "#000000"),
    ("C", "#E4D27A", "#000000"),
    ("D", "#A9C4D8", "#000000"),
    ("E", "#D5D9DE", "#000000"),
)


def _format_pdf(rows: Sequence[QueueRow], about: About) -> bytes:
    shown = [(column, column.page) for column in COLUMNS if column.page is not None]
    cells = tuple(
        tuple(str(column.cell(order, row)) if page.text is None else page.text(row) for column, page in shown)
        for order, row in enumerate(rows, 1)
    )
    blocks = (
        HeadingBlock("Prioritised queue"),
        ParagraphBlock(_describe_origin(about, len(rows))),
        ParagraphBlock(_ORDER),
        Rows(tuple(page.header for _, page in shown), cells, tuple(page.share for _, page in shown)),
    )
    return typeset(blocks, title="Prioritised queue", footer=f"Signing key {about.fingerprint}", landscape=True)


_FORMS: dict[str, Callable[[Sequence[QueueRow], About], bytes]] = {
    ".csv": _format_csv,
    ".json": _format_json,
    ".pdf": _format_pdf,
    ".xlsx": _format_xlsx,
}
