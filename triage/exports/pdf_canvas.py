"""A PDF with the shipped fonts, a footer with title and page number, and the measures of its text."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

from fpdf import FPDF
from fpdf.enums import PDFResourceType
from fpdf.fonts import SubsetMap, TTFFont
from fpdf.line_break import Fragment
from fpdf.output import OutputProducer, PDFXmpMetadata

from triage.exports.pdf_documents import TypesetJob
from triage.exports.pdf_line_order import DirectedPdf
from triage.exports.pdf_text import to_printable
from triage.resources import resource

TEXT, FOOTER = 9, 6.5
"""Points of plain text, and of the footer."""
MM = 25.4 / 72
"""Millimetres of a point."""
MOST_WIDTHS = 1 << 16
"""Widths of texts that are kept."""
_GREY = (90, 98, 110)
RULE = (150, 156, 165)
"""The colour of lines."""


_widths: dict[tuple[object, ...], tuple[int, float]] = {}
"""Characters and width of a text by its font, its size and how it is shaped. All documents have the same fonts."""


class _Font(TTFFont):
    """A font that measures a text once: fpdf2 asks for the same beginnings of lines many times."""

    __slots__ = ()

    def get_text_width(self, text: str, font_size_pt: float, text_shaping_params: dict[str, Any] | None) -> tuple[int, float]:
        key: tuple[object, ...] = (self.fontkey, text, font_size_pt)
        if text_shaping_params:
            key += tuple(map(text_shaping_params.get, ("fragment_direction", "script", "language")))
        found = _widths.get(key)
        if found is None:
            if len(_widths) >= MOST_WIDTHS:
                _widths.clear()
            found = _widths[key] = super().get_text_width(text, font_size_pt, text_shaping_params)
        if font_size_pt > self.biggest_size_pt:
            self.biggest_size_pt = font_size_pt
        return found

    def renew(self, ttfont: Any) -> Self:
        """Returns this font for a new document. Its output cuts `ttfont`, the file, down to the letters that were used."""
        made = copy(self)
        made.ttfont = ttfont
        made.subset, made.missing_glyphs, made.biggest_size_pt, made._hbfont = SubsetMap(made), [], 0, None
        return made


@dataclass(frozen=True)
class _ShippedFonts:
    """What reading the shipped fonts gives, which takes longer than a short document."""

    fonts: dict[str, _Font]
    """By fpdf2's key."""
    unused: dict[str, Any]
    """The files as they were read, for the first document."""
    printable: frozenset[int]
    advances: dict[int, float]
    """Width of each character in ems; the sans font comes first."""

    def give_to(self, pdf: FPDF) -> None:
        """Adds the fonts to a document."""
        for key, font in self.fonts.items():
            file = self.unused.pop(key, None) or type(font.ttfont)(font.ttffile, recalcTimestamp=False, lazy=True)
            pdf.fonts[key] = font.renew(file)


@cache
def _read_fonts() -> _ShippedFonts:
    """Reads the shipped fonts, once in a process."""
    pdf = FPDF()
    for family, name in (("sans", "NotoSans"), ("naskh", "NotoNaskhArabic")):
        for style, weight in (("", "Regular"), ("B", "SemiBold")):
            pdf.add_font(family, style, str(resource("fonts", f"{name}-{weight}.ttf")))
    fonts = {key: font for key, font in pdf.fonts.items() if isinstance(font, TTFFont)}
    return _ShippedFonts(
        {key: _make_own(font) for key, font in fonts.items()},
        {key: font.ttfont for key, font in fonts.items()},
        frozenset(code for font in fonts.values() for code in _printable_characters(font)),
        {code: width for font in reversed(fonts.values()) for code, width in _measure_characters(font)},
    )


def _make_own(font: TTFFont) -> _Font:
    """Makes a font that fpdf2 made one of ours."""
    font.__class__ = _Font
    if not isinstance(font, _Font):
        raise TypeError("fpdf2 made another kind of font")
    return font


class _Fragment(Fragment):
    """Text of one font, measured without what these documents never use: stretched or spaced letters."""

    def get_width(self, start: int = 0, end: int | None = None, chars: str | None = None, initial_cs: bool = True) -> float:
        text = "".join(self.characters[start:end]) if chars is None else chars
        state = self.graphics_state
        return float(self.font.get_text_width(text, state.font_size_pt, state.text_shaping)[1] / self.k)


