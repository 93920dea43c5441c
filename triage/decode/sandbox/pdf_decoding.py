"""PDF by PDFium: the text of its pages, and its first page as an image."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from triage.decode.protocol import Refusal, Request
from triage.decode.sandbox import pdf_order
from triage.decode.sandbox.image_decoding import check_size
from triage.decode.sandbox.source import InputSource, UnreadableMedia


def extract_text(source: InputSource, request: Request) -> tuple[str, ...]:
    """Returns the text of the pages in order.

    Raises UnreadableMedia.

    Too many pages or too much text refuses the whole PDF, because half a report would look like all of it.
    """
    with _open_pdf(source, request.passwords) as document:
        if len(document) > request.pdf_pages:
            raise UnreadableMedia(Refusal.TOO_LARGE)
        pages = []
        left = request.pdf_text
        for number in range(len(document)):
            words = _extract_page_text(document, number).encode("utf-8", "replace")
            left -= len(words)
            if left < 0:
                raise UnreadableMedia(Refusal.TOO_LARGE)
            pages.append(words.decode())
        return tuple(pages)


def _extract_page_text(document: pypdfium2.PdfDocument, number: int) -> str:
    """Returns a page's text by PDFium's own functions. pypdfium2's objects would cost a twentieth of the whole."""
    page = pdfium.FPDF_LoadPage(document, number)
    if not page:
        raise UnreadableMedia(Refusal.DAMAGED)
    try:
        text = pdfium.FPDFText_LoadPage(page)
        if not text:
            raise UnreadableMedia(Refusal.DAMAGED)
        try:
            count = max(0, pdfium.FPDFText_CountChars(text))
            units = (ctypes.c_ushort * (count + 1))()
            written = pdfium.FPDFText_GetText(text, 0, count, units) if count else 0
            drawn = bytes(units)[: 2 * max(0, written - 1)].decode("utf-16-le", "ignore")
            if pdf_order.is_drawn_by_columns(drawn):
                return pdf_order.text_by_position(page, text, count, drawn) or drawn
            return pdf_order.separate_submitter_column(text, count, drawn)
        finally:
            pdfium.FPDFText_ClosePage(text)
    finally:
        pdfium.FPDF_ClosePage(page)


def render_first_page(source: InputSource, request: Request, side: int) -> Image.Image:
    """Returns the first page as RGB, its long side `side` pixels.

    Raises UnreadableMedia.
    """
    with _open_pdf(source, request.passwords) as document:
        if len(document) == 0:
            raise UnreadableMedia(Refusal.NO_PICTURE)
        page = document[0]
        width, height = page.get_size()
        scale = side / max(width, height, 1.0)
        check_size(max(1, round(width * scale)), max(1, round(height * scale)), request)
        picture: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
        return picture


def _open_pdf(source: InputSource, passwords: Sequence[bytes]) -> pypdfium2.PdfDocument:
    """Opens a PDF with one of the passwords, or none.

    Raises UnreadableMedia.
    """
    data = source.whole if source.whole is not None else source.open()
    for password in (None, *map(_decode_password, passwords)):
        try:
            return pypdfium2.PdfDocument(data, password=password)
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) != pdfium.FPDF_ERR_PASSWORD:
                raise UnreadableMedia(Refusal.DAMAGED) from error
    raise UnreadableMedia(Refusal.PASSWORD)


def _decode_password(password: bytes) -> str:
    """Returns a password as UTF-8, else Latin-1.

    Newer documents use UTF-8, older ones Latin-1.
    """
    try:
        return password.decode("utf-8")
    except UnicodeDecodeError:
        return password.decode("latin-1")
