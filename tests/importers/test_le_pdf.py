from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importers.contract import QUICK, ImporterContract
from tests.importers.pdf_pages import ABROAD, AT_HOME, MD5, UUID, Pages, pdf, text_of
from tests.importers.test_esp_xml import facts, of_kind
from triage.errors import InputError
from triage.importers.base import NotAReport
from triage.importers.le_pdf import LePdfImporter
from triage.importers.pdf_labels import KNOWN
from triage.model.document import Document


def drawn(pages: Pages) -> Document:
    return LePdfImporter().read("b/r.pdf", pdf(pages), text_of)[0]


def written(*pages: str) -> Document:
    return LePdfImporter().read("b/r.pdf", b"", lambda _: pages)[0]


def section_a(*lines: str) -> Document:
    return written("CyberTipline Report 900000001", "\r\n".join(["Section A: x", *lines, "This concludes Section A"]))


def _plain(page: list[str | tuple[str, str]]) -> str:
    return "\r\n".join(line if isinstance(line, str) else " ".join(line) for line in page)


class TestContract(ImporterContract):
    importer = LePdfImporter()
    good = ("%PDF-1.7\f" + "\f".join(_plain(page) for page in ABROAD)).encode()
    name = "900000001.pdf"
    cell = staticmethod(lambda data: tuple(data.decode("utf-8", "replace").split("\f")[1:]))  # type: ignore[assignment]
    kept = (
        "brief overview", "Harbour Road", "legal@kite", "Amal K. Boats", "44", "Example Telecom", "900000042",
        "officer@police", "02-05-2026 06:07:08", "seen in a group", "900000009",
    )  # fmt: skip


def test_report_as_a_whole() -> None:
    document = drawn(ABROAD)
    assert (document.slot, document.numbers) == ("le_pdf", ("900000001",))
    assert (document.priority_code, document.designation, document.esp) == ("E", "auto-referred", "Kite Messenger, Inc.")
    assert document.received is not None and document.received.utc == "2026-02-03T04:05:06Z"
    assert document.incident_time is not None and document.incident_time.utc == "2026-02-01T10:11:12Z"
    assert document.incident_type == "Child Pornography (possession, manufacture, and distribution)"
    assert document.prior_reports == ("900000007", "900000008", "900000009", "900000042")
    stated = facts(document.facts)
    assert stated["ncmecIncidentType"] == "Apparent Child Pornography (Unconfirmed)"
    assert stated["chatImIncident.chatClient"] == "Kite"
    assert [n.path for n in document.not_understood] == ["page 3, Shoe Size"]


def test_people() -> None:
    document = drawn(ABROAD)
    assert [(p.role, p.says) for p in document.people] == [("suspect", "Suspect 1"), ("recipient", "Recipient 1")]
    own = facts(document.people[0].facts)
    assert (own["dateOfBirth"], own["approximateAge"], own["estimatedLocation"]) == ("1990-01-01", 36, "Lahore, PB, PK")
    phone, *_ = of_kind(document, "phone")
    assert (phone.verified, dict(phone.details)) == (True, {"type": "Mobile", "verificationDate": "01-02-2026 03:04:05 UTC"})
    assert [(i.value, i.verified) for i in of_kind(document, "email", "suspect")] == [
        ("Kite@mail.example.invalid", True),
        ("second@mail.example.invalid", None),
    ]
    assert of_kind(document, "email", "recipient") == []
    for kind, value in (("username", "kite_flyer"), ("display_name", "Kite One"), ("user_id", "100000000000077")):
        assert of_kind(document, kind)[0].value == value


def test_addresses_with_port_and_time_and_one_without() -> None:
    first, second, third, upload = of_kind(drawn(ABROAD), "ip")
    assert (first.value, first.port, first.event) == ("203.0.113.5", 40123, "Login")
    assert first.time is not None and first.time.utc == "2026-02-01T09:00:00Z"
    assert (second.normalised, second.time, second.event) == ("2001:db8::7", None, "Other")
    assert third.time is not None and third.time.utc == "2026-02-01T08:00:00Z"
    assert (upload.role, upload.event) == ("file", "Upload")


