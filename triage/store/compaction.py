"""Rebuilds the database after a destruction, so that no page holds what was erased.

SQLite's `secure_delete` writes zeros over deleted rows, but a page that was split keeps copies of rows that moved away. So the
rows are copied one by one into a new file. Deleted search words live on in their index: those are merged before
(word_merging.py), once for all destructions since the last one.

Others write meanwhile: what they change is noted (queries/change_log.py), and copied again with writers kept out. Search words,
of which all would be read again for each report that came in, are brought up to date before that as well. A small database is
first copied without notes, which is enough when nobody wrote. A copy that is of no use, or holds what was erased meanwhile, is
overwritten. The new file then becomes the store's database by one rename, whatever its size, and all connections go over to it
(generations.py). This is a step of the audit log like any other: a kill leaves the state before or after it. The file before is
overwritten when nobody has it open any more (wiping.py).

A destruction records in its own batch that the rebuild is owed. The new file says that it is rebuilt, and for how many
destructions. The record goes when the file before is gone. So an interrupted destruction is finished when the store is opened
next, and one that came meanwhile is rebuilt by its own program.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from triage import limits
from triage.errors import StoreError
from triage.message import Message
from triage.model.progress import OnProgress, Progress
from triage.safe_files import file_size, is_there, make_private_folder, move_file, remove_folder, sync_folder
from triage.store import audit, opening
from triage.store.database import Database
from triage.store.database_copy import DatabaseCopy
from triage.store.files import explain_disk_errors, require_free_space
from triage.store.generations import find_older, name_next
from triage.store.heads import HeadKeeper
from triage.store.integrity import CheckFindings
from triage.store.lock import WAIT_SECONDS, WriterLock
from triage.store.pages import PageDigests
from triage.store.queries import audit_log, change_log
from triage.store.queries import compaction as sql
from triage.store.queries import vault as vault_sql
from triage.store.snapshot import open_snapshot
from triage.store.wiping import overwrite_all, wipe_unused
from triage.store.word_merging import Hold, Transaction, merge_words_beside_writers
from triage.store.zeroing import zero_sealed_bytes

_BRIEF_PAGES = 4096
"""Up to 64 MB are first copied without notes of what others change: to prepare those takes longer than to copy a small store.
When somebody wrote in the second that it takes, it is copied once more, with notes."""
_TIMES_BESIDE = 2  # copies that are made while others write; whoever destroys all the time ends with one while nobody does
_TIMES_WORDS = 2  # the first time takes in what came in a minute or an hour of copying, the second one what came in the first
_DOING = Message("rebuilding the database")
_REBUILDING = Message("Another program rebuilds the store's database after a destruction; wait until it has ended.")
_WAIT_FOR_REBUILD = Message(
    "The database is being rebuilt after a destruction. What you record waits for that and is not lost; a large store takes"
    " minutes."
)
_WAIT_FOR_STEP = Message("Another program or window is writing to the store. What you record waits for that.")
_CHANGED = Message("Another program changed the rebuilt database while it was made; run this again.")
_WAIT_SECONDS = 30.0
_AGAIN_SECONDS = 0.2

_log = logging.getLogger(__name__)

WAITING = Message("waiting for whoever still reads older pages, such as a backup: 30 seconds at most")
"""What is said while the file before can't be overwritten."""


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
        free while rows are copied and while the file before is overwritten. When something was erased while rows were copied the
        copy is made once more, at last with writers kept out.

        Returns:
            False when somebody is reading just now, so that the file before could not be overwritten.

        Raises:
            StoreError: if the disk refuses
            StoreBusy: if another program rebuilds the database and `wait` seconds have passed
        """
        with self._lock.hold(wait, _REBUILDING, patient=self.is_rebuilding):
            try:
                is_small = self._database.reader().count_pages() <= _BRIEF_PAGES
                noting = [False] * is_small + [True] * _TIMES_BESIDE
                if not any(self._rebuild_beside_writers(user, hold, transaction, progress, noted=noted) for noted in noting):
                    with hold(True):
                        self._rebuild_alone(user, transaction, progress)
                return self._wipe_older(hold, transaction, progress)
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
            self._remove_leftovers()
            return
        try:
            if forget(0):
                _log.info("finished a destruction that was interrupted")
        except StoreError as error:
            _log.warning("a destruction is still not finished", exc_info=error)

    def _rebuild_beside_writers(
        self, user: int, hold: Hold, transaction: Transaction, progress: OnProgress, *, noted: bool
    ) -> bool:
        """Rebuilds the database while others write, if that is owed; returns False when the copy is of no use.

        With `noted` what they change is noted, and taken over. Without, the copy is of no use once something was committed.
        """
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
                if noted:
                    with transaction() as batch:
                        change_log.start_log(batch)
                schema = change_log.describe_schema(self._database.writer) if noted else []
                commits = audit_log.load_state(self._database.writer).commits
            snapshot.require_current_pages(self._heads.store)
            pages.close()
            copy.copy_rows(_DOING, progress)
            if noted and not all(copy.catch_up(change_log.carry_over_words) for _ in range(_TIMES_WORDS)):
                return False
            made = stack.enter_context(closing(_Successor(copy.settle())))
            with hold(True):
                writer = self._database.writer
                if not noted:
                    if audit_log.load_state(writer).commits != commits:
                        return False
                elif not self._bring_up_to_date(copy, schema):
                    return False
                made.count_step()
                self._take_place(made, user, copy)
        return True

    def _bring_up_to_date(self, copy: DatabaseCopy, schema: list[tuple[object, ...]]) -> bool:
        """Takes over what was changed since the copy was begun, when the schema was this one; returns False when it can't.

        The caller keeps writers out.
        """
        writer = self._database.writer
        if not change_log.is_started(writer) or change_log.was_erased(writer):
            return False
        if change_log.describe_schema(writer) != schema:
            return False
        with explain_disk_errors(_DOING):
            return copy.bring_up_to_date(lambda run: change_log.carry_over(run, writer))

    def _rebuild_alone(self, user: int, transaction: Transaction, progress: OnProgress) -> None:
        """Rebuilds the database while writers are kept out."""
        self._merge_words(transaction)
        with open_snapshot(self._database, self._heads.pages, self._heads.read()) as snapshot:
            snapshot.require_current_pages(self._heads.store)
        with self._start_copy(transaction) as copy:
            copy.copy_rows(_DOING, progress)
            with closing(_Successor(copy.settle())) as made:
                self._take_place(made, user, copy)

    def _require_room(self) -> None:
        """Raises StoreError when the disk has no room for the copy."""
        with explain_disk_errors(_DOING):
            size = file_size(self._database.path) or 0
            require_free_space(self._directory, size + limits.MIN_FREE, Message("The store's disk"))

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
        return DatabaseCopy(self._database, folder / opening.DATABASE, self._database.key)

    def _take_place(self, made: _Successor, user: int, copy: DatabaseCopy) -> None:
        """Makes the copy the store's database.

        The copy is of the last state, and the caller keeps writers out. Raises StoreError if the disk refuses; nothing was
        changed then, unless only the head is missing, which the next step writes.
        """
        writer = made.database.writer
        writer.begin()
        copy.restore_triggers(writer)
        sql.mark_rebuilt(writer)
        entries = audit.LogAppender(writer, user)
        entries.note("database rebuilt", {})
        state = entries.finish()
        writer.commit()
        digest = made.count_step()
        copy.close()
        if not made.database.empty_log():
            raise StoreError(_CHANGED)  # message-ok
        made.close()
        with explain_disk_errors(_DOING):
            folder = self._directory / opening.REBUILD
            move_file(folder / opening.DATABASE, name_next(self._database.path))
            sync_folder(self._directory)
        self._heads.take_over(state, digest)

    def _wipe_older(self, hold: Hold, transaction: Transaction, progress: OnProgress) -> bool:
        """Overwrites the files before this one; returns whether that was possible. Nothing is owed then.

        While somebody reads one it tries again for half a minute.
        """
        with hold(True):
            newest = self._database.path  # the head fits it; a file that somebody puts beside it later is not gone over to
        end, told = time.monotonic() + _WAIT_SECONDS, False
        while not all(wipe_unused(path, self._database.key) for path in find_older(newest)):
            if time.monotonic() >= end:
                return False
            if not told:
                progress(Progress(done=0, total=None, unit="pages", note=WAITING))
                told = True
            time.sleep(_AGAIN_SECONDS)
        with hold(True):
            if sql.is_compaction_owed(self._database.writer) and not sql.is_rebuild_owed(self._database.writer):
                with transaction() as batch:
                    sql.clear_compaction_owed(batch)
        return True

    def _remove_leftovers(self) -> None:
        """Removes the folder of a rebuild that was killed at its end. Writers would wait for that rebuild for ever."""
        if not self.is_rebuilding():
            return
        try:
            with self._lock.hold(0, _REBUILDING), explain_disk_errors(_DOING):
                _remove_copy(self._directory / opening.REBUILD)
        except StoreError as error:  # such as StoreBusy, while another program still works in it
            _log.warning("the folder of an earlier rebuild stays", exc_info=error)

    def _clear(self, hold: Hold, transaction: Transaction) -> None:
        """Removes what a copy that was not used left, its folder and the log of changes in the store."""
        if change_log.is_started(self._database.reader()):
            with suppress(StoreError), hold(False), transaction() as batch:  # else the next rebuild drops it
                change_log.stop_log(batch)
        with explain_disk_errors(_DOING):
            _remove_copy(self._directory / opening.REBUILD)


class _Successor:
    """The copy while it is prepared to take the store's place: its connection, and the digest of its pages so far."""

    def __init__(self, database: Database) -> None:
        """Adds up all pages of the copy, which this closes."""
        self.database = database
        try:
            self._pages = PageDigests(database.path, database.key)
            self._digest = self._pages.digest_all(database.writer)
        except BaseException:
            database.close()
            raise
        self._closed = False

    def count_step(self) -> int:
        """Returns the digest after the step that was committed last; each one has to be counted.

        Raises:
            StoreError: if its write-ahead log lacks the step
        """
        if self.database.count_unfolded() == self._pages.frames:  # a step that wrote nothing
            return self._digest
        digest = self._pages.digest_after_step(self.database.writer, self._digest)
        if digest is None:
            raise StoreError(_CHANGED)  # message-ok
        self._digest = digest
        return digest

    def close(self) -> None:
        """Closes the copy; another call does nothing."""
        if not self._closed:
            self._closed = True
            self.database.close()
            self._pages.close()


def _remove_copy(folder: Path) -> None:
    """Removes the folder of the copied database, if it is there. Its rows may be erased later, and it has the store's key."""
    if is_there(folder):
        for name in opening.DATABASE_FILES:
            overwrite_all(folder / name)
        remove_folder(folder, opening.DATABASE_FILES)
