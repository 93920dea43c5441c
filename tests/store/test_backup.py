from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from triage import limits
from triage.errors import Cancelled, StoreError, WrongPassphrase
from triage.message import Message
from triage.model.progress import CancelToken, Progress
from triage.store import backup, page_parts, restore, vault
from triage.store.backup import make_backup
from triage.store.database import PAGE
from triage.store.page_parts import measure_part
from triage.store.queries import vault as vault_sql
from triage.store.restore import restore_backup
from triage.store.store import Store


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "backup"


def test_what_was_backed_up_comes_back(made: Any, out: Path, tmp_path: Path) -> None:
    with made.open() as store:
        result = make_backup(store, out)
        assert result.check.valid
        assert result.check.checked["vault_items"] == len(made.items)
        entries = store.verify_log().entries
    assert restore_backup(out, tmp_path / "restored", made.name, made.passphrase).valid
    with Store.open(tmp_path / "restored", made.name, made.passphrase) as store:
        assert {item: store.unseal(item) for item in made.items} == made.items
        assert store.check().valid
        assert store.verify_log().entries == entries  # "backup made" is not in it, "store restored" is
        assert "store restored" in store.read().value("SELECT json FROM audit_entry ORDER BY n DESC LIMIT 1")


def test_a_second_backup_copies_what_is_new(made: Any, out: Path, tmp_path: Path) -> None:
    with made.open() as store:
        first = make_backup(store, out)
        with store.batch() as batch:
            item = batch.seal(b"x" * 1000)
        second = make_backup(store, out)
        assert (first.number, second.number) == (1, 2)
        assert second.copied == 1016
        assert [path.name for path in (out / "state").iterdir()] == ["000002"]
    assert restore_backup(out, tmp_path / "restored", made.name, made.passphrase).valid
    with Store.open(tmp_path / "restored", made.name, made.passphrase) as store:
        assert store.unseal(item) == b"x" * 1000


