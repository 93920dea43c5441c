"""Backups: a folder, on another disk, that holds what `restore` needs, encrypted as the store is and opened by the same slots.

    backup.json          signed manifest of the newest complete state; replaced last
    destructions.json    the register of what was destroyed until then
    state/NNNNNN/        keys.json, head.json, triage.db of that state
    vault/NNNNNN.pack    packs only grow, so that each backup copies what is new
    making               there until the first manifest is

The medium may have been in other hands: no link on it is followed, and only files that a backup names are changed or deleted.
A backup that was interrupted leaves the one before it as it was. The copy is checked as a store is before the manifest names it.

Each state has a master and a database key of its own. When the next state is whole, the key file of the one before is
overwritten, and so are the sealed bytes of what was destroyed meanwhile: nobody opens the older state any more.
"""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from triage import limits
from triage.errors import StoreError, WrongPassphrase
from triage.message import Message
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.model.users import User
from triage.model.verification import CheckResult
from triage.safe_files import (
    UnsafeFile,
    create_file,
    erase_file,
    file_size,
    flush,
    is_plain_folder,
    is_there,
    list_names,
    make_private_folder,
    open_to_change,
    open_to_read,
    read_file,
    remove_file,
    remove_folder,
    replace_file,
    resolve_folder,
    sync_folder,
)
from triage.store import audit, integrity, keys, opening, register
from triage.store.blank import blank
from triage.store.canonical import Json, canonical, now
from triage.store.database import Database
from triage.store.files import disk, disk_error, require_room
from triage.store.integrity import Subject
from triage.store.keys import Ring
from triage.store.pages import Pages
from triage.store.queries import backups as backups_sql
from triage.store.queries import destruction, record, restored
from triage.store.queries import users as users_sql
from triage.store.queries import vault as vault_sql
from triage.store.store import Store
from triage.store.vault import pack_path

_MANIFEST, _STATE = "backup.json", "state"
_FILES = (opening.DATABASE, opening.HEAD, opening.KEYS)
_MAX_MANIFEST = 4 << 20
"""Bytes; 100,000 packs of one gigabyte take half of it."""
_STATE_NAME, _PACK_NAME = re.compile(r"[0-9]{6,}"), re.compile(r"[0-9]{6,}\.pack")
_BLOCK = 4 << 20


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: Literal["triage backup"]
    version: Literal[1]
    id: str
    """Of this backup folder; random."""
    store: str
    number: int
    time: str
    commits: int
    files: dict[str, str]
    """SHA-256 of each file of the state, hex."""
    sizes: dict[str, int]
    """Bytes of each: a larger file is not read."""
    packs: dict[int, int]
    """Length of each pack that belongs to this state; a longer file was left by an interrupted backup."""
    signature: str

    def body(self) -> bytes:
        fields: dict[str, Json] = msgspec.to_builtins(self, str_keys=True)
        del fields["signature"]
        return canonical(fields)


@dataclass(frozen=True, slots=True)
class BackupResult:
    """`copied` is what was new since the backup before, in bytes; `check` is of the finished copy."""

    id: str
    number: int
    copied: int
    check: CheckResult


