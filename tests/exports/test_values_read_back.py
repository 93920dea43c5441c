"""Every value of an export is read back from the written bytes, with a reader that is not ours, and compared with what went in.

Each column has a value of its own in each row, so that no two can be exchanged unseen; each that can be missing is missing once.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest

from tests.exports.reading_back import ABOUT, URDU, read_book, read_csv, read_pdf
from tests.exports.test_queue_read_back import SHEET
from triage.exports.case_diary import format_diary
from triage.exports.feedback import FeedbackRow, format_feedback
from triage.exports.hash_files import ICSE_HEADER, LEAST_PDQ_QUALITY, format_hashes, format_icse, split_for_icse
from triage.exports.queue import format_queue
from triage.exports.request_annex import COLUMNS as ANNEX_COLUMNS
from triage.exports.request_annex import format_annex
from triage.exports.timeline_files import COLUMNS as TIMELINE_COLUMNS
from triage.exports.timeline_files import format_places, format_timeline
from triage.message import Message
from triage.model.casework import Grade
from triage.model.data_requests import AnnexLine, LineFact
from triage.model.diary import CaseDiary, DiaryEntry
from triage.model.graded import HASH_LIST_KINDS, FilePlace, GradedFile
from triage.model.report_times import ZONE_ASSUMED, ZONE_STATED, MappedPlace, TimelineEntry

# -- the diary ---------------------------------------------------------------------------------------------------------

DIARY = CaseDiary(
    case="C-2", opened="2026-10-31T19:30:00Z", officer="bilal", stage="challan", numbers=(("FIR", "12/2026"), ("enquiry", "7")),
    reports=tuple(str(900000001 + n) for n in range(5_000)),
    entries=(
        DiaryEntry(when="2026-11-02T20:00:05Z", who="amina", report=None, what=Message("case opened")),
        DiaryEntry(when="2026-11-03", who="bilal", report="900000001", what=Message("note"), text=f"=SUM(A1)\n{URDU}"),
        DiaryEntry(when="2026-11-04T00:00:00Z", who="sana", report="900000002", what=Message("Grade: {grade}", grade="adult"), text="w" * 4_000),
    ),
)  # fmt: skip


def test_a_diary_loses_no_entry_no_word_and_no_report() -> None:
    data = format_diary(DIARY, Path("d.xlsx"), ABOUT, "Stands first.")
    pages = read_book(data)
    assert pages["Diary"] == [
        ["No.", "Time (UTC)", "Time (PKT)", "Who", "Report", "What was done", "In their words"],
        ["1", "2026-11-02T20:00:05Z", "2026-11-03 01:00:05 PKT", "amina", "the case", "case opened", ""],
        ["2", "2026-11-03", "a day only", "bilal", "900000001", "note", f"=SUM(A1)\n{URDU}"],
        ["3", "2026-11-04T00:00:00Z", "2026-11-04 05:00:00 PKT", "sana", "900000002", "Grade: adult", "w" * 4_000],
    ]
    about = pages["About"]
    assert about[0] == ["First of all", "Stands first."] and about[1] == ["Case", "C-2, opened 2026-11-01 00:30:00 PKT"]
    assert "".join(str(value) for name, value in about if name == "Reports") == ", ".join(DIARY.reports), (
        "a cell holds 32,767 characters"
    )
    assert dict(about) | {"Reports": ""} == {
        "First of all": "Stands first.", "Case": "C-2, opened 2026-11-01 00:30:00 PKT", "Officer": "bilal", "Stage": "challan",
        "Numbers": "FIR 12/2026; enquiry 7", "Reports": "", "Written": "2026-11-20 12:00:00 PKT by amina, Triage 1", "Clock": "the machine's",
        "Not in it": "Who viewed which file; this stands in the custody record of the evidence packet.",
    }  # fmt: skip
    printed = " ".join(read_pdf(format_diary(replace(DIARY, reports=DIARY.reports[:2]), Path("d.pdf"), ABOUT, "Stands first.")))
    for word in ("Stands first.", "Diary of case C-2", "2026-11-02T20:00:05Z", "2026-11-03 01:00:05 PKT", "a day only", "the case", "=SUM(A1)", "Grade: adult",
                 "FIR 12/2026; enquiry 7", "900000001, 900000002", "Officer of the case"):  # fmt: skip
        assert word in printed, word


# -- the annex of a request --------------------------------------------------------------------------------------------

LINES = (
    AnnexLine(line="1000000001", fact=LineFact(kind="IP address", value="39.32.10.9", port=40123, utc="2026-10-28T19:59:58Z",
                                               window_from="2026-10-28T19:58:58Z", window_to="2026-10-28T20:00:58Z", note="n" * 200)),
    AnnexLine(line="1000000002", fact=LineFact(kind="IP address", value="2001:db8::1")),
    AnnexLine(line="1000000003", fact=LineFact(kind="Phone", value="+92 300 0000123", port=0)),
    AnnexLine(line="1000000004", fact=LineFact(kind="Account", value=URDU, note="m" * 53)),
    AnnexLine(line="1000000005", fact=LineFact(kind="URL", value="https://drawn.example.invalid/" + "k" * 200)),
)  # fmt: skip


@pytest.mark.parametrize("draft", [True, False])
def test_an_annex_holds_each_line_and_says_what_an_address_lacks(draft: bool) -> None:
    data = format_annex(LINES, number="R-2026-0001", made=datetime(2026, 11, 28, tzinfo=UTC), draft=draft)
    page = openpyxl.load_workbook(io.BytesIO(data))["Annex"]
    no = "not stated"
    assert [list(row) for row in page.iter_rows(values_only=True)] == [
        list(ANNEX_COLUMNS),
        ["1000000001", "IP address", "39.32.10.9", "40123", "2026-10-28T19:59:58Z", "2026-10-29 00:59:58 PKT", "2026-10-28T19:58:58Z", "2026-10-28T20:00:58Z", "n" * 200],
        ["1000000002", "IP address", "2001:db8::1", no, no, no, "", "", ""],
        ["1000000003", "Phone", "+92 300 0000123", "0", "", "", "", "", ""],
        ["1000000004", "Account", URDU, "", "", "", "", "", "m" * 53],
        ["1000000005", "URL", LINES[4].fact.value, "", "", "", "", "", ""],
    ]  # fmt: skip
    assert [page.row_dimensions[n].height for n in (2, 3, 4, 5, 6)] == [60, 30, None, 30, 150], "no program may cut a cell off"
    assert page["C4"].quotePrefix and page["C4"].data_type == "s", "a telephone number stays text when somebody edits the cell"
    head = str(page.oddHeader.center.text)
    assert head.endswith("Annex to request R-2026-0001") and head.startswith("DRAFT") == draft


@pytest.mark.parametrize("make", [
    lambda: format_queue(SHEET, ".xlsx"), lambda: format_diary(DIARY, Path("d.xlsx"), ABOUT, None),
    lambda: format_annex(LINES, number="R", made=datetime(2026, 11, 28, tzinfo=UTC), draft=False),
], ids=["queue", "diary", "annex"])  # fmt: skip
def test_a_spreadsheet_that_people_read_is_ready_to_print(make: Any) -> None:
    book = openpyxl.load_workbook(io.BytesIO(make()))
    for page in book:
        if page.sheet_state != "visible" or page.title in ("Cover", "About"):
            continue
        assert page.page_setup.orientation == "landscape" and page.page_setup.paperSize == 9, page.title
        assert page.sheet_properties.pageSetUpPr.fitToPage and page.page_setup.fitToHeight == 0, page.title
        assert page.print_title_rows == "$1:$1" and page.freeze_panes, page.title
        widths = [page.column_dimensions[cell.column_letter].width for cell in page[1]]
        sized = {
            letter
            for group in page.column_dimensions.values()
            for letter in range(group.min or 0, (group.max or 0) + 1)
            if group.customWidth
        }
        assert set(range(1, len(widths) + 1)) <= sized, page.title
        assert all(
            cell.alignment.wrap_text
            for row in page.iter_rows(min_row=2)
            for cell in row
            if isinstance(cell.value, str) and len(cell.value) > 60
        )


# -- feedback ----------------------------------------------------------------------------------------------------------

FEEDBACK = (
    FeedbackRow(report="900000001", provider=URDU, received="2026-10-02T08:00:00Z", outcome="case opened", decided="2026-11-01T09:00:00Z", case="C-2026-0001",
                duplicate_of="none"),
    FeedbackRow(report="900000002", provider="not stated", received="not stated", outcome="duplicate of another report", decided="2026-11-02T09:00:00Z",
                case="none", duplicate_of="900000001"),
)  # fmt: skip


def test_feedback_holds_each_value_in_its_column() -> None:
    head, *rows = read_csv(format_feedback(FEEDBACK, ".csv", "NCMEC", ABOUT))
    assert head == ["Report", "Provider", "Received (UTC)", "Outcome", "Outcome of (UTC)", "Agency case number", "Duplicate of"]
    assert rows == [
        [each.report, each.provider, each.received, each.outcome, each.decided, each.case, each.duplicate_of] for each in FEEDBACK
    ]
    printed = " ".join(read_pdf(format_feedback(FEEDBACK, ".pdf", "Kites", ABOUT)))
    for word in (
        "To Kites",
        "Agency From",
        "1 Kite Road",
        "2026-11-20 12:00:00 PKT",
        "Made by amina",
        "Reports 2",
        "case opened",
        "C-2026-0001",
        "ab" * 32,
    ):
        assert word in printed, word


# -- graded media ------------------------------------------------------------------------------------------------------


def make_file(n: int, **changed: Any) -> GradedFile:
    usual: dict[str, Any] = {
        "id": 70 + n, "sha256": f"{n:064x}", "md5": f"{n + 1:032x}", "sha1": f"{n + 2:040x}", "size": 1000 + n, "mime": "image/jpeg", "grade": Grade.ABUSE,
        "graded_at": "2026-11-01T00:00:00Z", "for_court": True, "inherited_from": None, "pdq": bytes([n]) * 32, "pdq_quality": 100, "exif": (),
        "places": (FilePlace(report="900000001", name="a.jpg", path="a"), FilePlace(report="900000001", name="b.jpg", path="b"),
                   FilePlace(report="900000002", name="a.jpg", path="c")),
        "series": "", "victim_identified": None,
    }  # fmt: skip
    return GradedFile(**usual | changed)


def test_an_icse_table_holds_each_value_in_its_column() -> None:
    files = [
        make_file(1, victim_identified=True, series="S-1"),
        make_file(2, victim_identified=False, mime="video/mp4", grade=Grade.EXPLOITIVE, places=()),
        make_file(3, mime=None),
        *(make_file(4 + n, grade=grade) for n, grade in enumerate(Grade) if grade not in (Grade.ABUSE, Grade.EXPLOITIVE)),
        make_file(30, inherited_from="f" * 64),
    ]
    kept, left_out = split_for_icse(files)
    assert [each.sha256 for each in kept] == [each.sha256 for each in files[:3]] and len(left_out) == len(files) - 3
    head, *rows = read_csv(format_icse(kept), ";")
    assert tuple(head) == ICSE_HEADER
    assert rows == [
        [f"{2:032x}", f"{3:040x}", "", "71", "", "True", "", "S-1", "2", "True", "Image", ""],
        [f"{3:032x}", f"{4:040x}", "", "72", "", "False", "", "", "0", "True", "Video", ""],
        [f"{4:032x}", f"{5:040x}", "", "73", "", "", "", "", "2", "True", "", ""],
    ]


@pytest.mark.parametrize("kind", HASH_LIST_KINDS)
def test_a_hash_list_holds_each_hash_once_in_order(kind: Any) -> None:
    files = [make_file(n, md5=f"{n % 3:032x}") for n in (3, 1, 2, 4)] + [make_file(9, inherited_from="f" * 64)]
    data, count, left_out = format_hashes(files, kind)
    head, *lines = data.decode().splitlines()
    own = [str(each.pdq and each.pdq.hex()) if kind == "pdq" else str(getattr(each, kind)) for each in files[:4]]
    assert head == kind.upper() and lines == sorted(set(own)) and count == len(lines)
    assert len(left_out) == len(files) - count and data.endswith(b"\n")


@pytest.mark.parametrize(("quality", "stands"), [(LEAST_PDQ_QUALITY - 1, False), (LEAST_PDQ_QUALITY, True), (None, False)])
def test_a_hash_of_low_quality_is_left_out_of_a_list_of_pdq(quality: int | None, stands: bool) -> None:
    _, count, left_out = format_hashes([make_file(1, pdq_quality=quality)], "pdq")
    assert (count, len(left_out)) == ((1, 0) if stands else (0, 1))
    assert stands or f" {quality or 0} of 100. Under {LEAST_PDQ_QUALITY} it" in str(left_out[0].reason)
    assert format_hashes([make_file(1, pdq=None)], "pdq")[1] == 0


# -- times and places --------------------------------------------------------------------------------------------------

ENTRIES = (
    TimelineEntry(when=datetime(2026, 11, 2, 20, 0, 5, 120_000, tzinfo=UTC), message=f"Upload of {URDU}", what="File uploaded", report="900000002", zone=ZONE_STATED,
                  written="2026-11-03T01:00:05.12+05:00", source="report.xml, /report"),
    TimelineEntry(when=datetime(2026, 11, 1, tzinfo=UTC), message="Incident", what="Incident", report="900000001", zone=ZONE_ASSUMED, written="1 Nov 2026",
                  precise="the source states only the day", source="r.json"),
    TimelineEntry(when=datetime(2026, 11, 1, tzinfo=UTC), message="Decision", what="Decision", report="900000001", zone=ZONE_STATED),
)  # fmt: skip


def test_a_timeline_holds_each_value_in_its_column_in_order_of_time() -> None:
    head, *rows = read_csv(format_timeline(ENTRIES, {"900000001": "The reported user was CLEARED."}))
    assert tuple(head) == TIMELINE_COLUMNS
    cleared = "The reported user was CLEARED."
    assert rows == [
        ["2026-11-01T00:00:00.000000+00:00", "Decision", "Decision", "2026-11-01 05:00:00 PKT", ZONE_STATED, "", "", "900000001", "", cleared],
        ["2026-11-01T00:00:00.000000+00:00", f"Incident (the source states only the day; {ZONE_ASSUMED})", "Incident", "2026-11-01 05:00:00 PKT", ZONE_ASSUMED,
         "the source states only the day", "1 Nov 2026", "900000001", "r.json", cleared],
        ["2026-11-02T20:00:05.120000+00:00", f"Upload of {URDU}", "File uploaded", "2026-11-03 01:00:05 PKT", ZONE_STATED, "", "2026-11-03T01:00:05.12+05:00",
         "900000002", "report.xml, /report", ""],
    ]  # fmt: skip


def test_a_map_holds_each_place_at_its_position() -> None:
    places = (
        MappedPlace(
            report="900000001",
            name="31.5, 74.3",
            of="reported user",
            says="GPS <b>",
            sure="Sure & near",
            latitude=31.5,
            longitude=-74.3,
        ),
        MappedPlace(report="900000001", name=URDU, of="child", says="says", sure="no position", latitude=None, longitude=None),
        MappedPlace(report="900000002", name="0, 0", of="child", says="says", sure="the sea", latitude=0.0, longitude=0.0),
    )
    with zipfile.ZipFile(io.BytesIO(format_places(places, {"900000002": "Cleared & out"}))) as archive:
        assert archive.namelist() == ["doc.kml"]
        root = ElementTree.fromstring(archive.read("doc.kml"))
    names = {"k": "http://www.opengis.net/kml/2.2"}
    found = {
        folder.findtext("k:name", "", names): (
            folder.findtext("k:description", None, names),
            [
                tuple(mark.findtext(path, None, names) for path in ("k:name", "k:description", "k:Point/k:coordinates"))
                for mark in folder.findall("k:Placemark", names)
            ],
        )
        for folder in root.findall("k:Document/k:Folder", names)
    }
    assert found == {
        "900000001": (None, [
            ("31.5, 74.3", "reported user: GPS &lt;b&gt;<br>Sure &amp; near", "-74.300000,31.500000"), (URDU, "child: says<br>no position", None),
        ]),
        "900000002": ("Cleared &amp; out", [("0, 0", "child: says<br>the sea", "0.000000,0.000000")]),
    }  # fmt: skip
