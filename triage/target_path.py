"""Resolves the path of what a person has written, and keeps it out of the folders of stores and backups.

A store's own files can't be told from what would be written over them, and a check complains of whatever lies beside them. So
every file and folder for people gets its path here, and so do new stores and backups.
"""

from __future__ import annotations

from pathlib import Path

from triage.errors import WorldError
from triage.safe_files import is_there, resolve_file

_MARKS = (
    *(("vault", beside) for beside in ("keys.json", "head.json", "intent.json", "triage.db", "making", "backup.json", "state")),
    *(("keys.json", beside) for beside in ("head.json", "triage.db")),
    *(("backup.json", beside) for beside in ("state", "database")),
    ("000001.pack",),
)
"""Names that lie together in the folder of a store, a backup or a vault. One of a store's files may be lost; one name alone
may be somebody else's."""


def resolve_target(path: Path) -> Path:
    """Returns the path of a file or folder that will be written, without the links that lead to its folder.

    Folders above it need not exist yet: they are made from the path that is returned, since `new/..` of a named path would
    leave a folder behind.

    Raises:
        WorldError: It would lie in the folder of a store, a backup or a vault
    """
    target = resolve_file(path)
    for folder in target.parents:
        if any(all(_lies_in(folder, name) for name in names) for names in _MARKS):
            raise WorldError(
                "Nothing is written into the folder of a store or backup, and {folder} is one. Choose a folder outside it.",
                folder=str(folder),
            )
    return target


def _lies_in(folder: Path, name: str) -> bool:
    """Returns whether the folder is known to hold the name. The file system decides whether the case of letters counts."""
    try:
        return is_there(folder / name)
    except OSError:
        return False
