"""The folder of a backup: which state it holds, whether that is of this store and up to date, and the files of older states."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from triage.errors import StoreError
from triage.message import Message
from triage.safe_files import (
    NEW,
    erase_file,
    file_size,
    is_plain_folder,
    is_there,
    list_names,
    make_private_folder,
    remove_file,
    remove_folder,
    replace_file,
    resolve_folder,
    sync_folder,
)
from triage.store import audit, backup_chain, opening, register
from triage.store.audit import LogHead
from triage.store.backup_files import digest_file
from triage.store.backup_manifest import MANIFEST, STATE, Manifest, read_manifest
from triage.store.files import explain_disk_errors, name_path
from triage.store.queries import audit_log, backups
from triage.store.store import Store
from triage.store.tree import Frontier
from triage.store.vault import pack_path
from triage.store.zeroing import Extent, zero_sealed_bytes

FILES = (opening.HEAD, opening.KEYS)
"""The files of a state. Those of version 1 held the database as well."""
_STATE_NAME = re.compile(r"[0-9]{6,}")
_UNFINISHED = {opening.MAKING, STATE, opening.VAULT, backup_chain.FOLDER, register.FILE}
"""What a first backup that was interrupted may have left, beside volumes of the register."""


def find_state(out: Path, number: int) -> Path:
    """Returns the folder of a state."""
    return out / STATE / f"{number:06d}"


def is_backup_of(store: Store, out: Path) -> bool:
    """Returns whether the folder holds a backup of this store.

    Raises:
        StoreError: if the backup is of another store, or damaged
    """
    return read_earlier_manifest(store, resolve_folder(out)) is not None


def read_earlier_manifest(store: Store, out: Path) -> Manifest | None:
    """Returns the manifest of the backup in `out`, or None without a finished backup there.

    Raises:
        StoreError: if the backup is of another store, or damaged
    """
    with explain_disk_errors(Message("reading the backup")):
        names = {name for name in list_names(out) if not name.endswith(NEW)} if is_there(out) else set()
        left = {name for name in names - _UNFINISHED if not register.VOLUME_NAME.fullmatch(name)}
        if not names or (opening.MAKING in names and not left):
            return None  # there is none, or the first was interrupted
    manifest = read_manifest(out)
    if manifest.store != store.id or not audit.is_signed(manifest.encode_unsigned(), manifest.signature, store.public_key):
        raise StoreError("{folder} holds the backup of another store; choose another folder.", folder=name_path(out))
    return manifest


def require_same_history(store: Store, out: Path, before: Manifest) -> tuple[LogHead, Frontier]:
    """Returns the head of the backup's state, and the tree of the entries that it vouches for.

    Raises:
        StoreError: if the backup holds steps that this store never had: its packs would be cut to what an older store knows
    """
    head, reader = audit.read_head(find_state(out, before.number) / opening.HEAD), store.read()
    begun = None
    if head.commits <= audit_log.load_state(reader).commits:
        begun = audit.begin_with_head(reader, head, backups.load_frontier(reader, before.id))
    if begun is None:
        raise StoreError(
            "This backup holds steps that the store does not have: an older copy of the store was put back."
            " Keep this backup, and back up into an empty folder."
        )
    return head, begun


def is_current(store: Store, out: Path, before: Manifest, head: LogHead) -> bool:
    """Returns whether the store is as the backup holds it: since then nothing was done but backups, and no file is missing.

    The copies of head and keys are read: a backup with a rotten one is made anew while the store is still there.
    """
    reader = store.read()
    state, kinds = audit_log.load_state(reader), audit_log.list_kinds(reader, head.count)
    if state.commits - before.commits != len(kinds) or not set(kinds) <= {"backup made", "backup is current"}:
        return False
    with explain_disk_errors(Message("reading the backup")):
        folder, vault = find_state(out, before.number), out / opening.VAULT
        packs = {pack_path(vault, number): length for number, length in before.packs.items()}
        files = {folder / name: size for name, size in before.sizes.items()}
        alone = set(list_names(vault)) == {path.name for path in packs} and is_there(out / register.FILE)
        same = alone and all(file_size(path) == size for path, size in (packs | files).items())
        return same and all(digest_file(path) == before.files.get(path.name) for path in files)


def prepare_folders(out: Path, state: Path) -> None:
    """Makes the folders, and in a first backup the mark that says that it is unfinished.

    Raises:
        OSError: if the disk refuses
    """
    make_private_folder(out)
    if not is_there(out / MANIFEST):
        replace_file(out / opening.MAKING, b"")
    _remove_state(state)
    for folder in (state, out / backup_chain.FOLDER, out / opening.VAULT):
        make_private_folder(folder)


def remove_older_states(out: Path, manifest: Manifest, destroyed: Iterable[Extent]) -> None:
    """Takes away what only the states before could open: their keys, their parts, and the sealed bytes of what was destroyed.

    A backup that was killed after its manifest leaves this to the next one.
    """
    with explain_disk_errors(Message("writing the backup")):
        remove_file(out / opening.MAKING)
        for name in list_names(out / STATE):
            if _STATE_NAME.fullmatch(name) and name != f"{manifest.number:06d}" and is_plain_folder(out / STATE / name):
                _remove_state(out / STATE / name)
        backup_chain.remove_other_parts(out, manifest)
    zero_sealed_bytes(out / opening.VAULT, destroyed)


def sync_state(out: Path, state: Path) -> None:
    """Makes the names in the folders of a new state durable.

    Raises:
        OSError: if the disk refuses
    """
    for folder in (state, out / STATE, out / backup_chain.FOLDER, out):
        sync_folder(folder)


def _remove_state(state: Path) -> None:
    """Removes a state, its keys first and irrecoverably. Files that no backup writes stay.

    Raises:
        OSError: if the disk refuses
    """
    erase_file(state / opening.KEYS)
    remove_folder(state, {*FILES, *opening.DATABASE_FILES})
