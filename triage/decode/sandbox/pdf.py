"""PDF: the text of its pages, and its first page as a picture."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from triage.decode.protocol import Refusal, Request
from triage.decode.sandbox import pdf_order
from triage.decode.sandbox.pictures import check_size
from triage.decode.sandbox.source import Source, Unreadable


def text(source: Source, request: Request) -> tuple[str, ...]:
    """Pages in order. More pages or text than allowed is refused as a whole: half a report would look like all of it."""
    with _open(source, request.passwords) as document:
        if len(document) > request.pdf_pages:
            raise Unreadable(Refusal.TOO_LARGE)
        pages = []
        left = request.pdf_text
        for number in range(len(document)):
            words = _page_text(document, number).encode("utf-8", "replace")
            left -= len(words)
            if left < 0:
                raise Unreadable(Refusal.TOO_LARGE)
            pages.append(words.decode())
        return tuple(pages)


def _page_text(document: pypdfium2.PdfDocument, number: int) -> str:
    """By PDFium's own functions: pypdfium2's objects for a page and its text cost a twentieth of the whole."""
    page = pdfium.FPDF_LoadPage(document, number)
    if not page:
        raise Unreadable(Refusal.DAMAGED)
    try:
        text = pdfium.FPDFText_LoadPage(page)
        if not text:
            raise Unreadable(Refusal.DAMAGED)
        try:
            count = max(0, pdfium.FPDFText_CountChars(text))
            units = (ctypes.c_ushort * (count + 1))()
            written = pdfium.FPDFText_GetText(text, 0, count, units) if count else 0
            drawn = bytes(units)[: 2 * max(0, written - 1)].decode("utf-16-le", "ignore")
            if pdf_order.drawn_by_columns(drawn):
                return pdf_order.by_place(page, text, count, drawn) or drawn
            return pdf_order.with_submitter_apart(text, count, drawn)
        finally:
            pdfium.FPDFText_ClosePage(text)
    finally:
        pdfium.FPDF_ClosePage(page)


def first_page(source: Source, request: Request, side: int) -> Image.Image:
    with _open(source, request.passwords) as document:
        if len(document) == 0:
            raise Unreadable(Refusal.NO_PICTURE)
        page = document[0]
        width, height = page.get_size()
        scale = side / max(width, height, 1.0)
        check_size(max(1, round(width * scale)), max(1, round(height * scale)), request)
        picture: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
        return picture


def _open(source: Source, passwords: Sequence[bytes]) -> pypdfium2.PdfDocument:
    data = source.whole if source.whole is not None else source.open()
    for password in (None, *map(_as_text, passwords)):
        try:
            return pypdfium2.PdfDocument(data, password=password)
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) != pdfium.FPDF_ERR_PASSWORD:
                raise Unreadable(Refusal.DAMAGED) from error
    raise Unreadable(Refusal.PASSWORD)


def _as_text(password: bytes) -> str:
    """Newer documents take passwords as UTF-8, older ones as Latin-1."""
    try:
        return password.decode("utf-8")
    except UnicodeDecodeError:
        return password.decode("latin-1")
