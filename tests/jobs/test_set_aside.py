"""What is locked is set aside, and leaves the list when its password comes; the book of imports."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.importers.pdf_pages import ABROAD, pdf
from tests.importers.zips import zipcrypto
from tests.jobs.bundles import le_json, write_bundle
from tests.jobs.listed import list_imports, list_quarantined
from triage.errors import Cancelled
from triage.jobs.intake import documents as intake_documents
from triage.jobs.intake.common import Intake
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.intake.remedies import find_remedy
from triage.jobs.leaving.packet_contents import load_packet_report
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.progress import Progress
from triage.model.views import ImportResult


def import_paths(session: Session, *paths: Path, passwords: tuple[bytes, ...] = ()) -> ImportResult:
    """Imports files and folders with these passwords."""
    return import_bundles(session, paths, receipt=Receipt(received_from="desk"), passwords=passwords)


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    folder = tmp_path / "locked"
    folder.mkdir()
    (folder / "900000007.zip").write_bytes(zipcrypto({"900000007.json": le_json(900_000_007)}, b"seven boats"))
    (folder / "900000001.pdf").write_bytes(pdf(ABROAD, owner_password="owner", user_password="green boats"))
    (folder / "open").mkdir()
    (folder / "open" / "900000001.pdf").write_bytes(pdf(ABROAD, owner_password="owner"))
    return folder


def test_what_was_locked_leaves_the_list_when_its_passwords_come(session: Session, locked: Path) -> None:
    first = import_paths(session, locked)
    assert first.reports.new == 1  # a PDF that only restricts printing opens without a word
    assert {Path(q.path).name for q in first.quarantined} == {"900000007.zip", "900000001.pdf"}
    assert all(find_remedy(q.reason) == "password" for q in first.quarantined)
    assert len(list_quarantined(session)) == 2

    import_paths(session, locked, passwords=(b"wrong", b"seven boats"))
    assert [Path(row.path).name for row in list_quarantined(session)] == ["900000001.pdf"]

    last = import_paths(session, locked, passwords=(b"seven boats", b"green boats"))
    assert last.quarantined == ()
    assert list_quarantined(session) == ()
    assert session.store.check().valid


def test_a_locked_zip_handed_over_by_itself(session: Session, locked: Path) -> None:
    import_paths(session, locked / "900000007.zip")
    assert len(list_quarantined(session)) == 1
    assert import_paths(session, locked / "900000007.zip", passwords=(b"seven boats",)).reports.new == 1
    assert list_quarantined(session) == ()


def test_slow_locks_are_announced(session: Session, locked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.jobs.intake.media.SLOW_BYTES", 1)
    (locked / "a.zip").write_bytes(zipcrypto({"a.bin": bytes(3_000)}, b"seven boats"))
    told: list[Progress] = []
    import_bundles(session, [locked], receipt=Receipt(), passwords=[b"seven boats"], on_progress=told.append)
    assert any("locked the old way: about 1 min" in str(progress.note) for progress in told)


def test_the_book_of_imports(session: Session, tmp_path: Path, locked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = write_bundle(tmp_path / "bundle")
    import_paths(session, bundle)

    def stop(intake: Intake, *_: object) -> None:
        raise Cancelled("Stopped. Finished steps stay.")

    with monkeypatch.context() as patched:
        patched.setattr(intake_documents, "_store_pending", stop)
        with pytest.raises(Cancelled):
            import_paths(session, locked)
    second, first = list_imports(session)
    assert (first.state, first.reports, first.documents, first.media, first.set_aside) == ("finished", 1, 2, 1, 1)
    assert first.paths == (str(bundle),)
    assert [container.kind for container in first.containers] == ["folder"]
    assert first.receipt.received_from == "desk"
    assert (second.state, second.finished, second.reports) == ("interrupted", None, 0)
    import_paths(session, locked)
    assert [row.state for row in list_imports(session)] == ["finished", "interrupted", "finished"]


def test_an_interrupted_import_is_completed_only_by_one_that_brings_the_same_bytes(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = write_bundle(tmp_path / "bundle")

    def stop(*_: object) -> None:
        raise Cancelled("Stopped. Finished steps stay.")

    with monkeypatch.context() as patched:
        patched.setattr("triage.jobs.intake.import_bundles.import_media", stop)
        with pytest.raises(Cancelled):
            import_paths(session, bundle)
    details = bundle / "900000001" / "file-aa11.xml"
    was = details.read_bytes()
    details.write_bytes(was + b"<!-- changed -->")
    import_paths(session, bundle)
    details.write_bytes(was)
    assert [row.completed_by for row in list_imports(session)] == [None, None]
    import_paths(session, bundle)
    third, second, first = list_imports(session)
    assert (first.state, first.completed_by, first.containers) == ("interrupted", third.bundle, third.containers)
    assert second.completed_by is None and second.containers != third.containers
    db = session.store.read()
    report = load_packet_report(session, db, 1)
    assert third.containers[0].sha256 in {each.sha256 for receipt in report.receipts for each in receipt.containers}
    assert [str(s.says) for s in report.custody if s.what == "import completed"] == [
        "Bundle 3 brought all that the interrupted import of bundle 1 had taken in."
    ]
