from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importers.contract import QUICK, ImporterContract
from tests.importers.schema import SHARED
from tests.importers.test_esp_xml import facts, of_kind
from triage.errors import InputError
from triage.importers.base import RefusedParts
from triage.importers.le_json import LeJsonImporter
from triage.model.document import Document

PERSON: dict[str, Any] = {
    "firstName": "Amal",
    "middleName": None,
    "lastName": "Kite",
    "dateOfBirth": "1990-01-01",
    "approximateAge": 36,
    "accessToChildren": "Yes, teaches",
    "accessToChildVictim": "N/A",
    "convictedSexOffender": True,
    "espService": "Kite Messenger",
    "espUserId": "u-77",
    "screenName": {"value": "Kite_Flyer"},
    "emails": {"emails": [{"value": "Kite@mail.example.invalid", "verified": "Verified"}, None, {"value": None}]},
    "phones": {"phones": [{"value": "0300-0000123", "verified": False, "type": "Mobile"}]},
    "addresses": {"addresses": [{"street1": "1 Canal Road", "city": "Lahore", "country": "PK", "plot": "7b"}]},
    "languages": ["Urdu", "English"],
    "races": "N/A",
    "displayName": "Kite One",
    "profileUrl": "https://Kites.example.invalid/u/77",
    "deviceIds": [{"idType": "IMEI", "idValue": "490154203237518"}],
    "priorReports": ["900000007"],
    "estimatedLocation": {"city": "Lahore", "countryCode": "PK"},
    "additionalInformations": [{"value": "Location: Lahore"}],
    "ipAddress": "203.0.113.99",
    "sourceInformation": {
        "sourceCaptures": [
            {
                "captureType": "IP Address",
                "value": "203.0.113.7",
                "eventName": "Login",
                "dateTime": "2026-01-04T18:59:00Z",
                "port": "443",
            },
            {"captureType": "Something", "value": "2001:db8:0:0::7", "eventName": None, "dateTime": None, "port": 65},
            {"captureType": "Last IP", "value": "not an address", "mood": "blue"},
            {"captureType": "URL", "value": "www.example.invalid/x"},
            {"captureType": "User Agent", "value": "Kite/1.0"},
        ]
    },
    "newKey": {"kept": [1, 2]},
}
FILE: dict[str, Any] = {
    "filename": "0001.png",
    "originalFilename": "IMG.png",
    "submittalId": "s-1",
    "verificationHash": "e07db0b27893a41573453510ee2dceed",
    "viewedByEsp": None,
    "exifViewedByEsp": False,
    "publiclyAvailable": "true",
    "industryClassification": "B1",
    "ncmecTags": {"groups": [{"tags": [{"value": "Infant"}, {"value": "Series"}]}, {"tags": [{"value": "Meme"}]}]},
    "espMetadata": {"metadatas": [{"name": "Camera", "value": "Kitecam"}]},
    "originalFileHashes": [{"hashType": "SHA-256", "value": "ab" * 32}],
    "sourceInformation": {
        "sourceCaptures": [
            {"captureType": "IP Address", "value": "203.0.113.8", "eventName": "Login", "dateTime": "2026-01-04T10:00:00Z"},
            {"captureType": "IP Address", "value": "203.0.113.7", "eventName": "UPLOAD", "dateTime": "2026-01-04T19:00:00Z"},
        ]
    },
    "additionalInformations": [{"value": "seen in a group"}],
}
INFORMATION: dict[str, Any] = {
    "reportingEsp": {"espName": "Imgur", "lastName": "Microsoft BingImage"},
    "incidentSummary": {
        "incidentType": "Child Sexual Molestation",
        "incidentDateTime": "2026-01-04T19:00:00Z",
        "incidentDateTimeDescription": "upload time",
    },
    "incidentDetails": {
        "webpageIncident": [
            {"sourceInformation": {"sourceCaptures": [{"captureType": "URL", "value": "https://example.invalid/a"}]}}
        ],
        "emailIncident": [{"contents": [{"value": "From: boat@example.invalid\nTo: kite@mail.example.invalid"}]}],
        "chatIncident": {"chatClient": "Kite", "surprise": "strange"},
    },
    "reportedPeople": {"reportedPersons": [PERSON]},
    "intendedRecipients": {"intendedRecipients": [{"screenName": "lantern"}]},
    "childVictims": {"childVictims": [{"approximateAge": "13"}]},
    "uploadedFiles": {"uploadedFiles": [FILE]},
    "additionalInformations": [{"value": "call 0092 300 0000456"}],
}
WHOLE: dict[str, Any] = {"reportId": 900000001, "dateReceived": "2026-01-05T08:00:00Z", "reportedInformation": INFORMATION}


