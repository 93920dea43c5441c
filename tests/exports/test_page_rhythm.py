"""The rhythm of a page: sizes of letters, the height of lines, the room between blocks, and what is bold, framed or ruled.

One specimen holds a block of each kind. A line of text is 1.5 times as high as its letters; a block that runs into the next one, or
a table that stands apart from its caption, is read wrongly.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2
import pytest

from triage.exports.pdf_documents import Block, FormBlock, GridBlock, HeadingBlock, Pairs, ParagraphBlock, Rows, TypesetJob
from triage.exports.typesetter import make_pdf

MM = 72 / 25.4
MARGIN, WIDTH = 10.0, 190.0
SPECIMEN: tuple[Block, ...] = (
    HeadingBlock("Biggest"), HeadingBlock("Middle", 2), HeadingBlock("Lowest", 3), ParagraphBlock("Plain\nSecond"), ParagraphBlock("Small\nSecond", small=True),
    ParagraphBlock("Numbered\nBelow", number="7."), ParagraphBlock("Framed", strong=True), Pairs((("Name", "Value"),), caption="Pairscaption"),
    Rows(("Head", "Other"), (("Cell", "b"), ("Next", "c")), (1, 3), caption="Rowscaption"), FormBlock(((("Field", ""), ("Half", "Filled")), (("Whole", "Too"),))),
)  # fmt: skip


@dataclass
class Line:
    """A word at the beginning of a line or cell: where it stands (millimetres from the left and the top), size in points, weight."""

    word: str
    left: float
    base: float
    size: float
    bold: bool


def read_words(page: Any) -> Iterator[Line]:
    text, height = page.get_textpage(), page.get_height()
    x, y = ctypes.c_double(), ctypes.c_double()
    whole = text.get_text_range()
    word = ""
    for n, character in enumerate(whole):
        if not character.strip():
            word = ""
            continue
        if not word:
            word = whole[n:].split()[0]
            pypdfium2.raw.FPDFText_GetCharOrigin(text.raw, n, x, y)
            name, flags = ctypes.create_string_buffer(100), ctypes.c_int()
            pypdfium2.raw.FPDFText_GetFontInfo(text.raw, n, name, 100, flags)
            size = pypdfium2.raw.FPDFText_GetFontSize(text.raw, n)
            yield Line(word, x.value / MM, (height - y.value) / MM, round(size, 1), b"bold" in name.value.lower())


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    """The page of the specimen."""
    with pypdfium2.PdfDocument(make_pdf(TypesetJob("A title", "x", False, SPECIMEN))) as document:
        assert len(document) == 1
        yield document[0]


BIG, MIDDLE, TEXT, SMALL = 15, 11, 9, 7.5
"""Points of a heading of level 1, of one of level 2, of text, and of tables, captions and small paragraphs."""
LINES = (
    ("Biggest", BIG, True, 0.0, 11), ("Middle", MIDDLE, True, 4.0, 11), ("Lowest", TEXT, True, 4.0, 11), ("Plain", TEXT, False, 1.0, 11),
    ("Second", TEXT, False, 0.0, 11), ("Small", SMALL, False, 1.5, 11), ("Second", SMALL, False, 0.0, 11), ("Numbered", TEXT, False, 1.5, 20),
    ("Below", TEXT, False, 0.0, 20), ("Framed", TEXT, True, 1.5, 11), ("Pairscaption", SMALL, True, 1.5, 11), ("Name", SMALL, False, 0.6, 10.6),
    ("Rowscaption", SMALL, True, 2.6, 11), ("Head", SMALL, True, 0.6, 10.6), ("Cell", SMALL, False, 1.2, 10.6), ("Next", SMALL, False, 1.2, 10.6),
    ("Field", SMALL, False, 4.6, 11),
)  # fmt: skip
"""Word, points, whether it is bold, millimetres between its line and the one above, and from the left edge of the page."""


def test_each_line_has_its_size_its_place_and_the_room_above_it(page: Any) -> None:
    words = [line for line in read_words(page) if line.base < 280]
    first = [
        line
        for line in words
        if line.left == min(other.left for other in words if abs(other.base - line.base) < 0.5 and other.word != "7.")
    ]
    ends, found = MARGIN, []
    for line in first[: len(LINES)]:
        size = line.size / MM
        top = line.base - 1.05 * size  # letters stand so within a line of 1.5 times their size
        found.append((line.word, line.size, line.bold, pytest.approx(top - ends, abs=0.03), pytest.approx(line.left, abs=0.03)))
        ends = top + 1.5 * size
    assert list(LINES) == found
    at = {line.word: line for line in words}
    assert (at["7."].left, at["7."].base) == pytest.approx((11, at["Numbered"].base), abs=0.03), (
        "a number stands in the margin of its paragraph"
    )


def test_cells_and_fields_stand_beside_their_names(page: Any) -> None:
    at = {line.word: line for line in read_words(page)}
    value = MARGIN + WIDTH * 3 / 12 + 0.6
    assert (at["Value"].left, at["Value"].base) == pytest.approx((value, at["Name"].base), abs=0.03)
    assert (at["Other"].left, at["Other"].base, at["Other"].bold) == (pytest.approx(value, abs=0.03), at["Head"].base, True)
    half = (WIDTH / 2 - 4) * 0.4
    assert [at[word].left for word in ("Half", "Filled", "Whole", "Too")] == pytest.approx(
        [106, 106 + half, 11, 11 + 48], abs=0.03
    )
    assert [at[word].size for word in ("Half", "Filled", "Whole", "Too")] == [SMALL, TEXT, SMALL, TEXT]
    assert at["Whole"].base - at["Field"].base == pytest.approx(8, abs=0.03), "there is room to write"
    assert 0 < at["Filled"].base - at["Half"].base < 0.3


def test_frames_rules_and_the_line_to_write_on(page: Any) -> None:
    height, boxes, shaded = page.get_height() / MM, [], []
    colour = [ctypes.c_uint() for _ in range(4)]
    for each in page.get_objects():
        if each.type == pypdfium2.raw.FPDF_PAGEOBJ_PATH:
            left, bottom, right, top = (value / MM for value in each.get_bounds())
            boxes.append((left, height - top, right - left, top - bottom))
            pypdfium2.raw.FPDFPageObj_GetFillColor(each.raw, *colour)
            shaded += [boxes[-1]] if top - bottom > 1 and tuple(each.value for each in colour[:3]) == (238, 240, 243) else []
    at = {line.word: line for line in read_words(page)}
    frame, *_, blank = boxes
    line = 1.5 * TEXT / MM
    assert frame == pytest.approx((MARGIN, at["Framed"].base - 0.7 * line, WIDTH, line), abs=0.4), (
        "from edge to edge, around its line"
    )
    top = at["Field"].base - 1.05 * SMALL / MM - 2
    assert blank == pytest.approx((MARGIN + (WIDTH / 2 - 4) * 0.4, top + 8 - 1.5, (WIDTH / 2 - 4) * 0.6, 0.3), abs=0.4)
    assert [box[0] for box in shaded] == pytest.approx([MARGIN, MARGIN + WIDTH / 4], abs=0.2), (
        "only the header of a table is shaded"
    )
    assert all(box[1] < at["Head"].base < box[1] + box[3] for box in shaded)


def test_the_footer_is_small_and_stands_in_the_middle(page: Any) -> None:
    foot = [line for line in read_words(page) if line.base > 280]
    assert " ".join(line.word for line in foot) == "A title · x · page 1 of 1" and {line.size for line in foot} == {6.5}
    text = page.get_textpage()
    right = max(text.get_charbox(n)[2] for n in range(text.count_chars()) if text.get_charbox(n)[3] < 13 * MM) / MM
    assert (foot[0].left + right) / 2 == pytest.approx(page.get_width() / MM / 2, abs=0.3)


def test_a_long_table_has_even_rows_a_coloured_cell_and_a_rule_below_each(page: Any) -> None:
    """Letters of 7 points in lines of 3.1 mm, 0.8 mm from the edges of their cell."""
    rows = (("aone", "btwo words and words", "cthree"), ("dfour\ndnext", "efive", ""))
    grid = GridBlock(
        ("Hone", "Htwo", "Hthree"),
        (1, 2, 3),
        rows,
        fill_column=1,
        fills=(("#112233", "#FFEEDD"), ("#445566", "#000000")),
        begins_page=False,
    )
    with pypdfium2.PdfDocument(make_pdf(TypesetJob("A title", "x", False, (grid, ParagraphBlock("After"))))) as document:
        (only,) = document
        height, filled, rules, words = only.get_height() / MM, [], [], list(read_words(only))
        colour = [ctypes.c_uint() for _ in range(4)]
        for each in only.get_objects():
            if each.type == pypdfium2.raw.FPDF_PAGEOBJ_PATH:
                left, bottom, right, top = (value / MM for value in each.get_bounds())
                pypdfium2.raw.FPDFPageObj_GetFillColor(each.raw, *colour)
                if top - bottom > 1:
                    filled.append(
                        (
                            left,
                            height - top,
                            right - left,
                            top - bottom,
                            "#" + "".join(f"{part.value:02X}" for part in colour[:3]),
                        )
                    )
                else:
                    rules.append((left, height - (top + bottom) / 2, right - left))
    tops, lefts = [MARGIN, MARGIN + 4.7, MARGIN + 9.4], [MARGIN, MARGIN + WIDTH / 6, MARGIN + WIDTH / 2]
    expected = [
        (word, lefts[column] + 0.8, tops[row] + 0.8 + 0.75 * 3.1 + below, bold)
        for word, column, row, below, bold in (
            ("Hone", 0, 0, 0.0, True), ("Htwo", 1, 0, 0.0, True), ("Hthree", 2, 0, 0.0, True), ("aone", 0, 1, 0.0, False), ("btwo", 1, 1, 0.0, True),
            ("cthree", 2, 1, 0.0, False), ("dfour", 0, 2, 0.0, False), ("dnext", 0, 2, 3.1, False), ("efive", 1, 2, 0.0, True))
    ]  # fmt: skip
    at = {line.word: line for line in words}
    assert [(each[0], at[each[0]].left, at[each[0]].base, at[each[0]].bold) for each in expected] == [
        (word, pytest.approx(left, abs=0.03), pytest.approx(base, abs=0.03), bold) for word, left, base, bold in expected
    ]
    assert {at[each[0]].size for each in expected} == {7.0}
    bottom = tops[2] + 7.8
    assert [box[:4] for box in filled] == [
        pytest.approx((lefts[1], tops[row], WIDTH / 3, high), abs=0.03) for row, high in ((1, 4.7), (2, 7.8))
    ]
    assert [box[4] for box in filled] == ["#112233", "#445566"]
    assert rules == [pytest.approx((MARGIN, y, WIDTH), abs=0.4) for y in (tops[1], tops[2], bottom)]
    assert at["After"].base == pytest.approx(bottom + 2 + 1.05 * TEXT / MM, abs=0.03)
