"""A sheet that a lead filled in comes back: only ours is read, only assignments count, and conflicts change nothing."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.jobs.bundles import import_reports
from tests.jobs.conftest import MakeStore
from tests.people import add_person
from triage.errors import NotFound, Refused, WorldError
from triage.jobs.casework.decisions import decide, record_taken_decision
from triage.jobs.casework.sheet_import import import_sheet, is_own_sheet
from triage.jobs.leaving.export_queue import export_queue
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session, create_store, unlock
from triage.model.users import Role
from triage.model.views import QueueFilter
from triage.store.queries import exchange, reports

NUMBERS = tuple(str(900000800 + n) for n in range(4))
WORDS = "nine blue kites in the wind"
ONE, TWO, THREE, FOUR = NUMBERS


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    def fill(session: Session, folder: Path) -> None:
        import_reports(session, folder, NUMBERS)
        for name, role in (("sana", Role.ANALYST), ("bilal", Role.ANALYST), ("chief", Role.ADMIN)):
            add_person(session.store, name, {role}, WORDS)

    return make_store(fill)


@pytest.fixture
def lead(filled: Session) -> Session:
    return filled


@pytest.fixture
def sheet(lead: Session, tmp_path: Path) -> Path:
    export_queue(lead, QueueFilter(), tmp_path / "queue.xlsx")
    return tmp_path / "queue.xlsx"


def fill(path: Path, names: dict[str, str], notes: dict[str, str] | None = None, worksheet: str = "All") -> Path:
    """Writes user names and notes into the sheet as a spreadsheet program does."""
    book = openpyxl.load_workbook(path)
    page = book[worksheet]
    header = {cell.value: cell.column for cell in page[1]}
    for row in range(2, page.max_row + 1):
        number = page.cell(row, header["Report"]).value
        if number in names:
            page.cell(row, header["Assigned to"]).value = names[number]
        if number in (notes or {}):
            page.cell(row, header["Note for the analyst"]).value = (notes or {})[number]
    book.save(path)
    return path


def holders(session: Session) -> list[str | None]:
    return [load_report_view(session, number).assignee for number in NUMBERS]


def test_what_a_lead_wrote_becomes_decisions_of_theirs(lead: Session, sheet: Path) -> None:
    fill(sheet, {ONE: "sana", TWO: " Bilal "}, {ONE: "read it first"})
    assert is_own_sheet(sheet)
    before = import_sheet(lead, sheet, dry_run=True)
    assert (before.applied, [(c.report_id, c.to, c.decision) for c in before.changes]) == (
        False, [(ONE, "sana", None), (TWO, "bilal", None)],
    )  # fmt: skip
    assert holders(lead) == [None] * 4, "a preview changes nothing"
    done = import_sheet(lead, sheet)
    assert done.applied and done.conflicts == () and (done.rows, done.unchanged) == (4, 2)
    assert holders(lead) == ["sana", "bilal", None, None]
    (decision,) = load_report_view(lead, ONE).decisions
    assert (decision.user, decision.note, decision.status, decision.id) == (
        lead.user.name,
        "read it first",
        "new",
        done.changes[0].decision,
    )
    again = import_sheet(lead, sheet)
    assert (again.changes, again.conflicts, again.unchanged) == ((), (), 4), "the same sheet again changes nothing"


def test_an_office_sheet_counts_like_the_sheet_with_all(lead: Session, sheet: Path) -> None:
    office = openpyxl.load_workbook(sheet).sheetnames[2]
    fill(sheet, {ONE: "sana"}, worksheet=office)
    assert [(c.report_id, c.to) for c in import_sheet(lead, sheet).changes] == [(ONE, "sana")]


def test_two_names_for_one_report_are_a_conflict(lead: Session, sheet: Path) -> None:
    office = openpyxl.load_workbook(sheet).sheetnames[2]
    fill(fill(sheet, {ONE: "sana"}, worksheet=office), {ONE: "bilal"})
    found = import_sheet(lead, sheet)
    assert found.changes == () and "say different things" in str(found.conflicts[0].conflict)


def test_rows_that_do_not_fit_are_shown_and_the_others_applied(lead: Session, sheet: Path) -> None:
    decide(lead, TWO, assignee="bilal")
    decide(lead, THREE, status="closed", reason="duplicate")
    fill(sheet, {ONE: "nobody.such", TWO: "sana", THREE: "sana", FOUR: "sana"})
    found = import_sheet(lead, sheet)
    assert [c.report_id for c in found.changes] == [FOUR] and found.unchanged == 0
    said = {c.report_id: str(c.conflict) for c in found.conflicts}
    assert said[ONE].startswith("There is no active user 'nobody.such'; choose one of ")
    assert said[TWO] == "It was assigned to bilal since the export."
    assert said[THREE] == "The report is closed."
    assert holders(lead) == [None, "bilal", None, "sana"]


def test_who_cant_work_on_reports_gets_none(lead: Session, sheet: Path) -> None:
    found = import_sheet(lead, fill(sheet, {ONE: "chief"}))
    assert "chief can't work on reports" in str(found.conflicts[0].conflict) and holders(lead)[0] is None


def test_an_assignment_is_not_taken_back_by_a_sheet(lead: Session, tmp_path: Path) -> None:
    decide(lead, ONE, assignee="sana")
    export_queue(lead, QueueFilter(), tmp_path / "queue.xlsx")
    for name in ("", "nobody"):
        found = import_sheet(lead, fill(tmp_path / "queue.xlsx", {ONE: name}))
        assert "can't take an assignment back" in str(found.conflicts[0].conflict)
    assert holders(lead)[0] == "sana"


def test_a_note_alone_goes_to_who_has_the_report(lead: Session, tmp_path: Path) -> None:
    decide(lead, ONE, assignee="sana")
    export_queue(lead, QueueFilter(), tmp_path / "queue.xlsx")
    fill(tmp_path / "queue.xlsx", {}, {ONE: "call the provider", TWO: "who reads this?"})
    found = import_sheet(lead, tmp_path / "queue.xlsx")
    assert [(c.report_id, c.to, c.note) for c in found.changes] == [(ONE, "sana", "call the provider")]
    assert "no user to read it" in str(found.conflicts[0].conflict)
    assert import_sheet(lead, tmp_path / "queue.xlsx").changes == ()


def test_a_report_that_somebody_of_another_workstation_has_can_be_given_to_another(lead: Session, tmp_path: Path) -> None:
    """The sheet ended in an error without words."""
    with lead.store.batch() as batch:
        holder = exchange.add_remote_user(batch, "0" * 64, "omar")
        for number in (ONE, TWO):
            report_id = reports.find_report(batch, number) or 0
            record_taken_decision(batch, report_id, user_id=holder, status="in_progress", reason=None, note=None, assignee=holder)
        batch.note("test changed", files=1)
    there = holders(lead)[0]
    assert there is not None and there.startswith("omar at ")
    export_queue(lead, QueueFilter(), tmp_path / "queue.xlsx")
    found = import_sheet(lead, fill(tmp_path / "queue.xlsx", {ONE: "sana"}, {TWO: "call them"}))
    assert [(change.report_id, change.was, change.here, change.to) for change in found.changes] == [(ONE, there, there, "sana")]
    assert "There is no active user" in str(found.conflicts[0].conflict)
    assert holders(lead)[:2] == ["sana", there]


def test_strange_reports_and_reports_beside_the_export_are_refused(lead: Session, tmp_path: Path) -> None:
    export_queue(lead, QueueFilter(), tmp_path / "one.xlsx", limit=1)
    book = openpyxl.load_workbook(tmp_path / "one.xlsx")
    page = book["All"]
    header = {cell.value: cell.column for cell in page[1]}
    listed = page.cell(2, header["Report"]).value
    other = next(number for number in NUMBERS if number != listed)
    for row, number in ((3, "900999999"), (4, other)):
        page.cell(row, header["Report"]).value = number
        page.cell(row, header["Assigned to"]).value = "sana"
    book.save(tmp_path / "one.xlsx")
    found = import_sheet(lead, tmp_path / "one.xlsx")
    assert {c.report_id: str(c.conflict) for c in found.conflicts} == {
        "900999999": "This store holds no such report.",
        other: "The sheet did not list this report when it was exported.",
    }
    assert found.changes == () and found.unchanged == 1


def test_only_a_lead_imports_a_sheet(lead: Session, sheet: Path) -> None:
    fill(sheet, {ONE: "sana"})
    with unlock(lead.store.directory, "sana", WORDS) as analyst, pytest.raises(Refused, match="sana may not assign reports"):
        import_sheet(analyst, sheet, dry_run=True)


def test_rows_may_be_sorted_moved_and_given_as_numbers(lead: Session, sheet: Path) -> None:
    book = openpyxl.load_workbook(sheet)
    page = book["All"]
    page.insert_rows(1, 3)
    header = {cell.value: cell.column for cell in page[4]}
    for row in range(5, 9):
        page.cell(row, header["Report"]).value = int(page.cell(row, header["Report"]).value)
    page.cell(5, header["Assigned to"]).value = "sana"
    book.save(sheet)
    assert len(import_sheet(lead, sheet).changes) == 1


def rewrite(path: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    """Writes the zip anew with its parts changed; None leaves a part out."""
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if (data := change(name, source.read(name))) is not None:
                target.writestr(name, data)


@pytest.mark.usefixtures("cheap_passphrases")
def test_a_sheet_of_another_store_and_a_changed_statement_are_refused(lead: Session, sheet: Path, tmp_path: Path) -> None:
    with create_store(tmp_path / "other", "first", WORDS).session as other, pytest.raises(Refused, match="did not export"):
        import_sheet(other, sheet)
    rewrite(sheet, lambda name, data: data.replace(ONE.encode(), b"900000899") if name == "xl/sharedStrings.xml" else data)
    with pytest.raises(Refused, match="hidden worksheet was changed"):
        import_sheet(lead, sheet)


HOSTILE = {
    "no zip": lambda path: path.write_bytes(b"PK\x03\x04 not a zip"),
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:-200]),
    "an entity": lambda path: rewrite(
        path,
        lambda name, data: (
            re.sub(rb"(<\?xml[^>]*\?>)", rb'\1<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>', data, count=1)
            if name == "xl/sharedStrings.xml"
            else data
        ),
    ),
    "no shared texts": lambda path: rewrite(path, lambda name, data: None if name == "xl/sharedStrings.xml" else data),
    "a bomb": lambda path: rewrite(path, lambda name, data: b"<a>" * 3_000_000 if name == "xl/sharedStrings.xml" else data),
    "a far text": lambda path: rewrite(path, lambda name, data: data.replace(b"<v>1</v>", b"<v>99999</v>")),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_spreadsheet_is_refused_in_one_sentence(lead: Session, sheet: Path, what: str) -> None:
    HOSTILE[what](sheet)
    is_own_sheet(sheet)  # it never raises
    with pytest.raises((Refused, WorldError, NotFound)) as refusal:
        import_sheet(lead, sheet)
    assert len(str(refusal.value).splitlines()) == 1
    assert holders(lead) == [None] * 4


def test_other_spreadsheets_are_none_of_ours(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "plain.xlsx")
    assert not is_own_sheet(tmp_path / "plain.xlsx")
    assert not is_own_sheet(tmp_path / "missing.xlsx")
    (tmp_path / "picture.jpg").write_bytes(b"")
    assert not is_own_sheet(tmp_path / "picture.jpg")
