"""Quarantined files that are read again: with passwords, from the store, from another copy."""

from __future__ import annotations

from pathlib import Path

import pytest
import pyzipper

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.listed import list_quarantined
from triage.errors import NotFound
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.intake.retry import retry_quarantined
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.store.queries import bundles, reports

RECEIPT = Receipt(received_from="the courier", medium="USB stick 14", note="two bags")


def count(session: Session) -> int:
    with session.reading() as db:
        return reports.count_reports(db)


def test_a_locked_zip_is_opened_from_the_store_with_a_password(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "in" / "locked.zip"
    path.parent.mkdir()
    with pyzipper.AESZipFile(path, "w", encryption=pyzipper.WZ_AES) as zipped:
        zipped.setpassword(b"open")
        zipped.writestr("900000601/r.json", le_json(900000601))
        zipped.writestr("900000601/900000601.jpg", jpeg(61))
    import_bundles(session, [tmp_path / "in"], receipt=RECEIPT)
    (row,) = list_quarantined(session)
    path.unlink()
    wrong = retry_quarantined(session, row.id, passwords=[b"shut"])
    assert not wrong.resolved and wrong.why is not None and wrong.why.key == row.reason.key
    assert len(list_quarantined(session)) == 1 and count(session) == 0
    right = retry_quarantined(session, row.id, passwords=[b"open"])
    assert right.resolved and right.why is None and right.result.reports.new == 1
    assert list_quarantined(session) == () and count(session) == 1
    with session.reading() as db:
        receipt = bundles.load_bundle(db, bundles.list_bundle_ids(db)[0])
    assert receipt is not None and receipt.receipt.received_from == "the courier"
    assert receipt.receipt.note == "two bags; read again from the store"


def test_another_copy_settles_the_row(session: Session, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "r.json").write_bytes(le_json(900000602)[:-40])
    import_bundles(session, [tmp_path / "in"], receipt=RECEIPT)
    (row,) = list_quarantined(session)
    still = retry_quarantined(session, row.id)
    assert not still.resolved and len(list_quarantined(session)) == 1
    (tmp_path / "bad").write_bytes(le_json(900000602)[:-30])
    bad = tmp_path / "bad.json"
    (tmp_path / "bad").rename(bad)
    assert not retry_quarantined(session, row.id, copy=bad).resolved, "the copy is damaged too"
    good = tmp_path / "good.json"
    good.write_bytes(le_json(900000602))
    assert retry_quarantined(session, row.id, copy=good).resolved
    assert row.id not in [each.id for each in list_quarantined(session)] and count(session) == 1
    with pytest.raises(NotFound):
        retry_quarantined(session, row.id)


def test_a_media_item_is_measured_again(session: Session, tmp_path: Path) -> None:
    (tmp_path / "in" / "900000603").mkdir(parents=True)
    (tmp_path / "in" / "900000603" / "r.json").write_bytes(le_json(900000603))
    (tmp_path / "in" / "900000603" / "900000603.jpg").write_bytes(jpeg(63)[:200])
    import_bundles(session, [tmp_path / "in"], receipt=RECEIPT)
    (row,) = list_quarantined(session)
    again = retry_quarantined(session, row.id)
    assert not again.resolved and again.why is not None
    assert [each.id for each in list_quarantined(session)] == [row.id], "the same row, not a second one"
    with session.reading() as db:
        assert db.value("SELECT count(*) FROM media_item WHERE facts IS NULL") == 0
