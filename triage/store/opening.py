"""What must fit together before a store may be used: its folder, its key file, its head."""

from __future__ import annotations

from pathlib import Path

from triage.errors import StoreError
from triage.store import keys
from triage.store.files import disk, private_directory, replace_file, replace_secret
from triage.store.keys import KeyFile

DATABASE, KEYS, HEAD, VAULT, LOCK = "triage.db", "keys.json", "head.json", "vault", "lock"
INTENT = "intent.json"
"""Which batch writes behind the vault's committed end (intent.py)."""
REBUILD = "rebuild"
"""Folder of a database that is rebuilt after a destruction (compaction.py)."""
NEXT, READY = "rekey", "rekeyed"
"""Folders of a change of the database's key (rekey.py)."""
MAKING = "making"
"""There while a store is being made: what lies beside it was never shown to anybody."""


def clear_for_creation(directory: Path) -> None:
    """Leaves an empty folder with the MAKING mark and a vault, or raises StoreError."""
    with disk("making the store"):
        private_directory(directory)
        making = (directory / MAKING).exists()
        if (directory / KEYS).exists() and not making:
            raise StoreError("There is already a store in this folder; choose another folder.")
        if not making and any(directory.iterdir()):
            raise StoreError("This folder is not empty; choose a new or empty one for the store.")
        for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", KEYS, HEAD):
            (directory / name).unlink(missing_ok=True)
        replace_file(directory / MAKING, b"")
        private_directory(directory / VAULT)


def creation_done(directory: Path) -> None:
    with disk("making the store"):
        (directory / MAKING).unlink(missing_ok=True)


def read_keys(directory: Path) -> KeyFile:
    """Raises StoreError when there is none, or it is none."""
    path = directory / KEYS
    if not path.exists() and (directory / MAKING).exists():
        raise StoreError("Making or restoring the store in this folder was interrupted; run the same command again.")
    if not path.exists() and (directory / DATABASE).exists():
        raise StoreError("The key file keys.json of this store is missing; put it back, or restore the newest backup.")
    if not path.exists():
        raise StoreError("There is no store in this folder; make one with `triage init`, or choose another folder.")
    with disk("reading the key file"):
        return keys.decode(path.read_bytes())


def write_keys(directory: Path, file: KeyFile) -> None:
    with disk("writing the key file"):
        replace_secret(directory / KEYS, file.encode())
