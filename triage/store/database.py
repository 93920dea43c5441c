"""The SQLCipher database: which connections it has, and how they are opened."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar
from weakref import WeakSet

import sqlcipher3

from triage.errors import StoreError
from triage.message import Message
from triage.safe_files import create_file, file_size, require_own_file
from triage.store.connections import FollowingConnection, Params, Reader, Row, StoreErrors, Writer, store_errors
from triage.store.files import explain_disk_errors, require_database_file, require_free_space
from triage.store.generations import ENDS, is_store_database, name_next
from triage.store.key_digests import digest_key

__all__ = ["CACHE_KIB", "PAGE", "Database", "Params", "Reader", "Row", "StoreErrors", "Writer", "store_errors"]

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


class Database:
    """One writing connection, one reading connection for each thread that asks for it, and one that threads use in turn.

    All of them go over to a newer file when a rebuild left one (generations.py): each one between two uses, or when another
    thread has seen it first.
    """

    _all: ClassVar[WeakSet[Database]] = WeakSet()
    _listing = threading.Lock()

    def __init__(self, path: Path, key: memoryview, *, read_only: bool = False) -> None:
        """Opens the database.

        With `read_only` nothing is written or locked, and no file is made beside it; a write-ahead log that a killed program left
        is read. The caller sees to it that nobody writes meanwhile.
        """
        self.path, self.key = path, key
        self._next = str(name_next(path)) if is_store_database(path) else ""
        self.read_only = read_only
        self._readers = dict[int, tuple[threading.Thread, Reader, FollowingConnection]]()
        """By number: Python forgets Qt's threads after each call."""
        self._shared: tuple[Reader, FollowingConnection] | None = None
        self._guard, self._moving = threading.Lock(), threading.Lock()
        self._closed = False
        self._links = list[FollowingConnection]()
        self.writer = Writer(self._make_link(None))
        with self._listing:
            self._all.add(self)

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
                self._readers[number] = thread, *self._readers[number][1:]
                return self._readers[number][1]
        link = self._make_link(_READER_CACHE_KIB)
        mine = Reader(link)
        with self._guard:
            self._close_dead_readers()
            self._readers[number] = thread, mine, link
        return mine

    def shared_reader(self) -> Reader:
        """Returns the reading connection that threads use in turn, and opens it on first use. The caller keeps them apart.

        Raises:
            RuntimeError: if the database is closed
        """
        with self._guard:
            self._require_open()
            if self._shared is None:
                link = self._make_link(_SHARED_CACHE_KIB)
                self._shared = Reader(link), link
            return self._shared[0]

    def _require_open(self) -> None:
        if self._closed:
            raise RuntimeError("the store is closed")

    def _make_link(self, cache_kib: int | None) -> FollowingConnection:
        """Opens a connection that follows the database. With `cache_kib` it only reads, and keeps so many pages."""

        def open_newest() -> sqlcipher3.Connection:
            """Opens the connection to the newest file."""
            self._require_open()
            connection = self.connect()
            if cache_kib is not None:
                with store_errors:
                    connection.execute("PRAGMA query_only = ON").fetchall()
                    connection.execute(f"PRAGMA cache_size = -{cache_kib}").fetchall()
            return connection

        made = FollowingConnection(self, open_newest)
        self._links.append(made)
        return made

    def look(self) -> None:
        """Looks for the file of a newer rebuild, and has all connections that nobody uses go over to it."""
        if self.read_only or self._closed or not os.path.lexists(self._next):
            return
        with self._moving:
            while os.path.lexists(self._next):
                self.path = Path(self._next)
                self._next = str(name_next(self.path))
        for link in list(self._links):
            link.release()
        with self._listing:
            beside = list(self._all)
        for database in beside:  # of other windows of this process, which may not read for long
            if database is not self and database.path.parent == self.path.parent:
                database.look()

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

    def close(self) -> None:
        """Closes all connections."""
        self._closed = True
        with self._listing:
            self._all.discard(self)
        with self._guard:
            for link in list(self._links):
                link.close()
            self._readers.clear()

    def _close_dead_readers(self) -> None:
        """Closes the reading connections of threads that have ended; of threads that Python did not start it can't know."""
        for number, (thread, _, link) in list(self._readers.items()):
            if not isinstance(thread, threading._DummyThread) and not thread.is_alive():
                link.close()
                self._links.remove(link)
                del self._readers[number]

    def connect(self) -> sqlcipher3.Connection:
        """Opens a further connection, which the caller closes.

        Raises:
            StoreError: if the database can't be opened; a missing file, a write-protected and a full disk are named as the cause
        """
        while True:
            self.look()
            path = self.path
            try:
                connection = self._open_connection(path)
            except StoreError:
                self.look()
                if path is not self.path:  # it was replaced just now, and may be overwritten already
                    continue
                # Of a missing file, a write-protected and a full disk SQLite says no more than that it can't open it.
                require_database_file(path, read_only=self.read_only)
                require_free_space(path, _LEAST_FREE, Message("The store's disk"))
                raise
            self.look()
            if path is self.path:
                return connection
            connection.close()  # what was overwritten and cut meanwhile looks like an empty database

    def _open_connection(self, path: Path) -> sqlcipher3.Connection:
        """Opens a connection, and refuses links in place of the database's files."""
        with explain_disk_errors(Message("opening the database")):  # SQLite follows links, and is told no other way not to
            for end in ENDS:
                require_own_file(path.with_name(path.name + end))
        with store_errors:
            connection = sqlcipher3.connect(
                f"{path.absolute().as_uri()}?{self._choose_mode()}",
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
        return _UNLOCKED if file_size(self.path.with_name(f"{self.path.name}-wal")) else _IMMUTABLE

    def _configure(self, connection: sqlcipher3.Connection) -> None:
        """Sets the key and the settings of a new connection, and reads from it once."""
        for pragma in (
            "cipher_log_level = NONE",  # it would write to standard error
            f"key = \"x'{self.key.hex()}'\"",
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
        add_digest_function(connection)


def add_digest_function(connection: sqlcipher3.Connection) -> None:
    """Gives a connection the SQL function link_key_digest(kind, value), which reads the store's salt at its first use.

    The value is a blob: as text it would end at its first NUL.
    """
    salt: bytes | None = None

    def find_digest(kind: str, value: bytes) -> int:
        """Returns the digest."""
        nonlocal salt
        if salt is None:
            salt = connection.execute("SELECT salt FROM link_key_state WHERE id = 1").fetchone()[0]
        return digest_key(salt, kind, value)

    connection.create_function("link_key_digest", 2, find_digest, deterministic=True)
