"""Folders that hold more than a batch: cut inside a level, and what has to stay together stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.importers.pdf_pages import pdf
from tests.jobs.bundles import DETAILS, REPORT, le_json
from triage import limits
from triage.jobs.intake import documents as intake_documents
from triage.jobs.intake.common import Intake
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.views import ImportResult


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BATCH_DOCUMENTS", 3)


def import_folder(session: Session, folder: Path) -> ImportResult:
    """Imports a folder."""
    return import_bundles(session, [folder], receipt=Receipt())


def test_a_flat_folder_of_many_reports_is_taken_batch_by_batch(session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "flat"
    folder.mkdir()
    for n in range(10):
        (folder / f"{n}.json").write_bytes(le_json(900_000_100 + n))
    (folder / "z.xml").write_text(DETAILS)
    assert import_folder(session, folder).reports.new == 11
    assert import_folder(session, folder).reports.unchanged == 11


def test_one_report_with_more_files_than_a_batch_stays_one_report(session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "one"
    folder.mkdir()
    for n in range(9):
        (folder / f"file-{n}.xml").write_text(DETAILS.replace("aa11", f"aa{n}").replace("a.jpg", f"{n}.jpg"))
    (folder / "report.xml").write_text(REPORT)
    assert import_folder(session, folder).reports.new == 1
    assert len(load_report_view(session, "900000001").files) == 9


def test_reports_without_a_number_at_a_level_of_several_stay_apart(session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "several"
    folder.mkdir()
    for n in range(8):
        (folder / f"{n}.xml").write_text(REPORT.replace("kite", f"kite{n}"))
    (folder / "details.xml").write_text(DETAILS)
    assert import_folder(session, folder).reports.new == 9
    again = import_folder(session, folder).reports
    assert (again.new, again.updated) == (0, 0)


def test_two_documents_of_one_number_far_apart_are_both_kept(session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "twice"
    folder.mkdir()
    (folder / "0.json").write_bytes(le_json(900_000_100))
    for n in range(1, 9):
        (folder / f"{n}.json").write_bytes(le_json(900_000_100 + n))
    (folder / "9.json").write_bytes(le_json(900_000_100, dateReceived="2026-10-03T08:00:00Z"))
    assert import_folder(session, folder).reports.new == 9
    shown = load_report_view(session, "900000100")
    assert len(shown.versions) == 1
    assert [conflict.field for conflict in shown.conflicts] == ["received"]
    assert import_folder(session, folder).reports.unchanged == 9


def test_small_levels_do_not_pile_up(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    commit = intake_documents._store_pending

    def counted(intake: Intake, pending: intake_documents._Pending, found: intake_documents.Attachments) -> None:
        sizes.append(len(pending.originals))
        commit(intake, pending, found)

    monkeypatch.setattr(intake_documents, "_store_pending", counted)
    for n in range(20):
        here = tmp_path / "pairs" / str(n)
        here.mkdir(parents=True)
        (here / "report.xml").write_text(REPORT.replace("kite", f"kite{n}"))
        (here / "file.xml").write_text(DETAILS.replace("900000001", str(900_000_500 + n)))
    assert import_folder(session, tmp_path / "pairs").reports.new == 20
    assert max(sizes) <= 5


def test_each_of_many_pdfs_is_its_own_report(session: Session, tmp_path: Path) -> None:
    """Their text is fetched several at once, with other documents and one that says nothing between them."""
    numbers = [str(900_000_200 + n) for n in range(19)]
    for number in numbers:
        here = tmp_path / "pdfs" / number
        here.mkdir(parents=True)
        lines = [f"CyberTipline Report {number}", "Section A: Reported Information", "Suspect", f"ESP User ID: kite{number}"]
        (here / "report.pdf").write_bytes(pdf([lines]))
    (tmp_path / "pdfs" / numbers[4] / "a.pdf").write_bytes(b"%PDF-1.7 not really")
    (tmp_path / "pdfs" / "900000205.json").write_bytes(le_json(900_000_205))
    result = import_folder(session, tmp_path / "pdfs")
    assert result.reports.new == len(numbers)
    assert [Path(each.path).name for each in result.quarantined] == ["a.pdf"]
    for number in numbers:
        said = {i.value for i in load_report_view(session, number).identifiers if i.kind == "user_id"}
        assert f"kite{number}" in said
        assert len([value for value in said if value.startswith("kite9")]) == 1
