"""Every value of the queue is read back from the written bytes in each of its forms, and compared with what went in.

Each column has a value of its own in each row, so that no two can be exchanged unseen; each that can be missing is missing once.
"""

from __future__ import annotations

import io
import json
import weakref
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import msgspec
import openpyxl
import pytest

from tests.exports.reading_back import ABOUT, URDU, read_book, read_csv, read_pdf
from triage.exports.queue import Sheet, format_queue, format_rows
from triage.model.queue_sheet import SheetRow, SheetScope
from triage.model.views import QueueRow, RanOut

FULL = SheetRow(
    row=QueueRow(
        id=1, report_id="900000001", band="A", risk=81.4, actionability=62.5, deadline="2026-11-22T08:30:00Z", deadline_name="operator traffic data",
        esp=URDU, incident_type="Kite flying", received="2026-10-31T19:30:01.25Z", received_estimated=True, office="LHR", status="case_opened", assignee="sana",
        duplicates_of="900000007", flags=("child named", "viral"), in_pakistan=True, province="PB", files=12, files_present=9, child_lane="confirmed",
        ran_out=(RanOut(name="provider data", due="2026-11-10T20:00:00Z"), RanOut(name="line data", due="2026-11-12T05:00:00Z")),
    ),
    next_act="Write the letter", case="C-2026-0003", same_user_reports=4, folded=2,
)  # fmt: skip
EMPTY = SheetRow(
    row=QueueRow(
        id=2, report_id="900000002", band="E", risk=0.0, actionability=0.0, deadline=None, deadline_name=None, esp=None, incident_type=None, received=None,
        received_estimated=False, office=None, status="new", assignee=None, duplicates_of=None, flags=(), in_pakistan=None, province=None, files=0, files_present=0,
    ),
    next_act="Read it", case=None, same_user_reports=0, folded=0,
)  # fmt: skip
FOLDED = replace(
    EMPTY, row=replace(EMPTY.row, id=3, report_id="900000003", child_lane="waits for a lead", in_pakistan=False), folded=3
)
EXPECTED: dict[str, tuple[object, object, object]] = {
    "Order": (6, 7, 8), "Assigned to": ("sana", "nobody", "nobody"), "Next act": ("Write the letter", "Read it", "Read it"),
    "Next deadline (PKT)": ("2026-11-22 13:30 PKT", "none runs", "none runs"), "Time left": ("2 days", "none runs", "none runs"),
    "Ran out": ("provider data ran out on 2026-11-11, line data ran out on 2026-11-12 (ask anyway)", "none", "none"),
    "Report": ("900000001", "900000002", "900000003"), "Band": ("A", "E", "E"), "Risk": (81.4, 0.0, 0.0), "Actionability": (62.5, 0.0, 0.0),
    "Case": ("C-2026-0003", "none", "none"), "Other reports on the user": (4, 0, 0), "Duplicates": ("duplicate of 900000007", "none", "3 folded into it"),
    "Incident type": ("Kite flying", "not stated", "not stated"), "Flags": ("child named, viral", "none", "none"), "Office": ("LHR", "none", "none"),
    "Status": ("case opened", "new", "new"), "Deadline for": ("operator traffic data", "none runs", "none runs"),
    "Provider": (URDU, "not stated", "not stated"), "Next deadline (UTC)": ("2026-11-22T08:30:00Z", "none runs", "none runs"),
    "Received (UTC)": ("2026-10-31T19:30:01.25Z", "not stated", "not stated"), "Received (PKT)": ("2026-11-01 00:30:01 PKT", "not stated", "not stated"),
    "Received estimated": ("estimated", "not stated", "not stated"), "Reported user in Pakistan": ("yes", "unclear", "no"),
    "Province": ("PB", "unclear", "unclear"), "Duplicate of": ("900000007", "none", "none"), "Files": (12, 0, 0), "Files present": (9, 0, 0),
    "Child lane": ("a lead allowed release", "no", "no release until a lead confirms"),
}  # fmt: skip
SCOPE = SheetScope(
    filters=(("Containing the words", "kite"), ("Most reports", "3")),
    in_store=50,
    matching=20,
    skipped=5,
    closed_listed=1,
    offices={"LHR": "Lahore"},
)
SHEET = Sheet(rows=(FULL, EMPTY, FOLDED), scope=SCOPE, about=ABOUT, people=("amina", "sana"), origin="x" * 70_000)
WORDS = {"A": "A act now", "E": "E info only"}


