"""Older files put back, in every combination: the store is refused or whole, nothing of the vault goes, and the newer files put
back give the newer store."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.store.conftest import Made
from triage import limits
from triage.errors import StoreError, WrongPassphrase
from triage.store import audit, opening, vault, vault_end
from triage.store.backup import make_backup
from triage.store.intent import IntentFile
from triage.store.rekey import replace_database_key
from triage.store.store import Store

PARTS = ("triage.db", "head.json", "keys.json", "intent.json", "vault")


@pytest.fixture(autouse=True)
def no_spare_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MIN_FREE", 0)


@dataclass
class TwoStates:
    """Copies of one closed store, before and after more steps; `made` opens the store in `made.directory`."""

    made: Any
    older: Path
    newer: Path

    def put(self, names: Iterator[str] | tuple[str, ...], source: Path) -> None:
        """Puts files or folders of a state into the store, in place of what is there."""
        for name in names:
            target = self.made.directory / name
            if target.is_dir():
                shutil.rmtree(target)
            target.unlink(missing_ok=True)
            if (source / name).is_dir():
                shutil.copytree(source / name, target)
            elif (source / name).exists():
                shutil.copy(source / name, target)

    def packs(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.made.directory / "vault").iterdir()}

    def require_newer(self) -> None:
        """The newer store is there, whole."""
        with self.made.open() as store:
            result = store.check()
            assert result.valid, result.problems
            assert {item: store.unseal(item) for item in self.made.items} == self.made.items


def seal(store: Store, made: Any, data: bytes) -> None:
    with store.batch() as batch:
        made.items = made.items | {batch.seal(data): data}
        batch.note("thing done")


SMALL_PACKS = (1_400_000,)


@pytest.fixture(scope="module", params=["many steps", "one step"])
def closed_states(request: pytest.FixtureRequest, template: Made, tmp_path_factory: pytest.TempPathFactory) -> TwoStates:
    """Both states, made once for all tests that only read them."""
    folder = tmp_path_factory.mktemp("states")
    made = replace(template, directory=Path(shutil.copytree(template.directory, folder / "store")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault.VaultWriter.__init__, "__defaults__", SMALL_PACKS)
        with made.open() as store:
            seal(store, made, b"old" * 1000)
        shutil.copytree(made.directory, folder / "older")
        with made.open() as store:
            seal(store, made, b"new" * 400_000)
            if request.param == "many steps":
                for n in range(4):
                    seal(store, made, bytes([n]) * 50_000)
                store.keys.rotate_master()
    made.directory.rename(folder / "newer")
    return TwoStates(made, folder / "older", folder / "newer")


@pytest.fixture
def states(closed_states: TwoStates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TwoStates:
    """The newer state in a store of the test's own."""
    monkeypatch.setattr(vault.VaultWriter.__init__, "__defaults__", SMALL_PACKS)
    directory = Path(shutil.copytree(closed_states.newer, tmp_path / "store"))
    return replace(closed_states, made=replace(closed_states.made, directory=directory))


SUBSETS = [names for n in range(1, len(PARTS)) for names in itertools.combinations(PARTS, n)]


@pytest.mark.parametrize("names", SUBSETS, ids=lambda names: "+".join(names))
def test_no_subset_of_older_files_costs_a_byte(states: TwoStates, names: tuple[str, ...]) -> None:
    states.put(names, states.older)
    before = states.packs()
    said = ""
    try:
        with states.made.open() as store:
            assert store.verify_log().valid
            if "vault" in names and "triage.db" not in names:
                assert not store.check().valid
    except (StoreError, WrongPassphrase) as error:
        said = str(error)
        assert said.endswith(".")
    if {"triage.db"} <= set(names) and not {"intent.json", "vault"} <= set(names):
        assert "older than the" in said, "an older database is told by the head, the intent or the vault"
    assert states.packs() == before, "opening deletes nothing"
    with suppress(StoreError), states.made.open(examine=True) as store:
        store.check()
        store.verify_log()
    assert states.packs() == before
    states.put(PARTS, states.newer)
    states.require_newer()


