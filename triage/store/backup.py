"""Backups: a folder, on another disk, that holds what `restore` needs, encrypted as the store is and opened by the same slots.

    backup.json          signed manifest of the newest complete state; replaced last
    destructions.json    the register of what was destroyed until then
    state/NNNNNN/        keys.json, head.json, triage.db of that state
    vault/NNNNNN.pack    packs only grow, so that each backup copies what is new

A backup that was interrupted leaves the one before it as it was. The copy is checked as a store is before the manifest names it.

Each state has a master and a database key of its own. When the next state is whole, the key file of the one before is
overwritten, and so are the sealed bytes of what was destroyed meanwhile: nobody opens the older state any more.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from triage import limits
from triage.errors import StoreError, WrongPassphrase
from triage.model.people import User
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.model.views import CheckResult
from triage.store import audit, integrity, keys, opening, register
from triage.store.blank import blank
from triage.store.canonical import Json, canonical, now
from triage.store.database import Database
from triage.store.files import (
    NO_LINK,
    PRIVATE_FILE,
    disk,
    overwrite,
    private_directory,
    replace_file,
    require_room,
    sync_directory,
)
from triage.store.integrity import Subject
from triage.store.keys import Ring
from triage.store.pages import Pages
from triage.store.queries import backups as backups_sql
from triage.store.queries import destruction, record, restored
from triage.store.queries import users as users_sql
from triage.store.queries import vault as vault_sql
from triage.store.vault import pack_path

if TYPE_CHECKING:
    from triage.store.store import Store

_MANIFEST, _STATE = "backup.json", "state"
_FILES = (opening.DATABASE, opening.HEAD, opening.KEYS)
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
    cancel = cancel or CancelToken()
    before = _earlier(store, out)
    identity, number = (before.id, before.number + 1) if before else (str(uuid.uuid4()), 1)
    require_room(out, _needed(store, before) + limits.MIN_FREE, "The backup's disk")
    state = out / _STATE / f"{number:06d}"
    with disk("writing the backup"):
        _retire(state)
        private_directory(state)
        private_directory(out / opening.VAULT)
    made = now()
    with _copied_state(store, out, state, identity, number, made) as subject:
        database = subject.database
        packs = vault_sql.packs(database.writer)
        copied = _copy_packs(store.vault, out / opening.VAULT, packs, progress, cancel)
        structure = integrity.structure(subject, progress, cancel)
        result = integrity.joined(structure, integrity.contents(subject, None, progress, cancel))
        commits, destroyed = record.state(database.writer).commits, vault_sql.destroyed(database.writer)
        known = destruction.count(database.writer)
        register.write(store, database.writer, out / register.FILE)
    if not result.valid:
        raise StoreError("The copy is not whole; back up into an empty folder instead. " + result.problems[0])
    with disk("writing the backup"):
        files = {name: _sync_and_digest(state / name) for name in _FILES}
        sync_directory(state)
        sync_directory(out / _STATE)
        manifest = Manifest("triage backup", 1, identity, store.id, number, made, commits, files, packs, "")
        manifest = msgspec.structs.replace(manifest, signature=store.sign(manifest.body()).hex())
        replace_file(out / _MANIFEST, msgspec.json.encode(manifest) + b"\n")
        for old in (out / _STATE).iterdir():
            if old != state:
                _retire(old)
    blank(out / opening.VAULT, destroyed)
    with store.batch() as batch:
        backups_sql.put(batch, identity, str(out.absolute()), number, manifest.time, known)
        batch.note("backup made", folder=identity, backup=number, commits=commits)
    return BackupResult(identity, number, copied, result)


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


def _retire(state: Path) -> None:
    """Removes a state, its keys first and for good. Raises OSError."""
    keys_of = state / opening.KEYS
    if keys_of.exists():
        with keys_of.open("r+b") as file:
            overwrite(file)
    if state.exists():
        shutil.rmtree(state)


def _needed(store: Store, before: Manifest | None) -> int:
    """Bytes that the next backup adds: what is new in the packs, and another copy of the database."""
    there = before.packs if before else {}
    new = sum(length - there.get(number, 0) for number, length in vault_sql.packs(store.read()).items())
    with disk("reading the store"):
        return new + (store.directory / opening.DATABASE).stat().st_size


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
    from triage.store.store import Store  # the store offers backups; only restoring needs the store

    cancel = cancel or CancelToken()
    manifest = _read_manifest(out)
    state = out / _STATE / f"{manifest.number:06d}"
    ring, user_id = keys.unlock(opening.read_keys(state), user, passphrase)
    if not audit.is_signed(manifest.body(), manifest.signature, ring.keys.public()):
        raise StoreError("The backup's manifest was changed; use another copy of the backup.")
    with disk("reading the backup"):
        for name, digest in manifest.files.items():
            if name not in _FILES or _digest(state / name) != digest:
                raise StoreError("The backup's files are damaged or were changed; use another copy of the backup.")
    require_room(directory, sum(manifest.packs.values()) + limits.MIN_FREE, "The disk for the store")
    opening.clear_for_creation(directory)
    may(_user(state, directory, ring, user_id))
    _copy_packs(out / opening.VAULT, directory / opening.VAULT, manifest.packs, progress, cancel)
    with disk("writing the store"):
        for name in _FILES:
            shutil.copyfile(state / name, directory / name)
            (directory / name).chmod(PRIVATE_FILE)
            _sync_and_digest(directory / name)
        sync_directory(directory)
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
    with disk("writing the store"):
        shutil.copyfile(state / opening.DATABASE, directory / opening.DATABASE)
        (directory / opening.DATABASE).chmod(PRIVATE_FILE)
    database = Database(directory / opening.DATABASE, ring.keys.database)
    try:
        found = users_sql.by_id(database.writer, user)
    finally:
        database.close()
    if found is None or found.disabled:
        raise WrongPassphrase("The name or the passphrase is wrong.")
    return found


def is_of(store: Store, out: Path) -> bool:
    """Whether the folder holds a backup of this store. Raises StoreError for one of another store, or a damaged one."""
    return _earlier(store, out) is not None


def _earlier(store: Store, out: Path) -> Manifest | None:
    with disk("reading the backup"):
        if not out.exists() or not any(out.iterdir()):
            return None
        if not (out / _MANIFEST).exists() and {path.name for path in out.iterdir()} <= {_STATE, opening.VAULT}:
            return None  # the first backup was interrupted
    manifest = _read_manifest(out)
    if manifest.store != store.id or not audit.is_signed(manifest.body(), manifest.signature, store.public_key):
        raise StoreError("This folder holds the backup of another store; choose another folder.")
    return manifest


def _read_manifest(out: Path) -> Manifest:
    try:
        return msgspec.json.decode((out / _MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError as error:
        raise StoreError("This folder holds no complete backup; choose another folder.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreError("The backup's manifest is damaged; use another copy of the backup.") from error
    except OSError as error:
        raise StoreError("The backup can't be read.", detail=str(error)) from error


def _copy_packs(source: Path, target: Path, packs: dict[int, int], progress: OnProgress, cancel: CancelToken) -> int:
    """Copies what `target` does not have yet, and cuts what lies behind; returns the bytes copied."""
    total, done, copied = sum(packs.values()), 0, 0
    for number, length in packs.items():
        with disk("copying the vault"):
            copied += _copy_tail(pack_path(source, number), pack_path(target, number), length, cancel)
        done += length
        progress(Progress(done=done, total=total, unit="bytes", note="copying"))
    with disk("copying the vault"):
        for path in target.iterdir():
            if path.name not in {pack_path(target, number).name for number in packs}:
                path.unlink()
        sync_directory(target)
    return copied


def _copy_tail(source: Path, target: Path, length: int, cancel: CancelToken) -> int:
    handle = os.open(target, os.O_RDWR | os.O_CREAT | NO_LINK | getattr(os, "O_BINARY", 0), PRIVATE_FILE)
    with os.fdopen(handle, "r+b") as out, source.open("rb") as data:
        start = min(out.seek(0, os.SEEK_END), length)
        out.truncate(start)
        data.seek(start)
        out.seek(start)
        left = length - start
        while left:
            cancel.check()
            block = data.read(min(_BLOCK, left))
            if not block:
                raise StoreError(f"The vault file {source.name} is cut short; run a check.")
            out.write(block)
            left -= len(block)
        out.flush()
        os.fsync(out.fileno())
    return length - start


def _sync_and_digest(path: Path) -> str:
    with path.open("r+b") as file:
        os.fsync(file.fileno())
    return _digest(path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
