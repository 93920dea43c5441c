"""Prints images that come as raw pixels, each whole on one page with its caption."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from triage.exports.pdf_documents import ImageBlock

MOST_WIDTH, MOST_HEIGHT = 110.0, 90.0
"""Millimetres."""
PIXELS_A_MM = 6.0
"""A small image is not stretched beyond this."""
CAPTION, LINE = 7.5, 4.0
"""Points of the caption, and millimetres of a line of it."""


def add_image(pdf: Any, block: ImageBlock) -> None:
    """Prints an image and its caption, on a new page where this one has no room for both."""
    scale = min(MOST_WIDTH / block.width, MOST_HEIGHT / block.height, 1 / PIXELS_A_MM)
    width, height = block.width * scale, block.height * scale
    if pdf.left_on_page < height + 4 * LINE and pdf.get_y() > pdf.t_margin:
        pdf.add_page()
    pdf.image(io.BytesIO(encode_png(block)), x=pdf.l_margin, y=pdf.get_y() + 1, w=width, h=height)
    pdf.set_y(pdf.get_y() + height + 2)
    pdf.set_font("sans", size=CAPTION)
    pdf.multi_cell(0, text=pdf.shown(block.caption), h=LINE, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(2)


def encode_png(block: ImageBlock) -> bytes:
    """Returns the pixels as PNG, the form in which the PDF library takes images."""
    row = block.width * 3
    rows = b"".join(b"\0" + block.rgb[at : at + row] for at in range(0, len(block.rgb), row))
    head = struct.pack(">IIBBBBB", block.width, block.height, 8, 2, 0, 0, 0)  # 8 bits a channel, RGB
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_pack_chunk(kind, data) for kind, data in chunks)


def _pack_chunk(kind: bytes, data: bytes) -> bytes:
    """Returns a chunk of a PNG with its length and checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
