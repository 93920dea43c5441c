"""Backups: a folder on another disk that holds all that a restore needs, encrypted under keys of its own.

    backup.json            signed manifest of the newest complete state; replaced last
    destructions.json      the register of what was destroyed until then; its volumes destructions.NNNNNN-XXXXXXXX.json beside it
    state/NNNNNN/          keys.json and head.json of that state
    database/NNNNNN.pages  the database: a base with all its pages, and parts with those that changed since (backup_chain.py)
    vault/NNNNNN.pack      packs only grow, so each backup copies only what is new
    making                 there until the first manifest is

The store's passphrases and recovery halves open the backup. The disk may have been in other hands: no link on it is followed,
and only files that a backup names are changed or deleted. An interrupted backup leaves the state before it as it was. What was
copied is checked before the manifest names it.

Each state has a key file of its own, whose master key opens the keys of the parts. When the next state is complete, the key file
of the state before is overwritten, and so are the sealed bytes of what was destroyed meanwhile. After a destruction, and when the
store's key file changed, the database is copied whole under a new key, and the older parts go. Then nobody can open the older
state any more.
"""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from triage import limits
from triage.errors import DamagedPart, StoreError
from triage.message import Message
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.model.verification import CheckResult
from triage.safe_files import file_size, resolve_folder
from triage.store import audit, backup_chain, integrity, opening, register
from triage.store.audit import LogHead
from triage.store.backup_chain import Chain, KnownTags, find_changes
from triage.store.backup_files import copy_packs, sync_and_digest
from triage.store.backup_folder import (
    FILES,
    find_state,
    is_backup_of,
    is_current,
    prepare_folders,
    read_earlier_manifest,
    remove_older_states,
    require_same_history,
    sync_state,
)
from triage.store.backup_manifest import Manifest, write_manifest
from triage.store.canonical import now
from triage.store.database import PAGE
from triage.store.files import explain_disk_errors, require_free_space
from triage.store.integrity import CheckFindings, LogCheck, StructureCheck, VaultPart
from triage.store.keys import KeyRing
from triage.store.lock import WriterLock
from triage.store.pack_check import find_pack_problems, measure_packs
from triage.store.page_parts import KEY_BYTES, Part, measure_part, write_part
from triage.store.queries import audit_log, compaction, destruction
from triage.store.queries import backups as backups_sql
from triage.store.queries import vault as vault_sql
from triage.store.snapshot import Snapshot, open_snapshot
from triage.store.store import Store
from triage.store.tree import Frontier
from triage.store.zeroing import Extent
from triage.target_path import resolve_target

__all__ = ["LOCK", "BackupResult", "is_backup_of", "make_backup"]

