"""The SQLCipher database: its connections, transactions, numbered migrations, and errors that people can act on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3

from triage.errors import DiskFull, StoreError
from triage.message import Message
from triage.safe_files import create_file, file_size, require_own_file
from triage.store.files import explain_disk_errors, require_database_file, require_free_space

Row = tuple[Any, ...]
Params = Sequence[Any] | Mapping[str, Any]

PAGE = 16_384
"""Chosen by measurement (docs/decisions/03-store-files.md); a store keeps it for life."""
CACHE_KIB = 64 * 1024
_READER_CACHE_KIB = 20 * 1024
"""A window has several reading connections. The gallery of 10,000 files takes 270 ms with 20 MB and with 40, but 390 with 12."""
_SHARED_CACHE_KIB = 40 * 1024
"""The queue's pages are kept once, whichever thread asks; the 500 reports behind a figure touch 36 MB."""
_CACHED_STATEMENTS = 2048
"""Once a cache is full, later statements push one another out, and are prepared for every row; making a store takes 230."""
_LEAST_FREE = 1 << 20
"""Even reading needs some room, for the log's index."""
_WAL_LIMIT = 64 << 20
_BUSY_SECONDS = 30.0

_UNLOCKED = f"mode=ro&vfs={'win32' if sys.platform == 'win32' else 'unix'}-none"
"""How SQLite reads a database with a write-ahead log from write-protected media, where no file can be locked or made."""
_IMMUTABLE = "mode=ro&immutable=1"
"""How it reads one without such a log. It would make an empty log else."""

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


class StoreErrors:
    """Turns faults of disk, memory and file into StoreError.

    Bad SQL and broken constraints are our bugs and pass unchanged.
    """

    __slots__ = ()

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlcipher3.DatabaseError):
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            message = _MESSAGES.get(code)
            if message is not None:
                name = getattr(error, "sqlite_errorname", "")
                raise (DiskFull if code == sqlcipher3.SQLITE_FULL else StoreError)(
                    message, detail=f"{name}: {error}"
                ) from error  # message-ok


store_errors = StoreErrors()