def read(node: object) -> Document:
    return LeJsonImporter().read("b/r.json", json.dumps(node).encode(), None)[0]


def inside(**information: object) -> Document:
    return read({"reportId": "900000001", "reportedInformation": {**INFORMATION, **information}})


class TestContract(ImporterContract):
    importer = LeJsonImporter()
    good = json.dumps(WHOLE).encode()
    name = "900000001.json"
    kept = (
        "BingImage",
        "strange",
        "Kite/1.0",
        '{"kept":[1,2]}',
        "7b",
        "blue",
        "Yes, teaches",
        "Series",
        "Meme",
        "seen in a group",
    )


def test_report_as_a_whole() -> None:
    document = read(WHOLE)
    assert (document.slot, document.numbers, document.esp) == ("le_json", ("900000001",), "Imgur")
    assert document.received is not None and document.received.utc == "2026-01-05T08:00:00Z"
    assert document.incident_type == "Child Sexual Molestation"
    assert document.prior_reports == ("900000007",)
    assert (document.priority_code, document.designation) == (None, None)
    assert [(p.role, p.says) for p in document.people] == [
        ("suspect", "reportedPersons"),
        ("recipient", "intendedRecipients"),
        ("victim", "childVictims"),
    ]


def test_person() -> None:
    document = read(WHOLE)
    own = facts(document.people[0].facts)
    assert own["approximateAge"] == 36
    assert own["convictedSexOffender"] is True
    assert own["languages"] == "Urdu; English"
    assert own["estimatedLocation.countryCode"] == "PK"
    assert not {"accessToChildVictim", "races", "middleName"} & set(own)
    email, *others = of_kind(document, "email", "suspect")
    assert (email.normalised, email.verified, others) == ("kite@mail.example.invalid", True, [])
    phone, *_ = of_kind(document, "phone", "suspect")
    assert (phone.normalised, phone.verified, dict(phone.details)) == ("+923000000123", False, {"type": "Mobile"})
    assert [i.value for i in of_kind(document, "name")] == ["Amal Kite"]
    assert [i.value for i in of_kind(document, "address")] == ["1 Canal Road, Lahore, PK"]
    assert [i.value for i in of_kind(document, "username")] == ["Kite_Flyer", "lantern"]
    assert [i.value for i in of_kind(document, "display_name")] == ["Kite One"]


@pytest.mark.parametrize(
    ("said", "truth"), [(False, False), ("False", False), ("no", False), ("Yes", True), ("perhaps", "perhaps")]
)
def test_booleans_of_the_schema_are_booleans_however_written(said: object, truth: object) -> None:
    document = inside(reportedPeople={"reportedPersons": [{"compromisedAccount": said}]})
    assert facts(document.people[0].facts) == {"compromisedAccount": truth}


def test_captures_are_recognised_by_value_and_type() -> None:
    found = {i.value: i for i in read(WHOLE).identifiers if i.role == "suspect"}
    assert (found["203.0.113.7"].kind, found["203.0.113.7"].port, found["203.0.113.7"].event) == ("ip", 443, "Login")
    assert (found["2001:db8:0:0::7"].kind, found["2001:db8:0:0::7"].port) == ("ip", 65)
    assert found["2001:db8:0:0::7"].normalised == "2001:db8::7"
    assert (found["not an address"].kind, found["not an address"].normalised) == ("ip", None)
    assert found["www.example.invalid/x"].kind == "url"
    assert (found["Kite/1.0"].kind, dict(found["Kite/1.0"].details)) == ("other", {"captureType": "User Agent"})


def test_file() -> None:
    file, *others = read(WHOLE).files
    assert others == []
    assert (file.key, file.name, file.original_name) == ("s-1", "0001.png", "IMG.png")
    assert (file.viewed_by_esp, file.exif_viewed_by_esp, file.publicly_available) == (None, False, True)
    assert dict(file.declared) == {"md5": "e07db0b27893a41573453510ee2dceed", "sha256": "ab" * 32}
    assert file.annotations == ("Infant", "Series", "Meme")
    assert file.classification == "B1"
    assert file.uploaded is not None and file.uploaded.utc == "2026-01-04T19:00:00Z"


