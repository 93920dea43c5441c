"""Where text stands on a page: within the margins, above the footer, never one text over another. What leaves the paper is lost.

The places of letters are read from the written PDF by another library.
"""

from __future__ import annotations

import ctypes
from collections import defaultdict

import pypdfium2
import pytest
from pypdfium2 import raw

from tests.thorough import THOROUGH
from triage.exports.pdf_documents import (
    Block,
    Chart,
    ChartsBlock,
    ContentsBlock,
    FormBlock,
    GridBlock,
    HeadingBlock,
    Pairs,
    ParagraphBlock,
    Rows,
    TypesetJob,
)
from triage.exports.queue_columns import BAND_COLOURS, COLUMNS
from triage.exports.typesetter import make_pdf

MM = 72 / 25.4
MARGIN, FOOT, BODY_ENDS = 10.0, 13.0, 18.0
"""Millimetres: the margin of a page, below which height only the footer stands, and where the body ends."""
SLACK = 1.0
WORDS = "a few words that wrap and a word_with_signs/that-breaks "
Letter = tuple[str, float, float, float, float]
"""Character, left, bottom, right, top, in millimetres."""


def read_letters(data: bytes) -> list[tuple[float, float, list[Letter]]]:
    """Returns width, height and all visible letters of each page. PDFium itself is asked: its wrapper takes ten times as long."""
    found = []
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    with pypdfium2.PdfDocument(data) as document:
        for page in document:
            text = page.get_textpage()
            letters = []
            for n in range(text.count_chars()):
                if (character := chr(raw.FPDFText_GetUnicode(text.raw, n))).strip():
                    assert raw.FPDFText_GetCharBox(text.raw, n, left, right, bottom, top)
                    if right.value > left.value and top.value > bottom.value:
                        letters.append((character, left.value / MM, bottom.value / MM, right.value / MM, top.value / MM))
            found.append((page.get_width() / MM, page.get_height() / MM, letters))
    return found


