"""Overwrites and removes the database that a rebuild has replaced, once nobody has it open."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from pathlib import Path

import sqlcipher3

from triage.message import Message
from triage.safe_files import flush, is_there, open_to_change, remove_file, require_own_file
from triage.store.database import PAGE
from triage.store.files import explain_disk_errors
from triage.store.generations import ENDS

_WIPING = Message("overwriting what was destroyed")
_AT_ONCE = 1 << 20
_LOCKED = 1 << 30
"""Where SQLite locks bytes, which Windows lets nobody else write. It leaves this page empty."""
_TAKEN = {sqlcipher3.SQLITE_BUSY, sqlcipher3.SQLITE_LOCKED}
_UNREADABLE = {sqlcipher3.SQLITE_NOTADB, sqlcipher3.SQLITE_CORRUPT}


def wipe_unused(path: Path, key: memoryview) -> bool:
    """Writes zeros over a replaced database and its write-ahead log, and removes them; False when somebody has it open.

    SQLite says whether somebody has: each connection keeps a shared lock while it lives, and this asks for the only one. A file
    that is no database any more was begun to be overwritten before a kill, when nobody had it open.

    Raises:
        StoreError: if the disk refuses
    """
    with explain_disk_errors(_WIPING), closing(_connect(path)) as connection:
        try:
            for pragma in (
                "cipher_log_level = NONE",
                f"key = \"x'{key.hex()}'\"",
                f"cipher_page_size = {PAGE}",
                "locking_mode = EXCLUSIVE",
            ):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlcipher3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in _TAKEN:
                return False
            if code not in _UNREADABLE:
                raise OSError(str(error)) from error
        for end in ("", "-wal"):
            overwrite_all(path.with_name(path.name + end))
    with explain_disk_errors(_WIPING), suppress(PermissionError):  # Windows keeps a name that somebody still looks at
        for end in reversed(ENDS):
            remove_file(path.with_name(path.name + end))
    return True


def overwrite_all(path: Path) -> None:
    """Writes zeros over all of a file, and cuts it."""
    if not is_there(path):
        return
    with open_to_change(path) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        for start in range(0, size, _AT_ONCE):
            unused = PAGE if start == _LOCKED else 0
            file.seek(start + unused)
            file.write(bytes(max(0, min(_AT_ONCE, size - start) - unused)))
        flush(file)
        with suppress(OSError):  # it only gives the room back before the name goes
            file.truncate(0)


def _connect(path: Path) -> sqlcipher3.Connection:
    """Opens a connection that does not wait for others."""
    for end in ENDS:
        require_own_file(path.with_name(path.name + end))
    return sqlcipher3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=0, isolation_level=None)