def test_time_of_upload_by_provider() -> None:
    def uploaded(**changes: object) -> str | None:
        when = inside(uploadedFiles={"uploadedFiles": [{**FILE, **changes}]}).files[0].uploaded
        return when.utc if when else None

    captures = FILE["sourceInformation"]["sourceCaptures"]
    assert (
        uploaded(espMetadata={"metadatas": [{"name": "Upload Date and Time", "value": "2026-01-03 01:02:03 UTC"}]})
        == "2026-01-03T01:02:03Z"
    )
    assert uploaded(sourceInformation={"sourceCaptures": captures[:1]}) == "2026-01-04T10:00:00Z"
    assert uploaded(sourceInformation=None) is None


@pytest.mark.parametrize("nothing", [None, "N/A", "", [], {}])
def test_null_and_na_anywhere(nothing: object) -> None:
    for key in INFORMATION:
        inside(**{key: nothing})
    for key in PERSON:
        document = inside(reportedPeople={"reportedPersons": [{**PERSON, key: nothing}]})
        assert "N/A" not in repr(document)
    for key in FILE:
        inside(uploadedFiles={"uploadedFiles": [{**FILE, key: nothing}]})


def test_single_wrapped_and_scalar_plurals() -> None:
    single = inside(reportedPeople=[{"emails": ["a@example.invalid"], "phones": "+92 300 0000001", "screenName": "kite"}])
    assert {i.value for i in single.identifiers if i.role == "suspect"} == {"a@example.invalid", "+92 300 0000001", "kite"}


def one_person(person: object) -> Document:
    return read({"reportId": "900000001", "reportedPeople": {"reportedPersons": [person]}})


def values(doc: Document, kind: str) -> list[str]:
    return [i.value for i in of_kind(doc, kind)]


def test_singular_keys_that_wrap_their_plural() -> None:
    person = {"displayName": {"displayNames": [{"value": "Kite"}]}, "profileUrl": {"profileUrls": ["https://k.example.invalid"]}}
    doc = one_person(person)
    assert values(doc, "display_name") == ["Kite"] and values(doc, "url") == ["https://k.example.invalid"]
    assert not doc.not_understood


def test_device_keeps_its_event_and_time() -> None:
    device = {"idType": "IMEI", "idValue": "990000000000001", "eventName": "LOGIN", "dateTime": "2026-01-04T18:59:00Z"}
    doc = one_person({"deviceIds": {"deviceIds": [device, {"idType": "IMEI", "mood": "blue"}]}})
    (found,) = [i for i in doc.identifiers if i.kind == "device"]
    assert (found.event, found.time and found.time.utc) == ("LOGIN", "2026-01-04T18:59:00Z")
    assert [u.value for u in doc.not_understood] == ['{"idType":"IMEI","mood":"blue"}']


@pytest.mark.parametrize(
    ("type_", "kind"),
    [("Screen Name", "username"), ("Display Name", "display_name"), ("ESP User ID", "user_id"), ("User Agent", "other")],
)
def test_captures_of_names_and_ids(type_: str, kind: str) -> None:
    captures = {"sourceCaptures": [{"captureType": type_, "value": "kite 1"}]}
    assert values(one_person({"sourceInformation": captures}), kind) == ["kite 1"]


def test_spellings_by_analogy_lose_nothing() -> None:
    person = {
        "address": {"address": "1 Canal Road", "city": "Lahore"},
        "emails": [{"emailAddress": "a@mail.example.invalid", "verified": True}],
        "phones": [{"number": "+923000000123"}],
        "ipAddress": "203.0.113.9:443",
        "associatedAccounts": {"associatedAccounts": [{"type": "Linked", "espUserId": "u-8"}]},
    }
    doc = one_person(person)
    assert values(doc, "address") == ["1 Canal Road, Lahore"]
    assert [(i.value, i.verified) for i in doc.identifiers if i.kind == "email"] == [("a@mail.example.invalid", True)]
    assert values(doc, "phone") == ["+923000000123"]
    assert [(i.value, i.port) for i in doc.identifiers if i.kind == "ip"] == [("203.0.113.9", 443)]
    assert [(i.value, i.role) for i in doc.identifiers if i.kind == "user_id"] == [("u-8", "associated")]
    assert not doc.not_understood


