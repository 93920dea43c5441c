"""Puts many rows into worksheets of a spreadsheet that xlsxwriter made without them.

xlsxwriter holds all cells of a workbook at once, or writes them to temporary files in the clear. Here rows wait compressed in
memory, and go into the zip one by one.
"""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

from triage.exports.sheet_cells import FORMULA_STARTS, Cell, fit_cell, make_plain_lines

_CELL_END, _ROW_END = "\x1f", "\x1e"
"""Between what is kept of cells and rows: characters that no cell holds, since it is printable."""
_STEP = 1 << 16  # bytes that are unpacked at once
_LOOKS_ESCAPED = re.compile("(_x[0-9a-fA-F]{4}_)")
"""What a spreadsheet reads as the escape of a character."""
_DATA = b"<sheetData>", b"</row>", b"</sheetData>"
_SIZE = re.compile(rb'<dimension ref="[^"]*"/>')


class SheetRows:
    """The rows of one worksheet, kept compressed until the worksheet is written."""

    def __init__(self) -> None:
        self._packed = io.BytesIO()
        self._packer = gzip.GzipFile(fileobj=self._packed, mode="wb", compresslevel=1, mtime=0)
        self.count = 0

    def add(self, row: str) -> None:
        """Adds a row, as `make_row` made it."""
        self._packer.write(f"{row}{_ROW_END}".encode())
        self.count += 1

    def iter_rows(self) -> Iterator[str]:
        """Yields the rows. No other can be added then."""
        self._packer.close()
        self._packed.seek(0)
        end, begun = _ROW_END.encode(), b""
        with gzip.GzipFile(fileobj=self._packed, mode="rb") as unpacked:
            while step := unpacked.read(_STEP):
                *rows, begun = (begun + step).split(end)
                for row in rows:
                    yield row.decode()


def make_row(cells: Sequence[tuple[Cell, str]], quoted: Mapping[str, str]) -> str:
    """Returns what is kept of a row of (cell, style). Text that looks like a formula has the `quoted` style of its style."""
    return _CELL_END.join(_make_cell(cell, style, quoted) for cell, style in cells)


def _make_cell(cell: Cell, style: str, quoted: Mapping[str, str]) -> str:
    """Returns a style's letter and what follows the style of a cell. A number stays a number, a text nothing but text."""
    if not isinstance(cell, str):
        return f"{style}><v>{cell:.16G}</v></c>"
    text = escape(_LOOKS_ESCAPED.sub(r"_x005F\1", fit_cell(make_plain_lines(cell))))
    style = quoted.get(style, style) if cell.startswith(FORMULA_STARTS) else style
    return f'{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def fill_worksheets(book: bytes, filled: Mapping[str, SheetRows], styles: Mapping[str, int], letters: Sequence[str]) -> bytes:
    """Returns the spreadsheet with these rows below the first row of some worksheets; what stood there is left out.

    Args:
        book: A spreadsheet.
        filled: Part of the zip -> the rows of that worksheet.
        styles: A style's letter -> its number in the spreadsheet.
        letters: The columns' letters.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in made.infolist():
            info = zipfile.ZipInfo(part.filename, part.date_time)
            info.compress_type = zipfile.ZIP_DEFLATED
            with target.open(info, "w") as stream:
                if part.filename in filled:
                    _write_worksheet(stream.write, made.read(part), filled[part.filename], styles, letters)
                else:
                    stream.write(made.read(part))
    return out.getvalue()


def _write_worksheet(
    write: Callable[[bytes], object], sheet: bytes, rows: SheetRows, styles: Mapping[str, int], letters: Sequence[str]
) -> None:
    """Writes a worksheet with its first row and these rows."""
    data, row_end, data_end = _DATA
    head = sheet.index(row_end, sheet.index(data)) + len(row_end)
    size = f'<dimension ref="A1:{letters[-1]}{rows.count + 1}"/>'.encode()
    write(_SIZE.sub(size, sheet[:head], count=1))
    begin = {style: f'" s="{number}"' for style, number in styles.items()}
    for n, row in enumerate(rows.iter_rows(), 2):
        cells = zip(letters, row.split(_CELL_END), strict=True)
        text = "".join([f'<c r="{letter}{n}{begin[cell[0]]}{cell[1:]}' for letter, cell in cells])
        write(f'<row r="{n}">{text}</row>'.encode())
    write(sheet[sheet.index(data_end, head) :])
