"""The recovery drill: what is said when something is lost or interrupted, what is kept, and that the steps of docs/keeping.md lead
back to a whole store."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.jobs.bundles import jpeg, le_json, write_bundle
from tests.jobs.conftest import CHEAP
from tests.jobs.pages import plain_pages
from tests.people import add_person
from triage import limits, safe_files
from triage.errors import NotFound, StoreError
from triage.jobs.consent import Consent
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping import backup as backups
from triage.jobs.keeping.check import check_store, verify_record
from triage.jobs.keeping.destruction import destroy_report
from triage.jobs.keeping.keys import accept_loss, rotate_database_key
from triage.jobs.reading import show as show_job
from triage.jobs.session import Session, unlock
from triage.model.handover import Receipt
from triage.model.users import Role
from triage.store import backup as store_backup
from triage.store import opening, rekey
from triage.store import restore as store_restore
from triage.store.database_copy import DatabaseCopy
from triage.store.heads import HeadKeeper
from triage.store.store import Store
from triage.store.vault import VaultWriter

pytestmark = pytest.mark.usefixtures("short_papers")

FIRST = ("first", "seven green boats")
SECOND = Consent("second", "eight blue kites")
OLD, NEW = "900000001", "900000002"
GO_ON = " Put the newer files back or restore the newest backup, or let an administrator open the store and accept the loss."
STATE = ("triage.db", "head.json", "keys.json")
DOC = Path(__file__).parents[2] / "docs" / "keeping.md"


class Killed(BaseException):
    """Stands for kill -9."""


def killed(*_: object, **__: object) -> None:
    raise Killed


@pytest.fixture(autouse=True)
def no_spare_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MIN_FREE", 0)


@dataclass
class Office:
    """A store with an old and a new report, a copy and a backup from before the new one, and the bundle that brought it."""

    room: Path
    bundle: Path

    @property
    def store(self) -> Path:
        return self.room / "store"

    @property
    def backup(self) -> Path:
        return self.room / "backup"

    def open(self, folder: str = "store") -> Session:
        return unlock(self.room / folder, *FIRST)

    def refusal(self, folder: str = "store") -> str:
        """What every command says, twice: saying it changes nothing."""
        said = []
        for _ in range(2):
            with pytest.raises(StoreError) as refused:
                self.open(folder).close()
            said.append(str(refused.value))
        assert said[0] == said[1]
        return said[0]

    def put(self, names: tuple[str, ...], source: str) -> None:
        for name in names:
            shutil.copy(self.room / source / name, self.store / name)

    def keep(self, name: str) -> None:
        shutil.copytree(self.store, self.room / name)

    def restore(self) -> None:
        """Step: the newest backup into a new folder, and again what came since."""
        made = backups.restore_backup(self.backup, self.room / "restored", *FIRST, no_register="nothing was destroyed")
        assert made.check.valid
        with self.open("restored") as session:
            import_bundles(session, [self.bundle], receipt=Receipt())
        self.require_whole("restored")

    def require_whole(self, folder: str = "store", numbers: tuple[str, ...] = (OLD, NEW)) -> None:
        with self.open(folder) as session:
            result = check_store(session)
            assert result.valid, result.problems
            assert verify_record(session).valid
            for number in numbers:
                assert show_job.load_report_view(session, number).report_id == number

    def packs(self) -> bytes:
        return b"".join(path.read_bytes() for path in sorted((self.store / "vault").iterdir()))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office, which each test gets a copy of."""
    room = tmp_path_factory.mktemp("office")
    later = room / "later" / NEW
    later.mkdir(parents=True)
    (later / "r.json").write_bytes(le_json(int(NEW)))
    made = Office(room, later.parent)
    with Session(Store.create(made.store, *FIRST, cost=CHEAP).store) as session:
        add_person(session.store, SECOND.user, [Role.LEAD], SECOND.passphrase)
        import_bundles(session, [write_bundle(room / "bundle")], receipt=Receipt())
    made.keep("older")
    with made.open() as session:
        backups.make_backup(session, made.backup)
        import_bundles(session, [made.bundle], receipt=Receipt())
    made.keep("newer")
    return room