@pytest.mark.parametrize("type_", ["Text", {"value": "Text"}])
def test_incident_type_plain_or_wrapped(type_: object) -> None:
    assert inside(incidentSummary={"incidentType": type_}).incident_type == "Text"


def test_several_reports_in_one_file() -> None:
    listed = [{**WHOLE, "reportId": str(900000001 + n)} for n in range(3)] + [{"note": "precious"}]
    refused = RefusedParts()
    documents = LeJsonImporter().read("b/all.json", json.dumps(listed).encode(), None, refused)
    assert [d.numbers for d in documents] == [("900000001",), ("900000002",), ("900000003",)]
    assert [(part.at, part.data) for part in refused.list_parts()] == [("$[3]", b'{"note":"precious"}')]
    numberless = LeJsonImporter().read("b/all.json", json.dumps([WHOLE, {**WHOLE, "reportId": "N/A"}]).encode(), None)
    assert [d.numbers for d in numberless] == [("900000001",), ()]
    assert numberless[1].slot != numberless[0].slot, "the store tells the reports of one file apart"
    assert documents[1].identifiers[0].sources[0].at.startswith("$[1].")


def test_priority_and_designation_by_analogy() -> None:
    assert read({**WHOLE, "priorityLevel": "E"}).priority_code == "E"
    assert read({**WHOLE, "priority": {"value": 1}}).priority_code == "1"
    assert read({**WHOLE, "referralType": "Auto-referred International"}).designation == "auto-referred"
    assert read({**WHOLE, "designation": "Informational"}).designation == "informational"
    strange = read({**WHOLE, "priority": "as soon as possible", "designation": "blue"})
    assert (strange.priority_code, strange.designation) == (None, None)
    assert {n.value for n in strange.not_understood} >= {"as soon as possible", "blue"}


def test_padding_at_the_end() -> None:
    data = json.dumps(WHOLE).encode()
    assert LeJsonImporter().read("r.json", data + b"\r\n\x1a" + b"\0" * 99, None) == LeJsonImporter().read("r.json", data, None)


def test_byte_order_mark_and_utf16() -> None:
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le"):
        assert LeJsonImporter().read("x", json.dumps(WHOLE).encode(encoding), None)[0].numbers == ("900000001",)


def test_a_key_that_stands_twice_keeps_both() -> None:
    text = '{"reportId":"900000001","reportedInformation":{"reportingEsp":{"espName":"A"},'
    text += '"reportingEsp":{"espName":"B"}},"x":1,"x":2}'
    document = LeJsonImporter().read("x", text.encode(), None)[0]
    assert document.esp == "A"
    assert [f.value for f in document.facts if f.name == "esp"] == ["A", "B"]
    assert "[1,2]" in repr(document.not_understood)


def test_numbers_that_are_none() -> None:
    text = '{"reportId":%s,"reportedInformation":{"reportingEsp":{},"odd":[NaN,Infinity,1e999,0.1]}}' % ("9" * 5000)
    document = LeJsonImporter().read("x", text.encode(), None)[0]
    assert document.numbers == ()
    assert "9" * 5000 in repr(document.not_understood)
    assert '["NaN","Infinity","1e999","0.1"]' in repr(document.not_understood)


def test_half_characters_do_not_reach_the_store() -> None:
    text = '{"reportId":"1","reportedInformation":'
    text += '{"reportedPeople":{"reportedPersons":[{"screenName":"a\\ud800b \\ud83d\\ude00"}]}}}'
    username = LeJsonImporter().read("x", text.encode(), None)[0].identifiers[0].value
    assert username.encode() and username.endswith("\U0001f600")


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"[]",
        b"{}",
        b"3",
        b'{"reportId":"1"}',
        b'{"reportId":"N/A","reportedInformation":"x"}',
        b"[" * 100_000,
        b"[" + b"[]," * 1_500_000 + b"1]",
        b'{"reportId":"1","reportedInformation":{"a":' + b"[" * 80 + b"]" * 80 + b"}}",
        b'{"a":' * 2000 + b"1" + b"}" * 2000,
        b'{"reportId":"1","reportedInformation":{"x":"\xff"}}',
    ],
)
def test_hostile_and_other_json_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        LeJsonImporter().read("x.json", data, None)


