"""The prioritised queue as a spreadsheet, CSV, JSON or PDF."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count as count_up
from pathlib import Path

import msgspec

from triage.errors import WorldError
from triage.exports.queue_columns import HEADERS, SheetLine, list_cells
from triage.exports.queue_pdf import format_pdf
from triage.exports.queue_workbook import Seal, format_workbook
from triage.exports.sheet_cells import format_csv
from triage.model.exports import About
from triage.model.moment import parse_utc
from triage.model.queue_sheet import SheetRow, SheetScope

ROW_BY_ROW = (".csv", ".json")
"""Formats that are made row by row. The spreadsheet is too, but has each report on two sheets, and counts before the rows."""
MOST_ROWS = {".xlsx": 100_000, ".csv": 250_000, ".json": 250_000, ".pdf": 20_000}
"""Reports of one file by its format: a larger spreadsheet no program opens in a useful time, such a CSV or JSON is held in memory
while it is signed, and such a PDF has two thousand pages."""
FORMATS = tuple(MOST_ROWS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a sheet is made of."""

    rows: Sequence[SheetRow]
    scope: SheetScope
    about: About
    people: tuple[str, ...] = ()
    """The users to whom reports can be assigned."""
    origin: str = ""
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
    if ending in ROW_BY_ROW:
        return format_rows([sheet.rows], sheet.scope, sheet.about, ending)[0]
    lines = _number([sheet.rows], sheet.scope, sheet.about)
    if ending == ".pdf":
        return format_pdf(list(lines), sheet.scope, sheet.about)
    return format_workbook(lines, sheet.scope, sheet.about, sheet.people, lambda _: sheet.origin)[0]


def format_spreadsheet(
    parts: Iterable[Sequence[SheetRow]], scope: SheetScope, about: About, people: Sequence[str], seal: Seal
) -> tuple[bytes, int]:
    """Returns the bytes of a spreadsheet, and how many rows it holds. Its rows are held compressed."""
    return format_workbook(_number(parts, scope, about), scope, about, people, seal)


def format_rows(parts: Iterable[Sequence[SheetRow]], scope: SheetScope, about: About, ending: str) -> tuple[bytes, int]:
    """Returns the bytes of the file in a format of ROW_BY_ROW, and how many rows it holds. Only the file is held in memory."""
    file = io.BytesIO()
    count = (_write_csv if ending == ".csv" else _write_json)(file, parts, scope, about)
    return file.getvalue(), count


def _number(parts: Iterable[Sequence[SheetRow]], scope: SheetScope, about: About) -> Iterator[SheetLine]:
    """Yields the rows with their places in the queue."""
    made, order = parse_utc(about.made), count_up(scope.skipped + 1)
    return (SheetLine(next(order), row, made) for part in parts for row in part)


def _write_csv(file: io.BytesIO, parts: Iterable[Sequence[SheetRow]], scope: SheetScope, about: About) -> int:
    """Writes a CSV in UTF-8 with a byte order mark, as spreadsheets want it, formulas disarmed; returns the number of rows."""
    file.write(format_csv([(*HEADERS, "Rules")]).encode("utf-8-sig"))
    count = 0
    for line in _number(parts, scope, about):
        file.write(format_csv([(*list_cells(line), about.rules)]).encode())
        count += 1
    return count


def _write_json(file: io.BytesIO, parts: Iterable[Sequence[SheetRow]], scope: SheetScope, about: About) -> int:
    """Writes the rows with the keys of `triage queue --json`, and what the sheet adds to them; returns their number."""
    said = {"filters": dict(scope.filters), "in_store": scope.in_store, "matching": scope.matching}
    body = {"schema": "triage/1", "about": about, "scope": said, "queue": ()}
    before, empty = msgspec.json.format(msgspec.json.encode(body), indent=1), b"[]\n}"
    file.write(before[: -len(empty)])
    count = 0
    for each in (row for part in parts for row in part):
        row = {
            **msgspec.to_builtins(each.row),
            "next_act": each.next_act,
            "case": each.case,
            "same_user_reports": each.same_user_reports,
            "folded": each.folded,
        }
        file.write(b",\n  " if count else b"[\n  ")
        file.write(msgspec.json.format(msgspec.json.encode(row), indent=1).replace(b"\n", b"\n  "))
        count += 1
    file.write(b"\n ]\n}" if count else empty)
    return count
