"""Cells of CSV and spreadsheets: whatever a stranger writes, no program runs it, shifts a column by it or loses a part of it."""

from __future__ import annotations

import ast
import csv
import io

import openpyxl
import pytest
import xlsxwriter

from tests.source_trees import SOURCES, nodes
from triage.exports.sheet_cells import (
    FORMULA_STARTS,
    MOST_UNITS,
    fit_cell,
    format_csv,
    make_plain,
    make_plain_lines,
    set_text_cell,
    split_cell,
)

URDU = "یہ تصویر پل کی ہے"
JOINED = "می\u200cشود"
STRANGE = (
    "", " ", "plain", URDU, JOINED, '"', '""', "'", ",", ";", "a;b", "a\tb", "a|b", "\ufeff", "\x00", "\x1b[31m", "\u202egpj.exe\u202c", "\u200b=1", "\u2028", "\x85",
    "a\r\nb", " lead", "trail ", "x;=1+1", 'x;"=1+1"', "x; '+1", "x|@SUM(A1)", "x\t-1", "x\n=1", "x\r=1", "x;\uff1d1", "💥;=1", "NULL", "1e5", "007", ";;=1",
    *(f"{start}1+1" for start in FORMULA_STARTS),
)  # fmt: skip

SIGNS = tuple(start for start in FORMULA_STARTS if not start.isspace())


@pytest.mark.parametrize("text", STRANGE)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_no_program_finds_a_formula_or_another_column(text: str, place: int) -> None:
    row = ["one", "two", "three"]
    row[place] = text
    written = format_csv([row, ["after", "that", "row"]])
    for separator in (",", ";", "\t", "|"):
        for found in csv.reader(io.StringIO(written), delimiter=separator):
            for cell in found:
                assert not cell.lstrip(' \r\n"').startswith(SIGNS), (separator, cell)
    exact = list(csv.reader(io.StringIO(written)))
    assert [len(each) for each in exact] == [3, 3] and exact[1] == ["after", "that", "row"]
    assert all(cell.replace("\u200c", "").isprintable() for cell in exact[0]), "no control or direction character"
    assert [cell for at, cell in enumerate(exact[0]) if at != place] == [cell for at, cell in enumerate(row) if at != place]
    any_separator = [split_like_libreoffice(line) for line in written.splitlines()]
    assert [len(each) for each in any_separator] == [3, 3], "quotes hold a cell together, whatever separators a program takes"


def split_like_libreoffice(line: str) -> list[str]:
    """Returns the cells of a line where comma, semicolon and tab separate, as LibreOffice's dialog has them ticked."""
    cells, quoted = [""], False
    for character in line:
        if character == '"':
            quoted = not quoted
        elif not quoted and character in ",;\t":
            cells.append("")
        else:
            cells[-1] += character
    return cells


def test_what_is_plain_stands_as_it_is_and_numbers_are_numbers() -> None:
    assert format_csv([("a", -1, 2.5, URDU, JOINED, "a, b", 'say "x"')]) == f'a,-1,2.5,{URDU},{JOINED},"a, b","say ""x"""\r\n'
    assert format_csv([("a", "b,c")], separator=";", line_end="\n") == 'a;"b,c"\n'


def test_only_joiners_between_arabic_letters_stay() -> None:
    assert (
        make_plain(JOINED) == JOINED and make_plain("a\u200cb") == "a\\u200cb" and make_plain("\u202eab\n") == "\\u202eab\\u000a"
    )
    assert make_plain_lines("a\r\nb\n\x01") == "a\nb\n\\u0001"


@pytest.mark.parametrize("letter", ["a", "ہ", "💥"])
@pytest.mark.parametrize("many", [0, 1, MOST_UNITS // 2, MOST_UNITS // 2 + 1, MOST_UNITS, MOST_UNITS + 1, 2 * MOST_UNITS + 7])
def test_a_long_text_is_split_or_says_that_it_is_cut(letter: str, many: int) -> None:
    text = letter * many
    pieces = split_cell(text)
    assert "".join(pieces) == text and len(pieces) >= 1
    assert all(len(piece.encode("utf-16-le")) // 2 <= MOST_UNITS for piece in pieces)
    fitted = fit_cell(text)
    assert len(fitted.encode("utf-16-le")) // 2 <= 32_767
    lost = many - len(fitted.partition(" [Cut here: ")[0])
    assert fitted == text if len(pieces) == 1 else fitted.endswith(f" [Cut here: {lost} more characters.]")


def test_a_worksheet_holds_each_text_as_text() -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    page, plain, quoted = book.add_worksheet(), book.add_format(), book.add_format({"quote_prefix": True})
    texts = [*STRANGE, "💥" * 40_000, "two\nlines"]
    for row, text in enumerate(texts):
        set_text_cell(page, row, 0, text, plain, quoted)
    book.close()
    cells = [row[0] for row in openpyxl.load_workbook(file).active.iter_rows(max_col=1, max_row=len(texts))]
    for text, cell in zip(texts, cells, strict=True):
        assert cell.data_type in "sn" and str(cell.value or "") == fit_cell(make_plain_lines(text)), text[:20]
        assert cell.quotePrefix == text.startswith(FORMULA_STARTS)


def test_no_export_writes_a_csv_by_another_way() -> None:
    writers = [
        f"{path.parent.name}/{path.name}"
        for path in SOURCES
        if "triage_demo" not in path.parts
        for node in nodes(path, ast.Attribute)
        if node.attr == "writer" and ast.unparse(node) == "csv.writer"
    ]
    assert writers == [], "exports write CSV with sheet_cells.format_csv"