@pytest.mark.parametrize("keep", ["keys.json", ""])
def test_what_an_accepted_loss_stores_does_not_touch_what_was_there(states: TwoStates, keep: str) -> None:
    states.put(tuple(name for name in ("triage.db", "head.json", "keys.json") if name != keep), states.older)
    before = states.packs()
    with pytest.raises(StoreError), states.made.open():
        pass
    with states.made.open(accept_rollback=True) as store:
        with store.batch() as batch:
            item = batch.seal(b"of the other history" * 100)
        assert store.unseal(item) == b"of the other history" * 100
        assert store.check().valid, store.check().problems
        entries = [json.loads(row[0]) for row in store.read().all("SELECT json FROM audit_entry ORDER BY n")]
        assert [entry["kind"] for entry in entries][-2:] == ["vault bytes set aside", "rollback accepted"]
        assert sum(entries[-2]["about"]["lengths"]) > 1_000_000
    after = states.packs()
    assert {name: after[name][: len(data)] for name, data in before.items()} == before, "what lay there is only added to"
    states.put(("triage.db", "head.json", "keys.json", "intent.json"), states.newer)
    with pytest.raises(StoreError, match="older than the vault"), states.made.open():
        pass
    with states.made.open(accept_rollback=True) as store:
        assert store.check().valid, store.check().problems
        assert {item: store.unseal(item) for item in states.made.items} == states.made.items


