"""The write-ahead log is emptied beside writers, and the digest over the pages stays right."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from typing import Any

import pytest

from triage.store import heads, integrity, log_emptying, opening
from triage.store.database import Database
from triage.store.heads import HeadKeeper
from triage.store.lock import WriterLock
from triage.store.pages import PageDigests
from triage.store.queries import compaction as sql
from triage.store.queries.audit_log import AuditState
from triage.store.store import Store


@pytest.fixture
def other(created: Any) -> Iterator[Store]:
    """The same store in another window."""
    with Store.open(created.store.directory, "First User", "seven green boats") as opened:
        yield opened


def write(store: Store, name: str) -> None:
    with store.batch() as batch:
        batch.execute("INSERT INTO policy (name, value) VALUES (?, '1')", (name,))
        batch.note("bench filled", turn=0)


def test_no_page_of_a_later_step_reaches_the_file_before_its_head(
    store: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The digest after a step is computed from the older pages in the file."""
    plain, steps = HeadKeeper.write, list[int]()

    def write_beside(connection: Any) -> AbstractContextManager[Any]:
        """Another window writes a step, and the checkpoint comes between its commit and its head."""

        def write_head(keeper: HeadKeeper, state: AuditState, anew: bool = False) -> bool:
            steps.append(connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[0])
            return plain(keeper, state, anew)

        with monkeypatch.context() as patch:
            patch.setattr(HeadKeeper, "write", write_head)
            write(other, "kite")
        return closing(connection)

    write(store, "first")
    store._database.empty_log()
    with store.batch() as batch:
        batch.note("bench filled", turn=0)
    monkeypatch.setattr(log_emptying, "closing", write_beside)
    assert store.forget_older_state() and steps == [0]
    assert store.check().valid and other.check().valid


def test_another_window_leaves_the_new_pages_to_the_program_that_rebuilds(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would fold gigabytes with writers kept out. After a kill it folds them."""
    folded, plain = list[bool](), Database.fold_log

    def fold(database: Database) -> bool:
        folded.append(True)
        return plain(database)

    monkeypatch.setattr(heads, "_FOLD_AFTER", 1)
    monkeypatch.setattr(Database, "fold_log", fold)
    (store.directory / opening.REBUILD).mkdir(mode=0o700)
    with WriterLock(store.directory / opening.REBUILD_LOCK).hold():
        write(store, "one")
    assert folded == []
    write(store, "two")
    assert folded == [True]


def test_a_check_does_not_keep_writers_out_because_a_rebuild_goes_into_the_file(
    store: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While somebody reads an older state the log can't be folded, and a check would hold the lock to its end."""
    folded, plain = list[bool](), integrity.begin_structure_check
    checked = threading.Thread(target=lambda: other.check())

    def begin(subject: Any) -> Any:
        folded.append((store.directory / opening.REBUILD).exists())
        return plain(subject)

    def check_beside(_: Any) -> None:
        if not checked.is_alive():
            checked.start()
            checked.join(0.3)
            assert checked.is_alive(), "it waits"

    with store.batch() as batch:
        sql.mark_compaction_owed(batch, "2026-11-28T00:00:00Z")
        batch.note("things destroyed", items=0)
    monkeypatch.setattr(integrity, "begin_structure_check", begin)
    monkeypatch.setattr(PageDigests, "flush_file", check_beside)
    assert store.forget_older_state()
    checked.join()
    assert folded == [False]


def test_a_link_in_place_of_the_lock_of_the_rebuild_makes_no_error_of_a_stored_step(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    (store.directory / opening.REBUILD).mkdir()
    (store.directory / opening.REBUILD_LOCK).unlink(missing_ok=True)
    (store.directory / opening.REBUILD_LOCK).symlink_to(store.directory / "elsewhere")
    monkeypatch.setattr(heads, "_FOLD_AFTER", 0)
    write(store, "kite")
    assert store.read().value("SELECT value FROM policy WHERE name = 'kite'") == "1"
