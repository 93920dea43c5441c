"""A line of Urdu with numbers or Latin words is printed as the Unicode bidirectional algorithm orders it."""

from __future__ import annotations

import pypdfium2
import pytest

from triage.exports.pdf_documents import ParagraphBlock, TypesetJob
from triage.exports.pdf_line_order import order_by_level
from triage.exports.typesetter import make_pdf


@pytest.mark.parametrize(
    ("text", "from_the_left"),
    [("@mention میں شام 5 بجے", "@ج5ش"), ("See کل شام 5 pm", "S5شکp"), ("نوٹ: call PTCL شام", "شcن"), ("plain words 12", "aw2")],
)
def test_numbers_within_urdu_stand_where_the_unicode_algorithm_puts_them(text: str, from_the_left: str) -> None:
    """In a chat they say when a child is to be met."""
    with pypdfium2.PdfDocument(make_pdf(TypesetJob("t", "f", False, (ParagraphBlock(text),)))) as document:
        page = document[0].get_textpage()
        left = {letter: page.get_charbox(page.get_text_range().index(letter))[0] for letter in from_the_left}
    assert sorted(left, key=left.__getitem__) == list(from_the_left)


@pytest.mark.parametrize(
    ("levels", "ordered"),
    [((), ""), ((0, 0), "ab"), ((1, 1), "ba"), ((0, 1, 2, 1, 0), "adcbe"), ((1, 2, 2, 1), "dbca"), ((2, 1), "ba")],
)
def test_parts_are_reversed_from_the_highest_level_down(levels: tuple[int, ...], ordered: str) -> None:
    assert "".join(order_by_level("abcdefgh"[: len(levels)], levels)) == ordered
