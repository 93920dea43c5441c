"""What has to be in place before a store may be used: its folder, its key file, its head."""

from __future__ import annotations

from pathlib import Path

from triage.errors import StoreError
from triage.message import Message
from triage.safe_files import (
    NEW,
    is_there,
    list_names,
    make_private_folder,
    read_file,
    remove_file,
    remove_folder,
    replace_file,
    replace_secret,
)
from triage.store import key_form
from triage.store.files import explain_disk_errors, name_path
from triage.store.generations import ENDS, FIRST, find_newest
from triage.store.key_form import KeyFile
from triage.target_path import resolve_target

KEYS, HEAD, VAULT, LOCK = "keys.json", "head.json", "vault", "lock"
DATABASE = FIRST
"""The database's first name, and its name in a folder where it is being made (generations.py)."""
DATABASE_FILES = tuple(f"{DATABASE}{end}" for end in ENDS)
INTENT = "intent.json"
"""States which batch writes behind the vault's committed end (intent.py)."""
REBUILD = "rebuild"
"""Folder of a database that is rebuilt after a destruction (compaction.py), or from a backup's parts (restore.py)."""
REBUILD_LOCK = "rebuild.lock"
"""Held by the program that rebuilds the database after a destruction."""
NEXT, READY = "rekey", "rekeyed"
"""Folders of a change of the database's key (rekey.py)."""
MAKING = "making"
"""There while a store is being made: what lies beside it was never shown to anybody."""


def clear_for_creation(directory: Path) -> None:
    """Leaves an empty folder with the MAKING mark and a vault.

    Raises:
        StoreError: if the folder holds a store or anything else, or the disk refuses
        WorldError: if it would lie in another store or a backup
    """
    resolve_target(directory)
    with explain_disk_errors(Message("making the store")):
        make_private_folder(directory)
        making = is_there(directory / MAKING) and not is_there(directory / INTENT)  # a store that holds anything has an intent
        if is_there(directory / KEYS) and not making:
            raise StoreError("There is already a store in {folder}; choose another folder.", folder=name_path(directory))
        if not making and set(list_names(directory)) - {f"{MAKING}{NEW}"}:  # what is left of a kill while the mark was made
            raise StoreError("{folder} is not empty; choose a new or empty folder for the store.", folder=name_path(directory))
        for name in (*DATABASE_FILES, KEYS, HEAD):
            remove_file(directory / name)
        remove_folder(directory / REBUILD, DATABASE_FILES)
        replace_file(directory / MAKING, b"")
        make_private_folder(directory / VAULT)


def finish_creation(directory: Path) -> None:
    """Removes the mark of an unfinished store."""
    with explain_disk_errors(Message("making the store")):
        remove_file(directory / MAKING)


def read_key_file(directory: Path) -> KeyFile:
    """Reads the key file and checks its form and bounds.

    Raises:
        StoreError: if it is missing or damaged
    """
    path = directory / KEYS
    with explain_disk_errors(Message("reading the key file")):
        if not is_there(path):
            raise StoreError(_explain_missing_keys(directory))  # message-ok
        return key_form.decode_key_file(read_file(path, key_form.MAX_FILE_BYTES))


def _explain_missing_keys(directory: Path) -> Message:
    """Returns why the key file is missing, as far as the folder shows."""
    if is_there(directory / MAKING):
        return Message(
            "Making or restoring the store in {folder} was interrupted; run the same command again.", folder=name_path(directory)
        )
    if is_there(find_newest(directory)):
        return Message(
            "The key file {file} is missing; put it back, or restore the newest backup.", file=name_path(directory / KEYS)
        )
    return Message(
        "There is no store in {folder}; make one with `triage init`, or choose another folder.", folder=name_path(directory)
    )


def make_mismatch_error(problem: Message, *, acceptable: bool) -> StoreError:
    """Returns the error for a store whose files do not fit one another.

    Args:
        problem: The sentence that says which files.
        acceptable: Whether an administrator may accept the loss. Nobody may accept a strange key file of several users.
    """
    if not acceptable:
        return StoreError("{problem} Put the newest key file back, or restore the newest backup.", problem=problem)
    return StoreError(
        "{problem} Put the newer files back or restore the newest backup, or let an administrator open the store and accept the"
        " loss.",
        problem=problem,
    )


def make_read_only_error(problem: Message, *, acceptable: bool) -> StoreError:
    """Returns the error for writing into a store that was opened to examine it. The arguments are those of the mismatch."""
    if not acceptable:
        return StoreError(
            "{problem} It can be examined, but not written. Put the newest key file back, or restore the newest backup.",
            problem=problem,
        )
    return StoreError(
        "{problem} It can be examined, but not written. Put the newer files back or restore the newest backup, or let an"
        " administrator open the store and accept the loss.",
        problem=problem,
    )


def make_unsettled_error() -> StoreError:
    """Returns the error for a store that must be written before it can be read."""
    return StoreError("A change of this store was interrupted; open the store once without --read-only, where it can be written.")


def write_key_file(directory: Path, file: KeyFile) -> None:
    """Writes the key file, and overwrites the bytes of the one before."""
    with explain_disk_errors(Message("writing the key file")):
        replace_secret(directory / KEYS, file.encode())
