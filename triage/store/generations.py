"""The names of the database's file: each rebuild leaves a new one.

The first one is `triage.db`. Each rebuild (compaction.py) leaves its file under the next number, `triage-000002.db` and so on, by
one rename: that of the highest number is the store's. Every connection looks for the next number when it begins to read or to
write, and goes over to it (database.py). So nobody waits while gigabytes are written in place.

The file before holds what was erased. When no connection to it is left in any program, it is overwritten and
removed (wiping.py).
"""

from __future__ import annotations

import re
from pathlib import Path

from triage.message import Message
from triage.safe_files import is_there, list_names
from triage.store.files import explain_disk_errors

FIRST = "triage.db"
ENDS = ("", "-wal", "-shm", "-journal")
"""What SQLite adds to the name of a database for the files beside it."""
_READING = Message("reading the store")
_NAME = re.compile(r"triage-([0-9]{6})\.db")


def find_newest(directory: Path) -> Path:
    """Returns the path of the store's database, which need not be there."""
    with explain_disk_errors(_READING):
        return directory / max(_list_databases(directory), key=_number, default=FIRST)


def is_store_database(path: Path) -> bool:
    """Returns whether the file has a name that a store's database may have."""
    return path.name == FIRST or _NAME.fullmatch(path.name) is not None


def name_next(path: Path) -> Path:
    """Returns the path of the database that would follow this one."""
    return path.with_name(f"triage-{_number(path.name) + 1:06}.db")


def find_older(newest: Path) -> list[Path]:
    """Returns the databases that this one has replaced and that are there still."""
    with explain_disk_errors(_READING):
        names = _list_databases(newest.parent)
    return [newest.with_name(name) for name in names if _number(name) < _number(newest.name)]


def _list_databases(directory: Path) -> list[str]:
    """Returns the names of databases in the folder."""
    names = list_names(directory) if is_there(directory) else []
    return [name for name in names if is_store_database(directory / name)]


def _number(name: str) -> int:
    """Returns the number in the name of a database."""
    found = _NAME.fullmatch(name)
    return int(found[1]) if found else 1
