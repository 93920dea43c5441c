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
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from triage import limits
from triage.errors import StoreError
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.store import audit, opening
from triage.store.database import Database, OnPages
from triage.store.files import disk, flush, overwrite, private_directory, require_room, sync_directory
from triage.store.keys import KeyFile, Ring
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
    if (directory / opening.NEXT).exists() or (directory / opening.READY).exists():
        with WriterLock(directory / opening.LOCK).hold(), disk("changing the database's key"):
            _take_back(directory)
            if (directory / opening.READY / opening.DATABASE).exists():
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
        needed = (directory / opening.DATABASE).stat().st_size + limits.MIN_FREE
    require_room(directory, needed, "The store's disk")
    with store.at_rest():
        _alone(directory)
        ring = store.keys.ring.for_copy()
        try:
            with disk("changing the database's key"):
                private_directory(directory / opening.NEXT)
                _make(store, ring, directory / opening.NEXT, progress, cancel)
                _alone(directory)
                store.close()
                (directory / opening.NEXT).rename(directory / opening.READY)
                sync_directory(directory)
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
    with (folder / opening.DATABASE).open("r+b") as file:
        flush(file)
    sync_directory(folder)


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
    if folder.exists():
        _forget(folder / opening.KEYS)
        shutil.rmtree(folder)


def _put_in_place(directory: Path) -> None:
    """Done again after it was interrupted, it goes on. Raises OSError."""
    folder = directory / opening.READY
    if not folder.exists():
        return
    if (folder / opening.DATABASE).exists():
        for end in ("-wal", "-shm"):  # the old database's: it was folded in, and must not be taken for the new one's
            (directory / f"{opening.DATABASE}{end}").unlink(missing_ok=True)
        sync_directory(directory)
    for name in _FILES:
        if (folder / name).exists():
            _move(folder / name, directory / name, secret=name == opening.KEYS)
    sync_directory(directory)
    shutil.rmtree(folder)
    sync_directory(directory)


def _move(new: Path, old: Path, *, secret: bool) -> None:
    if not secret or os.name == "nt":  # Windows replaces no open file
        new.replace(old)
        return
    with old.open("r+b") as before:
        new.replace(old)
        overwrite(before)


def _forget(path: Path) -> None:
    if path.exists():
        with path.open("r+b") as file:
            overwrite(file)
