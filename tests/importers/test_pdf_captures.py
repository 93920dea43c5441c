from __future__ import annotations

import pytest

from tests.importers.test_esp_xml import of_kind
from tests.importers.test_le_pdf import MD5, section_a, written
from triage.importers import pdf_captures

WHEN = "2026-01-05T10:00:00Z"


@pytest.mark.parametrize(
    "lines",
    [
        ["IP Address 2001:db8:1:2:3:4:5:67 Upload 01-05-2026 10:00:00 UTC"],
        ["IP Address 2001:db8:1:2:3:4:5:67 Upload 01-05-2026 10:00:00", "UTC"],
        ["IP Address 2001:db8:1:2:3:4:5:67", "Upload 01-05-2026 10:00:00 UTC"],
        ["IP Address 2001:db8:1:2:3:4:5:67", "Upload 01-05-2026", "10:00:00 UTC"],
        ["IP Address 2001:db8:1:2:3:4:", "5:67", "Upload 01-05-2026 10:00:00", "UTC"],
        ["IP Address 2001:db8:1:2:3:4: Upload 01-05-2026", "5:67 10:00:00 UTC"],
        ["IP Address 2001:db8:1: Upload 01-05-2026 10:00:00", "2:3:4: UTC", "5:67"],
        ["IP Address 2001:db8:1:2:3:4:5:6 Upload 01-05-2026 10:00:00 UTC", "7"],
        ["IP Address 2001:db8:1:2:3:4:5:67 Upload 01-05-20", "26 10:00:00 UTC"],
        ["IP Address 2001:db8:1:2:3:4:5:67 Upload 01-05-2026 10:0", "0:00 UTC"],
    ],
)
def test_wrapped_rows_of_addresses(lines: list[str]) -> None:
    document = section_a("Suspect", "Source Information:", "Type Value Event Date/Time", *lines, "Name: Kite")
    (found,) = of_kind(document, "ip")
    assert (found.value, found.event) == ("2001:db8:1:2:3:4:5:67", "Upload")
    assert found.time is not None and found.time.utc == WHEN
    assert not document.not_understood


def test_a_short_form_that_looks_whole_is_joined_with_its_end() -> None:
    document = section_a(
        "Suspect", "IP Address 2001:db8::3:4 Login 01-05-2026", "5:6 10:00:00 UTC", "IP Address 2001:db8::1", "4d"
    )
    assert [i.value for i in of_kind(document, "ip")] == ["2001:db8::3:45:6", "2001:db8::14d"]


def test_the_clock_below_a_day_is_no_piece_of_an_address() -> None:
    (found,) = of_kind(section_a("Suspect", "IP Address 2001:db8::5 Login 01-05-2026", "10:00:00 UTC"), "ip")
    assert (found.value, found.time and found.time.utc) == ("2001:db8::5", WHEN)


@pytest.mark.parametrize(
    "lines",
    [
        ["Profile URL https://a.example.invalid/kite?n=1 Other 01-05-2026 10:00:00 UTC"],
        ["Profile URL https://a.example.invalid/kite?n=1", "Other 01-05-2026 10:00:00", "UTC"],
        ["Profile URL https://a.example Other 01-05-2026 10:00:00", ".invalid/ki UTC", "te?n=1"],
        ["URL: https://a.example.invalid/kite?n=1 Other 01-05-2026", "10:00:00 UTC"],
        ["URL: https://a.example.invalid/kite?n=1 Other 01-05-2026 1", "0:00:00 UTC"],
    ],
)
def test_rows_of_addresses_of_pages(lines: list[str]) -> None:
    document = section_a("Suspect", *lines, "Name: Kite")
    (found,) = of_kind(document, "url")
    assert (found.value, found.event, found.time and found.time.utc) == ("https://a.example.invalid/kite?n=1", "Other", WHEN)
    assert not document.not_understood


