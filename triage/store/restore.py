"""Restores a backup: makes a store in a new folder, under keys of its own, from what the backup's folder holds.

The parts are put together to the database as it lay in the store, encrypted under that store's key. Its rows are then copied
into a new database under the key of the backup's own key file, so that old copies of the lost store's disk don't open with the
new key. The new database states that it is a copy before head and key file make it a store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from triage import limits
from triage.errors import StoreError, WrongPassphrase
from triage.message import Message
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.model.users import User
from triage.model.verification import CheckResult
from triage.safe_files import file_size, flush, make_private_folder, open_to_change, remove_folder, resolve_folder, sync_folder
from triage.store import audit, backup_chain, keys, opening, recovery
from triage.store.audit import LogHead
from triage.store.backup_chain import Chain
from triage.store.backup_files import copy_file, copy_packs, digest_file
from triage.store.backup_folder import FILES, find_state
from triage.store.backup_manifest import Manifest, read_manifest
from triage.store.database import PAGE, Database
from triage.store.database_copy import DatabaseCopy
from triage.store.files import explain_disk_errors, require_free_space
from triage.store.key_form import KeyFile
from triage.store.keys import KeyRing
from triage.store.pages import PageDigests
from triage.store.queries import audit_log, restored
from triage.store.queries import backups as backups_sql
from triage.store.queries import users as users_sql
from triage.store.store import Store

_CHANGED = Message("The backup's files are damaged or were changed; use another copy of the backup.")

Unlock: TypeAlias = Callable[[KeyFile], tuple[KeyRing, int | None]]
"""Opens a key file; returns the key ring, and whose slot that was."""


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
    cancel, directory = cancel or CancelToken(), resolve_folder(directory)

    def unlock(file: KeyFile) -> tuple[KeyRing, int | None]:
        """Opens the backup's key file as this user."""
        return keys.unlock_key_file(file, user, passphrase)

    manifest = _make_files(resolve_folder(out), directory, unlock, may, progress, cancel)
    with Store.open(directory, user, passphrase) as store:
        return _check(store, manifest, progress, cancel)


