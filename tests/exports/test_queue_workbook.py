"""The spreadsheet of the queue as a person sees and prints it: cover, colours, late deadlines, filter, choices and printed columns."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import openpyxl
import pytest
from openpyxl import Workbook

from tests.exports.reading_back import ABOUT
from tests.exports.test_queue_read_back import EMPTY, FULL, SCOPE, SHEET
from triage.exports import queue_workbook
from triage.exports.queue import Sheet, format_queue
from triage.exports.queue_columns import BAND_COLOURS, BAND_WORDS, COLUMNS, SheetLine
from triage.exports.queue_cover import list_facts, make_totals
from triage.model.moment import format_utc, parse_utc

MADE = parse_utc(ABOUT.made)
LETTERS = {
    "last": openpyxl.utils.get_column_letter(len(COLUMNS) + 1),
    "printed": openpyxl.utils.get_column_letter(sum(c.printed for c in COLUMNS)),
}


def read(sheet: Sheet = SHEET) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(format_queue(sheet, ".xlsx")))


def test_the_cover_is_read_from_top_to_bottom() -> None:
    page = read()["Cover"]
    lines = [SheetLine(n, row, MADE) for n, row in enumerate(SHEET.rows, 6)]
    totals = make_totals(lines, SCOPE)
    rows = [[cell for cell in row if cell is not None] for row in page.iter_rows(values_only=True)]
    expected: list[list[object]] = [
        ["Prioritised queue"],
        [],
        *(list(each) for each in list_facts(SCOPE, ABOUT, len(lines))),
        [],
        list(totals.head),
    ]
    expected += [[row[0], *map(int, row[1:])] for row in totals.rows]
    assert rows[: len(expected)] == expected
    assert rows[len(expected)] == [] and [len(row) for row in rows[len(expected) + 1 :]] == [1] * 5, (
        "how to fill it in, a sentence a row"
    )
    assert {str(each) for each in page.merged_cells.ranges} == {
        *(f"B{n}:J{n}" for n in range(3, 13)), *(f"A{n}:J{n}" for n in range(len(expected) + 2, len(expected) + 7)),
    }  # fmt: skip
    at = len(expected) - len(totals.rows)
    colours = {cell.value: cell.fill.fgColor.rgb[2:] for cell in page[at] if cell.value}
    assert [colours[f"{band} {words}"] for band, words in BAND_WORDS.items()] == [
        BAND_COLOURS[band][0][1:] for band in BAND_WORDS
    ]
    assert page["A1"].font.size == 18 and page["A1"].font.bold and not page.sheet_view.showGridLines
    widths = {letter: page.column_dimensions[letter].width for letter in "AB"}
    assert widths["A"] > widths["B"] > 10 and page.column_dimensions["B"].max == 11


def test_a_sheet_can_be_filtered_filled_in_and_printed() -> None:
    book = read()
    for name, rows in (("All", 3), ("LHR Lahore", 1), ("No office", 2)):
        page = book[name]
        assert (
            page.auto_filter.ref == f"A1:{LETTERS['last']}{rows + 1}"
            and page.freeze_panes == "C2"
            and page.print_title_rows == "$1:$1"
        )
        assert page.print_area == f"'{name}'!$A$1:${LETTERS['printed']}${rows + 1}"
        (choice,) = page.data_validations.dataValidation
        assert (str(choice.sqref), choice.type, choice.formula1, choice.errorStyle) == (
            f"B2:B{rows + 1}".replace(":B2", "" if rows == 1 else ":B2"),
            "list",
            "people!$A:$A",
            "warning",
        )
        assert page.row_dimensions[1].height == 48 and page.row_dimensions[2].height is None
        assert page["A1"].font.bold and page["A1"].fill.fgColor.rgb.endswith("E8ECF1")
        assert (page.oddHeader.left.text, page.oddHeader.right.text) == (f"Prioritised queue: {name}", ABOUT.made)
        assert str(page.oddFooter.left.text).endswith(f"Signing key {'ab' * 32}") and page.oddFooter.right.text == "Page &P of &N"
        margins = page.page_margins
        assert (margins.left, margins.right, margins.top, margins.bottom) == (0.4, 0.4, 0.6, 0.6)
        assert (
            page.page_setup.orientation,
            page.page_setup.paperSize,
            page.page_setup.fitToWidth or 1,
            page.page_setup.fitToHeight,
        ) == ("landscape", 9, 1, 0)
    assert (book.properties.title, book.properties.creator, book.properties.description) == (
        "Prioritised queue",
        "amina",
        f"Signing key {'ab' * 32}",
    )
    assert not read(replace(SHEET, people=()))["All"].data_validations.dataValidation
    assert book["people"].sheet_state == book["triage"].sheet_state == "veryHidden"


def test_cells_look_as_what_they_are() -> None:
    page = read()["All"]
    column = {cell.value: cell.column for cell in page[1]}
    first = {name: page.cell(2, at) for name, at in column.items()}
    assert {name for name, cell in first.items() if cell.fill.fgColor.rgb.endswith("FFF6C9")} == {
        "Assigned to",
        "Note for the analyst",
    }
    assert [page.cell(row, column["Band"]).fill.fgColor.rgb[2:] for row in (2, 3)] == [BAND_COLOURS[band][0][1:] for band in "AE"]
    assert page.cell(2, column["Band"]).font.color.rgb.endswith("FFFFFF")
    assert {name for name, cell in first.items() if cell.number_format == "0.0"} == {"Risk", "Actionability"}
    assert {name for name, cell in first.items() if cell.alignment.horizontal == "center"} == {
        "Order", "Risk", "Actionability", "Other reports on the user", "Files", "Files present",
    }  # fmt: skip
    assert all(
        cell.alignment.wrap_text and cell.alignment.vertical == "top" for cell in first.values() if isinstance(cell.value, str)
    )
    widths = {name: page.column_dimensions[openpyxl.utils.get_column_letter(at)].width for name, at in column.items()}
    assert widths["Band"] > 12 > 2 * min(each.width for each in COLUMNS if each.header == "Band") - 1, (
        "the band's words stand beside its letter"
    )


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("left", "late", "counted"),
    [(-timedelta(seconds=1), True, "Overdue"), (timedelta(0), True, "Due in 7 days"), (7 * DAY - timedelta(seconds=1), True, "Due in 7 days"), (7 * DAY, False, None)],
)  # fmt: skip
def test_a_deadline_is_late_overdue_or_far_at_its_bound(left: timedelta, late: bool, counted: str | None) -> None:
    row = replace(FULL, row=replace(FULL.row, deadline=format_utc(MADE + left)))
    book = read(replace(SHEET, rows=(row,)))
    page = book["All"]
    column = {cell.value: cell.column for cell in page[1]}
    red = {
        name
        for name, at in column.items()
        if page.cell(2, at).font.color is not None and str(page.cell(2, at).font.color.rgb).endswith("B23A31")
    }
    assert red == ({"Next deadline (PKT)", "Time left"} if late else set())
    totals = make_totals([SheetLine(1, row, MADE)], SCOPE)
    found = {
        name: count
        for name, count in zip(totals.head, totals.rows[-1], strict=True)
        if name in ("Overdue", "Due in 7 days") and count != "0"
    }
    assert found == ({counted: "1"} if counted else {})
    closed = replace(row, row=replace(row.row, status="closed", assignee=None))
    assert make_totals([SheetLine(1, closed, MADE)], SCOPE).rows[-1][-3:] == ("0", "0", "0"), "open reports only"


def test_the_cover_says_what_is_left_out_and_why() -> None:
    lines = [SheetLine(1, EMPTY, MADE)]
    facts = dict(list_facts(replace(SCOPE, filters=(), in_store=1, matching=1), ABOUT, len(lines)))
    assert (facts["Lists"], facts["Reports"]) == ("no filter: every report", "1 in the store, 1 listed here, 0 left out")
    facts = dict(list_facts(replace(SCOPE, in_store=9, matching=1), ABOUT, len(lines)))
    assert facts["Reports"] == "9 in the store, 1 listed here, 8 left out"
    empty = make_totals([], SCOPE)
    assert empty.rows == () and empty.head[0] == "Office"


def test_offices_with_long_names_and_too_many_reports_to_fill_in(monkeypatch: pytest.MonkeyPatch) -> None:
    named = replace(SCOPE, offices={"LHR": "x" * 40})
    assert read(replace(SHEET, scope=named)).sheetnames == ["Cover", "All", f"LHR {'x' * 27}", "No office", "people", "triage"]
    monkeypatch.setattr(queue_workbook, "MOST_FILLABLE", 3)
    assert "To hand out work: choose" in str([*read()["Cover"].values])
    monkeypatch.setattr(queue_workbook, "MOST_FILLABLE", 2)
    assert "can't be imported again" in str([*read()["Cover"].values])