def test_the_queue_as_csv_holds_each_value_in_its_column() -> None:
    head, *rows = read_csv(format_queue(SHEET, ".csv"))
    assert head == [*EXPECTED, "Rules"]
    assert rows == [[*(str(values[n]) for values in EXPECTED.values()), ABOUT.rules] for n in range(3)]


def test_the_queue_as_a_spreadsheet_holds_each_value_in_its_column_and_on_the_sheet_of_its_office() -> None:
    pages = read_book(format_queue(SHEET, ".xlsx"))
    assert list(pages) == ["Cover", "All", "LHR Lahore", "No office", "people", "triage"]
    head, *rows = pages["All"]
    assert len(head) == len(EXPECTED) + 1 and set(head) == {*EXPECTED, "Note for the analyst"}
    for n, row in enumerate(rows):
        cells = dict(zip(head, row, strict=True))
        assert cells.pop("Note for the analyst") == ""
        assert cells.pop("Band") == WORDS[str(EXPECTED["Band"][n])]
        assert cells == {name: values[n] for name, values in EXPECTED.items() if name != "Band"}
    assert pages["LHR Lahore"] == [head, rows[0]] and pages["No office"] == [head, rows[1], rows[2]]
    assert [row[0] for row in pages["people"]] == ["amina", "sana"]
    assert "".join(str(row[0]) for row in pages["triage"]) == "x" * 70_000


def test_the_cover_of_the_queue_says_of_what_it_is() -> None:
    cover = read_book(format_queue(SHEET, ".xlsx"))["Cover"]
    facts = {row[0]: row[1] for row in cover if isinstance(row[0], str) and isinstance(row[1], str)}
    assert facts["Lists"] == "Containing the words: kite; Most reports: 3"
    assert (
        facts["Reports"] == "50 in the store, 3 listed here, 47 left out (30 by the filters, 17 by the limit or the first place)"
    )
    assert (facts["Closed among them"], facts["Made by"], facts["Agency"], facts["Clock"]) == (
        "1",
        "amina",
        f"Agency {URDU}",
        "the machine's",
    )
    assert facts["Made"] == "2026-11-20 12:00:00 PKT (2026-11-20T07:00:00Z)" and facts["Signing key"] == "ab" * 32
    assert facts["Program"] == "Triage 1, rules 2026.11 sha256:1" and facts["Order"].startswith("Sorted by band, risk")
    (at,) = [n for n, row in enumerate(cover) if row[0] == "Office"]
    totals = {row[0]: row[1:10] for row in cover[at : at + 4]}
    assert totals["Office"][-4:] == ["All bands", "Overdue", "Due in 7 days", "Unassigned"]
    assert totals["LHR Lahore"] == [1, 0, 0, 0, 0, 1, 0, 1, 0] and totals["No office"] == [0, 0, 0, 0, 2, 2, 0, 0, 2]
    assert totals["Total"] == [1, 0, 0, 0, 2, 3, 0, 1, 2]


def test_the_queue_as_json_is_what_the_rows_hold() -> None:
    document = json.loads(format_queue(SHEET, ".json"))
    assert (document["schema"], document["scope"]) == (
        "triage/1",
        {"filters": dict(SCOPE.filters), "in_store": 50, "matching": 20},
    )
    assert document["about"] == json.loads(json.dumps(asdict(ABOUT)))
    for shown, each in zip(document["queue"], SHEET.rows, strict=True):
        own = {"next_act": each.next_act, "case": each.case, "same_user_reports": each.same_user_reports, "folded": each.folded}
        assert shown == json.loads(json.dumps({**asdict(each.row), **own}))


@pytest.mark.parametrize("ending", [".csv", ".json"])
def test_a_file_that_is_made_row_by_row_is_the_same_in_parts(ending: str) -> None:
    """A hundred thousand rows took 386 MB, for they were all held."""
    whole = format_queue(SHEET, ending)
    parts = iter([SHEET.rows[:1], (), SHEET.rows[1:]])
    assert format_rows(parts, SCOPE, ABOUT, ending) == (whole, len(SHEET.rows))
    if ending == ".json":
        nothing = format_rows([], SCOPE, ABOUT, ending)[0]
        assert all(msgspec.json.format(data, indent=1) == data for data in (whole, nothing))


