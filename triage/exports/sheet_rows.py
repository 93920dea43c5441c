"""Puts many rows into worksheets of a spreadsheet that xlsxwriter made without them.

xlsxwriter holds all cells of a workbook at once, or writes them to temporary files in the clear. Here rows wait compressed in
memory, and go into the zip one by one.
"""

from __future__ import annotations

import gzip
import html
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence

from triage.exports.sheet_cells import FORMULA_STARTS, Cell, fit_cell, make_plain_lines

_CELL_END, _ROW_END = "\x1f", "\x1e"
"""Between what is kept of cells and rows: characters that no cell holds, since it is printable."""
_STEP = 1 << 16  # bytes that are unpacked at once
_LOOKS_ESCAPED = re.compile("(_x[0-9a-fA-F]{4}_)")
"""What a spreadsheet reads as the escape of a character."""
_DATA = b"<sheetData>", b"</row>", b"</sheetData>"
_NUMBER, _TEXT = "ns"
_TEXTS = "xl/sharedStrings.xml"
_COUNTS = re.compile(rb'count="(\d+)" uniqueCount="(\d+)"')
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
    """Returns a style's letter, a letter for the kind, and the value. A number stays a number, a text nothing but text."""
    if not isinstance(cell, str):
        return f"{style}{_NUMBER}{cell:.16G}"
    text = html.escape(_LOOKS_ESCAPED.sub(r"_x005F\1", fit_cell(make_plain_lines(cell))), quote=False)
    style = quoted.get(style, style) if cell.startswith(FORMULA_STARTS) else style
    return f"{style}{_TEXT}{text}"


class _SharedTexts:
    """Texts that stand once in the spreadsheet, behind those that its maker put there; cells name them by number."""

    def __init__(self, part: bytes) -> None:
        self._part, (count, distinct) = part, (int(each) for each in _COUNTS.search(part).groups())  # type: ignore[union-attr]
        self._count, self._first, self._numbers = count, distinct, dict[str, int]()

    def format_text(self, text: str) -> str:
        """Returns what follows the style of a cell with this text."""
        self._count += 1
        return f' t="s"><v>{self._numbers.setdefault(text, self._first + len(self._numbers))}</v></c>'

    def finish(self) -> bytes:
        """Returns the part of the zip with all texts."""
        counts = f'count="{self._count}" uniqueCount="{self._first + len(self._numbers)}"'.encode()
        items = "".join(f'<si><t xml:space="preserve">{text}</t></si>' for text in self._numbers)
        return _COUNTS.sub(counts, self._part, count=1).replace(b"</sst>", f"{items}</sst>".encode())


def _format_inline(text: str) -> str:
    """Returns what follows the style of a cell that holds this text itself."""
    return f' t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def fill_worksheets(
    book: bytes, filled: Mapping[str, SheetRows], styles: Mapping[str, int], letters: Sequence[str], *, share: bool
) -> bytes:
    """Returns the spreadsheet with these rows below the first row of some worksheets; what stood there is left out.

    Args:
        book: A spreadsheet.
        filled: Part of the zip -> the rows of that worksheet.
        styles: A style's letter -> its number in the spreadsheet.
        letters: The columns' letters.
        share: Whether cells share texts, as spreadsheet programs write them: shorter to read, but all texts are held in memory.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        shared = _SharedTexts(made.read(_TEXTS)) if share else None
        for part in sorted(made.infolist(), key=lambda each: each.filename == _TEXTS):  # the texts are known after the cells
            info = zipfile.ZipInfo(part.filename, part.date_time)
            info.compress_type = zipfile.ZIP_DEFLATED
            with target.open(info, "w") as stream:
                if part.filename in filled:
                    rows, form = filled[part.filename], shared.format_text if shared else _format_inline
                    _write_worksheet(stream.write, made.read(part), rows, styles, letters, form)
                elif part.filename == _TEXTS and shared:
                    stream.write(shared.finish())
                else:
                    stream.write(made.read(part))
    return out.getvalue()


def _write_worksheet(
    write: Callable[[bytes], object],
    sheet: bytes,
    rows: SheetRows,
    styles: Mapping[str, int],
    letters: Sequence[str],
    format_text: Callable[[str], str],
) -> None:
    """Writes a worksheet with its first row and these rows."""
    data, row_end, data_end = _DATA
    head = sheet.index(row_end, sheet.index(data)) + len(row_end)
    size = f'<dimension ref="A1:{letters[-1]}{rows.count + 1}"/>'.encode()
    write(_SIZE.sub(size, sheet[:head], count=1))
    begin = {style: f'" s="{number}"' for style, number in styles.items()}
    for n, row in enumerate(rows.iter_rows(), 2):
        cells = zip(letters, row.split(_CELL_END), strict=True)
        text = "".join(
            [
                f'<c r="{letter}{n}{begin[cell[0]]}{format_text(cell[2:]) if cell[1] == _TEXT else f"><v>{cell[2:]}</v></c>"}'
                for letter, cell in cells
            ]
        )
        write(f'<row r="{n}">{text}</row>'.encode())
    write(sheet[sheet.index(data_end, head) :])
