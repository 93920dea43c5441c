"""Every file that lies in a store, found by looking: a flipped byte, a cut, an older copy, and its loss are each noticed, or
change nothing. Nothing that is read is ever wrong."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from triage.errors import StoreError, WrongPassphrase
from triage.store import vault
from triage.store.store import Store

KNOWN = {
    "head.json", "intent.json", "keys.json", "lock", "log/triage.log", "triage.db", "triage.db-shm", "triage.db-wal",
    "vault/000001.pack", "vault/000002.pack",
}  # fmt: skip
"""As in docs/decisions/03-store-files.md. import.lock, import-queue.lock, register.lock and preferences.json come from above: the locks
are empty, the last is choices of colours, which are looked at before use."""
HARMLESS = {"intent.json", "lock", "log/triage.log", "triage.db-shm"}
"""Hold no state, or none of a store at rest: whatever is done to them, the store is as it was."""


class Used:
    """A store in two states, the newer one as a crash leaves it: with its write-ahead log."""

    def __init__(self, made: Any, room: Path) -> None:
        self.made, self.older, self.newer = made, room / "older", room / "newer"
        with made.open() as store:
            self._step(store, 0)
        with made.open() as store:
            self._step(store, 1)
            shutil.copytree(made.directory, self.older)
            for n in (2, 3, 4):
                self._step(store, n)
            for number in (1, 2):
                store.keys.show_half(number, "Amal", None, lambda *_: None)
            shutil.copytree(made.directory, self.newer)
        self.files = {str(path.relative_to(self.newer)) for path in self.newer.rglob("*") if path.is_file()}

    def _step(self, store: Store, n: int) -> None:
        logging.getLogger("triage.store").warning("step %d", n)
        with store.batch() as batch:
            batch.execute("CREATE TABLE IF NOT EXISTS thing (n INTEGER PRIMARY KEY, words TEXT)")
            batch.executemany("INSERT INTO thing VALUES (?, ?)", [(n * 100 + i, f"{n} {i} " * 60) for i in range(100)])
            batch.execute("UPDATE thing SET words = ? WHERE n = 7", (f"now {n}",))
            data = bytes([n]) * 40_000
            self.made.items[batch.seal(data)] = data
            batch.note("thing done", n=n)

    def verdict(self, copy: Path) -> str:
        """What is said of a changed copy; "" when it opens, all agrees, and everything in it is right."""
        made = replace(self.made, directory=copy)
        try:
            with made.open() as store:
                result = store.check()
                if not result.valid:
                    return str(result.problems[0])
                assert store.read().value("SELECT words FROM thing WHERE n = 7") == "now 4"
                assert store.read().value("SELECT count(*) FROM thing") == 500
                for item, data in made.items.items():
                    assert store.unseal(item) == data
                assert store.verify_log().entries >= 10
        except (StoreError, WrongPassphrase) as error:
            return str(error)
        return ""


@pytest.fixture(scope="module")
def used(template: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Used]:
    room = tmp_path_factory.mktemp("used")
    shutil.copytree(template.directory, room / "store")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(vault.VaultWriter.__init__, "__defaults__", (1_400_000,))
        yield Used(replace(template, directory=room / "store", items=dict(template.items)), room)


def flipped(place: float) -> Callable[[Path, Path], None]:
    def change(path: Path, _older: Path) -> None:
        data = bytearray(path.read_bytes())
        if data:
            data[min(int(len(data) * place), len(data) - 1)] ^= 0x20
        path.write_bytes(data)

    return change


def cut_in_half(path: Path, _older: Path) -> None:
    """Cuts the file to half its length."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def put_older(path: Path, before: Path) -> None:
    """Puts the older file in its place, or removes the file when there was none."""
    path.unlink()
    with suppress(FileNotFoundError):
        shutil.copy(before, path)


def lost(path: Path, _older: Path) -> None:
    path.unlink()


CHANGES: dict[str, Callable[[Path, Path], None]] = {
    **{f"flipped at {place}": flipped(place) for place in (0.0, 0.13, 0.5, 0.77, 0.9999)},
    "cut": cut_in_half,
    "older": put_older,
    "lost": lost,
}


def test_a_store_holds_the_files_that_are_known(used: Used) -> None:
    assert used.files == KNOWN
    assert used.verdict(_copy(used, used.newer.with_name("whole"))) == ""


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", sorted(KNOWN))
def test_whatever_is_done_to_a_file_is_noticed_or_changes_nothing(used: Used, tmp_path: Path, name: str, change: str) -> None:
    copy = _copy(used, tmp_path / "copy")
    before = (copy / name).read_bytes()
    CHANGES[change](copy / name, used.older / name)
    same = (copy / name).exists() and (copy / name).read_bytes() == before
    said = used.verdict(copy)
    if name in HARMLESS or same:
        assert said == ""
    elif not said:
        assert change.startswith("flipped") or change == "older", "the verdict has read everything, and all of it was right"
        assert name in {"keys.json", "head.json", "triage.db", "triage.db-wal"}
    else:
        assert said.endswith(".") and "Traceback" not in said


@pytest.mark.parametrize(
    "names", ["triage.db triage.db-wal", "triage.db triage.db-wal keys.json", "head.json keys.json", "triage.db-wal keys.json"]
)
def test_several_older_files_at_once_are_noticed(used: Used, tmp_path: Path, names: str) -> None:
    assert used.verdict(_older(used, tmp_path / "copy", names))


def test_an_older_database_with_the_head_of_its_time_is_noticed_by_an_exported_head(used: Used, tmp_path: Path) -> None:
    """Nothing within the folder can tell: SECURITY.md says so, and keeping a head elsewhere is the answer."""
    with replace(used.made, directory=_copy(used, tmp_path / "newer")).open() as store:
        (tmp_path / "exported.json").write_bytes(store.read_head().encode())
    copy = _older(used, tmp_path / "copy", f"{_STATE} intent.json vault/000001.pack vault/000002.pack")
    with replace(used.made, directory=copy).open() as store:
        assert store.check().valid and not store.verify_log(tmp_path / "exported.json").valid


@pytest.mark.parametrize("names", ["", "intent.json", "vault/000001.pack vault/000002.pack"])
def test_an_older_database_with_the_head_of_its_time_is_noticed_by_vault_or_intent(
    used: Used, tmp_path: Path, names: str
) -> None:
    copy = _older(used, tmp_path / "copy", f"{_STATE} {names}")
    vault_before = {path: path.read_bytes() for path in (copy / "vault").iterdir()}
    assert used.verdict(copy).startswith("The database is older than the vault")
    assert {path: path.read_bytes() for path in (copy / "vault").iterdir()} == vault_before


_STATE = "triage.db triage.db-wal head.json keys.json"


def _older(used: Used, copy: Path, names: str) -> Path:
    _copy(used, copy)
    (copy / "triage.db-shm").unlink()
    for name in names.split():
        put_older(copy / name, used.older / name)
    return copy


def _copy(used: Used, place: Path) -> Path:
    shutil.copytree(used.newer, place)
    return place