@pytest.fixture
def office(prepared: Path, tmp_path: Path) -> Office:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    return Office(tmp_path, tmp_path / "later")


def third_bundle(room: Path) -> Path:
    folder = room / "third" / "900000003"
    folder.mkdir(parents=True)
    (folder / "r.json").write_bytes(le_json(900000003))
    (folder / "900000003.jpg").write_bytes(jpeg(5))
    return folder.parent


def explains(heading: str) -> None:
    assert f"\n### {heading}\n" in DOC.read_text("utf-8")


def test_an_older_database_was_put_back(office: Office) -> None:
    explains("The database is older than the vault or the head")
    before = office.packs()
    office.put(("triage.db",), "older")
    assert office.refusal().startswith("The database is older than the audit log's head: ")
    office.put(("head.json", "keys.json"), "older")
    assert office.refusal().startswith("The database is older than the vault's last batch: ")
    assert office.refusal().endswith(" or more steps are missing." + GO_ON)
    office.put(("intent.json",), "older")
    later = len(before) - sum(path.stat().st_size for path in (office.room / "older" / "vault").iterdir())
    assert office.refusal() == (
        f"The database is older than the vault; bytes that were stored later: {later}. Nothing was deleted." + GO_ON
    )
    assert office.packs() == before
    office.put((*STATE, "intent.json"), "newer")  # step 1
    office.require_whole()
    assert office.packs() == before
    office.put(STATE, "older")
    office.restore()  # step 2
    assert str(accept_loss(office.store, *FIRST)[0]).startswith("The database is older than the vault")  # step 3
    office.require_whole(numbers=(OLD,))
    with office.open() as session:
        import_bundles(session, [office.bundle], receipt=Receipt())
    office.require_whole()
    assert office.packs().startswith(before)


def test_a_vault_file_was_lost(office: Office) -> None:
    explains("A vault file is missing or cut short")
    pack = office.store / "vault" / "000001.pack"
    size = pack.stat().st_size
    pack.unlink()
    said = f"The vault file 000001.pack is cut short; bytes missing from its end: {size}."
    assert office.refusal() == said + GO_ON
    with Store.open(office.store, *FIRST, examine=True) as store:
        assert said in store.check().problems
    shutil.copy(office.room / "newer" / "vault" / pack.name, pack)  # step 1
    office.require_whole()
    shutil.copy(office.backup / "vault" / pack.name, pack)
    missing = size - pack.stat().st_size
    assert office.refusal().startswith(f"The vault file 000001.pack is cut short; bytes missing from its end: {missing}.")
    office.restore()  # step 2
    assert tuple(map(str, accept_loss(office.store, *FIRST))) == (
        f"The vault file 000001.pack is cut short; bytes missing from its end: {missing}.",
    )  # step 3
    with office.open() as session:
        import_bundles(session, [third_bundle(office.room)], receipt=Receipt())
        assert show_job.load_report_view(session, OLD).files[0].present
        problems = check_store(session).problems
        assert (
            f"The vault file 000001.pack has another length in bytes than the database accounts for: {size - missing} instead of {size}."
            in problems
        )
        assert any("can't be read" in problem for problem in problems)


def test_the_head_was_lost(office: Office) -> None:
    explains("The head is missing, damaged or old")
    head = office.store / "head.json"
    head.unlink()
    assert office.refusal() == "The audit log's head head.json is missing." + GO_ON
    office.put(("head.json",), "newer")  # step 1
    office.require_whole()
    office.put(("head.json",), "older")
    assert office.refusal() == "The audit log's head is older than the database: an old head was put in its place." + GO_ON
    head.write_bytes(b"{}")
    assert office.refusal() == "The audit log's head head.json is damaged or was changed." + GO_ON
    with Store.open(office.store, *FIRST, examine=True) as store:  # step 2
        assert tuple(map(str, store.verify_log(office.room / "older" / "head.json").problems)) == (
            "The audit log's head head.json is damaged or was changed.",
        )
    assert tuple(map(str, accept_loss(office.store, *FIRST))) == (
        "The audit log's head head.json is damaged or was changed.",
    )  # step 3
    office.require_whole()