def find_overlaps(letters: list[Letter]) -> list[tuple[str, str]]:
    """Returns pairs of letters of which one covers half of the other."""
    near: dict[tuple[int, int], list[Letter]] = defaultdict(list)
    found = []
    for letter in letters:
        character, left, bottom, right, top = letter
        at = (int(left // 8), int(bottom // 8))
        for x in (at[0] - 1, at[0], at[0] + 1):
            for y in (at[1] - 1, at[1], at[1] + 1):
                for other, left2, bottom2, right2, top2 in near[x, y]:
                    if left2 >= right or right2 <= left or bottom2 >= top or top2 <= bottom:
                        continue  # nearly all do
                    width, height = min(right, right2) - max(left, left2), min(top, top2) - max(bottom, bottom2)
                    smaller = min((right - left) * (top - bottom), (right2 - left2) * (top2 - bottom2))
                    if width * height > smaller / 2:
                        found.append((character, other))
        near[at].append(letter)
    return found


def require_in_place(blocks: tuple[Block, ...], *, landscape: bool) -> int:
    """Checks all pages; returns how many there are."""
    data = make_pdf(TypesetJob("A title", "a footer", landscape, blocks))
    pages = read_letters(data)
    for number, (width, height, letters) in enumerate(pages, 1):
        assert (width > height) == landscape
        for letter in letters:
            _, left, bottom, right, top = letter
            assert left >= MARGIN - SLACK and right <= width - MARGIN + SLACK, (number, letter)
            assert top <= height - MARGIN + SLACK, (number, letter)
            assert bottom >= BODY_ENDS - SLACK or top <= FOOT, (number, letter, "over the footer or beyond the page")
        foot = "".join(character for character, *_, top in letters if top <= FOOT)
        assert foot == f"Atitle·afooter·page{number}of{len(pages)}"
        assert find_overlaps(letters) == [], number
    return len(pages)


def make_queue(rows: int) -> GridBlock:
    shown = [column.page for column in COLUMNS if column.page is not None]
    fills = tuple(BAND_COLOURS["ABCDE"[n % 5]] for n in range(rows))
    cells = tuple(tuple(f"{n}-{at} {WORDS * (1 + (n + at) % 3)}" for at in range(len(shown))) for n in range(rows))
    return GridBlock(tuple(page.header for page in shown), tuple(page.share for page in shown), cells, 7, fills)


@pytest.mark.parametrize("landscape", [False, True])
@pytest.mark.parametrize(
    "name", ["grid", "queue", "rows", "pairs", "paragraphs", "numbered", "framed", "form", "charts", "contents", "headings"]
)
def test_every_letter_stands_on_its_page_and_over_no_other(name: str, landscape: bool) -> None:
    """Each kind of block, at lengths that end at other heights of the page. The longest on both ways of a page when THOROUGH."""
    most = 0
    for many in (1, 25, 61) if THOROUGH or not landscape else (1, 37):
        text = WORDS * (1 + many % 4)
        rows = tuple((f"{n}", f"name {n}", text) for n in range(many))
        blocks: dict[str, tuple[Block, ...]] = {
            "grid": (GridBlock(("No.", "Name", "Words"), (2, 5, 8), rows, begins_page=False),),
            "queue": (make_queue(min(many, 12)),),
            "rows": (Rows(("No.", "Name", "Words"), rows, (2, 5, 8), caption="A table"),),
            "pairs": (Pairs(tuple((name, said) for _, name, said in rows), caption="Pairs"),),
            "paragraphs": tuple(ParagraphBlock(text) for _ in rows),
            "numbered": tuple(ParagraphBlock(text, number=f"{n}.") for n, _, _ in rows),
            "framed": tuple(ParagraphBlock(text, strong=True) for _ in rows),
            "form": tuple(FormBlock((((name, ""), ("Date", "")), ((name, "said"),))) for _, name, _ in rows),
            "charts": (ChartsBlock(tuple(Chart(f"Chart {n}", tuple((f"bar {at}", at * 9 or None) for at in range(1 + n)), "a note") for n in range(1 + many % 5))),),
            "contents": (ContentsBlock(), *(HeadingBlock(f"Heading {n}", 1 + int(n) % 2, new_page=not int(n) % 9) for n, _, _ in rows)),
            "headings": tuple(each for n, name, said in rows for each in (HeadingBlock(f"{name}", 2), ParagraphBlock(said))),
        }  # fmt: skip
        most = max(most, require_in_place((HeadingBlock("First"), *blocks[name]), landscape=landscape))
    assert most > 1 or name in ("charts", "queue")


def test_each_row_of_a_long_table_is_on_paper_once() -> None:
    rows = tuple((f"n{n:04}", WORDS * (n % 5), "x") for n in range(180))
    for block in (GridBlock(("No.", "Words", "X"), (2, 8, 1), rows), Rows(("No.", "Words", "X"), rows, (2, 8, 1))):
        data = make_pdf(TypesetJob("A title", "a footer", True, (block,)))
        lines = "".join(character for _, _, letters in read_letters(data) for character, *_ in letters)
        assert [lines.count(row[0]) for row in rows] == [1] * len(rows)


@pytest.mark.parametrize("kind", ["grid", "rows", "pairs"])
def test_what_stands_above_a_table_is_on_the_page_of_its_first_row(kind: str) -> None:
    """At each height at which a table can begin: its header, caption and heading are never the last on a page."""
    first_pages = set()
    rows = (("rowone", WORDS), ("rowtwo", "x"), ("rowthree", "y"))
    tables: dict[str, Block] = {
        "grid": GridBlock(("Headone", "Headtwo"), (1, 1), rows, begins_page=False),
        "rows": Rows(("Headone", "Headtwo"), rows, (1, 1), caption="Headone caption"),
        "pairs": Pairs(rows, caption="Headone caption"),
    }
    for filled in range(38, 56):
        above = tuple(ParagraphBlock("x", small=bool(n % 2)) for n in range(filled))
        blocks = (*above, HeadingBlock("Headone", 2), tables[kind]) if kind != "grid" else (*above, tables[kind])
        pages = [
            "".join(character for character, *_ in letters)
            for _, _, letters in read_letters(make_pdf(TypesetJob("A title", "a footer", False, blocks)))
        ]
        (at,) = [n for n, page in enumerate(pages) if "rowone" in page]
        assert next(n for n, page in enumerate(pages) if "Headone" in page) == at, filled
        first_pages.add(at)
    assert len(first_pages) > 1, "the table begins on the first page and on the next"


def read_sizes(data: bytes) -> dict[str, set[float]]:
    """Returns each word of the body of the first page with the sizes of its letters in points."""
    found: dict[str, set[float]] = defaultdict(set)
    with pypdfium2.PdfDocument(data) as document:
        text = document[0].get_textpage()
        word = ""
        for n in range(text.count_chars()):
            character = text.get_text_range(n, 1)
            if not character.strip():
                word = ""
                continue
            if not word:
                word = text.get_text_range(n, text.count_chars() - n).split()[0]
            if text.get_charbox(n)[3] / MM > FOOT:
                found[word].add(round(raw.FPDFText_GetFontSize(text.raw, n), 1))
    return dict(found)


def test_each_part_of_a_page_has_one_size_of_letters_whatever_stands_before_it() -> None:
    parts: dict[str, Block] = {
        "form": FormBlock(((("Formname", "formvalue"), ("Secondname", "secondvalue")), (("Thirdname", "thirdvalue"),))),
        "small": ParagraphBlock("smallwords", small=True),
        "words": ParagraphBlock("plainwords"),
        "pairs": Pairs((("Pairname", "pairvalue"),), caption="paircaption"),
        "rows": Rows(("Rowhead",), (("rowvalue",),), (1,), caption="rowcaption"),
        "heading": HeadingBlock("Headingwords", 2),
    }
    seen: dict[str, set[float]] = defaultdict(set)
    for first in parts:
        order = [first, *(name for name in parts if name != first), first]
        for word, sizes in read_sizes(make_pdf(TypesetJob("A title", "x", False, tuple(parts[name] for name in order)))).items():
            seen[word] |= sizes
    assert {word: sizes for word, sizes in seen.items() if len(sizes) != 1} == {}
    size = {word: next(iter(sizes)) for word, sizes in seen.items()}
    assert size["formvalue"] == size["secondvalue"] == size["thirdvalue"] == size["plainwords"]
    assert (
        size["Formname"]
        == size["Secondname"]
        == size["Thirdname"]
        == size["smallwords"]
        < size["plainwords"]
        < size["Headingwords"]
    )
    assert size["rowcaption"] == size["paircaption"] == size["smallwords"]


@pytest.mark.parametrize("bars", [1, 2, 7])
def test_the_axis_of_a_chart_reaches_a_little_beyond_its_first_and_its_last_bar(bars: int) -> None:
    chart = Chart("Chart", tuple((f"bar {n}", 5 + n) for n in range(bars)), "a note")
    data = make_pdf(TypesetJob("A title", "x", False, (ChartsBlock((chart,)),)))
    with pypdfium2.PdfDocument(data) as document:
        paths = [
            [value / MM for value in each.get_bounds()]
            for each in document[0].get_objects()
            if each.type == raw.FPDF_PAGEOBJ_PATH
        ]
    filled = [each for each in paths if each[2] - each[0] > 3 and each[3] - each[1] > 3]
    (axis,) = [each for each in paths if each[2] - each[0] < 1 and each[3] - each[1] > 3]
    assert len(filled) == bars
    assert all(abs(each[0] - axis[0]) < 0.5 for each in filled), "bars begin at the axis"
    assert axis[3] - max(each[3] for each in filled) == pytest.approx(1, abs=0.3)
    assert min(each[1] for each in filled) - axis[1] == pytest.approx(1, abs=0.3)
    lengths = [each[2] - each[0] for each in sorted(filled, key=lambda each: -each[3])]
    assert lengths == pytest.approx([lengths[-1] * (5 + n) / (4 + bars) for n in range(bars)], abs=0.3)


def test_bars_are_as_long_as_their_counts_and_stay_in_their_column() -> None:
    counts = {"left": (40, 20, 10), "right": (4000, 1000, 0)}
    charts = tuple(Chart(name, tuple((f"bar {n}", count) for n, count in enumerate(found)), "") for name, found in counts.items())
    data = make_pdf(TypesetJob("A title", "x", False, (ChartsBlock(charts),)))
    with pypdfium2.PdfDocument(data) as document:
        width = document[0].get_width() / MM
        bounds = [[n / MM for n in each.get_bounds()] for each in document[0].get_objects() if each.type == raw.FPDF_PAGEOBJ_PATH]
    bars = sorted((left, -top, right - left) for left, bottom, right, top in bounds if right - left > 3 and top - bottom > 3)
    column = (width - 2 * MARGIN - 8) / 2
    lengths = [length for _, _, length in bars]
    most = column * 0.35
    assert lengths == pytest.approx([most, most / 2, most / 4, most, most / 4], abs=0.6), (
        "beside labels in half and numbers in 15 %"
    )
    assert [left for left, _, _ in bars] == pytest.approx([MARGIN + column / 2] * 3 + [MARGIN + column * 1.5 + 8] * 2, abs=0.6)
    require_in_place((ChartsBlock(charts),), landscape=False)


def test_page_numbers_of_the_contents_end_at_the_margin() -> None:
    blocks: tuple[Block, ...] = (ContentsBlock(), *(HeadingBlock(f"Heading {n}", 1 + n % 2) for n in range(12)))
    width, _, letters = read_letters(make_pdf(TypesetJob("A title", "x", False, blocks)))[0]
    lines: dict[int, float] = defaultdict(float)
    for _, _, bottom, right, _ in letters:
        lines[round(bottom)] = max(lines[round(bottom)], right)
    ends = [right for right in lines.values() if right > width - 2 * MARGIN]
    assert len(ends) >= 12
    assert max(ends) - min(ends) < 0.6 and max(ends) == pytest.approx(width - MARGIN - 1, abs=0.4), "a millimetre within the cell"


def test_each_value_of_a_form_stands_beside_its_name() -> None:
    """It may otherwise begin before the page, or in the field beside it."""
    form = FormBlock(((("Aaaa", "Bbbb"), ("Cccc", "Dddd")), (("Eeee", "Ffff"),)))
    width, _, letters = read_letters(make_pdf(TypesetJob("A title", "x", False, (form,))))[0]
    place = {character: (left, bottom) for character, left, bottom, _, _ in reversed(letters) if character in "ABCDEF"}
    body = width - 2 * MARGIN
    assert [place[each][0] - MARGIN for each in "AE"] == pytest.approx([1, 1], abs=0.6)
    assert place["C"][0] - place["A"][0] == pytest.approx(body / 2, abs=4), "two fields share a line"
    names = min(48.0, body / 2 * 0.4), min(48.0, body * 0.4)
    assert place["B"][0] - place["A"][0] == pytest.approx(names[0], abs=2)
    assert place["D"][0] - place["C"][0] == pytest.approx(names[0], abs=2)
    assert place["F"][0] - place["E"][0] == pytest.approx(names[1], abs=2)
    for name, value in ("AB", "CD", "EF"):
        assert place[name][1] == pytest.approx(place[value][1], abs=1), "on one line"