def test_other_json_is_not_taken_for_a_report() -> None:
    assert not LeJsonImporter().detect("hashes.json", b'{"odata.metadata":"x","value":[]}')


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["N/A", "203.0.113.7", "true"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*PERSON, *FILE, *INFORMATION, "value"]), inner, max_size=5)
    ),
    max_leaves=30,
)


@QUICK
@given(_JSON)
def test_known_keys_with_any_value(node: object) -> None:
    read(
        {
            "reportId": "1",
            "reportedInformation": {"reportingEsp": {}, "reportedPeople": node, "uploadedFiles": node, "incidentDetails": node},
        }
    )
    read({"reportId": node, "reportedInformation": node if isinstance(node, dict) else {}})


@pytest.mark.skipif(not SHARED.exists(), reason="the sample is not part of the project")
def test_the_known_shape_is_understood() -> None:
    data = (SHARED / "le_cybertip_json_shape_synthetic.json").read_bytes()
    assert LeJsonImporter().read("x.json", data, None)[0].not_understood == ()


def test_what_was_xml_once_wraps_plurals_in_their_singular() -> None:
    tags = {"groups": {"group": [{"tags": {"tag": [{"value": "Infant"}, {"value": "viral"}]}}, {"tags": {"tag": "third"}}]}}
    person = {
        "emails": {"email": [{"value": "a@kites.example.invalid"}, "b@kites.example.invalid"]},
        "phones": {"phone": "+92 300 0000123"},
        "displayNames": {"displayName": ["Kite", "Boat"]},
        "sourceInformation": {"sourceCapture": {"captureType": "IP Address", "value": "203.0.113.5", "port": "443"}},
    }
    document = read(
        {
            "reportId": "900000001",
            "reportedInformation": {
                "reportingEsp": {"espName": "Kite"},
                "reportedPeople": {"reportedPerson": [person]},
                "uploadedFiles": {"uploadedFile": {"filename": "a.png", "ncmecTags": tags}},
            },
        }
    )
    assert [i.value for i in document.identifiers if i.kind == "email"] == ["a@kites.example.invalid", "b@kites.example.invalid"]
    assert [i.value for i in document.identifiers if i.kind == "display_name"] == ["Kite", "Boat"]
    assert [(i.kind, i.role) for i in document.identifiers if i.kind in ("phone", "ip")] == [
        ("phone", "suspect"),
        ("ip", "suspect"),
    ]
    assert document.files[0].annotations == ("Infant", "viral", "third")
    assert not document.not_understood


@pytest.mark.parametrize("around", [lambda r: {"report": r}, lambda r: {"made": "today", "reports": [r]}])
def test_an_envelope_does_not_hide_the_report(around: Any) -> None:
    found = LeJsonImporter().read("r.json", json.dumps(around(WHOLE)).encode(), None)
    assert len(found) == 1 and found[0].numbers == read(WHOLE).numbers
    assert len(found[0].identifiers) == len(read(WHOLE).identifiers)


def test_a_capture_that_is_an_address_alone() -> None:
    person = {"sourceInformation": {"sourceCaptures": ["203.0.113.8", "lately"]}}
    document = read({"reportId": "900000001", "reportedInformation": {"reportedPeople": {"reportedPersons": [person]}}})
    assert [(i.kind, i.normalised, i.role) for i in document.identifiers] == [("ip", "203.0.113.8", "suspect")]
    assert [each.value for each in document.not_understood] == ["lately"]


def test_one_or_several_wherever_a_key_stands() -> None:
    address = {"captureType": "IP", "value": "203.0.113.5:443", "dateTime": "2026-09-01 10:00:00 UTC"}
    person = {
        "sourceInformation": [{"sourceCaptures": [address]}, {"sourceCaptures": {"captureType": "IP", "value": "2001:db8::5"}}]
    }
    other = {"sourceCaptures": [{"captureType": "IP", "value": "203.0.113.50"}]}
    document = read(
        {
            "reportId": "900000001",
            "reportedInformation": {
                "incidentSummary": {"incidentType": ["Apparent Child Pornography"]},
                "reportedPeople": [person, other],
                "victim": {"approximateAge": 10},
            },
        }
    )
    assert document.incident_type == "Apparent Child Pornography"
    assert [(i.normalised, i.port, i.person) for i in document.identifiers] == [
        ("203.0.113.5", 443, 0),
        ("2001:db8::5", None, 0),
        ("203.0.113.50", None, 1),
    ]
    assert [person.role for person in document.people] == ["suspect", "suspect", "victim"]
    assert not document.not_understood


