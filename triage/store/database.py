"""The SQLCipher database: connections, transactions, numbered migrations, and its errors as sentences."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlcipher3

from triage.errors import StoreError
from triage.message import Message
from triage.resources import resource
from triage.safe_files import create_file, require_own_file
from triage.store.files import disk, require_room

Row = tuple[Any, ...]
Params = Sequence[Any]
OnPages = Callable[[int, int, int], None] | None
"""Hears (status, pages left, pages of all) while a database is copied."""

PAGE = 16_384
"""Chosen by measurement (docs/decisions/03-store-files.md); a store keeps it for life."""
_CACHE_KIB = 64 * 1024
_LEAST_FREE = 1 << 20
"""Even reading needs some room, for the log's index."""
_WAL_LIMIT = 64 << 20
_BUSY_SECONDS = 30.0
_HEARD_EVERY = 200_000
"""Instructions of SQLite's machine between two words of progress: some ten a second."""
_COPY_PRAGMAS = (
    f"copy.cipher_page_size = {PAGE}",
    "copy.journal_mode = OFF",
    "copy.synchronous = OFF",
)
_MIGRATION = re.compile(r"(\d{4})_\w+\.sql")

_MESSAGES = {
    sqlcipher3.SQLITE_FULL: Message("The disk is full; nothing of this step was stored. Free some space and run it again."),
    sqlcipher3.SQLITE_IOERR: Message(
        "The disk reported an error; nothing of this step was stored. Check the disk before going on."
    ),
    sqlcipher3.SQLITE_BUSY: Message("The store's database is in use by another program; try again when its step has ended."),
    sqlcipher3.SQLITE_LOCKED: Message("The store's database is in use by another program; try again when its step has ended."),
    sqlcipher3.SQLITE_CORRUPT: Message("The store's database is damaged; run a check, and restore the newest backup."),
    sqlcipher3.SQLITE_NOTADB: Message("The store's database is damaged; run a check, and restore the newest backup."),
    sqlcipher3.SQLITE_CANTOPEN: Message(
        "The store's database can't be opened; check that it is there and its folder's permissions."
    ),
    sqlcipher3.SQLITE_PERM: Message("The store's database may not be written; check its permissions."),
    sqlcipher3.SQLITE_READONLY: Message("The store's database may not be written; check its permissions."),
    sqlcipher3.SQLITE_NOMEM: Message("This computer ran out of memory; nothing of this step was stored."),
}


class _StoreErrors:
    """Turns the world's fault into StoreError. Bad SQL and broken constraints are our bugs and pass as they are."""

    __slots__ = ()

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlcipher3.DatabaseError):
            message = _MESSAGES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
            if message is not None:
                name = getattr(error, "sqlite_errorname", "")
                raise StoreError(message, detail=f"{name}: {error}") from error  # message-ok


_store_errors = _StoreErrors()


class Reader:
    """SQL that reads. Rows are tuples. Raises StoreError when the database is damaged."""

    def __init__(self, connection: sqlcipher3.Connection) -> None:
        self._connection = connection

    def all(self, sql: str, params: Params = ()) -> list[Row]:
        with _store_errors:
            rows: list[Row] = self._connection.execute(sql, params).fetchall()
        return rows

    def each(self, sql: str, params: Params = ()) -> Iterator[Row]:
        """The rows one by one, for results that do not fit into memory. Keep the snapshot short: it holds the WAL."""
        with _store_errors:
            yield from self._connection.execute(sql, params)

    def one(self, sql: str, params: Params = ()) -> Row | None:
        """The first row, or None."""
        with _store_errors:
            row: Row | None = self._connection.execute(sql, params).fetchone()
        return row

    def value(self, sql: str, params: Params = ()) -> Any:
        """The first value of the first row, or None."""
        row = self.one(sql, params)
        return row[0] if row else None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads inside see one state of the store."""
        with _store_errors:
            self._connection.execute("BEGIN")
        try:
            yield
        finally:
            with _store_errors:
                self._connection.execute("ROLLBACK")


class Writer(Reader):
    """SQL that writes, inside one transaction."""

    def execute(self, sql: str, params: Params = ()) -> int:
        """Returns the number of rows changed."""
        with _store_errors:
            return int(self._connection.execute(sql, params).rowcount)

    def executemany(self, sql: str, rows: Iterable[Params]) -> None:
        with _store_errors:
            self._connection.executemany(sql, rows)

    def insert(self, sql: str, params: Params = ()) -> int:
        """Returns the new row's id."""
        with _store_errors:
            return int(self._connection.execute(sql, params).lastrowid)

    def begin(self) -> None:
        with _store_errors:
            self._connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        with _store_errors:
            self._connection.execute("COMMIT")

    def rollback(self) -> None:
        """Safe also when SQLite has already rolled back by itself."""
        if self._connection.in_transaction:
            with _store_errors:
                self._connection.execute("ROLLBACK")

    def changes(self) -> tuple[int, int]:
        """Grows with every change of a row or of the schema over this connection."""
        return int(self._connection.total_changes), int(self.value("PRAGMA schema_version"))


