"""A backup of many parts: what was changed since the base, and when the database is copied whole again under another key."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.jobs.pages import plain_pages
from triage.errors import StoreBusy, StoreError
from triage.message import Message
from triage.model.users import Role
from triage.store import audit, backup, backup_chain, backup_manifest, keys, opening, register
from triage.store.backup import make_backup
from triage.store.backup_manifest import Manifest, read_manifest, write_manifest
from triage.store.database import Reader
from triage.store.lock import WriterLock
from triage.store.page_parts import read_index, read_pages
from triage.store.pages import PageDigests
from triage.store.queries import audit_log, backups, compaction, restored
from triage.store.queries import users as users_sql
from triage.store.queries import vault as vault_sql
from triage.store.rekey import replace_database_key
from triage.store.restore import restore_backup
from triage.store.store import Store

DIFFERENT = {"audit_entry", "audit_state", "store", "backup", "backup_part", "restored_copy"}
"""Tables in which a restored store says that it is one, and of the backups that were made since the state it holds."""
ROWS = 600


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "backup"


@pytest.fixture
def store(made: Any) -> Iterator[Store]:
    """A store with a database that is large beside a change."""
    with made.open() as opened:
        with opened.batch() as batch:
            batch.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, words TEXT)")
            batch.executemany("INSERT INTO thing VALUES (?, ?)", [(n, f"word{n} " * 200) for n in range(ROWS)])
            batch.note("things written", things=ROWS)
        yield opened


def change(store: Store, row: int, words: str = "changed") -> None:
    with store.batch() as batch:
        batch.execute("UPDATE thing SET words = ? WHERE id = ?", (f"{words} {row} " * 150, row))
        batch.note("thing changed", thing=row)


def list_parts(out: Path) -> list[str]:
    return [path.name for path in sorted((out / "database").iterdir())]


def dump(reader: Reader) -> dict[str, list[object]]:
    tables = [name for (name,) in reader.all("SELECT name FROM sqlite_master WHERE type = 'table'") if name not in DIFFERENT]
    return {name: sorted(map(repr, reader.all(f'SELECT * FROM "{name}"'))) for name in tables}


def restore(made: Any, out: Path, folder: Path) -> Store:
    result = restore_backup(out, folder, made.name, made.passphrase)
    assert result.valid, result.problems
    return Store.open(folder, made.name, made.passphrase)


def test_many_small_backups_restored_are_the_store(made: Any, store: Store, out: Path, tmp_path: Path) -> None:
    items = dict(made.items)
    base = make_backup(store, out).check.checked["database_pages"]
    for n in range(8):
        change(store, n * 70)
        with store.batch() as batch:
            items[batch.seal(bytes([n]) * 3_000)] = bytes([n]) * 3_000
            batch.execute("DELETE FROM thing WHERE id = ?", (599 - n,))
        assert make_backup(store, out).check.checked["database_pages"] < 3 * base
    assert len(list_parts(out)) > 3
    with restore(made, out, tmp_path / "restored") as copy:
        assert dump(copy.read()) == dump(store.read())
        assert {item: copy.unseal(item) for item in items} == items
        assert backups.load_part_keys(copy.read(), read_manifest(out).id, copy.keys.ring.file.digest()) == {}
        assert restored.find_unsettled_since(copy.read()) == read_manifest(out).time
        three = {bytes(ring.keys.database) for ring in (copy.keys.ring, store.keys.ring)}
        assert len(three) == 2, "the restored store has another key"
    assert not (tmp_path / "restored" / opening.REBUILD).exists()


def test_a_small_change_costs_some_pages(store: Store, out: Path) -> None:
    make_backup(store, out)
    base = (out / "database" / "000001.pages").stat().st_size
    change(store, 300)
    make_backup(store, out)
    assert list_parts(out) == ["000001.pages", "000002.pages"]
    assert (out / "database" / "000002.pages").stat().st_size < base / 4


@pytest.mark.parametrize("kept", ["the right one", "none", "noise", "of another log"])
def test_a_small_backup_reads_the_new_entries_of_the_log_alone(
    store: Store, out: Path, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the frontier of the state before, or with a wrong one, it reads all of them."""
    read = list[int]()
    leaves, entries = audit_log.iter_leaves, audit_log.iter_entries
    monkeypatch.setattr(
        audit_log, "iter_leaves", lambda *of: (read.append(n) or leaf for n, leaf in enumerate(leaves(*of), of[1]))
    )
    monkeypatch.setattr(audit_log, "iter_entries", lambda *of: (read.append(entry[0]) or entry for entry in entries(*of)))
    for n in range(3):
        make_backup(store, out)
        change(store, n)
    head, reader = audit.read_head(out / "state" / "000003" / "head.json"), store.read()
    if kept != "the right one":
        frontier = backups.load_frontier(reader, read_manifest(out).id)
        wrong = {"none": None, "noise": b"x" * 31, "of another log": bytes(len(frontier or b""))}
        with store.batch() as batch:
            batch.execute("UPDATE backup SET frontier = ?", (wrong[kept],))
            batch.note("frontier planted")
    read.clear()
    assert make_backup(store, out).check.valid
    assert (min(read) == head.count) == (kept == "the right one")
    assert audit_log.load_state(reader).count - 2 in read, "the new ones are proven"
    assert len(list_parts(out)) == 4