class Reader:
    """A connection that reads. Rows are tuples. Its methods raise StoreError when the database is damaged."""

    def __init__(self, connection: sqlcipher3.Connection) -> None:
        self._connection = connection

    def all(self, sql: str, params: Params = ()) -> list[Row]:
        """Returns all rows."""
        with store_errors:
            rows: list[Row] = self._connection.execute(sql, params).fetchall()
        return rows

    def each(self, sql: str, params: Params = ()) -> Iterator[Row]:
        """Yields the rows one by one, for results that do not fit into memory.

        Until the last row is read, the write-ahead log can't be emptied.
        """
        with store_errors:
            yield from self._connection.execute(sql, params)

    def first(self, sql: str, params: Params = ()) -> Row | None:
        """Returns the first row, or None."""
        with store_errors:
            row: Row | None = self._connection.execute(sql, params).fetchone()
        return row

    def value(self, sql: str, params: Params = ()) -> Any:
        """Returns the first value of the first row, or None."""
        row = self.first(sql, params)
        return row[0] if row else None

    def count_pages(self) -> int:
        """Returns the number of pages of the database."""
        return int(self.value("PRAGMA page_count"))

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Makes all reads inside see one state of the store."""
        with store_errors:
            self._connection.execute("BEGIN")
        try:
            yield
        finally:
            with store_errors:
                self._connection.execute("ROLLBACK")


class Writer(Reader):
    """A connection that writes, inside one transaction."""

    def execute(self, sql: str, params: Params = ()) -> int:
        """Runs one statement; returns the number of rows that it changed."""
        with store_errors:
            return int(self._connection.execute(sql, params).rowcount)

    def executemany(self, sql: str, rows: Iterable[Params]) -> None:
        """Runs one statement with each of the rows of parameters."""
        with store_errors:
            self._connection.executemany(sql, rows)

    def insert(self, sql: str, params: Params = ()) -> int:
        """Runs an INSERT; returns the new row's id."""
        with store_errors:
            return int(self._connection.execute(sql, params).lastrowid)

    def begin(self) -> None:
        """Begins a transaction and takes SQLite's write lock."""
        with store_errors:
            self._connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Commits the transaction."""
        with store_errors:
            self._connection.execute("COMMIT")

    def rollback(self) -> None:
        """Rolls the transaction back, unless SQLite has done so by itself."""
        if self._connection.in_transaction:
            with store_errors:
                self._connection.execute("ROLLBACK")

    def changes(self) -> tuple[int, int]:
        """Returns two counters, of which one grows with every change of a row or of the schema."""
        return int(self._connection.total_changes), int(self.value("PRAGMA schema_version"))


class Database:
    """One writing connection, one reading connection for each thread that asks for it, and one that threads use in turn."""

    def __init__(self, path: Path, key: memoryview, *, read_only: bool = False) -> None:
        """Opens the database.

        With `read_only` nothing is written or locked, and no file is made beside it; a write-ahead log that a killed program left
        is read. The caller sees to it that nobody writes meanwhile.
        """
        self._path, self._key = path, key
        self.read_only = read_only
        self._readers: dict[int, tuple[threading.Thread, Reader]] = {}  # by number: Python forgets Qt's threads after each call
        self._shared: Reader | None = None
        self._guard = threading.Lock()
        self._closed = False
        self._connection = self.connect()
        self.writer = Writer(self._connection)

    @classmethod
    def create(cls, path: Path, key: memoryview) -> Database:
        """Makes an empty database file, encrypted under `key`, and opens it.

        Raises:
            StoreError: if there is a file already or the disk refuses
        """
        with explain_disk_errors(Message("making the database")):
            create_file(path).close()  # -wal and -shm inherit the mode
        return cls(path, key)

    def reader(self) -> Reader:
        """Returns this thread's reading connection, and opens it on first use.

        Raises:
            RuntimeError: if the database is closed
        """
        self._require_open()
        thread, number = threading.current_thread(), threading.get_ident()
        with self._guard:
            if number in self._readers:  # the numbers of threads that ended are given again
                self._readers[number] = thread, self._readers[number][1]
                return self._readers[number][1]
        mine = self._open_reader(_READER_CACHE_KIB)
        with self._guard:
            self._close_dead_readers()
            self._readers[number] = thread, mine
        return mine

    def shared_reader(self) -> Reader:
        """Returns the reading connection that threads use in turn, and opens it on first use. The caller keeps them apart.

        Raises:
            RuntimeError: if the database is closed
        """
        with self._guard:
            self._require_open()
            if self._shared is None:
                self._shared = self._open_reader(_SHARED_CACHE_KIB)
            return self._shared

    def _require_open(self) -> None:
        if self._closed:
            raise RuntimeError("the store is closed")

    def _open_reader(self, cache_kib: int) -> Reader:
        """Opens a connection that reads, and keeps so many pages."""
        made = Reader(self.connect())
        made.first("PRAGMA query_only = ON")
        made.first(f"PRAGMA cache_size = -{cache_kib}")
        return made

    @contextmanager
    def fresh_reader(self) -> Iterator[Reader]:
        """Yields a reading connection of its own, that sees one state: the one that is the last when it is opened.

        Other connections remember where search words lay, and take it for damage when others have moved them.
        """
        connection = self.connect()
        try:
            reader = Reader(connection)
            with reader.snapshot():
                reader.first("SELECT count(*) FROM sqlite_master")  # the first row that is read fixes the state
                yield reader
        finally:
            connection.close()

    def version(self) -> int:
        """Returns the number of the newest migration that was applied; 0 in an empty database."""
        return int(self.writer.value("PRAGMA user_version"))

    def fold_log(self) -> bool:
        """Copies the write-ahead log into the database; returns False when a reader needs older pages or another one copies.

        After True, and while the caller keeps writers out, the file holds the last committed state. It goes on holding it for a
        snapshot that begins then: nobody writes to the file until that snapshot ends.
        """
        row = None if self.read_only else self.writer.first("PRAGMA wal_checkpoint(PASSIVE)")
        return row is not None and row[0] == 0 and row[1] == row[2]  # (busy, pages in the log, pages copied), -1 if unknown

    def count_unfolded(self) -> int:
        """Returns the number of frames of the write-ahead log; 0 when the file holds all of it. It only looks."""
        row = self.writer.first("PRAGMA wal_checkpoint(NOOP)")  # (busy, pages in the log, pages in the file as well)
        return 0 if row is None or row[1] == row[2] else max(0, int(row[1]))

    def empty_log(self) -> bool:
        """Copies the write-ahead log into the database and empties it; returns False when a reader still needs it."""
        row = self.writer.first("PRAGMA wal_checkpoint(TRUNCATE)")
        return row is not None and row[0] == 0

    def take_pages(self, made: Database) -> None:
        """Replaces all pages by those of `made`, in one transaction. The key and the page size stay."""
        with store_errors:
            made._connection.backup(self._connection)

    def close(self) -> None:
        """Closes all connections."""
        self._closed = True
        with self._guard:
            for _, reader in self._readers.values():
                reader._connection.close()
            self._readers.clear()
            if self._shared is not None:
                self._shared._connection.close()
        self._connection.close()

    def _close_dead_readers(self) -> None:
        """Closes the reading connections of threads that have ended; of threads that Python did not start it can't know."""
        for number, (thread, reader) in list(self._readers.items()):
            if not isinstance(thread, threading._DummyThread) and not thread.is_alive():
                reader._connection.close()
                del self._readers[number]

    def connect(self) -> sqlcipher3.Connection:
        """Opens a further connection, which the caller closes.

        Raises:
            StoreError: if the database can't be opened; a missing file, a write-protected and a full disk are named as the cause
        """
        try:
            return self._open_connection()
        except StoreError:
            # Of a missing file, a write-protected and a full disk SQLite says no more than that it can't open it, or "I/O error".
            require_database_file(self._path, read_only=self.read_only)
            require_free_space(self._path, _LEAST_FREE, Message("The store's disk"))
            raise

    def _open_connection(self) -> sqlcipher3.Connection:
        """Opens a connection, and refuses links in place of the database's files."""
        with explain_disk_errors(Message("opening the database")):  # SQLite follows links, and is told no other way not to
            for end in ("", "-wal", "-shm", "-journal"):
                require_own_file(self._path.with_name(self._path.name + end))
        with store_errors:
            connection = sqlcipher3.connect(
                f"{self._path.absolute().as_uri()}?{self._choose_mode()}",
                uri=True,
                timeout=_BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=_CACHED_STATEMENTS,
            )
            try:
                self._configure(connection)
            except BaseException:
                connection.close()
                raise
        return connection

    def _choose_mode(self) -> str:
        """Returns how SQLite opens the file, as part of its address."""
        if not self.read_only:
            return "mode=rw"
        return _UNLOCKED if file_size(self._path.with_name(f"{self._path.name}-wal")) else _IMMUTABLE

    def _configure(self, connection: sqlcipher3.Connection) -> None:
        """Sets the key and the settings of a new connection, and reads from it once."""
        for pragma in (
            "cipher_log_level = NONE",  # it would write to standard error
            f"key = \"x'{self._key.hex()}'\"",
            f"cipher_page_size = {PAGE}",
            *(("locking_mode = EXCLUSIVE",) if self.read_only else ()),  # so the log's index lies in memory, in no file
            "journal_mode = WAL",
            "synchronous = FULL",
            "wal_autocheckpoint = 0",  # a step's pages stay in the log until the head vouches for them: see `heads`
            f"journal_size_limit = {_WAL_LIMIT}",  # a bulk step would leave a long file behind
            "foreign_keys = ON",
            "secure_delete = ON",
            "temp_store = MEMORY",
            f"cache_size = -{CACHE_KIB}",
            "trusted_schema = OFF",
        ):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
