"""An older backup comes back without what was destroyed since, however it is opened."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.bundles import le_json, write_bundle
from tests.jobs.conftest import CHEAP
from tests.people import add_person
from triage.errors import Refused, StoreError
from triage.jobs.consent import Consent
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping import backup as backup_job
from triage.jobs.keeping import destruction as destruction_job
from triage.jobs.keeping.check import check_store
from triage.jobs.keeping.destruction import destroy_report
from triage.jobs.keeping.register import apply_register, export_register, state_no_register
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session, unlock
from triage.jobs.stats import load_statistics
from triage.model.handover import Receipt
from triage.model.users import Right, Role
from triage.model.views import QueueFilter
from triage.store import register as file
from triage.store.keys import unlock_key_file as open_keys
from triage.store.opening import read_key_file
from triage.store.queries import destruction
from triage.store.store import Store

pytestmark = pytest.mark.usefixtures("short_papers")

WORDS = "seven green boats"
NUMBER, OTHER, LATER = "900000001", "900000002", "900000003"


def document(folder: Path, number: str) -> Path:
    (folder / number).mkdir(parents=True)
    (folder / number / f"{number}.json").write_bytes(le_json(int(number)))
    return folder


SECOND = Consent("second", "eight blue kites")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup that lies in a drawer, with two reports. Then a third came, and the first and the third were destroyed."""
    room = tmp_path_factory.mktemp("office")
    with Session(Store.create(room / "store", "first", WORDS, cost=CHEAP).store) as session:
        add_person(session.store, "second", [Role.LEAD], SECOND.passphrase)
        import_bundles(session, [write_bundle(room / "bundle"), document(room / "two", OTHER)], receipt=Receipt())
        backup_job.make_backup(session, room / "old")
        import_bundles(session, [document(room / "three", LATER)], receipt=Receipt())
        for number in (NUMBER, LATER):
            out = room / f"{number}.json"
            destroy_report(session, number, reason="period over", order="rule 7", second=SECOND, certificate=out)
    return room


@pytest.fixture
def old(office: Path, tmp_path: Path) -> Path:
    shutil.copytree(office, tmp_path, dirs_exist_ok=True)
    return tmp_path / "old"


@pytest.fixture
def live(old: Path) -> Iterator[Session]:
    with unlock(old.parent / "store", "first", WORDS) as session:
        yield session


def numbers(session: Session) -> set[str]:
    return {row.report_id for row in list_queue_rows(session, QueueFilter())}


def test_the_register_destroys_again_what_an_older_backup_brings_back(live: Session, old: Path, tmp_path: Path) -> None:
    before = load_statistics(live)
    made = backup_job.restore_backup(old, tmp_path / "new", "first", WORDS, register=tmp_path / file.FILE)
    assert made.applied is not None and not made.waits
    assert (made.applied.destroyed, made.applied.elsewhere, made.applied.known) == (1, 1, 0)
    with unlock(tmp_path / "new", "first", WORDS) as restored:
        assert numbers(restored) == numbers(live) == {OTHER}
        assert check_store(restored).valid, check_store(restored).problems
        after = load_statistics(restored)
        assert (after.reports, after.destroyed, after.by_band) == (before.reports, before.destroyed, before.by_band)
        again = import_bundles(restored, [tmp_path / "bundle", tmp_path / "three"], receipt=Receipt())
        assert (again.reports.new, again.media.new) == (0, 0), "neither comes back, nor the one that never was here"
        kinds = [json.loads(row[0])["kind"] for row in restored.store.read().all("SELECT json FROM audit_entry")]
        assert kinds.count("report destroyed") == 1 and "register applied" in kinds
        assert export_register(restored, tmp_path / "later.json") == 2
        assert apply_register(restored, tmp_path / "later.json").known == 2
        assert apply_register(restored, tmp_path / file.FILE).known == 2


