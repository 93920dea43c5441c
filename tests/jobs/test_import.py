"""Importing: what comes in is found again whole, and the same bytes change nothing."""

from __future__ import annotations

import hashlib
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.bundles import DETAILS, REPORT, jpeg, le_json, write_zip
from tests.jobs.listed import list_quarantined
from triage.errors import DecoderError, StoreError
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping.check import check_store
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.views import ImportResult, QueueFilter
from triage.store.lock import WriterLock
from triage.store.queries import bundles, media


def import_paths(session: Session, *paths: Path) -> ImportResult:
    """Imports files and folders."""
    return import_bundles(session, paths, receipt=Receipt())


def test_a_folder_comes_in_and_is_found_again(session: Session, bundle: Path) -> None:
    result = import_paths(session, bundle)
    assert (result.reports.new, result.media.new) == (1, 1)
    assert [q.path for q in result.quarantined] == ["bundle/broken.zip"]
    report = load_report_view(session, "900000001")
    phone = next(i for i in report.identifiers if i.kind == "phone")
    assert (phone.value, phone.normalised, phone.verified, phone.role) == ("+92 300 0000123", "+923000000123", True, "suspect")
    file = report.files[0]
    assert (file.name, file.present, file.viewed_by_esp, file.exif_viewed_by_esp) == ("a.jpg", True, True, None)
    assert file.pdq_quality is not None and file.pdq_quality >= 50
    assert [n.value for n in report.not_understood if "kept" in n.value]


def test_the_same_bytes_are_unchanged_and_kept_once(session: Session, bundle: Path) -> None:
    import_paths(session, bundle)
    again = import_paths(session, bundle)
    assert (again.reports.new, again.reports.unchanged) == (0, 1)
    assert (again.media.new, again.media.duplicate) == (0, 1)
    assert len(load_report_view(session, "900000001").files) == 1
    assert len(list_quarantined(session)) == 1


