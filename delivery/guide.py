"""The guide as one PDF for each language, from the Markdown under docs/guide and its pictures."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import Align
from fpdf.fonts import FontFace
from markdown_it import MarkdownIt
from markdown_it.token import Token

ORDER = ("index", "analyst", "lead", "examiner", "administrator", "auditor", "faq", "keys")
"""Pages that come first, in this order; others follow by name."""
TEXT = 10
HEADINGS = {"h1": 20, "h2": 14, "h3": 12}
LINK_GREY = (60, 70, 85)


class GuideDocument(FPDF):
    """An A4 document in the shipped fonts, with page numbers."""

    def __init__(self, resources: Path, title: str, moment: int, right_to_left: bool) -> None:
        super().__init__(format="A4")
        self.set_title(title)
        self.set_creation_date(datetime.fromtimestamp(moment, UTC))
        self.set_auto_page_break(True, margin=18)
        for family, name in (("sans", "NotoSans"), ("naskh", "NotoNaskhArabic")):
            for style, weight in (("", "Regular"), ("B", "SemiBold")):
                self.add_font(family, style, str(resources / "fonts" / f"{name}-{weight}.ttf"))
        self.set_fallback_fonts(["sans" if right_to_left else "naskh"], exact_match=False)
        self.right_to_left = right_to_left
        self.set_text_shaping(True, direction="rtl" if right_to_left else None)

    def footer(self) -> None:
        """Prints the page's number."""
        self.set_y(-12)
        self.set_font("sans", size=8)
        self.set_text_color(*LINK_GREY)
        self.cell(0, 4, str(self.page_no()), align="C")
        self.set_text_color(0)

    def write_lines(self, text: str, size: float, style: str = "", indent: float = 0) -> None:
        """Writes a paragraph, from the right in Urdu."""
        if not text.strip():
            return
        self.set_font("naskh" if self.right_to_left else "sans", style, size)
        side = Align.R if self.right_to_left else Align.L
        left = self.l_margin + (0 if self.right_to_left else indent)
        self.set_x(left)
        self.multi_cell(self.epw - indent, size * 0.5, text, align=side, new_x="LMARGIN", new_y="NEXT")
        self.ln(size * 0.12)


def make_guide(pages: list[Path], resources: Path, title: str, moment: int, *, right_to_left: bool = False) -> bytes:
    """Returns a PDF of Markdown pages, each on new pages."""
    document = GuideDocument(resources, title, moment, right_to_left)
    reader = MarkdownIt("commonmark").enable("table")
    for page in pages:
        document.add_page()
        PageWriter(document, page.parent).write(reader.parse(page.read_text(encoding="utf-8")))
    return bytes(document.output())


def order_pages(folder: Path) -> list[Path]:
    """Returns the pages of a guide in the order of reading."""
    pages = list(folder.glob("*.md"))
    return sorted(pages, key=lambda path: (ORDER.index(path.stem) if path.stem in ORDER else len(ORDER), path.stem))


def plain_text(token: Token) -> str:
    """Returns the words of a run of text, without its marks. Links keep their words."""
    words = []
    for child in token.children or ():
        if child.type in ("text", "code_inline"):
            words.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            words.append(" " if child.type == "softbreak" else "\n")
    return "".join(words)


class PageWriter:
    """Writes one page of Markdown, token by token."""

    def __init__(self, document: GuideDocument, folder: Path) -> None:
        self._document, self._folder = document, folder
        self._numbers: list[int] = []
        """The next number of each list that is open; 0 for a list with dots."""
        self._before = ""
        """What stands before the next text: a heading's tag, or the mark of an item."""
        self._rows: list[list[str]] | None = None

    def write(self, tokens: list[Token]) -> None:
        """Writes all tokens of a page."""
        for token in tokens:
            handler = getattr(self, f"_on_{token.type}", None)
            if handler is not None:
                handler(token)

    def _on_bullet_list_open(self, _: Token) -> None:
        self._numbers.append(0)

    def _on_ordered_list_open(self, token: Token) -> None:
        self._numbers.append(int(token.attrs.get("start", 1)))

    def _on_bullet_list_close(self, _: Token) -> None:
        self._numbers.pop()

    _on_ordered_list_close = _on_bullet_list_close

    def _on_list_item_open(self, _: Token) -> None:
        number = self._numbers[-1]
        self._before = f"{number}. " if number else "• "
        self._numbers[-1] += bool(number)

    def _on_heading_open(self, token: Token) -> None:
        self._before = token.tag

    def _on_table_open(self, _: Token) -> None:
        self._rows = []

    def _on_tr_open(self, _: Token) -> None:
        if self._rows is not None:
            self._rows.append([])

    def _on_table_close(self, _: Token) -> None:
        _write_table(self._document, self._rows or [])
        self._rows = None

    def _on_fence(self, token: Token) -> None:
        document = self._document
        document.set_fill_color(240, 242, 245)
        document.set_font("sans", size=8.5)
        text = token.content.rstrip()
        document.multi_cell(document.epw, 4.4, text, align=Align.L, fill=True, new_x="LMARGIN", new_y="NEXT")
        document.ln(1.5)

    _on_code_block = _on_fence

    def _on_inline(self, token: Token) -> None:
        text = plain_text(token)
        if self._rows is not None:
            self._rows[-1].append(text)
            return
        for child in token.children or ():
            if child.type == "image":
                _write_image(self._document, self._folder / str(child.attrs["src"]))
        size = HEADINGS.get(self._before)
        if size is None:
            self._document.write_lines(self._before + text, TEXT, indent=4 * len(self._numbers))
        else:
            self._document.ln(2)
            if self._document.will_page_break(size * 1.5):
                self._document.add_page()
            self._document.write_lines(text, size, "B")
        self._before = ""


def _write_table(document: GuideDocument, rows: list[list[str]]) -> None:
    """Writes a table; a first row of empty cells is no heading."""
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        return
    if document.right_to_left:
        rows = [row[::-1] for row in rows]
    document.set_font("naskh" if document.right_to_left else "sans", size=TEXT - 1)
    longest = [max(len(row[column]) if column < len(row) else 0 for row in rows) for column in range(len(rows[0]))]
    widths = tuple(min(max(length, 8), 60) for length in longest)
    with document.table(
        col_widths=widths, line_height=4.6, text_align="RIGHT" if document.right_to_left else "LEFT", padding=0.8,
        headings_style=FontFace(emphasis="BOLD"),
    ) as table:  # fmt: skip
        for cells in rows:
            table.row(cells)
    document.ln(2)


def _write_image(document: GuideDocument, path: Path) -> None:
    """Writes a picture over the width of the page."""
    path = path.resolve()
    if not path.exists():
        raise FileNotFoundError(f"The guide names a picture that does not exist: {path}")
    if re.search(r"\.(png|jpg)$", path.name):
        document.image(path, w=min(document.epw, 165))
        document.ln(2)
