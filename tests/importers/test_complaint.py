"""Complaints and own cases: every stated word is found again, under a number of its own that nobody beside it takes over."""

from __future__ import annotations

import json

import pytest

from tests.importers.contract import ImporterContract
from triage.errors import InputError
from triage.importers.complaint import ComplaintImporter
from triage.importers.esp_xml import EspXmlImporter
from triage.importers.forms import make_report_number
from triage.importers.levels import group_documents
from triage.importers.merge import merge_documents
from triage.importers.own_cases import OwnCasesImporter
from triage.importers.registry import classify

FORM = {
    "complaintNumber": "17/2026",
    "channel": "helpline 1799",
    "office": "LHR",
    "received": "2026-10-02T09:30:00+05:00",
    "verification": "verified",
    "familyWishes": "No visit at home.",
    "relatedReports": ["900000001"],
    "complainant": {"name": "A. Example", "phones": ["0300 0000123"], "relationToChild": "mother"},
    "child": {"age": 13, "accounts": [{"platform": "Lantern Chat", "username": "little_kite"}]},
    "reportedAccounts": [
        {
            "platform": "Lantern Chat",
            "username": "kite_flyer",
            "phone": "+92 300 0000777",
            "emails": [{"value": "k@mail.example.invalid"}],
        }
    ],
    "files": [{"name": "a.jpg", "md5": "0CC175B9C0F1B6A831C399E269772661", "description": "what was sent"}],
    "description": "Called from +92 300 0000888.",
    "weather": "rain",
}
TABLE = """Complaint number;Channel;Received;Verification;Family wishes;Complainant name;Complainant phone;Relation to child;\
Child age;Child platform;Child username;Account platform;Account username;Account phone;File MD5;Description;Colour
17/2026;helpline 1991;2026-10-02T09:30:00+05:00;verified;No visit;A. Example;"0300 0000123; 0300 0000124";mother;13;Lantern Chat;\
little_kite;Lantern Chat;kite_flyer;+92 300 0000777;0cc175b9c0f1b6a831c399e269772661;"Two
lines";green
17/2026;helpline 1991;;;;A. Example;"0300 0000123; 0300 0000124";mother;;;;Other Place;kite_flyer2;;;;
18/2026;walk-in;;not verified;;B. Example;;;;;;;nobody_else;;;;
"""
CASES = """case number,kind,value,role,platform,note
12/2026,phone,+92 300 0000777,,,seized in March
12/2026,imei,490154203237518,,,
12/2026,md5,0CC175B9C0F1B6A831C399E269772661,,,
13/2026,username,Kite_Flyer,suspect,Lantern Chat,
13/2026,shoe size,44,,,
,phone,+92 300 0000999,,,
"""


class TestComplaintJson(ImporterContract):
    importer = ComplaintImporter()
    good = json.dumps([FORM]).encode()
    name = "complaint.json"
    kept = (
        "17/2026", "helpline 1799", "LHR", "verified", "No visit", "900000001", "A. Example", "0300 0000123", "mother",
        "little_kite", "kite_flyer", "k@mail.example.invalid", "what was sent", "+923000000888", "rain",
    )  # fmt: skip


class TestComplaintTable(ImporterContract):
    importer = ComplaintImporter()
    good = TABLE.encode()
    name = "complaints.csv"
    kept = (
        "helpline 1991",
        "No visit",
        "0300 0000124",
        "mother",
        "little_kite",
        "kite_flyer2",
        "Two\\nlines",
        "nobody_else",
        "green",
    )


class TestOwnCases(ImporterContract):
    importer = OwnCasesImporter()
    good = CASES.encode()
    name = "cases.csv"
    kept = ("12/2026", "+923000000777", "490154203237518", "0cc175b9c0f1b6a831c399e269772661", "kite_flyer", "Lantern Chat",
            "seized in March", "shoe size", "0000999")  # fmt: skip


