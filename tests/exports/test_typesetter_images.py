"""A printed image is the given one, pixel by pixel, in its shape, with its caption below it on the same page."""

from __future__ import annotations

import pypdfium2
import pytest

from triage.exports.pdf_documents import Block, ImageBlock, ParagraphBlock, TypesetJob
from triage.exports.typesetter import make_pdf
from triage.exports.typesetter_images import MOST_HEIGHT, MOST_WIDTH, PIXELS_A_MM

MM = 72 / 25.4


def draw(width: int, height: int) -> ImageBlock:
    pixels = (channel for y in range(height) for x in range(width) for channel in (x * 7 % 256, y * 11 % 256, (x + y) * 13 % 256))
    return ImageBlock(width, height, bytes(pixels), "captionword")


def read(*blocks: Block) -> list[tuple[int, tuple[float, float, float, float], bytes, float]]:
    """Returns page, box in millimetres, pixels, and the height of the caption below, of each image."""
    found = []
    with pypdfium2.PdfDocument(make_pdf(TypesetJob("A title", "x", False, blocks))) as document:
        for number, page in enumerate(document):
            text = page.get_textpage()
            at = text.get_text_range().find("captionword")
            top = text.get_charbox(at)[3] / MM if at >= 0 else 0.0
            for each in page.get_objects():
                if each.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE:
                    bitmap = each.get_bitmap()
                    step = bitmap.stride
                    rows = [bytes(bitmap.buffer)[row * step : row * step + bitmap.width * 3] for row in range(bitmap.height)]
                    left, bottom, right, above = (value / MM for value in each.get_bounds())
                    found.append((number, (left, bottom, right, above), b"".join(rows), top))
    return found


@pytest.mark.parametrize(
    ("width", "height", "scale"),
    [(60, 30, 1 / PIXELS_A_MM), (1200, 30, MOST_WIDTH / 1200), (40, 1100, MOST_HEIGHT / 1100), (3, 2, 1 / PIXELS_A_MM)],
)  # fmt: skip
def test_an_image_is_printed_in_its_shape(width: int, height: int, scale: float) -> None:
    block = draw(width, height)
    ((page, (left, bottom, right, top), pixels, caption),) = read(ParagraphBlock("before"), block)
    assert page == 0 and (right - left, top - bottom) == pytest.approx((width * scale, height * scale), abs=0.1)
    assert left == pytest.approx(10, abs=0.1) and 0 < bottom - caption < 4, "its caption stands just below it"
    swapped = bytearray(pixels)
    swapped[0::3], swapped[2::3] = pixels[2::3], pixels[0::3]  # pdfium gives blue first
    assert bytes(swapped) == block.rgb


@pytest.mark.parametrize("lines", (0, 28, 42))
def test_an_image_and_its_caption_stay_on_one_page(lines: int) -> None:
    block = draw(60, 300)
    ((page, (_, bottom, _, top), _, caption),) = read(
        *(ParagraphBlock("x") for _ in range(lines)), block, ParagraphBlock("afterword")
    )
    assert bottom > 18 and caption > 18 and top < 297 - 10 and page == (0 if lines < 35 else 1)
    assert caption > 0, "on the page of the image"
