"""A new key for the database: nothing is lost, the old key opens nothing any more, and whatever interrupts it leaves one or the other."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.thorough import THOROUGH
from triage import limits
from triage.errors import Cancelled, StoreBusy, StoreError
from triage.model.progress import CancelToken, Progress
from triage.model.users import Role
from triage.store import key_form, opening
from triage.store.database import Database
from triage.store.rekey import replace_database_key
from triage.store.store import Store

KILLS = int(os.environ.get("TRIAGE_TEST_KILLS", "12" if THOROUGH else "6"))
"""TRIAGE_TEST_KILLS=200 before a release."""
FILES = (opening.DATABASE, opening.HEAD, opening.KEYS)


@pytest.fixture(autouse=True)
def no_spare_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MIN_FREE", 0)


def open_whole(made: Any, exported: Path | None = None) -> Store:
    """Opens the store and checks that it has all that it held. The caller closes it."""
    store: Store = made.open()
    result = store.check()
    assert result.valid, result.problems
    assert store.verify_log(exported).valid
    assert {item: store.unseal(item) for item in made.items} == made.items
    assert not (made.directory / opening.NEXT).exists() and not (made.directory / opening.READY).exists()
    return store


def test_the_store_is_the_same_under_another_key(made: Any, tmp_path: Path) -> None:
    with made.open() as store:
        store.users.add("Second", [Role.ANALYST], "other words", store.user)
        one, two = (store.keys.show_half(number, made.name, None, lambda *_: None).text for number in (1, 2))
        halves = (one, two)
        (tmp_path / "head.json").write_bytes(store.read_head().encode())
        old, fingerprint, generation = bytes(store.keys.ring.keys.database), store.fingerprint, store.keys.ring.file.generation
        assert replace_database_key(store) == generation + 1
    with open_whole(made, tmp_path / "head.json") as store:
        assert bytes(store.keys.ring.keys.database) != old
        assert store.fingerprint == fingerprint
        entry = store.read().value("SELECT json FROM audit_entry ORDER BY n DESC LIMIT 1")
        assert '"database key replaced"' in entry
        with store.batch() as batch:
            item = batch.seal(b"later")
        assert store.unseal(item) == b"later"
    with pytest.raises(StoreError, match="damaged"):
        Database(made.directory / opening.DATABASE, memoryview(old))
    Store.open(made.directory, "Second", "other words").close()
    open_whole(made).close()
    with Store.recover(made.directory, halves, made.name, "new words") as store:
        assert store.check().valid


def test_older_files_do_not_fit_any_more(made: Any, tmp_path: Path) -> None:
    for name in FILES:
        shutil.copy(made.directory / name, tmp_path)
    with made.open() as store:
        replace_database_key(store)
    for name in FILES:
        newest = (made.directory / name).read_bytes()
        shutil.copy(tmp_path / name, made.directory)
        if name != opening.HEAD:  # a head one step behind is that of a writer that was killed
            with pytest.raises(StoreError):
                made.open()
        (made.directory / name).write_bytes(newest)
    open_whole(made).close()


@pytest.mark.skipif(os.name == "nt", reason="Windows replaces no open file")
def test_the_old_key_file_is_overwritten(made: Any) -> None:
    with (made.directory / opening.KEYS).open("rb") as before, made.open() as store:
        assert any(before.read())
        replace_database_key(store)
        before.seek(0)
        assert not any(before.read())


def test_who_opens_it_during_the_change_is_not_told_of_damage(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key file was read before the change, the database after it."""
    before = opening.read_key_file(made.directory)
    with made.open() as store:
        replace_database_key(store)
    with monkeypatch.context() as patch:
        patch.setattr("triage.store.store.read_settled_keys", lambda *_, **__: before)
        with pytest.raises(StoreBusy, match="a moment ago"):
            made.open()
    open_whole(made).close()


