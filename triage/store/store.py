"""The store: encrypted database, sealed vault, key file and audit log as one thing.

    keys.json            wrapped keys (keys.py)
    head.json            the audit log's signed head (audit.py)
    intent.json          which batch is sealing behind the vault's end (intent.py)
    triage.db, -wal, -shm  SQLCipher; after a rebuild triage-000002.db and so on (generations.py)
    vault/NNNNNN.pack    sealed bytes (vault.py)
    lock, log/           the writer's lock, empty; messages without content
Every write is a `batch()`: vault flush, COMMIT, head. See docs/decisions/01-keys.md, 02-record.md and 03-store-files.md.
"""

from __future__ import annotations

import hmac
import unicodedata
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from triage.errors import Refused
from triage.message import Message
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.users import Role, User
from triage.model.verification import AuditResult, CheckResult
from triage.safe_files import resolve_file, resolve_folder
from triage.store import audit, integrity, keys, opening, recovery
from triage.store.audit import LogHead, Proof
from triage.store.batch import Batch, open_item
from triage.store.canonical import now
from triage.store.compaction import Compactor
from triage.store.database import Database, Reader
from triage.store.database_copy import DatabaseCopy
from triage.store.generations import find_newest
from triage.store.heads import HeadKeeper
from triage.store.integrity import WHOLE_VAULT, VaultPart
from triage.store.key_file import KeyFileEditor
from triage.store.key_form import Cost
from triage.store.key_swap import explain_swapped_key, read_settled_keys
from triage.store.keys import KeyRing
from triage.store.lock import WAIT_SECONDS, SharedLock, WriterLock
from triage.store.log import start_log, stop_log
from triage.store.migrations import apply_migrations
from triage.store.private_account import PrivateAccount
from triage.store.queries import compaction
from triage.store.queries import users as users_sql
from triage.store.settling import HearWait, Settling, ignore_wait
from triage.store.tree import Frontier
from triage.store.users import Users, check_name, check_passphrase
from triage.store.vault import SealedReader
from triage.store.vault_end import VaultEnd

__all__ = ["Batch", "CreatedStore", "Reader", "Store"]


@dataclass(frozen=True, slots=True)
class CreatedStore:
    """A new store, and the two halves of its recovery key, which are printed and then forgotten."""

    store: Store
    fingerprint: str
    recovery: tuple[str, str]