def backup(
    store: Store,
    out: Path,
    progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> BackupResult:
    """Brings the backup in `out` (new, empty, or an earlier one of this store) up to now, and checks it whole.

    Raises StoreError; `out` then still holds the backup before.
    """
    cancel, out = cancel or CancelToken(), resolve_folder(out)
    before = _earlier(store, out)
    if before:
        _require_same_history(store, out / _STATE / f"{before.number:06d}")
    identity, number = (before.id, before.number + 1) if before else (str(uuid.uuid4()), 1)
    require_room(out, _needed(store, before) + limits.MIN_FREE, Message("The backup's disk"))
    state = out / _STATE / f"{number:06d}"
    with disk(Message("writing the backup")):
        _begin(out, state)
    made = now()
    with _copied_state(store, out, state, identity, number, made) as subject:
        database = subject.database
        packs = vault_sql.packs(database.writer)
        copied = _copy_packs(store.vault, out / opening.VAULT, packs, progress, cancel)
        structure = integrity.check_structure(subject, progress, cancel)
        found = structure.join(integrity.check_contents(subject, None, progress, cancel))
        commits, destroyed = record.state(database.writer).commits, vault_sql.destroyed(database.writer)
        known = destruction.count(database.writer)
        register.write(store, database.writer, out / register.FILE)
    if found.problems:
        raise StoreError("The copy is not whole; back up into an empty folder instead. {problem}", problem=found.problems[0])
    with disk(Message("writing the backup")):
        sizes = {name: file_size(state / name) or 0 for name in _FILES}
        files = {name: _sync_and_digest(state / name) for name in _FILES}
        sync_folder(state)
        sync_folder(out / _STATE)
        manifest = Manifest("triage backup", 1, identity, store.id, number, made, commits, files, sizes, packs, "")
        manifest = msgspec.structs.replace(manifest, signature=store.sign(manifest.body()).hex())
        replace_file(out / _MANIFEST, msgspec.json.encode(manifest) + b"\n")
        remove_file(out / opening.MAKING)
        for name in list_names(out / _STATE):
            if _STATE_NAME.fullmatch(name) and name != state.name and is_plain_folder(out / _STATE / name):
                _retire(out / _STATE / name)
    blank(out / opening.VAULT, destroyed)
    with store.batch() as batch:
        backups_sql.put(batch, identity, str(out.absolute()), number, manifest.time, known)
        batch.note("backup made", folder=identity, backup=number, commits=commits)
    return BackupResult(identity, number, copied, found.result())


@contextmanager
def _copied_state(store: Store, out: Path, state: Path, backup_id: str, number: int, made: str) -> Iterator[Subject]:
    """Database, key file and head as they stand, under keys of their own; the copy knows that it is one."""
    ring = store.keys.ring.for_copy()
    try:
        with store.at_rest():
            database = store.copy_database(state / opening.DATABASE, ring.keys.database)
        pages = Pages(state / opening.DATABASE, ring.keys.database)
        try:
            database.writer.begin()
            users_sql.bind_keys(database.writer, ring.file.generation, ring.file.digest())
            restored.mark_copy(database.writer, backup_id, number, made)
            database.writer.commit()
            opening.write_keys(state, ring.file)
            now_at = record.state(database.writer)
            sealed = pages.sealed(pages.whole(database.writer), store.id, now_at.commits)
            audit.write_head(state / opening.HEAD, audit.make_head(store.id, now_at, store.sign, sealed))
            yield Subject(database, out / opening.VAULT, state / opening.HEAD, store.id, store.public_key, pages)
        finally:
            database.close()
            pages.close()
    finally:
        ring.wipe()


def _begin(out: Path, state: Path) -> None:
    """Makes the folders, and says in a first backup that what lies beside the mark is a backup being made. Raises OSError."""
    make_private_folder(out)
    if not is_there(out / _MANIFEST):
        replace_file(out / opening.MAKING, b"")
    _retire(state)
    make_private_folder(state)
    make_private_folder(out / opening.VAULT)


def _retire(state: Path) -> None:
    """Removes a state, its keys first and for good. What a backup does not put there stays. Raises OSError."""
    erase_file(state / opening.KEYS)
    remove_folder(state, {*_FILES, *opening.DATABASE_FILES})


def _needed(store: Store, before: Manifest | None) -> int:
    """Bytes that the next backup adds: what is new in the packs, and another copy of the database."""
    there = before.packs if before else {}
    new = sum(length - there.get(number, 0) for number, length in vault_sql.packs(store.read()).items())
    with disk(Message("reading the store")):
        return new + (file_size(store.directory / opening.DATABASE) or 0)


def restore(
    out: Path,
    directory: Path,
    user: str,
    passphrase: str,
    progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
    *,
    may: Callable[[User], None] = lambda user: None,
) -> CheckResult:
    """Makes a store in `directory` (new or empty: nothing is overwritten) from the backup in `out`, and checks it whole.

    `may` raises Refused when this user may not. Raises StoreError, WrongPassphrase.
    """
    cancel, out, directory = cancel or CancelToken(), resolve_folder(out), resolve_folder(directory)
    manifest = _read_manifest(out)
    state = out / _STATE / f"{manifest.number:06d}"
    ring, user_id = keys.unlock(opening.read_keys(state), user, passphrase)
    if not audit.is_signed(manifest.body(), manifest.signature, ring.keys.public()):
        raise StoreError("The backup's manifest was changed; use another copy of the backup.")
    with disk(Message("reading the backup")):
        for name in _FILES:
            path, size = state / name, manifest.sizes.get(name)
            if size is None or file_size(path) != size or _digest(path) != manifest.files.get(name):
                raise StoreError("The backup's files are damaged or were changed; use another copy of the backup.")
    require_room(directory, sum(manifest.packs.values()) + limits.MIN_FREE, Message("The disk for the store"))
    opening.clear_for_creation(directory)
    may(_user(state, directory, ring, user_id))
    _copy_packs(out / opening.VAULT, directory / opening.VAULT, manifest.packs, progress, cancel)
    with disk(Message("writing the store")):
        for name in _FILES:
            _copy(state / name, directory / name)
        sync_folder(directory)
    with Store.open(directory, user, passphrase) as store:
        result = store.check(None, progress, cancel)
        if result.valid:
            with store.batch() as batch:
                if restored.waits_since(batch) is None:  # the backup was made before copies said so of themselves
                    restored.mark_copy(batch, manifest.id, manifest.number, manifest.time)
                batch.note("store restored", backup=manifest.number, commits=manifest.commits)
    return result


def _user(state: Path, directory: Path, ring: Ring, user: int) -> User:
    """Who restores, by the backup's database. It is read in the new folder, since even reading makes files beside it."""
    with disk(Message("writing the store")):
        _copy(state / opening.DATABASE, directory / opening.DATABASE)
    database = Database(directory / opening.DATABASE, ring.keys.database)
    try:
        found = users_sql.by_id(database.writer, user)
    finally:
        database.close()
    if found is None or found.disabled:
        raise WrongPassphrase("The name or the passphrase is wrong.")
    return found


def _require_same_history(store: Store, state: Path) -> None:
    """Raises StoreError when the backup holds what this store never had: its packs would be cut to what an older store knows."""
    head, reader = audit.read_head(state / opening.HEAD), store.read()
    if head.commits > record.state(reader).commits or not audit.holds(reader, head):
        raise StoreError(
            "This backup holds steps that the store does not have: an older copy of the store was put back."
            " Keep this backup, and back up into an empty folder."
        )


def is_of(store: Store, out: Path) -> bool:
    """Whether the folder holds a backup of this store. Raises StoreError for one of another store, or a damaged one."""
    return _earlier(store, resolve_folder(out)) is not None


def _earlier(store: Store, out: Path) -> Manifest | None:
    with disk(Message("reading the backup")):
        names = set(list_names(out)) if is_there(out) else set()
        if not names or (opening.MAKING in names and names <= {opening.MAKING, _STATE, opening.VAULT, register.FILE}):
            return None  # there is none, or the first was interrupted
    manifest = _read_manifest(out)
    if manifest.store != store.id or not audit.is_signed(manifest.body(), manifest.signature, store.public_key):
        raise StoreError("This folder holds the backup of another store; choose another folder.")
    return manifest


def _read_manifest(out: Path) -> Manifest:
    try:
        return msgspec.json.decode(read_file(out / _MANIFEST, _MAX_MANIFEST), type=Manifest)
    except FileNotFoundError as error:
        raise StoreError("This folder holds no complete backup; choose another folder.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreError("The backup's manifest is damaged; use another copy of the backup.") from error
    except UnsafeFile as error:
        raise disk_error(error, Message("reading the backup")) from error
    except OSError as error:
        raise StoreError("The backup can't be read.", detail=str(error)) from error


def _copy_packs(source: Path, target: Path, packs: dict[int, int], progress: OnProgress, cancel: CancelToken) -> int:
    """Copies what `target` does not have yet, and cuts what lies behind; returns the bytes copied."""
    total, done, copied = sum(packs.values()), 0, 0
    for number, length in packs.items():
        with disk(Message("copying the vault")):
            copied += _copy_tail(pack_path(source, number), pack_path(target, number), length, cancel)
        done += length
        progress(Progress(done=done, total=total, unit="bytes", note="copying"))
    with disk(Message("copying the vault")):
        known = {pack_path(target, number).name for number in packs}
        for name in list_names(target):
            if _PACK_NAME.fullmatch(name) and name not in known:  # left by a backup that was interrupted
                remove_file(target / name)
        sync_folder(target)
    return copied


def _copy_tail(source: Path, target: Path, length: int, cancel: CancelToken) -> int:
    with open_to_change(target, create=True) as out, open_to_read(source) as data:
        start = min(out.seek(0, os.SEEK_END), length)
        out.truncate(start)
        data.seek(start)
        out.seek(start)
        left = length - start
        while left:
            cancel.check()
            block = data.read(min(_BLOCK, left))
            if not block:
                raise StoreError("The vault file {source} is cut short; run a check.", source=source.name)
            out.write(block)
            left -= len(block)
        flush(out)
    return length - start


def _copy(source: Path, target: Path) -> None:
    """In the place of whatever lies there, down to the disk. Raises OSError."""
    remove_file(target)
    with open_to_read(source) as data, create_file(target) as out:
        while block := data.read(_BLOCK):
            out.write(block)
        flush(out)


def _sync_and_digest(path: Path) -> str:
    with open_to_change(path) as file:
        flush(file)
    return _digest(path)


def _digest(path: Path) -> str:
    with open_to_read(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