def test_the_images_of_the_store_are_read_for_new_images_alone_and_in_no_batch(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write_zip(tmp_path / "first.zip", range(900000101, 900000102))
    import_paths(session, first)
    read: list[int] = []
    plain = media.iter_window_blocks

    def note(*asked: Any, **how: Any) -> Iterator[list[tuple[int, bytes, bytes | None]]]:
        for block in plain(*asked, **how):
            with session.store.batch() as batch:  # would fail inside another one
                batch.note("test read", images=len(block))
            read.append(len(block))
            yield block

    monkeypatch.setattr(media, "iter_window_blocks", note)
    (tmp_path / "900000102.json").write_bytes(le_json(900000102))
    import_paths(session, first, tmp_path / "900000102.json")
    assert read == [], "a document and known bytes"
    near = tmp_path / "900000103"
    near.mkdir()
    (near / "900000103.json").write_bytes(le_json(900000103))
    (near / "900000103.jpg").write_bytes(jpeg(100, 60))
    assert import_paths(session, near).media.near_duplicate == 1
    assert read == [1], "once, and the new one is no older one"


def test_a_later_document_supersedes_and_says_what_changed(session: Session, bundle: Path) -> None:
    import_paths(session, bundle)
    details = bundle / "900000001" / "file-aa11.xml"
    details.write_text(DETAILS.replace("<fileViewedByEsp>true", "<fileViewedByEsp>false"))
    assert import_paths(session, bundle).reports.updated == 1
    report = load_report_view(session, "900000001")
    assert [v.n for v in report.versions] == [1, 2]
    assert report.versions[1].changes
    assert report.files[0].viewed_by_esp is False
    assert load_report_view(session, "900000001", version=1).files[0].viewed_by_esp is True


def test_other_bytes_that_say_the_same_change_nothing_and_are_kept(session: Session, bundle: Path) -> None:
    import_paths(session, bundle)
    details = bundle / "900000001" / "file-aa11.xml"
    details.write_text("\n" + DETAILS.replace("><", "> <"))
    for _ in range(2):
        again = import_paths(session, bundle)
        assert (again.reports.updated, again.reports.unchanged) == (0, 1)
    assert [v.n for v in load_report_view(session, "900000001").versions] == [1]
    assert bundles.has_original(session.store.read(), hashlib.sha256(details.read_bytes()).hexdigest())


def test_another_format_adds_and_disagreement_is_a_conflict(session: Session, bundle: Path, tmp_path: Path) -> None:
    import_paths(session, bundle)
    other = tmp_path / "more" / "900000001.json"
    other.parent.mkdir()
    other.write_bytes(le_json(900000001))
    assert import_paths(session, other).reports.updated == 1
    report = load_report_view(session, "900000001")
    assert report.esp == "Lantern Chat"
    assert "incident_type" in [c.field for c in report.conflicts]


def test_a_number_that_arrives_later_becomes_the_reports_own(session: Session, tmp_path: Path) -> None:
    alone = tmp_path / "one" / "report.xml"
    alone.parent.mkdir()
    alone.write_text(REPORT)
    import_paths(session, alone.parent)
    local = list_queue_rows(session, QueueFilter())[0].report_id
    assert local.startswith("L-")
    (alone.parent / "details.xml").write_text(DETAILS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("triage.jobs.intake.import_bundles.assess", lambda *_, **__: None)
        patch.setattr("triage.jobs.intake.documents.assess_first", lambda *_, **__: None)
        import_paths(session, alone.parent)
    assert load_report_view(session, local).report_id == "900000001"
    assert [row.report_id for row in list_queue_rows(session, QueueFilter())] == ["900000001"], "before it is judged again"


def test_near_duplicates_are_counted_and_grouped(session: Session, bundle: Path, tmp_path: Path) -> None:
    import_paths(session, bundle)
    other = tmp_path / "other" / "900000002"
    other.mkdir(parents=True)
    (other / "900000002.json").write_bytes(le_json(900000002))
    (other / "900000002.jpg").write_bytes(jpeg(1, quality=40))
    result = import_paths(session, other.parent)
    assert (result.media.new, result.media.near_duplicate) == (0, 1)
    groups = {load_report_view(session, n).files[0].group for n in ("900000001", "900000002")}
    assert len(groups) == 1 and None not in groups


def test_a_picture_that_can_not_be_decoded_is_kept_and_named(session: Session, bundle: Path) -> None:
    (bundle / "900000001" / "a.jpg").write_bytes(jpeg(1)[:400])
    result = import_paths(session, bundle)
    assert any("could not be decoded" in str(q.reason) for q in result.quarantined)
    file = load_report_view(session, "900000001").files[0]
    assert file.present and file.sha256 and file.pdq is None and file.problem
    assert check_store(session).valid


def test_two_imports_can_not_run_into_one_another(session: Session, bundle: Path) -> None:
    with WriterLock(session.store.directory / "import.lock").hold(), pytest.raises(StoreError, match="Another import"):
        import_paths(session, bundle)


def test_nothing_of_a_bundle_lies_in_the_clear(session: Session, bundle: Path) -> None:
    import_paths(session, bundle)
    picture = (bundle / "900000001" / "a.jpg").read_bytes()
    secrets = [b"kite_flyer", b"0000123", b"example.invalid", b"IMG_1", picture[200:264]]
    for file in session.store.directory.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert not [s for s in secrets if s in data], file.name
    with closing(sqlite3.connect(session.store.directory / "triage.db")) as plain, pytest.raises(sqlite3.DatabaseError):
        plain.execute("SELECT count(*) FROM report")


def test_the_store_checks_after_an_import(session: Session, bundle: Path, tmp_path: Path) -> None:
    import_paths(session, bundle, write_zip(tmp_path / "many.zip", range(900000010, 900000030)))
    result = check_store(session)
    assert result.valid, result.problems
    assert result.checked["reports"] == 21
    assert result.checked["media"] >= 10


def test_a_decoder_that_can_not_be_started_ends_the_import_and_blames_no_file(
    session: Session, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("triage.decode.client.worker_command", lambda: (sys.executable, "-c", ""))
        with pytest.raises(DecoderError, match="can't be started"):
            import_bundles(session, [bundle], receipt=Receipt())
    assert not any("decoded" in str(row.reason) for row in list_quarantined(session))
    assert check_store(session).valid
    again = import_bundles(session, [bundle], receipt=Receipt())
    assert again.media.new > 0
    assert not any("decoded" in str(q.reason) for q in again.quarantined)