def test_files() -> None:
    file, other = drawn(ABROAD).files
    assert file.name == f"{UUID}.png"
    assert dict(file.declared) == {"md5": MD5}
    assert (file.viewed_by_esp, file.exif_viewed_by_esp, file.publicly_available) == (True, None, False)
    assert (file.classification, file.original_name) == ("A1", "IMG_1.png")
    assert (other.name, other.viewed_by_esp) == ("second.png", None)


def test_contacts_stay_outside() -> None:
    document = drawn(ABROAD)
    people_and_files = {i.value for i in document.identifiers if i.role != "reporter"}
    for contact in ("help@ncmec", "le@kite", "legal@kite", "officer@police", "555"):
        assert not any(contact in value for value in people_and_files)
    assert {i.role for i in document.identifiers if i.value == "boat@example.invalid"} == {"mentioned"}


def test_geo_lookup_meets_its_address_in_either_spelling() -> None:
    found = {i.normalised: dict(i.details).get("ncmecGeoCountry") for i in of_kind(drawn(ABROAD), "ip", "suspect")}
    assert found == {"203.0.113.5": "PK", "2001:db8::7": "PK", "203.0.113.6": None}
    assert "203.0.113.5 PK Punjab Lahore 54000 31.5/74.3 Example Telecom" in [f.value for f in drawn(ABROAD).facts]


def test_the_other_dialect() -> None:
    document = drawn(AT_HOME)
    assert (document.numbers, document.priority_code, document.esp) == (("900000002",), "1", "Boat Mail")
    assert [(p.role, p.says) for p in document.people] == [("suspect", "Suspect"), ("victim", "Victim")]
    assert {i.kind: i.value for i in document.identifiers} == {
        "phone": "0300 0000124",
        "email": "boat@mail.example.invalid",
        "url": "https://boats.example.invalid/u/8",
        "ip": "203.0.113.8",
    }
    assert document.not_understood == ()


def test_values_know_their_page() -> None:
    document = drawn(ABROAD)
    assert of_kind(document, "device")[0].sources[0].at == "page 3"
    assert document.files[0].sources[0].at == "page 4"
    assert document.files[0].sources[0].label == "Filename"


def test_a_time_of_the_next_item_is_not_taken() -> None:
    document = section_a(
        "Suspect", "IP Address: 203.0.113.5 (Login)", "Email Address: a@example.invalid", "01-02-2026 03:04:05 UTC"
    )
    assert of_kind(document, "ip")[0].time is None
    assert "01-02-2026 03:04:05 UTC" in repr(document.not_understood)


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["Filename: abc", "def.png"], "abcdef.png"),
        (["Filename:", "abc.png"], "abc.png"),
        (["Filename: abc\ufffedef.png"], "abc-def.png"),
        (["Filename: my summer", "holiday.png"], "my summer holiday.png"),
        (["Filename: abc-", "def.png"], "abc-def.png"),
    ],
)
def test_wrapped_names_are_joined_exactly(lines: list[str], name: str) -> None:
    document = section_a("Uploaded File Information", *lines, f"MD5: {MD5}")
    assert [(f.name, dict(f.declared)) for f in document.files] == [(name, {"md5": MD5})]


def test_other_wrapped_values() -> None:
    document = section_a(
        "Suspect 1",
        "Email Address: a.very.long.name@mail.exam",
        "ple.invalid",
        "(Verified)",
        "Profile URL: https://example.invalid/a\ufffeb",
        "IP Address: 2001:0db8:0000:0000:0000:",
        "0000:0000:0007 (Login)",
        "01-02-2026 03:04:05 UTC",
        "Name: Amal",
        "Kite",
    )
    assert {i.kind: i.value for i in document.identifiers} == {
        "email": "a.very.long.name@mail.example.invalid",
        "url": "https://example.invalid/a-b",
        "ip": "2001:0db8:0000:0000:0000:0000:0000:0007",
        "name": "Amal Kite",
    }
    assert of_kind(document, "email")[0].verified is True


