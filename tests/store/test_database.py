from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlcipher3

from triage.errors import StoreError
from triage.message import Message
from triage.store import migrations
from triage.store.database import PAGE, Database
from triage.store.database_copy import DatabaseCopy
from triage.store.migrations import apply_migrations, load_migrations
from triage.store.queries.database_check import find_damage

KEY = bytes(range(32))


def copy_database(source: Database, path: Path, key: memoryview) -> Database:
    with DatabaseCopy(source, path, key) as copy:
        return copy.finish(Message("copying the database"))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    made = Database.create(tmp_path / "x.db", KEY)
    made.writer.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER REFERENCES t)")
    yield made
    made.close()


def test_settings_hold_on_every_connection(db: Database) -> None:
    for side in (db.writer, db.reader()):
        assert side.value("PRAGMA cipher_page_size") == str(PAGE)
        assert side.value("PRAGMA journal_mode") == "wal"
        assert side.value("PRAGMA synchronous") == 2
        assert side.value("PRAGMA foreign_keys") == 1
        assert side.value("PRAGMA secure_delete") == 1
        assert side.value("PRAGMA temp_store") == 2
        with pytest.raises(sqlcipher3.OperationalError, match="not authorized"):
            side.value("SELECT load_extension('x')")


def test_rows_are_tuples_and_missing_is_none(db: Database) -> None:
    assert db.writer.insert("INSERT INTO t (a) VALUES (?)", ("one",)) == 1
    db.writer.executemany("INSERT INTO t (a) VALUES (?)", [("two",), ("three",)])
    reader = db.reader()
    assert reader.all("SELECT id, a FROM t ORDER BY id") == [(1, "one"), (2, "two"), (3, "three")]
    assert list(reader.each("SELECT id FROM t")) == [(1,), (2,), (3,)]
    assert reader.first("SELECT a FROM t WHERE id = 9") is None
    assert reader.value("SELECT a FROM t WHERE id = 9") is None
    assert db.writer.execute("UPDATE t SET a = 'x'") == 3


def test_a_reader_cannot_write_and_bad_sql_is_a_bug(db: Database) -> None:
    with pytest.raises((StoreError, sqlcipher3.OperationalError)):
        db.reader().first("DELETE FROM t")
    with pytest.raises(sqlcipher3.OperationalError):
        db.reader().first("SELECT nothing FROM nowhere")
    with pytest.raises(sqlcipher3.IntegrityError):
        db.writer.execute("INSERT INTO t (b) VALUES (99)")


def test_a_snapshot_sees_one_state(db: Database) -> None:
    reader = db.reader()
    with reader.snapshot():
        before = reader.value("SELECT count(*) FROM t")
        db.writer.insert("INSERT INTO t (a) VALUES ('later')")
        assert reader.value("SELECT count(*) FROM t") == before
    assert reader.value("SELECT count(*) FROM t") == before + 1


def test_threads_have_their_own_connection_and_the_dead_leave_none(db: Database) -> None:
    seen: list[object] = []
    together = threading.Barrier(5)  # numbers of threads that ended are given again
    threads = [threading.Thread(target=lambda: (seen.append(db.reader()), together.wait(60))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, seen))) == 5
    assert db.reader() is db.reader()
    assert len(db._readers) == 1


def test_reading_connections_keep_fewer_pages_than_the_writing_one(db: Database) -> None:
    """A window has several, and once held 64 MB for each of them."""
    kept = [-int(each.value("PRAGMA cache_size")) for each in (db.reader(), db.shared_reader(), db.writer)]
    assert kept == [20 * 1024, 40 * 1024, 64 * 1024]


def test_threads_take_turns_on_one_connection_which_can_not_write(db: Database) -> None:
    seen = [db.shared_reader()]
    thread = threading.Thread(target=lambda: seen.append(db.shared_reader()))
    thread.start()
    thread.join()
    assert seen[0] is seen[1] is not db.reader()
    with pytest.raises(StoreError):
        seen[0].first("DELETE FROM t")
    db.close()
    with pytest.raises(sqlcipher3.ProgrammingError):
        seen[0].first("SELECT 1")
    with pytest.raises(RuntimeError):
        db.shared_reader()