def test_it_is_refused_while_another_window_has_the_store_open(made: Any) -> None:
    """At once, and not after the long copy."""
    shown: list[Progress] = []
    with made.open() as other, made.open() as store:
        with pytest.raises(StoreError, match="Another window"):
            replace_database_key(store, shown.append)
        assert shown == []
        assert other.check().valid
    open_whole(made).close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere an open file is not replaced")
def test_it_is_refused_while_another_program_has_the_store_open(made: Any) -> None:
    program = (
        "import sys; from pathlib import Path; from triage.store.store import Store\n"
        "store = Store.open(Path(sys.argv[1]), sys.argv[2], sys.argv[3]); print('open', flush=True); sys.stdin.read(); store.close()"
    )
    arguments = [sys.executable, "-c", program, str(made.directory), made.name, made.passphrase]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout and other.stdout.readline() == "open\n"
        with made.open() as store, pytest.raises(StoreError, match="Another window"):
            replace_database_key(store)
        other.communicate()
    with open_whole(made) as store:
        replace_database_key(store)
    open_whole(made).close()


def test_it_can_be_stopped(made: Any) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with made.open() as store:
        before = store.read_head()
        with pytest.raises(Cancelled):
            replace_database_key(store, cancel=cancel)
    with open_whole(made) as store:
        assert store.read_head() == before


@pytest.fixture(scope="module")
def rekeyer() -> Iterator[subprocess.Popen[str]]:
    program = [sys.executable, str(Path(__file__).with_name("rekeyer.py"))]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process


def request_change(rekeyer: subprocess.Popen[str], made: Any, at: int, kind: str, kill_after: float | None = None) -> str:
    """Lets the process change the key, up to the step `at`; returns how it ended."""
    assert rekeyer.stdin and rekeyer.stdout
    print(at, kind, made.directory, made.name, made.passphrase, sep="\t", file=rekeyer.stdin, flush=True)
    child = int(rekeyer.stdout.readline())
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    print("reap", file=rekeyer.stdin, flush=True)
    return rekeyer.stdout.readline().strip()


@pytest.mark.crash
@pytest.mark.skipif(sys.platform == "win32", reason="forks")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["kill", "ENOSPC", "EIO"])
def test_each_step_may_fail(made: Any, tmp_path: Path, rekeyer: subprocess.Popen[str], kind: str) -> None:
    with made.open() as store:
        (tmp_path / "head.json").write_bytes(store.read_head().encode())
    opened = set()
    first, step = {"ENOSPC": (1, 2), "EIO": (2, 2)}.get(kind, (1, 1)) if not THOROUGH else (1, 1)
    for at in range(first, 100, step):  # each step is killed, and fails with one of the two errors, or with both when THOROUGH
        before = key_form.decode_key_file((made.directory / opening.KEYS).read_bytes()).generation
        word = request_change(rekeyer, made, at, kind)
        assert word in ({"died", "done"} if kind == "kill" else {"ended", "done"}), word
        with open_whole(made, tmp_path / "head.json") as store:
            gained = store.keys.ring.file.generation - before
        assert gained in ((1,) if word == "done" else (0, 1))
        opened.add(gained)
        if word == "done":
            assert at > 12 and opened == {0, 1}
            return
    pytest.fail("never a clean run")


@pytest.mark.crash
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
@pytest.mark.timeout(120 + 10 * KILLS)
def test_nothing_is_lost_by_kill_9(made: Any, tmp_path: Path, rekeyer: subprocess.Popen[str]) -> None:
    with made.open() as store:
        (tmp_path / "head.json").write_bytes(store.read_head().encode())
    began = time.monotonic()
    assert request_change(rekeyer, made, 0, "kill") == "done"
    seconds, chance, ends = time.monotonic() - began, random.Random(KILLS), set()
    for _ in range(KILLS):
        word = request_change(rekeyer, made, 0, "kill", kill_after=chance.uniform(0, 1.1) * seconds)
        ends.add(word)
        open_whole(made, tmp_path / "head.json").close()
    assert "died" in ends
