"""Changed, cut and older files: each is noticed, each with a sentence."""

from __future__ import annotations

import os
import random
import shutil
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from triage.errors import Refused, StoreError
from triage.model.users import Role
from triage.store.audit import read_head
from triage.store.database import PAGE, Database
from triage.store.integrity import VaultPart
from triage.store.queries.database_check import find_damage
from triage.store.store import Store

FILES = ("keys.json", "head.json", "triage.db", "vault/000001.pack")


def verdict(made: Any) -> str:
    """ "" when all is well, else the first sentence: of opening, of the check, or of reading everything."""
    try:
        with made.open() as store:
            result = store.check()
            if result.problems:
                return result.problems[0]
            assert result.valid
            for item, data in made.items.items():
                assert store.unseal(item) == data
    except StoreError as error:
        return str(error)
    return ""


def flip(path: Path, at: int, mask: int = 0x01) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= mask
    path.write_bytes(data)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("where", [0.0, 0.41, 0.73, 0.9999])
def test_a_flipped_byte_is_noticed(made: Any, name: str, where: float) -> None:
    assert verdict(made) == ""
    path = made.directory / name
    original = path.read_bytes()
    at = int(where * len(original))
    flip(path, at)
    said = verdict(made)
    assert said or _same_json(path, original), f"byte {at} of {name}"
    assert "Traceback" not in said
    assert not said or said.endswith(".")


def test_the_whole_head_counts(made: Any) -> None:
    path = made.directory / "head.json"
    with made.open() as store:
        original, key = path.read_bytes(), store.public_key
        for at in range(0, len(original) - 1, 3):
            flip(path, at)
            with suppress(StoreError):
                assert not read_head(path).is_signed_by(key), f"byte {at}"
            path.write_bytes(original)


