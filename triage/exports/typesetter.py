"""The typesetter's own process: a Job on standard input, a PDF on standard output. Holds no store and opens no pictures."""

from __future__ import annotations

import sys
import unicodedata

import msgspec
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from triage.exports.pdf import Block, Heading, Job, Pairs, Paragraph
from triage.resources import resource

TEXT, SMALL, LINE = 9, 7.5, 1.5
_GREY = (90, 98, 110)


class _Document(FPDF):
    def __init__(self, job: Job) -> None:
        super().__init__(orientation="landscape" if job.landscape else "portrait", format="A4")
        self._job = job
        self.set_title(job.title)
        self.set_creator("Triage")
        self.set_auto_page_break(True, margin=18)
        for family, name in (("sans", "NotoSans"), ("naskh", "NotoNaskhArabic")):
            for style, weight in (("", "Regular"), ("B", "SemiBold")):
                self.add_font(family, style, str(resource("fonts", f"{name}-{weight}.ttf")))
        self.set_fallback_fonts(["naskh"], exact_match=False)
        self.set_text_shaping(True)
        self.set_font("sans", size=TEXT)

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font("sans", size=6.5)
        self.set_text_color(*_GREY)
        self.cell(0, 4, f"{self._job.title} · {self._job.footer} · page {self.page_no()} of {{nb}}", align="C")
        self.set_text_color(0)


def make(job: Job) -> bytes:
    pdf = _Document(job)
    pdf.add_page()
    for n, block in enumerate(job.blocks):
        _put(pdf, block, first=n == 0)
    return bytes(pdf.output())


def _put(pdf: _Document, block: Block, first: bool) -> None:
    if isinstance(block, Heading):
        _heading(pdf, block, first)
    elif isinstance(block, Paragraph):
        pdf.set_font("sans", size=SMALL if block.small else TEXT)
        _text(pdf, block.text)
        pdf.ln(1.5)
    elif isinstance(block, Pairs):
        _table(pdf, None, block.rows, (3, 9))
    else:
        _table(pdf, block.head, block.rows, block.widths)


def _heading(pdf: _Document, block: Heading, first: bool) -> None:
    if block.level == 1 and not first and pdf.get_y() > pdf.eph * 0.6:
        pdf.add_page()
    pdf.ln(0 if first else 3)
    pdf.set_font("sans", "B", size=15 if block.level == 1 else 11)
    _text(pdf, block.text)
    pdf.ln(1)


def _text(pdf: _Document, text: str) -> None:
    pdf.multi_cell(0, text=shown(text), h=pdf.font_size * LINE, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _table(pdf: _Document, head: tuple[str, ...] | None, rows: tuple[tuple[str, ...], ...], widths: tuple[int, ...]) -> None:
    pdf.set_font("sans", size=SMALL)
    with pdf.table(
        col_widths=widths,
        first_row_as_headings=head is not None,
        headings_style=FontFace(emphasis="BOLD"),
        borders_layout="HORIZONTAL_LINES",
        line_height=pdf.font_size * LINE,
        text_align="LEFT",
        padding=0.6,
    ) as table:
        for cells in ((head,) if head else ()) + rows:
            row = table.row()
            for cell in cells:
                row.cell(shown(cell))
    pdf.ln(2)


def shown(text: str) -> str:
    """Control and direction characters of hostile text are shown escaped, so that they can't reorder or hide anything."""
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn") else f"\\u{ord(c):04x}" for c in text
    )


def main() -> None:
    job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job)
    sys.stdout.buffer.write(make(job))


if __name__ == "__main__":
    main()