def test_a_register_tells_nothing_to_others(old: Path, tmp_path: Path) -> None:
    """Of what was destroyed neither number nor name nor digest stands in it, nor in what was logged meanwhile."""
    told = (tmp_path / file.FILE).read_bytes()
    for path in [old / file.FILE, *(tmp_path / "store" / "log").glob("*")]:
        told += path.read_bytes()
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in tmp_path.glob("bundle/**/*") if path.is_file()]
    assert len(digests) > 2
    planted = [NUMBER, OTHER, LATER, "kite_flyer", "example.invalid", "period over", "rule 7", *digests]
    assert [word for word in planted if word.encode() in told] == []


def test_a_restored_store_hands_nothing_on_until_it_is_settled(old: Path, tmp_path: Path) -> None:
    """Triage itself goes on. The backup's files alone, put there by hand without `restore`, are no store."""
    by_hand, new = tmp_path / "by hand", tmp_path / "new"
    shutil.copytree(next((old / "state").iterdir()), by_hand)
    shutil.copytree(old / "vault", by_hand / "vault")
    shutil.copy(next((old / "database").iterdir()), by_hand / "triage.db")
    with pytest.raises(StoreError):
        unlock(by_hand, "first", WORDS)
    assert backup_job.restore_backup(old, new, "first", WORDS).waits
    with unlock(new, "first", WORDS) as restored:
        assert load_report_view(restored, NUMBER).report_id == NUMBER
        for right in (Right.REVEAL, Right.PACKET, Right.EXPORT_MEDIA, Right.EXPORT_QUEUE, Right.CASE_PAPERS):
            with pytest.raises(Refused, match="restored from a backup of"):
                restored.require(right)
        assert check_store(restored).valid
        with pytest.raises(Refused, match="State why"):
            state_no_register(restored, " ")
    with unlock(new, "second", "eight blue kites") as lead, pytest.raises(Refused, match="back up and restore"):
        state_no_register(lead, "I say so")
    with unlock(new, "first", WORDS) as restored:
        apply_register(restored, tmp_path / file.FILE)
        assert numbers(restored) == {OTHER}
    with unlock(new, "first", WORDS) as restored:
        assert numbers(restored) == {OTHER}
        with pytest.raises(Refused, match="not waiting for a register"):
            state_no_register(restored, "late")


def test_who_says_that_there_is_none_is_on_the_record(old: Path, tmp_path: Path) -> None:
    made = backup_job.restore_backup(old, tmp_path / "new", "first", WORDS, no_register="the office burnt down")
    assert made.applied is None and not made.waits
    with unlock(tmp_path / "new", "first", WORDS) as restored:
        assert numbers(restored) == {NUMBER, OTHER}
        last = json.loads(restored.store.read().value("SELECT json FROM audit_entry ORDER BY n DESC LIMIT 1"))
        assert last["kind"] == "no register of destructions"
        assert apply_register(restored, tmp_path / file.FILE).destroyed == 1, "a register that turns up later still counts"


def test_a_register_that_is_strange_changed_or_older_is_refused(live: Session, old: Path, tmp_path: Path) -> None:
    good = (tmp_path / file.FILE).read_text()
    backup_job.make_backup(live, tmp_path / "newer")
    destroy_report(live, OTHER, reason="period over", order="rule 7", second=SECOND, certificate=tmp_path / "c.json")
    backup_job.make_backup(live, tmp_path / "newest")
    for text, said in (
        (good.replace(NUMBER, OTHER).replace('"media": 1', '"media": 2'), "not signed"),
        (good, "older than the store"),
        ("{}", "no register"),
    ):
        (tmp_path / "r.json").write_text(text)
        with pytest.raises(StoreError, match=said):
            backup_job.restore_backup(tmp_path / "newest", tmp_path / said, "first", WORDS, register=tmp_path / "r.json")
    made = backup_job.restore_backup(
        tmp_path / "newer", tmp_path / "new", "first", WORDS, register=tmp_path / "newest" / file.FILE
    )
    assert made.applied is not None and (made.applied.destroyed, made.applied.known) == (1, 2)


