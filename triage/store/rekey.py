"""Gives the database a new key: copies it under the new key and swaps the copy in (key_swap.py).

The copy gets the key file and the head that belong to it. It is made and checked in a folder of the store, and takes the
store's place at one stroke. Nobody else may have the store open: a connection to the old file would go on reading it and never
see that it was replaced.

The old key file is overwritten. With it goes the key of every page that was ever written under it, also of pages that lie in
free blocks of the disk, or in a copy.
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
from triage.store.database import Database, OnPages
from triage.store.files import disk, require_room
from triage.store.key_swap import move_copy_into_place, remove_unfinished_copy
from triage.store.keys import Ring
from triage.store.pages import Pages, used_elsewhere
from triage.store.queries import users as users_sql
from triage.store.store import Store


def replace_key(store: Store, progress: OnProgress = ignore_progress, cancel: CancelToken | None = None) -> int:
    """Gives the database and the key file new keys; returns the key file's generation. The store is closed afterwards.

    Passphrases, recovery halves, the signing key and the record stay. Raises StoreError, Cancelled: the store is then as before.
    """
    directory, cancel = store.directory, cancel or CancelToken()
    with disk(Message("reading the store")):
        needed = (file_size(directory / opening.DATABASE) or 0) + limits.MIN_FREE
    require_room(directory, needed, Message("The store's disk"))
    with store.at_rest():
        _alone(directory)
        ring = store.keys.ring.for_copy()
        try:
            with disk(Message("changing the database's key")):
                make_private_folder(directory / opening.NEXT)
                _make(store, ring, directory / opening.NEXT, progress, cancel)
                _alone(directory)
                store.close()
                move_file(directory / opening.NEXT, directory / opening.READY)
                sync_folder(directory)
                move_copy_into_place(directory)
            return ring.file.generation
        except BaseException:
            with disk(Message("changing the database's key")):
                remove_unfinished_copy(directory)
            raise
        finally:
            ring.wipe()


def _alone(directory: Path) -> None:
    if used_elsewhere(directory / opening.DATABASE):
        raise StoreError("Another window or program has this store open; close it there, then run this again.")


def _make(store: Store, ring: Ring, folder: Path, progress: OnProgress, cancel: CancelToken) -> None:
    """The three files, each flushed, one step of the record further than the store."""

    def on_pages(_status: int, left: int, total: int) -> None:
        cancel.check()
        progress(Progress(done=total - left, total=total, unit="pages", note=Message("encrypting anew")))

    with _copied(store, ring, folder, on_pages) as (database, pages):
        writer = database.writer
        writer.begin()
        record = audit.Appender(writer, store.user.id)
        record.note("database key replaced", {"generation": ring.file.generation})
        users_sql.bind_keys(writer, ring.file.generation, ring.file.digest())
        state = record.finish()
        writer.commit()
        if not database.empty_log():
            raise StoreError("Another window or program has this store open; close it there, then run this again.")
        progress(Progress(done=0, total=1, unit="steps", note=Message("checking")))
        for problem in database.check():
            raise StoreError(problem)  # message-ok
        cancel.check()
        sealed = pages.sealed(pages.whole(writer), store.id, state.commits)
        audit.write_head(folder / opening.HEAD, audit.make_head(store.id, state, store.sign, sealed))
        opening.write_keys(folder, ring.file)
    with open_to_change(folder / opening.DATABASE) as file:
        flush(file)
    sync_folder(folder)


@contextmanager
def _copied(store: Store, ring: Ring, folder: Path, on_pages: OnPages) -> Iterator[tuple[Database, Pages]]:
    database = store.copy_database(folder / opening.DATABASE, ring.keys.database, on_pages)
    pages = Pages(folder / opening.DATABASE, ring.keys.database)
    try:
        yield database, pages
    finally:
        database.close()
        pages.close()
