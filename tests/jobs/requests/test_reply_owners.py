"""What a reply states becomes the owner's only where it is clear: no id becomes a number, no caller an owner, no two owners one."""

from __future__ import annotations

import msgspec
import pytest

from triage.importers.reply_files.reply_reading import read_reply
from triage.jobs.requests.row_matching import LineMatcher
from triage.jobs.requests.subscribers import MatchedRow, describe_subscribers
from triage.model.data_requests import LineFact
from triage.store.queries.requests import StoredLine

IP, OTHER_IP, TIME = "39.32.10.9", "39.32.77.200", "2026-10-28T04:59:58Z"
ASKED, NUMBER, SECOND_NUMBER = "+923000000777", "+923000000123", "+923000000124"
CNIC, SECOND_CNIC = "90000-0000000-1", "90000-0000000-2"
FACTS = {
    1: LineFact(kind="IP address", value=IP, port=40123, utc=TIME),
    2: LineFact(kind="Phone", value=ASKED),
    3: LineFact(kind="Account", value="kite@mail.example.invalid"),
}
LINES = [
    StoredLine(i, str(1_000_000_000 + i), fact.kind, fact.value, fact.port, fact.utc, msgspec.json.encode(fact))
    for i, fact in FACTS.items()
]
L1, L2, L3 = (line.line for line in LINES)
DISAGREE, FIRST, NO_LINE = "do not agree", "the first is not", "names no line"
Expected = tuple[int | str, set[str]]
"""The line of a row, or words of the reason why it has none; and what it states of the line's owner."""


def csv(*rows: str) -> bytes:
    return "\n".join(rows).encode()


LAYOUTS: dict[str, tuple[bytes, list[Expected]]] = {
    "line, user ID": (
        csv("Line,User ID,Name,Address", f"{L1},example-4411,Example Owner,Street 1"),
        [(1, {"customer_id example-4411", "name example owner", "address street 1"})],
    ),
    "ref": (
        csv("Ref,Mobile No,Name", f"{L1},03000000123,One", "R-2026-0001,03000000123,Two", "9999999999,03000000777,Three"),
        [(1, {f"phone {NUMBER}", "name one"}), (NO_LINE, set()), (2, {"name three"})],
    ),
    "ref without a value": (
        csv("Ref No.,Name,CNIC", f"{L1},One,{CNIC}", f"1,Two,{SECOND_CNIC}"),
        [(1, {"name one", f"cnic {CNIC}"}), (NO_LINE, set())],
    ),
    "serial number that repeats the line, and one that counts": (
        csv("S.No,MSISDN,Name", f"{L1},03000000123,One", "2,03000000123,Two"),
        [(1, {f"phone {NUMBER}", "name one"}), (NO_LINE, set())],
    ),
    "owners without a CNIC are several": (
        csv("Line,MSISDN,Name,CNIC", f"{L1},03000000123,One,N/A", f"{L1},03000000124,Two,N/A"),
        [(1, {f"phone {NUMBER}", "name one"}), (1, {f"phone {SECOND_NUMBER}", "name two"})],
    ),
    "the own annex with the answer over the value": (
        csv("Line,Kind,Value,Name", f"{L1},IP address,03000000123,One", f"{L1},IP address,39.32.10,Cut off"),
        [(1, {f"phone {NUMBER}", "name one"}), (DISAGREE, set())],
    ),
    "Urdu": (
        csv("لائن,موبائل نمبر,نام,شناختی کارڈ نمبر", f"{L1},۰۳۰۰۰۰۰۰۱۲۳,مثال,{CNIC}"),
        [(1, {f"phone {NUMBER}", "name مثال", f"cnic {CNIC}"})],
    ),
    "Urdu from an Arabic keyboard": (
        csv("لائن,آئي پي,سم,نام", f"{L1},{IP},03000000123,مثال", f"{L1},{OTHER_IP},03000000123,مثال"),
        [(1, {f"phone {NUMBER}", "name مثال"}), (DISAGREE, set())],
    ),
    "id and number of an account": (
        csv("Line,User ID,Mobile,Name", f"{L3},acc-771,03000000123,One", f"{L3},other@mail.example.invalid,03000000123,Two"),
        [(3, {"customer_id acc-771", f"phone {NUMBER}", "name one"}), (DISAGREE, set())],
    ),
    "private and public address": (
        csv("Line,IP,Public IP,MSISDN", f"{L1},10.0.0.7,{IP},03000000123", f"{L1},{OTHER_IP},{IP},03000000123"),
        [(1, {f"phone {NUMBER}"}), (FIRST, set())],
    ),
    "a number of somebody else first": (
        csv("Line,MSISDN,Number,Name", f"{L2},03000000123,03000000777,Caller", f"{L1},03000000123,{IP},Owner"),
        [(FIRST, set()), (1, {f"phone {NUMBER}", "name owner"})],
    ),
    "words for nothing": (
        csv("Line,MSISDN,Name,CNIC", f"{L2},N/A,One,-", f"{L1},not available,Two,nil", f"{L1},two numbers,Three,"),
        [(2, {"name one"}), (1, {"name two"}), (1, {"name three"})],
    ),
    "list of names and values": (
        csv(f"Line: {L1}", "User ID: example-4411", "MSISDN: 03000000123", "Name: One"),
        [(1, {f"phone {NUMBER}", "customer_id example-4411", "name one"})],
    ),
    "an id of digits is no telephone number": (
        csv("Line,User ID,Name", f"{L1},4235712,One", f"{L1},301234567,Two"),
        [(1, {"customer_id 4235712", "name one"}), (1, {"customer_id 301234567", "name two"})],
    ),
    "the other party of a call is not the owner": (
        csv("Line,MSISDN,Number,Name", f"{L2},03000000777,03000000123,One"),
        [(2, {"name one"})],
    ),
    "an address that is cut off": (
        csv("Line,IP,MSISDN,Name", f"{L1},39.32.10,03000000123,One"),
        [(DISAGREE, set())],
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_rows_of_a_layout_have_their_line_and_owner(name: str) -> None:
    data, expected = LAYOUTS[name]
    matcher = LineMatcher(LINES, lambda _: None)
    rows = read_reply(data).rows
    assert len(rows) == len(expected)
    for row, (line, stated) in zip(rows, expected, strict=True):
        match = matcher.match(row)
        if isinstance(line, str):
            assert match.line_id is None and line in str(match.reason), row
            continue
        assert (match.line_id, match.reason) == (line, None), row
        document = describe_subscribers("R-2026-0001", [MatchedRow("a", row, FACTS[line])], child=False)
        found = () if document is None else document.identifiers
        assert {f"{each.kind} {each.normalised or each.value}" for each in found} == stated
        assert all(each.role == "subscriber" and dict(each.details)["line"] == FACTS[line].value for each in found)


def test_owners_whom_no_cnic_unites_stay_apart() -> None:
    data = LAYOUTS["owners without a CNIC are several"][0]
    rows = [MatchedRow("a", row, FACTS[1]) for row in read_reply(data).rows]
    document = describe_subscribers("R-2026-0001", rows, child=False)
    assert document is not None and len(document.people) == 2
    numbers = {each.person: each.normalised for each in document.identifiers if each.kind == "phone"}
    assert numbers == {0: NUMBER, 1: SECOND_NUMBER}