def test_every_page_of_the_database_counts(made: Any) -> None:
    """A random byte of its content, or of its end, where its HMAC stands."""
    path, chance = made.directory / "triage.db", random.Random(7)
    with made.open() as store:
        key = store.keys.ring.keys.database
    original = path.read_bytes()
    for page in range(len(original) // PAGE):
        at = chance.choice((chance.randrange(PAGE), PAGE - chance.randrange(1, 80)))
        flip(path, page * PAGE + at)
        with suppress(StoreError), closing(Database(path, key)) as database:
            assert find_damage(database.writer), f"byte {at} of page {page}"
        path.write_bytes(original)


def _same_json(path: Path, original: bytes) -> bool:
    """Only white space may change unnoticed: it says nothing."""
    return path.suffix == ".json" and path.read_bytes().split() == original.split()


@pytest.mark.parametrize("name", FILES)
def test_a_cut_file_is_noticed(made: Any, name: str) -> None:
    path = made.directory / name
    os.truncate(path, path.stat().st_size // 2)
    assert verdict(made).endswith(".")


@pytest.mark.parametrize("name", [*FILES, "vault"])
def test_a_missing_file_is_noticed(made: Any, name: str) -> None:
    path = made.directory / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert verdict(made).endswith(".")


def test_a_database_cut_by_whole_pages_is_noticed(made: Any) -> None:
    path = made.directory / "triage.db"
    os.truncate(path, path.stat().st_size - PAGE)
    assert verdict(made).endswith(".")


def test_an_older_database_is_refused_and_can_be_examined(made: Any, tmp_path: Path) -> None:
    shutil.copy(made.directory / "triage.db", tmp_path)
    with made.open() as store, store.batch() as batch:
        batch.note("thing done", thing=1)
    shutil.copy(tmp_path / "triage.db", made.directory)
    with pytest.raises(StoreError, match="older than the audit log's head: 1 step and 1 record entry"):
        made.open()
    with made.open(examine=True) as store:
        assert not store.check().valid
        assert not store.verify_log().valid
        assert "older" in str(store.verify_log().problems[0])
        with pytest.raises(StoreError, match="can be examined"), store.batch():
            pass
    with pytest.raises(StoreError):
        made.open()


def test_only_an_administrator_accepts_a_loss_and_the_record_says_so(made: Any, tmp_path: Path) -> None:
    with made.open() as store:
        store.users.add("Second", [Role.ANALYST], "other words", store.user)
        (tmp_path / "exported.json").write_bytes(store.read_head().encode())
    shutil.copy(made.directory / "triage.db", tmp_path)
    with made.open() as store, store.batch() as batch:
        batch.note("thing done", thing=1)
        batch.seal(b"lost")
    with made.open() as store:
        lost = store.read_head()
    shutil.copy(tmp_path / "triage.db", made.directory)
    with pytest.raises(Refused):
        Store.open(made.directory, "Second", "other words", accept_rollback=True)
    with made.open(accept_rollback=True) as store:
        assert store.problems == ()
        entry = store.read().value("SELECT json FROM audit_entry ORDER BY n DESC LIMIT 1")
        assert "rollback accepted" in entry
        assert lost.root in entry
        assert store.check().valid
        assert store.verify_log(tmp_path / "exported.json").valid
    assert verdict(made) == ""


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_an_older_head_is_noticed_unless_it_is_one_step_behind(made: Any, tmp_path: Path, steps: int) -> None:
    shutil.copy(made.directory / "head.json", tmp_path)
    with made.open() as store:
        for n in range(steps):
            with store.batch() as batch:
                batch.note("thing done", thing=n)
        newest = store.read_head()
    shutil.copy(tmp_path / "head.json", made.directory)
    said = verdict(made)
    if steps == 1:  # a writer killed between COMMIT and head looks the same
        assert said == ""
        with made.open() as store:
            assert store.read_head().commits == newest.commits + 1
            last = store.read().value("SELECT json FROM audit_entry ORDER BY n DESC LIMIT 1")
            assert '"pages vouched for anew"' in last, "the log no longer holds the step: the record keeps that nobody knows"
    else:
        assert "old head" in said


def test_an_older_key_file_is_refused(made: Any, tmp_path: Path) -> None:
    shutil.copy(made.directory / "keys.json", tmp_path)
    with made.open() as store:
        store.users.add("Second", [Role.ANALYST], "other words", store.user)
    shutil.copy(tmp_path / "keys.json", made.directory)
    said = verdict(made)
    assert "key file is older" in said
    # In a strange key file of several users, passphrases that were changed would open the store again: nobody may accept it.
    assert "accept the loss" not in said
    with pytest.raises(Refused, match="can't be accepted in a store of several users"):
        made.open(accept_rollback=True)


def test_the_loss_of_a_head_can_be_accepted(made: Any) -> None:
    (made.directory / "head.json").unlink()
    assert verdict(made).endswith("or let an administrator open the store and accept the loss.")


def test_database_head_and_key_file_of_another_store_are_refused(made: Any, tmp_path: Path, cheap: Any) -> None:
    other = tmp_path / "other"
    Store.create(other, made.name, made.passphrase, cost=cheap).store.close()
    for name in FILES[:3]:
        original = (made.directory / name).read_bytes()
        shutil.copy(other / name, made.directory / name)
        assert verdict(made).endswith("."), name
        (made.directory / name).write_bytes(original)
    assert verdict(made) == ""


@pytest.mark.parametrize("cut", [1, 100, PAGE + 24, 3 * (PAGE + 24)])
def test_a_cut_write_ahead_log_is_noticed(made: Any, tmp_path: Path, cut: int) -> None:
    """SQLite opens it as an exact prefix of the commits, without a word: only the head tells."""
    with made.open() as store:
        for n in range(6):
            with store.batch() as batch:
                batch.note("thing done", thing=n)
        copy = tmp_path / "copy"
        shutil.copytree(made.directory, copy)
    os.truncate(copy / "triage.db-wal", (copy / "triage.db-wal").stat().st_size - cut)
    with pytest.raises(StoreError, match="older than the audit log's head"):
        Store.open(copy, made.name, made.passphrase)


def test_a_flipped_bit_in_the_write_ahead_log_is_noticed(made: Any, tmp_path: Path) -> None:
    with made.open() as store:
        for n in range(6):
            with store.batch() as batch:
                batch.note("thing done", thing=n)
        shutil.copytree(made.directory, tmp_path / "copy")
    wal = tmp_path / "copy" / "triage.db-wal"
    for where in (0.2, 0.5, 0.8):
        copy = tmp_path / str(where)
        shutil.copytree(tmp_path / "copy", copy)
        flip(copy / "triage.db-wal", int(wal.stat().st_size * where))
        with pytest.raises(StoreError):
            Store.open(copy, made.name, made.passphrase)


@pytest.mark.parametrize("change", ["longer", "swapped", "stranger"])
def test_the_vault_is_fully_accounted_for(made: Any, change: str) -> None:
    with made.open() as store:
        path = store.vault / "000001.pack"
        data = path.read_bytes()
        if change == "longer":
            path.write_bytes(data + b"x")
        elif change == "swapped":
            path.write_bytes(data[19:] + data[:19])
        else:
            (store.vault / "notes.txt").write_text("x")
        assert not store.check().valid


def test_a_vault_shorter_than_committed_stops_the_next_start(made: Any) -> None:
    path = made.directory / "vault" / "000001.pack"
    os.truncate(path, path.stat().st_size - 1)
    assert "cut short" in verdict(made)


def test_slices_of_a_check_cover_everything_once(made: Any) -> None:
    flip(made.directory / "vault" / "000001.pack", -1)
    with made.open() as store:
        results = [store.check(VaultPart(n, 3)) for n in (1, 2, 3)]
        assert sum(result.checked["vault_items"] for result in results) == len(made.items)
        assert [result.valid for result in results].count(False) == 1
        with pytest.raises(ValueError):
            store.check(VaultPart(4, 3))


def test_an_empty_database_is_a_damaged_one(made: Any) -> None:
    """SQLite takes an empty file for a new database."""
    database = made.directory / "triage.db"
    for name in ("triage.db", "triage.db-wal", "triage.db-shm"):
        (made.directory / name).unlink(missing_ok=True)
    database.touch(0o600)
    for how in ({}, {"examine": True}, {"accept_rollback": True}):
        with pytest.raises(StoreError, match="database is damaged"):
            made.open(**how)
