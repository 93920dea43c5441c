"""Twenty layouts in which operators reply: a known line wins, and only another value of the same kind is a disagreement."""

from __future__ import annotations

import msgspec
import pytest

from triage.importers.reply_files.reply_columns import RowCollector, collect_rows
from triage.jobs.requests.row_matching import LineMatcher
from triage.jobs.requests.subscribers import MatchedRow, describe_subscribers
from triage.model.data_requests import LineFact
from triage.store.queries.requests import StoredLine

TIME = "2026-10-28T04:59:58Z"
FACTS = {
    1: LineFact(kind="IP address", value="39.32.10.9", port=40123, utc=TIME, window_from="2026-10-28T04:57:58Z", window_to="2026-10-28T05:01:58Z"),
    2: LineFact(kind="Phone", value="+923000000123"),
    3: LineFact(kind="IMEI", value="490154203237518"),
    4: LineFact(kind="Account", value="kite_flyer"),
}  # fmt: skip
LINES = [
    StoredLine(i, str(1_000_000_000 + i), fact.kind, fact.value, fact.port, fact.utc, msgspec.json.encode(fact))
    for i, fact in FACTS.items()
]
IP, PHONE, DEVICE, ACCOUNT = (line.line for line in LINES)
OWN = "+923000000777"
LAYOUTS: dict[str, tuple[str, str, int | None, tuple[str, ...]]] = {
    # name: (names of the columns, one row, the line it belongs to, the numbers that become the subscriber's)
    "an address, and its number": ("Line|MSISDN|Name", f"{IP}|03000000777|A. Example", 1, (OWN,)),
    "an address, and its mobile": ("Line|Mobile|CNIC", f"{IP}|0300-0000777|35202-0000000-1", 1, (OWN,)),
    "an address, and its SIM": ("Line|SIM|Name", f"{IP}|923000000777|A. Example", 1, (OWN,)),
    "an address, and a user id": ("Line|User ID|Name", f"{IP}|dsl_khi_0042|A. Example", 1, ()),
    "an address, and an IMSI": ("Line No.|IMSI|Name", f"{IP}|410010000000123|A. Example", 1, ()),
    "an address again, and its number": ("Line|IP Address|MSISDN|Name", f"{IP}|39.32.10.9|3000000777|A. Example", 1, (OWN,)),
    "the number before the address": ("MSISDN|IP Address|Line|Name", f"03000000777|39.32.10.9:40123|{IP}|A. Example", 1, (OWN,)),
    "without a line, number first": (
        "MSISDN|Public IP|Port|Time (UTC)|Name",
        "03000000777|39.32.10.9|40123|2026-10-28 04:59:58|A. Example", 1, (OWN,),
    ),
    "without a line, address first": ("IP|Time UTC|Mobile No|Name", f"39.32.10.9|{TIME}|03000000777|A. Example", 1, (OWN,)),
    "a number, spelled at home": ("Line|MSISDN|Name", f"{PHONE}|03000000123|A. Example", 2, ()),
    "a number, and its device": ("Line|Number|IMEI|Name", f"{PHONE}|923000000123|490154203237518|A. Example", 2, ()),
    "a number, and another contact": ("Line|MSISDN|Name|Contact No", f"{PHONE}|03000000123|A. Example|03000000777", 2, (OWN,)),
    "a number, and only its device": ("Line|IMEI|Name", f"{PHONE}|490154203237518|A. Example", 2, ()),
    "another number": ("Line|MSISDN|Name", f"{PHONE}|03000000999|A. Example", None, ()),
    "another address": ("Line|IP|Name", f"{IP}|39.32.10.8|A. Example", None, ()),
    "a device, and its number": ("Line|MSISDN|Name", f"{DEVICE}|+92 300 0000777|A. Example", 3, (OWN,)),
    "another device": ("Line|IMEI|Name", f"{DEVICE}|490154203237519|A. Example", None, ()),
    "an account, and its number": ("Line|Phone|Name", f"{ACCOUNT}|03000000777|A. Example", 4, (OWN,)),
    "another account": ("Line|Username|Name", f"{ACCOUNT}|boat_rower|A. Example", None, ()),
    "no value at all": ("Line|Subscriber Name|CNIC No", f"{IP}.0|A. Example|3520200000001", 1, ()),
    "names in Urdu": ("لائن|نمبر|نام", f"{IP}|۰۳۰۰۰۰۰۰۷۷۷|مثال", 1, (OWN,)),
    "two values of two lines": ("MSISDN|IMEI|Name", "03000000123|490154203237518|A. Example", None, ()),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_reply_of_any_layout_finds_its_line(layout: str) -> None:
    names, cells, line, numbers = LAYOUTS[layout]
    collector = RowCollector()
    collect_rows([["Kite Telecom, reply to your letter"], [""], names.split("|"), cells.split("|")], collector)
    (row,) = collector.rows
    matched = LineMatcher(LINES, lambda _: None).match(row)
    assert (matched.line_id, matched.reason is None) == (line, line is not None)
    if line is not None:
        told = describe_subscribers("R-2026-0001", [MatchedRow("reply.csv", row, FACTS[line])], child=False)
        assert told is not None
        phones = [each for each in told.identifiers if each.kind == "phone"]
        assert tuple(each.normalised for each in phones) == numbers
        assert all(each.role == "subscriber" and ("line", FACTS[line].value) in each.details for each in phones)


def test_a_telephone_number_that_was_asked_about_is_not_said_of_its_owner_again() -> None:
    collector = RowCollector()
    collect_rows([["Line", "MSISDN", "Name"], [PHONE, "0300 0000123", "A. Example"]], collector)
    told = describe_subscribers("R-2026-0001", [MatchedRow("reply.csv", collector.rows[0], FACTS[2])], child=False)
    assert told is not None and [each.kind for each in told.identifiers] == ["name"]
