"""After years of lawful destruction the register can still be read: it grows by volumes, and no file is written again with all of it."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.jobs.bundles import le_json
from tests.jobs.conftest import MakeStore, OpenCopy
from tests.jobs.listed import list_outgoing
from tests.people import add_person
from triage import safe_files
from triage.errors import StoreError, WorldError
from triage.exports.verify import verify_file
from triage.jobs.consent import Consent
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping.backup import make_backup, restore_backup
from triage.jobs.keeping.destruction import destroy_report
from triage.jobs.keeping.register import apply_register, export_register
from triage.jobs.session import Session, unlock
from triage.model.handover import Receipt
from triage.model.users import Role
from triage.store import register
from triage.store.database import Reader
from triage.store.queries import destruction, reports

pytestmark = pytest.mark.usefixtures("short_papers")

WORDS = "seven green boats"
SECOND = Consent("second", "eight blue kites")
FIRST_NUMBER = 900000001
EARLIER = 60


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    """A closed store with three reports and two people."""

    def fill(session: Session, work: Path) -> None:
        for n in range(3):
            (work / str(n)).mkdir()
            (work / str(n) / "report.json").write_bytes(le_json(FIRST_NUMBER + n))
        import_bundles(session, [work], receipt=Receipt())
        add_person(session.store, "second", [Role.LEAD], SECOND.passphrase)

    return make_store(fill)


@pytest.fixture(scope="module")
def old_store(filled_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store of which many reports were destroyed before; beside it its backup of before that, in the folder `before`."""
    store = Path(shutil.copytree(filled_store, tmp_path_factory.mktemp("old") / "store"))
    with unlock(store, "first", WORDS) as session:
        make_backup(session, store.parent / "before")
        destroy_others(session, EARLIER)
    return store


