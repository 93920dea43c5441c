"""Rebuilds the database after a destruction, so that no page holds what was erased.

SQLite's `secure_delete` writes zeros over deleted rows, but a page that was split keeps copies of rows that moved away. So the
rows are copied one by one into a new file, under a key that is never stored. Deleted search words live on in their index: those
are merged before (word_merging.py), once for all destructions since the last one.

Others write meanwhile: what they change is noted (queries/change_log.py), and copied again with writers kept out. Search words,
of which all would be read again for each report that came in, are brought up to date before that as well. A copy that holds what
was erased meanwhile is thrown away. The pages of that file then replace the store's pages in one transaction. This is a step of
the audit log like any other: a kill leaves the state before or after it. Then others write again, while the pages go from the
write-ahead log into the file (log_emptying.py).

A destruction records in its own batch that the rebuild is owed. The new pages say that they are rebuilt, and for how many
destructions. The record goes when the write-ahead log is empty as well. So an interrupted destruction is finished when the store
is opened next, and one that came while the log was emptied is rebuilt by its own program.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from triage import limits
from triage.errors import StoreError
from triage.message import Message
from triage.model.progress import OnProgress, Progress
from triage.safe_files import file_size, is_there, make_private_folder, remove_file, remove_folder
from triage.store import audit, opening
from triage.store.database import Database
from triage.store.database_copy import DatabaseCopy
from triage.store.files import explain_disk_errors, require_free_space
from triage.store.heads import HeadKeeper
from triage.store.integrity import CheckFindings
from triage.store.lock import WAIT_SECONDS, WriterLock, is_held
from triage.store.log_emptying import Hold, empty_log
from triage.store.queries import change_log
from triage.store.queries import compaction as sql
from triage.store.queries import vault as vault_sql
from triage.store.snapshot import open_snapshot
from triage.store.word_merging import Transaction, merge_words_beside_writers
from triage.store.zeroing import zero_sealed_bytes

_KEY_BYTES = 32
_TIMES_BESIDE = 2  # copies that are made while others write; whoever destroys all the time ends with one while nobody does
_TIMES_WORDS = 2  # the first time takes in what came in a minute or an hour of copying, the second one what came in the first
_DOING = Message("rebuilding the database")
_REBUILDING = Message("Another program rebuilds the store's database after a destruction; wait until it has ended.")
_WAIT_FOR_REBUILD = Message(
    "The database is being rebuilt after a destruction. What you record waits for that and is not lost; a large store takes"
    " minutes."
)
_WAIT_FOR_STEP = Message("Another program or window is writing to the store. What you record waits for that.")
_AGAIN_SECONDS = 0.1
_TIMES_THE_DATABASE = 2  # room for the new file, and for its pages in the write-ahead log

_log = logging.getLogger(__name__)

WAITING = Message("waiting for whoever still reads older pages, such as a backup: 30 seconds at most")
"""What is said while the write-ahead log can't be emptied (log_emptying.py)."""