def test_a_hyphen_as_a_whole_value_does_not_swallow_the_next_label() -> None:
    document = section_a("Suspect", "Display Name: \ufffeEmail Address: a@example.invalid")
    assert [i.value for i in of_kind(document, "email")] == ["a@example.invalid"]


def test_a_table_of_files_and_their_blocks_are_one() -> None:
    document = section_a(
        "Uploaded File Information", "Number of uploaded files: 2", "Filename MD5", f"a.png {MD5}", f"b b.png {'0' * 32}",
        "Filename: a.png", f"MD5: {MD5}", "Were entire contents of uploaded file publicly available? Yes",
    )  # fmt: skip
    assert [(f.name, f.publicly_available) for f in document.files] == [("a.png", True), ("b b.png", None)]
    assert document.not_understood == ()


def test_a_file_that_was_not_found_is_told() -> None:
    document = section_a("Uploaded File Information", "Number of uploaded files: 3", "Filename: a.png")
    assert [n.value for n in document.not_understood] == ["3 stated, 1 read"]


def test_a_provider_may_answer_in_the_text_of_the_file() -> None:
    document = section_a(
        "Uploaded File Information", "Filename: a.png", "Additional Information:", "Was File Reviewed by", "Company? No"
    )
    assert document.files[0].viewed_by_esp is False


def test_what_the_incident_says_under_unknown_labels_is_kept_and_mined() -> None:
    document = section_a("Incident Information", "Incident Type: x", "From: boat@example.invalid", "Subject: kites")
    assert {t.text for t in document.free_text if t.of == "incident"} == {"From: boat@example.invalid", "Subject: kites"}
    assert [i.role for i in of_kind(document, "email")] == ["mentioned"]


def test_running_heads_do_not_cut_a_block() -> None:
    head = "Section A: Reported Information"
    document = written(
        "CyberTipline Report 900000001",
        f"{head}\nIncident Information\nIncident Time: 01-02-2026 03:04:05 UTC\nSuspect\nName: Amal",
        f"{head}\nEmail Address: a@example.invalid\nThis concludes Section A\nCyberTipline Report 900000001 | Page 3",
    )
    assert [i.person for i in document.identifiers] == [0, 0]
    assert document.not_understood == ()


def test_pages_without_text_are_said_to_be_images() -> None:
    for pages in ((), ("", " \n"), ("\x0c",)):
        with pytest.raises(InputError, match="image only"):
            LePdfImporter().read("x.pdf", b"", lambda _, pages=pages: pages)


def test_another_pdf_is_no_report() -> None:
    with pytest.raises(NotAReport):
        written("A letter about boats and kites, long enough to be text.")


def test_without_a_cell_nothing_is_read() -> None:
    with pytest.raises(InputError):
        LePdfImporter().read("x.pdf", b"%PDF-1.7", None)


_LINES = st.one_of(
    st.sampled_from(
        [
            "Section A: x", "Section B: y", "This concludes Section A", "Suspect 1", "Victim", "Uploaded File Information",
            "Incident Information", "Port: 443", "01-02-2026 03:04:05 UTC", "99-99-2026 03:04:05 UTC", "IP Address",
            "IP Address: 203.0.113.5 (Login)", "Filename MD5", "Filename: a", "Did Reporting ESP view it? Maybe", "\ufffe",
            "Contents", "Additional Information", "Deconfliction", "Geo-Lookup (Suspect)", "203.0.113.5 PK x", f"a {MD5}",
        ]
    ),
    st.builds(lambda label, value: f"{label}: {value}", st.sampled_from(sorted(KNOWN)), st.text(max_size=8)),
    st.text(max_size=30),
)  # fmt: skip


