"""Long tables and charts of a PDF: any text, no word broken without need, the header on each page."""

from __future__ import annotations

from itertools import pairwise, product

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.exports.pdf_canvas import PdfDocument
from triage.exports.pdf_documents import Chart, ChartsBlock, GridBlock, HeadingBlock, TypesetJob
from triage.exports.queue_columns import BAND_COLOURS, COLUMNS
from triage.exports.typesetter import make_pdf
from triage.exports.typesetter_charts import SIZE, _shorten
from triage.exports.typesetter_grid import _CUT, MOST_LINES, _Measure


def pages(*blocks: HeadingBlock | GridBlock | ChartsBlock) -> list[str]:
    with pypdfium2.PdfDocument(make_pdf(TypesetJob("A title", "a footer", True, blocks))) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def test_the_header_stands_on_each_page_and_every_row_once() -> None:
    rows = tuple((str(n), f"report{n:05}", "a few words that wrap " * 3) for n in range(200))
    fills = tuple(BAND_COLOURS["ABCDE"[n % 5]] for n in range(200))
    found = pages(HeadingBlock("Queue"), GridBlock(("No.", "Report", "Words"), (2, 5, 8), rows, 1, fills))
    assert len(found) > 3 and all("Report" in page.splitlines()[0] + page.splitlines()[1] for page in found[1:])
    words = " ".join(found).split()
    assert [word for word in words if word.startswith("report")] == [row[1] for row in rows]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n" * 500,
        "x" * 400,
        "\t",
        "یہ تصویر پل کی ہے",
        "\u202egpj.exe\u202c",
        "e" + "\u0301" * 300,
        "\U0001f600" * 50,
        "**--__",
        "\x00",
    ],
)
def test_odd_texts(text: str) -> None:
    assert pages(GridBlock((text[:40], "b"), (2, 28), ((text, "b"), ("a", text))))
    assert pages(ChartsBlock((Chart(text[:60], ((text, 3), ("b", None)), text[:60]),)))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), max_size=6))
def test_any_text(rows: list[tuple[str, str]]) -> None:
    assert pages(GridBlock(("a", "b"), (1, 1), tuple(rows)))


def test_our_own_words_fit_their_columns() -> None:
    """Headings of the queue's PDF, and the longest single words of its cells, are never broken."""
    seen: list[tuple[str, tuple[str, ...]]] = []
    plain = _Measure.break_text

    def watch(self: _Measure, text: str, width: float) -> object:
        found = plain(self, text, width)
        seen.append((text, found.lines))
        return found

    shown = [column.page for column in COLUMNS if column.page is not None]
    words = {
        "No.": "20000", "Assigned to": "nobody", "Next act": "operator", "By when": "2026-12-01 23:59 PKT", "Report": "900064243",
        "Band": "E informational", "Risk": "100.0", "Can act": "100.0", "Case": "C-2026-0001", "Other reports on user": "120",
        "Duplicates": "duplicate", "Type, provider": "Pornography", "Flags": "solicitation,", "Office": "ISB", "Status": "in progress",
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_Measure, "break_text", watch)
        head = tuple(page.header for page in shown)
        pages(GridBlock(head, tuple(page.share for page in shown), (tuple(words[header] for header in head),)))
    for text, lines in seen:
        assert " ".join(lines).split() == text.split(), "a word was broken"


def test_a_withheld_count_has_no_bar_and_no_number() -> None:
    (page,) = pages(ChartsBlock((Chart("Provinces", (("PB", 52), ("KP", None), ("BA", 0)), "a note"),)))
    assert "withheld" in page and "52" in page and "a note" in page


@pytest.mark.parametrize("label", ["a long name of a provider of messages", "ایک لمبا نام جو تصویر میں نہیں سماتا"])
def test_a_label_of_a_chart_is_as_long_as_fits(label: str) -> None:
    pdf = PdfDocument(TypesetJob("", "", False, ()))
    pdf.add_page()
    pdf.set_font("sans", size=SIZE)
    whole = pdf.get_string_width(pdf.shown(label))
    assert _shorten(pdf, label, whole) == pdf.shown(label)
    cut = _shorten(pdf, label, whole * 0.6)
    kept = cut.removesuffix("...")
    assert pdf.shown(label).startswith(kept) and pdf.get_string_width(cut) <= whole * 0.6
    assert pdf.get_string_width(pdf.shown(label)[: len(kept) + 1] + "...") > whole * 0.6
    assert _shorten(pdf, label, 0) == "..."
    assert pdf.to_bytes()  # closes the files of its fonts


WORDS_OF_CELLS = (
    "plain words that wrap at blanks",
    "x" * 40,
    "one " + "i" * 60 + " W" * 9,
    "W" * 21 + "i" * 21,
    "a  b   c",
    "",
)


def test_each_line_of_a_cell_holds_as_much_as_fits() -> None:
    pdf = PdfDocument(TypesetJob("A title", "a footer", True, ()))
    pdf.set_text_shaping(False)
    measure = _Measure(pdf)
    for text, width in product(WORDS_OF_CELLS, (4.0, 11.0, 25.0)):
        lines = measure.break_text(text, width).lines
        if len(lines) < MOST_LINES:
            assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        for line, after in pairwise(lines):
            if after == _CUT:
                break
            assert measure._width(line) <= width or len(line) == 1
            more = f"{line}{after[0]}" if after and f"{line}{after[0]}" in text else f"{line} {after.split(' ')[0]}"
            assert measure._width(more) > width, "a letter or a word more has no room"
    for font in pdf.fonts.values():
        font.close()
