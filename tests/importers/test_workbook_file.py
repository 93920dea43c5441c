"""Spreadsheets from outside: their texts are read, and nothing else of them."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from triage import limits
from triage.errors import InputError
from triage.importers.workbook_file import WorkbookFile


def write(rows: list[list[object]], name: str = "All") -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties({"created": datetime.fromisoformat("2026-01-01")})
    sheet = book.add_worksheet(name)
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    book.close()
    return file.getvalue()


def read(data: bytes) -> list[dict[int, str]]:
    book = WorkbookFile(data)
    return list(book.iterate_rows(book.worksheets[0]))


def build(sheet: str, texts: str = "", count: int = 1) -> bytes:
    """A spreadsheet from its XML."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    names = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId1"/>' for n in range(count))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{relation}"><sheets>{names}</sheets></workbook>')
        archive.writestr(
            "xl/_rels/workbook.xml.rels", '<Relationships><Relationship Id="rId1" Target="/xl/worksheets/s.xml"/></Relationships>'
        )
        archive.writestr("xl/worksheets/s.xml", f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>')
        if texts:
            archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}">{texts}</sst>')
    return file.getvalue()


def test_texts_and_numbers_of_two_writers(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Report", "Assigned to"], [900000001, "sana"], ["", " بلال "]]
    assert read(write(rows)) == [{0: "Report", 1: "Assigned to"}, {0: "900000001", 1: "sana"}, {1: "بلال"}]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([cell or None for cell in row])
    book.save(tmp_path / "b.xlsx")
    assert read((tmp_path / "b.xlsx").read_bytes()) == [{0: "Report", 1: "Assigned to"}, {0: "900000001", 1: "sana"}, {1: "بلال"}]


def test_every_form_of_a_cell() -> None:
    cells = '<row><c r="B1" t="s"><v>0</v></c><c t="inlineStr"><is><t>in</t></is></c><c r="AA1" t="str"><f>A1</f><v>sum</v></c><c r="AB1"/></row>'
    texts = "<si><r><t>two </t></r><r><t>runs</t></r><rPh><t>aid</t></rPh></si>"
    assert read(build(cells, texts)) == [{1: "two runs", 2: "in", 26: "sum"}]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "damaged|no spreadsheet|archive"),
        (build('<row><c t="s"><v>7</v></c></row>', "<si><t>a</t></si>"), "names a text"),
        (build('<row><c t="s"><v>-1</v></c></row>', "<si><t>a</t></si>"), "names a text"),
        (build("<row/>" * (limits.MAX_WORKBOOK_ROWS + 1)), "more rows"),
        (build("<row/>", count=limits.MAX_WORKBOOK_SHEETS + 1), "more worksheets"),
        (build("<row/>", count=2), "two of its worksheets are the same file"),
        (build("<row>" + "<a>" * 80 + "</a>" * 80 + "</row>"), "nested deeper"),
    ],
)
def test_what_is_none_of_ours_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        read(data)


def test_a_zip_without_a_workbook_and_one_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "none")
    with pytest.raises(InputError, match="no spreadsheet"):
        read(file.getvalue())
    monkeypatch.setattr(limits, "MAX_WORKBOOK_PART", 100)
    with pytest.raises(InputError, match="larger than one of ours"):
        read(write([["a"] * 50]))


def test_all_that_is_read_of_a_spreadsheet_has_one_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    book = WorkbookFile(write([["a"] * 50]))
    monkeypatch.setattr(limits, "MAX_WORKBOOK_UNPACKED", 6_000)
    with pytest.raises(InputError, match="larger than one of ours"):
        for _ in range(10):
            list(book.iterate_rows(book.worksheets[0]))


def test_columns_without_end_are_cut() -> None:
    assert read(build('<row><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>')) == [{0: "1"}]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_spreadsheet_costs_a_sentence(data: st.DataObject) -> None:
    whole = bytearray(write([["Report", "Assigned to"], ["900000001", "sana"]]))
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=6)):
        whole[at] = data.draw(st.integers(0, 255))
    try:
        rows = read(bytes(whole))
    except InputError:
        return
    except IndexError:
        return  # no worksheet is listed
    assert all(isinstance(text, str) for row in rows for text in row.values())
