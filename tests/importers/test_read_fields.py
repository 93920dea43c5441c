"""Each field that a page of docs/formats names, or a table of a reader, is found again in what is read of a generated sample.

Formats that are also written have tests/exports/test_format_pages.py. These are only read.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.importers.list_files import MD5, SHA1, SHA256, hashes, items
from tests.source_trees import ROOT
from triage.importers import le_json_files, le_json_people, pdf_labels
from triage.importers.chat_files.chat_reading import read_chat_file
from triage.importers.chat_files.message_fields import SENDERS, TEXTS, TIMES
from triage.importers.complaint import ComplaintImporter
from triage.importers.le_json import LeJsonImporter
from triage.importers.le_pdf import LePdfImporter
from triage.importers.lists import list_tables
from triage.importers.own_cases import OwnCasesImporter
from triage.importers.reply_files import reply_columns
from triage.importers.reply_files.reply_reading import read_reply
from triage.model.document import Document

CODE = re.compile(r"`([^`\n]+)`")
TIME = "2026-10-02T09:30:00+05:00"


def read_page(name: str) -> str:
    return (ROOT / "docs" / "formats" / f"{name}.md").read_text("utf-8")


# Complaints

WORDS = {
    "received": TIME, "incidentTime": "2026-10-01T20:00:00+05:00", "verifiedAt": "2026-10-03", "dateOfBirth": "2012-01-02",
    "phones": "+92 300 0000123", "phone": "+92 300 0000124", "emails": "one@mail.example.invalid", "email": "two@mail.example.invalid",
    "cnic": "90000-0000000-1", "ip": "203.0.113.5", "imei": "490154203237518", "profileUrl": "https://chat.example.invalid/kite",
    "relatedReports": "900000777", "accessToChildren": "true", "age": "13",
    "md5": MD5, "sha1": SHA1, "sha256": SHA256, "deviceId": "device-0001-abcd", "wallet": "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
}  # fmt: skip
"""Values of fields that hold no free word."""


def value_of(key: str) -> str:
    return WORDS.get(key, f"word{key}")


def list_complaint_keys() -> dict[str, list[str]]:
    """Returns the keys of a report, a person and an account, as the page of complaints lists them."""
    page = read_page("complaints")
    table = page.partition("| key | becomes |")[2].partition("\n\n")[0]
    whole = [name for line in table.splitlines()[2:] for name in CODE.findall(line.split("|")[1])]
    person = CODE.findall(page.partition("A person: ")[2].partition(".\n")[0].partition(". An")[0])
    account = CODE.findall(page.partition("account: ")[2].partition("Several values")[0])
    return {"report": whole, "person": person, "account": account}


def test_every_key_of_a_complaint_is_found_again() -> None:
    keys = list_complaint_keys()
    assert min(map(len, keys.values())) > 8, "the page lists them otherwise now"
    account = {key: value_of(key) for key in keys["account"]}
    person: dict[str, Any] = {key: value_of(key) for key in keys["person"] if not key.endswith("[]")}
    person["accounts"] = [
        {key: value for key, value in account.items() if key not in ("relationshipToChildVictim", "accessToChildren")}
    ]
    form: dict[str, Any] = {"complaintNumber": "17/2026"}
    for key in keys["report"]:
        name = key.removesuffix("[]")
        if name in ("complainant", "child"):
            form[name] = person
        elif name == "children":
            form[name] = [person | {"name": "wordsecondchild"}]
        elif name == "reportedAccounts":
            form[name] = [account]
        elif name == "files":
            form[name] = [
                {"name": "wordfile.jpg", "md5": MD5, "sha1": SHA1, "sha256": SHA256, "description": "wordfiledescription"}
            ]
        elif name == "relatedReports":
            form[name] = [value_of(name)]
        else:
            form[name] = value_of(name)
    (document,) = ComplaintImporter().read("c.json", json.dumps(form).encode(), None)
    assert document.not_understood == ()
    assert find_lost(form, repr(document)) == []


def find_lost(node: Any, said: str) -> list[str]:
    """Returns the values below a node that do not stand in what was read; times and numbers stand in other forms."""
    if isinstance(node, dict):
        return [lost for each in node.values() for lost in find_lost(each, said)]
    if isinstance(node, list):
        return [lost for each in node for lost in find_lost(each, said)]
    plain = re.sub(r"[^a-z0-9]", "", str(node).casefold())
    told = re.sub(r"[^a-z0-9]", "", said.casefold())
    return [] if plain in told else [str(node)]


def test_every_column_of_a_table_of_complaints_is_found_again() -> None:
    page = read_page("complaints").partition("underlines:\n\n")[2].partition("\n\n")[0]
    columns = [name.strip() for name in page.replace("\n", " ").split(",") if name.strip()]
    assert len(columns) > 20
    special = {
        "Complaint number": "17/2026", "Received": TIME, "Incident time": "2026-10-01T20:00:00+05:00", "Related reports": "900000777",
        "Complainant phone": "+92 300 0000123", "Account phone": "+92 300 0000124", "Account email": "two@mail.example.invalid",
        "Account profile url": "https://chat.example.invalid/kite", "Child age": "13", "File MD5": MD5, "File SHA1": SHA1,
        "File SHA256": SHA256,
    }  # fmt: skip
    row = {name: special.get(name, "word" + re.sub(r"\W", "", name)) for name in columns}
    data = ";".join(columns) + "\n" + ";".join(row.values()) + "\n"
    (document,) = ComplaintImporter().read("c.csv", data.encode(), None)
    assert document.not_understood == ()
    assert find_lost(row, repr(document)) == []


def test_every_kind_and_role_of_an_own_case_is_found_again() -> None:
    page = read_page("complaints").partition("`kind`: ")[2]
    kinds = re.findall(r"[a-z_0-9]+", page.partition(". `role`")[0].replace(" or ", ", "))
    roles = re.findall(r"[a-z]+", page.partition("`role`: ")[2].partition(".")[0].replace("(when blank)", ""))
    assert len(kinds) > 10 and len(roles) == 5
    names = {"user_id": "userId", "url": "profileUrl", "device": "deviceId"}
    rows = [(f"{n}/2026", kind, value_of(names.get(kind, kind)), role) for n, kind in enumerate(kinds, 1) for role in roles]
    data = "case number,kind,value,role,platform,note\n" + "".join(
        f"{number},{kind},{value},{role},wordplatform,word note\n" for number, kind, value, role in rows
    )
    documents = OwnCasesImporter().read("k.csv", data.encode(), None)
    assert len(documents) == len(kinds)
    for document, kind in zip(documents, kinds, strict=True):
        assert document.not_understood == (), kind
        assert find_lost([value_of(names.get(kind, kind)), "word note"], repr(document)) == [], kind
        if kind not in ("md5", "sha1", "sha256"):
            assert set(roles) == {each.role for each in document.identifiers}, kind
            assert all(dict(each.details)["platform"] == "wordplatform" for each in document.identifiers), kind


# Chats

FIELDS = {"sender": SENDERS, "time": TIMES, "text": TEXTS}
NAMES = [(field, name) for field, names in FIELDS.items() for name in sorted(names)]
SAID = {"sender": "Kite", "time": "2026-01-05T10:00:00", "text": "wordone wordtwo wordthree"}


def write_table(names: dict[str, str]) -> bytes:
    rows = ([SAID[field] for field in names], ["Moon", "2026-01-05T10:01:00", "answer of three words"])
    return "\n".join(",".join(row) for row in (list(names.values()), *rows)).encode()


def write_json(names: dict[str, str]) -> bytes:
    return json.dumps([{name: SAID[field] for field, name in names.items()} for _ in range(2)]).encode()


def write_xml(names: dict[str, str]) -> bytes:
    inner = "".join(f"<{name}>{SAID[field]}</{name}>" for field, name in names.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<log>{f"<m>{inner}</m>" * 2}</log>'.encode()


@pytest.mark.parametrize("write", [write_table, write_json, write_xml], ids=["table", "json", "xml"])
@pytest.mark.parametrize(("field", "name"), NAMES)
def test_every_name_of_a_field_of_a_message_is_read(field: str, name: str, write: Any) -> None:
    names = {"sender": "sender", "time": "time", "text": "text"} | {field: name}
    (message, *_) = read_chat_file(write(names)).messages
    assert {"sender": message.sender, "time": message.time, "text": message.text} == SAID


# Replies

REPLY = {
    "line": "1234567890", "value": "+92 300 0000123", "port": "40123", "time": "2026-10-02T09:30:00+05:00", "name": "Kite Example",
    "cnic": "90000-0000000-1", "address": "House 1 Invented Street", "phone": "+92 300 0000999",
}  # fmt: skip
REPLY_NAMES = [(field, name) for field, names in reply_columns._NAMES.items() for name in names]


@pytest.mark.parametrize(("field", "name"), REPLY_NAMES)
def test_every_name_of_a_column_of_a_reply_is_read(field: str, name: str) -> None:
    plain = {"line": "Line", "value": "Value", "cnic": "CNIC"}
    plain.pop(field, None)
    header, row = [*plain.values(), name], [*(REPLY[each] for each in plain), REPLY[field]]
    (found,) = read_reply(f"{','.join(header)}\n{','.join(row)}\n".encode()).rows
    assert str(getattr(found, field)).startswith(REPLY[field])
    assert all(getattr(found, each) == REPLY[each] for each in plain)
    (of_json,) = read_reply(json.dumps([dict(zip(header, row, strict=True))]).encode()).rows
    assert (getattr(of_json, field), of_json.line) == (getattr(found, field), found.line)


# Hash lists

LIST_WORDS = dict.fromkeys(list_tables._TRUTHS, "yes") | {field: f"word{field}" for field in list_tables._TEXTS}
LIST_WORDS |= {"category": "2", "path": "dcim/a.jpg", "folder": "dcim", "name": "a.jpg"}
LIST_NAMES = [(name, field) for name, field in list_tables._LABELS.items() if field not in ("hash", "kind")]


@pytest.mark.parametrize(("name", "field"), LIST_NAMES)
def test_every_column_of_a_table_of_hashes_is_read(name: str, field: str) -> None:
    (item,) = items(f"MD5,{name}\n{MD5},{LIST_WORDS[field]}\n".encode())
    assert hashes(item) == {"md5": MD5}
    if field == "category":
        assert item.category == "2"
    elif field in ("path", "folder", "name"):
        assert LIST_WORDS[field] in item.paths[0]
    else:
        assert item.said and (field in list_tables._TRUTHS or LIST_WORDS[field] in repr(item.said))


@pytest.mark.parametrize("name", [name for name, field in list_tables._LABELS.items() if field == "hash"])
@pytest.mark.parametrize("kind_name", [name for name, field in list_tables._LABELS.items() if field == "kind"])
def test_a_column_of_hashes_with_a_column_of_kinds_is_read(name: str, kind_name: str) -> None:
    found = items(f"{name},{kind_name}\n{MD5},md5\n{SHA1},SHA-1\n{SHA256},sha256\n".encode())
    assert [hashes(each) for each in found] == [{"md5": MD5}, {"sha1": SHA1}, {"sha256": SHA256}]


def test_every_root_and_kind_of_a_listing_of_files_is_read() -> None:
    page = read_page("dfxml")
    roots = CODE.findall(page.partition("The root is ")[2].partition(", with")[0])
    kinds = CODE.findall(page.partition("with `type` (")[2].partition(" ...)")[0])
    assert len(roots) == 4 and len(kinds) == 4
    value = {"md5": MD5, "sha1": SHA1, "sha256": SHA256}
    for root in roots:
        for kind in kinds:
            plain = kind.casefold().replace("-", "")
            one = f"<fileobject><filename>DCIM/wordname.jpg</filename><hashdigest type='{kind}'>{value[plain]}</hashdigest></fileobject>"
            for inner in (one, f"<volume>{one}</volume>"):
                (item,) = items(f"<?xml version='1.0'?><{root}>{inner}</{root}>".encode())
                assert (hashes(item), item.paths) == ({plain: value[plain]}, ("DCIM/wordname.jpg",)), (root, kind)


def test_every_column_that_the_page_of_hash_lists_names_is_read() -> None:
    page = " ".join(read_page("hash-lists").split())
    hashes_named = CODE.findall(page.partition("by a column of hashes: ")[2].partition("; or")[0])
    columns = CODE.findall(page.partition("* Also read: ")[2].partition(". Other")[0])
    assert len(hashes_named) > 5 and len(columns) > 8
    for column in columns:
        field = list_tables._LABELS[re.sub("[^a-z0-9]", "", column.casefold())]
        test_every_column_of_a_table_of_hashes_is_read(column, field)
    for name in hashes_named:
        kind = next((each for each in ("md5", "sha1", "sha256") if each in re.sub("[^a-z0-9]", "", name.casefold())), None)
        value = {"md5": MD5, "sha1": SHA1, "sha256": SHA256}.get(kind or "", "0c" * 144 if name == "PhotoDNA" else SHA256)
        (item,) = items(f"{name},MD5\n{value},{MD5}\n".encode()) if kind != "md5" else items(f"{name}\n{value}\n".encode())
        assert len(item.hashes) == (1 if kind == "md5" else 2), name


# NCMEC's PDF and law enforcement's JSON

PDF_VALUES = {
    "email": "one@mail.example.invalid", "phone": "+92 300 0000123", "url": "https://chat.example.invalid/kite",
    "cnic": "90000-0000000-1", "user_id": "id0001", "username": "kite_flyer",
}  # fmt: skip
PDF_LABELS = [(label, kind) for label, kind in pdf_labels.IDENTIFIERS.items()] + [
    (label, "device") for label in pdf_labels.DEVICES
]


def read_section(*lines: str) -> Document:
    """Reads a page whose Section A holds these lines."""
    pages = ("CyberTipline Report 900000001", "\r\n".join(["Section A: x", *lines, "This concludes Section A"]))
    return LePdfImporter().read("b/r.pdf", b"", lambda _: pages)[0]


@pytest.mark.parametrize(("label", "kind"), PDF_LABELS)
def test_every_label_of_an_identifier_of_the_pdf_is_read(label: str, kind: str) -> None:
    value = PDF_VALUES.get(kind, "wordvalue0001")
    document = read_section("Suspect", f"{label.capitalize()}: {value}", "Screen/User Name: another_name")
    assert (kind, value) in {(each.kind, each.value) for each in document.identifiers}
    assert document.not_understood == ()


@pytest.mark.parametrize(("label", "name"), pdf_labels.FACTS.items())
def test_every_label_of_a_fact_of_the_pdf_is_read(label: str, name: str) -> None:
    value = "13" if name in pdf_labels.INTEGERS else "wordvalue"
    document = read_section("Suspect", f"{label.capitalize()}: {value}", "Screen/User Name: another_name")
    assert value in repr(document)
    assert not any(label in each.path.casefold() for each in document.not_understood)


JSON_VALUES = WORDS | {"deviceIds": "device-0001-abcd", "approximateAge": "13"}


@pytest.mark.parametrize("key", le_json_people.PERSON)
def test_every_key_of_a_person_of_the_json_is_read(key: str) -> None:
    value = JSON_VALUES.get(key, f"word{key}")
    report = {"reportId": "900000001", "reportedInformation": {"reportedPeople": {"reportedPersons": [{key: value}]}}}
    (document,) = LeJsonImporter().read("r.json", json.dumps(report).encode(), None)
    assert find_lost(value, repr(document)) == []


@pytest.mark.parametrize("key", le_json_files._FILE)
def test_every_key_of_a_file_of_the_json_is_read(key: str) -> None:
    value = JSON_VALUES.get(key, f"word{key}")
    file = {"submittalId": "s-1", key: value}
    report = {"reportId": "900000001", "reportedInformation": {"uploadedFiles": [file]}}
    (document,) = LeJsonImporter().read("r.json", json.dumps(report).encode(), None)
    assert find_lost(value, repr(document)) == []
