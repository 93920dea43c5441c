"""A backup reads the database as it was at one moment, page by page, while others write and fold the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.pages import plain_pages
from triage.errors import StoreError
from triage.safe_files import open_to_change
from triage.store.backup_chain import find_changes
from triage.store.database import PAGE
from triage.store.snapshot import Snapshot, open_snapshot
from triage.store.store import Store


@pytest.fixture
def other(created: Any) -> Iterator[Store]:
    """The same store in another window."""
    with Store.open(created.store.directory, "First User", "seven green boats") as opened:
        yield opened


def write(store: Store, words: str) -> None:
    with store.batch() as batch:
        batch.execute("CREATE TABLE IF NOT EXISTS thing (id INTEGER PRIMARY KEY, words TEXT)")
        batch.executemany("INSERT OR REPLACE INTO thing VALUES (?, ?)", [(n, f"{words} {n} " * 400) for n in range(40)])
        batch.note("things written", things=40)


def begin(store: Store, stack: ExitStack) -> Snapshot:
    with store.at_rest():
        subject = store.subject()
        return stack.enter_context(open_snapshot(subject.database, subject.pages, store.read_head()))


def read_all(snapshot: Snapshot) -> bytes:
    return b"".join(snapshot.read_page(number) for number in snapshot.list_numbers())


@pytest.mark.parametrize("older_reader", [False, True])
def test_the_pages_stay_those_of_one_moment_while_others_write(
    store: Store, other: Store, tmp_path: Path, older_reader: bool
) -> None:
    """Where somebody reads an older state the log can't be folded first: then the pages come from the log and the file."""
    write(store, "before")
    store._database.empty_log()
    with ExitStack() as readers, ExitStack() as stack:
        if older_reader:
            readers.enter_context(other.read().snapshot())
            assert other.read().value("SELECT count(*) FROM thing") == 40
        with store.batch() as batch:
            batch.execute("UPDATE thing SET words = 'of that moment' WHERE id = 3")
            batch.note("thing changed", thing=3)
        snapshot = begin(store, stack)
        assert bool(snapshot.in_log) is older_reader
        expected = read_all(snapshot)
        readers.close()
        for n in range(4):
            write(store, f"afterwards {n}")
            store._database.fold_log()
            store._database.writer.first("PRAGMA busy_timeout = 1")
            store._database.writer.first("PRAGMA wal_checkpoint(RESTART)")
        assert read_all(snapshot) == expected
        find_changes(snapshot, None, store.id, lambda done: None)
        assert snapshot.reader.value("SELECT words FROM thing WHERE id = 3") == "of that moment"
    (tmp_path / "composed.db").write_bytes(expected)
    plain = plain_pages(tmp_path / "composed.db", bytes(store.keys.ring.keys.database))
    assert b"of that moment" in plain and b"afterwards" not in plain
    assert store.check().valid


@pytest.mark.parametrize("what", ["one byte", "its HMAC", "another page", "its older content"])
def test_a_page_that_is_not_the_one_vouched_for_is_named(store: Store, what: str) -> None:
    write(store, "before")
    store._database.empty_log()
    path = store.directory / "triage.db"
    older = path.read_bytes()
    write(store, "after")
    store._database.empty_log()
    newer = path.read_bytes()
    victim = next(n for n in range(3, len(older) // PAGE) if older[n * PAGE :][:PAGE] != newer[n * PAGE :][:PAGE])
    page = bytearray(newer[victim * PAGE :][:PAGE])
    match what:
        case "one byte":
            page[100] ^= 1
        case "its HMAC":
            page[-1] ^= 1
        case "another page":
            page[:] = newer[PAGE : 2 * PAGE]
        case _:
            page[:] = older[victim * PAGE :][:PAGE]
    with open_to_change(path) as file:
        file.seek(victim * PAGE)
        file.write(page)
    with ExitStack() as stack:
        snapshot = begin(store, stack)
        if what == "one byte":
            find_changes(snapshot, None, store.id, lambda done: None)
        else:
            with pytest.raises(StoreError, match="does not hold the pages that the audit log's head vouches for"):
                find_changes(snapshot, None, store.id, lambda done: None)
        if what != "its older content":
            with pytest.raises(StoreError, match=rf"^Page {victim + 1} of the store's database is damaged"):
                snapshot.read_page(victim + 1)


def test_a_head_of_another_state_is_refused(store: Store) -> None:
    head = store.read_head()
    write(store, "later")
    with store.at_rest(), pytest.raises(StoreError, match="does not belong to this state"), ExitStack() as stack:
        subject = store.subject()
        stack.enter_context(open_snapshot(subject.database, subject.pages, head))


def test_no_handle_stays_open(store: Store, other: Store) -> None:
    write(store, "before")
    assert store.read() and other.read(), "these connections are open before"
    handles = Path("/proc/self/fd")
    before = len(list(handles.iterdir())) if handles.exists() else 0
    with other.read().snapshot(), ExitStack() as stack:
        assert other.read().value("SELECT count(*) FROM thing") == 40
        write(store, "later")
        assert begin(store, stack).in_log
    if before:
        assert len(list(handles.iterdir())) <= before + 1  # SQLite keeps one until the other window's lock ends
