"""The typesetter's process: TypesetJobs on standard input, a PDF for each on standard output.

It holds no store and decodes no images: those that it prints come as pixels.

Started as `programs.TYPESET`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest

import msgspec
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos
from fpdf.fonts import FontFace
from fpdf.outline import OutlineSection
from fpdf.table import Table

from triage.exports.pdf_canvas import MM, RULE, TEXT, PdfDocument
from triage.exports.pdf_columns import COLUMN_PADDING, break_at_signs, count_lines, fit_columns
from triage.exports.pdf_documents import (
    LENGTH_BYTES,
    Block,
    ChartsBlock,
    ContentsBlock,
    FormBlock,
    GridBlock,
    HeadingBlock,
    ImageBlock,
    Pairs,
    ParagraphBlock,
    Rows,
    TypesetJob,
)
from triage.exports.pdf_text import LINES, is_right_to_left, join_lines, needs_shaping
from triage.exports.typesetter_charts import add_charts
from triage.exports.typesetter_grid import add_grid
from triage.exports.typesetter_images import add_image
from triage.hardening import harden

SMALL, LINE = 7.5, 1.5
"""Points of a table's text, and the height of a line in font sizes."""
BIG, MIDDLE = 15, 11
"""Points of a heading of level 1, and of any other."""
INDENT = 9
"""Millimetres that paragraphs with a number stand in."""
CONTENTS_LINE = 5.2
"""Millimetres of a line of the contents."""
FORM_LINE = 8
"""Millimetres of a line to fill in by hand."""
SURE = 1.06
"""By how much a measured width is taken for more: semibold headers are wider, and words must not break."""
_SHADE = (238, 240, 243)
_ROWS_MEASURED = 200  # of a table, by which its columns get their widths


def make_pdf(job: TypesetJob) -> bytes:
    """Returns the bytes of the PDF."""
    pdf = PdfDocument(job)
    pdf.add_page()
    for n in range(len(job.blocks)):
        _add_block(pdf, job.blocks, n)
    return pdf.to_bytes()


def _add_block(pdf: PdfDocument, blocks: Sequence[Block], n: int) -> None:
    """Adds a block to the document. Shaping takes most of the time, and only some scripts need it."""
    block = blocks[n]
    pdf.set_text_shaping(any(map(needs_shaping, _list_texts(block))))
    pdf.set_draw_color(*RULE)
    if isinstance(block, HeadingBlock):
        _add_heading(pdf, block, blocks, n)
    elif isinstance(block, ContentsBlock):
        _add_contents(pdf, block, [each for each in blocks if isinstance(each, HeadingBlock) and each.level <= 2])
    elif isinstance(block, ParagraphBlock):
        _add_paragraph(pdf, block)
    elif isinstance(block, FormBlock):
        _add_form(pdf, block)
    elif isinstance(block, Pairs):
        _add_caption(pdf, block)
        _add_table(pdf, None, block.rows, (3, 9))
    elif isinstance(block, GridBlock):
        add_grid(pdf, block)
    elif isinstance(block, ChartsBlock):
        add_charts(pdf, block)
    elif isinstance(block, ImageBlock):
        add_image(pdf, block)
    else:
        _add_caption(pdf, block)
        _add_table(pdf, block.head, block.rows, block.widths)


def _list_texts(block: Block) -> Iterator[str]:
    """Yields the texts of a block."""
    if isinstance(block, (HeadingBlock, ContentsBlock, ParagraphBlock)):
        yield block.text
    elif isinstance(block, ImageBlock):
        yield block.caption
    elif isinstance(block, FormBlock):
        yield from (text for row in block.rows for field in row for text in field)
    elif isinstance(block, ChartsBlock):
        for chart in block.charts:
            yield from (chart.title, chart.note, *(name for name, _ in chart.bars))
    elif not isinstance(block, GridBlock):  # it turns shaping on and off by itself
        yield block.caption
        yield from (cell for row in block.rows for cell in row)
        yield from block.head if isinstance(block, Rows) else ()


def _add_heading(pdf: PdfDocument, block: HeadingBlock, blocks: Sequence[Block], n: int) -> None:
    """Adds a heading, on a new page when what follows would not begin on this one.

    A first-level one near the end of a page begins a new page too.
    """
    first = n == 0
    late = block.level == 1 and pdf.get_y() > pdf.eph * 0.6
    begun = pdf.get_y() > pdf.t_margin
    if begun and not first and (block.new_page or late or pdf.left_on_page < _estimate(pdf, blocks, n)):
        pdf.add_page()
    pdf.ln(0 if first or pdf.get_y() <= pdf.t_margin else 3)
    text = pdf.shown(block.text)
    if block.level <= 2:
        pdf.start_section(" ".join(text.split()) or "-", block.level - 1, strict=False)
    pdf.set_font("sans", "B", size=_heading_size(block))
    _add_text(pdf, text)
    pdf.ln(1)