def _damage(row: Row) -> Message:
    return Message("The database is damaged: {what}.", what=row[0])


_CHECKS: dict[str, Callable[[Row], Message]] = {
    "cipher_integrity_check": _damage,
    "integrity_check(20)": _damage,
    "foreign_key_check": lambda row: Message(
        "A row of {table} points to a row of {other} that is not there.", table=row[0], other=row[2]
    ),
}


class Database:
    """One writing connection, and a reading one for each thread that asks."""

    def __init__(self, path: Path, key: memoryview) -> None:
        self._path = path
        self._key = key
        self._local = threading.local()
        self._readers: list[tuple[threading.Thread, sqlcipher3.Connection]] = []
        self._guard = threading.Lock()
        self._closed = False
        self._connection = self._connect()
        self.writer = Writer(self._connection)

    @classmethod
    def create(cls, path: Path, key: memoryview) -> Database:
        with disk(Message("making the database")):
            create_file(path).close()  # -wal and -shm inherit the mode
        return cls(path, key)

    def reader(self) -> Reader:
        if self._closed:
            raise RuntimeError("the store is closed")
        mine: Reader | None = getattr(self._local, "reader", None)
        if mine is None:
            connection = self._connect()
            connection.execute("PRAGMA query_only = ON")
            mine = self._local.reader = Reader(connection)
            with self._guard:
                self._drop_dead()
                self._readers.append((threading.current_thread(), connection))
        return mine

    def version(self) -> int:
        return int(self.writer.value("PRAGMA user_version"))

    def check(self) -> list[Message]:
        """Runs both integrity checks: one alone misses a cut file, the other a damaged page nobody points to.

        The log is folded in first: a page that was torn on its way from the log into the file still stands whole in the log.
        """
        found = []
        try:
            self.writer.one("PRAGMA wal_checkpoint(PASSIVE)")
        except StoreError as error:
            found.append(error.message)
        for pragma, tell in _CHECKS.items():
            try:
                found += [tell(row) for row in self.writer.all(f"PRAGMA {pragma}") if row != ("ok",)]
            except StoreError as error:
                found.append(error.message)
        return list(dict.fromkeys(found))

    def fold_log(self) -> None:
        """Copies what the write-ahead log holds into the database, as far as no reader still needs it."""
        self.writer.one("PRAGMA wal_checkpoint(PASSIVE)")

    def empty_log(self) -> bool:
        """Whether the write-ahead log could be folded in and cut to nothing."""
        row = self.writer.one("PRAGMA wal_checkpoint(TRUNCATE)")
        return row is not None and row[0] == 0

    def copy(self, path: Path, key: memoryview, on_pages: OnPages = None) -> Database:
        """Copies the last committed state into a new file under a key of its own; returns it opened.

        The copy is made row by row: no page of it holds what was erased. What `on_pages` raises ends it. Nothing is flushed.
        """
        with disk(Message("making the database")):
            create_file(path).close()
        connection, version = self._connection, self.version()
        with _store_errors:
            connection.execute("ATTACH ? AS copy KEY ?", (f"{path.absolute().as_uri()}?mode=rw", f"x'{key.hex()}'"))
        try:
            with _store_errors, self._hearing(on_pages, path):
                for pragma in _COPY_PRAGMAS:
                    connection.execute(f"PRAGMA {pragma}")
                connection.execute("SELECT sqlcipher_export('copy')").fetchall()
                connection.execute(f"PRAGMA copy.user_version = {version}")
        except BaseException as error:
            with suppress(sqlcipher3.Error):  # a copy that was cut short is no database
                connection.execute("DETACH copy")
            if isinstance(error, sqlcipher3.OperationalError):  # the export hides the code of the error that it met
                raise StoreError(
                    "The database could not be copied; nothing was changed. "
                    "Free some space or check the disk, then run it again.",
                    detail=str(error),
                ) from error
            raise
        with _store_errors:
            connection.execute("DETACH copy")
        return Database(path, key)

    def take_pages(self, made: Database) -> None:
        """Replaces all pages by those of `made`, in one transaction; the key and the page size stay."""
        with _store_errors:
            made._connection.backup(self._connection)

    @contextmanager
    def _hearing(self, on_pages: OnPages, path: Path) -> Iterator[None]:
        """Tells `on_pages` how far a copy to `path` is, by the size of the two files. What it raises ends the copy."""
        if on_pages is None:
            yield
            return
        total, raised = int(self.writer.value("PRAGMA page_count")), list[BaseException]()

        def hear() -> int:
            try:
                on_pages(0, max(0, total - path.stat().st_size // PAGE), total)
            except BaseException as error:
                raised.append(error)
            return len(raised)

        self._connection.set_progress_handler(hear, _HEARD_EVERY)
        try:
            hear()
            yield
        except sqlcipher3.OperationalError:
            if raised:
                raise raised[0] from None
            raise
        finally:
            self._connection.set_progress_handler(None, 0)

    def close(self) -> None:
        self._closed = True
        with self._guard:
            for _, connection in self._readers:
                connection.close()
            self._readers.clear()
        self._connection.close()

    def _drop_dead(self) -> None:
        for thread, connection in self._readers:
            if not thread.is_alive():
                connection.close()
        self._readers = [entry for entry in self._readers if entry[0].is_alive()]

    def _connect(self) -> sqlcipher3.Connection:
        try:
            return self._connected()
        except StoreError:
            require_room(
                self._path, _LEAST_FREE, Message("The store's disk")
            )  # of a full disk SQLite says here no more than "I/O error"
            raise

    def _connected(self) -> sqlcipher3.Connection:
        with disk(Message("opening the database")):  # SQLite follows links, and is told no other way not to
            for end in ("", "-wal", "-shm", "-journal"):
                require_own_file(self._path.with_name(self._path.name + end))
        with _store_errors:
            connection = sqlcipher3.connect(
                f"{self._path.absolute().as_uri()}?mode=rw",
                uri=True,
                timeout=_BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
            )
            try:
                self._settle(connection)
            except BaseException:
                connection.close()
                raise
        return connection

    def _settle(self, connection: sqlcipher3.Connection) -> None:
        for pragma in (
            "cipher_log_level = NONE",  # it would write to standard error
            f"key = \"x'{self._key.hex()}'\"",
            f"cipher_page_size = {PAGE}",
            "journal_mode = WAL",
            "synchronous = FULL",
            "wal_autocheckpoint = 0",  # a step's pages stay in the log until the head vouches for them: see `heads`
            f"journal_size_limit = {_WAL_LIMIT}",  # a bulk step would leave a long file behind
            "foreign_keys = ON",
            "secure_delete = ON",
            "temp_store = MEMORY",
            f"cache_size = -{_CACHE_KIB}",
            "trusted_schema = OFF",
        ):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def migrations() -> list[tuple[int, str]]:
    """All (number, SQL) in order."""
    found = []
    for file in resource("migrations").iterdir():
        if match := _MIGRATION.fullmatch(file.name):
            found.append((int(match[1]), file.read_text("utf-8")))
    return sorted(found)


def migrate(writer: Writer, version: int) -> int:
    """Applies inside the open transaction what is newer than `version`; returns the version reached.

    A schema newer than this program knows is refused.
    """
    steps = migrations()
    newest = steps[-1][0]
    if version > newest:
        raise StoreError("This store was made by a newer Triage; update this workstation before opening it.")
    for number, sql in steps:
        if number > version:
            for statement in _statements(sql):
                writer.execute(statement)
    if version < newest:
        writer.execute(f"PRAGMA user_version = {newest}")
    return newest


def _statements(sql: str) -> Iterator[str]:
    """One by one, since executescript would commit first. A statement ends with the line that holds its semicolon."""
    gathered = ""
    for line in sql.splitlines(keepends=True):
        gathered += line
        if sqlcipher3.complete_statement(gathered):
            yield gathered
            gathered = ""
    if re.sub(r"--.*", "", gathered).strip():
        raise ValueError("a migration ends inside a statement")