@QUICK
@given(st.lists(st.lists(_LINES, max_size=25), max_size=4))
def test_any_lines_are_read(pages: list[list[str]]) -> None:
    written("CyberTipline Report 900000001 and words enough to be a page", *("\n".join(page) for page in pages))


_PARTS = ["A ", "Suspect\n", "a: ", "Yes ", "Did it ", "(", "1-", "0 ", "\ufffe", "203.0.113.5 PK\n", "Name:\n"]
_PARTS += ["Section A: x\n", "Section A\nSection B\n", "Geo-Lookup (" + "a " * 40, "x" + " " * 900]
_PARTS += [f"a {MD5}\n", "Filename: a\n", "IP Address: 203.0.113.5\n"]


@pytest.mark.parametrize("part", _PARTS)
def test_long_hostile_text_is_read_in_linear_time(part: str) -> None:
    section_a("Suspect", "Profile URL: x", *[part.strip() or "x"] * 6_000, "Uploaded File Information")
    section_a("Suspect", part * 6_000, "Uploaded File Information", "Filename: a", part * 6_000)


def _lines(*section_a: str) -> Document:
    page = "\r\n".join(("CyberTipline Report 900000001", "Section A: Reported Information", *section_a))
    return LePdfImporter().read("b/r.pdf", b"", lambda _: (page,))[0]


def test_a_narrow_column_breaks_the_type_of_a_capture() -> None:
    document = _lines(
        "Suspect",
        "Source Information:",
        "Type Value Event Date/Time",
        *("IP", "Address", "2001:0db8:1111:2222:333", "3:4444:5555:6666 Login", "09-03-2026 10:00:00", "UTC"),
        *("IP", "Address 198.51.100.7 Upload", "09-04-2026 10:00:00", "UTC"),
    )
    assert [(i.kind, i.normalised, i.event, i.time and (i.time.utc, i.time.zone)) for i in document.identifiers] == [
        ("ip", "2001:db8:1111:2222:3333:4444:5555:6666", "Login", ("2026-09-03T10:00:00Z", "stated")),
        ("ip", "198.51.100.7", "Upload", ("2026-09-04T10:00:00Z", "stated")),
    ]
    assert not document.not_understood


@pytest.mark.parametrize(("answer", "viewed"), [("Yes", True), ("No", False), ("(Information Not Provided by Company)", None)])
@pytest.mark.parametrize("label", ["File Viewed by Reporting ESP", "File Viewed by ESP"])
def test_older_words_for_viewed(label: str, answer: str, viewed: bool | None) -> None:
    document = _lines("Uploaded File Information", "Filename: a.png", f"MD5: {'0' * 32}", f"{label}: {answer}")
    assert document.files[0].viewed_by_esp is viewed and not document.not_understood


def test_the_heading_of_the_other_column() -> None:
    assert _lines("Submitter:", "Point of Contact for Law Enforcement:", "Kite, Inc. Email: le@kite.example").esp == "Kite, Inc."
    assert _lines(
        "Submitter:", "Point of Contact for Law", "Enforcement:", "Kite, Inc.", "Suspect", "MAC: 00:11:22:33:44:55"
    ).esp == ("Kite, Inc.")


def test_a_class_with_a_remark() -> None:
    document = _lines(
        "Uploaded File Information", "Filename: a.png", "Image Categorization by ESP: A2 (See Section B for further explanation)"
    )
    assert document.files[0].classification == "A2"
    assert [n.value for n in document.not_understood] == ["(See Section B for further explanation)"]


def test_a_narrow_column_breaks_labels() -> None:
    document = _lines(
        *("Suspect", "Email", "Address: kite@mail.example.invalid", "ESP User", "ID:", "u-1"),
        *("Uploaded File Information", "Filename: a.png", "Were entire contents of uploaded file publicly", "available? No"),
        *("Image", "Categorization", "by ESP:", "B1"),
    )
    assert [(i.kind, i.value) for i in document.identifiers] == [("email", "kite@mail.example.invalid"), ("user_id", "u-1")]
    (file,) = document.files
    assert file.classification == "B1" and file.publicly_available is False and not document.not_understood