class Compactor:
    """Rebuilds the database of one open store."""

    def __init__(self, directory: Path, database: Database, heads: HeadKeeper) -> None:
        """Takes the store's folder, its open database and head."""
        self._directory = directory
        self._database = database
        self._heads = heads
        self._lock = WriterLock(directory / opening.REBUILD_LOCK)

    def is_owed(self) -> bool:
        """Returns whether a destruction was committed whose older pages may still hold what it erased."""
        return sql.is_compaction_owed(self._database.reader())

    def is_rebuilding(self) -> bool:
        """Returns whether the database is being rebuilt, here or elsewhere, or such a rebuild was killed. It needs no lock."""
        return is_there(self._directory / opening.REBUILD)

    @contextmanager
    def hold_at_rest(self, lock: WriterLock) -> Iterator[None]:
        """Holds the writer's lock, but not while a rebuild folds its pages into the file: a check would hold it to its end then.

        Raises:
            StoreBusy: if somebody writes for too long who does not rebuild the database
        """
        with ExitStack() as stack:
            while True:
                stack.enter_context(lock.hold(patient=self.is_rebuilding))
                if not self._is_folding():
                    break
                stack.close()
                time.sleep(_AGAIN_SECONDS)
            yield

    def _is_folding(self) -> bool:
        """Returns whether a program has replaced the pages, and brings them into the file."""
        folder = self._directory / opening.REBUILD
        with explain_disk_errors(_DOING):
            replaced = is_there(folder) and not is_there(folder / opening.DATABASE)
        return replaced and is_held(self._directory / opening.REBUILD_LOCK)

    def describe_wait(self) -> Message:
        """Returns what somebody waits for who can't write just now."""
        return _WAIT_FOR_REBUILD if self.is_rebuilding() else _WAIT_FOR_STEP

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
        self, user: int, hold: Hold, transaction: Transaction, progress: OnProgress, wait: float = WAIT_SECONDS
    ) -> bool:
        """Overwrites sealed bytes without a key with zeros, and rebuilds the database if a destruction owes it.

        One program at a time does so; another waits while the first copies. The caller does not hold the writer's lock, which is
        free while rows are copied and while the log is emptied. When something was erased while rows were copied the copy is made
        once more, at last with writers kept out.

        Returns:
            False when somebody is reading just now, so that the write-ahead log could not be emptied.

        Raises:
            StoreError: if the disk refuses
            StoreBusy: if another program rebuilds the database and `wait` seconds have passed
        """
        with self._lock.hold(wait, _REBUILDING, patient=self.is_rebuilding):
            try:
                if not any(self._rebuild_beside_writers(user, hold, transaction, progress) for _ in range(_TIMES_BESIDE)):
                    with hold(True):
                        self._rebuild_alone(user, transaction, progress)
                self._remove_files()
                return self._empty_log(hold, transaction, progress)
            finally:
                self._clear(hold, transaction)

    def drop_change_log(self, transaction: Transaction) -> None:
        """Drops what an interrupted copy left in the schema, before that is changed. The caller holds the writer's lock.

        Raises:
            StoreBusy: if another program is copying just now
        """
        if change_log.is_started(self._database.writer):
            with self._lock.hold(0, _REBUILDING), transaction() as batch:
                change_log.stop_log(batch)

    def finish_at_opening(self, forget: Callable[[float], bool]) -> None:
        """Finishes an interrupted destruction. If that fails, the store still opens and still owes it.

        `forget` is `Store.forget_older_state` with the seconds that it waits for another program that does the same: none. The
        caller does not hold the writer's lock.
        """
        if not sql.is_compaction_owed(self._database.writer):  # which is open already: a reader's connection costs 2 ms
            return
        try:
            if forget(0):
                _log.info("finished a destruction that was interrupted")
        except StoreError as error:
            _log.warning("a destruction is still not finished", exc_info=error)

    def _rebuild_beside_writers(self, user: int, hold: Hold, transaction: Transaction, progress: OnProgress) -> bool:
        """Rebuilds the database while others write, if that is owed; returns False when the copy is of no use."""
        merged = None
        if sql.is_rebuild_owed(self._database.reader()):
            self._require_room()
            merged = merge_words_beside_writers(self._database, hold, transaction)
        with ExitStack() as stack:
            pages = stack.enter_context(ExitStack())
            with hold(False):
                zero_sealed_bytes(self._directory / opening.VAULT, vault_sql.list_destroyed(self._database.writer))
                if not sql.is_rebuild_owed(self._database.writer):
                    return True
                if merged != sql.count_acts(self._database.writer):
                    self._merge_words(transaction)
                copy = stack.enter_context(self._start_copy(transaction))
                snapshot = pages.enter_context(open_snapshot(self._database, self._heads.pages, self._heads.read()))
                with transaction() as batch:
                    change_log.start_log(batch)
                schema = change_log.describe_schema(self._database.writer)
            snapshot.require_current_pages(self._heads.store)
            pages.close()
            copy.copy_rows(_DOING, progress)
            if not all(copy.catch_up(change_log.carry_over_words) for _ in range(_TIMES_WORDS)):
                return False
            with hold(True):
                writer = self._database.writer
                if not change_log.is_started(writer) or change_log.was_erased(writer):
                    return False
                if change_log.describe_schema(writer) != schema:
                    return False
                with explain_disk_errors(_DOING):
                    made = copy.bring_up_to_date(lambda run: change_log.carry_over(run, writer))
                copy.close()  # it sees an older state, for which the write-ahead log would be kept
                if made is None:
                    return False
                self._replace_pages(made, user)
        return True

    def _rebuild_alone(self, user: int, transaction: Transaction, progress: OnProgress) -> None:
        """Rebuilds the database while writers are kept out."""
        self._merge_words(transaction)
        with open_snapshot(self._database, self._heads.pages, self._heads.read()) as snapshot:
            snapshot.require_current_pages(self._heads.store)
        with self._start_copy(transaction) as copy:
            made = copy.finish(_DOING, progress)
        self._replace_pages(made, user)

    def _require_room(self) -> None:
        """Raises StoreError when the disk has no room for the copy and for its pages in the write-ahead log."""
        with explain_disk_errors(_DOING):
            size = file_size(self._directory / opening.DATABASE) or 0
            require_free_space(self._directory, _TIMES_THE_DATABASE * size + limits.MIN_FREE, Message("The store's disk"))

    def _merge_words(self, transaction: Transaction) -> None:
        """Merges all search words while writers are kept out."""
        with transaction() as batch:
            sql.merge_search_words(batch)

    def _start_copy(self, transaction: Transaction) -> DatabaseCopy:
        """Begins a copy in the folder of the rebuild, without what an interrupted copy left. The caller keeps writers out."""
        folder = self._directory / opening.REBUILD
        with explain_disk_errors(_DOING):
            _remove_copy(folder)
            make_private_folder(folder)
        if change_log.is_started(self._database.writer):
            with transaction() as batch:
                change_log.stop_log(batch)
        return DatabaseCopy(self._database, folder / opening.DATABASE, memoryview(os.urandom(_KEY_BYTES)))

    def _replace_pages(self, made: Database, user: int) -> None:
        """Replaces the pages by those of the copy.

        The copy is of the last state, and the caller keeps writers out. Raises StoreError if the disk refuses; nothing was
        changed then.
        """
        try:
            made.writer.begin()
            sql.mark_rebuilt(made.writer)
            entries = audit.LogAppender(made.writer, user)
            entries.note("database rebuilt", {})
            state = entries.finish()
            made.writer.commit()
            self._database.take_pages(made)
        finally:
            made.close()
        self._heads.write(state)

    def _empty_log(self, hold: Hold, transaction: Transaction, progress: OnProgress) -> bool:
        """Empties the write-ahead log, which holds older pages; returns whether that was possible. Nothing is owed then."""

        def settle() -> None:
            """Records it, unless something was erased since the pages were rebuilt."""
            if sql.is_compaction_owed(self._database.writer) and not sql.is_rebuild_owed(self._database.writer):
                with transaction() as batch:
                    sql.clear_compaction_owed(batch)

        def tell() -> None:
            """Says what is waited for."""
            progress(Progress(done=0, total=None, unit="pages", note=WAITING))

        return empty_log(self._database, self._heads.pages, hold, settle, tell)

    def _remove_files(self) -> None:
        """Removes the copied database, and leaves its folder: others are patient while that is there."""
        folder = self._directory / opening.REBUILD
        with explain_disk_errors(_DOING):
            for name in opening.DATABASE_FILES if is_there(folder) else ():
                remove_file(folder / name)

    def _clear(self, hold: Hold, transaction: Transaction) -> None:
        """Removes what a copy that was not used left, its folder and the log of changes in the store."""
        if change_log.is_started(self._database.reader()):
            with suppress(StoreError), hold(False), transaction() as batch:  # else the next rebuild drops it
                change_log.stop_log(batch)
        with explain_disk_errors(_DOING):
            _remove_copy(self._directory / opening.REBUILD)


def _remove_copy(folder: Path) -> None:
    """Removes the folder of the copied database, if it is there."""
    if is_there(folder):
        remove_folder(folder, opening.DATABASE_FILES)
