"""Sentences and labels that wrap beside or below values are no part of them."""

from __future__ import annotations

from tests.importers.test_esp_xml import of_kind
from tests.importers.test_le_pdf import section_a, written


def test_a_concluding_sentence_that_wraps_is_no_part_of_the_last_value() -> None:
    document = written(
        "CyberTipline Report 900000001",
        "Section A: x\nUploaded File Information\nFilename: a.png\nImage Categorization by ESP: A1\n"
        "This concludes Section A. The next sections were added automatic\nally.\nSection B: y\nDeconfliction\n900000042",
    )
    assert document.files[0].classification == "A1" and not document.not_understood
    assert document.prior_reports == ("900000042",)


def test_what_follows_a_concluding_sentence_under_a_label_is_read() -> None:
    document = written("CyberTipline Report 900000001", "Section A: x\nSuspect\nThis concludes Section A\nPhone: 0300 0000123")
    assert [i.value for i in of_kind(document, "phone")] == ["0300 0000123"]


def test_a_label_that_breaks_beside_its_value() -> None:
    document = section_a(
        *(
            "Suspect",
            "Home Email kite@mail.example (Verified 01-02-2026",
            "Address: 03:04:05 UTC)",
            "Screen/User kite_7",
            "Name:",
        ),
        *("Email Address: b@mail.example", "Address: 1 Harbour Road"),
    )
    assert [(i.kind, i.value, i.verified) for i in document.identifiers] == [
        ("email", "kite@mail.example", True),
        ("username", "kite_7", None),
        ("email", "b@mail.example", None),
        ("address", "1 Harbour Road", None),
    ]
    assert dict(document.identifiers[0].details)["verificationDate"] == "01-02-2026 03:04:05 UTC"
    assert not document.not_understood


def test_a_desk_in_the_column_beside_the_submitter_is_no_part_of_its_name() -> None:
    beside = "Kite Messenger\tLaw Enforcement Response Team"
    for heading in ("Submitter: Point of Contact for Law Enforcement:", "Submitter: Point of Contact for Law\nEnforcement:"):
        document = section_a(*heading.split("\n"), beside, "Email: le@kite.example", "Suspect", "Phone: 0300 0000123")
        assert document.esp == "Kite Messenger"
        assert any("Law Enforcement Response Team" in text.text for text in document.free_text)
