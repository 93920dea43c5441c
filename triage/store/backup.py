"""Backups: a folder on another disk that holds all that a restore needs, encrypted under keys of its own.

    backup.json          signed manifest of the newest complete state; replaced last
    destructions.json    the register of what was destroyed until then; its volumes destructions.NNNNNN-XXXXXXXX.json beside it
    state/NNNNNN/        keys.json, head.json, triage.db of that state
    vault/NNNNNN.pack    packs only grow, so each backup copies only what is new
    making               there until the first manifest is

The store's passphrases and recovery halves open the backup. The disk may have been in other hands: no link on it is followed,
and only files that a backup names are changed or deleted. An interrupted backup leaves the state before it as it was. The copy
is checked as a store is before the manifest names it.

Each state has a master and a database key of its own. When the next state is complete, the key file of the state before is
overwritten, and so are the sealed bytes of what was destroyed meanwhile. Then nobody can open the older state any more.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from triage import limits
from triage.errors import StoreError, WrongPassphrase
from triage.message import Message
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.users import User
from triage.model.verification import CheckResult
from triage.safe_files import (
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
from triage.store import audit, integrity, keys, opening, register
from triage.store.audit import LogHead
from triage.store.backup_files import copy_file, copy_packs, digest_file, sync_and_digest
from triage.store.backup_manifest import MANIFEST, Manifest, read_manifest, write_manifest
from triage.store.canonical import now
from triage.store.database import Database, Reader
from triage.store.files import explain_disk_errors, name_path, require_free_space
from triage.store.integrity import CheckFindings, CheckSubject, VaultPart
from triage.store.keys import KeyRing
from triage.store.pages import PageDigests
from triage.store.queries import audit_log, destruction, restored
from triage.store.queries import backups as backups_sql
from triage.store.queries import users as users_sql
from triage.store.queries import vault as vault_sql
from triage.store.store import Store
from triage.store.vault import pack_path
from triage.store.zeroing import Extent, zero_sealed_bytes

_STATE = "state"
_FILES = (opening.DATABASE, opening.HEAD, opening.KEYS)
_STATE_NAME = re.compile(r"[0-9]{6,}")


@dataclass(frozen=True, slots=True)
class BackupResult:
    """What a backup did. `copied` is the number of bytes that were new in the vault; `check` is that of the copies.

    Copies that only an earlier backup read count as `vault_items_unread`. `current`: nothing was to be copied.
    """

    id: str
    number: int
    copied: int
    check: CheckResult
    current: bool = False


def make_backup(
    store: Store,
    out: Path,
    progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> BackupResult:
    """Brings the backup in `out` up to date and checks it: what is new, and a part of what earlier backups copied.

    `out` is new, empty, or holds an earlier backup of this store. When only backups were made since, nothing is copied.

    Raises:
        StoreError: if the backup can't be made; `out` then still holds the earlier state
    """
    cancel, out = cancel or CancelToken(), resolve_folder(out)
    before = _read_earlier_manifest(store, out)
    if before:
        head = _require_same_history(store, out / _STATE / f"{before.number:06d}")
        reader = store.read()  # asked before the comparison: what is destroyed later, the copy still holds
        known, destroyed = destruction.count_destructions(reader), vault_sql.list_destroyed(reader)
        if _is_current(store, out, before, head):
            _remove_older_states(out, before.number, destroyed)
            return _keep_state(store, out, before, known, progress, cancel)
    identity, number = (before.id, before.number + 1) if before else (str(uuid.uuid4()), 1)
    require_free_space(out, _count_needed_bytes(store, before) + limits.MIN_FREE, Message("The backup's disk"))
    state = out / _STATE / f"{number:06d}"
    with explain_disk_errors(Message("writing the backup")):
        _prepare_folders(out, state)
    made = now()
    with _copy_state(store, out, state, identity, number, made, progress, cancel) as subject:
        database = subject.database
        packs = vault_sql.load_pack_lengths(database.writer)
        copied = copy_packs(store.vault, out / opening.VAULT, packs, progress, cancel)
        with integrity.begin_structure_check(subject) as begun:
            structure = integrity.check_structure(begun, progress, cancel)
        last_item = vault_sql.find_last_item(database.writer)

        def read(part: VaultPart) -> CheckFindings:
            """Reads a part of the copies."""
            return integrity.check_contents(subject, part, progress, cancel)

        contents, reread = _check_copies(database.writer, read, before, last_item)
        found = structure.join(contents)
        commits, destroyed = audit_log.load_state(database.writer).commits, vault_sql.list_destroyed(database.writer)
        known = destruction.count_destructions(database.writer)
        register.write_register(store, database.writer, out)
    if found.problems and vault_sql.list_destroyed(store.read()) != destroyed:
        raise StoreError("Something was destroyed in the store while it was backed up; run the backup again.")
    _require_whole(found)
    with explain_disk_errors(Message("writing the backup")):
        sizes = {name: file_size(state / name) or 0 for name in _FILES}
        files = {name: sync_and_digest(state / name) for name in _FILES}
        sync_folder(state)
        sync_folder(out / _STATE)
        manifest = Manifest(
            "triage backup", 1, identity, store.id, number, made, commits, files, sizes, packs, last_item, reread, ""
        )
        write_manifest(store, out, manifest)
    _remove_older_states(out, number, destroyed)
    with store.batch() as batch:
        backups_sql.save_backup(batch, identity, str(out.absolute()), number, manifest.time, known)
        batch.note("backup made", folder=identity, backup=number, commits=commits)
    return BackupResult(identity, number, copied, found.result())


def _remove_older_states(out: Path, number: int, destroyed: Iterable[Extent]) -> None:
    """Takes away what only the states before could open: their keys, and the sealed bytes of what was destroyed.

    A backup that was killed after its manifest leaves this to the next one.
    """
    with explain_disk_errors(Message("writing the backup")):
        remove_file(out / opening.MAKING)
        for name in list_names(out / _STATE):
            if _STATE_NAME.fullmatch(name) and name != f"{number:06d}" and is_plain_folder(out / _STATE / name):
                _remove_state(out / _STATE / name)
    zero_sealed_bytes(out / opening.VAULT, destroyed)


def _check_copies(
    reader: Reader, read: Callable[[VaultPart], CheckFindings], before: Manifest | None, last_item: int
) -> tuple[CheckFindings, int]:
    """Reads the copies of new items, and some of the older ones; returns the findings, and up to which older one that came.

    Rot in a copy that was whole is found within some backups, and a backup takes as long as what is new.
    """
    if before is None:
        return read(VaultPart()), 0
    again = read(VaultPart(after=before.reread, until=before.last_item, most=limits.BACKUP_REREAD))
    new = read(VaultPart(after=before.last_item, until=last_item))
    up_to = again.checked.get("vault_up_to", before.last_item)
    checked = {key: again.checked[key] + new.checked[key] for key in ("vault_items", "vault_bytes")}
    left = vault_sql.count_kept_items(reader, 0, before.reread) + vault_sql.count_kept_items(reader, up_to, before.last_item)
    if left:
        checked["vault_items_unread"] = left
    return CheckFindings([*again.problems, *new.problems], checked), 0 if up_to >= before.last_item else up_to


def _require_whole(found: CheckFindings) -> None:
    """Raises StoreError when a check of the copies found a problem."""
    if found.problems:
        raise StoreError("The copy is not whole; back up into an empty folder instead. {problem}", problem=found.problems[0])


def _is_current(store: Store, out: Path, before: Manifest, head: LogHead) -> bool:
    """Returns whether the store is as the backup holds it: since then nothing was done but backups, and no file is missing.

    The copies of database, head and keys are read: a backup with a rotten one is made anew while the store is still there.
    """
    reader = store.read()
    state, kinds = audit_log.load_state(reader), audit_log.list_kinds(reader, head.count)
    if state.commits - before.commits != len(kinds) or not set(kinds) <= {"backup made", "backup is current"}:
        return False
    with explain_disk_errors(Message("reading the backup")):
        folder, vault = out / _STATE / f"{before.number:06d}", out / opening.VAULT
        packs = {pack_path(vault, number): length for number, length in before.packs.items()}
        files = {folder / name: size for name, size in before.sizes.items()}
        alone = set(list_names(vault)) == {path.name for path in packs} and is_there(out / register.FILE)
        same = alone and all(file_size(path) == size for path, size in (packs | files).items())
        return same and all(digest_file(path) == before.files.get(path.name) for path in files)


def _keep_state(store: Store, out: Path, before: Manifest, known: int, progress: OnProgress, cancel: CancelToken) -> BackupResult:
    """Checks a part of the copies of a backup that is up to date, and records that it is.

    `known` is the number of destroyed reports that the backup's state knows of.
    """

    def read(part: VaultPart) -> CheckFindings:
        """Reads a part of the copies."""
        return store.check_copy(out / opening.VAULT, part, progress, cancel)

    found, reread = _check_copies(store.read(), read, before, before.last_item)
    _require_whole(found)
    made = now()
    with explain_disk_errors(Message("writing the backup")):
        write_manifest(store, out, msgspec.structs.replace(before, time=made, reread=reread))
    with store.batch() as batch:
        backups_sql.save_backup(batch, before.id, str(out.absolute()), before.number, made, known)
        batch.note("backup is current", folder=before.id, backup=before.number, commits=before.commits)
    return BackupResult(before.id, before.number, 0, found.result(), current=True)


@contextmanager
def _copy_state(
    store: Store,
    out: Path,
    state: Path,
    backup_id: str,
    number: int,
    made: str,
    progress: OnProgress,
    cancel: CancelToken,
) -> Iterator[CheckSubject]:
    """Copies database, key file and head under keys of their own, and yields them for a check. Others write meanwhile.

    The copied database states that it is a copy. It is closed afterwards.
    """
    ring = store.keys.ring.make_copy_ring()
    try:
        with store.at_rest():
            copy = store.begin_copy(state / opening.DATABASE, ring.keys.database)
        with copy:
            database = copy.finish(Message("copying the database"), progress, cancel)
        pages = PageDigests(state / opening.DATABASE, ring.keys.database)
        try:
            database.writer.begin()
            users_sql.save_bound_keys(database.writer, ring.file.generation, ring.file.digest())
            restored.mark_copy(database.writer, backup_id, number, made)
            database.writer.commit()
            opening.write_key_file(state, ring.file)
            now_at = audit_log.load_state(database.writer)
            sealed = pages.seal_digest(pages.digest_all(database.writer), store.id, now_at.commits)
            audit.write_head(state / opening.HEAD, audit.make_head(store.id, now_at, store.sign, sealed))
            yield CheckSubject(database, out / opening.VAULT, state / opening.HEAD, store.id, store.public_key, pages)
        finally:
            database.close()
            pages.close()
    finally:
        ring.wipe()


def _prepare_folders(out: Path, state: Path) -> None:
    """Makes the folders, and in a first backup the mark that says that it is unfinished.

    Raises:
        OSError: if the disk refuses
    """
    make_private_folder(out)
    if not is_there(out / MANIFEST):
        replace_file(out / opening.MAKING, b"")
    _remove_state(state)
    make_private_folder(state)
    make_private_folder(out / opening.VAULT)


def _remove_state(state: Path) -> None:
    """Removes a state, its keys first and irrecoverably. Files that no backup writes stay.

    Raises:
        OSError: if the disk refuses
    """
    erase_file(state / opening.KEYS)
    remove_folder(state, {*_FILES, *opening.DATABASE_FILES})


def _count_needed_bytes(store: Store, before: Manifest | None) -> int:
    """Returns how many bytes the next backup adds: what is new in the packs, and another copy of the database."""
    there = before.packs if before else {}
    new = sum(length - there.get(number, 0) for number, length in vault_sql.load_pack_lengths(store.read()).items())
    with explain_disk_errors(Message("reading the store")):
        return new + (file_size(store.directory / opening.DATABASE) or 0)


def restore_backup(
    out: Path,
    directory: Path,
    user: str,
    passphrase: str,
    progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
    *,
    may: Callable[[User], None] = lambda user: None,
) -> CheckResult:
    """Makes a store in `directory` from the backup in `out`, and checks all of it.

    `directory` is new or empty; nothing is overwritten. `may` raises Refused when this user may not restore.

    Raises:
        StoreError: if the backup is damaged or the disk refuses
        WrongPassphrase: if the name or the passphrase is wrong
    """
    cancel, out, directory = cancel or CancelToken(), resolve_folder(out), resolve_folder(directory)
    manifest = read_manifest(out)
    state = out / _STATE / f"{manifest.number:06d}"
    ring, user_id = keys.unlock_key_file(opening.read_key_file(state), user, passphrase)
    if not audit.is_signed(manifest.encode_unsigned(), manifest.signature, ring.keys.public_signing_key()):
        raise StoreError("The backup's manifest was changed; use another copy of the backup.")
    with explain_disk_errors(Message("reading the backup")):
        for name in _FILES:
            path, size = state / name, manifest.sizes.get(name)
            if size is None or file_size(path) != size or digest_file(path) != manifest.files.get(name):
                raise StoreError("The backup's files are damaged or were changed; use another copy of the backup.")
    require_free_space(directory, sum(manifest.packs.values()) + limits.MIN_FREE, Message("The disk for the store"))
    opening.clear_for_creation(directory)
    may(_load_user(state, directory, ring, user_id))
    copy_packs(out / opening.VAULT, directory / opening.VAULT, manifest.packs, progress, cancel)
    with explain_disk_errors(Message("writing the store")):
        for name in _FILES:
            copy_file(state / name, directory / name)
        sync_folder(directory)
    with Store.open(directory, user, passphrase) as store:
        result = store.check(progress=progress, cancel=cancel)
        if result.valid:
            with store.batch() as batch:
                batch.note("store restored", backup=manifest.number, commits=manifest.commits)
    return result


def _load_user(state: Path, directory: Path, ring: KeyRing, user: int) -> User:
    """Returns the user who restores, as the backup's database knows them.

    The database is copied into the new folder first, because even reading makes files beside it.
    """
    with explain_disk_errors(Message("writing the store")):
        copy_file(state / opening.DATABASE, directory / opening.DATABASE)
    database = Database(directory / opening.DATABASE, ring.keys.database)
    try:
        found = users_sql.load_user(database.writer, user)
    finally:
        database.close()
    if found is None or found.disabled:
        raise WrongPassphrase("The name or the passphrase is wrong.")
    return found


def _require_same_history(store: Store, state: Path) -> LogHead:
    """Returns the backup's head. Raises StoreError when the backup holds steps that this store never had.

    Its packs would otherwise be cut to what an older store knows.
    """
    head, reader = audit.read_head(state / opening.HEAD), store.read()
    if head.commits > audit_log.load_state(reader).commits or not audit.begins_with_head(reader, head):
        raise StoreError(
            "This backup holds steps that the store does not have: an older copy of the store was put back."
            " Keep this backup, and back up into an empty folder."
        )
    return head


def is_backup_of(store: Store, out: Path) -> bool:
    """Returns whether the folder holds a backup of this store.

    Raises:
        StoreError: if the backup is of another store, or damaged
    """
    return _read_earlier_manifest(store, resolve_folder(out)) is not None


def _read_earlier_manifest(store: Store, out: Path) -> Manifest | None:
    """Returns the manifest of the backup in `out`, or None without a finished backup there.

    Raises:
        StoreError: if the backup is of another store, or damaged
    """
    with explain_disk_errors(Message("reading the backup")):
        names = set(list_names(out)) if is_there(out) else set()
        if not names or (opening.MAKING in names and names <= {opening.MAKING, _STATE, opening.VAULT, register.FILE}):
            return None  # there is none, or the first was interrupted
    manifest = read_manifest(out)
    if manifest.store != store.id or not audit.is_signed(manifest.encode_unsigned(), manifest.signature, store.public_key):
        raise StoreError("{folder} holds the backup of another store; choose another folder.", folder=name_path(out))
    return manifest
