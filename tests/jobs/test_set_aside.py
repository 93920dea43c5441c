"""What is locked is set aside, and leaves the list when its password comes; the book of imports."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.importers.pdf_pages import ABROAD, pdf
from tests.importers.zips import zipcrypto
from tests.jobs.bundles import le_json, write_bundle
from triage.errors import Cancelled
from triage.jobs.intake import documents as intake_documents
from triage.jobs.intake.common import Intake
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.intake.imports import imports
from triage.jobs.leaving.custody import custody_of
from triage.jobs.session import Session
from triage.jobs.status import set_aside
from triage.model.custody import Receipt
from triage.model.progress import Progress
from triage.model.views import ImportResult


def take(session: Session, *paths: Path, passwords: tuple[bytes, ...] = ()) -> ImportResult:
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
    first = take(session, locked)
    assert first.reports.new == 1  # a PDF that only restricts printing opens without a word
    assert {Path(q.path).name for q in first.quarantined} == {"900000007.zip", "900000001.pdf"}
    assert all("password" in q.reason for q in first.quarantined)
    assert len(set_aside(session)) == 2

    take(session, locked, passwords=(b"wrong", b"seven boats"))
    assert [Path(row.path).name for row in set_aside(session)] == ["900000001.pdf"]

    last = take(session, locked, passwords=(b"seven boats", b"green boats"))
    assert last.quarantined == ()
    assert set_aside(session) == ()
    assert session.store.check().valid


def test_a_locked_zip_handed_over_by_itself(session: Session, locked: Path) -> None:
    take(session, locked / "900000007.zip")
    assert len(set_aside(session)) == 1
    assert take(session, locked / "900000007.zip", passwords=(b"seven boats",)).reports.new == 1
    assert set_aside(session) == ()


def test_slow_locks_are_announced(session: Session, locked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.jobs.intake.media.SLOW_BYTES", 1)
    (locked / "a.zip").write_bytes(zipcrypto({"a.bin": bytes(3_000)}, b"seven boats"))
    told: list[Progress] = []
    import_bundles(session, [locked], receipt=Receipt(), passwords=[b"seven boats"], on_progress=told.append)
    assert any("locked the old way: about 1 min" in progress.note for progress in told)


def test_the_book_of_imports(session: Session, tmp_path: Path, locked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = write_bundle(tmp_path / "bundle")
    take(session, bundle)

    def stop(intake: Intake, *_: object) -> None:
        raise Cancelled("Stopped. Finished steps stay.")

    with monkeypatch.context() as patched:
        patched.setattr(intake_documents, "_commit", stop)
        with pytest.raises(Cancelled):
            take(session, locked)
    second, first = imports(session)
    assert (first.state, first.reports, first.documents, first.media, first.set_aside) == ("finished", 1, 2, 1, 1)
    assert first.paths == (str(bundle),)
    assert [container.kind for container in first.containers] == ["folder"]
    assert first.receipt.received_from == "desk"
    assert (second.state, second.finished, second.reports) == ("interrupted", None, 0)
    take(session, locked)
    assert [row.state for row in imports(session)] == ["finished", "interrupted", "finished"]


def test_an_interrupted_import_is_completed_only_by_one_that_brings_the_same_bytes(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = write_bundle(tmp_path / "bundle")

    def stop(*_: object) -> None:
        raise Cancelled("Stopped. Finished steps stay.")

    with monkeypatch.context() as patched:
        patched.setattr("triage.jobs.intake.import_bundles.take_media", stop)
        with pytest.raises(Cancelled):
            take(session, bundle)
    details = bundle / "900000001" / "file-aa11.xml"
    was = details.read_bytes()
    details.write_bytes(was + b"<!-- changed -->")
    take(session, bundle)
    details.write_bytes(was)
    assert [row.completed_by for row in imports(session)] == [None, None]
    take(session, bundle)
    third, second, first = imports(session)
    assert (first.state, first.completed_by, first.containers) == ("interrupted", third.bundle, third.containers)
    assert second.completed_by is None and second.containers != third.containers
    db = session.store.read()
    steps = custody_of(session, db, 1, "triage")
    assert {s.input_sha256 for s in steps if "of the delivered" in s.what and s.input_sha256} >= {third.containers[0].sha256}
    assert sum(s.what.startswith("interrupted import completed") for s in steps) == 1
