"""Copies a database row by row into a new file under another key, as it was at one moment, while others go on writing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

import sqlcipher3

from triage.errors import StoreError
from triage.message import Message
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.safe_files import create_file, flush, open_to_change
from triage.store.connections import calling_meanwhile
from triage.store.database import PAGE, Database, Writer, store_errors
from triage.store.files import explain_disk_errors

_COPY_PRAGMAS = (
    f"copy.cipher_page_size = {PAGE}",
    "copy.journal_mode = OFF",
    "copy.synchronous = OFF",
)

Run: TypeAlias = Callable[[str], list[tuple[object, ...]]]
"""Runs a statement on the connection, to which the copy is attached as `copy`; returns its rows."""
CarryOver: TypeAlias = Callable[[Run], bool]
"""Brings the copy up to date; returns whether that was possible."""


class DatabaseCopy:
    """A copy of the last committed state, begun in `path` under `key`. It has a connection of its own until it is left.

    The caller keeps writers out while it is begun, and no longer: what is committed later is not copied. The write-ahead log
    can't be emptied meanwhile. The copy is made row by row, so no page of it holds what was erased. Nothing is flushed.

    Raises:
        StoreError: if the disk refuses
    """

    def __init__(self, database: Database, path: Path, key: memoryview) -> None:
        with explain_disk_errors(Message("making the database")):
            create_file(path).close()
        self._path, self._key = path, key
        self._triggers = list[str]()
        self._connection = database.connect()
        try:
            with store_errors:
                self._run("ATTACH ? AS copy KEY ?", (f"{path.absolute().as_uri()}?mode=rw", f"x'{key.hex()}'"))
                for pragma in _COPY_PRAGMAS:  # not possible inside a transaction
                    self._run(f"PRAGMA {pragma}")
                self._run("BEGIN")
                self._version, self._pages = self._run("PRAGMA user_version"), self._run("PRAGMA page_count")
                self._run("SELECT count(*) FROM sqlite_master")  # the first row that is read fixes the state
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        """Returns the copy."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Closes its connection. A copy that was cut short is no database."""
        self.close()

    def close(self) -> None:
        """Closes its connection; another call does nothing."""
        self._connection.close()

    def finish(self, note: Message, progress: OnProgress = ignore_progress, cancel: CancelToken | None = None) -> Database:
        """Copies all rows; returns the copy, opened. The arguments and errors are those of `copy_rows`."""
        self.copy_rows(note, progress, cancel)
        with store_errors:
            self._run("DETACH copy")
        return Database(self._path, self._key)

    def catch_up(self, carry_over: CarryOver) -> bool:
        """Takes over a part of what changed since the state that was copied, while others write; returns what `carry_over` does.

        The rows were copied. When False comes back the copy is of no use.

        Raises:
            StoreError: if the disk refuses
        """
        with store_errors:
            self._run("BEGIN")
            whole = carry_over(self._all)
            self._run("COMMIT")
        return whole

    def settle(self) -> Database:
        """Brings what was copied to the disk, and returns the copy, opened, without its triggers. Others may write meanwhile.

        What is written to it from then on stands in its write-ahead log.

        Raises:
            StoreError: if the disk refuses
        """
        with store_errors:
            for pragma in ("journal_mode = WAL", "synchronous = FULL"):
                self._run(f"PRAGMA copy.{pragma}")
        made = Database(self._path, self._key)
        try:
            triggers = made.writer.all("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            self._triggers = [str(sql) for _, sql in triggers]
            made.writer.begin()
            for name, _ in triggers:
                made.writer.execute(f"DROP TRIGGER {name}")
            made.writer.commit()
            made.empty_log()
            with explain_disk_errors(Message("making the database")), open_to_change(self._path) as file:
                flush(file)
        except BaseException:
            made.close()
            raise
        return made

    def bring_up_to_date(self, carry_over: CarryOver) -> bool:
        """Takes over what changed since the state that was copied; returns False when the copy is of no use.

        The copy was settled, and the caller keeps writers out.

        Raises:
            StoreError: if the disk refuses
        """
        with store_errors:
            self._run("PRAGMA foreign_keys = OFF")  # rows go and come again in the order of their tables
            self._run("PRAGMA writable_schema = RESET")  # the export wrote triggers of which the connection does not know
            self._run("BEGIN")
            try:
                whole = carry_over(self._all)
            except sqlcipher3.IntegrityError:  # a row is in the way that went without a trace
                whole = False
            self._run("COMMIT" if whole else "ROLLBACK")
        return whole

    def restore_triggers(self, writer: Writer) -> None:
        """Makes the triggers of the copy again, within a step that is open."""
        for trigger in self._triggers:
            writer.execute(trigger)

    def copy_rows(self, note: Message, progress: OnProgress = ignore_progress, cancel: CancelToken | None = None) -> None:
        """Copies all rows of the state. The copy stays attached. `note` says in the progress what is being done.

        Raises:
            StoreError: if the disk refuses
            Cancelled: if the token was set
        """
        cancel = cancel or CancelToken()

        def tell() -> None:
            """Reports how many pages were copied."""
            cancel.check()
            done = min(self._pages, self._path.stat().st_size // PAGE)
            progress(Progress(done=done, total=self._pages, unit="pages", note=note))

        try:
            with store_errors, calling_meanwhile(self._connection, tell):
                self._run("SELECT sqlcipher_export('copy')")
                self._run(f"PRAGMA copy.user_version = {self._version}")
                self._run("COMMIT")
        except sqlcipher3.OperationalError as error:  # the export hides the code of the error that it met
            raise StoreError(
                "The database could not be copied; nothing was changed. Free some space or check the disk, then run it again.",
                detail=str(error),
            ) from error

    def _all(self, sql: str) -> list[tuple[object, ...]]:
        """Runs a statement; returns its rows."""
        rows: list[tuple[object, ...]] = self._connection.execute(sql).fetchall()
        return rows

    def _run(self, sql: str, params: tuple[str, ...] = ()) -> int:
        """Runs a statement to its end; returns the first value, or 0."""
        rows = self._connection.execute(sql, params).fetchall()
        return int(rows[0][0] or 0) if rows and isinstance(rows[0][0], int) else 0
