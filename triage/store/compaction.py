"""Rebuilding the database after a destruction, so that no page holds what was erased.

SQLite's `secure_delete` writes zeros over deleted rows, but a page that was split keeps copies of rows that moved away. So the
rows are copied one by one into a new file, under a key that nobody keeps. The pages of that file then replace the store's
pages in one transaction, which is a step of the audit log like any other: a kill leaves the state before or after it.

A destruction writes in its own batch that this is owed. The note goes when the log of older pages is empty as well, so an
interrupted destruction is finished when the store is opened next.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeAlias

from triage import limits
from triage.errors import StoreError
from triage.message import Message
from triage.model.progress import OnProgress, Progress
from triage.safe_files import file_size, is_there, make_private_folder, remove_folder
from triage.store import audit, opening
from triage.store.batch import Batch
from triage.store.blank import blank
from triage.store.database import Database, OnPages
from triage.store.files import disk, require_room
from triage.store.heads import Heads
from triage.store.integrity import Findings
from triage.store.queries import compaction as sql
from triage.store.queries import vault as vault_sql
from triage.store.queries.record import RecordState

_KEY_BYTES = 32
_TIMES_THE_DATABASE = 2  # room for the new file, and for its pages in the write-ahead log

_log = logging.getLogger(__name__)

Copy: TypeAlias = Callable[[Path, memoryview, OnPages], Database]
"""Copies the last committed state into a new file under a key of its own, as `Store.copy_database` does."""


class Compactor:
    """Rebuilds the database of one open store. Methods that write want the writer's lock held."""

    def __init__(self, directory: Path, database: Database, heads: Heads, copy: Copy) -> None:
        """Takes the store's folder, its open database and heads, and what copies the database."""
        self._directory = directory
        self._database = database
        self._heads = heads
        self._copy = copy

    def is_owed(self) -> bool:
        """Returns whether a destruction was committed, and older pages may still hold what it erased."""
        return sql.is_owed(self._database.reader())

    def check(self) -> Findings:
        """Returns the problem that a destruction is not finished, if one is not."""
        if not self.is_owed():
            return Findings(())
        problem = Message(
            "A destruction is not finished: older pages may still hold what was erased."
            " Free some space, then open the store again."
        )
        return Findings((problem,))

    def forget_older_state(
        self, user: int, transaction: Callable[[], AbstractContextManager[Batch]], progress: OnProgress
    ) -> bool:
        """Writes zeros over sealed bytes without a key, and rebuilds the database if a destruction owes it.

        What a killed writer left has to be settled before. Raises StoreError.

        Returns:
            False when somebody is reading just now, so that the log of older pages could not be emptied.
        """
        blank(self._directory / opening.VAULT, vault_sql.destroyed(self._database.writer))
        owed = sql.is_owed(self._database.writer)
        if owed:
            self._heads.write(self._rebuild(user, progress))
        emptied = self._database.empty_log()
        if owed and emptied:
            with transaction() as batch:
                sql.settle(batch)
            self._database.empty_log()
        return emptied

    def finish_at_opening(self, forget: Callable[[], bool]) -> None:
        """Finishes a destruction that was interrupted. When that can't be done now, the store opens and still owes it.

        `forget` is `Store.forget_older_state`. The caller does not hold the writer's lock.
        """
        if not self.is_owed():
            return
        try:
            if forget():
                _log.info("finished a destruction that was interrupted")
        except StoreError as error:
            _log.warning("a destruction is still not finished", exc_info=error)

    def _rebuild(self, user: int, progress: OnProgress) -> RecordState:
        """Replaces the pages by new ones with the same rows; returns the state, whose head the caller writes.

        Raises StoreError: nothing was changed then.
        """
        folder = self._directory / opening.REBUILD
        with disk(Message("rebuilding the database")):
            size = file_size(self._directory / opening.DATABASE) or 0
            require_room(self._directory, _TIMES_THE_DATABASE * size + limits.MIN_FREE, Message("The store's disk"))
            _remove(folder)
            make_private_folder(folder)

        def on_pages(_status: int, left: int, total: int) -> None:
            progress(Progress(done=total - left, total=total, unit="pages", note=Message("rebuilding the database")))

        try:
            made = self._copy(folder / opening.DATABASE, memoryview(os.urandom(_KEY_BYTES)), on_pages)
            try:
                made.writer.begin()
                entries = audit.Appender(made.writer, user)
                entries.note("database rebuilt", {})
                state = entries.finish()
                made.writer.commit()
                self._database.take_pages(made)
            finally:
                made.close()
        finally:
            with disk(Message("rebuilding the database")):
                _remove(folder)
        return state


def _remove(folder: Path) -> None:
    if is_there(folder):
        remove_folder(folder, opening.DATABASE_FILES)