def _heading_size(block: HeadingBlock) -> float:
    return BIG if block.level == 1 else MIDDLE if block.level == 2 else TEXT


def _estimate(pdf: PdfDocument, blocks: Sequence[Block], n: int) -> float:
    """Returns the millimetres that a heading needs with the beginning of what follows it."""
    height, line = 0.0, TEXT * MM * LINE
    for block in blocks[n : n + 6]:
        if isinstance(block, HeadingBlock):
            size = _heading_size(block)
            height += 4 + size * MM * LINE * count_lines([block.text[:2_000]], [pdf.epw], lambda t, s=size: pdf.measure(t, s))  # type: ignore[misc]
            continue
        if isinstance(block, ParagraphBlock):
            text = [block.text[:2_000]]
            return height + 2 + line * max(2, min(3, count_lines(text, [pdf.epw - INDENT], lambda t: pdf.measure(t, TEXT))))
        if isinstance(block, FormBlock):
            return height + FORM_LINE * len(block.rows)
        if isinstance(block, (Pairs, Rows)):
            return height + _estimate_first_row(pdf, block)
        return height
    return height


def _estimate_first_row(pdf: PdfDocument, block: Pairs | Rows) -> float:
    """Returns the millimetres of a table's caption, header and first row."""
    height = TEXT * MM * LINE * bool(block.caption)
    widths = (3, 9) if isinstance(block, Pairs) else block.widths
    head = () if isinstance(block, Pairs) else block.head
    each = _fit(pdf, head, block.rows, widths)
    for cells in (head, *block.rows[:1]):
        if cells:
            lines = count_lines([cell[:2_000] for cell in cells], each, lambda t: pdf.measure(t, SMALL))
            height += min(lines, LINES) * SMALL * MM * LINE + 2 * COLUMN_PADDING
    return height + 1


