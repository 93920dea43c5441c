"""Gives the database a new key: copies it under the new key and swaps the copy in (key_swap.py).

The copy is made and checked in a folder of the store, with the key file and the head that belong to it. It takes the store's
place at one stroke. Nobody else may have the store open: a connection to the old file would go on reading it and never see that
it was replaced.

The old key file is overwritten. Its key opened every page that was ever written under it, also those in free blocks of the disk
or in a copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triage import limits
from triage.errors import StoreError
from triage.message import Message
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.safe_files import file_size, flush, make_private_folder, move_file, open_to_change, sync_folder
from triage.store import audit, opening
from triage.store.database import Database
from triage.store.files import explain_disk_errors, require_free_space
from triage.store.generations import find_newest, find_older
from triage.store.key_swap import move_copy_into_place, remove_unfinished_copy
from triage.store.keys import KeyRing
from triage.store.pages import PageDigests, is_used_elsewhere
from triage.store.queries import users as users_sql
from triage.store.queries.database_check import find_damage
from triage.store.store import Store


def replace_database_key(store: Store, progress: OnProgress = ignore_progress, cancel: CancelToken | None = None) -> int:
    """Gives the database and the key file new keys; returns the key file's generation. The store is closed afterwards.

    Passphrases, recovery halves, the signing key and the audit log stay.

    Raises:
        StoreError: if the store is open elsewhere or the disk refuses; the store is then as before
        Cancelled: if the token was set; the store is then as before
    """
    directory, cancel = store.directory, cancel or CancelToken()
    with explain_disk_errors(Message("reading the store")):
        needed = (file_size(find_newest(directory)) or 0) + limits.MIN_FREE
    require_free_space(directory, needed, Message("The store's disk"))
    with store.at_rest():
        _require_sole_use(directory)
        ring = store.keys.ring.make_copy_ring()
        try:
            with explain_disk_errors(Message("changing the database's key")):
                make_private_folder(directory / opening.NEXT)
                _make_copy(store, ring, directory / opening.NEXT, progress, cancel)
                _require_sole_use(directory)
                store.close()
                move_file(directory / opening.NEXT, directory / opening.READY)
                sync_folder(directory)
                move_copy_into_place(directory)
            return ring.file.generation
        except BaseException:
            with explain_disk_errors(Message("changing the database's key")):
                remove_unfinished_copy(directory)
            raise
        finally:
            ring.wipe()


def _require_sole_use(directory: Path) -> None:
    """Raises StoreError when another window or program has the store open, and be it the database before a rebuild."""
    newest = find_newest(directory)
    if any(is_used_elsewhere(path) for path in (newest, *find_older(newest))):
        raise StoreError("Another window or program has this store open; close it there, then run this again.")


def _make_copy(store: Store, ring: KeyRing, folder: Path, progress: OnProgress, cancel: CancelToken) -> None:
    """Makes the three files, each flushed, one step of the audit log further than the store."""
    with _open_copy(store, ring, folder, progress, cancel) as (database, pages):
        writer = database.writer
        writer.begin()
        record = audit.LogAppender(writer, store.user.id)
        record.note("database key replaced", {"generation": ring.file.generation})
        users_sql.save_bound_keys(writer, ring.file.generation, ring.file.digest())
        state = record.finish()
        writer.commit()
        if not database.empty_log():
            raise StoreError("Another window or program has this store open; close it there, then run this again.")
        progress(Progress(done=0, total=1, unit="steps", note=Message("checking")))
        for problem in find_damage(writer):
            raise StoreError(problem)  # message-ok
        cancel.check()
        sealed = pages.seal_digest(pages.digest_all(writer), store.id, state.commits)
        audit.write_head(folder / opening.HEAD, audit.make_head(store.id, state, store.sign, sealed))
        opening.write_key_file(folder, ring.file)
    with open_to_change(folder / opening.DATABASE) as file:
        flush(file)
    sync_folder(folder)


@contextmanager
def _open_copy(
    store: Store, ring: KeyRing, folder: Path, progress: OnProgress, cancel: CancelToken
) -> Iterator[tuple[Database, PageDigests]]:
    """Copies the database under the new key; yields the copy and its page digests, and closes both."""
    with store.begin_copy(folder / opening.DATABASE, ring.keys.database) as copy:
        database = copy.finish(Message("encrypting anew"), progress, cancel)
    pages = PageDigests(folder / opening.DATABASE, ring.keys.database)
    try:
        yield database, pages
    finally:
        database.close()
        pages.close()