def test_text_of_a_file_ends_where_its_table_or_questions_begin() -> None:
    document = section_a(
        "Uploaded File Information",
        "Filename: a.png",
        "Original Filename Associated with File: IMG_1.png",
        f"MD5: {MD5}",
        "Additional Information:",
        "Seen by chance. Was it so?",
        "Source Information:",
        "Type Value Event Date/Time",
        "IP Address 203.0.113.5 Upload 01-05-2026 10:00:00 UTC",
        "Additional Information: more",
        "Did Reporting ESP view entire contents of uploaded file? No",
    )
    (file,) = document.files
    assert (file.name, file.original_name, file.viewed_by_esp) == ("a.png", "IMG_1.png", False)
    assert [(i.value, i.role) for i in of_kind(document, "ip")] == [("203.0.113.5", "file")]
    assert [t.text for t in document.free_text if t.of == "file"] == ["Seen by chance. Was it so?", "more"]


def test_company_beside_the_contact_in_two_columns() -> None:
    head = ["Reporting Electronic Service Provider (ESP)", "Submitter: Point of Contact for Law Enforcement:"]
    assert section_a(*head, "Kite Post Email: desk@kite.example.invalid", "Business Address:").esp == "Kite Post"
    assert section_a(*head, "Email: desk@kite.example.invalid", "Business Address:", "1 Road").esp is None


def test_the_primary_type_stands_in_for_a_missing_one() -> None:
    assert section_a("Incident Information", "Primary Incident Type: Kites").incident_type == "Kites"
    both = section_a("Incident Information", "Primary Incident Type: Kites", "Incident Type: Boats")
    assert both.incident_type == "Boats"


def test_a_number_at_the_edge_of_a_page_that_is_no_page_number_stays() -> None:
    pages = [
        "CyberTipline Report 900000001",
        "Section A: x\r\nSuspect\r\nIP Address 2001:db8::1:",
        "6541\r\nName: Kite\r\nThis concludes Section A",
    ]
    assert [i.value for i in of_kind(written(*pages), "ip")] == ["2001:db8::1:6541"]


@pytest.mark.parametrize(
    "lines",
    [
        ["IP Address: 203.0.113.5 (Login) Port: 40123 01-05-2026 10:00:00 UTC"],
        ["IP Address: 203.0.113.5 (Login) Port:", "40123 01-05-2026 10:00:00 UTC"],
        ["IP Address: 203.0.113.5 (Login) Port: 40123", "01-05-2026 10:00:00 UTC"],
        ["IP Address: 203.0.113.5 (Login) 01-05-2026 10:00:00 UTC, Port: 40123"],
        ["IP Address: 203.0.113.5 (Login)", "Port: 40123 01-05-2026 10:00:00 UTC"],
        ["IP Address: 203.0.113.5:40123 (Login)", "01-05-2026 10:00:00 UTC"],
        ["IP Address: 203.0.113.5:40123 (Login)", "Port: (Information Not Provided)", "01-05-2026 10:00:00 UTC"],
    ],
)
def test_where_a_port_may_stand(lines: list[str]) -> None:
    (found,) = of_kind(section_a("Suspect", *lines, "Name: Kite"), "ip")
    assert (found.value, found.event, found.port) == ("203.0.113.5", "Login", 40_123)
    assert found.time is not None and found.time.utc == WHEN


def test_a_port_in_brackets_and_an_address_that_ends_as_one() -> None:
    document = section_a("Suspect", "IP Address: [2001:db8::1]:443 (Login)", "IP Address: 2001:db8::443 (Login)")
    assert [(i.value, i.port) for i in of_kind(document, "ip")] == [("2001:db8::1", 443), ("2001:db8::443", None)]


def test_an_event_that_a_narrow_column_broke() -> None:
    lines = ("IP", "Address", "2001:db8:1:2:3:4", ":5:67", "Unknow", "n", "01-05-2026 10:00:00", "UTC")
    (found,) = of_kind(section_a("Suspect", "Source Information:", *lines), "ip")
    assert (found.value, found.event, found.time and found.time.utc) == ("2001:db8:1:2:3:4:5:67", "Unknown", WHEN)


def test_long_rows_are_not_remembered() -> None:
    for recall, match in (
        (pdf_captures._recall_address, pdf_captures._match_address),
        (pdf_captures._recall_date, pdf_captures._match_date),
    ):
        before = recall.cache_info().currsize
        assert match("203.0.113.5 " + "?" * 200) is None
        assert recall.cache_info().currsize == before
