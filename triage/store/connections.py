"""Connections to the database: what reads, what writes, and errors that people can act on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

import sqlcipher3

from triage.errors import DiskFull, StoreError
from triage.message import Message

Row = tuple[Any, ...]
Params = Sequence[Any] | Mapping[str, Any]

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


_ASKED_EVERY = 200_000
"""Instructions of SQLite's machine between two calls while a long statement runs: some ten a second."""
_LOOK_SECONDS = 0.02
"""Looking for a newer file takes as long as a small query. Whoever takes the writer's lock looks anyway (heads.py)."""


@contextmanager
def calling_meanwhile(connection: sqlcipher3.Connection, call: Callable[[], object]) -> Iterator[None]:
    """Calls `call` again and again while statements run on the connection. What it raises ends them, and is raised."""
    raised = list[BaseException]()

    def hear() -> int:
        """Makes the call; returns nonzero, which ends the statement, once it has raised."""
        try:
            call()
        except BaseException as error:
            raised.append(error)
        return len(raised)

    connection.set_progress_handler(hear, _ASKED_EVERY)
    try:
        call()
        yield
    except sqlcipher3.OperationalError:
        if raised:
            raise raised[0] from None
        raise
    finally:
        connection.set_progress_handler(None, 0)


class Files(Protocol):
    """Knows the newest file of a database."""

    path: Path

    def look(self) -> None:
        """Looks for a newer file, and has the connections to the older one released."""


class PlainConnection:
    """A connection in use: a `with` block yields it. This one stays with its file."""

    __slots__ = ("connection",)

    def __init__(self, connection: sqlcipher3.Connection | None) -> None:
        self.connection = connection

    def __enter__(self) -> sqlcipher3.Connection:
        return self.connection

    def __exit__(self, *_: object) -> None:
        return None


class FollowingConnection(PlainConnection):
    """A connection that goes over to the newest file between two uses (generations.py). A transaction is one use.

    One thread at a time uses it; any thread may have it released.
    """

    __slots__ = ("_files", "_guard", "_looked", "_of", "_open", "_uses")

    def __init__(self, files: Files, open_newest: Callable[[], sqlcipher3.Connection]) -> None:
        """Opens the connection to the newest of the files."""
        super().__init__(None)
        self._files, self._open = files, open_newest
        self._guard, self._uses, self._of, self._looked = threading.Lock(), 0, files.path, 0.0
        self.connection = open_newest()

    def __enter__(self) -> sqlcipher3.Connection:
        if not self._uses and monotonic() >= self._looked + _LOOK_SECONDS:
            self._files.look()  # which has this released as well, if there is a newer one
            self._looked = monotonic()
        with self._guard:
            if self._of is not self._files.path:  # another thread saw the newer one, and is about to have this released
                self._release()
            if self.connection is None:
                self._of = self._files.path
                self.connection = self._open()
            self._uses += 1
            return self.connection

    def __exit__(self, *_: object) -> None:
        self._uses -= 1
        if self._of is not self._files.path:
            self.release()

    def release(self) -> None:
        """Closes the connection, unless it is being used; the next use opens the newest file."""
        if self._guard.acquire(blocking=False):  # else it is just being opened, maybe by this thread, and looks by itself
            try:
                self._release()
            finally:
                self._guard.release()

    def _release(self) -> None:
        """Does so under the held guard."""
        if self.connection is not None and not self._uses and not self.connection.in_transaction:
            self.connection.close()
            self.connection = None

    def close(self) -> None:
        """Closes the connection."""
        if self.connection is not None:
            self.connection.close()


class Reader:
    """A connection that reads. Rows are tuples. Its methods raise StoreError when the database is damaged."""

    def __init__(self, connection: PlainConnection | sqlcipher3.Connection) -> None:
        self._link = connection if isinstance(connection, PlainConnection) else PlainConnection(connection)

    def all(self, sql: str, params: Params = ()) -> list[Row]:
        """Returns all rows."""
        with self._link as connection, store_errors:
            rows: list[Row] = connection.execute(sql, params).fetchall()
        return rows

    def each(self, sql: str, params: Params = ()) -> Iterator[Row]:
        """Yields the rows one by one, for results that do not fit into memory.

        Until the last row is read, the write-ahead log can't be emptied.
        """
        with self._link as connection, store_errors:
            yield from connection.execute(sql, params)

    def first(self, sql: str, params: Params = ()) -> Row | None:
        """Returns the first row, or None."""
        with self._link as connection, store_errors:
            row: Row | None = connection.execute(sql, params).fetchone()
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
        with self._link as connection:
            with store_errors:
                connection.execute("BEGIN")
            try:
                yield
            finally:
                with store_errors:
                    connection.execute("ROLLBACK")


class Writer(Reader):
    """A connection that writes, inside one transaction."""

    def execute(self, sql: str, params: Params = ()) -> int:
        """Runs one statement; returns the number of rows that it changed."""
        with self._link as connection, store_errors:
            return int(connection.execute(sql, params).rowcount)

    def executemany(self, sql: str, rows: Iterable[Params]) -> None:
        """Runs one statement with each of the rows of parameters."""
        with self._link as connection, store_errors:
            connection.executemany(sql, rows)

    def insert(self, sql: str, params: Params = ()) -> int:
        """Runs an INSERT; returns the new row's id."""
        with self._link as connection, store_errors:
            return int(connection.execute(sql, params).lastrowid)

    def begin(self) -> None:
        """Begins a transaction and takes SQLite's write lock."""
        with self._link as connection, store_errors:
            connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Commits the transaction."""
        with self._link as connection, store_errors:
            connection.execute("COMMIT")

    def rollback(self) -> None:
        """Rolls the transaction back, unless SQLite has done so by itself."""
        with self._link as connection, store_errors:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    @contextmanager
    def without_foreign_keys(self) -> Iterator[None]:
        """Lets transactions inside, which begin there, change rows without looking at foreign keys."""
        self.execute("PRAGMA foreign_keys = OFF")
        try:
            yield
        finally:
            self.execute("PRAGMA foreign_keys = ON")

    @contextmanager
    def calling(self, call: Callable[[], object]) -> Iterator[None]:
        """Calls `call` again and again while statements run. What it raises ends them, and is raised."""
        with self._link as connection, calling_meanwhile(connection, call):
            yield

    def changes(self) -> tuple[int, int]:
        """Returns two counters, of which one grows with every change of a row or of the schema."""
        with self._link as connection:
            return int(connection.total_changes), int(self.value("PRAGMA schema_version"))