def recover_backup(
    out: Path,
    directory: Path,
    halves: tuple[str, str],
    user: str,
    passphrase: str,
    progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> CheckResult:
    """Restores as `restore_backup` does, with both halves of the recovery key; they give `user` a new passphrase there.

    Raises:
        StoreError: if the backup is damaged or the disk refuses
        WrongPassphrase: if the halves do not open it
        NotFound: if there is no such user; the store is restored then
    """
    cancel, directory = cancel or CancelToken(), resolve_folder(directory)
    joined = recovery.read_halves(*halves)

    def unlock(file: KeyFile) -> tuple[KeyRing, int | None]:
        """Opens the backup's key file with both halves."""
        return keys.unlock_recovery(file, joined), None

    manifest = _make_files(resolve_folder(out), directory, unlock, lambda user: None, progress, cancel)
    with Store.recover(directory, halves, user, passphrase) as store:
        return _check(store, manifest, progress, cancel)


def _check(store: Store, manifest: Manifest, progress: OnProgress, cancel: CancelToken) -> CheckResult:
    """Checks the new store, and records where it comes from."""
    result = store.check(progress=progress, cancel=cancel)
    if result.valid:
        with store.batch() as batch:
            batch.note("store restored", backup=manifest.number, commits=manifest.commits)
    return result


def _make_files(
    out: Path, directory: Path, unlock: Unlock, may: Callable[[User], None], progress: OnProgress, cancel: CancelToken
) -> Manifest:
    """Makes the files of the store, the key file last; returns the backup's manifest."""
    manifest = read_manifest(out)
    state = find_state(out, manifest.number)
    ring, user = unlock(opening.read_key_file(state))
    try:
        if not audit.is_signed(manifest.encode_unsigned(), manifest.signature, ring.keys.public_signing_key()):
            raise StoreError("The backup's manifest was changed; use another copy of the backup.")
        names = FILES if manifest.version > 1 else (*FILES, opening.DATABASE)
        with explain_disk_errors(Message("reading the backup")):
            for name in names:
                path, size = state / name, manifest.sizes.get(name)
                if size is None or file_size(path) != size or digest_file(path) != manifest.files.get(name):
                    raise StoreError(_CHANGED)  # message-ok
        lost = _open_parts(out, manifest, ring) if manifest.version > 1 else None
        needed = sum(manifest.packs.values()) + 2 * manifest.pages * PAGE + manifest.sizes.get(opening.DATABASE, 0)
        require_free_space(directory, needed + limits.MIN_FREE, Message("The disk for the store"))
        opening.clear_for_creation(directory)

        def check(database: Database) -> None:
            """Raises unless the user who restores may do so, as the backup's database knows them."""
            if user is not None:
                may(_load_user(database, user))

        if lost is None:
            head = _copy_database(state, directory, ring, check)
        else:
            head = _make_database(lost, directory, ring, check, progress, cancel)
        copy_packs(out / opening.VAULT, directory / opening.VAULT, manifest.packs, progress, cancel)
        with explain_disk_errors(Message("writing the store")):
            audit.write_head(directory / opening.HEAD, head)
            sync_folder(directory)
            copy_file(state / opening.KEYS, directory / opening.KEYS)
            sync_folder(directory)
    finally:
        ring.wipe()
    return manifest


@dataclass(frozen=True, slots=True)
class _Lost:
    """The database as it lay in the lost store: its parts in the backup, its key, and its head."""

    manifest: Manifest
    chain: Chain
    key: bytes = field(repr=False)
    head: LogHead


def _open_parts(out: Path, manifest: Manifest, ring: KeyRing) -> _Lost:
    """Opens the keys of the parts, and looks whether each part is as long as it has to be.

    Raises:
        StoreError: if one is not, or the keys belong to another state
    """
    key, part_keys = backup_chain.open_keys(ring.keys.database, manifest)
    chain = Chain(backup_chain.find_parts(out, manifest, part_keys), manifest.pages)
    with explain_disk_errors(Message("reading the backup")):
        if not chain.is_there():
            raise StoreError(_CHANGED)  # message-ok
    return _Lost(manifest, chain, key, audit.read_head(find_state(out, manifest.number) / opening.HEAD))


def _copy_database(state: Path, directory: Path, ring: KeyRing, check: Callable[[Database], None]) -> LogHead:
    """Copies the database of a backup of version 1: it has the key of the state's key file, and states that it is a copy."""
    path = directory / opening.DATABASE
    with explain_disk_errors(Message("writing the store")):
        copy_file(state / opening.DATABASE, path)
    with closing(Database(path, ring.keys.database)) as database:
        check(database)
    return audit.read_head(state / opening.HEAD)


def _make_database(
    lost: _Lost,
    directory: Path,
    ring: KeyRing,
    check: Callable[[Database], None],
    progress: OnProgress,
    cancel: CancelToken,
) -> LogHead:
    """Makes the database from the parts, and returns its head. It is flushed, and states that it is a copy."""
    folder, path, manifest = directory / opening.REBUILD, directory / opening.DATABASE, lost.manifest
    try:
        with _compose(lost, folder, progress, cancel) as database:
            check(database)
            with DatabaseCopy(database, path, ring.keys.database) as copy:
                made = copy.finish(Message("copying the database"), progress, cancel)
        with closing(PageDigests(path, ring.keys.database)) as pages, closing(made):
            writer = made.writer
            writer.begin()
            users_sql.save_bound_keys(writer, ring.file.generation, ring.file.digest())
            backups_sql.forget_part_keys(writer)
            restored.mark_copy(writer, manifest.id, manifest.number, manifest.time)
            writer.commit()
            made.empty_log()
            state = audit_log.load_state(writer)
            sealed = pages.seal_digest(pages.digest_all(writer), manifest.store, state.commits)
            head = audit.make_head(manifest.store, state, ring.sign, sealed)
        with explain_disk_errors(Message("writing the store")), open_to_change(path) as file:
            flush(file)
    finally:
        with explain_disk_errors(Message("writing the store")):
            remove_folder(folder, opening.DATABASE_FILES)
    return head


@contextmanager
def _compose(lost: _Lost, folder: Path, progress: OnProgress, cancel: CancelToken) -> Iterator[Database]:
    """Puts the parts together in `folder`, and yields the database as it lay in the store, which is proven to be whole.

    Raises:
        StoreError: if a part is damaged, or the pages are not those for which the backup's head vouches
    """
    key, chain, head = memoryview(lost.key), lost.chain, lost.head

    def tell(done: int) -> None:
        """Reports how many pages were read."""
        cancel.check()
        progress(Progress(done=done, total=chain.total, unit="pages", note=Message("copying the database")))

    with explain_disk_errors(Message("writing the store")):
        make_private_folder(folder)
    chain.compose(folder / opening.DATABASE, tell)
    with explain_disk_errors(Message("reading the backup")):
        pages = PageDigests(folder / opening.DATABASE, key)
    with closing(pages), closing(Database(folder / opening.DATABASE, key)) as database:
        fits = head.store == lost.manifest.store and head.commits == lost.manifest.commits
        if not fits or pages.open_digest(head.pages, head.store, head.commits) != pages.digest_all(database.writer):
            raise StoreError(_CHANGED)  # message-ok
        yield database


def _load_user(database: Database, user: int) -> User:
    """Returns the user who restores, as the backup's database knows them."""
    found = users_sql.load_user(database.writer, user)
    if found is None or found.disabled:
        raise WrongPassphrase("The name or the passphrase is wrong.")
    return found
