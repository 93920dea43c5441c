"""`triage import` of a queue sheet: the keys of every import, and what the sheet changes."""

from __future__ import annotations

import openpyxl

from tests.cli.conftest import Desk


def test_import_recognises_our_own_sheet(desk: Desk) -> None:
    assert desk.call("export", "queue", "--out", "sheets/queue.xlsx").code == 0
    path = desk.work / "sheets" / "queue.xlsx"
    book = openpyxl.load_workbook(path)
    header = {cell.value: cell.column for cell in book["All"][1]}
    book["All"].cell(2, header["Assigned to"]).value = "nobody.such"
    book.save(path)
    found = desk.call("import", "sheets/queue.xlsx", "--dry-run", "--json")
    assert found.code == 3 and found.json.keys() >= {"reports", "media", "quarantined", "skipped", "seconds", "sheet"}
    assert found.json["sheet"].keys() == {"export", "made", "rows", "unchanged", "applied", "changes", "conflicts"}
    (conflict,) = found.json["sheet"]["conflicts"]
    assert conflict.keys() == {"report_id", "was", "here", "to", "note", "conflict", "decision"}
    assert found.json["sheet"]["applied"] is False
    book["All"].cell(2, header["Assigned to"]).value = "first"
    book.save(path)
    printed = desk.call("import", "sheets/queue.xlsx", "--dry-run")
    assert printed.code == 0 and "1 assignment would be recorded. Nothing was changed." in printed.out.decode()
    done = desk.call("import", "sheets/queue.xlsx", "--json")
    assert done.code == 0 and done.json["sheet"]["changes"][0]["to"] == "first"
    assert desk.call("queue", "--json").json[0]["assignee"] == "first"


def test_a_dry_run_is_for_sheets_only(desk: Desk) -> None:
    done = desk.call("import", "bundle", "--dry-run")
    assert done.code == 2 and "--dry-run" in done.err