def test_devices_under_labels_of_other_makers() -> None:
    document = _lines("Suspect", "Device UUID: aa-1", "Push Token: bb-2", "Device ID: Net of kites (SSID)", "Device Type: phone")
    assert [(i.value, dict(i.details)["idType"]) for i in of_kind(document, "device")] == [
        ("aa-1", "Device UUID"), ("bb-2", "Push Token"), ("Net of kites", "SSID"),
    ]  # fmt: skip
    assert [n.path for n in document.not_understood] == ["page 1, Device Type"]


def test_pages_under_their_label_below_it_and_of_other_schemes() -> None:
    long = "https://example.invalid/" + "p" * 60
    document = _lines(
        *("Incident Information", "Webpage/URL", "URL: https://example.invalid/1", "Chat/IM", "Chat Service/IM Client: Kite"),
        *("Suspect", "Profile URL:", long, "pppp", "Profile URL tg://resolve?domain=kite", "Profile URL social.example/kite"),
    )
    assert [(i.role, i.value) for i in of_kind(document, "url")] == [
        ("incident", "https://example.invalid/1"),
        ("suspect", long + "pppp"),
        ("suspect", "tg://resolve?domain=kite"),
        ("suspect", "social.example/kite"),
    ]


def test_a_table_of_files_whose_names_wrapped() -> None:
    long = "l" * 80
    document = _lines(
        *(
            "Uploaded File Information",
            "Filename MD5",
            f"{long}_1",
            f"2.heic {'0' * 32}",
            f"{long}.mp4",
            "1" * 32,
            f"a b.png {'2' * 32}",
        ),
        *(f"Filename: {long}_12.heic", f"MD5: {'0' * 32}"),
    )
    assert [(f.name, f.declared) for f in document.files] == [
        (f"{long}_12.heic", (("md5", "0" * 32),)), (f"{long}.mp4", (("md5", "1" * 32),)), ("a b.png", (("md5", "2" * 32),)),
    ]  # fmt: skip


def test_a_blank_inside_quotes_and_marks_is_where_a_value_wraps() -> None:
    document = _lines(
        *(
            "Suspect # 1",
            "Phone: +92 300",
            "0000123 (Verified)",
            "Email: kite@mail.exam",
            "ple (Verified 01-05-2026",
            "10:00:00 UTC)",
            'Email Address: "odd kite',
            '20014"@mail.example (Verified)',
            "Device ID: aa-1 (Android",
            "ID)",
        ),
        *("Profile URL: https://kite.example/", "x_(2003)", "IP Address: 2001:db8::1", "(Login) 01-05-2026 10:00:00 UTC"),
    )
    assert [(i.kind, i.value, i.verified, i.event) for i in document.identifiers] == [
        ("phone", "+92 300 0000123", True, None),
        ("email", "kite@mail.example", True, None),
        ("email", '"odd kite 20014"@mail.example', True, None),
        ("device", "aa-1", None, None),
        ("url", "https://kite.example/x_(2003)", None, None),
        ("ip", "2001:db8::1", None, "Login"),
    ]
    assert document.identifiers[-1].time is not None and not document.not_understood


def test_an_escalation_is_one_and_ends_the_type_above() -> None:
    document = _lines("Incident Information", "Incident Type: Kites", "Escalate to High", "Priority: a child is", "in danger")
    assert (document.incident_type, document.escalation) == ("Kites", "a child is\nin danger")
    assert [t.text for t in document.free_text if t.of == "incident"] == ["a child is\nin danger"]
    assert _lines("Incident Information", "Escalate to High Priority: Information Not Provided").escalation is None
    assert _lines("Incident Information", "Escalate to High Priority: Not applicable").escalation is None
