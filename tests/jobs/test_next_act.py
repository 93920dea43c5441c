"""What comes next on a report: one table, which the documents print, and of which every line is reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.exports.test_queue import make_row
from triage.jobs.state.next_act import ACTS, WorkState, find_next_act

PAGE = Path(__file__).parents[2] / "docs" / "formats" / "queue-sheet.md"
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
SOON, LATE = "2026-12-10T00:00:00Z", "2027-06-01T00:00:00Z"
STATES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"status": "closed", "child_lane": "waits for a lead"}, {}, "Nothing: it is closed"),
    ({"child_lane": "waits for a lead", "flags": ("child lane",)}, {}, "A lead confirms the child lane"),
    ({"flags": ("not judged",)}, {}, "Read it: it could not be scored"),
    ({"deadline": SOON, "deadline_name": "tell the Court of the notice"}, {"notices": 1}, "Tell the Court of the notice"),
    ({"duplicates_of": "900000002"}, {}, "Compare with report 900000002, close as duplicate"),
    ({"deadline": SOON, "deadline_name": "provider data"}, {"ungraded": 2}, "Preserve: ask the provider to keep the data"),
    ({"deadline": SOON, "deadline_name": "operator traffic data"}, {}, "Preserve: notice to the operator"),
    ({"status": "on_hold"}, {"ungraded": 1}, "Ask again: it is on hold"),
    ({"status": "referred"}, {"ungraded": 1}, "Await the answer: it was referred"),
    ({"files": 2, "files_present": 2}, {"ungraded": 2}, "View and grade the files (2 not graded)"),
    ({"status": "case_opened"}, {"case": "C-2026-0001", "stage": "enquiry"}, "Case C-2026-0001: go on from enquiry"),
    ({"files": 2, "files_present": 1}, {}, "Ask the provider for the missing files"),
    ({"deadline": LATE, "deadline_name": "operator traffic data"}, {}, "Write to the operator for the subscriber"),
    ({}, {}, "Decide: open a case, refer, or close"),
]


@pytest.mark.parametrize(("row", "state", "words"), STATES, ids=[words for _, _, words in STATES])
def test_each_state_has_its_next_act(row: dict[str, Any], state: dict[str, Any], words: str) -> None:
    usual = WorkState(row=make_row(**row).row, now=NOW, notices=0, ungraded=0, case=None, stage=None)
    assert find_next_act(replace(usual, **state)) == words


def test_every_line_of_the_table_is_tried() -> None:
    assert len(STATES) == len(ACTS)


def test_a_recorded_notice_ends_the_call_for_one() -> None:
    row = make_row(deadline=SOON, deadline_name="provider data").row
    assert find_next_act(WorkState(row=row, now=NOW, notices=1, ungraded=0, case=None, stage=None)).startswith("Decide")


def test_the_documents_print_the_table() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for n, act in enumerate(ACTS, 1):
        assert f"| {n} | {act.question} | {act.words.key.replace('{', '').replace('}', '')} |" in page
