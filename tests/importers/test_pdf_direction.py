"""The lines are as PDFium gives them for a page that prints what stands beside them."""

from __future__ import annotations

import pytest

from tests.importers.test_esp_xml import of_kind
from tests.importers.test_le_pdf import section_a
from triage.importers.pdf_direction import to_reading_order

LABELS = ("Name:", "Display Name:", "Screen/User Name:")


def begins(line: str) -> bool:
    return line.startswith(LABELS)


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        ("Name: محمد", "Name: محمد"),
        ("محمد علی :Name", "Name: محمد علی"),
        ("محمد علی خان صاحب :Name User/Screen", "Screen/User Name: محمد علی خان صاحب"),
        ("Display Name: علی محمد", "Display Name: محمد علی"),
        ("Display Name: صدیقہ عائشہ سیدہ) Verified)", "Display Name: سیدہ عائشہ صدیقہ (Verified)"),
        ("Display Name: (رضا علی(", "Display Name: (علی رضا)"),
        ("Screen/User Name: ali رضا علی bob", "Screen/User Name: ali علی رضا bob"),
        ("Display Name: علی 5 محمد", "Display Name: محمد 5 علی"),
        ("Name: علی ali", "Name: علی ali"),
        ("یہ ایک رپورٹ ہے", "یہ ایک رپورٹ ہے"),
        ("اس نے Facebook پر لکھا", "اس نے Facebook پر لکھا"),
        ("Name: Ali (Verified)", "Name: Ali (Verified)"),
    ],
)
def test_lines_are_read_as_they_are_printed(given: str, printed: str) -> None:
    assert to_reading_order(given, begins) == printed


def test_an_urdu_name_of_two_words_is_a_name() -> None:
    document = section_a(
        "Suspect", "محمد علی :Name", "Display Name: خان علی) Verified)", "Email Address: kite@mail.example.invalid"
    )
    assert [i.value for i in of_kind(document, "name")] == ["محمد علی"]
    assert [i.value for i in of_kind(document, "display_name")] == ["علی خان"]
    assert not document.not_understood
