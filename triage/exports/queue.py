"""The prioritised queue as a spreadsheet, CSV, JSON or PDF."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import xlsxwriter

from triage.errors import WorldError
from triage.exports.pdf_documents import HeadingBlock, ParagraphBlock, Rows, typeset
from triage.exports.time_labels import format_pakistan_time
from triage.model.exports import About
from triage.model.views import QueueRow

COLUMNS = (
    "Order",
    "Report",
    "Band",
    "Risk",
    "Actionability",
    "Next deadline (UTC)",
    "Next deadline (PKT)",
    "Deadline for",
    "Provider",
    "Incident type",
    "Received (UTC)",
    "Received estimated",
    "Office",
    "Reported user in Pakistan",
    "Province",
    "Status",
    "Assigned to",
    "Duplicate of",
    "Flags",
    "Files",
    "Files present",
    "Child lane",
)
Cell = str | int | float
_ORDER = "Sorted by band, risk (highest first), actionability (highest first), next deadline and report number."
_LANE = {"no": "no", "confirmed": "a lead allowed release", "waits for a lead": "no release until a lead confirms"}
NOT_STATED, NONE_KNOWN = "not stated", "none known"


def format_queue(rows: Sequence[QueueRow], out: Path, about: About) -> bytes:
    """Returns the bytes of the file, in the format that the ending of `out` names: .xlsx, .csv, .json, .pdf.

    Raises WorldError.
    """
    make = _FORMS.get(out.suffix.lower())
    if make is None:
        raise WorldError("Can't tell the format of {name}: end the name in .xlsx, .csv, .json or .pdf.", name=out.name)
    return make(rows, about)


def _make_cells(order: int, row: QueueRow) -> list[Cell]:
    """Returns the cells of a row.

    None becomes "not stated", "none known" or "none", which are three things.
    """
    return [
        order,
        row.report_id,
        row.band,
        row.risk,
        row.actionability,
        row.deadline or NONE_KNOWN,
        format_pakistan_time(row.deadline) or NONE_KNOWN,
        row.deadline_name or NONE_KNOWN,
        row.esp or NOT_STATED,
        row.incident_type or NOT_STATED,
        row.received or NOT_STATED,
        "estimated" if row.received_estimated else "stated" if row.received else NOT_STATED,
        row.office or "none",
        {True: "yes", False: "no", None: "unclear"}[row.in_pakistan],
        row.province or "unclear",
        row.status,
        row.assignee or "nobody",
        row.duplicates_of or "none",
        ", ".join(row.flags) or "none",
        row.files,
        row.files_present,
        _LANE[row.child_lane],
    ]


def _describe_origin(about: About, count: int) -> str:
    made = f"written {about.made} by {about.by} with {about.tool}, rules {about.rules}"
    return f"{count} {'report' if count == 1 else 'reports'}, {made}; signing key {about.fingerprint}"


def _format_csv(rows: Sequence[QueueRow], about: About) -> bytes:
    """Returns a CSV in UTF-8 with a byte order mark, as spreadsheets want it.

    Formulas are disarmed.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow((*COLUMNS, "Rules"))
    for order, row in enumerate(rows, 1):
        writer.writerow([_disarm(cell) for cell in (*_make_cells(order, row), about.rules)])
    return text.getvalue().encode("utf-8-sig")


def _disarm(cell: Cell) -> Cell:
    """Returns a cell with an apostrophe in front of text that a spreadsheet would run as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _format_json(rows: Sequence[QueueRow], about: About) -> bytes:
    return msgspec.json.format(msgspec.json.encode({"about": about, "queue": rows}), indent=1)


def _format_xlsx(rows: Sequence[QueueRow], about: About) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "Prioritised queue", "author": about.by, "comments": _describe_origin(about, len(rows))})
    sheet = book.add_worksheet("Queue")
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    bands = {
        band: book.add_format({"bold": True, "align": "center", "bg_color": colour, "font_color": ink})
        for band, colour, ink in _BANDS
    }
    sheet.write_row(0, 0, COLUMNS, bold)
    for order, row in enumerate(rows, 1):
        sheet.write_row(order, 0, _make_cells(order, row))
        sheet.write_string(order, 2, row.band, bands[row.band])
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
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
_WIDTHS = (6, 20, 6, 7, 12, 20, 20, 22, 22, 34, 20, 10, 8, 12, 12, 12, 14, 14, 44, 7, 8)


def _format_pdf(rows: Sequence[QueueRow], about: About) -> bytes:
    shown = tuple(
        (
            str(order),
            row.report_id,
            row.band,
            f"{row.risk:.1f}",
            f"{row.actionability:.1f}",
            row.deadline[:10] if row.deadline else NONE_KNOWN,
            row.esp or NOT_STATED,
            row.incident_type or NOT_STATED,
            row.office or "none",
            row.status,
            ", ".join(row.flags) or "none",
        )
        for order, row in enumerate(rows, 1)
    )
    head = ("", "Report", "Band", "Risk", "Action", "Deadline", "Provider", "Incident type", "Office", "Status", "Flags")
    blocks = (
        HeadingBlock("Prioritised queue"),
        ParagraphBlock(_describe_origin(about, len(rows))),
        ParagraphBlock(_ORDER),
        Rows(head, shown, (3, 9, 3, 4, 4, 7, 10, 16, 4, 8, 18)),
    )
    return typeset(blocks, title="Prioritised queue", footer=f"Signing key {about.fingerprint}", landscape=True)


_FORMS: dict[str, Callable[[Sequence[QueueRow], About], bytes]] = {
    ".csv": _format_csv,
    ".json": _format_json,
    ".pdf": _format_pdf,
    ".xlsx": _format_xlsx,
}
