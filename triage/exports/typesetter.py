"""The typesetter's process: a TypesetJob on standard input, a PDF on standard output.

It holds no store and opens no images.

Started as `programs.TYPESET`.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Container, Iterator, Sequence
from itertools import zip_longest

import msgspec
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos
from fpdf.fonts import FontFace, TTFFont

from triage.exports.pdf_documents import Block, ChartsBlock, GridBlock, HeadingBlock, Pairs, ParagraphBlock, TypesetJob
from triage.exports.typesetter_charts import add_charts
from triage.exports.typesetter_grid import add_grid
from triage.hardening import harden
from triage.resources import resource

TEXT, SMALL, LINE = 9, 7.5, 1.5
PADDING = 0.6
LINES = 40
"""Lines of a table cell on one page; a row goes on below that."""
RUN = 160
"""Characters of one word, or of signs and blanks in a row, on a line. fpdf2 recurses for each sign while it looks for the next
letter, and needs quadratic time for a long word."""
LONGEST = 50_000
"""Characters of one text that are printed."""
_GREY = (90, 98, 110)


class _Document(FPDF):
    """A PDF with the shipped fonts, a footer and text shaping."""

    def __init__(self, job: TypesetJob) -> None:
        super().__init__(orientation="landscape" if job.landscape else "portrait", format="A4")
        self._job = job
        self.set_title(job.title)
        self.set_creator("Triage")
        self.set_keywords(job.footer)
        self.set_auto_page_break(True, margin=18)
        for family, name in (("sans", "NotoSans"), ("naskh", "NotoNaskhArabic")):
            for style, weight in (("", "Regular"), ("B", "SemiBold")):
                self.add_font(family, style, str(resource("fonts", f"{name}-{weight}.ttf")))
        self.set_fallback_fonts(["naskh"], exact_match=False)
        self._printable = {
            code for font in self.fonts.values() if isinstance(font, TTFFont) for code in _printable_characters(font)
        }
        self.set_text_shaping(True)
        self.set_font("sans", size=TEXT)

    def shown(self, text: str) -> str:
        """Returns text as it may be printed with the shipped fonts."""
        return to_printable(text, self._printable)

    def footer(self) -> None:
        """Prints title, footer and page number."""
        self.set_y(-12)
        self.set_font("sans", size=6.5)
        self.set_text_color(*_GREY)
        self.cell(0, 4, f"{self._job.title} · {self._job.footer} · page {self.page_no()} of {{nb}}", align="C")
        self.set_text_color(0)


def _printable_characters(font: TTFFont) -> Iterator[int]:
    """Yields the characters that a font has, except those wider than a narrow column (U+FDFD is a whole sentence)."""
    widths, widest = font.ttfont["hmtx"].metrics, 2 * font.ttfont["head"].unitsPerEm
    return (code for code, name in font.ttfont.getBestCmap().items() if widths[name][0] <= widest)


def make_pdf(job: TypesetJob) -> bytes:
    """Returns the bytes of the PDF."""
    pdf = _Document(job)
    pdf.add_page()
    for n, block in enumerate(job.blocks):
        _add_block(pdf, block, first=n == 0)
    return bytes(pdf.output())


def _add_block(pdf: _Document, block: Block, first: bool) -> None:
    """Adds a block to the document."""
    if isinstance(block, HeadingBlock):
        _add_heading(pdf, block, first)
    elif isinstance(block, ParagraphBlock):
        pdf.set_font("sans", size=SMALL if block.small else TEXT)
        _add_text(pdf, block.text)
        pdf.ln(1.5)
    elif isinstance(block, Pairs):
        _add_table(pdf, None, block.rows, (3, 9))
    elif isinstance(block, GridBlock):
        add_grid(pdf, block)
    elif isinstance(block, ChartsBlock):
        add_charts(pdf, block)
    else:
        _add_table(pdf, block.head, block.rows, block.widths)


def _add_heading(pdf: _Document, block: HeadingBlock, first: bool) -> None:
    """Adds a heading.

    A first-level one near the end of a page begins a new page.
    """
    if block.level == 1 and not first and pdf.get_y() > pdf.eph * 0.6:
        pdf.add_page()
    pdf.ln(0 if first else 3)
    pdf.set_font("sans", "B", size=15 if block.level == 1 else 11)
    _add_text(pdf, block.text)
    pdf.ln(1)


def _add_text(pdf: _Document, text: str) -> None:
    for part in _join_lines(pdf.shown(text).split("\n")):
        pdf.multi_cell(0, text=part, h=pdf.font_size * LINE, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _add_table(pdf: _Document, head: tuple[str, ...] | None, rows: tuple[tuple[str, ...], ...], widths: tuple[int, ...]) -> None:
    pdf.set_font("sans", size=SMALL)
    each = [pdf.epw * width / sum(widths) - 2 * PADDING for width in widths]
    with pdf.table(
        col_widths=widths,
        first_row_as_headings=head is not None,
        headings_style=FontFace(emphasis="BOLD"),
        borders_layout="HORIZONTAL_LINES",
        line_height=pdf.font_size * LINE,
        text_align="LEFT",
        padding=PADDING,
    ) as table:
        if head:
            table.row(head)
        for cells in rows:
            for part in zip_longest(
                *(_split_cell(pdf, cell, width) for cell, width in zip(cells, each, strict=True)), fillvalue=""
            ):
                table.row(part)
    pdf.ln(2)


def _split_cell(pdf: _Document, text: str, width: float) -> list[str]:
    """Returns a cell in pieces that fit on a page.

    The row continues with the next piece.
    """
    text = pdf.shown(text)
    if len(text) <= LINES:
        return [text]
    lines: list[str] = []
    for line in text.split("\n"):
        broken = pdf.multi_cell(width, text=line, dry_run=True, output=MethodReturnValue.LINES)
        lines += broken if isinstance(broken, list) and broken else [""]
    return list(_join_lines(lines))


def _join_lines(lines: Sequence[str]) -> Iterator[str]:
    """Joins lines for one call of fpdf2.

    fpdf2 recurses once a line, and once for each sign without a direction until the next letter or digit.
    """
    part: list[str] = []
    weak = 0
    for line in lines:
        directed = [at for at, character in enumerate(line) if _is_directed(character)]
        before = directed[0] if directed else len(line)
        if part and (len(part) == LINES or weak + before >= RUN):
            yield "\n".join(part)
            part, weak = [], 0
        part.append(line)
        weak = len(line) - directed[-1] if directed else weak + len(line) + 1
    if part:
        yield "\n".join(part)


def _is_directed(character: str) -> bool:
    """Returns whether a character has a writing direction of its own."""
    return unicodedata.bidirectional(character) in ("L", "R", "AL", "EN", "AN")


def _break_long_words(text: str) -> str:
    """Breaks lines within a word, or within signs and blanks, that would be longer than RUN."""
    pieces: list[str] = []
    word = weak = 0
    for character in text:
        pieces.append(character)
        word = 0 if character.isspace() else word + 1
        weak = 0 if _is_directed(character) else weak + 1
        if RUN in (word, weak):
            pieces.append("\n")
            word = weak = 0
    return "".join(pieces)


def to_printable(text: str, printable: Container[int]) -> str:
    """Returns hostile text as it may be printed.

    Text above LONGEST characters is cut, and says so.

    Control and direction characters are escaped, so that they can't reorder or hide anything. Characters that the fonts lack, and
    marks piled upon a letter, are escaped too. A joiner between Arabic letters is plain spelling.
    """
    cut = (
        f"\n[Cut here: {len(text) - LONGEST} more characters stand in the files beside this one.]" if len(text) > LONGEST else ""
    )
    text = text[:LONGEST]
    escaped = _PILED.sub(_escape_marks, "".join(_print_character(text, at, printable) for at in range(len(text))))
    return _break_long_words(escaped) + cut


def _print_character(text: str, at: int, printable: Container[int]) -> str:
    """Returns one character of a text, escaped if it may not be printed."""
    character = text[at]
    if character in "\n\t" or _is_plain(character, printable):
        return character
    if character in _JOINERS and _ARABIC.fullmatch(text, max(at - 1, 0), at + 2):
        return character
    return _escape(character)


def _escape_marks(piled: re.Match[str]) -> str:
    return "".join(map(_escape, piled[0]))


_JOINERS = "\u200c\u200d"
_PILED = re.compile("(?<=[\u0300-\u036f]{3})[\u0300-\u036f]+")
_ARABIC = re.compile(f"[\u0620-\u06ff][{_JOINERS}][\u0620-\u06ff]")


def _is_plain(character: str, printable: Container[int]) -> bool:
    """Returns whether the fonts have a character and it is no control or format character."""
    return ord(character) in printable and unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def _escape(character: str) -> str:
    """Returns the code of a character.

    The mark before it keeps the backslash with its digits in a right-to-left line.
    """
    code = f"u{ord(character):04x}" if character <= "\uffff" else f"U{ord(character):08x}"
    return f"{_LEFT_TO_RIGHT_MARK}\\{code}"


_LEFT_TO_RIGHT_MARK = "\u200e"


def main() -> None:
    """Reads the job from standard input and writes the PDF to standard output."""
    harden()
    job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=TypesetJob)
    sys.stdout.buffer.write(make_pdf(job))


if __name__ == "__main__":
    main()