def test_whose_an_identifier_is() -> None:
    (document,) = ComplaintImporter().read("c.json", json.dumps(FORM).encode(), None)
    roles = {i.value: i.role for i in document.identifiers}
    assert roles["0300 0000123"] == "complainant"
    assert roles["little_kite"] == "victim"
    assert roles["kite_flyer"] == "suspect"
    assert roles["+92 300 0000888"] == "mentioned"
    assert [p.says for p in document.people] == ["complainant", "child", "reportedAccount"]
    assert document.numbers == ("C-17-2026",)
    assert document.prior_reports == ("900000001",)


def test_the_agency_received_it() -> None:
    (document,) = ComplaintImporter().read("c.json", json.dumps(FORM).encode(), None)
    report = merge_documents([document], ())
    assert report.received is not None and not report.from_tipline


def test_rows_of_one_number_are_one_complaint_and_say_a_thing_once() -> None:
    first, second = ComplaintImporter().read("c.csv", TABLE.encode(), None)
    assert (first.slot, second.slot) == ("complaint/17-2026", "complaint/18-2026")
    assert [p.says for p in first.people] == ["complainant", "child", "reportedAccount", "reportedAccount"]
    assert [i.value for i in first.identifiers if i.kind == "phone" and i.role == "complainant"] == [
        "0300 0000123",
        "0300 0000124",
    ]
    assert first.received is not None and first.received.utc == "2026-10-02T04:30:00Z"


def test_json_and_table_say_the_same() -> None:
    (of_json,) = ComplaintImporter().read("c.json", json.dumps(FORM).encode(), None)
    of_table = ComplaintImporter().read("c.csv", TABLE.encode(), None)[0]

    def accounts(document: object) -> set[tuple[object, ...]]:
        return {(i.kind, i.normalised, i.role, i.details) for i in document.identifiers if i.kind == "username"}  # type: ignore[attr-defined]

    assert accounts(of_json) <= accounts(of_table)
    assert of_json.files[0].declared == of_table.files[0].declared


@pytest.mark.parametrize("name", ["known.csv", "chat.json", "table.csv"])
def test_other_tables_are_none_of_ours(name: str) -> None:
    for data in (b"MD5,SHA1\n", b"case,colour\n1,2\n", b'{"number": 1}', b"complaint number,weather\n1,rain\n"):
        assert isinstance(classify(name, data), str)


def test_a_table_of_endless_columns_is_refused() -> None:
    with pytest.raises(InputError, match="more columns"):
        OwnCasesImporter().read("b/cases.csv", b"case number,kind,value" + b"," * 200_000 + b"\nK-1,phone,0300", None)


def test_the_tip_beside_a_complaint_keeps_its_own_number() -> None:
    xml = (
        b"<?xml version='1.0'?><report><incidentSummary><incidentType>Child Pornography</incidentType></incidentSummary></report>"
    )
    tip = EspXmlImporter().read("in/report.xml", xml, None)
    complaint = ComplaintImporter().read("in/complaint.json", json.dumps(FORM).encode(), None)
    drafts = group_documents([(document, "in") for document in (*tip, *complaint)])
    assert sorted(draft.number or "" for draft in drafts) == ["", "C-17-2026"]
    assert all(len(draft.documents) == 1 for draft in drafts)


@pytest.mark.parametrize(
    ("stated", "number"), [("12/2026", "C-12-2026"), ("۱۲/2026", "C-12-2026"), (7, "C-7"), ("FIR no. 3 (KHI)", "C-FIR-no.-3-KHI")]
)
def test_numbers_are_safe_words(stated: str | int, number: str) -> None:
    assert make_report_number("C", stated) == number


@pytest.mark.parametrize("stated", ["", "/", "؟", "1" * 61])
def test_a_number_that_can_not_be_one_is_refused(stated: str) -> None:
    with pytest.raises(InputError):
        make_report_number("C", stated)


def test_excels_line_about_the_delimiter_is_no_header() -> None:
    data = b"\xef\xbb\xbfsep=;\r\nComplaint number;Account username\r\n17/2026;kite_flyer\r\n"
    assert ComplaintImporter().detect("c.csv", data)
    (document,) = ComplaintImporter().read("c.csv", data, None)
    assert document.numbers == ("C-17-2026",) and [i.value for i in document.identifiers] == ["kite_flyer"]
