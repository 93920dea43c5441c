"""Copying and checking a database while others write, and waiting while it is rebuilt."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from triage.errors import Cancelled, StoreBusy, StoreError
from triage.message import Message
from triage.model.progress import CancelToken, Progress
from triage.store import backup, integrity, lock, opening
from triage.store.backup import make_backup
from triage.store.compaction import Compactor
from triage.store.lock import WriterLock
from triage.store.queries import compaction as sql
from triage.store.queries import vault as vault_sql
from triage.store.restore import restore_backup
from triage.store.store import Store
from triage.store.zeroing import zero_sealed_bytes

NOTE = Message("copying the database")


@pytest.fixture
def other(created: Any) -> Iterator[Store]:
    """The same store in another window."""
    with Store.open(created.store.directory, "First User", "seven green boats") as opened:
        yield opened


def seal(store: Store, data: bytes) -> int:
    with store.batch() as batch:
        item = batch.seal(data)
        batch.note("things sealed", items=1)
    return item


@contextmanager
def writing(store: Store) -> Iterator[list[int]]:
    """Seals items in a thread, one after another, and has the log folded into the file again and again."""
    over, items, failed = threading.Event(), list[int](), list[BaseException]()

    def work() -> None:
        try:
            while not over.is_set():
                items.append(seal(store, b"x" * 40_000))
                store._database.fold_log()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield items
    finally:
        over.set()
        thread.join()
    assert not failed


def before(owner: Any, name: str, act: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Has an act done before the next calls of a function."""
    usual = getattr(owner, name)

    def acted(*args: Any, **more: Any) -> Any:
        act()
        return usual(*args, **more)

    monkeypatch.setattr(owner, name, acted)


def test_a_copy_holds_the_state_at_which_it_was_begun(store: Store, other: Store, tmp_path: Path) -> None:
    first = seal(store, b"first")
    with store.at_rest():
        copy = store.begin_copy(tmp_path / "copy.db", memoryview(bytes(32)))
    with copy:
        second = seal(other, b"second")
        other._database.fold_log()
        made = copy.finish(NOTE)
    assert made.reader().all("SELECT id FROM vault_item ORDER BY id") == [(first,)]
    assert made.reader().value("PRAGMA integrity_check") == "ok"
    assert made.version() == store._database.version()
    made.close()
    assert other.unseal(second) == b"second" and store.check().valid


def test_a_copy_that_is_cancelled_leaves_the_store_as_it_was(store: Store, tmp_path: Path) -> None:
    cancel, told = CancelToken(), list[Progress]()
    cancel.cancel()
    with store.at_rest(), store.begin_copy(tmp_path / "copy.db", memoryview(bytes(32))) as copy, pytest.raises(Cancelled):
        copy.finish(NOTE, told.append, cancel)
    assert told == []
    assert seal(store, b"later") and store.check().valid and store._database.empty_log()