CAPTURE: dict[str, object] = {"captureType": "IP Address", "value": "203.0.113.9"}
TIMES = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]


@pytest.mark.parametrize(
    "events",
    [
        {
            "events": [
                {"eventName": n, "dateTime": t, "port": p} for n, t, p in zip(("Login", "Upload"), TIMES, (1, 2), strict=True)
            ]
        },
        {"eventName": ["Login", "Upload"], "dateTime": TIMES, "port": [1, 2]},
    ],
)
def test_a_capture_of_several_events(events: dict[str, object]) -> None:
    found = of_kind(one_person({"sourceInformation": {"sourceCaptures": [CAPTURE | events]}}), "ip")
    assert [(i.value, i.event, i.time and i.time.utc, i.port) for i in found] == [
        ("203.0.113.9", "Login", TIMES[0], 1), ("203.0.113.9", "Upload", TIMES[1], 2),
    ]  # fmt: skip


@pytest.mark.parametrize("when", [1767225600, "1767225600000", "2026-01-01T05:00:00+05", "01-01-2026 00:00:00 UTC"])
def test_other_spellings_of_times(when: object) -> None:
    (found,) = of_kind(one_person({"sourceInformation": {"sourceCaptures": [CAPTURE | {"dateTime": when}]}}), "ip")
    assert found.time is not None and (found.time.utc, found.time.zone) == (TIMES[0], "stated")


@pytest.mark.parametrize(
    ("text", "verified"),
    [(1, True), ("0", False), ("Verified 01-02-2026", True), ("UNVERIFIED", False), ("not verified", False), ("perhaps", None)],
)
def test_words_of_verification(text: object, verified: bool | None) -> None:
    (found,) = of_kind(one_person({"emails": {"emails": [{"value": "kite@mail.example", "verified": text}]}}), "email")
    assert found.verified is verified and (verified is not None or dict(found.details)["verified"] == text)


def test_one_field_that_lists_several() -> None:
    document = one_person(
        {
            "emails": "a@mail.example; b@mail.example, c@mail.example",
            "phones": ["0300 1234567 / +92 301 7654321", "051-9106384/5"],
            "ipAddress": "203.0.113.9:443, [2001:db8::1]:80",
            "screenName": "kite, lantern",
        }
    )
    assert values(document, "email") == ["a@mail.example", "b@mail.example", "c@mail.example"]
    assert values(document, "phone") == ["0300 1234567", "+92 301 7654321", "051-9106384/5"]
    assert [(i.value, i.port) for i in of_kind(document, "ip")] == [("203.0.113.9", 443), ("2001:db8::1", 80)]
    assert values(document, "username") == ["kite, lantern"]


@pytest.mark.parametrize("value", ["1.2.3.4", "kite@mail.example", "https://kite.example/u"])
def test_a_screen_name_is_one_whatever_it_looks_like(value: str) -> None:
    capture = {"captureType": "Screen Name", "value": value}
    assert values(one_person({"sourceInformation": {"sourceCaptures": [capture]}}), "username") == [value]


def test_a_report_a_line_and_a_number_with_a_fraction() -> None:
    reports = [
        {"reportId": number, "reportedInformation": {"reportingEsp": {"espName": "Kite"}}}
        for number in (900000001.0, "900000002")
    ]
    data = "\n".join(json.dumps(each) for each in reports).encode() + b"\n"
    assert [d.numbers for d in LeJsonImporter().read("r.json", data, None)] == [("900000001",), ("900000002",)]


def test_what_a_file_says_in_the_words_of_the_schema() -> None:
    said = {
        "filename": "a.png",
        "sha256": "a" * 64,
        "uploadedToEspTimestamp": TIMES[0],
        "deviceIds": [{"idType": "IMEI", "idValue": "1"}],
    }
    document = inside(uploadedFiles={"uploadedFiles": [said]})
    (file,) = document.files
    assert file.declared == (("sha256", "a" * 64),) and file.uploaded is not None and file.uploaded.utc == TIMES[0]
    assert [i.value for i in of_kind(document, "device", "file")] == ["1"]


