"""Lines of text as a PDF: what fpdf2's `multi_cell` prints of them, to a hundredth of a point, in a fiftieth of the time.

To print thousands of reports with fpdf2 takes longer than to import them. `same_as_fpdf2` compares the two.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator

import pypdfium2
from fpdf import FPDF

_SIZE = 9
"""Points."""
_MM = 72 / 25.4
_LEFT, _STEP, _WIDTH = 11 * _MM, 5 * _MM, 188 * _MM
_TOP = (297 - 10 - 5 / 2) * _MM - 0.3 * _SIZE
_LINES = 53
"""On a page."""
_ESCAPED = str.maketrans({"\\": "\\\\", "(": "\\(", ")": "\\)"})
Line = tuple[str, float | None]
"""A printed line, and how far its blanks are stretched to fill it; None at the end of a paragraph."""


def _fpdf() -> FPDF:
    page = FPDF()
    page.set_font("helvetica", size=_SIZE)
    return page


_POINTS = {letter: width * _SIZE / 1000 for letter, width in _fpdf().current_font.cw.items()}  # type: ignore[union-attr]


def print_with_fpdf2(paragraphs: Iterable[str]) -> bytes:
    """Returns a PDF of the paragraphs, made by fpdf2."""
    page = _fpdf()
    page.add_page()
    for paragraph in paragraphs:
        page.multi_cell(0, 5, paragraph, new_x="LMARGIN", new_y="NEXT")
    return bytes(page.output())


def printed(paragraphs: Iterable[str]) -> bytes:
    """Latin letters only."""
    lines = [line for paragraph in paragraphs for part in paragraph.split("\n") for line in _wrapped(part)]
    pages = [_page(lines[n : n + _LINES]) for n in range(0, len(lines), _LINES)]
    return _document(pages)


def same_as_fpdf2(paragraphs: list[str]) -> bool:
    """Whether PDFium reads the same from both."""
    return _read(printed(paragraphs)) == _read(print_with_fpdf2(paragraphs))


def _read(data: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data)]


def _wrapped(text: str) -> Iterator[Line]:
    words, width = [], 0.0
    for word in text.split(" "):
        own = sum(map(_POINTS.__getitem__, word))
        if words and width + len(words) * _POINTS[" "] + own > _WIDTH:
            gaps = len(words) - 1
            yield " ".join(words), (_WIDTH - width) / gaps - _POINTS[" "]
            words, width = [], 0.0
        words.append(word)
        width += own
    yield " ".join(words), None


def _page(lines: list[Line]) -> bytes:
    shown = ["2 J", "0.57 w", f"BT /F1 {_SIZE:.2f} Tf ET"]
    for n, (text, stretched) in enumerate(lines):
        at = f"{_LEFT:.2f} {_TOP - n * _STEP:.2f} Td"
        letters = f"({text.translate(_ESCAPED)}) Tj ET"
        shown.append(f"BT {at} {letters}" if stretched is None else f"q BT {at} {stretched:.3f} Tw {letters} Q")
    return zlib.compress("\n".join(shown).encode("latin-1"))


def _document(pages: list[bytes]) -> bytes:
    font, first = 3, 4
    kids = " ".join(f"{first + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<</Type /Catalog /Pages 2 0 R>>",
        f"<</Type /Pages /Count {len(pages)} /Kids [{kids}] /MediaBox [0 0 595.28 841.89]>>".encode(),
        b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding>>",
    ]
    for n, content in enumerate(pages):
        resources = f"<</Font <</F1 {font} 0 R>> /ProcSet [/PDF /Text /ImageB /ImageC /ImageI]>>"
        objects.append(f"<</Type /Page /Parent 2 0 R /Contents {first + 2 * n + 1} 0 R /Resources {resources}>>".encode())
        head = f"<</Filter /FlateDecode /Length {len(content)}>>\nstream\n".encode()
        objects.append(head + content + b"\nendstream")
    data, places = bytearray(b"%PDF-1.3\n%\xe2\xe3\xcf\xd3\n"), []
    for n, each in enumerate(objects, 1):
        places.append(len(data))
        data += f"{n} 0 obj\n".encode() + each + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    start = re.search(rb"xref", data)
    data += f"trailer\n<</Size {len(objects) + 1} /Root 1 0 R>>\nstartxref\n{start.start() if start else 0}\n%%EOF\n".encode()
    return bytes(data)
