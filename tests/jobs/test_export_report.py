"""A report is printed to a signed PDF: without notes, media or the texts of files, and never when it may not leave."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from tests.jobs.bundles import write_bundle
from tests.jobs.conftest import MakeStore
from tests.jobs.listed import list_outgoing
from triage.errors import WorldError
from triage.exports.verify import verify_file
from triage.jobs.casework.notes import add_note
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.leaving.export_report import export_report, preview_report
from triage.jobs.session import Session
from triage.model.handover import Receipt

NUMBER = "900000001"


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    def fill(session: Session, work: Path) -> None:
        import_bundles(session, [write_bundle(work / "in")], receipt=Receipt())
        add_note(session, NUMBER, "only-for-this-office")

    return make_store(fill)


def test_the_print_is_signed_registered_and_holds_no_note(filled: Session, tmp_path: Path) -> None:
    out = tmp_path / "r.pdf"
    assert export_report(filled, NUMBER, out) == filled.store.fingerprint
    assert verify_file(out).valid
    assert [(each.kind, each.name) for each in list_outgoing(filled)] == [("report", "r.pdf")]
    with pypdfium2.PdfDocument(out) as document:
        text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    assert f"Report {NUMBER}" in text
    assert "kite_flyer" in text
    assert "only-for-this-office" not in text
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("r.pdf")) == [
        "r.pdf", "r.pdf.pem", "r.pdf.sig",
    ]  # fmt: skip


def test_the_preview_says_what_is_printed_and_writes_nothing(filled: Session, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    found = preview_report(filled, NUMBER)
    assert found.show.notes == () and found.show.report_id == NUMBER
    assert sorted(tmp_path.rglob("*")) == before


def test_only_a_pdf_is_written(filled: Session, tmp_path: Path) -> None:
    with pytest.raises(WorldError):
        export_report(filled, NUMBER, tmp_path / "r.docx")
