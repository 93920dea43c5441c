"""The prioritised queue as a spreadsheet, CSV, JSON or PDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from triage.errors import WorldError
from triage.exports.queue_columns import HEADERS, SheetLine, list_cells
from triage.exports.queue_pdf import format_pdf
from triage.exports.queue_workbook import format_workbook
from triage.exports.sheet_cells import format_csv
from triage.model.exports import About
from triage.model.moment import parse_utc
from triage.model.queue_sheet import SheetRow, SheetScope

MOST_ROWS = {".xlsx": 100_000, ".csv": 250_000, ".json": 250_000, ".pdf": 20_000}
"""Reports of one file by its format: a larger spreadsheet no program opens in a useful time, CSV and JSON are made in a gigabyte
of memory, and such a PDF has two thousand pages."""
FORMATS = tuple(MOST_ROWS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a sheet is made of."""

    rows: Sequence[SheetRow]
    scope: SheetScope
    about: About
    people: tuple[str, ...]
    """The users to whom reports can be assigned."""
    origin: str
    """The signed statement by which the spreadsheet is recognised when it comes back."""


def check_format(out: Path) -> str:
    """Returns the format that the ending of a name asks for. Raises WorldError for another ending."""
    ending = out.suffix.lower()
    if ending not in FORMATS:
        raise WorldError("Can't tell the format of {name}: end the name in .xlsx, .csv, .json or .pdf.", name=out.name)
    return ending


def require_room(ending: str, count: int) -> None:
    """Raises WorldError when so many reports don't fit into a file of this format."""
    most = MOST_ROWS[ending]
    if count <= most:
        return
    if ending == ".pdf":
        raise WorldError(
            "A PDF lists at most {most} reports, and these are {count}; narrow the filters, or end the name in .xlsx.",
            most=most,
            count=count,
        )
    if ending == ".xlsx":
        raise WorldError(
            "A spreadsheet lists at most {most} reports, and these are {count}; narrow the filters, or end the name in .csv.",
            most=most,
            count=count,
        )
    raise WorldError(
        "A file lists at most {most} reports, and these are {count}; narrow the filters to one office, band or status.",
        most=most,
        count=count,
    )


def format_queue(sheet: Sheet, ending: str) -> bytes:
    """Returns the bytes of the file in one of FORMATS."""
    made = parse_utc(sheet.about.made)
    lines = [SheetLine(order, row, made) for order, row in enumerate(sheet.rows, sheet.scope.skipped + 1)]
    make: dict[str, Callable[[], bytes]] = {
        ".csv": lambda: _format_csv(lines, sheet.about),
        ".json": lambda: _format_json(sheet),
        ".pdf": lambda: format_pdf(lines, sheet.scope, sheet.about),
        ".xlsx": lambda: format_workbook(lines, sheet.scope, sheet.about, sheet.people, sheet.origin),
    }
    return make[ending]()


def _format_csv(lines: Sequence[SheetLine], about: About) -> bytes:
    """Returns a CSV in UTF-8 with a byte order mark, as spreadsheets want it. Formulas are disarmed."""
    rows = ((*list_cells(line), about.rules) for line in lines)
    return format_csv(((*HEADERS, "Rules"), *rows)).encode("utf-8-sig")


def _format_json(sheet: Sheet) -> bytes:
    """Returns the rows with the keys of `triage queue --json`, and what the sheet adds to them."""
    scope = {"filters": dict(sheet.scope.filters), "in_store": sheet.scope.in_store, "matching": sheet.scope.matching}
    rows = [
        {
            **msgspec.to_builtins(each.row),
            "next_act": each.next_act,
            "case": each.case,
            "same_user_reports": each.same_user_reports,
            "folded": each.folded,
        }
        for each in sheet.rows
    ]
    body = {"schema": "triage/1", "about": sheet.about, "scope": scope, "queue": rows}
    return msgspec.json.format(msgspec.json.encode(body), indent=1)
