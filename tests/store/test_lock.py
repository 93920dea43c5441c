from __future__ import annotations

import errno
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from triage import file_lock
from triage.errors import StoreBusy, StoreError
from triage.store import lock as lock_module
from triage.store.lock import SharedLock, WriterLock


def test_one_holder_at_a_time_and_the_next_gets_it(tmp_path: Path) -> None:
    one, two = WriterLock(tmp_path / "lock"), WriterLock(tmp_path / "lock")
    with one.hold(), pytest.raises(StoreError, match="in use"), two.hold(wait=0.05):
        pass
    with two.hold(wait=0):
        pass


def test_threads_of_one_process_wait_for_each_other(tmp_path: Path) -> None:
    lock, order = WriterLock(tmp_path / "lock"), []
    inside = threading.Event()

    def work() -> None:
        inside.wait()
        with lock.hold():
            order.append("second")

    thread = threading.Thread(target=work)
    thread.start()
    with lock.hold():
        inside.set()
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_taking_it_twice_is_a_bug_and_an_exception_frees_it(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path / "lock")
    with pytest.raises(RuntimeError), lock.hold(), lock.hold():
        pass
    with lock.hold(wait=0):
        pass


def test_a_dead_process_holds_nothing(tmp_path: Path) -> None:
    work = (
        "import os, sys; from pathlib import Path; from triage.store.lock import WriterLock\n"
        "WriterLock(Path(sys.argv[1])).hold().__enter__(); os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", work, str(tmp_path / "lock")], check=True)
    with WriterLock(tmp_path / "lock").hold(wait=0):
        pass


def test_the_sentence_can_be_the_callers(tmp_path: Path) -> None:
    with (
        WriterLock(tmp_path / "lock").hold(),
        pytest.raises(StoreError, match="Another import"),
        WriterLock(tmp_path / "lock").hold(0, "Another import is running."),
    ):
        pass


@pytest.mark.parametrize("by", ["a thread", "a program"])
def test_who_waits_can_be_stopped_at_once(tmp_path: Path, by: str) -> None:
    class Stopped(Exception):
        pass

    def stop() -> None:
        raise Stopped

    holding = WriterLock(tmp_path / "lock")
    waits = holding if by == "a thread" else WriterLock(tmp_path / "lock")
    released = threading.Event()
    held = threading.Event()

    def hold() -> None:
        with holding.hold():
            held.set()
            released.wait(300)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert held.wait(120)
        with pytest.raises(Stopped), waits.hold(waiting=stop):
            pytest.fail("it was held")
    finally:
        released.set()
        thread.join()
    with waits.hold(wait=0):
        pass


@pytest.mark.parametrize("by", ["a thread", "a program"])
def test_a_long_wait_is_heard_once_and_so_is_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    monkeypatch.setattr(lock_module, "LONG_WAIT_SECONDS", 0.01)
    holding = WriterLock(tmp_path / "lock")
    waits = holding if by == "a thread" else WriterLock(tmp_path / "lock")
    held, released, heard = threading.Event(), threading.Event(), list[bool]()

    def hear(long: bool) -> None:
        heard.append(long)
        released.set()

    def hold() -> None:
        with holding.hold():
            held.set()
            released.wait(300)

    waits.hear = hear
    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(120)
    with waits.hold():
        assert heard == [True, False]
    thread.join()
    with WriterLock(tmp_path / "lock").hold(), pytest.raises(StoreBusy), waits.hold(wait=0.1):
        pytest.fail("it was held")
    assert heard == [True, False, True, False], "also when it was in vain"
    with waits.hold():
        assert len(heard) == 4, "there was nothing to wait for"


def test_readers_share_and_keep_the_writer_out(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.touch()
    one, two = SharedLock(path), SharedLock(path)
    for reader in (one, two):
        with pytest.raises(StoreBusy), WriterLock(path).hold(wait=0):
            pytest.fail("somebody reads")
        reader.free()
        reader.free()
    with WriterLock(path).hold(wait=0):
        assert path.read_bytes() == b""


def test_nobody_reads_while_somebody_writes(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    before = open_files()
    with WriterLock(path).hold(wait=0), pytest.raises(StoreBusy, match="in use"):
        SharedLock(path)
    assert open_files() == before, "the refused reader keeps no file open"
    SharedLock(path).free()


def open_files() -> int:
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def test_a_medium_without_the_file_can_be_read_and_gets_none(tmp_path: Path) -> None:
    SharedLock(tmp_path / "lock").free()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no shared lock")
def test_a_file_system_without_locks_can_be_read_and_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: int) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr(file_lock.fcntl, "flock", refuse)
    (tmp_path / "lock").touch()
    SharedLock(tmp_path / "lock").free()
    with pytest.raises(StoreError, match="no file locks"), WriterLock(tmp_path / "lock").hold(wait=0):
        pytest.fail("nobody writes without a lock")


def test_a_folder_that_may_not_be_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()
    waiting = WriterLock(tmp_path / "lock")
    with pytest.raises(StoreError, match="locking the store"), waiting.hold(wait=0):
        pytest.fail("a folder is no lock")
    (tmp_path / "lock").rmdir()
    with waiting.hold(wait=0):
        pass