LOCK = "backup.lock"
"""In the store's folder. Two backups at once would take the files of one another for left ones."""
_BUSY = Message("Another backup of this store is being made; wait until it has ended, then run this again.")
_DESTROYED = Message("Something was destroyed in the store while it was backed up; run the backup again.")
_UNFINISHED = Message(
    "A destruction is not finished, because somebody still reads older pages. Let checks and backups end and close other windows,"
    " then run the backup again."
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BackupResult:
    """What a backup did. `copied` is the number of bytes that were new in the vault; `check` is that of the copies.

    Copies that only an earlier backup read count as `vault_items_unread` and `database_pages_unread`. `current`: nothing was to
    be copied.
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
        WorldError: if `out` would lie in a store or another backup
    """
    store.require_writable()
    cancel, out = cancel or CancelToken(), resolve_target(resolve_folder(out))
    with WriterLock(store.directory / LOCK).hold(busy=_BUSY, waiting=cancel.check):
        with store.at_rest():
            store.keys.follow()  # another program may have changed a passphrase since
        return _Backup(store, out, progress, cancel).make()


@dataclass(frozen=True, slots=True)
class _State:
    """The state of the store that is copied. `snapshot` is open until `release` is called; `ring` opens the copy."""

    snapshot: Snapshot
    release: Callable[[], None]
    ring: KeyRing
    key_file: bytes
    made: str
    packs: dict[int, int]
    last_item: int
    known: int
    destroyed: list[Extent]
    frontier: bytes
    """Of the audit log's tree."""


class _Backup:
    """One backup into a folder. `before` is the manifest of the state before."""

    def __init__(self, store: Store, out: Path, progress: OnProgress, cancel: CancelToken) -> None:
        self.store, self.out, self.progress, self.cancel = store, out, progress, cancel
        self.before = read_earlier_manifest(store, out)
        self.subject = replace(store.subject(), vault=out / opening.VAULT)
        self.chain: Chain | None = None
        """The parts of the state before, when another part can be added to them."""
        self.head: LogHead | None = None
        """The audit log's head of the state before."""
        self.frontier = Frontier()
        """The tree of the audit log's entries that the state before holds."""
        self.pages_reread = 0
        """Pages of the earlier parts that this backup read again."""

    def make(self) -> BackupResult:
        """Makes the backup."""
        store, out, before = self.store, self.out, self.before
        if before:
            self.head, self.frontier = require_same_history(store, out, before)
            reader = store.read()  # asked before the comparison: what is destroyed later, the copy still holds
            known, destroyed = destruction.count_destructions(reader), vault_sql.list_destroyed(reader)
            self.chain = self._find_chain(before)
            if self.chain and is_current(store, out, before, self.head):
                remove_older_states(out, before, destroyed)
                return self._keep_state(before, self.chain, known)
        if compaction.is_compaction_owed(store.read()) and not store.forget_older_state(self.progress):
            raise StoreError(_UNFINISHED)  # message-ok
        identity, number = (before.id, before.number + 1) if before else (str(uuid.uuid4()), 1)
        with self._begin() as state:
            part = self._write_part(state, identity, number)
            copied = copy_packs(store.vault, out / opening.VAULT, state.packs, self.progress, self.cancel)
            found = self._check_structure(state).join(self._check_new_items(state))
            register.write_register(store, state.snapshot.reader, out)
            state.release()
            if found.problems and vault_sql.list_destroyed(store.read()) != state.destroyed:
                raise StoreError(_DESTROYED)  # message-ok
            again, reread = self._reread_items()
            found = _add_findings(found, again)
            _require_whole(found)
            chain = Chain((*(self.chain.parts if self.chain else ()), part), state.snapshot.count)
            self._name_state(state, identity, number, chain, reread)
        read = self.pages_reread + part.pages if self.chain else part.pages
        return BackupResult(identity, number, copied, found.join(_count_pages(chain, read)).result())

    def _keep_state(self, before: Manifest, chain: Chain, known: int) -> BackupResult:
        """Checks a part of the copies of a backup that is up to date, and records that it is.

        `known` is the number of destroyed reports that the backup's state knows of.
        """
        found, reread = self._reread_items()
        _require_whole(found)
        made = now()
        with explain_disk_errors(Message("writing the backup")):
            kept = msgspec.structs.replace(before, time=made, reread=reread, reread_pages=self._find_reread_pages())
            write_manifest(self.store, self.out, kept)
        with self.store.batch() as batch:
            backups_sql.save_backup(batch, before.id, str(self.out.absolute()), before.number, made, known, self.frontier.pack())
            batch.note("backup is current", folder=before.id, backup=before.number, commits=before.commits)
        found = found.join(_count_pages(chain, self.pages_reread))
        return BackupResult(before.id, before.number, 0, found.result(), current=True)

    def _find_chain(self, before: Manifest) -> Chain | None:
        """Returns the parts of the state before, after reading some of them again; None when the database is to be copied whole.

        That is so when their keys are not known, or one of them is damaged.
        """
        keys = backups_sql.load_part_keys(self.store.read(), before.id, self.store.keys.ring.file.digest())
        chain, most = Chain(backup_chain.find_parts(self.out, before, keys), before.pages), limits.BACKUP_REREAD // 2
        try:
            with explain_disk_errors(Message("reading the backup")):
                if not chain.is_there():
                    return None
            tell = self._tell(Message("reading copies again"), min(chain.total, most // PAGE + 1))
            self.pages_reread = chain.reread(before.reread_pages, most, tell)
        except DamagedPart as error:
            _log.warning("a part of a backup is damaged, so the database is copied whole", exc_info=error)
            return None
        return chain

    @contextmanager
    def _begin(self) -> Iterator[_State]:
        """Fixes the state that is copied. Writers wait until then only."""
        with ExitStack() as stack:
            with self.store.at_rest():
                self.store.keys.follow()
                key_file, ring = self.store.keys.ring.file.digest(), self.store.keys.ring.make_copy_ring()
                stack.callback(ring.wipe)
                reading = stack.enter_context(ExitStack())
                snapshot = reading.enter_context(open_snapshot(self.subject.database, self.subject.pages, self.store.read_head()))
            reader = snapshot.reader
            if compaction.is_compaction_owed(reader):
                raise StoreError(_DESTROYED)  # message-ok
            if self.before and self.chain:
                keys = backups_sql.load_part_keys(reader, self.before.id, key_file)
                self.chain = self.chain if keys == self.chain.keys else None
            yield _State(
                snapshot,
                reading.close,
                ring,
                key_file,
                now(),
                vault_sql.load_pack_lengths(reader),
                vault_sql.find_last_item(reader),
                destruction.count_destructions(reader),
                vault_sql.list_destroyed(reader),
                audit_log.load_state(reader).frontier,
            )

    def _write_part(self, state: _State, identity: str, number: int) -> Part:
        """Writes what the backup lacks of the database, or all of it, and reads it again."""
        out, snapshot, store = self.out, state.snapshot, self.store
        comparing = self._tell(Message("comparing pages"), snapshot.count)
        changes = find_changes(snapshot, self._load_tags(), store.id, comparing)
        if self.chain and not self.chain.is_worth_continuing(len(changes.numbers)):
            self.chain = None
            changes = find_changes(snapshot, None, store.id, comparing)
        count, there = len(changes.numbers), self.before.packs if self.before else {}
        new = sum(length - there.get(pack, 0) for pack, length in state.packs.items())
        require_free_space(out, new + measure_part(count) + limits.MIN_FREE, Message("The backup's disk"))
        with explain_disk_errors(Message("writing the backup")):
            prepare_folders(out, find_state(out, number))
        part = backup_chain.name_part(out, store.id, identity, number, count, os.urandom(KEY_BYTES))
        write_part(part, changes.read(snapshot), self._tell(Message("copying the database"), count))
        changes.require(part, self._tell(Message("reading the copy"), count))
        return part

    def _load_tags(self) -> KnownTags | None:
        """Returns what the backup has of each page, or None when the database is to be copied whole."""
        try:
            return self.chain.load_tags(self._load_digest()) if self.chain else None
        except DamagedPart as error:
            _log.warning("a part of a backup is damaged, so the database is copied whole", exc_info=error)
            self.chain = None
            return None

    def _load_digest(self) -> int | None:
        """Returns the digest of all pages for which the head of the state before vouches, or None."""
        head = self.head
        return None if head is None else self.subject.pages.open_digest(head.pages, self.store.id, head.commits)

    def _check_structure(self, state: _State) -> CheckFindings:
        """Checks that the copied packs fit the database, and of the database all, or of a later part the log's new entries."""
        reader, head, subject = state.snapshot.reader, state.snapshot.head, self.subject
        with explain_disk_errors(Message("reading the backup")):
            lengths = measure_packs(subject.vault)
        count = audit_log.load_state(reader).count
        if self.chain is None:
            log = LogCheck(subject, reader, head, None, count, ())
            begun = StructureCheck(log, reader, lengths, (), True, state.snapshot.in_log)
            return integrity.check_structure(begun, self.progress, self.cancel)
        before = self.frontier.count
        tell = self._tell(Message("record"), count, "entries")
        found = [
            *audit.find_problems(reader, head, None, self.store.id, self.store.public_key, tell, self.frontier),
            *find_pack_problems(subject.vault, state.packs, lengths),
        ]
        return CheckFindings(found, {"record_entries": count - before, "vault_packs": len(state.packs)})

    def _check_new_items(self, state: _State) -> CheckFindings:
        """Reads the copies of the items that no earlier backup copied."""
        part = VaultPart(after=self.before.last_item if self.before else 0, until=state.last_item)
        return integrity.check_contents(self.subject, part, self.progress, self.cancel, reader=state.snapshot.reader)

    def _reread_items(self) -> tuple[CheckFindings, int]:
        """Reads some copies of older items again; returns the findings, and up to which item that came.

        Rot in a copy that was whole is found within some backups, and a backup takes as long as what is new.
        """
        before, reader = self.before, self.store.read()
        if before is None:
            return CheckFindings(()), 0
        most = max(1, limits.BACKUP_REREAD - self.pages_reread * PAGE)
        part = VaultPart(after=before.reread, until=before.last_item, most=most)
        found = integrity.check_contents(self.subject, part, self.progress, self.cancel)
        up_to = found.checked.get("vault_up_to", before.last_item)
        checked = {what: found.checked[what] for what in ("vault_items", "vault_bytes")}
        left = vault_sql.count_kept_items(reader, 0, before.reread)
        left += vault_sql.count_kept_items(reader, up_to, before.last_item)
        if left:
            checked["vault_items_unread"] = left
        return CheckFindings(found.problems, checked), 0 if up_to >= before.last_item else up_to

    def _name_state(self, state: _State, identity: str, number: int, chain: Chain, reread: int) -> None:
        """Writes the files of the new state, has the manifest name it, and takes away what only older states need."""
        store, out, folder, snapshot = self.store, self.out, find_state(self.out, number), state.snapshot
        opening.write_key_file(folder, state.ring.file)
        audit.write_head(folder / opening.HEAD, snapshot.head)
        with explain_disk_errors(Message("writing the backup")):
            sizes = {name: file_size(folder / name) or 0 for name in FILES}
            files = {name: sync_and_digest(folder / name) for name in FILES}
            sync_state(out, folder)
            manifest = Manifest(
                "triage backup", 2, identity, store.id, number, state.made, snapshot.head.commits, files, sizes,
                state.packs, state.last_item, reread, "", {part.number: part.pages for part in chain.parts}, chain.count,
                reread_pages=self._find_reread_pages(),
            )  # fmt: skip
            keys = backup_chain.seal_keys(state.ring.keys.database, store.keys.ring.keys.database, manifest, chain)
            write_manifest(store, out, msgspec.structs.replace(manifest, keys=keys))
        remove_older_states(out, manifest, state.destroyed)
        with store.batch() as batch:
            backups_sql.save_backup(batch, identity, str(out.absolute()), number, manifest.time, state.known, state.frontier)
            since = audit_log.list_kinds(batch, snapshot.head.count)
            if not (compaction.is_compaction_owed(batch) or "database rebuilt" in since):  # the parts hold what was destroyed
                backups_sql.save_part_keys(batch, identity, state.key_file, chain.keys)
            batch.note("backup made", folder=identity, backup=number, commits=manifest.commits)

    def _find_reread_pages(self) -> int:
        """Returns up to which page of the earlier parts copies were read again; 0 when the next backup begins anew."""
        if not (self.before and self.chain):
            return 0
        at = self.before.reread_pages + self.pages_reread
        return 0 if at >= self.chain.total else at

    def _tell(self, note: Message, total: int, unit: str = "pages") -> Callable[[int], None]:
        """Returns what reports that so many of `total` are done, and ends the backup when that was asked for."""

        def tell(done: int) -> None:
            """Reports how many are done."""
            self.cancel.check()
            self.progress(Progress(done=done, total=total, unit=unit, note=note))

        return tell


def _add_findings(found: CheckFindings, again: CheckFindings) -> CheckFindings:
    """Returns both findings, with the sum of what both read of the vault."""
    both = {what: found.checked.get(what, 0) + again.checked.get(what, 0) for what in ("vault_items", "vault_bytes")}
    return found.join(CheckFindings(again.problems, {**again.checked, **both}))


def _count_pages(chain: Chain, read: int) -> CheckFindings:
    """Returns how many pages of a backup's database were read, and how many only earlier backups read."""
    unread = {"database_pages_unread": chain.total - read} if chain.total > read else {}
    return CheckFindings((), {"database_pages": read, **unread})


def _require_whole(found: CheckFindings) -> None:
    """Raises StoreError when a check of the copies found a problem."""
    if found.problems:
        raise StoreError("The copy is not whole; back up into an empty folder instead. {problem}", problem=found.problems[0])