class PdfDocument(DirectedPdf):
    """A PDF/A-2u with the shipped fonts, a footer and text shaping."""

    def __init__(self, job: TypesetJob) -> None:
        super().__init__(orientation="landscape" if job.landscape else "portrait", format="A4", enforce_compliance="PDF/A-2U")
        self._job = job
        self.info_id = 0
        """The number of the object that holds title and dates, once the document is written."""
        self.set_title(job.title)
        self.set_lang("en-GB")
        self.set_creator("Triage")
        self.set_keywords(job.footer)
        self.set_auto_page_break(True, margin=18)
        shipped = _read_fonts()
        shipped.give_to(self)
        self.set_fallback_fonts(["naskh"], exact_match=False)
        self._printable, self.advances = shipped.printable, shipped.advances
        self.set_text_shaping(True)
        self.set_font("sans", size=TEXT)
        self.set_draw_color(*RULE)
        self.set_line_width(0.15)

    def _parse_chars(self, *text: Any, **how: Any) -> Iterator[Fragment]:
        for fragment in super()._parse_chars(*text, **how):
            if type(fragment) is Fragment:
                fragment.__class__ = _Fragment  # fpdf2 makes them itself
            yield fragment

    def shown(self, text: str) -> str:
        """Returns text as it may be printed with the shipped fonts."""
        return to_printable(text, self._printable)

    def measure(self, text: str, points: float) -> float:
        """Returns the width of a text in millimetres, a little too much for most."""
        return sum(self.advances.get(ord(character), 0.6) for character in text) * points * MM

    def cut(self, text: str, points: float, room: float) -> str:
        """Returns a text, or so much of it as fits into the room in millimetres."""
        if self.measure(text, points) <= room:
            return text
        while text and self.measure(f"{text} ...", points) > room:
            text = text[:-1]
        return f"{text} ..."

    def footer(self) -> None:
        """Prints title, footer and page number in the middle.

        fpdf2 puts the number of pages in at the end, and until then measures its wider placeholder.
        """
        self.set_y(-12)
        self.set_font("sans", size=FOOTER)
        self.set_text_color(*_GREY)
        rest = f" · {self._job.footer} · page {self.page_no()} of {{nb}}"
        room = self.epw - self.measure(rest, FOOTER)
        too_wide = self.get_string_width("{nb}") - self.get_string_width(str(self.page_no()))
        self.set_x(self.l_margin + too_wide / 2)
        self.cell(self.epw, 4, f"{self.cut(self._job.title, FOOTER, room)}{rest}", align="C")
        self.set_text_color(0)

    def to_bytes(self) -> bytes:
        """Returns the finished document."""
        data = bytes(self.output(output_producer_class=_Producer))
        before, trailer, after = data.rpartition(b"trailer\n<<\n")
        return before + trailer + b"/Info %d 0 R\n" % self.info_id + after

    @property
    def left_on_page(self) -> float:
        """Returns the millimetres that are left on this page."""
        return float(self.page_break_trigger) - self.get_y()


def _printable_characters(font: TTFFont) -> Iterator[int]:
    """Yields the characters that a font has, except those wider than a narrow column (U+FDFD is a whole sentence)."""
    widths, widest = font.ttfont["hmtx"].metrics, 2 * font.ttfont["head"].unitsPerEm
    return (code for code, name in font.ttfont.getBestCmap().items() if widths[name][0] <= widest)


def _measure_characters(font: TTFFont) -> Iterator[tuple[int, float]]:
    """Yields the characters of a font with their width in ems."""
    widths, em = font.ttfont["hmtx"].metrics, font.ttfont["head"].unitsPerEm
    return ((code, widths[name][0] / em) for code, name in font.ttfont.getBestCmap().items())


_DROPPED = {"GDEF", "GPOS", "GSUB"}
"""Tables of a font that fpdf2 leaves out, but reads before: it takes longer than to write all others."""


class _Producer(OutputProducer):
    """Embeds only the fonts that a page uses, and writes title and dates where older readers look too.

    fpdf2 embeds all fonts, which takes longer than a short page, and leaves title and dates to the XMP metadata of a PDF/A.
    """

    def _add_fonts(self, *objects: Any) -> dict[int, Any]:
        pages = self.fpdf._resource_catalog.resources_per_page
        used = {font for (page, kind), fonts in pages.items() if page and kind is PDFResourceType.FONT for font in fonts}
        for key, font in list(self.fpdf.fonts.items()):
            if font.i not in used and isinstance(font, TTFFont):
                font.close()
                del self.fpdf.fonts[key]
            elif isinstance(font, TTFFont):
                for table in _DROPPED & set(font.ttfont.keys()):
                    del font.ttfont[table]
        return super()._add_fonts(*objects)

    def _add_xmp_metadata(self) -> PDFXmpMetadata | None:
        self.fpdf.info_id = self._add_info().id  # type: ignore[attr-defined]
        return super()._add_xmp_metadata()