def test_after_closing_reading_is_a_bug(tmp_path: Path) -> None:
    made = Database.create(tmp_path / "x.db", KEY)
    made.close()
    with pytest.raises(RuntimeError):
        made.reader()


def test_the_file_is_private_and_tells_nothing(db: Database, tmp_path: Path) -> None:
    db.writer.insert("INSERT INTO t (a) VALUES (?)", ("a word that must not be seen",))
    for path in tmp_path.iterdir():
        assert b"must not be seen" not in path.read_bytes()
        assert b"SQLite format" not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0


def test_a_wrong_key_a_strange_file_and_no_file_are_sentences(
    db: Database, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    db.close()
    with pytest.raises(StoreError, match="damaged"):
        Database(tmp_path / "x.db", bytes(32))
    (tmp_path / "noise.db").write_bytes(os.urandom(PAGE * 2))
    with pytest.raises(StoreError, match="damaged"):
        Database(tmp_path / "noise.db", KEY)
    with pytest.raises(StoreError, match="is missing"):
        Database(tmp_path / "missing.db", KEY)
    assert capfd.readouterr() == ("", "")  # SQLCipher would log to standard error


def test_a_full_disk_is_a_sentence(db: Database) -> None:
    db.writer.execute(f"PRAGMA max_page_count = {db.writer.value('PRAGMA page_count')}")
    with pytest.raises(StoreError, match="disk is full"):
        db.writer.execute("INSERT INTO t (a) VALUES (?)", ("x" * 10 * PAGE,))


def test_a_disk_without_any_room_is_told_as_such_when_a_store_is_opened(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite can't make the log's index then, and calls it an I/O error."""

    def refuses(*_: object) -> None:
        raise StoreError("The disk reported an error.")

    db.close()
    monkeypatch.setattr(Database, "_configure", refuses)
    with pytest.raises(StoreError, match="reported an error"):
        Database(tmp_path / "x.db", KEY)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=4096))
    with pytest.raises(StoreError, match="has 0 MiB free"):
        Database(tmp_path / "x.db", KEY)


def test_a_damaged_page_is_a_sentence_and_check_names_it(db: Database, tmp_path: Path) -> None:
    for _ in range(40):
        db.writer.insert("INSERT INTO t (a) VALUES (?)", ("x" * 4000,))
    db.fold_log()
    assert find_damage(db.writer) == []
    db.close()
    path = tmp_path / "x.db"
    data = bytearray(path.read_bytes())
    data[PAGE * 6 + 100] ^= 1
    path.write_bytes(data)
    again = Database(path, KEY)
    assert any("page 7" in str(problem) for problem in find_damage(again.writer))
    with pytest.raises(StoreError, match="damaged"):
        again.reader().all("SELECT * FROM t")
    again.close()


def test_a_file_cut_by_whole_pages_is_noticed(db: Database, tmp_path: Path) -> None:
    """cipher_integrity_check alone says nothing here."""
    for _ in range(40):
        db.writer.insert("INSERT INTO t (a) VALUES (?)", ("x" * 4000,))
    db.close()
    path = tmp_path / "x.db"
    os.truncate(path, path.stat().st_size - 3 * PAGE)
    try:
        again = Database(path, KEY)
    except StoreError:
        return
    assert find_damage(again.writer)
    again.close()


def test_broken_references_are_found(db: Database) -> None:
    db.writer.execute("PRAGMA foreign_keys = OFF")
    db.writer.execute("INSERT INTO t (b) VALUES (99)")
    assert [str(problem) for problem in find_damage(db.writer)] == ["A row of t points to a row of t that is not there."]


def test_the_shipped_migrations_are_numbered_without_gaps() -> None:
    numbers = [number for number, _ in load_migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_migrations_apply_once_and_in_order(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [(1, "CREATE TABLE a (x); -- a; comment\nINSERT INTO a\nVALUES (1);"), (2, "ALTER TABLE a ADD COLUMN y;\n-- end\n")]
    monkeypatch.setattr(migrations, "load_migrations", lambda: steps)
    assert apply_migrations(db.writer, 0) == 2
    assert db.version() == 2
    assert apply_migrations(db.writer, 2) == 2
    assert db.reader().all("SELECT x, y FROM a") == [(1, None)]


def test_a_failed_migration_leaves_the_schema_as_it_was(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "load_migrations", lambda: [(1, "CREATE TABLE a (x);\nINSERT INTO nowhere VALUES (1);")])
    db.writer.begin()
    with pytest.raises(sqlcipher3.OperationalError):
        apply_migrations(db.writer, 0)
    db.writer.rollback()
    assert db.version() == 0
    assert db.reader().value("SELECT count(*) FROM sqlite_master WHERE name = 'a'") == 0


def test_a_migration_that_ends_inside_a_statement_is_a_bug(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "load_migrations", lambda: [(1, "CREATE TABLE a (x)")])
    with pytest.raises(ValueError, match="inside a statement"):
        apply_migrations(db.writer, 0)


def test_a_newer_schema_is_refused(db: Database) -> None:
    with pytest.raises(StoreError, match="newer Triage"):
        apply_migrations(db.writer, load_migrations()[-1][0] + 1)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
def test_a_copy_for_which_there_is_no_room_is_a_sentence_and_can_be_made_later(
    db: Database, tmp_path: Path, share: float
) -> None:
    """The export tells no code of the error that it met. A destruction that is owed must not keep a store from opening."""
    import resource

    db.writer.execute("CREATE TABLE filling (data BLOB)")
    for _ in range(40):
        db.writer.execute("INSERT INTO filling VALUES (randomblob(60000))")
    db.empty_log()
    room, key = int(share * (tmp_path / "x.db").stat().st_size), memoryview(bytes(32))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        with pytest.raises(StoreError, match=r"could not be copied|reported an error"):
            copy_database(db, tmp_path / "small.db", key)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    copied = copy_database(db, tmp_path / "copy.db", key)
    assert copied.reader().value("SELECT count(*) FROM filling") == 40
    copied.close()


def test_statements_that_come_late_are_prepared_once(db: Database) -> None:
    """The cache keeps what was used most: once full, late statements would push one another out, as after making a store."""
    prepared: list[object] = []

    def note(*asked: object) -> int:
        prepared.append(asked)
        return int(sqlcipher3.SQLITE_OK)

    db.writer._link.connection.set_authorizer(note)  # SQLite asks it while it prepares a statement
    for number in [*range(600)] * 2:
        db.writer.value(f"SELECT {number}")
    late = "INSERT INTO t (a) VALUES (?)", "SELECT count(*) FROM t"
    for sql in late:
        db.writer.execute(sql, ("x",) * sql.count("?"))
    prepared.clear()
    for sql in late:
        db.writer.execute(sql, ("x",) * sql.count("?"))
    assert not prepared


@pytest.mark.parametrize(
    ("missing", "writable", "sentence"),
    [
        (True, True, "The database x.db of this store is missing"),
        (False, False, "can't be written: its disk is write-protected"),
        (False, True, "can't be opened; check that it is there"),
    ],
)
def test_a_database_that_can_not_be_opened_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: bool, writable: bool, sentence: str
) -> None:
    if not missing:
        (tmp_path / "x.db").write_bytes(b"here")

    def refuse(*_: object, **__: object) -> None:
        error = sqlcipher3.OperationalError("unable to open database file")
        error.sqlite_errorcode = sqlcipher3.SQLITE_CANTOPEN
        raise error

    monkeypatch.setattr(sqlcipher3, "connect", refuse)
    monkeypatch.setattr("triage.store.files.os.access", lambda *_: writable)
    with pytest.raises(StoreError, match=sentence):
        Database(tmp_path / "x.db", memoryview(KEY))


def test_a_database_on_write_protected_media_is_read_without_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.db").write_bytes(b"damaged")
    monkeypatch.setattr("triage.store.files.os.access", lambda *_: False)
    with pytest.raises(StoreError, match="is damaged"):
        Database(tmp_path / "x.db", memoryview(KEY), read_only=True)
