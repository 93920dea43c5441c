"""A backup costs what changed: no copy of an unchanged store, and old copies are read again a part at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from triage import limits
from triage.errors import StoreError
from triage.store import backup, backup_chain, backup_folder, vault
from triage.store.backup import make_backup
from triage.store.queries import audit_log, backups, destruction
from triage.store.queries import vault as vault_sql
from triage.store.restore import restore_backup

SIZE = 900
"""Of each item; each is in a pack of its own."""


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "backup"


@pytest.fixture
def read_packs(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Holds the pack of each read of sealed bytes, while the test runs."""
    seen: list[Path] = []
    real = vault.SealedReader._read_sealed

    def read(reader: vault.SealedReader, offset: int, length: int) -> bytes:
        """Notes the pack, and reads."""
        seen.append(reader._path)
        return real(reader, offset, length)

    monkeypatch.setattr(vault.SealedReader, "_read_sealed", read)
    return seen


@pytest.fixture
def many(made: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A store with some packs of one item each, of which a backup reads one byte's worth, so one item, again."""
    monkeypatch.setattr(vault.VaultWriter.__init__, "__defaults__", (1,))
    monkeypatch.setattr(limits, "BACKUP_REREAD", 1)
    with made.open() as store, store.batch() as batch:
        for n in range(6):
            batch.seal(bytes([n]) * SIZE)
    return made


def add_item(store: Any, text: bytes) -> None:
    with store.batch() as batch:
        batch.seal(text * SIZE)


def test_a_backup_of_an_unchanged_store_copies_nothing(
    many: Any, out: Path, read_packs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with many.open() as store:
        make_backup(store, out)
        before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file() and path.name != "backup.json"}
        read_packs.clear()

        def refuse(*_: object) -> None:
            """Raises: the database is not to be copied."""
            raise AssertionError

        monkeypatch.setattr(backup, "write_part", refuse)
        for _ in range(2):
            result = make_backup(store, out)
            assert (result.number, result.copied, result.current) == (1, 0, True)
        assert audit_log.list_kinds(store.read(), 0)[-3:] == ["backup made", "backup is current", "backup is current"]
        assert len(read_packs) <= 4 and {path.parent for path in read_packs} == {out / "vault"}
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file() and path.name != "backup.json"} == before


def test_a_backup_reads_what_is_new_and_a_part_of_what_is_old(
    many: Any, out: Path, read_packs: list[Path], tmp_path: Path
) -> None:
    with many.open() as store:
        first = make_backup(store, out)
        add_item(store, b"a")
        read_packs.clear()
        second = make_backup(store, out)
        read, unread = (second.check.checked[what] for what in ("vault_items", "vault_items_unread"))
        assert len(read_packs) == read <= 3 and second.copied == SIZE + 16
        assert read + unread == first.check.checked["vault_items"] + 1
    assert restore_backup(out, tmp_path / "restored", many.name, many.passphrase).valid


def test_rot_in_an_old_copy_is_found_in_its_turn(many: Any, out: Path, tmp_path: Path) -> None:
    """Also in a pack in the middle; and a restore says it in one sentence."""
    with many.open() as store:
        items = make_backup(store, out).check.checked["vault_items"]
        pack = sorted((out / "vault").iterdir())[4]
        pack.write_bytes(pack.read_bytes()[:-1] + b"\0")
        with pytest.raises(
            StoreError, match=r"The copy is not whole; back up into an empty folder instead\. Item \d+ of the vault"
        ):
            for n in range(items):
                if n % 2:
                    add_item(store, bytes([n]))
                make_backup(store, out)
    result = restore_backup(out, tmp_path / "restored", many.name, many.passphrase)
    (problem,) = result.problems
    assert "restore it from the newest backup" in problem


@pytest.mark.parametrize("killed_in", ["_remove_state", "remove_other_parts", "zero_sealed_bytes"])
def test_what_was_destroyed_leaves_a_backup_that_was_killed_after_its_manifest(
    made: Any, out: Path, monkeypatch: pytest.MonkeyPatch, killed_in: str
) -> None:
    """The next backup takes the older keys and parts and the sealed bytes away. The keys of the new part were not stored yet."""
    with made.open() as store:
        make_backup(store, out)
        with store.batch() as batch:
            batch.destroy(1)
        owner = backup_chain if killed_in == "remove_other_parts" else backup_folder
        real = getattr(owner, killed_in)

        def kill(folder: Path, *more: Any) -> Any:
            """Ends the program where the older state would go, its parts or the sealed bytes."""
            if folder.name in ("000001", "vault", "backup"):
                raise KeyboardInterrupt
            return real(folder, *more)

        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(owner, killed_in, kill)
            make_backup(store, out)
        assert make_backup(store, out).number == 3
        assert [path.name for path in (out / "state").iterdir()] == ["000003"]
        assert [path.name for path in (out / "database").iterdir()] == ["000003.pages"]
        assert make_backup(store, out).current
        (_, offset, _), *_ = vault_sql.list_destroyed(store.read())
        assert not any((out / "vault" / "000001.pack").read_bytes()[offset : offset + 16])


def test_a_destruction_while_a_current_backup_is_checked_is_not_one_that_it_knows_of(
    made: Any, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with made.open() as store:
        make_backup(store, out)
        real = backup.is_current

        def destroy_after(*about: Any) -> bool:
            """Compares, and then another program destroys a report."""
            current = real(*about)
            with store.batch() as batch:
                destruction.add_destruction(batch, 7, destroyed="2026-01-01T00:00:00Z", user=1, second=2, documents=0, media=0)
            return current

        monkeypatch.setattr(backup, "is_current", destroy_after)
        assert make_backup(store, out).current
        assert [row.destroyed_since for row in backups.list_backups(store.read())] == [1]


@pytest.mark.parametrize("name", ["database/000001.pages", "state/000001/keys.json", "state/000001/head.json"])
def test_a_rotten_copy_of_the_database_or_keys_is_not_current(made: Any, out: Path, tmp_path: Path, name: str) -> None:
    """It is made anew while the store is still there."""
    with made.open() as store:
        make_backup(store, out)
        path = out / name
        if path.name == "head.json":  # of which other bytes say the same
            path.write_bytes(path.read_bytes()[:-1] + b" ")
        else:
            path.write_bytes(path.read_bytes()[:-9] + bytes(9))
        assert not make_backup(store, out).current
    assert restore_backup(out, tmp_path / "restored", made.name, made.passphrase).valid