def make_marked_report(n: int, number: object) -> dict[str, object]:
    """Returns a small report that names itself once, with a number or without."""
    people = {"reportedPersons": [{"screenName": f"marked-{n}-kite"}]}
    return {"reportId": number, "reportedInformation": {"reportedPeople": people}}


_ITEMS = st.lists(st.sampled_from(["numbered", "unnumbered", "no number", "blocks", "junk", "text", "empty"]), max_size=6)
_AROUND = st.lists(st.sampled_from(["list", "key", "envelope", "inside", "inside deep"]), max_size=3)


@QUICK
@given(_ITEMS, _AROUND)
def test_every_report_of_a_file_is_read_or_refused(kinds: list[str], around: list[str]) -> None:
    """Reports in = reports out + refused, wherever they stand, and each one's words are in one of both."""
    made: dict[str, Any] = {
        "numbered": lambda n: make_marked_report(n, str(900000001 + n)),
        "unnumbered": lambda n: {**make_marked_report(n, "N/A")},
        "no number": lambda n: make_marked_report(n, f"number-{n}"),
        "blocks": lambda n: {"reportedPeople": {"reportedPersons": [{"screenName": f"marked-{n}-kite"}]}},
        "junk": lambda n: {"note": f"marked-{n}-kite"},
        "text": lambda n: f"marked-{n}-kite",
        "empty": lambda n: {},
    }
    items = [made["numbered"](99), *(made[kind](n) for n, kind in enumerate(kinds))]
    node: Any = items
    expected = len(items) - kinds.count("empty")
    for n, way in enumerate(around):
        if way == "list":
            node = [node]
        elif way == "key":
            node = {"reports": node}
        elif way == "envelope":
            node = {"made": "today", "data": {"reports": node}}
        else:
            node = make_marked_report(200 + n, "") | ({"more": node} if way == "inside" else {"more": [[{"x": {"y": node}}]]})
            expected += 1
    refused = RefusedParts()
    documents = LeJsonImporter().read("b/all.json", json.dumps(node).encode(), None, refused)
    parts = refused.list_parts()
    assert len(documents) + sum(part.count for part in parts) == expected
    outcomes = [repr(each) for each in (*documents, *parts)]
    for n, kind in enumerate(kinds):
        holders = [outcome for outcome in outcomes if f"marked-{n}-kite" in outcome]
        assert len(holders) == (kind != "empty"), kind
    assert len({(d.slot, d.numbers) for d in documents}) == len(documents)


def test_a_report_that_can_not_be_read_costs_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.importers.bounds.MAX_VALUES", 20)
    large = make_marked_report(2, "900000002") | {"urls": [f"https://kites.example.invalid/{n}" for n in range(50)]}
    large["reportedInformation"]["additionalInformations"] = [f"text {n}" for n in range(50)]  # type: ignore[index]
    refused = RefusedParts()
    documents = LeJsonImporter().read("b/r.json", json.dumps([large, make_marked_report(1, "900000001")]).encode(), None, refused)
    assert [d.numbers for d in documents] == [("900000001",)]
    assert [(part.at, "more than" in str(part.message)) for part in refused.list_parts()] == [("$[0]", True)]


def test_thousands_of_parts_are_few_rows() -> None:
    refused = RefusedParts()
    junk = [{"note": f"marked-{n}-kite"} for n in range(5_000)]
    LeJsonImporter().read("b/r.json", json.dumps([make_marked_report(1, "900000001"), *junk]).encode(), None, refused)
    parts = refused.list_parts()
    assert (len(parts), sum(part.count for part in parts)) == (101, 5_000)
    assert b"marked-4999-kite" in parts[-1].data and "4900" in str(parts[-1].message)


def test_information_in_a_list_is_read() -> None:
    node = make_marked_report(1, "900000001")
    node["reportedInformation"] = [node["reportedInformation"], make_marked_report(2, "")["reportedInformation"]]
    (document,) = LeJsonImporter().read("b/r.json", json.dumps(node).encode(), None)
    assert [each.value for each in document.identifiers] == ["marked-1-kite", "marked-2-kite"]


def test_a_reference_to_a_report_is_no_report() -> None:
    node = make_marked_report(1, "900000001") | {"linked": [{"reportId": "900000002", "dateReceived": "2026-10-01T05:00:00Z"}]}
    (document,) = LeJsonImporter().read("b/r.json", json.dumps(node).encode(), None)
    assert "900000002" in repr(document.not_understood)
