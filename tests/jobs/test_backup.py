"""Backups as a job: made during an import, told where they lie, restored with everything in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.bundles import write_zip
from tests.jobs.listed import list_quarantined
from triage.errors import NotFound, Refused, StoreError, WrongPassphrase
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping import backup as job
from triage.jobs.keeping import keys
from triage.jobs.keeping.check import check_store
from triage.jobs.keeping.register import state_no_register
from triage.jobs.policy import format_policy, read_policy, set_policy
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session, unlock
from triage.model.handover import Receipt
from triage.model.progress import Progress
from triage.model.users import Right
from triage.model.views import QueueFilter
from triage.store.recovery import make_pair

WORDS = "seven green boats"


def test_a_restored_store_knows_what_the_first_one_knew(session: Session, bundle: Path, tmp_path: Path) -> None:
    import_bundles(session, [bundle], receipt=Receipt())
    made = job.make_backup(session, tmp_path / "backup")
    assert made.check.valid and made.copied > 0
    result = job.restore_backup(tmp_path / "backup", tmp_path / "new", "first", WORDS, no_register="nothing was destroyed").check
    assert result.valid, result.problems
    with unlock(tmp_path / "new", "first", WORDS) as restored:
        assert load_report_view(restored, "900000001") == load_report_view(session, "900000001")
        assert [row.path for row in list_quarantined(restored)] == [row.path for row in list_quarantined(session)]
        assert check_store(restored).checked["set_aside"] == 1
        assert import_bundles(restored, [bundle], receipt=Receipt()).reports.unchanged == 1


def test_a_backup_can_be_made_while_an_import_runs(session: Session, tmp_path: Path) -> None:
    """From another window: between two batches, of what was acknowledged by then."""
    archive = write_zip(tmp_path / "many.zip", range(900000010, 900000022))
    made: list[job.BackupResult] = []
    with unlock(session.store.directory, "first", WORDS) as other:

        def meanwhile(progress: Progress) -> None:
            if str(progress.note) == "media" and progress.done >= 3 and not made:
                made.append(job.make_backup(other, tmp_path / "backup"))

        import_bundles(session, [archive], receipt=Receipt(), on_progress=meanwhile)
    assert made and made[0].check.valid
    assert job.restore_backup(tmp_path / "backup", tmp_path / "new", "first", WORDS, no_register="none was made").check.valid
    with unlock(tmp_path / "new", "first", WORDS) as restored:
        import_bundles(restored, [archive], receipt=Receipt())
        assert [row.report_id for row in list_queue_rows(restored, QueueFilter())] == [
            row.report_id for row in list_queue_rows(session, QueueFilter())
        ]


def test_where_backups_lie_is_known_and_what_to_do_about_them(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = job.make_backup(session, tmp_path / "one")
    job.make_backup(session, tmp_path / "two")
    assert job.make_backup(session, tmp_path / "one").current  # backups elsewhere change nothing
    with session.store.batch() as batch:
        batch.seal(b"new")
    again = job.make_backup(session, tmp_path / "one")
    assert (again.id, again.number) == (first.id, 2)
    found = {Path(place.place).name: place for place in job.list_backups(session)}
    assert (found["one"].number, found["two"].number, found["one"].to_do) == (2, 1, "")
    set_policy(session, "backup-expires-after-days", "30")
    assert read_policy(session).backup_expires_after_days == 30
    with session.store.batch() as batch:
        batch.execute("UPDATE backup SET made = '2020-01-01T00:00:00Z' WHERE id = ?", (first.id,))
    assert "older than 30 days" in job.list_backups(session)[0].to_do
    job.record_backup_destroyed(session, first.id)
    assert job.list_backups(session)[0].to_do == ""
    assert job.list_backups(session)[0].gone is not None
    with pytest.raises(NotFound):
        job.record_backup_destroyed(session, "no such")
    with pytest.raises(Refused, match="takes one of"):
        set_policy(session, "backup-expires-after-days", "7")
    assert set(format_policy(read_policy(session))) >= {"backup-expires-after-days", "receipt-required"}


def test_a_restored_folder_is_never_overwritten(session: Session, tmp_path: Path) -> None:
    job.make_backup(session, tmp_path / "backup")
    with pytest.raises(StoreError, match="already a store"):
        job.restore_backup(tmp_path / "backup", session.store.directory, "first", WORDS)


def test_a_backup_opens_with_the_recovery_halves_alone(session: Session, bundle: Path, tmp_path: Path) -> None:
    """As docs/keeping.md says, for when nobody has a passphrase any more."""
    import_bundles(session, [bundle], receipt=Receipt())
    halves = (keys.show_half(session, 1, "Amal").text, keys.show_half(session, 2, "Basit").text)
    job.make_backup(session, tmp_path / "backup")
    new = tmp_path / "new"
    strange = make_pair()
    with pytest.raises(WrongPassphrase):
        job.recover_backup(tmp_path / "backup", new, (strange.first.text, strange.second.text), "first", "other words")
    assert not new.exists()
    assert job.recover_backup(tmp_path / "backup", new, halves, "first", "other words").check.valid
    with unlock(new, "first", "other words") as opened:
        assert check_store(opened).valid
        with pytest.raises(Refused, match="restored from a backup"):
            opened.require(Right.REVEAL)
        state_no_register(opened, "nothing was ever destroyed")
        opened.require(Right.REVEAL)
        assert load_report_view(opened, "900000001").files[0].present