@pytest.fixture
def old(old_store: Path, open_copy: OpenCopy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A store of which many reports were destroyed before, with three reports and small volumes; the folder `papers`."""
    monkeypatch.setattr(register, "VOLUME_WEIGHT", 50)
    shutil.copytree(old_store.parent / "before", tmp_path / "before")
    (tmp_path / "papers").mkdir()
    return open_copy(old_store)


def destroy_others(session: Session, count: int) -> None:
    """Adds destructions of reports that are no longer here, three hashes each."""
    with session.store.batch() as batch:
        before = destruction.count_destructions(batch)
        for n in range(before, before + count):
            counts = (f"2025-01-01T00:00:{n % 60:02d}Z", 1, 2, 3, 1, None, "2024-01", 1, 0)
            of = destruction.add_registered_destruction(batch, None, counts)
            destruction.add_tombstones(batch, of, [(session.store.keyed(f"{n} {k}"), None) for k in range(3)])
        batch.note("destroyed earlier", count=count)


def destroy(session: Session, folder: Path, n: int) -> None:
    out = folder / f"{FIRST_NUMBER + n}.json"
    destroy_report(session, out.stem, reason="period over", order="rule 7", second=SECOND, certificate=out)


def list_volumes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("destructions.*-*.json")}


def test_no_file_of_the_register_grows_with_the_years(old: Session, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    destroy(old, papers, 0)
    found = register.read_register(papers / register.FILE)
    assert found.named == EARLIER + 1 == sum(len(some) for some in found.iter_entries())
    assert len(found.whole.entries) < 10 and len(found.whole.volumes) > 5
    assert {volume.name for volume in found.whole.volumes} == set(list_volumes(papers))
    left = {(row.name, row.sha256) for row in list_outgoing(old)}
    assert {(volume.name, volume.sha256) for volume in found.whole.volumes} <= left
    assert all(verify_file(path).valid for path in papers.glob("destructions*.json"))


def test_what_a_file_can_hold_does_not_bound_the_register(old: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole register weighs more than a file that is read, and the owner still has it."""
    monkeypatch.setattr(register, "MAX_FILE", 6_000)
    papers = tmp_path / "papers"
    destroy(old, papers, 0)
    assert sum(len(data) for data in list_volumes(papers).values()) > 3 * register.MAX_FILE
    made = restore_backup(tmp_path / "before", tmp_path / "new", "first", WORDS, register=papers / register.FILE)
    assert made.applied is not None and (made.applied.destroyed, made.applied.elsewhere) == (1, EARLIER)


def test_the_next_destruction_writes_no_volume_again(old: Session, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    destroy(old, papers, 0)
    before = {path.name: path.stat().st_mtime_ns for path in papers.glob("destructions.*")}
    registered = len(list_outgoing(old))
    destroy(old, papers, 1)
    assert {name: (papers / name).stat().st_mtime_ns for name in before if "-" in name} == {
        name: when for name, when in before.items() if "-" in name
    }
    assert len(list_outgoing(old)) == registered + 3, "two files of the certificate, and the register"
    export_register(old, tmp_path / "elsewhere" / "r.json")
    assert list_volumes(tmp_path / "elsewhere") == list_volumes(papers), "the same bytes, whoever writes them"


def test_a_volume_that_is_changed_or_gone_is_noticed_and_the_next_act_writes_it_again(old: Session, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    destroy(old, papers, 0)
    good = list_volumes(papers)
    name = sorted(good)[2]
    for bad in (good[name].replace(b'"status": 1', b'"status": 2', 1), b"", None):
        (papers / name).unlink() if bad is None else (papers / name).write_bytes(bad)
        with pytest.raises(StoreError, match=name):
            apply_register(old, papers / register.FILE)
    destroy(old, papers, 1)
    assert list_volumes(papers) == good
    assert apply_register(old, papers / register.FILE).known == EARLIER + 2


@pytest.mark.parametrize(
    "name", ["../secret.json", "/etc/passwd", "..", "", "a\0b", "destructions.json", "destructions.000001-1a2b3c4d.json/"]
)
def test_a_volume_of_another_name_is_never_opened(
    old: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The names are read before anybody knows who wrote them."""
    with old.reading() as db:
        made = register.make_register(old.store, db)
    (tmp_path / "r.json").write_bytes(msgspec.structs.replace(made, volumes=(register.Volume(name, "0" * 64, 1, 1),)).encode())
    opened: list[Path] = []
    real = register.read_file
    monkeypatch.setattr(register, "read_file", lambda path, most: opened.append(path) or real(path, most))  # type: ignore[func-returns-value]
    with pytest.raises(StoreError, match="a volume of the register"):
        register.read_register(tmp_path / "r.json")
    assert [path.name for path in opened] == ["r.json"]


def test_a_register_that_names_a_volume_twice_is_damaged(old: Session, tmp_path: Path) -> None:
    """Else a small file has one volume read a million times, before anybody knows who wrote it."""
    papers = tmp_path / "papers"
    destroy(old, papers, 0)
    (first, *_) = (whole := register.read_one(papers / register.FILE)).volumes
    (papers / register.FILE).write_bytes(msgspec.structs.replace(whole, volumes=(first, first)).encode())
    with pytest.raises(StoreError, match="is no register of destructions, or it is damaged"):
        register.read_register(papers / register.FILE)


def test_a_register_is_compared_in_few_walks_through_what_the_store_knows(
    old: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each volume once was a walk, and each destruction a question, so that 600,000 of them took minutes."""
    export_register(old, tmp_path / "papers" / register.FILE)
    assert len(list_volumes(tmp_path / "papers")) > 5
    asked: list[int] = []
    plain = destruction.find_tombstones

    def find(db: Reader, marks: Collection[str]) -> set[str]:
        asked.append(len(marks))
        return plain(db, marks)

    monkeypatch.setattr(destruction, "find_tombstones", find)
    assert apply_register(old, tmp_path / "papers" / register.FILE).known == EARLIER
    assert [count for count in asked if count] == [3 * EARLIER]
    monkeypatch.setattr(register, "_MARKS_AT_ONCE", 40)
    asked.clear()
    assert apply_register(old, tmp_path / "papers" / register.FILE).known == EARLIER
    assert sum(asked) == 3 * EARLIER and max(asked) < 100, "a piece is no larger than it may be, and a volume"


def test_a_volume_that_changes_while_it_is_applied_undoes_all(
    old: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was checked is what is applied: each reading of a volume is held against the signed register."""
    papers = tmp_path / "papers"
    destroy(old, papers, 0)
    restore_backup(tmp_path / "before", tmp_path / "new", "first", WORDS)
    real, last = register.check_register, max(list_volumes(papers))

    def check_then_change(*args: object) -> frozenset[str]:
        new = real(*args)  # type: ignore[arg-type]
        (papers / last).write_bytes((papers / last).read_bytes().replace(b"2024-01", b"2024-02"))
        return new

    monkeypatch.setattr(register, "check_register", check_then_change)
    with unlock(tmp_path / "new", "first", WORDS) as restored:
        with pytest.raises(StoreError, match=last):
            apply_register(restored, papers / register.FILE)
        with restored.reading() as db:
            assert destruction.count_destructions(db) == 0 and reports.find_report(db, str(FIRST_NUMBER)) is not None


def test_a_store_that_went_another_way_trusts_no_volume(old: Session, tmp_path: Path) -> None:
    """A restored store without the later destructions writes a register of its own, and takes away no volume of the other."""
    papers = tmp_path / "papers"
    destroy(old, papers, 0)
    volumes = list_volumes(papers)
    restore_backup(tmp_path / "before", tmp_path / "new", "first", WORDS, no_register="it was lost")
    with unlock(tmp_path / "new", "first", WORDS) as restored:
        destroy(restored, papers, 1)
    assert register.read_register(papers / register.FILE).named == 1
    assert list_volumes(papers) == volumes


def test_a_backup_gets_the_volumes_it_lacks(old: Session, tmp_path: Path) -> None:
    make_backup(old, tmp_path / "backup")
    first = list_volumes(tmp_path / "backup")
    destroy(old, tmp_path / "papers", 0)
    make_backup(old, tmp_path / "backup")
    assert first and first.items() <= list_volumes(tmp_path / "backup").items()
    made = restore_backup(tmp_path / "before", tmp_path / "new", "first", WORDS, register=tmp_path / "backup" / register.FILE)
    assert made.applied is not None and (made.applied.destroyed, made.applied.elsewhere) == (1, EARLIER)


def test_a_register_of_before_there_were_volumes_still_counts(old: Session, tmp_path: Path) -> None:
    """Without volumes, entry and leaf the file has the fields of old, in the same bytes under the signature."""
    with old.reading() as db:
        whole = register.make_register(old.store, db)
    fields = {"kind": whole.kind, "version": 1, "store": whole.store, "time": whole.time, "entries": whole.entries}
    bare = register.Register(**fields, signature="")  # type: ignore[arg-type]
    assert b"volumes" not in bare.encode() and b"leaf" not in bare.encode_unsigned()
    signed = register.Register(**fields, signature=old.store.sign(bare.encode_unsigned()).hex())  # type: ignore[arg-type]
    (tmp_path / "old.json").write_bytes(signed.encode())
    assert apply_register(old, tmp_path / "old.json").known == EARLIER


FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
STEPS = [*((KeyboardInterrupt(), point) for point in range(0, 14, 2)), *((FULL, point) for point in range(1, 14, 3))]


@pytest.mark.parametrize(("error", "point"), STEPS, ids=[f"{type(error).__name__} {point}" for error, point in STEPS])
def test_whatever_step_of_the_disk_is_the_last_the_folder_has_a_register_that_can_be_read(
    old: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, point: int
) -> None:
    """After kill -9 and on a full disk it is that of before or the new one, and the next act brings it up to date."""
    papers = tmp_path / "papers"
    export_register(old, papers / register.FILE)
    destroy_others(old, 20)
    left = [point]

    def fail_at(real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **how: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise error
            return real(*args, **how)

        return step

    with monkeypatch.context() as patched:
        for name in ("create_file", "move_file"):
            patched.setattr(f"triage.exports.outgoing_file.{name}", fail_at(getattr(safe_files, name)))
        if error is not FULL:
            patched.setattr("triage.exports.outgoing_file.OutgoingFiles.discard", lambda self: None)  # kill -9 tidies nothing
        with pytest.raises((KeyboardInterrupt, WorldError)):
            destroy(old, papers, 0)
    assert register.read_register(papers / register.FILE).named in (EARLIER, EARLIER + 20, EARLIER + 21)
    with old.reading() as db:
        gone = reports.find_report(db, str(FIRST_NUMBER)) is None
    destroy(old, papers, 1)
    assert register.read_register(papers / register.FILE).named == EARLIER + 21 + gone
    assert apply_register(old, papers / register.FILE).known == EARLIER + 21 + gone
