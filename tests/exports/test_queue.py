"""Queues for other desks: in order, without formulas, signed, and saying what was not stated."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest

from tests.exports.conftest import FORMULA
from triage.errors import WorldError
from triage.exports import queue as queue_export
from triage.exports import signature
from triage.exports.queue_columns import BAND_COLOURS, BAND_WORDS, HEADERS, NOTE, SheetLine, list_cells
from triage.exports.queue_cover import make_totals
from triage.exports.queue_workbook import _COLUMNS as SHEET_COLUMNS
from triage.exports.sheet_cells import FORMULA_STARTS, disarm_formula
from triage.exports.verify import verify_file
from triage.jobs.leaving import export_queue as export_queue_job
from triage.jobs.leaving.export_queue import export_queue, preview_queue
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.queue_sheet import load_sheet, read_sheet_rows
from triage.jobs.session import Session
from triage.model.queue_sheet import SheetRow, SheetScope
from triage.model.views import QueueFilter, QueueRow, RanOut

SHEET_HEADERS = tuple(column.header for column in SHEET_COLUMNS)
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
ENDINGS = ("csv", "json", "pdf", "xlsx")


@pytest.fixture(scope="module")
def written(desk: Session, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("queues")
    for ending in ENDINGS:
        assert export_queue(desk, QueueFilter(), folder / f"queue.{ending}").rows == 2
    return {ending: folder / f"queue.{ending}" for ending in ENDINGS}


@pytest.fixture(scope="module")
def order(desk: Session) -> list[str]:
    return [row.report_id for row in list_queue_rows(desk, QueueFilter())]


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))


def test_xlsx_holds_no_formula_and_the_right_order(written: dict[str, Path], order: list[str]) -> None:
    book = openpyxl.load_workbook(written["xlsx"], data_only=False)
    rows = list(book["All"].iter_rows())
    assert tuple(cell.value for cell in rows[0]) == SHEET_HEADERS
    at = SHEET_HEADERS.index
    assert [row[at("Report")].value for row in rows[1:]] == order
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell for cell in cells if cell.hyperlink]
    strange = [cell for cell in cells if cell.value == FORMULA]
    assert strange, "as text it is verbatim"
    assert all(cell.quotePrefix for cell in strange), "it stays text when somebody edits the cell"
    for header in ("Risk", "Actionability", "Order", "Files"):
        assert all(isinstance(row[at(header)].value, int | float) for row in rows[1:])
    assert [row[at("Duplicate of")].value for row in rows[1:]] == ["none", "none"]
    said = [cell.value for row in rows for cell, header in zip(row, SHEET_HEADERS, strict=True) if header != NOTE]
    assert None not in said and "" not in said, "no cell is left to be guessed at"


def test_xlsx_is_ready_to_print_and_to_be_filled_in(written: dict[str, Path], desk: Session) -> None:
    book = openpyxl.load_workbook(written["xlsx"])
    assert book.sheetnames[:2] == ["Cover", "All"] and len(book.sheetnames) > 4
    offices = {row.office for row in list_queue_rows(desk, QueueFilter())}
    assert {name.split(" ")[0] for name in book.sheetnames[2:-2]} == offices
    assert [sheet.sheet_state for sheet in book][-2:] == ["veryHidden", "veryHidden"]
    for sheet in book.worksheets[1:-2]:
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows == "$1:$1" and sheet.freeze_panes == "C2" and sheet.auto_filter.ref
        assert [v.formula1 for v in sheet.data_validations.dataValidation] == ["people!$A:$A"]
    band = book["All"].cell(2, SHEET_HEADERS.index("Band") + 1)
    assert (
        band.value[1:] == f" {BAND_WORDS[band.value[0]]}" and band.fill.fgColor.rgb == f"FF{BAND_COLOURS[band.value[0]][0][1:]}"
    )


def test_the_cover_says_what_the_sheet_is_of(desk: Session, tmp_path: Path) -> None:
    with_filter = QueueFilter(search="900000001")
    export_queue(desk, with_filter, tmp_path / "one.xlsx")
    export_queue(desk, QueueFilter(), tmp_path / "first.xlsx", limit=1)
    facts = cover(tmp_path / "one.xlsx")
    assert facts["Lists"] == "Containing the words: 900000001"
    assert facts["Reports"] == "2 in the store, 1 listed here, 1 left out"
    assert desk.store.fingerprint == facts["Signing key"] and "PKT" in facts["Made"] and facts["Made by"] == "first"
    limited = cover(tmp_path / "first.xlsx")
    assert limited["Reports"] == "2 in the store, 1 listed here, 1 left out (0 by the filters, 1 by the limit or the first place)"
    assert limited["Lists"] == "Most reports: 1"


def cover(path: Path) -> dict[str, str]:
    rows = openpyxl.load_workbook(path)["Cover"].iter_rows(max_col=2, values_only=True)
    return {str(name): str(value) for name, value in rows if name}


def test_csv_disarms_formulas_and_says_not_stated(written: dict[str, Path], order: list[str]) -> None:
    rows = table(written["csv"])
    assert written["csv"].read_bytes().startswith(b"\xef\xbb\xbf")
    assert [row["Report"] for row in rows] == order
    assert [int(row["Order"]) for row in rows] == [1, 2]
    assert not [v for row in rows for v in row.values() if v[:1] in ("=", "+", "-", "@", "\t", "\r")]
    formula = next(row for row in rows if row["Report"] == "900000002")
    assert formula["Provider"] == f"'{FORMULA}"
    assert formula["Incident type"] == "not stated"
    other = next(row for row in rows if row["Report"] == "900000001")
    assert (other["Provider"], other["Assigned to"], other["Received estimated"]) == ("not stated", "nobody", "estimated")
    assert not [v for row in rows for v in row.values() if v == ""]
    assert tuple(rows[0]) == (*HEADERS, "Rules")


def test_what_ran_out_stands_apart_from_what_still_runs() -> None:
    passed = RanOut(name="provider data", due="2026-11-20T20:00:00Z")
    row = make_row(deadline="2026-12-01T20:30:00Z", deadline_name="operator traffic data", ran_out=(passed,))
    cells = dict(zip(HEADERS, list_cells(SheetLine(1, row, NOW)), strict=True))
    assert (cells["Next deadline (PKT)"], cells["Time left"]) == ("2026-12-02 01:30 PKT", "4 days")
    assert cells["Ran out"] == "provider data ran out on 2026-11-21 (ask anyway)"
    gone = dict(zip(HEADERS, list_cells(SheetLine(1, make_row(ran_out=(passed,)), NOW)), strict=True))
    assert (gone["Next deadline (PKT)"], gone["Time left"]) == ("none runs", "none runs") and gone["Ran out"] == cells["Ran out"]
    late = dict(zip(HEADERS, list_cells(SheetLine(1, make_row(deadline="2026-11-01T00:00:00Z"), NOW)), strict=True))
    assert late["Time left"] == "OVERDUE"


def test_totals_count_open_work() -> None:
    rows = [
        make_row(band="A", office="LHR", deadline="2026-12-01T00:00:00Z"),
        make_row(band="A", office="LHR", deadline="2026-11-01T00:00:00Z", assignee="sana"),
        make_row(band="C", office=None, deadline="2026-11-28T00:00:00Z", status="closed"),
    ]
    scope = SheetScope(filters=(), in_store=3, matching=3, skipped=0, closed_listed=1, offices={"LHR": "Lahore"})
    totals = make_totals([SheetLine(n, row, NOW) for n, row in enumerate(rows, 1)], scope)
    assert totals.head[-4:] == ("All bands", "Overdue", "Due in 7 days", "Unassigned")
    assert totals.rows == (
        ("LHR Lahore", "2", "0", "0", "0", "0", "2", "1", "1", "1"),
        ("No office", "0", "0", "1", "0", "0", "1", "0", "0", "0"),
        ("Total", "2", "0", "1", "0", "0", "3", "1", "1", "1"),
    )


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_every_way_to_begin_a_formula_is_disarmed(start: str) -> None:
    assert disarm_formula(f"{start}1+1") == f"'{start}1+1" and disarm_formula("plain") == "plain" and disarm_formula(-1) == -1


def make_row(**changed: Any) -> SheetRow:
    usual: dict[str, Any] = dict(  # noqa: C408
        id=1, report_id="900000001", band="B", risk=30.0, actionability=40.0, deadline=None, deadline_name=None, esp=None,
        incident_type=None, received=None, received_estimated=False, office="HQ", status="new", assignee=None, duplicates_of=None,
        flags=(), in_pakistan=None, province=None, files=0, files_present=0,
    )  # fmt: skip
    return SheetRow(row=QueueRow(**usual | changed), next_act="Read it", case=None, same_user_reports=0, folded=0)


def test_json_is_the_rows(written: dict[str, Path], desk: Session) -> None:
    document = json.loads(written["json"].read_bytes())
    assert [row["report_id"] for row in document["queue"]] == [row.report_id for row in list_queue_rows(desk, QueueFilter())]
    assert document["about"]["fingerprint"] == desk.store.fingerprint
    assert document["queue"][0]["assignee"] is None
    assert document["scope"] == {"filters": {}, "in_store": 2, "matching": 2}
    assert {"deadline", "deadline_name", "ran_out", "next_act", "case", "same_user_reports", "folded"} <= set(
        document["queue"][0]
    )


def test_pdf_names_the_key_and_the_reports(written: dict[str, Path], order: list[str], desk: Session) -> None:
    with pypdfium2.PdfDocument(written["pdf"]) as document:
        text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    assert desk.store.fingerprint in text
    assert text.index(order[0]) < text.index(order[1])
    assert "suspect" not in text.lower() and "not stated" in text


@pytest.mark.parametrize("ending", ENDINGS)
def test_signatures_hold_for_us_and_for_openssl(
    written: dict[str, Path], ending: str, desk: Session, tool: Callable[[str], str]
) -> None:
    path = written[ending]
    result = verify_file(path)
    assert (result.valid, result.signature_key) == (True, desk.store.fingerprint)
    command = signature.__doc__ or ""
    line = next(line for line in command.splitlines() if line.startswith("openssl"))
    done = subprocess.run([tool("openssl"), *line.replace("FILE", path.name).split()[1:]], cwd=path.parent, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_a_changed_export_does_not_verify(written: dict[str, Path], tmp_path: Path) -> None:
    for ending in ("", ".sig", ".pem"):
        (tmp_path / f"q.csv{ending}").write_bytes(signature.path_beside(written["csv"], ending).read_bytes())
    copy = tmp_path / "q.csv"
    assert verify_file(copy).valid
    for path in (copy, signature.path_beside(copy, ".sig")):
        before = path.read_bytes()
        path.write_bytes(bytes([before[0] ^ 1]) + before[1:])
        result = verify_file(copy)
        assert not result.valid and result.signature_key is not None
        path.write_bytes(before)
    signature.path_beside(copy, ".pem").write_bytes(b"no key")
    assert tuple(map(str, verify_file(copy).problems)) == ("The signing key is no public key in PEM form.",)
    signature.path_beside(copy, ".pem").unlink()
    assert tuple(map(str, verify_file(copy).problems)) == ("q.csv.pem is missing.",)


def test_another_ending_and_another_place(desk: Session, tmp_path: Path) -> None:
    with pytest.raises(WorldError, match=r"\.xlsx, \.csv, \.json or \.pdf"):
        export_queue(desk, QueueFilter(), tmp_path / "queue.docx")
    (tmp_path / "file").write_text("")
    with pytest.raises(WorldError, match="Can't write"):
        export_queue(desk, QueueFilter(), tmp_path / "file" / "queue.csv")


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_empty_queue_is_an_export_too(desk: Session, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"empty.{ending}"
    assert export_queue(desk, QueueFilter(search="nothing-like-it"), out).rows == 0
    assert verify_file(out).valid


def test_limits_are_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch, desk: Session, tmp_path: Path) -> None:
    """No row is read for a file that is too long: two million rows would fill the memory first."""
    rows, parts = load_sheet, read_sheet_rows
    for ending in ENDINGS:
        monkeypatch.setitem(queue_export.MOST_ROWS, f".{ending}", 1)
        monkeypatch.setattr(export_queue_job, "load_sheet", None)
        monkeypatch.setattr(export_queue_job, "read_sheet_rows", None)
        with pytest.raises(WorldError, match="at most 1 reports, and these are 2"):
            export_queue(desk, QueueFilter(), tmp_path / f"queue.{ending}")
        monkeypatch.setattr(export_queue_job, "load_sheet", rows)
        monkeypatch.setattr(export_queue_job, "read_sheet_rows", parts)
        assert export_queue(desk, QueueFilter(), tmp_path / f"part.{ending}", limit=1, offset=1).rows == 1
        assert export_queue(desk, QueueFilter(), tmp_path / f"rest.{ending}", offset=1).rows == 1
    assert preview_queue(desk, QueueFilter()).rows == 2
    monkeypatch.setitem(queue_export.MOST_ROWS, ".xlsx", 10)
    monkeypatch.setattr("triage.exports.queue_workbook.MOST_FILLABLE", 1)
    export_queue(desk, QueueFilter(), tmp_path / "queue.xlsx")
    texts = [cell.value for row in openpyxl.load_workbook(tmp_path / "queue.xlsx")["Cover"].iter_rows() for cell in row]
    assert any("can't be imported again" in str(text) for text in texts)
