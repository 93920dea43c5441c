"""Rows of replies meet the lines they belong to, whatever their spelling, and no other line."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.jobs.requests.row_matching import LineMatcher, digest_row
from triage.model.data_requests import LineFact, ReplyRow
from triage.store.queries.requests import StoredLine

TIME = "2026-10-28T04:59:58Z"
FACTS = {
    1: LineFact(kind="Phone", value="+923000000123"),
    2: LineFact(kind="IP address", value="39.32.10.9", port=40123, utc=TIME, window_from="2026-10-28T04:57:58Z", window_to="2026-10-28T05:01:58Z"),
    3: LineFact(kind="IP address", value="2407:aa80::17", utc=TIME),
    4: LineFact(kind="IMEI", value="490154203237518"),
}  # fmt: skip
LINES = [
    StoredLine(i, str(1_000_000_000 + i), fact.kind, fact.value, fact.port, fact.utc, msgspec.json.encode(fact))
    for i, fact in FACTS.items()
]
MATCHER = LineMatcher(LINES, lambda line: "R-2026-0009" if line == "9999999999" else None)


@pytest.mark.parametrize(
    "value", ["+92 300 0000123", "0300-0000123", "923000000123", "3000000123", "'+923000000123", "۰۳۰۰۰۰۰۰۱۲۳"]
)
def test_a_number_is_found_in_any_spelling(value: str) -> None:
    assert MATCHER.match(ReplyRow(value=value)).line_id == 1
    assert MATCHER.match(ReplyRow(line=value)).line_id in (1, None)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (ReplyRow(line="1000000001"), 1),
        (ReplyRow(line="1000000001.0"), 1),
        (ReplyRow(value="39.32.10.9:40123", time="28/10/2026 09:59:58 PKT"), 2),
        (ReplyRow(value="39.32.10.9", port="40123", time="2026-10-28T10:00:00+05:00"), 2),
        (ReplyRow(value="39.32.10.9", time="28-Oct-2026 05:01:00 UTC"), 2),
        (ReplyRow(value="2407:AA80:0::0017", time=TIME), 3),
        (ReplyRow(value="490154203237518"), 4),
    ],
)
def test_rows_with_a_line(row: ReplyRow, line: int) -> None:
    assert MATCHER.match(row).line_id == line


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ReplyRow(line="1000000002", value="39.32.10.8"), "do not agree"),
        (ReplyRow(line="9999999999"), "belongs to request R-2026-0009"),
        (ReplyRow(line="1000000009", value="+923000000123"), "no line 1000000009"),
        (ReplyRow(value="39.32.10.9"), "no time"),
        (ReplyRow(value="39.32.10.9", time="2026-10-28 04:59:58"), "no zone"),
        (ReplyRow(value="39.32.10.9", port="40124", time=TIME), "another time or port"),
        (ReplyRow(value="39.32.10.9", time="2026-10-28T05:02:00Z"), "another time or port"),
        (ReplyRow(value="2407:aa80::17", time="2026-10-28T05:00:00Z"), "another time or port"),
        (ReplyRow(name="Kite"), "names no line"),
    ],
)
def test_rows_without_a_line(row: ReplyRow, words: str) -> None:
    found = MATCHER.match(row)
    assert found.line_id is None and words in str(found.reason)


def test_several_lines_of_one_value_are_not_guessed() -> None:
    double = [*LINES, StoredLine(5, "1000000005", "Wallet", "+923000000123", None, None, LINES[0].fact)]
    assert "several" in str(LineMatcher(double, lambda _: None).match(ReplyRow(value="+923000000123")).reason)


@given(
    st.builds(
        ReplyRow, line=st.text(max_size=20), value=st.text(max_size=40), port=st.text(max_size=8), time=st.text(max_size=30)
    )
)
def test_any_row_has_a_line_or_a_reason(row: ReplyRow) -> None:
    found = MATCHER.match(row)
    assert (found.line_id is None) != (found.reason is None)


def test_a_row_is_the_same_wherever_it_stands() -> None:
    assert (
        digest_row(ReplyRow(at="row 1", name="a")) == digest_row(ReplyRow(at="row 9", name="a")) != digest_row(ReplyRow(cnic="a"))
    )