def test_an_unfinished_batch_is_set_aside_and_its_bytes_stay(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kill_in_batch(made, monkeypatch)
    before = (made.directory / "vault" / "000001.pack").read_bytes()
    with made.open() as store:
        assert store.check().valid, store.check().problems
        entry = json.loads(store.read().value("SELECT json FROM audit_entry ORDER BY n DESC LIMIT 1"))
        assert (entry["kind"], entry["about"]["lengths"], entry["about"]["unfinished"]) == ("vault bytes set aside", [5016], 1)
        seal(store, made, b"later")
        assert store.check().valid
    assert (made.directory / "vault" / "000001.pack").read_bytes().startswith(before)


def test_another_window_settles_what_a_killed_one_left(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with made.open() as other:
        kill_in_batch(made, monkeypatch)
        with other.batch() as batch:
            batch.note("thing done")
        kill_in_batch(made, monkeypatch)
        assert other.check().valid
        seal(other, made, b"later")
        assert other.check().valid
        assert other.read().value("SELECT count(*) FROM vault_gap") == 2


class Killed(BaseException):
    """Stands for kill -9: nothing behind it runs."""


def kill_in_batch(made: Any, monkeypatch: pytest.MonkeyPatch, at: str = "sync") -> None:
    """Leaves the store as a kill does, with 5,000 bytes sealed, in the middle of a batch."""

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched, made.open() as store:
        patched.setattr(vault.VaultWriter, at, killed)
        patched.setattr(vault.VaultWriter, "remove_unfinished", lambda self, last: self.close())
        with pytest.raises(Killed), store.batch() as batch:
            batch.seal(b"5" * 5000)


@pytest.mark.parametrize("names", [("intent.json",), ("triage.db", "head.json"), ("triage.db", "head.json", "intent.json")])
def test_the_rest_of_a_batch_is_only_taken_for_that_with_its_own_intent(
    made: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]
) -> None:
    shutil.copytree(made.directory, tmp_path / "older")
    with made.open() as store:
        seal(store, made, b"new" * 1000)
    kill_in_batch(made, monkeypatch)
    shutil.copytree(made.directory, tmp_path / "newer")
    states = TwoStates(made, tmp_path / "older", tmp_path / "newer")
    states.put(names, states.older)
    before = states.packs()
    with pytest.raises(StoreError, match="older than the"), made.open():
        pass
    assert states.packs() == before
    states.put(PARTS, states.newer)
    states.require_newer()


@pytest.mark.parametrize("where", ["begin", "seal", "commit", "head", "finish"])
def test_a_kill_at_each_moment_of_a_sealing_batch_leaves_a_store_that_opens(
    made: Any, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched, made.open() as store:
        patched.setattr(vault.VaultWriter, "remove_unfinished", lambda self, last: self.close())
        if where == "begin":
            patched.setattr(IntentFile, "begin", killed)
        elif where == "seal":
            patched.setattr(vault, "_write_all", lambda file, view: file.write(view[:100]) and killed())
        elif where == "commit":
            patched.setattr(vault.VaultWriter, "sync", killed)
        elif where == "head":
            patched.setattr(audit, "write_head", killed)
        else:
            patched.setattr(vault_end.VaultEnd, "finish", killed)
        with suppress(Killed), store.batch() as batch:
            batch.seal(b"new" * 1000)
            batch.note("thing done")
    with made.open() as store:
        assert store.check().valid, store.check().problems
        seal(store, made, b"later")
        assert store.check().valid, store.check().problems
    with made.open() as store:
        assert store.check().valid
        assert {item: store.unseal(item) for item in made.items} == made.items


def test_a_damaged_or_strange_intent_is_none(made: Any, tmp_path: Path) -> None:
    with made.open() as store:
        seal(store, made, b"new")
        path, key, store_id = made.directory / opening.INTENT, store.keys.ring.keys.database, store.id
        file = IntentFile(path, key)
        whole = path.read_bytes()
        assert len(whole) == 512 and file.read(store_id) is not None
        assert file.read("another") is None
        assert IntentFile(path, memoryview(bytes(32))).read(store_id) is None
        for data in (b"", whole[:100], whole.replace(b'"open":false', b'"open":true '), b"\xff" * 512, b"[]", b"{}"):
            path.write_bytes(data)
            assert file.read(store_id) is None
        path.unlink()
        path.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(StoreError):
            file.begin(store_id, 1, (1, 1))
        assert not (tmp_path / "elsewhere").exists()


def test_an_older_change_of_key_does_not_end_a_newer_database(made: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with made.open() as store, monkeypatch.context() as patched:
        patched.setattr("triage.store.rekey.move_copy_into_place", lambda directory: None)
        replace_database_key(store)
    shutil.copytree(made.directory, tmp_path / "interrupted")
    made.open().close()  # the change is brought to its end
    with made.open() as store:
        seal(store, made, b"newer" * 1000)
    shutil.copytree(made.directory, tmp_path / "newer")
    states = TwoStates(made, tmp_path / "interrupted", tmp_path / "newer")
    for names in (("rekeyed",), ("rekeyed", "head.json"), ("rekeyed", "head.json", "keys.json")):
        states.put(names, states.older)
        database = (made.directory / opening.DATABASE).read_bytes()
        with pytest.raises(StoreError), made.open():
            pass
        assert (made.directory / opening.DATABASE).read_bytes() == database, names
        assert (made.directory / opening.READY).exists()
        states.put((*PARTS, "rekeyed"), states.newer)
        states.require_newer()


def test_a_backup_of_newer_steps_is_not_cut_to_an_older_store(states: TwoStates, tmp_path: Path) -> None:
    made, out = states.made, tmp_path / "backup"
    with made.open() as store:
        make_backup(store, out)
        kept = store.read().first("SELECT id, path, number, made, frontier FROM backup")
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    states.put(PARTS, states.older)  # all of it: the store agrees with itself
    with made.open() as store:
        with pytest.raises(StoreError, match="steps that the store does not have"):
            make_backup(store, out)
        for n in range(9):  # further steps of another history
            with store.batch() as batch:
                batch.seal(bytes([n]) * 99)
                batch.note("other thing done")
        with pytest.raises(StoreError, match="steps that the store does not have"):
            make_backup(store, out)
        with store.batch() as batch:  # even if it knew the frontier of that backup's log
            batch.execute("INSERT OR REPLACE INTO backup (id, path, number, made, frontier) VALUES (?,?,?,?,?)", kept)
            batch.note("frontier planted")
        with pytest.raises(StoreError, match="steps that the store does not have"):
            make_backup(store, out)
        assert make_backup(store, tmp_path / "other").check.valid
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
