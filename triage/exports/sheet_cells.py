"""Text of strangers in cells of CSV and spreadsheets: printable, never a formula, and never silently too long.

Programs guess the separator of a CSV. LibreOffice splits cells at semicolons and tabs too, Excel at the one of its locale. So a
cell that holds one of them stands in quotes, and what follows it can't be run as a formula either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from triage.model.printable import make_printable

Cell = str | int | float
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""A spreadsheet runs text that begins so as a formula; the last four are the wide forms, which some take too."""
MOST_UNITS = 32_000
"""UTF-16 code units of a cell. A spreadsheet's cell holds 32,767; a longer one makes the file damaged for Excel."""
_QUOTED = re.compile("[\",;|\t\r\n']|^ | $")
_SIMPLE = re.compile("[A-Za-z0-9](?:[A-Za-z0-9 .:()/_-]*[A-Za-z0-9.)])?")
"""Cells that stand as they are, as most do: they cost a quarter of the time."""
_SEPARATED = re.compile(f"([;|\t][\"'\\s]*)(?=[{re.escape(''.join(FORMULA_STARTS))}])")
_JOINER = re.compile("((?<=[\u0620-\u06ff])[\u200c\u200d](?=[\u0620-\u06ff]))")


def make_plain(text: str) -> str:
    """Returns text on one line, with control, invisible and direction characters as escapes.

    A joiner between Arabic letters is plain spelling, and stays.
    """
    if text.isprintable():
        return text
    return "".join(part if at % 2 else make_printable(part) for at, part in enumerate(_JOINER.split(text)))


def make_plain_lines(text: str) -> str:
    """Returns text with its line breaks, and else like `make_plain`."""
    if text.isprintable():
        return text
    return "\n".join(make_plain(line) for line in text.replace("\r\n", "\n").split("\n"))


def disarm_formula(cell: Cell) -> Cell:
    """Returns a cell with an apostrophe in front of text that a spreadsheet would run as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def format_csv(rows: Iterable[Sequence[Cell]], *, separator: str = ",", line_end: str = "\r\n") -> str:
    """Returns rows as CSV (RFC 4180)."""
    return "".join(separator.join(map(_format_cell, row)) + line_end for row in rows)


def _format_cell(cell: Cell) -> str:
    """Returns a cell as it stands in a CSV."""
    if not isinstance(cell, str):
        return str(cell)
    if _SIMPLE.fullmatch(cell):
        return cell
    text = _SEPARATED.sub(r"\1'", make_plain(str(disarm_formula(cell))))
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def split_cell(text: str) -> list[str]:
    """Returns a text in pieces that fit into cells, one at least."""
    pieces, start, units = [], 0, 0
    for at, character in enumerate(text):
        width = 2 if character > "\uffff" else 1
        if units + width > MOST_UNITS:
            pieces.append(text[start:at])
            start, units = at, 0
        units += width
    return [*pieces, text[start:]]


def fit_cell(text: str) -> str:
    """Returns a text, cut if it is longer than a cell may be; then it says so at its end."""
    first, *rest = split_cell(text) if len(text) > MOST_UNITS // 2 else [text]
    return f"{first} [Cut here: {sum(map(len, rest))} more characters.]" if rest else first


def set_text_cell(page: Any, row: int, column: int, text: str, plain: Any, quoted: Any) -> None:
    """Writes a text into a worksheet of xlsxwriter as nothing but text.

    Args:
        page: The worksheet.
        row: Of the cell, from 0.
        column: Of the cell, from 0.
        text: What is written, with its line breaks.
        plain: The cell's format.
        quoted: The same format with `quote_prefix`: text that looks like a formula stays text when somebody edits the cell.
    """
    shown = fit_cell(make_plain_lines(text))
    page.write_string(row, column, shown, quoted if text.startswith(FORMULA_STARTS) else plain)
