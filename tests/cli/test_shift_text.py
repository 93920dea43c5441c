"""A shift sheet on the terminal: some rows of each list, and how many there are."""

from __future__ import annotations

import json

import pytest

from triage.cli import shift
from triage.cli.group import Common
from triage.model.shift import ShiftList, ShiftRow, ShiftSheet

HELD = 200
ROWS = tuple(ShiftRow(number=f"R{n:03}", band="A", due=None, due_for=None, assignee=None, what=None) for n in range(HELD))
SHEET = ShiftSheet(
    number=1, made="2026-01-02T03:04:05Z", by="amina", counts={}, note=None, acknowledged=None, acknowledged_by=None,
    lists=(ShiftList(name="long", total=5000, rows=ROWS), ShiftList(name="short", total=2, rows=ROWS[:2])),
)  # fmt: skip


@pytest.mark.parametrize(
    ("limit", "rows", "says"),
    [
        (None, 20, "The first 20 of 5,000 are listed; list more with --limit."),
        (3, 3, "The first 3 of 5,000 are listed; list more with --limit."),
        (999, HELD, "The first 200 of 5,000 are listed; a sheet holds no more."),
    ],
)
def test_a_list_ends_after_some_rows_and_says_so(
    capsys: pytest.CaptureFixture[str], limit: int | None, rows: int, says: str
) -> None:
    """Each list was printed with all its rows."""
    shift._print_sheet(Common(), SHEET, limit)
    printed = capsys.readouterr().out
    assert printed.count("R0") + printed.count("R1") == rows + 2
    assert [line for line in printed.splitlines() if line.startswith("The first")] == [says]


def test_a_limit_of_none_leaves_the_counts(capsys: pytest.CaptureFixture[str]) -> None:
    shift._print_sheet(Common(), SHEET, 0)
    printed = capsys.readouterr().out
    assert "5000" in printed and "R0" not in printed


@pytest.mark.parametrize(("limit", "rows"), [(None, HELD), (3, 3)])
def test_json_holds_all_that_the_sheet_holds(capfdbinary: pytest.CaptureFixture[bytes], limit: int | None, rows: int) -> None:
    shift._print_sheet(Common(json=True), SHEET, limit)
    found = json.loads(capfdbinary.readouterr().out)["lists"]
    assert [len(each["rows"]) for each in found] == [rows, 2] and found[0]["total"] == 5000
