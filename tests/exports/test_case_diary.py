"""A diary says at its head of which case it is, who wrote it down and when, and what does not stand in it."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from triage.errors import WorldError
from triage.exports.case_diary import format_diary
from triage.message import Message
from triage.model.diary import CaseDiary, DiaryEntry
from triage.model.exports import About
from triage.model.users import Officer, Profile

ABOUT = About(
    made="2026-11-20T07:00:00Z", by="amina", tool="Triage 1", system="Linux", fingerprint="ab" * 32, clock="the machine's", rules="1", officer=Officer(user="amina", profile=Profile(), agency_name="", agency_address="", clock_source="")
)  # fmt: skip
EMPTY = CaseDiary(
    case="C-1",
    opened="2026-11-01T07:00:00Z",
    officer=None,
    stage="enquiry",
    numbers=(),
    reports=(),
    entries=(),
)
FULL = CaseDiary(
    case="C-2", opened="2026-11-01T07:00:00Z", officer="bilal", stage="challan", numbers=(("FIR", "12/2026"), ("enquiry", "7")),
    reports=("900000001", "900000002"),
    entries=(
        DiaryEntry(when="2026-11-02T07:00:00Z", who="amina", report=None, what=Message("case opened")),
        DiaryEntry(when="2026-11-03", who="bilal", report="900000001", what=Message("note"), text="=SUM(A1)"),
    ),
)  # fmt: skip


def read(diary: CaseDiary, first: str | None = None) -> tuple[dict[str, str], list[tuple[object, ...]]]:
    """Returns the facts at the head, and the rows of entries."""
    book = openpyxl.load_workbook(io.BytesIO(format_diary(diary, Path("d.xlsx"), ABOUT, first)))
    return dict(book["About"].values), [*book["Diary"].values][1:]


def test_the_head_says_what_is_known_and_what_is_not() -> None:
    empty, rows = read(EMPTY)
    assert rows == [] and (empty["Officer"], empty["Numbers"], empty["Reports"]) == ("nobody", "none recorded", "none")
    full, _ = read(FULL, "A copy.")
    assert (full["First of all"], full["Officer"], full["Stage"]) == ("A copy.", "bilal", "challan")
    assert (full["Numbers"], full["Reports"]) == ("FIR 12/2026; enquiry 7", "900000001, 900000002")
    for facts in (empty, full):
        assert "amina" in facts["Written"] and "Triage 1" in facts["Written"] and "2026" in facts["Written"]
        assert facts["Clock"] == "the machine's" and "Who viewed which file" in facts["Not in it"]


def test_entries_are_numbered_and_say_what_has_no_hour_or_no_report() -> None:
    _, (first, second) = read(FULL)
    assert (first[0], first[3], first[4], first[5], first[6]) == ("1", "amina", "the case", "case opened", "")
    assert "2026" in str(first[2]) and second[2] == "a day only"
    assert (second[0], second[4], second[6]) == ("2", "900000001", "=SUM(A1)")


@pytest.mark.parametrize("name", ["diary.docx", "diary"])
def test_another_ending_is_refused(name: str) -> None:
    with pytest.raises(WorldError, match=r"\.pdf or \.xlsx"):
        format_diary(FULL, Path(name), ABOUT, None)
