"""Builds Word documents (.docx) that are the same for the same content, and say nothing but what they are given.

Control, invisible and direction characters stand as escapes: XML takes no control character, and direction marks reorder a line.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from triage.exports.sheet_cells import make_plain_lines

_EPOCH = (1980, 1, 1, 0, 0, 0)
_LEFT_OUT = "docProps/thumbnail.jpeg"
_FONT = "Arial"
_ARABIC_FONT = "Noto Naskh Arabic"
"""The font of the PDFs. A word processor that lacks it takes the one that the font table names in its place: Arial of Windows has
the letters of Urdu. On Linux, fonts without Arabic script stand for Arial."""
_FONT_TABLE_NAME = "word/fontTable.xml"
_FONT_TABLE = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">\
<w:font w:name="{_FONT}"><w:charset w:val="00"/><w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font>\
<w:font w:name="{_ARABIC_FONT}"><w:altName w:val="{_FONT}"/><w:charset w:val="B2"/><w:family w:val="roman"/>\
<w:pitch w:val="variable"/></w:font></w:fonts>
""".encode()
_RTL_HALF_POINTS = "23"  # 11.5 pt: Arabic letters look smaller than Latin ones of the same size
_NAME_WIDTH, _VALUE_WIDTH = Cm(4.0), Cm(12.0)


class WordDocument:
    """A document of plain paragraphs on A4, with a line at the head and the foot of each page."""

    def __init__(self, *, title: str, made: datetime, head: str, foot: str, author: str = "") -> None:
        """Begins the document. `made` stands in its properties in place of the time of writing."""
        self._document = Document()
        self._set_properties(title, made, author)
        style = self._document.styles["Normal"]
        style.font.name, style.font.size = _FONT, Pt(10.5)
        style.element.rPr.rFonts.set(qn("w:cs"), _ARABIC_FONT)
        style.paragraph_format.space_after = Pt(6)
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21.0), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.5)
        section.top_margin = section.bottom_margin = Cm(2.2)
        top = section.header.paragraphs[0]
        top.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _add_run(top, head).bold = True
        bottom = section.footer.paragraphs[0]
        bottom.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = _add_run(bottom, f"{foot} – page ")
        run.font.size = Pt(8.5)
        _add_field(bottom, "PAGE")
        _add_run(bottom, " of ").font.size = Pt(8.5)
        _add_field(bottom, "NUMPAGES")

    def add_title(self, text: str) -> None:
        """Adds the title, centred."""
        paragraph = self._document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(10)
        run = _add_run(paragraph, text)
        run.bold, run.font.size = True, Pt(13)

    def add_heading(self, text: str) -> None:
        """Adds a heading within the text."""
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(8)
        paragraph.paragraph_format.keep_with_next = True
        _add_run(paragraph, text).bold = True

    def add_text(self, text: str, *, bold: bool = False, right: bool = False, keep: bool = False) -> None:
        """Adds a paragraph. `keep` holds it on one page with the next."""
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = keep
        if right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _add_run(paragraph, text).bold = bold

    def add_rtl_text(self, text: str, *, bold: bool = False, keep: bool = False) -> None:
        """Adds a paragraph that runs from right to left, such as Urdu. `keep` holds it on one page with the next."""
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = keep
        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
        run = _add_run(paragraph, text)
        properties = run._r.get_or_add_rPr()
        if bold:
            properties.append(OxmlElement("w:bCs"))
        size = OxmlElement("w:szCs")
        size.set(qn("w:val"), _RTL_HALF_POINTS)
        properties.append(size)
        properties.append(OxmlElement("w:rtl"))

    def add_numbered(self, texts: Sequence[str]) -> None:
        """Adds paragraphs numbered from 1; the numbers are text, so that they stand in every reader."""
        for at, text in enumerate(texts, 1):
            self._add_hanging(f"{at}.", text)

    def add_lettered(self, texts: Sequence[str]) -> None:
        """Adds points (a), (b) ..."""
        for at, text in enumerate(texts):
            self._add_hanging(f"({chr(ord('a') + at)})", text, indent=0.9)

    def add_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """Adds a table of two columns without lines: a name and what stands for it."""
        table = self._document.add_table(rows=0, cols=2)
        table.autofit = False
        table.columns[0].width, table.columns[1].width = _NAME_WIDTH, _VALUE_WIDTH
        for name, value in rows:
            cells = table.add_row().cells
            cells[0].width, cells[1].width = _NAME_WIDTH, _VALUE_WIDTH
            _add_run(cells[0].paragraphs[0], name)
            _add_run(cells[1].paragraphs[0], value)
            for cell in cells:
                cell.paragraphs[0].paragraph_format.space_after = Pt(12 if value.startswith("___") else 3)
                cell.paragraphs[0].paragraph_format.keep_with_next = True

    def to_bytes(self) -> bytes:
        """Returns the file's bytes, the same for the same content."""
        written = io.BytesIO()
        self._document.save(written)
        return _pack_anew(written.getvalue())

    def _add_hanging(self, mark: str, text: str, indent: float = 0.0) -> None:
        """Adds a paragraph that hangs behind its mark."""
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.left_indent = Cm(indent + 0.9)
        paragraph.paragraph_format.first_line_indent = Cm(-0.9)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(indent + 0.9))
        _add_run(paragraph, text, f"{mark}\t")

    def _set_properties(self, title: str, made: datetime, author: str) -> None:
        """Sets the properties of the file, and clears those of the template."""
        kept = self._document.core_properties
        kept.title, kept.author, kept.last_modified_by = title, author, author
        kept.comments = kept.subject = kept.keywords = kept.category = kept.content_status = ""
        kept.created = kept.modified = made.replace(tzinfo=None)
        kept.last_printed = made.replace(tzinfo=None)
        kept.revision = 1


def _add_run(paragraph: Any, text: str, mark: str = "") -> Any:
    """Adds a text to a paragraph, behind a mark of ours such as "1." and a tab."""
    return paragraph.add_run(mark + make_plain_lines(text))


def _add_field(paragraph: Any, code: str) -> None:
    """Adds a field such as PAGE, which the reader's program fills in."""
    run = paragraph.add_run()
    run.font.size = Pt(8.5)
    for kind in ("begin", "", "end"):
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = code
        run._r.append(element)


def _pack_anew(data: bytes) -> bytes:
    """Returns the zip with fixed times and without the template's thumbnail, its members by name."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda each: (each != "[Content_Types].xml", each)):
            if name == _LEFT_OUT:
                continue
            content = old.read(name)
            if name == "_rels/.rels":
                content = _drop_thumbnail(content)
            elif name == _FONT_TABLE_NAME:
                content = _FONT_TABLE
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(info, content)
    return packed.getvalue()


def _drop_thumbnail(relations: bytes) -> bytes:
    """Returns the relations of the package without the one that names the thumbnail."""
    start = relations.find(b"<Relationship ")
    kept = [part for part in relations[start:].split(b"/>") if b"thumbnail" not in part]
    return relations[:start] + b"/>".join(kept)
