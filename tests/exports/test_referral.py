"""A referral holds what it says in its letter and in its JSON, and how the child is protected only where a child is concerned."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from tests.exports.reading_back import ABOUT, OFFICER
from tests.exports.test_word_document import describe, read
from triage.exports.referral import BLANK, encode_referral, format_referral
from triage.model.referral import Referral, ReferralBody, ReferralFact, SafeContactPlan, WithheldFact
from triage.model.users import Profile

PLAN = SafeContactPlan(
    who_may_know="the aunt",
    safe_channel="the school",
    family_risk="high",
    woman_officer="yes",
    interpreter="none",
    notes="by day",
)
FULL = Referral(
    report_id="900000001", body=ReferralBody(id="b", name="Child Bureau", kind="child protection", province="PB", helpline="1121"), made="2026-11-20T20:00:00Z",
    officer=replace(OFFICER, profile=Profile(full_name="Amina Example", rank="Inspector", badge="B-1")), names_child=True,
    facts=(ReferralFact(field="a", label="Kind", value="kite"), ReferralFact(field="b", label="City", value="Lahore")),
    withheld=(WithheldFact(what="Media", why="never leave"), WithheldFact(what="Names", why="not needed")), plan=PLAN, first="The user was cleared.",
)  # fmt: skip
BARE = replace(
    FULL, body=ReferralBody(id="c", name="Bank", kind="provider", province=None, helpline=None), facts=FULL.facts[:1], withheld=FULL.withheld[:1], plan=None, first=None,
    officer=replace(OFFICER, profile=Profile(), agency_name="", agency_address=""),
)  # fmt: skip
CHILD = ("Follow the plan for safe contact below.", "If the family refuses,", "An image that was made or altered")
NOTES = ["|1.\tWhat stands here is what the report states.", "|2.\tPlease answer under the report number"]


def read_letter(referral: Referral) -> tuple[list[str], list[list[tuple[str, str]]], str, str]:
    document = read(format_referral(referral, ABOUT))
    tables = [[(row.cells[0].text, row.cells[1].text) for row in table.rows] for table in document.tables]
    section = document.sections[0]
    return (
        [describe(each) for each in document.paragraphs],
        tables,
        section.header.paragraphs[0].text,
        section.footer.paragraphs[0].text,
    )


def test_a_referral_of_a_child_from_top_to_bottom() -> None:
    body, tables, head, foot = read_letter(FULL)
    expected = [
        "b|The user was cleared.", f"b|{OFFICER.agency_name}", "|1 Kite Road", "bc|REFERRAL", "bk|How the child is protected",
        *(f"|{n}.\t{start}" for n, start in enumerate(CHILD, 1)), "bk|Plan for safe contact", "bk|Please note", *NOTES, "bk|What was left out",
        "|1.\tMedia: never leave", "|2.\tNames: not needed", "bk|Signature", f"|Written with Triage 1; signing key of the workstation {'ab' * 32}.",
    ]  # fmt: skip
    assert (
        len(body) == len(expected) and [got for got, start in zip(body, expected, strict=True) if not got.startswith(start)] == []
    )
    assert tables == [
        [("To", "Child Bureau"), ("Helpline", "1121"), ("Date", "2026-11-21")], [("Kind", "kite"), ("City", "Lahore")],
        [("Who may know", "the aunt"), ("Safe way to reach the child", "the school"), ("Risk from the family", "high"), ("Woman officer", "yes"),
         ("Interpreter", "none"), ("Notes", "by day")],
        [("Name", "Amina Example"), ("Rank, badge", "Inspector, B-1"), ("Signature, date", BLANK)],
    ]  # fmt: skip
    assert head == "CONFIDENTIAL – concerns a child" and foot.startswith("Referral of report 900000001 – page")
    body, _, _, _ = read_letter(replace(FULL, plan=None))
    at = body.index("bk|How the child is protected")
    assert [each[:12] for each in body[at + 1 : at + 4]] == ["|1.\tIf the f", "|2.\tAn image", "bk|Please no"], (
        "there is no plan to follow"
    )


def test_a_referral_that_concerns_no_child() -> None:
    body, tables, head, _ = read_letter(BARE)
    assert body[:2] == [f"b|{BLANK}", "bc|REFERRAL"] and body[2] == "bk|Please note" and head == "CONFIDENTIAL"
    assert tables == [
        [("To", "Bank"), ("Helpline", "not known"), ("Date", "2026-11-21")], [("Kind", "kite")],
        [("Name", BLANK), ("Rank, badge", BLANK), ("Signature, date", BLANK)],
    ]  # fmt: skip


@pytest.mark.parametrize("referral", [FULL, BARE], ids=["full", "bare"])
def test_the_json_of_a_referral(referral: Referral) -> None:
    data = encode_referral(referral, ABOUT)
    assert json.loads(data) == {
        "schema": "triage/1", "kind": "triage referral", "made": referral.made, "by": "amina", "to": asdict(referral.body), "report": "900000001", "first": referral.first,
        "names_child": True, "facts": [asdict(each) for each in referral.facts], "withheld": [asdict(each) for each in referral.withheld],
        "safe_contact": None if referral.plan is None else asdict(referral.plan),
    }  # fmt: skip
    assert data.startswith(b'{\n "schema"') and data.endswith(b"}\n")
