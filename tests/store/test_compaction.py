"""Rebuilding the database asks for the room that it needs before it writes anything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from triage import limits
from triage.errors import DiskFull, StoreBusy, StoreError
from triage.message import Message
from triage.model.progress import OnProgress, Progress
from triage.store import compaction, opening
from triage.store.compaction import Compactor
from triage.store.database_copy import DatabaseCopy
from triage.store.heads import HeadKeeper
from triage.store.lock import WriterLock
from triage.store.queries import change_log
from triage.store.queries import compaction as sql
from triage.store.store import Store


def test_room_for_the_copy_is_asked_for_beside_the_reserve_and_without_it_nothing_is_written(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.batch() as batch:
        sql.mark_compaction_owed(batch, "2026-11-28T00:00:00Z")
        batch.note("things destroyed", items=0)
    asked: list[tuple[Path, int]] = []

    def refuse(folder: Path, needed: int, what: Message) -> None:
        asked.append((folder, needed))
        raise StoreError("The store's disk is full; free some space.")

    monkeypatch.setattr(compaction, "require_free_space", refuse)
    with pytest.raises(StoreError, match="disk is full"):
        store.forget_older_state()
    size = (store.directory / opening.DATABASE).stat().st_size
    assert asked == [(store.directory, size + limits.MIN_FREE)]
    assert not (store.directory / opening.REBUILD).exists() and sql.is_compaction_owed(store.read())


def test_the_rebuilt_database_says_so_in_its_log_and_holds_what_it_held(store: Store) -> None:
    with store.batch() as batch:
        item = batch.seal(b"kept")
        sql.mark_compaction_owed(batch, "2026-11-28T00:00:00Z")
        batch.note("things destroyed", items=0)
    before = store.verify_log().entries
    store.forget_older_state()
    assert not sql.is_compaction_owed(store.read()) and store.unseal(item) == b"kept"
    assert store.verify_log().entries == before + 1 and store.check().valid
    assert "database rebuilt" in store.read().value("SELECT json FROM audit_entry ORDER BY n DESC LIMIT 1")
    assert not (store.directory / opening.REBUILD).exists()


def test_whoever_waits_for_a_reader_of_older_pages_hears_it_and_later_only_the_log_is_left(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup that copies the database once let a destruction stand still for half a minute without a word."""
    said: list[Message] = []
    replaced: list[bool] = []
    plain = Compactor._take_place

    def take(*args: Any) -> None:
        replaced.append(True)
        plain(*args)

    monkeypatch.setattr(Compactor, "_take_place", take)
    monkeypatch.setattr(compaction, "_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(compaction, "_AGAIN_SECONDS", 0.001)

    def destroy(progress: OnProgress) -> bool:
        with store.batch() as batch:
            sql.mark_compaction_owed(batch, "2026-11-28T00:00:00Z")
            batch.note("things destroyed", items=0)
        return store.forget_older_state(progress)

    def note(progress: Progress) -> None:
        said.append(progress.note)

    assert destroy(note) and compaction.WAITING not in said and replaced == [True]
    with store.at_rest():
        copy = store.begin_copy(store.directory / "copy.db", memoryview(bytes(32)))
    with copy:
        assert not destroy(note) and said.count(compaction.WAITING) == 1
        assert sql.is_compaction_owed(store.read()) and not sql.is_rebuild_owed(store.read())
    assert store.forget_older_state() and not sql.is_compaction_owed(store.read())
    assert replaced == [True, True], "the file was replaced already"


def test_the_folder_that_a_kill_at_the_end_left_is_gone_after_the_next_opening(
    made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writers waited for that rebuild without end."""

    class Killed(BaseException):
        """Stands for kill -9."""

    def kill(*_: object) -> None:
        raise Killed

    with made.open() as store:
        with store.batch() as batch:
            sql.mark_compaction_owed(batch, "2026-11-28T00:00:00Z")
            batch.note("things destroyed", items=0)
        with monkeypatch.context() as patch:
            patch.setattr(Compactor, "_clear", kill)
            with pytest.raises(Killed):
                store.forget_older_state()
    rebuild = made.directory / opening.REBUILD
    assert rebuild.is_dir()
    with WriterLock(made.directory / opening.REBUILD_LOCK).hold(0), made.open():
        assert rebuild.is_dir(), "another program rebuilds just now"
    with made.open() as store:
        assert not rebuild.exists() and store.check().valid


@pytest.mark.parametrize(
    ("of", "step", "replaced"),
    [
        (DatabaseCopy, "settle", 0),
        (Compactor, "_take_place", 0),
        (compaction, "move_file", 0),
        (HeadKeeper, "take_over", 1),
        (compaction, "wipe_unused", 1),
    ],
)
def test_a_disk_that_is_full_in_the_middle_leaves_it_owed_and_others_write(
    store: Store, monkeypatch: pytest.MonkeyPatch, of: object, step: str, replaced: int
) -> None:
    def refuse(*_: object) -> None:
        raise DiskFull("The store's disk is full; free some space.")

    def write() -> int:
        with store.batch() as batch:
            item = batch.seal(b"kept")
            batch.note("things sealed", items=1)
        return item

    with store.batch() as batch:
        sql.mark_compaction_owed(batch, "2026-11-28T00:00:00Z")
        batch.note("things destroyed", items=0)
    with monkeypatch.context() as patch:
        patch.setattr(of, step, refuse)
        with pytest.raises(DiskFull):
            store.forget_older_state()
    item = write()
    assert sql.is_compaction_owed(store.read()) and sql.is_rebuild_owed(store.read()) == (not replaced)
    assert not (store.directory / opening.REBUILD).exists() and store.verify_log().valid
    assert store.forget_older_state() and not sql.is_compaction_owed(store.read())
    assert store.unseal(item) == b"kept" and store.check().valid


def test_what_an_interrupted_copy_left_goes_before_the_schema_changes_unless_another_copies(store: Store) -> None:
    with store.batch() as batch:
        change_log.start_log(batch)
        batch.note("things destroyed", items=0)
    with WriterLock(store.directory / opening.REBUILD_LOCK).hold(), store.at_rest():
        with pytest.raises(StoreBusy, match="rebuilds the store's database"):
            store._compactor.drop_change_log(store._transaction)
        assert change_log.is_started(store.read())
    with store.at_rest():
        store._compactor.drop_change_log(store._transaction)
    assert not change_log.is_started(store.read()) and store.check().valid


def write_other(store: Store) -> None:
    """Writes by another window."""
    with Store.open(store.directory, "First User", "seven green boats") as other, other.batch() as batch:
        batch.execute("INSERT INTO policy (name, value) VALUES ('late', '1')")
        batch.note("bench filled", turn=1)


def destroy_more(store: Store) -> None:
    with store.batch() as batch:
        batch.execute("DELETE FROM policy WHERE name = 'early'")
        sql.mark_compaction_owed(batch, "2026-11-28T00:00:00Z")
        batch.note("things destroyed", items=0)


@pytest.mark.parametrize(
    ("meanwhile", "copies", "left"),
    [(None, [False], {"early"}), (write_other, [False, True], {"early", "late"}), (destroy_more, [False, True], set())],
)
def test_a_small_database_is_copied_without_notes_and_once_more_with_them_when_somebody_wrote(
    store: Store, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[Store], None] | None, copies: list[bool], left: set[str]
) -> None:
    """Triggers on all tables took longer to make than the copy of a small store."""
    began, copy_rows = list[bool](), DatabaseCopy.copy_rows
    acts = [] if meanwhile is None else [meanwhile]

    def copy(*args: Any) -> None:
        began.append(change_log.is_started(store.read()))
        copy_rows(*args)
        while acts:
            acts.pop()(store)

    monkeypatch.setattr(DatabaseCopy, "copy_rows", copy)
    with store.batch() as batch:
        batch.execute("INSERT INTO policy (name, value) VALUES ('early', '1')")
        sql.mark_compaction_owed(batch, "2026-11-28T00:00:00Z")
        batch.note("things destroyed", items=0)
    assert store.forget_older_state() and began == copies
    assert {name for (name,) in store.read().all("SELECT name FROM policy WHERE name IN ('early', 'late')")} == left
    assert not sql.is_compaction_owed(store.read()) and not change_log.is_started(store.read())
    assert store.check().valid and store.verify_log().valid and not (store.directory / opening.REBUILD).exists()


def test_a_large_database_is_copied_with_notes_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    began, settle = list[bool](), DatabaseCopy.settle
    monkeypatch.setattr(compaction, "_BRIEF_PAGES", store.read().count_pages() - 1)
    monkeypatch.setattr(DatabaseCopy, "settle", lambda copy: began.append(change_log.is_started(store.read())) or settle(copy))
    with store.batch() as batch:
        sql.mark_compaction_owed(batch, "2026-11-28T00:00:00Z")
        batch.note("things destroyed", items=0)
    assert store.forget_older_state() and began == [True]
