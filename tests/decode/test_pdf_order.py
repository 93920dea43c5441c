"""Pages whose columns are drawn one after the other are read row by row."""

from __future__ import annotations

from fpdf import FPDF
from pypdfium2 import PdfDocument

from triage.decode.sandbox import pdf_decoding

_ROWS = [
    (["Name:"], ["Ayesha Example"]),
    (["Did Reporting ESP view entire", "contents of uploaded file?"], ["Yes"]),
    (["Filename:"], ["first-", "second.jpg"]),
    (["IP Address:"], ["203.0.113.5 (Login)", "Port: 443", "01-05-2026 10:00:00 UTC"]),
]


def _drawn(rotation: int = 0) -> PdfDocument:
    page = FPDF(unit="pt", format="A4")
    page.add_page()
    page.set_font("Helvetica", size=10)
    for column, x in ((0, 60.0), (1, 300.0)):
        y = 100.0
        for row in _ROWS:
            for n, line in enumerate(row[column]):
                page.text(x, y + 12 * n, line)
            y += 12 * max(map(len, row)) + 8
    document = PdfDocument(bytes(page.output()))
    document[0].set_rotation(rotation)
    return document


def test_labels_and_values_of_separate_columns_meet_in_their_rows() -> None:
    lines = pdf_decoding._extract_page_text(_drawn(), 0).splitlines()
    assert lines == [
        "Name: Ayesha Example",
        "Did Reporting ESP view entire",
        "contents of uploaded file? Yes",
        "Filename: first-\ufffesecond.jpg".replace("-\ufffe", "\ufffe"),
        "IP Address: 203.0.113.5 (Login)",
        "Port: 443",
        "01-05-2026 10:00:00 UTC",
    ]


def test_a_turned_page_stays_as_it_was_drawn() -> None:
    assert "Ayesha Example" in pdf_decoding._extract_page_text(_drawn(90), 0)


def test_a_page_with_its_values_behind_the_labels_is_not_looked_at_again() -> None:
    from triage.decode.sandbox.pdf_order import is_drawn_by_columns

    assert not is_drawn_by_columns("Name: Ayesha\r\nSource Information:\r\nType Value\r\nPort: 443\r\n")


_HEADING = ("Submitter:", "Point of Contact for Law Enforcement:")
_BESIDE = ("Kite Messenger", "Law Enforcement Response Team")


def _with_submitter(*columns: tuple[tuple[str, float, float], ...]) -> str:
    page = FPDF(unit="pt", format="A4")
    page.add_page()
    page.set_font("Helvetica", size=10)
    for text, x, y in (each for column in columns for each in column):
        page.text(x, y, text)
    return pdf_decoding._extract_page_text(PdfDocument(bytes(page.output())), 0)


def test_a_desk_beside_the_submitter_stands_apart_from_it() -> None:
    rows = [((left, 60.0, y), (right, 200.0, y)) for (left, right), y in ((_HEADING, 100.0), (_BESIDE, 114.0))]
    text = _with_submitter(*rows, (("Some words of a sentence that is as wide as the page and goes on", 60.0, 128.0),))
    assert text.splitlines()[1] == "\t".join(_BESIDE) and text.count("\t") == 1


def test_a_desk_stands_apart_on_a_page_that_was_drawn_by_columns() -> None:
    left = (
        ("Submitter:", 60.0, 100.0),
        ("Kite Messenger", 60.0, 114.0),
        *((f"Label {n}:", 60.0, 120.0 + 20 * n) for n in range(1, 6)),
    )
    right = (
        (_HEADING[1], 200.0, 100.0),
        (_BESIDE[1], 200.0, 114.0),
        *((f"value {n}", 200.0, 120.0 + 20 * n) for n in range(1, 6)),
    )
    lines = _with_submitter(left, right).splitlines()
    assert lines[:3] == [" ".join(_HEADING), "\t".join(_BESIDE), "Label 1: value 1"]
