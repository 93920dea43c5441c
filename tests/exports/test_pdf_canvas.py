"""What a PDF says of itself, which fonts it carries, and that a text is cut where the room ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pypdfium2
import pytest

from tests.exports.reading_back import URDU
from triage.exports import pdf_canvas
from triage.exports.pdf_canvas import FOOTER, MM, TEXT, PdfDocument
from triage.exports.pdf_documents import Block, HeadingBlock, ParagraphBlock, TypesetJob
from triage.exports.typesetter import make_pdf


@pytest.fixture(scope="module")
def canvas() -> Iterator[PdfDocument]:
    made = PdfDocument(TypesetJob("A title", "key abab", False, ()))
    yield made
    for font in made.fonts.values():
        font.close()  # a document that is written does it itself


def test_older_and_newer_readers_find_title_and_origin() -> None:
    data = make_pdf(TypesetJob("A title", "key abab", False, (ParagraphBlock("x"),)))
    with pypdfium2.PdfDocument(data) as document:
        said = document.get_metadata_dict()
    assert (said["Title"], said["Keywords"], said["Creator"]) == ("A title", "key abab", "Triage") and said[
        "CreationDate"
    ].startswith("D:20")
    (number,) = re.findall(rb"trailer\n<<\n/Info (\d+) 0 R\n", data)
    assert re.search(rb"\n%b 0 obj\n<<[^>]*/Title" % number, data)
    assert b"<dc:title>" in data and b"/Lang (en-GB)" in data


@pytest.mark.parametrize(
    ("block", "fonts"),
    [
        (ParagraphBlock("plain"), {b"NotoSans"}), (HeadingBlock("bold"), {b"NotoSans", b"NotoSansSemiBold"}),
        (ParagraphBlock(URDU), {b"NotoSans", b"NotoNaskhArabic"}),
    ],
)  # fmt: skip
def test_only_the_fonts_of_its_pages_are_embedded(block: Block, fonts: set[bytes]) -> None:
    data = make_pdf(TypesetJob("A title", "x", False, (block,)))
    assert {name.partition(b"+")[2] for name in re.findall(rb"/FontName /(\S+)", data)} == fonts
    assert data.count(b"/FontFile2") == len(fonts)


def test_a_text_is_cut_where_the_room_ends(canvas: PdfDocument) -> None:
    text = "words of a title " * 9
    whole = canvas.measure(text, FOOTER)
    assert canvas.cut(text, FOOTER, whole) == text
    cut = canvas.cut(text, FOOTER, whole - 0.01)
    assert cut == text[: len(cut) - 4] + " ..." and canvas.measure(cut, FOOTER) <= whole - 0.01
    longer = text[: len(cut) - 3] + " ..."
    assert canvas.measure(longer, FOOTER) > whole - 0.01, "no letter more fits"
    assert canvas.cut("word", FOOTER, 0.0) == " ..."


def test_widths_are_those_of_the_fonts(canvas: PdfDocument) -> None:
    canvas.set_font("sans", size=TEXT)
    canvas.set_text_shaping(False)
    for text in ("iiii", "WWWW", "a few words", "0123456789"):
        assert canvas.measure(text, TEXT) == pytest.approx(canvas.get_string_width(text), rel=0.01)
    assert canvas.measure("\u0378", 10) == pytest.approx(0.6 * 10 * MM), "what no font has is taken for a broad letter"
    assert canvas.measure("ab", 20) == pytest.approx(2 * canvas.measure("ab", 10))


def test_what_was_measured_is_kept_within_a_bound(canvas: PdfDocument, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_canvas, "MOST_WIDTHS", 50)
    for n in range(120):
        canvas.get_string_width(f"text {n}")
        assert len(pdf_canvas._widths) <= 50


def test_a_sentence_in_one_character_is_not_printed_and_all_others_are(canvas: PdfDocument) -> None:
    assert canvas.shown("\ufdfd").endswith("\\ufdfd") and canvas.shown("W\ufdf2—€") == "W\ufdf2—€"
