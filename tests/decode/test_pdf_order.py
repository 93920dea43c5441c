"""Pages whose columns are drawn one after the other are read row by row."""

from __future__ import annotations

from fpdf import FPDF
from pypdfium2 import PdfDocument

from triage.decode.cell import pdf

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
    lines = pdf._page_text(_drawn(), 0).splitlines()
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
    assert "Ayesha Example" in pdf._page_text(_drawn(90), 0)


def test_a_page_with_its_values_behind_the_labels_is_not_looked_at_again() -> None:
    from triage.decode.cell.pdf_order import drawn_by_columns

    assert not drawn_by_columns("Name: Ayesha\r\nSource Information:\r\nType Value\r\nPort: 443\r\n")