def test_no_row_is_held_while_the_next_is_written() -> None:
    class Part(list[SheetRow]):
        """A list that can be watched."""

    alive: list[weakref.ref[Part]] = []

    def read() -> Iterator[Part]:
        for _ in range(4):
            assert sum(ref() is not None for ref in alive) <= 1, "the part before, while this one is read"
            part = Part([FULL])
            alive.append(weakref.ref(part))
            yield part
            del part

    for ending in (".csv", ".json"):
        alive.clear()
        assert format_rows(read(), SCOPE, ABOUT, ending)[1] == 4


def test_the_queue_on_paper_holds_each_printed_value() -> None:
    pages = read_pdf(format_queue(SHEET, ".pdf"))
    table = " ".join(pages[1:])
    for word in ("900000001", "900000002", "sana", "nobody", "Write the letter", "2026-11-22 13:30 PKT", "2 days, operator traffic data", "81.4", "62.5",
                 "C-2026-0003", "duplicate of 900000007", "3 folded into it", "Kite flying", "child named, viral", "case opened", "A act now", "none known"):  # fmt: skip
        assert word in table, word
    for number in (6, 7, 8):
        assert f" {number} " in f" {table} "
    assert "50 in the store, 3 listed here, 47 left out" in pages[0] and "Signing key" in pages[0] and "ab" * 32 in table


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(seconds=-1), "OVERDUE"), (timedelta(0), "0 hours"), (timedelta(hours=1), "1 hour"), (timedelta(hours=47, minutes=59), "47 hours"),
        (timedelta(days=2), "2 days"), (timedelta(days=6, hours=23), "6 days"), (timedelta(days=400), "400 days"),
    ],
)  # fmt: skip
def test_the_time_left_is_counted_from_when_the_sheet_was_made(left: timedelta, said: str) -> None:
    due = (datetime(2026, 11, 20, 7, tzinfo=UTC) + left).isoformat().replace("+00:00", "Z")
    sheet = replace(SHEET, rows=(replace(FULL, row=replace(FULL.row, deadline=due)),))
    head, row = read_csv(format_queue(sheet, ".csv"))
    assert row[head.index("Time left")] == said
    page = openpyxl.load_workbook(io.BytesIO(format_queue(sheet, ".xlsx")))["All"]
    shown = page.cell(2, [cell.value for cell in page[1]].index("Time left") + 1)
    assert shown.value == said and bool(shown.font.bold) == (left < timedelta(days=7)), "what ends within the week stands out"


def test_many_rows_keep_their_order_and_number() -> None:
    rows = tuple(
        replace(EMPTY, row=replace(EMPTY.row, id=n, report_id=str(900000000 + n), office=("LHR", "KHI", None)[n % 3]))
        for n in range(400)
    )
    sheet = replace(SHEET, rows=rows, scope=replace(SCOPE, skipped=100, in_store=500, matching=500))
    head, *lines = read_csv(format_queue(sheet, ".csv"))
    assert [(line[0], line[head.index("Report")]) for line in lines] == [(str(101 + n), str(900000000 + n)) for n in range(400)]
    pages = read_book(format_queue(sheet, ".xlsx"))
    at = pages["All"][0].index("Report")
    assert [row[at] for row in pages["All"][1:]] == [each.row.report_id for each in rows]
    assert [len(pages[name]) - 1 for name in ("KHI", "LHR Lahore", "No office")] == [133, 134, 133]


def test_of_the_spreadsheet_only_what_fits_on_paper_is_printed() -> None:
    printed = list(EXPECTED)[: list(EXPECTED).index("Status") + 1]
    book = openpyxl.load_workbook(io.BytesIO(format_queue(SHEET, ".xlsx")))
    for page in book.worksheets[1:-2]:
        area = page[str(page.print_area).rpartition("!")[2]]
        assert [cell.value for cell in area[0]] == printed and len(area) == page.max_row, page.title
        assert page.auto_filter.ref == page.dimensions, page.title


@pytest.mark.parametrize(("due", "overdue", "soon"), [("2026-11-20T06:59:59Z", 1, 0), ("2026-11-20T07:00:00Z", 0, 1), ("2026-11-20T12:00:00Z", 0, 1), ("2026-11-27T06:59:59Z", 0, 1), ("2026-11-27T07:00:00Z", 0, 0)])  # fmt: skip
def test_the_cover_counts_what_is_overdue_and_what_is_due_within_the_week(due: str, overdue: int, soon: int) -> None:
    sheet = replace(SHEET, rows=(replace(FULL, row=replace(FULL.row, deadline=due)),))
    cover = read_book(format_queue(sheet, ".xlsx"))["Cover"]
    (total,) = [row for row in cover if row[0] == "Total"]
    assert total[7:9] == [overdue, soon]
