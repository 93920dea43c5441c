"""Whose a value is comes from what the source says: no complainant, witness or owner of an account takes another's role."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from msgspec.structs import replace

from triage.importers.complaint import ComplaintImporter
from triage.importers.esp_xml import EspXmlImporter
from triage.importers.le_json import LeJsonImporter
from triage.importers.merge import merge_documents
from triage.importers.own_cases import OwnCasesImporter
from triage.jobs.codec import document_from_json, document_to_json
from triage.jobs.requests.lines import FoundLeftOut, find_operator_lines
from triage.links.link_keys import find_other_keys, find_user_keys
from triage.locate.evidence import find_subject
from triage.model import role_words
from triage.model.document import Document, Role
from triage.model.report import Report

PHONE, OTHER_PHONE = "+92 300 0000123", "+92 300 0000777"


def complain(**complainant: str) -> Report:
    form = {
        "complaintNumber": "17/2026",
        "complainant": {"name": "A. Example", "phones": [PHONE], **complainant},
        "reportedAccounts": [{"platform": "Lantern Chat", "username": "kite_flyer", "phone": OTHER_PHONE}],
    }
    return merge_documents(ComplaintImporter().read("c.json", json.dumps(form).encode(), None), ())


@pytest.mark.parametrize("relation", ["mother", "father", "teacher", "neighbour", "والدہ", "walida", "not the child", ""])
def test_a_complainant_is_no_child(relation: str) -> None:
    report = complain(relationToChild=relation)
    assert [person.role for person in report.people] == ["complainant", "suspect"]
    assert {i.role for i in report.identifiers if i.person == 0} == {"complainant"}


@pytest.mark.parametrize("relation", ["self", "Self.", "the child", "khud", "خود"])
def test_a_child_that_complains_is_the_child(relation: str) -> None:
    report = complain(relationToChild=relation)
    assert report.people[0].role == "victim" and report.people[0].says == "complainant"


def test_a_complaint_that_was_stored_before_takes_the_stated_role() -> None:
    (document,) = ComplaintImporter().read(
        "c.json", json.dumps({"complaintNumber": "1", "complainant": {"phones": [PHONE]}}).encode(), None
    )
    before = replace(
        document,
        people=tuple(replace(person, role="victim") for person in document.people),
        identifiers=tuple(replace(i, role="victim") for i in document.identifiers),
    )
    assert document_from_json(document_to_json(before)) == document


def test_the_complainants_line_is_left_out_as_hers() -> None:
    left = {found.value: str(found.reason) for found in find_operator_lines(complain()) if isinstance(found, FoundLeftOut)}
    assert left == {PHONE: "belongs to the complainant"}


def test_the_roles_of_an_own_case_are_those_of_its_rows() -> None:
    rows = ["case number,kind,value,role"]
    rows += [
        f"12/2026,username,of_{role or 'nobody'},{role}"
        for role in ("suspect", "victim", "complainant", "witness", "associated", "")
    ]
    (document,) = OwnCasesImporter().read("cases.csv", "\n".join(rows).encode(), None)
    found = {i.value: i.role for i in document.identifiers}
    assert found.pop("of_nobody") == "suspect"
    assert found == {value: value.removeprefix("of_") for value in found}
    assert [person.says for person in document.people if person.role == "suspect"] == ["own case", "own case, role not stated"]


def read_associated_xml(owner: str) -> Document:
    xml = f"""<report><{owner}><espIdentifier>first</espIdentifier>
    <associatedAccount><screenName>second_account</screenName></associatedAccount></{owner}></report>"""
    (document,) = EspXmlImporter().read("r.xml", xml.encode(), None)
    return document


def read_associated_json(owner: str) -> Document:
    report = {"reportId": 900000001, owner: [{"espUserId": "first", "associatedAccounts": [{"screenName": "second_account"}]}]}
    (document,) = LeJsonImporter().read("r.json", json.dumps(report).encode(), None)
    return document


@pytest.mark.parametrize(
    ("document", "of_user"),
    [
        (read_associated_xml("personOrUserReported"), True),
        (read_associated_xml("victim"), False),
        (read_associated_json("reportedPeople"), True),
        (read_associated_json("victims"), False),
        (read_associated_json("intendedRecipients"), False),
    ],
    ids=["XML, reported user", "XML, victim", "JSON, reported user", "JSON, victim", "JSON, recipient"],
)
def test_a_further_account_is_its_owners(document: Document, *, of_user: bool) -> None:
    report = merge_documents([document], ())
    key = ("handle", "second_account")
    assert (key in find_user_keys(report)) is of_user
    assert (key in find_other_keys(report)) is not of_user


@pytest.mark.parametrize("role", get_args(Role))
def test_every_role_has_its_words_and_its_place(role: Role) -> None:
    assert role in role_words.ROLES
    assert find_subject(role) is not None or role == "reporter"
