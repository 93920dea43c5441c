"""Swaps the copy with a new key into the store's place, and finishes or undoes an interrupted change of the database's key.

    rekey/      the copy while rekey.py makes it; the next start removes it
    rekeyed/    the complete, flushed copy; the change itself, or the next start, moves its files into their places

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
from triage.store.files import explain_disk_errors
from triage.store.generations import ENDS, find_newest
from triage.store.key_form import KeyFile
from triage.store.keys import KeyRing
from triage.store.lock import WriterLock
from triage.store.queries import audit_log
from triage.store.queries import users as users_sql

_FILES = (opening.DATABASE, opening.HEAD, opening.KEYS)
"""The files in the order in which they are moved. The folder is there until all are moved."""


def read_settled_keys(directory: Path, unlock: Callable[[KeyFile], KeyRing], *, read_only: bool = False) -> KeyFile:
    """Finishes or undoes an interrupted change of the database's key; returns the key file to begin with.

    `unlock` opens the key file that is there, and may raise. With `read_only` an interrupted change is refused.

    Raises:
        StoreError: if the disk refuses, or a foreign copy is in the way
    """
    with explain_disk_errors(Message("reading the store")):
        unfinished = is_there(directory / opening.NEXT) or is_there(directory / opening.READY)
    if unfinished and read_only:
        raise opening.make_unsettled_error()
    if unfinished:
        with WriterLock(directory / opening.LOCK).hold(), explain_disk_errors(Message("changing the database's key")):
            remove_unfinished_copy(directory)
            if is_there(directory / opening.READY / opening.DATABASE):
                _require_successor(directory, unlock)
            move_copy_into_place(directory)
    return opening.read_key_file(directory)


@contextmanager
def explain_swapped_key(directory: Path, used: KeyFile) -> Iterator[None]:
    """Raises StoreBusy in place of a StoreError inside when another program changes the database's key just now."""
    try:
        yield
    except StoreError as error:
        if is_there(directory / opening.READY) or opening.read_key_file(directory) != used:
            raise StoreBusy("The key of this store's database was changed a moment ago; open the store again.") from error
        raise


def _require_successor(directory: Path, unlock: Callable[[KeyFile], KeyRing]) -> None:
    """Raises StoreError unless the whole copy is one step ahead of the database whose place it takes."""
    ring = unlock(opening.read_key_file(directory))
    try:
        database = Database(find_newest(directory), ring.keys.database)
        try:
            now_at, store = audit_log.load_state(database.writer), users_sql.load_store_id(database.writer)
        finally:
            database.close()
        head = audit.read_head(directory / opening.READY / opening.HEAD)
        ours = head.store == store and head.is_signed_by(ring.keys.public_signing_key())
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
        _remove_folder(folder)


def move_copy_into_place(directory: Path) -> None:
    """Moves the finished copy into the store's place. When it was interrupted, calling it again goes on. Raises OSError."""
    folder = directory / opening.READY
    if not is_there(folder):
        return
    database = find_newest(directory)
    for name in _FILES:  # before any of them has taken its place
        require_own_file(folder / name)
    if is_there(folder / opening.DATABASE):
        for end in ENDS[1:]:  # the old database's: must not be taken for the new one's
            remove_file(database.with_name(database.name + end))
        sync_folder(directory)
    for name in _FILES:
        if is_there(folder / name):
            _move(folder / name, database if name == opening.DATABASE else directory / name, secret=name == opening.KEYS)
    sync_folder(directory)
    _remove_folder(folder)
    sync_folder(directory)


def _move(new: Path, old: Path, *, secret: bool) -> None:
    """Moves a file into its place; `secret` overwrites the bytes of the file that was there."""
    if not secret or os.name == "nt":  # Windows replaces no open file
        move_file(new, old)
        return
    with open_to_change(old) as before:
        move_file(new, old)
        overwrite(before)


def _remove_folder(folder: Path) -> None:
    """Removes the folder of a copy.

    Raises:
        UnsafeFile: if the folder holds a file that Triage did not put there; a person has to look at it
    """
    if not remove_folder(folder, {*_FILES, *opening.DATABASE_FILES}):
        raise UnsafeFile(folder, "it holds a file that is not Triage's")
