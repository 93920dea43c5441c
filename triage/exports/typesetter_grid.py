"""Typesets long tables fast: the rows of a queue, thousands of them.

fpdf2's own tables shape every cell, which takes 15 ms a row. Here plain ASCII text is measured word by word and written
without shaping; only other scripts take the slow way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fpdf.enums import MethodReturnValue

from triage.exports.pdf_documents import GridBlock

SIZE = 7.0  # points
LINE = 3.1  # mm from one line to the next
PAD = 0.8  # mm around the text of a cell
MOST_LINES = 14  # of one cell; what is longer is cut, and says so
LONGEST = 600  # characters of one cell; whole texts stand in the other formats
_CUT = "[cut]"
_RULE = 190  # grey of the lines between rows


@dataclass(frozen=True, slots=True)
class _Text:
    """The lines of a cell, and whether they can be written without shaping."""

    lines: tuple[str, ...]
    plain: bool


class _Measure:
    """Breaks texts into lines that fit, and remembers what it measured."""

    def __init__(self, pdf: Any, style: str = "") -> None:
        self._pdf, self._style = pdf, style
        self._words: dict[str, float] = {}
        self._texts: dict[tuple[str, float], _Text] = {}

    def break_text(self, text: str, width: float) -> _Text:
        """Returns the lines of a text in a column of this width, in mm."""
        key = text, width
        if key not in self._texts:
            self._texts[key] = self._break(text, width)
        return self._texts[key]

    def _break(self, text: str, width: float) -> _Text:
        shown = self._pdf.shown(text if len(text) <= LONGEST else f"{text[:LONGEST]} {_CUT}")
        plain = shown.isascii()
        if plain:
            lines = [line for part in shown.split("\n") for line in self._fill_lines(part, width)]
        else:
            self._pdf.set_font("sans", self._style, size=SIZE)
            lines = self._pdf.multi_cell(width, text=shown, h=LINE, dry_run=True, output=MethodReturnValue.LINES)
        if len(lines) > MOST_LINES:
            lines = [*lines[: MOST_LINES - 1], _CUT]
        return _Text(tuple(lines), plain)

    def _fill_lines(self, text: str, width: float) -> Iterator[str]:
        """Yields the lines of one paragraph. A word is broken only when it is wider than the column."""
        line, used = "", 0.0
        blank = self._width(" ")
        for word in text.split(" "):
            wide = self._width(word)
            if line and used + blank + wide > width:
                yield line
                line, used = "", 0.0
            while wide > width and len(word) > 1:
                fits = next((n for n in range(len(word) - 1, 0, -1) if self._width(word[:n]) <= width), 1)
                yield word[:fits]
                word = word[fits:]
                wide = self._width(word)
            line, used = (f"{line} {word}", used + blank + wide) if line else (word, wide)
        yield line

    def _width(self, word: str) -> float:
        if word not in self._words:
            self._pdf.set_font("sans", self._style, size=SIZE)
            self._words[word] = self._pdf.get_string_width(word)
        return self._words[word]


def add_grid(pdf: Any, block: GridBlock) -> None:
    """Adds a long table. Its header is repeated on each page, and no row is torn between two."""
    pdf.set_text_shaping(False)
    body, head = _Measure(pdf), _Measure(pdf, "B")
    widths = [pdf.epw * share / sum(block.widths) for share in block.widths]
    inner = [width - 2 * PAD for width in widths]
    titles = [head.break_text(word, width) for word, width in zip(block.head, inner, strict=True)]
    if block.begins_page or pdf.get_y() + _height(titles) + 3 * LINE > pdf.page_break_trigger:
        pdf.add_page()
    _add_row(pdf, titles, widths, "B", None, None)
    for at, row in enumerate(block.rows):
        texts = [body.break_text(cell, width) for cell, width in zip(row, inner, strict=True)]
        if pdf.get_y() + _height(texts) > pdf.page_break_trigger:
            pdf.add_page()
            _add_row(pdf, titles, widths, "B", None, None)
        _add_row(pdf, texts, widths, "", block.fill_column, block.fills[at] if block.fills else None)
    pdf.set_text_shaping(True)
    pdf.ln(2)


def _height(texts: Sequence[_Text]) -> float:
    return max(len(text.lines) for text in texts) * LINE + 2 * PAD


def _add_row(
    pdf: Any,
    texts: Sequence[_Text],
    widths: Sequence[float],
    style: str,
    fill_column: int | None,
    fill: tuple[str, str] | None,
) -> None:
    """Adds one row: text, the ground of one cell, and a line below."""
    top, left, height = pdf.get_y(), pdf.l_margin, _height(texts)
    x = left
    for at, (text, width) in enumerate(zip(texts, widths, strict=True)):
        ground = fill if fill is not None and at == fill_column else None
        if ground is not None:
            pdf.set_fill_color(ground[0])
            pdf.rect(x, top, width, height, style="F")
        pdf.set_text_color(ground[1] if ground is not None else "#000000")
        pdf.set_font("sans", "B" if ground is not None else style, size=SIZE)
        _add_lines(pdf, text, x + PAD, top + PAD, width - 2 * PAD)
        x += width
    pdf.set_text_color("#000000")
    pdf.set_draw_color(_RULE if not style else 0)
    pdf.line(left, top + height, left + pdf.epw, top + height)
    pdf.set_draw_color(0)
    pdf.set_xy(left, top + height)


def _add_lines(pdf: Any, text: _Text, x: float, y: float, width: float) -> None:
    """Adds the lines of a cell."""
    if text.plain:
        for n, line in enumerate(text.lines):
            if line:
                pdf.text(x, y + n * LINE + LINE * 0.75, line)
        return
    pdf.set_text_shaping(True)
    pdf.set_xy(x, y)
    pdf.multi_cell(width, text="\n".join(text.lines), h=LINE)
    pdf.set_text_shaping(False)