def test_room_for_all_packs_is_asked_for_before_anything_is_restored(
    made: Any, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with made.open() as store:
        make_backup(store, out)
    asked: list[tuple[Path, int]] = []

    def refuse(folder: Path, needed: int, what: Message) -> None:
        asked.append((folder, needed))
        raise StoreError("The disk for the store is full.")

    monkeypatch.setattr(restore, "require_free_space", refuse)
    target = tmp_path / "restored"
    with pytest.raises(StoreError, match="is full"):
        restore_backup(out, target, made.name, made.passphrase)
    packs = sum(path.stat().st_size for path in (out / "vault").iterdir())
    pages = json.loads((out / "backup.json").read_bytes())["pages"]
    assert asked == [(target, packs + 2 * pages * PAGE + limits.MIN_FREE)] and not target.exists()


def test_room_for_what_is_new_is_asked_for_before_a_backup_is_begun(
    made: Any, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Path, int]] = []

    def refuse(folder: Path, needed: int, what: Message) -> None:
        asked.append((folder, needed))
        raise StoreError("The disk for the backup is full.")

    def count_packs(store: Store) -> int:
        """Returns the bytes of the packs."""
        return sum(vault_sql.load_pack_lengths(store.read()).values())

    with made.open() as store:
        packs = count_packs(store)
        needed = packs + measure_part((store.directory / "triage.db").stat().st_size // PAGE) + limits.MIN_FREE
        with monkeypatch.context() as patch, pytest.raises(StoreError, match="is full"):
            patch.setattr(backup, "require_free_space", refuse)
            make_backup(store, out)
        assert asked == [(out, needed)] and not out.exists(), "nothing was begun"
        make_backup(store, out)
        with store.batch() as batch:
            batch.seal(os.urandom(5_000))
        before = sorted(out.rglob("*"))
        with monkeypatch.context() as patch, pytest.raises(StoreError, match="is full"):
            patch.setattr(backup, "require_free_space", refuse)
            make_backup(store, out)
        assert sorted(out.rglob("*")) == before
        make_backup(store, out)
        part = (out / "database" / "000002.pages").stat().st_size
        assert asked[1:] == [(out, count_packs(store) - packs + part + limits.MIN_FREE)], "only what changed of the database"


def test_packs_that_rolled_are_all_there(made: Any, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault.VaultWriter.__init__, "__defaults__", (1000,))
    with made.open() as store:
        for n in range(5):
            with store.batch() as batch:
                batch.seal(bytes([n]) * 900)
            assert make_backup(store, out).check.valid
    assert restore_backup(out, tmp_path / "restored", made.name, made.passphrase).checked["vault_packs"] > 2


@pytest.mark.parametrize("stop", ["copying the database", "reading the copy", "copying", "database", "record", "vault"])
def test_an_interrupted_backup_leaves_the_one_before(made: Any, out: Path, tmp_path: Path, stop: str) -> None:
    """Also where the database is copied anew, since the key file changed: only then all of it is checked."""
    cancel = CancelToken()

    def stop_at(progress: Progress) -> None:
        if str(progress.note) == stop:
            cancel.cancel()

    with made.open() as store:
        make_backup(store, out)
        manifest = (out / "backup.json").read_bytes()
        with store.batch() as batch:
            batch.seal(b"x" * 1000)
        if stop in ("database", "record"):
            store.keys.rotate_master()
        with pytest.raises(Cancelled):
            make_backup(store, out, stop_at, cancel)
        assert (out / "backup.json").read_bytes() == manifest
        assert restore_backup(out, tmp_path / "restored", made.name, made.passphrase).valid
        assert make_backup(store, out).number == 2
    assert restore_backup(out, tmp_path / "again", made.name, made.passphrase).valid


def test_an_interrupted_first_backup_can_be_made_again(made: Any, out: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with made.open() as store:
        with pytest.raises(Cancelled):
            make_backup(store, out, cancel=cancel)
        assert make_backup(store, out).number == 1


def test_restoring_overwrites_nothing(made: Any, out: Path, tmp_path: Path) -> None:
    with made.open() as store:
        make_backup(store, out)
    with pytest.raises(StoreError, match="already a store"):
        restore_backup(out, made.directory, made.name, made.passphrase)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    with pytest.raises(StoreError, match="not empty"):
        restore_backup(out, tmp_path / "full", made.name, made.passphrase)
    with pytest.raises(WrongPassphrase):
        restore_backup(out, tmp_path / "new", made.name, "wrong")
    assert not (tmp_path / "new").exists()
    made.open().close()


def test_an_interrupted_restore_can_be_made_again(made: Any, out: Path, tmp_path: Path) -> None:
    with made.open() as store:
        make_backup(store, out)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        restore_backup(out, tmp_path / "new", made.name, made.passphrase, cancel=cancel)
    assert restore_backup(out, tmp_path / "new", made.name, made.passphrase).valid


def test_another_stores_folder_and_a_strange_one_are_refused(made: Any, out: Path, tmp_path: Path, cheap: Any) -> None:
    with Store.create(tmp_path / "other", "x", "y", cost=cheap).store as other:
        make_backup(other, out)
    with made.open() as store:
        with pytest.raises(StoreError, match="another store"):
            make_backup(store, out)
        with pytest.raises(StoreError, match="no complete backup"):
            make_backup(store, made.directory)
    with pytest.raises(StoreError, match="no complete backup"):
        restore_backup(tmp_path / "nothing", tmp_path / "new", made.name, made.passphrase)


@pytest.mark.parametrize("name", ["backup.json", "state/000001/keys.json", "state/000001/head.json", "database/000001.pages"])
def test_a_changed_backup_is_not_restored(made: Any, out: Path, tmp_path: Path, name: str) -> None:
    with made.open() as store:
        make_backup(store, out)
    data = bytearray((out / name).read_bytes())
    data[len(data) * 2 // 3] ^= 1
    (out / name).write_bytes(data)
    with pytest.raises(StoreError):
        restore_backup(out, tmp_path / "new", made.name, made.passphrase)


def test_a_changed_pack_is_found_by_the_check(made: Any, out: Path, tmp_path: Path) -> None:
    with made.open() as store:
        make_backup(store, out)
        path = out / "vault" / "000001.pack"
        data = bytearray(path.read_bytes())
        data[100_000] ^= 1
        path.write_bytes(data)
        with pytest.raises(StoreError, match="not whole"):
            make_backup(store, out)
    assert not restore_backup(out, tmp_path / "new", made.name, made.passphrase).valid
    os.truncate(path, 10)
    with pytest.raises(StoreError, match="cut short"):
        restore_backup(out, tmp_path / "newer", made.name, made.passphrase)


def test_a_backup_is_as_closed_as_the_store(made: Any, out: Path) -> None:
    with made.open() as store:
        make_backup(store, out)
    names = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    state = {"state/000001/head.json", "state/000001/keys.json", "database/000001.pages"}
    assert names == {"backup.json", "destructions.json", "vault/000001.pack"} | state
    for path in out.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0
        if path.is_file():
            assert b"things sealed" not in path.read_bytes()
            assert b"First" not in path.read_bytes()
    shutil.rmtree(out)


def test_a_manifest_with_a_field_that_is_not_known_is_refused(made: Any, tmp_path: Path) -> None:
    out = tmp_path / "backup"
    with made.open() as store:
        make_backup(store, out)
        said = json.loads((out / "backup.json").read_bytes())
        (out / "backup.json").write_text(json.dumps({**said, "note": ""}))
        with pytest.raises(StoreError, match="manifest is damaged"):
            make_backup(store, out)
    with pytest.raises(StoreError, match="manifest is damaged"):
        restore_backup(out, tmp_path / "restored", made.name, made.passphrase)


def test_a_folder_with_folders_of_these_names_is_not_taken_for_an_interrupted_backup(made: Any, tmp_path: Path) -> None:
    out = tmp_path / "somebody's"
    (out / "vault").mkdir(parents=True)
    (out / "vault" / "000001.pack").write_bytes(b"theirs")
    with made.open() as store, pytest.raises(StoreError, match="no complete backup"):
        make_backup(store, out)
    assert (out / "vault" / "000001.pack").read_bytes() == b"theirs"


def test_an_interrupted_first_backup_goes_on_and_its_mark_goes(made: Any, tmp_path: Path) -> None:
    out = tmp_path / "backup"
    (out / "vault").mkdir(parents=True)
    for name in ("making", "destructions.json", "destructions.000001-1a2b3c4d.json"):
        (out / name).touch()
    (out / "vault" / "000007.pack").write_bytes(b"left")
    with made.open() as store:
        make_backup(store, out)
    assert {path.name for path in out.iterdir()} >= {"backup.json", "database", "destructions.json", "state", "vault"}
    assert not (out / "making").exists()
    assert [path.name for path in (out / "vault").iterdir()] == ["000001.pack"]


def test_what_others_put_on_the_medium_stays(made: Any, tmp_path: Path) -> None:
    out = tmp_path / "backup"
    with made.open() as store:
        make_backup(store, out)
        theirs = ["theirs", "state/theirs", "state/000001/theirs", "state/notes/keys.json", "database/theirs.pages"]
        (out / "state" / "notes").mkdir()
        for name in theirs:
            (out / name).write_bytes(b"theirs")
        for n in range(2):
            with store.batch() as batch:
                batch.seal(bytes([n]))
            make_backup(store, out)
        (out / "vault" / "theirs.pack").write_bytes(b"theirs")
        with pytest.raises(StoreError, match="not its own"):
            make_backup(store, out)
        assert (out / "vault" / "theirs.pack").read_bytes() == b"theirs"
    assert [name for name in theirs if (out / name).read_bytes() != b"theirs"] == []
    assert sorted(path.name for path in (out / "state").iterdir())[:3] == ["000001", "000003", "000004"]
    assert [path.name for path in (out / "state" / "000001").iterdir()] == ["theirs"]


@pytest.mark.parametrize("name", ["database/000001.pages", "state/000001/head.json"])
def test_a_file_without_end_is_not_read_when_restoring(
    made: Any, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "backup"
    with made.open() as store:
        make_backup(store, out)
    os.truncate(out / name, 1 << 40)
    if name.endswith("head.json"):
        monkeypatch.setattr(hashlib, "file_digest", lambda *_: pytest.fail("it was read"))
    monkeypatch.setattr(page_parts, "open_to_read", lambda *_: pytest.fail("it was read"))
    with pytest.raises(StoreError, match="damaged or were changed"):
        restore_backup(out, tmp_path / "restored", made.name, made.passphrase)


@pytest.mark.skipif(os.name == "nt", reason="links need privileges there")
@pytest.mark.parametrize("name", ["state/000002/keys.json", "state", "vault", "state/000002", "database"])
def test_links_on_the_medium_do_not_destroy_the_live_store(made: Any, tmp_path: Path, name: str) -> None:
    """The hole as it was found: the live key file was filled with zeros, folders elsewhere were emptied."""
    out, target = tmp_path / "backup", made.directory
    with made.open() as store:
        make_backup(store, out)
        with store.batch() as batch:
            batch.seal(b"new")
        place = out / name
        shutil.rmtree(place, ignore_errors=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(target / "keys.json" if name.endswith("keys.json") else target)
        before = {path.name: path.read_bytes() for path in target.iterdir() if path.suffix == ".json"}
        with pytest.raises(StoreError, match="link"):
            make_backup(store, out)
        assert {path.name: path.read_bytes() for path in target.iterdir() if path.suffix == ".json"} == before
    with made.open() as store:
        assert store.check().valid


@pytest.mark.skipif(os.name == "nt", reason="no flushing of folders there")
def test_all_that_the_manifest_names_is_on_the_disk_before_it_is(
    made: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, synced, at_manifest = tmp_path / "backup", set[int](), set[int]()
    fsync, rename = os.fsync, os.replace

    def record(handle: int) -> None:
        synced.add(os.fstat(handle).st_ino)
        fsync(handle)

    def named(old: str, new: str, **handles: int) -> None:
        if new == "backup.json":
            at_manifest.update(synced)
        rename(old, new, **handles)

    monkeypatch.setattr(os, "fsync", record)
    monkeypatch.setattr(os, "replace", named)
    with made.open() as store:
        make_backup(store, out)
    state = out / "state" / "000001"
    folders = [out / "vault", out / "database", state, state.parent]
    wanted = [*folders, *(path for folder in folders[:3] for path in folder.iterdir())]
    assert [path.name for path in wanted if path.stat().st_ino not in at_manifest] == []