def test_the_key_file_was_lost(office: Office) -> None:
    explains("The key file is missing, damaged or old")
    (office.store / "keys.json").unlink()
    assert office.refusal() == (
        f"The key file {office.store / 'keys.json'} is missing; put it back, or restore the newest backup."
    )
    shutil.copy(office.backup / "state" / "000001" / "keys.json", office.store)
    assert office.refusal().startswith("The store's database is damaged")
    office.put(("keys.json",), "newer")  # step 1
    office.require_whole()
    (office.store / "keys.json").unlink()
    office.restore()  # step 2


def test_the_database_was_lost(office: Office) -> None:
    explains("The database is missing or damaged")
    (office.store / "triage.db").unlink()
    assert office.refusal() == "The database triage.db of this store is missing; put it back, or restore the newest backup."
    office.put(("triage.db",), "newer")  # step 1
    office.require_whole()
    (office.store / "triage.db").unlink()
    office.restore()  # step 2


@pytest.mark.parametrize("moment", ["while it is copied", "before it takes its place"])
def test_a_change_of_key_was_interrupted(office: Office, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    explains("A change of the database's key was interrupted")
    with monkeypatch.context() as patched:
        patched.setattr(rekey, "remove_unfinished_copy", lambda directory: None)
        patched.setattr(*(rekey, "find_damage") if moment == "while it is copied" else (rekey, "move_copy_into_place"), killed)
        with pytest.raises(Killed):
            rotate_database_key(office.store, *FIRST)
    assert (office.store / (opening.NEXT if moment == "while it is copied" else opening.READY)).exists()
    office.require_whole()
    assert not {opening.NEXT, opening.READY} & {path.name for path in office.store.iterdir()}


@pytest.mark.parametrize("moment", ["while packs are copied", "while files are copied"])
def test_a_restore_was_interrupted(office: Office, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    explains("A restore was interrupted")
    with monkeypatch.context() as patched:
        if moment == "while packs are copied":
            patched.setattr(store_restore, "copy_packs", killed)
        else:
            patched.setattr(store_restore, "copy_file", killed)
        with pytest.raises(Killed):
            backups.restore_backup(office.backup, office.room / "restored", *FIRST)
    assert office.refusal("restored") == (
        f"Making or restoring the store in {office.room / 'restored'} was interrupted; run the same command again."
    )
    office.restore()


@pytest.mark.parametrize("is_first", [True, False])
def test_a_backup_was_interrupted(office: Office, monkeypatch: pytest.MonkeyPatch, is_first: bool) -> None:
    explains("A backup was interrupted")
    out = office.room / "first backup" if is_first else office.backup
    with monkeypatch.context() as patched, office.open() as session:
        patched.setattr(store_backup, "sync_and_digest", killed)
        with pytest.raises(Killed):
            backups.make_backup(session, out)
    if is_first:
        with pytest.raises(StoreError, match=r"holds no complete backup; choose another folder\.$"):
            backups.restore_backup(out, office.room / "restored", *FIRST)
    else:
        office.restore()
    with office.open() as session:
        assert backups.make_backup(session, out).check.valid
    assert backups.restore_backup(out, office.room / "again", *FIRST).check.valid
    office.require_whole("again")


MOMENTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "before the vault is overwritten": lambda patched: patched.setattr("triage.store.compaction.zero_sealed_bytes", killed),
    "while rows are copied": lambda patched: patched.setattr(DatabaseCopy, "copy_rows", killed),
    "before the copy is brought up to date": lambda patched: patched.setattr(DatabaseCopy, "bring_up_to_date", killed),
    "before the new file": lambda patched: patched.setattr(DatabaseCopy, "restore_triggers", killed),
    "before the head of the new file": lambda patched: patched.setattr(HeadKeeper, "take_over", killed),
    "before the older file is overwritten": lambda patched: patched.setattr("triage.store.compaction.wipe_unused", killed),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_destruction_was_interrupted(office: Office, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    explains("A destruction was interrupted")
    monkeypatch.setattr("triage.store.compaction._BRIEF_PAGES", 0)  # what others change is noted, as in a large store
    monkeypatch.setattr("triage.exports.certificate.typeset", lambda *_, **__: b"%PDF- drawn")
    with monkeypatch.context() as patched, office.open() as session:
        MOMENTS[moment](patched)
        with pytest.raises(Killed):
            destroy_report(session, OLD, reason="a reason", order="rule 7", second=SECOND, certificate=office.room / "c.json")
    with Store.open(office.store, *FIRST, examine=True) as store:
        assert store.verify_log().valid
    with office.open() as session:
        with pytest.raises(NotFound):
            show_job.load_report_view(session, OLD)
        assert session.store.read().value("SELECT count(*) FROM compaction_owed") == 0
        plain = plain_pages(session.store._database.path, bytes(session.store.keys.ring.keys.database))
        assert [word for word in ("kite_flyer", "203.0.113.9") if word.encode() in plain] == []
    office.require_whole(numbers=(NEW,))
    assert not (office.store / opening.REBUILD).exists()


def test_a_destruction_that_can_not_be_finished_is_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr("triage.exports.certificate.typeset", lambda *_, **__: b"%PDF- drawn")
    with monkeypatch.context() as patched:
        patched.setattr("triage.store.compaction.require_free_space", full)
        with office.open() as session:
            made = destroy_report(
                session, OLD, reason="a reason", order="rule 7", second=SECOND, certificate=office.room / "c.json"
            )
            assert not made.log_emptied
        with office.open() as session:
            assert check_store(session).problems == (
                (
                    "A destruction is not finished: older pages may still hold what was erased."
                    " Free some space, then open the store again."
                ),
            )
    office.require_whole(numbers=(NEW,))


def test_an_import_was_interrupted(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    explains("An import was interrupted")
    third = third_bundle(office.room)
    with monkeypatch.context() as patched, office.open() as session:
        patched.setattr(VaultWriter, "sync", lambda self: killed() if self.lengths else None)
        patched.setattr(VaultWriter, "remove_unfinished", lambda self, last: self.close())
        with pytest.raises(Killed):
            import_bundles(session, [third], receipt=Receipt())
    with office.open() as session:
        assert session.store.read().value("SELECT sum(length) FROM vault_gap") > 0
        import_bundles(session, [third], receipt=Receipt())
    office.require_whole(numbers=(OLD, NEW))


@pytest.mark.parametrize("name", ["making", "destructions.json", "backup.json"])
def test_a_first_backup_was_interrupted_as_a_file_got_its_name(
    office: Office, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    explains("A backup was interrupted")
    out = office.room / "first backup"
    die_while_moving(name, monkeypatch, lambda: make_backup_of(office, out))
    assert (out / f"{name}{safe_files.NEW}").exists()
    assert make_backup_of(office, out).check.valid
    assert backups.restore_backup(out, office.room / "again", *FIRST).check.valid


def test_a_restore_was_interrupted_as_the_mark_got_its_name(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    explains("A restore was interrupted")
    out = office.room / "restored"
    die_while_moving("making", monkeypatch, lambda: backups.restore_backup(office.backup, out, *FIRST))
    assert [path.name for path in out.iterdir()] == [f"making{safe_files.NEW}"]
    office.restore()


def make_backup_of(office: Office, out: Path) -> backups.BackupResult:
    with office.open() as session:
        return backups.make_backup(session, out)


def die_while_moving(name: str, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Kills an act just before this file gets its name."""
    move = safe_files.move_file

    def die(path: Path, to: Path) -> None:
        if to.name == name:
            raise Killed
        move(path, to)

    with monkeypatch.context() as patched:
        patched.setattr(safe_files, "move_file", die)
        with pytest.raises(Killed):
            act()
