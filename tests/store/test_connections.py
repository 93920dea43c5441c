"""A connection goes over to the newest file between two uses, and never within one."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlcipher3

from triage.errors import Cancelled, StoreError
from triage.store import connections
from triage.store.connections import calling_meanwhile
from triage.store.database import Database
from triage.store.generations import name_next

KEY = memoryview(bytes(32))


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(connections, "_LOOK_SECONDS", 0)
    made = Database.create(tmp_path / "triage.db", KEY)
    made.writer.execute("CREATE TABLE t (a)")
    made.writer.execute("INSERT INTO t VALUES (1)")
    made.empty_log()
    yield made
    made.close()


def replace(db: Database, rows: int) -> Path:
    """Puts a file with so many rows behind the database, as a rebuild does."""
    next_one = name_next(db.path)
    shutil.copy(db.path, next_one.with_name("making.db"))
    made = Database(next_one.with_name("making.db"), KEY)
    made.writer.execute("DELETE FROM t")
    made.writer.executemany("INSERT INTO t VALUES (?)", [(n,) for n in range(rows)])
    made.close()
    next_one.with_name("making.db").rename(next_one)
    return next_one


def count(reader: connections.Reader) -> int:
    return int(reader.value("SELECT count(*) FROM t"))


def test_all_connections_go_over_once_one_has_seen_it(db: Database) -> None:
    kept, shared, path = db.reader(), db.shared_reader(), db.path
    assert count(kept) == count(shared) == count(db.writer) == 1
    for rows in (5, 6):
        newest = replace(db, rows)
        assert count(kept) == count(shared) == count(db.writer) == rows and db.path == newest != path
        assert kept is db.reader() and int(kept.value("PRAGMA query_only")) == 1
        assert [link._of for link in db._links] == [newest] * 3


def test_a_state_is_read_to_its_end(db: Database) -> None:
    reader = db.reader()
    with reader.snapshot():
        assert count(reader) == 1
        replace(db, 5)
        assert count(reader) == 1 and count(db.shared_reader()) == 5
        assert count(reader) == 1
    assert count(reader) == 5
    rows = reader.each("SELECT a FROM t")
    next(rows)
    replace(db, 7)
    assert len(list(rows)) == 4 and count(reader) == 7


def test_a_step_ends_where_it_began(db: Database) -> None:
    db.writer.begin()
    db.writer.execute("INSERT INTO t VALUES (2)")
    replace(db, 5)
    assert count(db.shared_reader()) == 5 and count(db.writer) == 2
    db.writer.commit()
    assert count(db.writer) == 5


def test_threads_read_while_files_follow_one_another(db: Database) -> None:
    over, failed = threading.Event(), list[BaseException]()

    def read() -> None:
        try:
            last = 0
            while not over.is_set():
                with db.reader().snapshot():
                    found = count(db.reader())
                    assert found == count(db.reader()) >= last
                last = found
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for rows in range(2, 12):
            replace(db, rows)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert not failed and count(db.reader()) == 11


def test_a_step_begins_in_the_new_file_although_another_thread_saw_it_first(db: Database) -> None:
    """It had noted the new path, and had not yet closed the connections to the older file."""
    replace(db, 5)
    links, db._links = db._links, []
    db.look()
    db._links = links
    db.writer.begin()
    assert count(db.writer) == 5
    db.writer.rollback()


def test_a_file_that_can_not_be_opened_is_a_sentence(db: Database) -> None:
    name_next(db.path).write_bytes(b"x" * 20_000)
    with pytest.raises(StoreError, match="damaged"):
        count(db.reader())


_LONG = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT count(*) FROM n"


def test_a_long_statement_calls_meanwhile_and_ends_with_what_the_call_raised(db: Database) -> None:
    calls = 0

    def call() -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled, match=r"^Stopped\.$"), db.writer.calling(call):
        db.writer.value(_LONG)
    assert calls == 3, "once before the statement, then while it ran"
    assert db.writer.value(_LONG) == 3_000_000 and calls == 3, "later statements call nobody"


def test_an_error_of_a_statement_stays_what_it_is_while_calls_are_made() -> None:
    connection = sqlcipher3.connect(":memory:")
    with pytest.raises(sqlcipher3.OperationalError, match="no such table"), calling_meanwhile(connection, lambda: None):
        connection.execute("SELECT * FROM none_such")
    connection.close()
