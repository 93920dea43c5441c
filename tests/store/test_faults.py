"""A disk that refuses at the nth call: each run ends with a sentence and leaves a whole store, until a run is clean."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.thorough import THOROUGH
from triage import safe_files
from triage.errors import StoreError
from triage.model.users import Role
from triage.store import files, heads, vault
from triage.store.backup import make_backup
from triage.store.restore import restore_backup
from triage.store.store import Store

pytestmark = pytest.mark.timeout(600)
"""Each step is written through to a disk that others may keep busy."""


class Fault:
    """Counts the calls that may fail, and lets the nth one fail."""

    def __init__(self, code: int) -> None:
        self.code = code
        self.at = 0
        self.calls = 0

    @property
    def fired(self) -> bool:
        return self.calls >= self.at

    def wrap(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.calls += 1
            if self.calls == self.at:
                raise OSError(self.code, os.strerror(self.code))
            return real(*args, **kwargs)

        return call

    @contextmanager
    def armed(self, at: int) -> Iterator[None]:
        self.at, self.calls = at, 0
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(vault, "_write_all", self.wrap(vault._write_all))
            patch.setattr(os, "fsync", self.wrap(os.fsync))
            patch.setattr(os, "replace", self.wrap(os.replace))
            patch.setattr(safe_files, "sync_folder", self.wrap(safe_files.sync_folder))
            yield


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_sealing_ends_with_a_sentence_and_a_whole_store(made: Any, code: int) -> None:
    fault, acknowledged = Fault(code), dict(made.items)
    for at in range(1, 50):
        with made.open() as store:
            try:
                with fault.armed(at), store.batch() as batch:
                    new = {batch.seal(bytes([at]) * 1_500_000): bytes([at]) * 1_500_000, batch.seal(b""): b""}
                    batch.note("things sealed", items=2)
                acknowledged |= new
            except StoreError as error:
                assert str(error).endswith(".")
                assert ("disk is full" in str(error)) == (code == errno.ENOSPC)
            assert store.check().valid
        with made.open() as store:
            assert store.check().valid
            assert {item: store.unseal(item) for item in acknowledged} == acknowledged
        if not fault.fired:
            assert at > 5
            return
    pytest.fail("never a clean run")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_an_error_says_whether_the_step_is_stored(made: Any, code: int) -> None:
    """Whoever is told that nothing was stored does it again, and has it twice."""
    fault, said = Fault(code), set()
    for at in range(1, 50):
        with made.open() as store:
            before = store.read().value("SELECT count(*) FROM audit_entry")
            try:
                with fault.armed(at), store.batch() as batch:
                    batch.seal(bytes([at]) * 1000)
                    batch.note("things sealed", items=1)
            except StoreError as error:
                stored = store.read().value("SELECT count(*) FROM audit_entry") > before
                assert ("is stored all the same" in str(error)) == stored, (at, str(error))
                assert stored == ("run it again" not in str(error) and "nothing half-written" not in str(error)), (at, str(error))
                said.add(stored)
        if not fault.fired:
            assert said == {True, False}
            return
    pytest.fail("never a clean run")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_changing_keys_ends_with_a_sentence_and_a_whole_store(made: Any, code: int) -> None:
    fault = Fault(code)
    for at in range(1, 50):
        name, added = f"clerk {at}", True
        with made.open() as store:
            try:
                with fault.armed(at):
                    store.users.add(name, [Role.ANALYST], "other words", store.user)
            except StoreError as error:
                assert str(error).endswith(".")
                added = False
        with made.open() as store:
            assert store.check().valid
        if added:
            Store.open(made.directory, name, "other words").close()
        if not fault.fired:
            assert at > 3
            return
    pytest.fail("never a clean run")


def test_a_database_without_room_takes_the_vault_back_too(made: Any) -> None:
    with made.open() as store:
        size = (store.vault / "000001.pack").stat().st_size
        with pytest.raises(StoreError, match="disk is full"), store.batch() as batch:
            batch.seal(b"x" * 100_000)
            batch.execute(f"PRAGMA max_page_count = {batch.value('PRAGMA page_count')}")
            batch.execute("UPDATE store SET created = ?", ("x" * 1_000_000,))
        assert (store.vault / "000001.pack").stat().st_size == size
        assert store.check().valid


def test_a_step_that_is_stored_is_not_called_lost_when_the_log_can_not_be_folded(
    made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heads, "_FOLD_AFTER", 0)
    with made.open() as store:
        asked: list[str] = []

        def refuse(writer: Any, sql: str, *rest: Any) -> Any:
            if "PASSIVE" in sql:
                asked.append(sql)
                raise StoreError("The disk is full; nothing of this step was stored.")
            return first(writer, sql, *rest)

        first = type(store._database.writer).first
        monkeypatch.setattr(type(store._database.writer), "first", refuse)
        with store.batch() as batch:
            batch.execute("UPDATE store SET created = 'then'")
        monkeypatch.undo()
        assert asked and store.read().value("SELECT created FROM store") == "then"
        assert store.check().valid


def test_a_folder_that_may_not_be_written_is_a_sentence() -> None:
    assert "permissions" in str(files.make_disk_error(OSError(errno.EACCES, "x"), "doing this"))


def test_a_write_protected_disk_is_called_so() -> None:
    assert "write-protected" in str(files.make_disk_error(OSError(errno.EROFS, "x"), "doing this"))


@pytest.mark.parametrize(("code", "first"), [(errno.ENOSPC, 1), (errno.EIO, 2)])
def test_a_backup_that_fails_anywhere_leaves_the_one_before(made: Any, tmp_path: Path, code: int, first: int) -> None:
    """Each step fails in one of the two ways, and in both of them when THOROUGH."""
    fault, out = Fault(code), tmp_path / "backup"
    with made.open() as store:
        make_backup(store, out)
        for at in range(1, 80) if THOROUGH else range(first, 80, 2):
            with store.batch() as batch:
                batch.seal(bytes([at]) * 1000)
            number = json.loads((out / "backup.json").read_bytes())["number"]
            try:
                with fault.armed(at):
                    make_backup(store, out)
            except StoreError as error:
                assert str(error).endswith(".")
                assert json.loads((out / "backup.json").read_bytes())["number"] in (number, number + 1)
            assert store.check().valid
            assert restore_backup(out, tmp_path / f"restored{at}", made.name, made.passphrase).valid
            shutil.rmtree(tmp_path / f"restored{at}")
            if not fault.fired:
                assert at > 5
                return
    pytest.fail("never a clean run")