def _add_contents(pdf: PdfDocument, block: ContentsBlock, listed: Sequence[HeadingBlock]) -> None:
    """Keeps pages for the list of headings, which is printed when their pages are known."""
    pdf.ln(3)
    pdf.set_font("sans", "B", size=MIDDLE)
    _add_text(pdf, pdf.shown(block.text))
    pdf.set_font("sans", size=TEXT)
    here = max(int((pdf.left_on_page - 1) // CONTENTS_LINE), 0)
    a_page = int((pdf.page_break_trigger - pdf.t_margin - 1) // CONTENTS_LINE)
    left = max(len(listed) - here, 0)
    pages = 1 + -(-left // a_page)

    def print_contents(_: FPDF, outline: list[OutlineSection]) -> None:
        room = here
        for section in outline:
            if room == 0:
                pdf.add_page()
                room = a_page
            _add_contents_line(pdf, section)
            room -= 1

    pdf.insert_toc_placeholder(print_contents, pages=pages)


def _add_contents_line(pdf: PdfDocument, section: OutlineSection) -> None:
    """Prints one line of the contents: the heading, and its page at the right."""
    size = TEXT if section.level == 0 else TEXT - 1
    indent = 5 * section.level
    room = pdf.epw - indent - 12
    name = pdf.cut(section.name, size, room)
    pdf.set_font("sans", "B" if section.level == 0 else "", size=size)
    pdf.set_x(pdf.l_margin + indent)
    link = pdf.add_link(page=section.page_number)
    named = min(pdf.measure(name, size) * SURE + 2, room)
    pdf.cell(named, CONTENTS_LINE, name, link=link)
    dots = int((room - named) / pdf.measure(" .", size))
    pdf.set_font("sans", "", size=size)  # the dots are measured so: bold ones would run into the name
    pdf.cell(room - named, CONTENTS_LINE, " ." * (dots - 1), align="R")
    pdf.cell(12, CONTENTS_LINE, str(section.page_number), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _add_paragraph(pdf: PdfDocument, block: ParagraphBlock) -> None:
    """Adds a paragraph, with its number in the margin or in a frame."""
    size = SMALL if block.small else TEXT
    if block.number:
        pdf.set_font("sans", size=size)
        if pdf.left_on_page < 2 * pdf.font_size * LINE:
            pdf.add_page()
        pdf.cell(INDENT, pdf.font_size * LINE, pdf.shown(block.number), new_x=XPos.LMARGIN, new_y=YPos.TOP)
    pdf.set_font("sans", "B" if block.strong else "", size=size)
    _add_text(pdf, pdf.shown(block.text), indent=INDENT if block.number else 0, framed=block.strong)
    pdf.ln(1.5)


def _add_text(pdf: PdfDocument, text: str, indent: float = 0, framed: bool = False) -> None:
    """Prints lines of text, those of Urdu at the right."""
    for right, lines in groupby(text.split("\n"), key=is_right_to_left):
        for part in join_lines(list(lines)):
            pdf.set_x(pdf.l_margin + indent)
            pdf.multi_cell(
                0,
                text=part,
                h=pdf.font_size * LINE,
                align="R" if right else "L",
                border=1 if framed else 0,
                new_x=XPos.LMARGIN,
                new_y=YPos.NEXT,
            )


def _add_form(pdf: PdfDocument, block: FormBlock) -> None:
    """Adds lines to fill in by hand, all on one page."""
    if pdf.left_on_page < FORM_LINE * len(block.rows) and pdf.get_y() > pdf.t_margin:
        pdf.add_page()
    for fields in block.rows:
        width = pdf.epw / max(len(fields), 1)
        top = pdf.get_y()
        bottom = top
        for n, (name, value) in enumerate(fields):
            left = pdf.l_margin + n * width
            _add_field(pdf, name, value, left, top, width - 4)
            bottom = max(bottom, pdf.get_y())
        pdf.set_xy(pdf.l_margin, max(bottom, top + FORM_LINE))
    pdf.ln(2)


def _add_field(pdf: PdfDocument, name: str, value: str, left: float, top: float, width: float) -> None:
    """Adds one field of a form: its name, and its value or a line."""
    label = min(48.0, width * 0.4)
    pdf.set_font("sans", size=SMALL)
    pdf.set_xy(left, top + 2)
    pdf.multi_cell(label, text=pdf.shown(name), h=pdf.font_size * LINE, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    bottom = pdf.get_y()
    if value:
        pdf.set_font("sans", size=TEXT)
        pdf.set_xy(left + label, top + 1.6)
        pdf.multi_cell(
            width - label, text=pdf.shown(value)[:300], h=pdf.font_size * LINE, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )
        bottom = max(bottom, pdf.get_y())
    else:
        pdf.line(left + label, top + FORM_LINE - 1.5, left + width, top + FORM_LINE - 1.5)
    pdf.set_xy(left, bottom)


def _add_caption(pdf: PdfDocument, block: Pairs | Rows) -> None:
    """Prints the caption of a table, on the page on which the table begins."""
    if block.caption:
        if pdf.left_on_page < _estimate_first_row(pdf, block):
            pdf.add_page()
        pdf.set_font("sans", "B", size=SMALL)
        _add_text(pdf, pdf.shown(block.caption))


def _fit(pdf: PdfDocument, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> list[float]:
    """Returns the widths of columns in millimetres, by the first rows."""
    return fit_columns([head, *rows[:_ROWS_MEASURED]], widths, pdf.epw, lambda text: pdf.measure(text, SMALL) * SURE)


def _add_table(
    pdf: PdfDocument, head: tuple[str, ...] | None, rows: tuple[tuple[str, ...], ...], widths: tuple[int, ...]
) -> None:
    pdf.set_font("sans", size=SMALL)
    columns = _fit(pdf, head or (), rows, widths)
    each = [width - 2 * COLUMN_PADDING for width in columns]
    with pdf.table(
        col_widths=columns,
        first_row_as_headings=head is not None,
        headings_style=FontFace(emphasis="BOLD", fill_color=_SHADE),
        borders_layout="HORIZONTAL_LINES",
        line_height=pdf.font_size * LINE,
        text_align="LEFT",
        v_align="TOP",
        padding=COLUMN_PADDING,
    ) as table:
        if head:
            _add_row(table, [pdf.shown(name) for name in head])
        for cells in rows:
            for part in zip_longest(
                *(_split_cell(pdf, cell, width) for cell, width in zip(cells, each, strict=True)), fillvalue=""
            ):
                _add_row(table, part)
    pdf.ln(2)


def _add_row(table: Table, cells: Sequence[str]) -> None:
    """Adds a row; a cell of Urdu stands at the right."""
    row = table.row()
    for text in cells:
        row.cell(text, align="RIGHT" if is_right_to_left(text) else None)


def _split_cell(pdf: PdfDocument, text: str, width: float) -> list[str]:
    """Returns a cell in pieces that fit on a page.

    The row continues with the next piece.
    """
    text = pdf.shown(text)
    text = break_at_signs(text, width, lambda part: pdf.measure(part, SMALL) * SURE)
    if len(text) <= LINES:
        return [text]
    lines: list[str] = []
    for line in text.split("\n"):
        broken = pdf.multi_cell(width, text=line, dry_run=True, output=MethodReturnValue.LINES, align="L")
        lines += broken if isinstance(broken, list) and broken else [""]
    return list(join_lines(lines))


def main() -> None:
    """Reads jobs from standard input and writes a PDF for each to standard output, until the input ends."""
    harden()
    while len(length := sys.stdin.buffer.read(LENGTH_BYTES)) == LENGTH_BYTES:
        made = make_pdf(msgspec.msgpack.decode(sys.stdin.buffer.read(int.from_bytes(length)), type=TypesetJob))
        sys.stdout.buffer.write(len(made).to_bytes(LENGTH_BYTES) + made)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
