"""Prints images that come as raw pixels, each whole on one page with its caption."""

from __future__ import annotations

from typing import Any

from PIL import Image

from triage.exports.pdf_documents import ImageBlock

MOST_WIDTH, MOST_HEIGHT = 110.0, 90.0
"""Millimetres."""
PIXELS_A_MM = 6.0
"""A small image is not stretched beyond this."""
CAPTION, LINE = 7.5, 4.0
"""Points of the caption, and millimetres of a line of it."""


def add_image(pdf: Any, block: ImageBlock) -> None:
    """Prints an image and its caption, on a new page where this one has no room for both."""
    picture = Image.frombytes("RGB", (block.width, block.height), block.rgb)
    scale = min(MOST_WIDTH / block.width, MOST_HEIGHT / block.height, 1 / PIXELS_A_MM)
    width, height = block.width * scale, block.height * scale
    if pdf.left_on_page < height + 4 * LINE and pdf.get_y() > pdf.t_margin:
        pdf.add_page()
    pdf.image(picture, x=pdf.l_margin, y=pdf.get_y() + 1, w=width, h=height)
    pdf.set_y(pdf.get_y() + height + 2)
    pdf.set_font("sans", size=CAPTION)
    pdf.multi_cell(0, text=pdf.shown(block.caption), h=LINE, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(2)