@pytest.fixture
def second(session: Session) -> Consent:
    add_person(session.store, "second", [Role.LEAD], SECOND.passphrase)
    return SECOND


def test_a_backup_at_hand_is_brought_up_to_date_under_new_keys(
    session: Session, second: Consent, bundle: Path, tmp_path: Path
) -> None:
    import_bundles(session, [bundle], receipt=Receipt())
    out = tmp_path / "backup"
    backup_job.make_backup(session, out)
    state, kept = out / "state" / "000001", tmp_path / "kept"
    shutil.copytree(state, kept)
    with (state / "keys.json").open("rb") as keys, (out / "vault" / "000001.pack").open("rb") as pack:
        db = session.store.read()
        offset, size = db.first("SELECT v.offset, v.size FROM vault_item v JOIN media_item m ON m.item = v.id")  # type: ignore[misc]
        nothing = tmp_path / "nothing"
        with pytest.raises(Refused, match="There is no backup in"):
            destroy_report(
                session, NUMBER, reason="over", order="rule 7", second=second, certificate=tmp_path / "c.json",
                reachable=[nothing],
            )  # fmt: skip
        gone = destroy_report(
            session, NUMBER, reason="over", order="rule 7", second=second, certificate=tmp_path / "c.json", reachable=[out]
        )
        assert (gone.backups, gone.backups_failed, gone.still_held) == ((str(out),), {}, ()), "it held the report until then"
        assert not any(keys.read()), "the blocks that held the older state's keys are zeros"
        for vault in (pack, (session.store.vault / "000001.pack").open("rb")):
            vault.seek(offset)
            assert not any(vault.read(size + 16)), "and those that held the medium"
            vault.close()
    assert [place.to_do for place in backup_job.list_backups(session)] == [""]
    new, _ = open_keys(read_key_file(out / "state" / "000002"), "first", WORDS)
    older, _ = open_keys(read_key_file(kept), "first", WORDS)
    three = {bytes(ring.keys.database) for ring in (new, older, session.store.keys.ring)}
    assert len(three) == 3 and new.keys.signing == older.keys.signing
    assert backup_job.restore_backup(out, tmp_path / "new", "first", WORDS, no_register="up to date").check.valid
    assert check_store(session).valid
    with unlock(tmp_path / "new", "first", WORDS) as restored:
        assert destruction.count_destructions(restored.store.read()) == 1
        assert numbers(restored) == set()
        again = import_bundles(restored, [write_bundle(tmp_path / "again")], receipt=Receipt())
        assert again.reports.new == 0


def test_a_backup_whose_disk_fails_is_told_and_the_destruction_stands(
    session: Session, second: Consent, bundle: Path, tmp_path: Path
) -> None:
    import_bundles(session, [bundle], receipt=Receipt())
    backup_job.make_backup(session, tmp_path / "backup")
    pack = tmp_path / "backup" / "vault" / "000001.pack"
    pack.write_bytes(bytes(len(pack.read_bytes())))
    gone = destroy_report(
        session, NUMBER, reason="over", order="rule 7", second=second, certificate=tmp_path / "c.json",
        reachable=[tmp_path / "backup"],
    )  # fmt: skip
    assert len(gone.still_held) == 1 and gone.backups == () and "not whole" in str(gone.backups_failed[str(tmp_path / "backup")])
    assert numbers(session) == set()


def test_a_state_that_another_program_began_before_still_holds_the_report(
    session: Session, second: Consent, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_bundles(session, [bundle], receipt=Receipt())
    backup_job.make_backup(session, tmp_path / "backup")

    def end_backup(session: Session, on_progress: object) -> bool:
        with session.store.batch() as batch:
            batch.execute("UPDATE backup SET number = number + 1")
        return True

    monkeypatch.setattr(destruction_job, "rebuild_database", end_backup)
    gone = destroy_report(session, NUMBER, reason="over", order="rule 7", second=second, certificate=tmp_path / "c.json")
    assert ["state 2" in held.where for held in gone.still_held] == [True]