def test_when_much_changed_there_is_a_new_base(made: Any, store: Store, out: Path, tmp_path: Path) -> None:
    make_backup(store, out)
    with store.batch() as batch:
        batch.execute("UPDATE thing SET words = words || words || words")
        batch.note("things changed", things=ROWS)
    make_backup(store, out)
    assert list_parts(out) == ["000002.pages"]
    restore(made, out, tmp_path / "restored").close()


def rotate(store: Store) -> None:
    store.keys.rotate_master()


def change_passphrase(store: Store) -> None:
    store.users.add("other", [Role.ANALYST], "other words", store.user)


def destroy(store: Store) -> None:
    with store.batch() as batch:
        batch.destroy(1)
        compaction.mark_compaction_owed(batch, "2026-11-28T00:00:00Z")
        batch.note("things destroyed", items=1)


def destroy_and_rebuild(store: Store) -> None:
    destroy(store)
    assert store.forget_older_state()


def forget_keys(store: Store) -> None:
    with store.batch() as batch:
        backups.forget_part_keys(batch)
        batch.note("keys forgotten")


@pytest.mark.parametrize("act", [rotate, change_passphrase, destroy, destroy_and_rebuild, forget_keys])
def test_a_new_base_under_a_new_key(made: Any, store: Store, out: Path, tmp_path: Path, act: Callable[[Store], None]) -> None:
    """Nothing is added to parts from before, and they go: what a state before could open nobody opens any more."""
    change(store, 1, "secretword")
    make_backup(store, out)
    change(store, 2)
    make_backup(store, out)
    older = read_manifest(out)
    old_keys = backups.load_part_keys(store.read(), older.id, store.keys.ring.file.digest())
    assert sorted(old_keys) == [1, 2] == sorted(older.parts)
    with (out / "state" / "000002" / "keys.json").open("rb") as key_file:
        with store.batch() as batch:
            batch.execute("DELETE FROM thing WHERE id = 1")
        act(store)
        make_backup(store, out)
        assert not any(key_file.read()), "the blocks that held the keys of the state before are zeros"
    assert list_parts(out) == ["000003.pages"]
    new = store.read().all("SELECT number, key FROM backup_part")
    assert [number for number, _ in new] == [3] and new[0][1] not in old_keys.values()
    store.forget_older_state()
    store._database.empty_log()
    plain = plain_pages(store._database.path, bytes(store.keys.ring.keys.database))
    assert [key for key in old_keys.values() if key in plain] == []
    part = backup_chain.name_part(out, store.id, older.id, 3, read_manifest(out).parts[3], new[0][1])
    sealed = b"".join(page for group in read_index(part) for _, page in read_pages(part, group))
    (tmp_path / "pages.db").write_bytes(sealed)
    held = plain_pages(tmp_path / "pages.db", bytes(store.keys.ring.keys.database))
    assert (b"secretword" in held) is False
    restore(made, out, tmp_path / "restored").close()


def test_another_database_key_begins_a_new_base(made: Any, store: Store, out: Path, tmp_path: Path) -> None:
    make_backup(store, out)
    replace_database_key(store)
    with made.open() as again:
        make_backup(again, out)
        assert list_parts(out) == ["000002.pages"]
    restore(made, out, tmp_path / "restored").close()


def test_a_restored_store_backs_up_into_the_same_folder(made: Any, store: Store, out: Path, tmp_path: Path) -> None:
    make_backup(store, out)
    change(store, 5)
    make_backup(store, out)
    store.close()
    with restore(made, out, tmp_path / "restored") as copy:
        change(copy, 6)
        assert make_backup(copy, out).number == 3
        assert list_parts(out) == ["000003.pages"]
        change(copy, 7)
        make_backup(copy, out)
        assert list_parts(out) == ["000003.pages", "000004.pages"]
        expected = dump(copy.read())
    with restore(made, out, tmp_path / "again") as twice:
        assert dump(twice.read()) == expected


