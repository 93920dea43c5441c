"""Where a change of the database's key stands after an interruption (rekey.py makes the copy, this module swaps it in).

    rekey/      the copy while it is made; the next start takes it away
    rekeyed/    the whole and flushed copy; its files are put into their places, by the change itself or by the next start

The change counts from the moment at which `rekey` is renamed to `rekeyed`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from triage.errors import StoreBusy, StoreError
from triage.message import Message
from triage.safe_files import (
    UnsafeFile,
    erase_file,
    is_there,
    move_file,
    open_to_change,
    overwrite,
    remove_file,
    remove_folder,
    require_own_file,
    sync_folder,
)
from triage.store import audit, opening
from triage.store.database import Database
from triage.store.files import disk
from triage.store.key_form import KeyFile
from triage.store.keys import Ring
from triage.store.lock import WriterLock
from triage.store.queries import audit_log
from triage.store.queries import users as users_sql

_FILES = (opening.DATABASE, opening.HEAD, opening.KEYS)
"""In the order in which they take their places. The folder is there until all have."""


def read_settled_keys(directory: Path, unlock: Callable[[KeyFile], Ring]) -> KeyFile:
    """Returns the key file to begin with, after an interrupted change of key is brought to its end or taken back.

    `unlock` opens the key file that lies there. Raises StoreError, and whatever `unlock` raises.
    """
    with disk(Message("reading the store")):
        unfinished = is_there(directory / opening.NEXT) or is_there(directory / opening.READY)
    if unfinished:
        with WriterLock(directory / opening.LOCK).hold(), disk(Message("changing the database's key")):
            remove_unfinished_copy(directory)
            if is_there(directory / opening.READY / opening.DATABASE):
                _require_successor(directory, unlock)
            move_copy_into_place(directory)
    return opening.read_keys(directory)


@contextmanager
def telling_from_damage(directory: Path, used: KeyFile) -> Iterator[None]:
    """Raises StoreBusy in place of "damaged" when the database does not open because another program changes its key just now."""
    try:
        yield
    except StoreError as error:
        if is_there(directory / opening.READY) or opening.read_keys(directory) != used:
            raise StoreBusy("The key of this store's database was changed a moment ago; open the store again.") from error
        raise


def _require_successor(directory: Path, unlock: Callable[[KeyFile], Ring]) -> None:
    """Raises StoreError unless the whole copy is one step ahead of the database whose place it takes."""
    ring = unlock(opening.read_keys(directory))
    try:
        database = Database(directory / opening.DATABASE, ring.keys.database)
        try:
            now_at, store = audit_log.load_state(database.writer), users_sql.load_store_id(database.writer)
        finally:
            database.close()
        head = audit.read_head(directory / opening.READY / opening.HEAD)
        ours = head.store == store and head.signed_by(ring.keys.public())
    finally:
        ring.wipe()
    if not ours or head.commits != now_at.commits + 1:
        raise StoreError(
            "The folder rekeyed of this store holds a database that does not follow the one in use; nothing was changed."
            " Move that folder out of the store and keep it, then open the store again."
        )


def remove_unfinished_copy(directory: Path) -> None:
    """Removes the copy that was not finished. Raises OSError."""
    folder = directory / opening.NEXT
    if is_there(folder):
        erase_file(folder / opening.KEYS)
        _remove(folder)


def move_copy_into_place(directory: Path) -> None:
    """Moves the finished copy into the store's place. When it was interrupted, calling it again goes on. Raises OSError."""
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
