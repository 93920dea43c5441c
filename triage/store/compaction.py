"""Rebuilds the database after a destruction, so that no page holds what was erased.

SQLite's `secure_delete` writes zeros over deleted rows, but a page that was split keeps copies of rows that moved away. So the
rows are copied one by one into a new file, under a key that is never stored. Deleted search words live on in their index: those
are merged before any copy (store.py), once for all destructions since the last one.

The pages of that file then replace the store's pages in one transaction. This is a step of the audit log like any other: a kill
leaves the state before or after it.

A destruction records in its own batch that the rebuild is owed. The record goes when the write-ahead log is empty as well. So an
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
from triage.store.database import Database
from triage.store.database_copy import DatabaseCopy
from triage.store.files import explain_disk_errors, require_free_space
from triage.store.heads import HeadKeeper
from triage.store.integrity import CheckFindings
from triage.store.queries import compaction as sql
from triage.store.queries import vault as vault_sql
from triage.store.queries.audit_log import AuditState
from triage.store.zeroing import zero_sealed_bytes

_KEY_BYTES = 32
_TIMES_THE_DATABASE = 2  # room for the new file, and for its pages in the write-ahead log

_log = logging.getLogger(__name__)

WAITING = Message("waiting for whoever still reads older pages, such as a backup: 30 seconds at most")
"""What is said while the write-ahead log can't be emptied (`Database.empty_log` waits so long)."""

BeginCopy: TypeAlias = Callable[[Path, memoryview], DatabaseCopy]
"""Begins a copy of the last committed state in a new file under a key of its own, as `Store.begin_copy` does."""


class Compactor:
    """Rebuilds the database of one open store. The caller holds the writer's lock, except where a method says otherwise."""

    def __init__(self, directory: Path, database: Database, heads: HeadKeeper, begin_copy: BeginCopy) -> None:
        """Takes the store's folder, its open database and head, and the function that begins a copy of the database."""
        self._directory = directory
        self._database = database
        self._heads = heads
        self._begin_copy = begin_copy

    def is_owed(self) -> bool:
        """Returns whether a destruction was committed whose older pages may still hold what it erased."""
        return sql.is_compaction_owed(self._database.reader())

    def is_rebuilding(self) -> bool:
        """Returns whether the database is being rebuilt, here or elsewhere, or such a rebuild was killed. It needs no lock."""
        return is_there(self._directory / opening.REBUILD)

    def check(self) -> CheckFindings:
        """Returns findings with one problem when a destruction is unfinished, else without any."""
        if not self.is_owed():
            return CheckFindings(())
        problem = Message(
            "A destruction is not finished: older pages may still hold what was erased."
            " Free some space, then open the store again."
        )
        return CheckFindings((problem,))

    def forget_older_state(
        self, user: int, transaction: Callable[[], AbstractContextManager[Batch]], progress: OnProgress
    ) -> bool:
        """Overwrites sealed bytes without a key with zeros, and rebuilds the database if a destruction owes it.

        The caller has settled what a killed writer left.

        Returns:
            False when somebody is reading just now, so that the write-ahead log could not be emptied.

        Raises:
            StoreError: if the disk refuses
        """
        zero_sealed_bytes(self._directory / opening.VAULT, vault_sql.list_destroyed(self._database.writer))
        if not sql.is_compaction_owed(self._database.writer):
            return self._database.empty_log()
        folder = self._directory / opening.REBUILD
        try:
            self._heads.write(self._rebuild(folder, user, progress))
            if not self._database.fold_log():
                progress(Progress(done=0, total=None, unit="pages", note=WAITING))
            emptied = self._database.empty_log()
        finally:
            with explain_disk_errors(Message("rebuilding the database")):
                _remove_copy(folder)  # only now: others are patient while it is there
        if emptied:
            with transaction() as batch:
                sql.clear_compaction_owed(batch)
            self._database.empty_log()
        return emptied

    def finish_at_opening(self, forget: Callable[[], bool]) -> None:
        """Finishes an interrupted destruction. If that fails, the store still opens and still owes it.

        `forget` is `Store.forget_older_state`. The caller does not hold the writer's lock.
        """
        if not sql.is_compaction_owed(self._database.writer):  # which is open already: a reader's connection costs 2 ms
            return
        try:
            if forget():
                _log.info("finished a destruction that was interrupted")
        except StoreError as error:
            _log.warning("a destruction is still not finished", exc_info=error)

    def _rebuild(self, folder: Path, user: int, progress: OnProgress) -> AuditState:
        """Replaces the pages by new ones with the same rows, copied in `folder`; returns the state, whose head the caller writes.

        Raises:
            StoreError: if the disk refuses; nothing was changed then
        """
        with explain_disk_errors(Message("rebuilding the database")):
            size = file_size(self._directory / opening.DATABASE) or 0
            require_free_space(self._directory, _TIMES_THE_DATABASE * size + limits.MIN_FREE, Message("The store's disk"))
            _remove_copy(folder)
            make_private_folder(folder)
        with self._begin_copy(folder / opening.DATABASE, memoryview(os.urandom(_KEY_BYTES))) as copy:
            made = copy.finish(Message("rebuilding the database"), progress)
        try:
            made.writer.begin()
            entries = audit.LogAppender(made.writer, user)
            entries.note("database rebuilt", {})
            state = entries.finish()
            made.writer.commit()
            self._database.take_pages(made)
        finally:
            made.close()
        return state


def _remove_copy(folder: Path) -> None:
    """Removes the folder of the copied database, if it is there."""
    if is_there(folder):
        remove_folder(folder, opening.DATABASE_FILES)
