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
from typing import TYPE_CHECKING

from triage import limits
from triage.errors import StoreError
from triage.model.progress import OnProgress, Progress
from triage.model.views import CheckResult
from triage.safe_files import file_size, is_there, make_private_folder, remove_folder
from triage.store import audit, opening
from triage.store.batch import Batch
from triage.store.blank import blank
from triage.store.database import Database
from triage.store.files import disk, require_room
from triage.store.heads import Heads
from triage.store.queries import compaction as sql
from triage.store.queries import vault as vault_sql
from triage.store.queries.record import RecordState

if TYPE_CHECKING:
    from triage.store.store import Store

_OWED = "A destruction is not finished: older pages may still hold what was erased. Free some space, then open the store again."
_KEY_BYTES = 32
_TIMES_THE_DATABASE = 2  # room for the new file, and for its pages in the write-ahead log

_log = logging.getLogger(__name__)


def forget(
    store: Store,
    database: Database,
    heads: Heads,
    transaction: Callable[[], AbstractContextManager[Batch]],
    progress: OnProgress,
) -> bool:
    """As `Store.forget_older_state`. The caller holds the writer's lock and has settled what a killed writer left."""
    blank(store.vault, vault_sql.destroyed(database.writer))
    owed = sql.is_owed(database.writer)
    if owed:
        heads.write(rebuild(store, database, progress))
    emptied = database.empty_log()
    if owed and emptied:
        with transaction() as batch:
            sql.settle(batch)
        database.empty_log()
    return emptied


def check(database: Database) -> CheckResult:
    """Returns that a destruction is not finished, if one is not."""
    problems = (_OWED,) if sql.is_owed(database.writer) else ()
    return CheckResult(valid=not problems, problems=problems, checked={})


def rebuild(store: Store, database: Database, progress: OnProgress) -> RecordState:
    """Replaces the database's pages by new ones with the same rows; returns the state, whose head the caller writes.

    The caller holds the writer's lock. Raises StoreError: nothing was changed then.
    """
    folder = store.directory / opening.REBUILD
    with disk("rebuilding the database"):
        size = file_size(store.directory / opening.DATABASE) or 0
        require_room(store.directory, _TIMES_THE_DATABASE * size + limits.MIN_FREE, "The store's disk")
        _remove(folder)
        make_private_folder(folder)

    def on_pages(_status: int, left: int, total: int) -> None:
        progress(Progress(done=total - left, total=total, unit="pages", note="rebuilding the database"))

    try:
        made = store.copy_database(folder / opening.DATABASE, memoryview(os.urandom(_KEY_BYTES)), on_pages)
        try:
            made.writer.begin()
            entries = audit.Appender(made.writer, store.user.id)
            entries.note("database rebuilt", {})
            state = entries.finish()
            made.writer.commit()
            database.take_pages(made)
        finally:
            made.close()
    finally:
        with disk("rebuilding the database"):
            _remove(folder)
    return state


def finish_at_opening(store: Store) -> None:
    """Finishes a destruction that was interrupted. When that can't be done now, the store opens and still owes it."""
    if not sql.is_owed(store.read()):
        return
    try:
        if store.forget_older_state():
            _log.info("finished a destruction that was interrupted")
    except StoreError as error:
        _log.warning("a destruction is still not finished", exc_info=error)


def _remove(folder: Path) -> None:
    if is_there(folder):
        remove_folder(folder, opening.DATABASE_FILES)