def test_others_write_while_a_backup_is_copied(
    store: Store, other: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal(store, b"first")
    later: list[int] = []
    before(backup, "write_part", lambda: later.append(seal(other, b"later")), monkeypatch)
    result = make_backup(store, tmp_path / "backup")
    assert result.check.valid and result.check.checked["vault_items"] == 1
    assert restore_backup(tmp_path / "backup", tmp_path / "restored", "First User", "seven green boats").valid
    assert other.unseal(later[0]) == b"later"
    monkeypatch.undo()
    assert make_backup(store, tmp_path / "backup").check.checked["vault_items"] == 2


def test_what_is_destroyed_while_a_backup_is_copied_asks_for_another(
    store: Store, other: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copied database knows the item, whose bytes are gone. That is no damage."""
    item = seal(store, b"first")
    seal(store, b"second")

    def destroy() -> None:
        with other.batch() as batch:
            batch.destroy(item)
            sql.mark_compaction_owed(batch, "2026-11-28T00:00:00Z")
            batch.note("things destroyed", items=1)
        zero_sealed_bytes(store.directory / opening.VAULT, vault_sql.list_destroyed(other.read()))

    before(backup, "write_part", destroy, monkeypatch)
    with pytest.raises(StoreError, match="run the backup again"):
        make_backup(store, tmp_path / "backup")
    monkeypatch.undo()
    assert store.forget_older_state() and make_backup(store, tmp_path / "backup").check.valid
    assert restore_backup(tmp_path / "backup", tmp_path / "restored", "First User", "seven green boats").valid


def test_others_write_while_a_store_is_checked(store: Store, other: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    seal(store, b"first")
    before(integrity, "check_structure", lambda: seal(other, b"later"), monkeypatch)
    result = store.check()
    assert result.valid and result.checked["vault_items"] == 2, "content is checked as it is by then"


@pytest.mark.parametrize("searcher", ["reader", "writer"])
def test_a_check_knows_how_the_search_words_are_stored_now(store: Store, other: Store, searcher: str) -> None:
    """A connection that once searched remembers where the words lay. Others have moved them since, and that is no damage."""

    def write_words(writer: Store, first: int) -> None:
        with writer.batch() as batch:
            for row in range(first, first + 30):
                batch.execute("INSERT INTO report_text (rowid, body) VALUES (?, ?)", (row, f"word{row} river {row * 7}"))
            batch.note("words stored", items=30)

    for first in (1, 101, 201):
        write_words(other, first)
    connection = store.read() if searcher == "reader" else store._database.writer
    assert connection.all("SELECT rowid FROM report_text WHERE report_text MATCH 'river'")
    for first in (301, 401):
        write_words(other, first)
    with other.batch() as batch:
        sql.merge_search_words(batch)
        batch.note("words merged", items=0)
    result = store.check()
    assert result.valid, result.problems


def test_nobody_writes_while_the_files_of_an_older_reader_are_checked(
    store: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database's file would change under the check of its pages."""
    seal(store, b"first")
    busy: list[bool] = []

    def try_to_write() -> None:
        with pytest.raises(StoreBusy), other.batch(wait=0):
            pass
        busy.append(True)

    before(integrity, "check_structure", try_to_write, monkeypatch)
    with other.read().snapshot():
        assert other.read().value("SELECT count(*) FROM vault_item") == 1
        seal(store, b"second")
        assert store.check().valid
    assert busy == [True]


def test_a_copy_of_the_files_with_a_log_is_checked_read_only(store: Store, other: Store, tmp_path: Path) -> None:
    """Its log can't be copied into the file, which lacks pages that only the log holds."""
    seal(store, b"first")
    store._database.fold_log()
    with other.read().snapshot():
        assert other.read().value("SELECT count(*) FROM vault_item") == 1
        for _ in range(3):
            seal(store, b"x" * 50_000)
        shutil.copytree(store.directory, tmp_path / "copy")
    with Store.open(tmp_path / "copy", "First User", "seven green boats", read_only=True) as copied:
        result = copied.check()
    assert result.valid and result.checked["vault_items"] == 4, result.problems


def test_checks_and_backups_beside_a_writer_find_nothing(store: Store, other: Store, tmp_path: Path) -> None:
    with writing(other) as items:
        while len(items) < 3:
            time.sleep(0.01)
        for turn in range(3):
            result = store.check()
            assert result.valid, result.problems
            assert make_backup(store, tmp_path / f"backup {turn % 2}").check.valid
    assert store.check().checked["vault_items"] == len(items)


def test_who_writes_waits_while_the_database_is_rebuilt(store: Store, other: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A decision that came meanwhile was refused after half a minute; at two million reports a rebuild takes longer."""
    with store.batch() as batch:
        sql.mark_compaction_owed(batch, "2026-11-28T00:00:00Z")
        batch.note("things destroyed", items=0)
    monkeypatch.setattr(lock, "_POLL_SECONDS", 0.001)
    begun, done, order = threading.Event(), threading.Event(), list[str]()

    def decide() -> None:
        begun.wait()
        with other.batch(wait=1.0) as batch:
            batch.note("report decided")
        order.append("decided")
        done.set()

    def rebuild_slowly() -> None:
        assert (store.directory / opening.REBUILD).exists()
        begun.set()
        time.sleep(1.3)
        order.append("rebuilt")

    before(Compactor, "_take_place", rebuild_slowly, monkeypatch)
    thread = threading.Thread(target=decide)
    thread.start()
    assert store.forget_older_state()
    thread.join()
    assert done.is_set() and order == ["rebuilt", "decided"]


def test_a_rebuild_that_was_killed_makes_nobody_wait_for_others(tmp_path: Path) -> None:
    """Who tries once is refused at once, whatever is said about patience."""
    one, two = WriterLock(tmp_path / "lock"), WriterLock(tmp_path / "lock")
    with one.hold(), pytest.raises(StoreBusy), two.hold(wait=0, patient=lambda: True):
        pass


def test_patience_ends_with_the_rebuild(tmp_path: Path) -> None:
    one, two = WriterLock(tmp_path / "lock"), WriterLock(tmp_path / "lock")
    asked = [False, True, True]
    with one.hold(), pytest.raises(StoreBusy), two.hold(wait=0.01, patient=lambda: len(asked) > 1 and asked.pop()):
        pass
    assert asked == [False]


def test_who_waited_for_a_rebuild_has_the_usual_time_for_its_last_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy is removed before the lock is free. Whoever's time ended just between the two was refused."""
    clock, held = [0.0], ExitStack()
    one, two = WriterLock(tmp_path / "lock"), WriterLock(tmp_path / "lock")
    held.enter_context(one.hold())

    def pass_time(seconds: float) -> None:
        clock[0] += seconds
        if clock[0] > 1.2:
            held.close()

    monkeypatch.setattr(lock, "time", SimpleNamespace(monotonic=lambda: clock[0], sleep=pass_time))
    with two.hold(wait=1.0, patient=lambda: clock[0] < 0.9):
        assert clock[0] > 1.2