class Store(Settling):
    """An open store; a context manager. It reads from any thread and writes one batch at a time."""

    def __init__(self, directory: Path, ring: KeyRing, database: Database, *, read_only: SharedLock | None = None) -> None:
        self.directory = directory
        self._shared = read_only
        self.read_only = read_only is not None
        self.vault = directory / opening.VAULT
        self.user: User
        self.problems: tuple[Message, ...] = ()
        """What is wrong with head or key file in a store opened to examine it; such a store can't be written."""
        self.keys = KeyFileEditor(self, ring)
        self.account = PrivateAccount(self, self.keys)
        self.users = Users(self, self.keys, self.account)
        self._database = database
        self._signing = Ed25519PrivateKey.from_private_bytes(ring.keys.signing)
        self.public_key = self._signing.public_key().public_bytes_raw()
        self.fingerprint = keys.compute_fingerprint(self.public_key)
        self._heads = HeadKeeper(directory, database, ring.keys.database, self.public_key, self.sign)
        self._vault_end = VaultEnd(directory, database, ring.keys.database)
        self._compactor = Compactor(directory, database, self._heads)
        self._lock = WriterLock(directory / opening.LOCK)
        self._lock.taken = self._heads.follow
        self._handler = start_log(directory, read_only=read_only is not None)
        self._hear, self._closed = ignore_wait, False

    @property
    def id(self) -> str:
        """The random id of the store, which its heads name."""
        return self._heads.store

    @classmethod
    def create(cls, directory: Path, user: str, passphrase: str, *, cost: Cost | None = None) -> CreatedStore:
        """Makes a store in a new or empty directory; `user` becomes its first user and holds all roles.

        `cost` is Argon2id's; tests pass a cheap one. Raises WorldError.
        """
        name = check_name(user)
        pair = recovery.make_pair()
        ring = KeyRing.create(name, check_passphrase(passphrase), cost or Cost(), (pair.first.public, pair.second.public))
        opening.clear_for_creation(directory := resolve_folder(directory))
        store = cls(directory, ring, Database.create(directory / opening.DATABASE, ring.keys.database))
        try:
            store._begin(name, pair)
            opening.write_key_file(directory, ring.file)
            opening.finish_creation(directory)
        except BaseException:
            store.close()
            raise
        return CreatedStore(store, store.fingerprint, (pair.first.text, pair.second.text))

    @classmethod
    def open(
        cls,
        directory: Path,
        user: str,
        passphrase: str,
        *,
        examine: bool = False,
        accept_rollback: bool = False,
        read_only: bool = False,
        hear: HearWait = ignore_wait,
        cancel: CancelToken | None = None,
    ) -> Store:
        """Opens a store as `user`. When head, key file or vault do not fit the database, this is refused.

        With `examine` the store opens all the same, for `verify_log` and `check`: `problems` says what is wrong, and nothing can
        be written. With `accept_rollback` an administrator goes on from what is there; the audit log says so. With `read_only` no
        byte of the folder changes, which may lie on write-protected media; `batch` refuses. `hear` is for `hear_waits`; `cancel`
        stops what takes long. Raises StoreError, WrongPassphrase, Cancelled.
        """
        directory = resolve_folder(directory)
        shared = SharedLock(directory / opening.LOCK) if read_only else None
        try:
            settled = read_settled_keys(
                directory, lambda file: keys.unlock_key_file(file, user, passphrase)[0], read_only=read_only
            )
            ring, user_id = keys.unlock_key_file(settled, user, passphrase)
            with explain_swapped_key(directory, settled):
                database = Database(find_newest(directory), ring.keys.database, read_only=read_only)
                store = cls(directory, ring, database, read_only=shared)
                store.hear_waits(hear)
        except BaseException:
            if shared is not None:
                shared.free()
            raise
        try:
            with explain_swapped_key(directory, settled):
                store._settle(user_id, examine, accept_rollback, cancel)
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def recover(cls, directory: Path, halves: tuple[str, str], user: str, passphrase: str) -> Store:
        """Opens the store with both halves of the recovery key, and gives `user` (enabled again) a new passphrase.

        The halves are used up. The user is marked as recovered until another person confirms them. Raises StoreError,
        WrongPassphrase, NotFound.
        """
        check_passphrase(passphrase)
        directory, joined = resolve_folder(directory), recovery.read_halves(*halves)
        ring = keys.unlock_recovery(read_settled_keys(directory, lambda file: keys.unlock_recovery(file, joined)), joined)
        store = cls(directory, ring, Database(find_newest(directory), ring.keys.database))
        try:
            store.user = User(0, "recovery key", frozenset())
            store._settle(None, False, False)
            store.user = store.users.recover(user, passphrase)
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Closes the database, wipes the keys and ends the log. Another call does nothing."""
        if not self._closed:
            self._closed = True
            self._database.close()
            self._heads.close()
            self.keys.ring.wipe()
            del self._signing  # OpenSSL zeroes its own copy
            if self._shared is not None:
                self._shared.free()
            stop_log(self._handler)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- reading ---------------------------------------------------------------------------------------------------

    def read(self, *, shared: bool = False) -> Reader:
        """Returns this thread's own connection, which can't write, or the one that threads share in turn."""
        return self._database.shared_reader() if shared else self._database.reader()

    def unseal(self, item: int) -> bytes:
        """Returns all bytes of a vault item. Raises NotFound, or StoreError if they were changed, are gone or were destroyed."""
        return self.reader(item).all()

    def reader(self, item: int) -> SealedReader:
        """Returns a reader of ranges of a vault item. Raises NotFound, or StoreError if the item was destroyed."""
        return open_item(self.read(), self.vault, item)

    # -- writing ---------------------------------------------------------------------------------------------------

    @contextmanager
    def batch(self, wait: float = WAIT_SECONDS, waiting: Callable[[], None] = lambda: None) -> Iterator[Batch]:
        """Opens the only transaction that writes: all inside is stored on leaving, or nothing after an exception.

        One batch at a time over all processes. While it waits, it calls `waiting` again and again, which may raise. Raises
        StoreBusy after `wait` seconds, but never while the database is rebuilt; RuntimeError inside another batch of this thread.
        """
        self.require_writable()
        if self.problems:
            raise opening.make_read_only_error(self.problems[0], acceptable=self.keys.is_acceptable(self._database.writer))
        with self._lock.hold(wait, waiting=waiting, patient=self._compactor.is_rebuilding):
            self._reconcile()
            self.users.check_unchanged(self._database.writer)
            with self._transaction() as batch:
                yield batch

    def require_writable(self) -> None:
        """Raises Refused when the store was opened to be read only."""
        if self.read_only:
            raise Refused("The store was opened with --read-only, and this would write to it; nothing was changed.")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps all writers out, for checks over several files."""
        if self.read_only:  # the shared lock does
            yield
            return
        with self._lock.hold():
            yield

    def begin_copy(self, path: Path, key: memoryview) -> DatabaseCopy:
        """Begins a copy of the last committed state in a new file under another key, inside `at_rest`.

        It may be finished outside, while others write. After a destruction the search words are merged first: no copy holds words
        that were erased.

        Raises StoreError if a page was put back to an older content, or the disk refuses.
        """
        if not self.read_only and self._compactor.is_owed():
            with self._transaction() as batch:
                compaction.merge_search_words(batch)
        integrity.require_current_pages(self.subject(), self.read_head())
        return DatabaseCopy(self._database, path, key)

    def forget_older_state(self, progress: OnProgress = ignore_progress, wait: float = WAIT_SECONDS) -> bool:
        """Finishes a destruction: no sealed bytes without a key and no page that holds what was erased stay.

        Returns False when somebody is reading just now; the next opening tries again. Raises StoreError if the disk refuses.
        """
        self.require_writable()
        return self._compactor.forget_older_state(self.user.id, self._hold_settled, self._transaction, progress, wait)

    # -- keys ------------------------------------------------------------------------------------------------------

    def keyed(self, text: str) -> str:
        """Returns a keyed hash of a text, in hex, for the audit log: the same in this store only. File names may be no text."""
        data = unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass")
        return hmac.digest(self.keys.ring.keys.record, data, "sha256").hex()

    def sign(self, data: bytes) -> bytes:
        """Returns the Ed25519 signature under the store's signing key."""
        return self._signing.sign(data)

    @property
    def recipient(self) -> str:
        """The age recipient to which others encrypt what only this store can open."""
        return self.keys.ring.keys.recipient()

    # -- the audit log and checks -------------------------------------------------------------------------------------

    def read_head(self) -> LogHead:
        """Reads the audit log's head, which is stored outside the database. Raises StoreError."""
        return self._heads.read()

    def prove_entries(self, entries: Sequence[int]) -> tuple[Proof, ...]:
        """Returns inclusion proofs of audit log entries, all against one state."""
        reader = self.read()
        with reader.snapshot():
            return audit.prove_entries(reader, entries)

    def verify_log(
        self,
        head: Path | None = None,
        progress: OnProgress = ignore_progress,
        cancel: CancelToken | None = None,
        frontier: Frontier | None = None,
    ) -> AuditResult:
        """Recomputes the audit log and compares it with database, head file and, if given, an exported head.

        Entries of `frontier` were verified before and are left out; it grows by the others. Their pages are compared as ever, but
        what somebody with the keys rewrote as a step of the log only a whole check finds.
        Writers wait only while the heads are read and the database's pages are compared.
        """
        with ExitStack() as stack:
            with self.at_rest():
                begun = stack.enter_context(
                    integrity.begin_log_check(self.subject(), None if head is None else resolve_file(head))
                )
            return integrity.verify_log(begun, progress, cancel or CancelToken(), frontier)

    def check(
        self,
        part: VaultPart = WHOLE_VAULT,
        progress: OnProgress = ignore_progress,
        cancel: CancelToken | None = None,
        references: Sequence[integrity.Reference] = (),
        *,
        database: bool = True,
    ) -> CheckResult:
        """Checks that database, vault and audit log agree, and that every byte of the vault, or of a part, authenticates.

        Writers wait only until the state that is checked is fixed; to the end of the database's checks if somebody reads an older
        state just then. `references` are further checks by the caller. Without `database` only its pages are compared.
        """
        cancel = cancel or CancelToken()
        with ExitStack() as stack, ExitStack() as rest:
            rest.enter_context(self.at_rest())
            begun = stack.enter_context(integrity.begin_structure_check(self.subject()))
            owed = self._compactor.check()
            if begun.folded:
                rest.close()
            found = integrity.check_structure(begun, progress, cancel) if database else integrity.compare_structure(begun)
            found = found.join(owed)
        return found.join(integrity.check_contents(self.subject(), part, progress, cancel, references)).result()

    def _begin(self, name: str, pair: recovery.RecoveryPair) -> None:
        """Makes the schema, the store's row, the first user and the first audit log entry."""
        writer = self._database.writer
        self.user = User(1, name, frozenset(Role))
        with self._lock.hold():
            writer.begin()
            try:
                apply_migrations(writer, 0)
                self._heads.store = self._vault_end.store = str(uuid.uuid4())
                file = self.keys.ring.file
                users_sql.add_store_row(writer, self.id, now(), file.generation, file.digest())
                audit.begin_log(writer)
                first = users_sql.add_user(writer, name, keys.normalize_name(name), self.user.roles, now(), None, None)
                users_sql.set_passphrase_origin(writer, first, now(), first)
                self.keys.begin(writer, pair, self.user)
                writer.commit()
            except BaseException:
                writer.rollback()
                raise
            with self._transaction() as batch:
                batch.note("store created", store=self.id, user_added=1)

    @contextmanager
    def _transaction(self) -> Iterator[Batch]:
        """Runs one batch under the held lock: vault flush, COMMIT and head, or nothing."""
        writer = self._database.writer
        writer.begin()
        try:
            batch = Batch(writer, self.vault, self.user.id, self._vault_end.begin)
        except BaseException:
            writer.rollback()
            raise
        try:
            yield batch
            state = batch.finish()
        except BaseException:
            batch.undo()
            raise
        finally:
            batch.end()
        if state is not None:
            self._heads.finish_step(state, self._vault_end.finish)

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Keeps writers out, and settles a step whose writer was killed before its head."""
        if self.read_only:
            yield
            return
        with self._lock.hold(patient=self._compactor.is_rebuilding):
            if not self.problems and not (self._heads.find_problem() or self._vault_end.find_problem()):
                self._reconcile()
            yield

    def subject(self) -> integrity.CheckSubject:
        """Returns what a check of the store looks at."""
        head, pages = self.directory / opening.HEAD, self._heads.pages
        return integrity.CheckSubject(self._database, self.vault, head, self.id, self.public_key, pages, self.problems)
