"""A new key for the database. A copy under the new key, with the key file and the head that belong to it, is made and checked in
a folder of the store, and takes the store's place at one stroke:

    rekey/      while it is made; the next start takes it away
    rekeyed/    whole and flushed: the next start, or this step itself, puts its files into their places

The change counts from the moment at which the one folder is renamed to the other. Nobody else may have the store open: a
connection to the old file would go on reading it, and never see that it was replaced.

With the old key file, which is overwritten, goes the key of every page that was ever written under it: also of those that lie in
free blocks of the disk, or in a copy, without a passphrase of its day.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from triage import limits
from triage.errors import StoreError
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.safe_files import (
    UnsafeFile,
    erase_file,
    file_size,
    flush,
    is_there,
    make_private_folder,
    move_file,
    open_to_change,
    overwrite,
    remove_file,
    remove_folder,
    require_own_file,
    sync_folder,
)
from triage.store import audit, opening
from triage.store.database import Database, OnPages
from triage.store.files import disk, require_room
from triage.store.key_form import KeyFile
from triage.store.keys import Ring
from triage.store.lock import WriterLock
from triage.store.pages import Pages, used_elsewhere
from triage.store.queries import record
from triage.store.queries import users as users_sql

if TYPE_CHECKING:
    from triage.store.store import Store

_FILES = (opening.DATABASE, opening.HEAD, opening.KEYS)
"""In the order in which they take their places. The folder is there until all have."""
_NO_SUCCESSOR = (
    "The folder rekeyed of this store holds a database that does not follow the one in use; nothing was changed."
    " Move that folder out of the store and keep it, then open the store again."
)
_OPEN_ELSEWHERE = "Another window or program has this store open; close it there, then run this again."


def settled_keys(directory: Path, unlock: Callable[[KeyFile], Ring]) -> KeyFile:
    """Returns the key file to begin with, after an interrupted change of key is brought to its end or taken back.

    `unlock` opens the key file that lies there. Raises StoreError, and whatever `unlock` raises.
    """
    with disk("reading the store"):
        unfinished = is_there(directory / opening.NEXT) or is_there(directory / opening.READY)
    if unfinished:
        with WriterLock(directory / opening.LOCK).hold(), disk("changing the database's key"):
            _take_back(directory)
            if is_there(directory / opening.READY / opening.DATABASE):
                _require_successor(directory, unlock)
            _put_in_place(directory)
    return opening.read_keys(directory)


def _require_successor(directory: Path, unlock: Callable[[KeyFile], Ring]) -> None:
    """Raises StoreError unless the whole copy is one step ahead of the database whose place it takes."""
    ring = unlock(opening.read_keys(directory))
    try:
        database = Database(directory / opening.DATABASE, ring.keys.database)
        try:
            now_at, store = record.state(database.writer), users_sql.store_id(database.writer)
        finally:
            database.close()
        head = audit.read_head(directory / opening.READY / opening.HEAD)
        ours = head.store == store and head.signed_by(ring.keys.public())
    finally:
        ring.wipe()
    if not ours or head.commits != now_at.commits + 1:
        raise StoreError(_NO_SUCCESSOR)


def replace_key(store: Store, progress: OnProgress = ignore_progress, cancel: CancelToken | None = None) -> int:
    """Gives the database and the key file new keys; returns the key file's generation. The store is closed afterwards.

    Passphrases, recovery halves, the signing key and the record stay. Raises StoreError, Cancelled: the store is then as before.
    """
    directory, cancel = store.directory, cancel or CancelToken()
    with disk("reading the store"):
        needed = (file_size(directory / opening.DATABASE) or 0) + limits.MIN_FREE
    require_room(directory, needed, "The store's disk")
    with store.at_rest():
        _alone(directory)
        ring = store.keys.ring.for_copy()
        try:
            with disk("changing the database's key"):
                make_private_folder(directory / opening.NEXT)
                _make(store, ring, directory / opening.NEXT, progress, cancel)
                _alone(directory)
                store.close()
                move_file(directory / opening.NEXT, directory / opening.READY)
                sync_folder(directory)
                _put_in_place(directory)
            return ring.file.generation
        except BaseException:
            with disk("changing the database's key"):
                _take_back(directory)
            raise
        finally:
            ring.wipe()


def _alone(directory: Path) -> None:
    if used_elsewhere(directory / opening.DATABASE):
        raise StoreError(_OPEN_ELSEWHERE)


def _make(store: Store, ring: Ring, folder: Path, progress: OnProgress, cancel: CancelToken) -> None:
    """The three files, each flushed, one step of the record further than the store."""

    def on_pages(_status: int, left: int, total: int) -> None:
        cancel.check()
        progress(Progress(done=total - left, total=total, unit="pages", note="encrypting anew"))

    with _copied(store, ring, folder, on_pages) as (database, pages):
        writer = database.writer
        writer.begin()
        record = audit.Appender(writer, store.user.id)
        record.note("database key replaced", {"generation": ring.file.generation})
        users_sql.bind_keys(writer, ring.file.generation, ring.file.digest())
        state = record.finish()
        writer.commit()
        if not database.empty_log():
            raise StoreError(_OPEN_ELSEWHERE)
        progress(Progress(done=0, total=1, unit="steps", note="checking"))
        for problem in database.check():
            raise StoreError(problem)
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


def _take_back(directory: Path) -> None:
    """Nothing of what was begun stays. Raises OSError."""
    folder = directory / opening.NEXT
    if is_there(folder):
        erase_file(folder / opening.KEYS)
        _remove(folder)


def _put_in_place(directory: Path) -> None:
    """Done again after it was interrupted, it goes on. Raises OSError."""
    folder = directory / opening.READY
    if not is_there(folder):
        return
    for name in _FILES:  # before any of them has taken its place
        require_own_file(folder / name)
    if is_there(folder / opening.DATABASE):
        for name in opening.DATABASE_FILES[1:]:  # the old database's: must not be taken for the new one's
            remove_file(directory / name)
        sync_folder(directory)
    for name in _FILES:
        if is_there(folder / name):
            _move(folder / name, directory / name, secret=name == opening.KEYS)
    sync_folder(directory)
    _remove(folder)
    sync_folder(directory)


def _move(new: Path, old: Path, *, secret: bool) -> None:
    if not secret or os.name == "nt":  # Windows replaces no open file
        move_file(new, old)
        return
    with open_to_change(old) as before:
        move_file(new, old)
        overwrite(before)


def _remove(folder: Path) -> None:
    """What Triage did not put there stays, and with it the folder: a person has to look at it."""
    if not remove_folder(folder, {*_FILES, *opening.DATABASE_FILES}):
        raise UnsafeFile(folder, "it holds a file that is not Triage's")
