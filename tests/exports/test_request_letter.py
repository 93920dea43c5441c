"""Letters and annexes: the same for the same content, DRAFT on each page, blank lines for what is not stated."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import openpyxl
import pytest
from docx import Document

from triage.exports.request_annex import COLUMNS, format_annex
from triage.exports.request_letter import BLANK, LetterFacts, _get_wording, format_letter, format_reminder, get_reply_days
from triage.exports.request_letter_urdu import find_rendering, read_renderings
from triage.model.data_requests import AnnexLine, LineFact, RequestKind
from triage.model.users import Officer, Profile

MADE = datetime(2026, 11, 28, 1, 2, 3, tzinfo=UTC)
OFFICER = Officer(
    user="first",
    profile=Profile(full_name="Officer Example", rank="Inspector"),
    agency_name="Agency Example",
    agency_address="",
    clock_source="",
)
FACTS = LetterFacts(
    number="R-2026-0001", kind=RequestKind.SUBSCRIBER, addressee="Operator Example", office="The officer", address="(address)", day="2026-11-28", made=MADE,
    officer=OFFICER, case_numbers=("Enquiry No. 41/2026",), warrant=None, lines=2, draft=False, missing=(), child=False,
)  # fmt: skip


def texts(data: bytes) -> list[str]:
    document = Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs] + cells


@pytest.mark.parametrize("kind", RequestKind)
def test_each_kind_of_letter_is_whole_and_the_same_twice(kind: RequestKind) -> None:
    facts = replace(FACTS, kind=kind, warrant="W-9")
    data = format_letter(facts)
    assert data == format_letter(facts)
    said = texts(data)
    assert "Officer Example" in said and "Inspector" in said and "Agency Example" in said and BLANK in said
    assert any(f"within {get_reply_days(kind)} days" in each for each in said)
    assert not [each for each in said if "{" in each]
    assert format_reminder(facts, sent="2026-11-01", days=27) == format_reminder(facts, sent="2026-11-01", days=27)


FULL = replace(
    FACTS,
    officer=replace(
        OFFICER, agency_address="12 Example Road", profile=Profile(full_name="Officer Example", rank="Inspector", badge="B-77", post="Desk 3")
    ),
    case_numbers=("Enquiry No. 41/2026", "FIR No. 7/2026"), warrant="W-9",
)  # fmt: skip


@pytest.mark.parametrize("kind", RequestKind)
@pytest.mark.parametrize("stated", [True, False])
def test_the_head_and_the_signature_hold_each_value_in_its_place(kind: RequestKind, stated: bool) -> None:
    """A letter without its sender, or with a line where a value is stated, comes back unanswered."""
    nobody = replace(OFFICER, profile=Profile(full_name="", rank=""), agency_name="")
    facts = replace(FULL if stated else replace(FACTS, officer=nobody, case_numbers=(), office="", warrant=None), kind=kind)
    document = Document(io.BytesIO(format_letter(facts)))
    head, signature = [[(row.cells[0].text, row.cells[1].text) for row in table.rows] for table in document.tables[:2]]
    paragraphs = [paragraph.text for paragraph in document.paragraphs if paragraph.text]
    start = ["Agency Example", "12 Example Road"] if stated else [BLANK]
    assert paragraphs[: len(start) + 1] == [*start, "To:"]
    warrant = [("Court's warrant", "W-9" if stated else BLANK)] if stated or kind.needs_warrant else []
    case = "Enquiry No. 41/2026, FIR No. 7/2026" if stated else BLANK
    assert head == [("Our reference", "R-2026-0001"), ("Date", "2026-11-28"), ("Case", case), *warrant]
    to = paragraphs[len(start) + 1 :]
    if kind is RequestKind.MLA:
        assert to[0].startswith("The Central Authority under ") and to[1:3] == [
            "concerning the provider Operator Example",
            "(address)",
        ]
    else:
        assert to[: 2 + stated] == [*(["The officer"] if stated else []), "Operator Example", "(address)"]
    signs = ("Officer Example", "Inspector", "B-77", "Desk 3", "Agency Example") if stated else (BLANK,) * 5
    names = ("Full name", "Rank", "Badge number", "Post", "Agency")
    lines = [("", ""), ("Signature", BLANK), ("Date and seal", BLANK), ("", ""), ("Approved by", BLANK), ("Signature", BLANK)]
    assert signature == [*zip(names, signs, strict=True), *lines]


def test_a_draft_says_so_at_the_head_of_each_page() -> None:
    data = format_letter(replace(FACTS, draft=True, missing=("the enquiry or FIR number of the case",)))
    (section,) = Document(io.BytesIO(data)).sections
    assert section.header.paragraphs[0].text.startswith("DRAFT") and not section.different_first_page_header_footer
    assert "the enquiry or FIR number of the case" in " ".join(texts(data))


def test_the_properties_of_a_letter_name_nobody() -> None:
    with zipfile.ZipFile(io.BytesIO(format_letter(FACTS))) as packed:
        core = packed.read("docProps/core.xml").decode()
        assert (
            "python-docx" not in core and "first" not in core and not [name for name in packed.namelist() if "thumbnail" in name]
        )
        assert {info.date_time for info in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert "2026-11-28" in core


def test_an_annex_holds_text_cells_and_no_formula() -> None:
    lines = [
        AnnexLine(line="1234567890", fact=LineFact(kind="IP address", value="39.32.10.9", utc="2026-10-28T04:59:58Z")),
        AnnexLine(line="2234567890", fact=LineFact(kind="Account", value='=HYPERLINK("x")', note="+1")),
    ]
    data = format_annex(lines, number="R-2026-0001", made=MADE, draft=True)
    assert data == format_annex(lines, number="R-2026-0001", made=MADE, draft=True)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert tuple(rows[0]) == COLUMNS and rows[1][3:6] == ["not stated", "2026-10-28T04:59:58Z", "2026-10-28 09:59:58 PKT"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert "DRAFT" in str(sheet.oddHeader.center.text)


IN_PAKISTAN = [kind for kind in RequestKind if not kind.is_abroad]


@pytest.mark.parametrize("kind", RequestKind)
def test_letters_in_pakistan_have_an_urdu_rendering_below_the_binding_english_text(kind: RequestKind) -> None:
    said = texts(format_letter(replace(FACTS, kind=kind, warrant="W-9/26", child=True)))
    notice = read_renderings().notice
    if kind not in IN_PAKISTAN:
        assert notice not in said
        return
    english, urdu = said.index("The authorised officer"), said.index(notice)
    assert english < urdu, "the officer signs the English text"
    assert "انگریزی" in notice and "وکیل" in notice
    below = " ".join(said[urdu:])
    assert "2 لائنوں" in below and f"{get_reply_days(kind)} دن" in below and read_renderings().child in below
    assert "وارنٹ W-9/26" in below or not kind.needs_warrant


@pytest.mark.parametrize("kind", IN_PAKISTAN)
def test_the_urdu_rendering_has_the_parts_and_sections_of_the_english_letter(kind: RequestKind) -> None:
    english, urdu = _get_wording(kind), find_rendering(kind)
    assert urdu is not None
    assert (len(urdu.duties), len(urdu.asked)) == (len(english.duties), len(english.asked))
    for mine, theirs in ((urdu.subject, english.subject), (urdu.purpose, english.purpose)):
        assert sorted(re.findall(r"\d+|{\w+}", mine)) == sorted(re.findall(r"\d+|{\w+}", theirs))
    for mine, theirs in zip(urdu.duties, english.duties, strict=True):
        assert sorted(re.findall(r"\d+", mine)) == sorted(re.findall(r"\d+", theirs))


def test_urdu_paragraphs_run_from_right_to_left() -> None:
    with zipfile.ZipFile(io.BytesIO(format_letter(FACTS))) as packed:
        document = packed.read("word/document.xml").decode()
    assert document.count("<w:bidi/>") == document.count("<w:rtl/>") > 10