def test_a_destruction_while_a_backup_is_made_leaves_no_parts_to_add_to(
    made: Any, store: Store, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It deleted the keys before the backup stored those of parts that still hold what was destroyed."""
    make_backup(store, out)
    change(store, 1)
    with made.open() as other:
        usual = backup.write_manifest

        def destroy_before(*about: Any) -> None:
            destroy_and_rebuild(other)
            usual(*about)

        with monkeypatch.context() as patch:
            patch.setattr(backup, "write_manifest", destroy_before)
            make_backup(store, out)
    assert store.read().all("SELECT number FROM backup_part") == []
    assert make_backup(store, out).number == 3 and list_parts(out) == ["000003.pages"]


@pytest.mark.parametrize("act", [destroy_and_rebuild, change_passphrase])
def test_what_another_program_does_just_before_the_moment_that_is_copied_begins_a_new_base(
    made: Any, store: Store, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: Callable[[Store], None]
) -> None:
    """The parts were found already."""
    make_backup(store, out)
    change(store, 1)
    with made.open() as other, monkeypatch.context() as patch:
        usual = backup.is_current

        def act_after(*about: Any) -> bool:
            current = usual(*about)
            act(other)
            return current

        patch.setattr(backup, "is_current", act_after)
        make_backup(store, out)
    assert list_parts(out) == ["000002.pages"]
    who = ("other", "other words") if act is change_passphrase else (made.name, made.passphrase)
    assert restore_backup(out, tmp_path / "restored", *who).valid


def test_a_destruction_that_can_not_be_finished_is_one_sentence(
    made: Any, store: Store, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_backup(store, out)
    destroy(store)
    with monkeypatch.context() as patch:
        patch.setattr(Store, "forget_older_state", lambda *_: False)
        with pytest.raises(StoreError, match=r"^A destruction is not finished, because somebody still reads older pages\."):
            make_backup(store, out)
    assert read_manifest(out).number == 1
    assert make_backup(store, out).number == 2 and list_parts(out) == ["000002.pages"]


def test_slots_are_those_of_now_though_another_window_changed_them(made: Any, store: Store, out: Path, tmp_path: Path) -> None:
    with made.open() as other:
        other.users.add("other", [Role.ANALYST], "other words", other.user)
    make_backup(store, out)
    assert restore_backup(out, tmp_path / "restored", "other", "other words").valid


def test_two_backups_at_once_wait_for_one_another(
    made: Any, store: Store, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, begun = backup.write_part, list[str]()

    def write_beside(*about: Any) -> None:
        """Begins another backup in a process of its own, which is refused, as it would be after half a minute."""
        code = (
            "import sys; from pathlib import Path; from triage.store import backup; from triage.store.store import Store\n"
            "from triage.store.lock import WriterLock; usual = WriterLock.hold\n"
            "WriterLock.hold = lambda lock, wait=1.0, **how: usual(lock, 0.1 if lock._path.name == backup.LOCK else wait, **how)\n"
            "with Store.open(Path(sys.argv[1]), *sys.argv[3:]) as store: backup.make_backup(store, Path(sys.argv[2]))"
        )
        words = (str(store.directory), str(out), made.name, made.passphrase)
        run = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
        begun.append(run.stderr)
        usual(*about)

    monkeypatch.setattr(backup, "write_part", write_beside)
    make_backup(store, out)
    assert "Another backup of this store is being made" in begun[0]
    restore(made, out, tmp_path / "restored").close()
    with WriterLock(store.directory / backup.LOCK).hold(), pytest.raises(StoreBusy, match="Another backup"):
        monkeypatch.setattr(
            backup, "WriterLock", lambda path: type("L", (), {"hold": lambda _, **how: WriterLock(path).hold(0, how["busy"])})()
        )
        make_backup(store, out)


@pytest.mark.parametrize("swap", ["with an older one", "with one of another folder", "with one another", "gone", "cut"])
def test_a_part_that_is_not_the_one_named_is_not_restored_and_not_added_to(
    made: Any, store: Store, out: Path, tmp_path: Path, swap: str
) -> None:
    make_backup(store, out)
    older = (out / "database" / "000001.pages").read_bytes()
    make_backup(store, tmp_path / "elsewhere")
    change(store, 3)
    make_backup(store, out)
    first, second = (out / "database" / name for name in list_parts(out))
    match swap:
        case "with an older one":
            second.write_bytes(older)
        case "with one of another folder":
            shutil.copy(tmp_path / "elsewhere" / "database" / "000001.pages", first)
        case "with one another":
            data = first.read_bytes()
            shutil.copy(second, first)
            second.write_bytes(data)
        case "gone":
            first.unlink()
        case _:
            second.write_bytes(second.read_bytes()[:-1])
    with pytest.raises(StoreError, match="damaged or w"):
        restore_backup(out, tmp_path / "new", made.name, made.passphrase)
    make_backup(store, out)
    assert list_parts(out) == ["000003.pages"], "the database was copied anew"
    restore(made, out, tmp_path / "new").close()


def test_a_manifest_can_not_be_put_together_from_two(made: Any, store: Store, out: Path, tmp_path: Path) -> None:
    """Of the same store, with the store's own signature: the sealed keys belong to one state only."""
    make_backup(store, out)
    change(store, 3)
    make_backup(store, tmp_path / "elsewhere")
    manifest, other = read_manifest(out), read_manifest(tmp_path / "elsewhere")
    for edit in ({"keys": other.keys}, {"pages": manifest.pages - 1}, {"keys": "zz"}, {"keys": ""}, {"pages": 1 << 40}):
        write_manifest(store, out, msgspec.structs.replace(manifest, **edit))
        with pytest.raises(StoreError, match="changed; use another copy of the backup"):
            restore_backup(out, tmp_path / "new", made.name, made.passphrase)
    head, names = out / "state" / "000001" / "head.json", ("head.json", "keys.json")
    head.write_bytes((tmp_path / "elsewhere" / "state" / "000001" / "head.json").read_bytes())
    files = {name: hashlib.sha256((head.parent / name).read_bytes()).hexdigest() for name in names}
    sizes = {name: (head.parent / name).stat().st_size for name in names}
    for commits in (manifest.commits, other.commits):
        write_manifest(store, out, msgspec.structs.replace(manifest, files=files, sizes=sizes, commits=commits))
        with pytest.raises(StoreError, match="files are damaged or were changed"):
            restore_backup(out, tmp_path / "new", made.name, made.passphrase)
    unsigned = json.loads((out / "backup.json").read_bytes()) | {"reread_pages": 1}
    (out / "backup.json").write_text(json.dumps(unsigned))
    with pytest.raises(StoreError, match="manifest was changed"):
        restore_backup(out, tmp_path / "new", made.name, made.passphrase)


def make_older_form(store: Store, out: Path) -> None:
    """Makes a backup of version 1: a whole copy of the database under a key of its own, and the head that belongs to it."""
    state, ring = out / "state" / "000001", store.keys.ring.make_copy_ring()
    state.mkdir(parents=True)
    (out / "vault").mkdir()
    with store.at_rest():
        copying = store.begin_copy(state / "triage.db", ring.keys.database)
    with copying as copy:
        database = copy.finish(Message("copying the database"))
    writer, digests = database.writer, PageDigests(state / "triage.db", ring.keys.database)
    writer.begin()
    users_sql.save_bound_keys(writer, ring.file.generation, ring.file.digest())
    restored.mark_copy(writer, "older-form", 1, "2026-01-01T00:00:00Z")
    writer.commit()
    opening.write_key_file(state, ring.file)
    at = audit_log.load_state(writer)
    sealed = digests.seal_digest(digests.digest_all(writer), store.id, at.commits)
    audit.write_head(state / "head.json", audit.make_head(store.id, at, store.sign, sealed))
    packs, last = vault_sql.load_pack_lengths(writer), vault_sql.find_last_item(writer)
    database.close()
    digests.close()
    for path in store.vault.iterdir():
        shutil.copy(path, out / "vault")
    register.write_register(store, store.read(), out)
    names = ("triage.db", "head.json", "keys.json")
    files = {name: hashlib.sha256((state / name).read_bytes()).hexdigest() for name in names}
    sizes = {name: (state / name).stat().st_size for name in names}
    made = "2026-01-01T00:00:00Z"
    write_manifest(
        store, out, Manifest("triage backup", 1, "older-form", store.id, 1, made, at.commits, files, sizes, packs, last, 0, "")
    )
    assert set(json.loads((out / "backup.json").read_bytes())) & {"parts", "pages", "keys", "reread_pages"} == set()


def test_a_backup_of_the_older_form_restores_and_goes_on_with_a_base(made: Any, store: Store, out: Path, tmp_path: Path) -> None:
    make_older_form(store, out)
    with restore(made, out, tmp_path / "restored") as copy:
        assert dump(copy.read()) == dump(store.read())
        assert restored.find_unsettled_since(copy.read()) == "2026-01-01T00:00:00Z"
    assert make_backup(store, out).number == 2
    assert [path.name for path in (out / "state").iterdir()] == ["000002"] and list_parts(out) == ["000002.pages"]
    restore(made, out, tmp_path / "again").close()


def test_the_recovery_halves_and_the_key_file_alone_open_the_parts(made: Any, store: Store, out: Path) -> None:
    """The keys are sealed for the key file of the state, which no key of the live store opens."""
    make_backup(store, out)
    manifest = read_manifest(out)
    with pytest.raises(StoreError):
        backup_chain.open_keys(store.keys.ring.keys.database, manifest)
    ring, _ = keys.unlock_key_file(opening.read_key_file(out / "state" / "000001"), made.name, made.passphrase)
    database, parts = backup_chain.open_keys(ring.keys.database, manifest)
    assert database == bytes(store.keys.ring.keys.database) and sorted(parts) == [1]
    assert backup_manifest.STATE == "state"
