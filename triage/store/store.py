"""The store: encrypted database, sealed vault, key file and record as one thing.

    keys.json            wrapped keys (keys.py)
    head.json            the record's signed head (audit.py)
    intent.json          which batch is sealing behind the vault's end (intent.py)
    triage.db, -wal, -shm  SQLCipher
    vault/NNNNNN.pack    sealed bytes (vault.py)
    lock                 the writer's lock, empty
    log/                 messages without content

Every write is a `batch()`: vault fsync, COMMIT, head. See docs/decisions/01-keys.md, 02-record.md and 03-store-files.md.
"""

from __future__ import annotations

import hmac
import unicodedata
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from triage.errors import Refused, StoreError, WrongPassphrase
from triage.message import Message
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.users import Role, User
from triage.model.verification import AuditResult, CheckResult
from triage.safe_files import resolve_file, resolve_folder
from triage.store import audit, integrity, keys, opening, recovery
from triage.store.audit import Head, Proof
from triage.store.batch import Batch, open_item
from triage.store.canonical import now
from triage.store.compaction import Compactor
from triage.store.database import Database, OnPages, Reader, migrate, migrations
from triage.store.heads import Heads
from triage.store.key_file import KeyFileEditor
from triage.store.key_form import Cost
from triage.store.key_swap import read_settled_keys, telling_from_damage
from triage.store.keys import Ring
from triage.store.lock import WAIT_SECONDS, WriterLock
from triage.store.log import start_log, stop_log
from triage.store.queries import record
from triage.store.queries import users as users_sql
from triage.store.users import Users, checked_name, checked_passphrase
from triage.store.vault import SealedReader
from triage.store.vault_end import VaultEnd

__all__ = ["Batch", "Created", "Reader", "Store"]


@dataclass(frozen=True, slots=True)
class Created:
    """A new store, and what is to be printed and then forgotten: two halves of the recovery key."""

    store: Store
    fingerprint: str
    recovery: tuple[str, str]


class Store:
    """Made by `create`, `open` or `recover`; a context manager. Reads from any thread; writes one batch at a time."""

    def __init__(self, directory: Path, ring: Ring, database: Database) -> None:
        self.directory = directory
        self.vault = directory / opening.VAULT
        self.user: User
        self.problems: tuple[Message, ...] = ()
        """What is wrong with head or key file in a store opened to examine it; such a store can't be written."""
        self.keys = KeyFileEditor(self, ring)
        self.users = Users(self, self.keys)
        self._database = database
        self._signing = Ed25519PrivateKey.from_private_bytes(ring.keys.signing)
        self.public_key = ring.keys.public()
        self.fingerprint = keys.fingerprint(self.public_key)
        self._heads = Heads(directory, database, ring.keys.database, self.public_key, self.sign)
        self._vault_end = VaultEnd(directory, database, ring.keys.database)
        self._compactor = Compactor(directory, database, self._heads, self.copy_database)
        self._lock = WriterLock(directory / opening.LOCK)
        self._handler = start_log(directory)
        self._closed = False

    @property
    def id(self) -> str:
        """Random id of the store, named in its heads."""
        return self._heads.store

    # -- life ------------------------------------------------------------------------------------------------------

    @classmethod
    def create(cls, directory: Path, user: str, passphrase: str, *, cost: Cost | None = None) -> Created:
        """Makes a store in a new or empty directory; `user` becomes its first user and holds all roles.

        `cost` is Argon2id's; tests pass a cheap one. Raises StoreError.
        """
        name = checked_name(user)
        pair = recovery.new_pair()
        ring = Ring.create(name, checked_passphrase(passphrase), cost or Cost(), (pair.first.public, pair.second.public))
        opening.clear_for_creation(directory := resolve_folder(directory))
        store = cls(directory, ring, Database.create(directory / opening.DATABASE, ring.keys.database))
        try:
            store._begin(name, pair)
            opening.write_keys(directory, ring.file)
            opening.creation_done(directory)
        except BaseException:
            store.close()
            raise
        return Created(store, store.fingerprint, (pair.first.text, pair.second.text))

    @classmethod
    def open(cls, directory: Path, user: str, passphrase: str, *, examine: bool = False, accept_rollback: bool = False) -> Store:
        """Opens a store as `user`. Raises StoreError, WrongPassphrase.

        When head, key file or vault do not fit the database, this is refused. With `examine` the store opens all the same, for
        `verify_record` and `check`; `problems` says what is wrong, and nothing can be written. With `accept_rollback` an
        administrator goes on from what is there; the record says so."""
        directory = resolve_folder(directory)
        settled = read_settled_keys(directory, lambda file: keys.unlock(file, user, passphrase)[0])
        ring, user_id = keys.unlock(settled, user, passphrase)
        with telling_from_damage(directory, settled):
            store = cls(directory, ring, Database(directory / opening.DATABASE, ring.keys.database))
            try:
                store._settle(user_id, examine, accept_rollback)
            except BaseException:
                store.close()
                raise
        return store

    @classmethod
    def recover(cls, directory: Path, halves: tuple[str, str], user: str, passphrase: str) -> Store:
        """Opens the store with both halves of the recovery key, and gives `user` (enabled again) a new passphrase.

        The halves are used up. The user is marked as recovered until another person confirms them. Raises StoreError, NotFound.
        """
        checked_passphrase(passphrase)
        directory, joined = resolve_folder(directory), recovery.read_halves(*halves)
        ring = keys.unlock_recovery(read_settled_keys(directory, lambda file: keys.unlock_recovery(file, joined)), joined)
        store = cls(directory, ring, Database(directory / opening.DATABASE, ring.keys.database))
        try:
            store.user = User(0, "recovery key", frozenset())
            store._settle(None, False, False)
            store.user = store.users.recover(user, passphrase)
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._database.close()
            self._heads.close()
            self.keys.ring.wipe()
            del self._signing  # OpenSSL zeroes its own copy
            stop_log(self._handler)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- reading ---------------------------------------------------------------------------------------------------

    def read(self) -> Reader:
        """Read-only SQL over this thread's own connection."""
        return self._database.reader()

    def unseal(self, item: int) -> bytes:
        """All bytes of a vault item. Raises StoreError when they do not authenticate, NotFound."""
        return self.reader(item).all()

    def reader(self, item: int) -> SealedReader:
        """Ranges of a vault item (`.size`, `.read(start, length)`, `.stream()`)."""
        return open_item(self.read(), self.vault, item)

    # -- writing ---------------------------------------------------------------------------------------------------

    @contextmanager
    def batch(self, wait: float = WAIT_SECONDS, waiting: Callable[[], None] = lambda: None) -> Iterator[Batch]:
        """The only way to write: all inside is stored on leaving, or, on an exception, nothing is.

        One batch at a time over all processes: waits up to `wait` seconds, calling `waiting` again and again, which may raise;
        then StoreBusy. Taking one inside another is a RuntimeError.
        """
        if self.problems:
            raise opening.not_writable(self.problems[0])
        with self._lock.hold(wait, waiting=waiting):
            self._reconcile()
            self.users.check_unchanged(self._database.writer)
            with self._transaction() as batch:
                yield batch

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps all writers out, for checks over several files."""
        with self._lock.hold():
            yield

    def copy_database(self, path: Path, key: memoryview, on_pages: OnPages = None) -> Database:
        """The last committed state under a key of its own; wants `at_rest`. StoreError when a page was put back."""
        integrity.require_pages(self._subject(), self.head())
        return self._database.copy(path, key, on_pages)

    def forget_older_state(self, progress: OnProgress = ignore_progress) -> bool:
        """After a destruction: zeros over sealed bytes without a key, and no page that holds what was erased. Raises StoreError.

        False when somebody is reading just now, so that the log could not be emptied; the next opening tries it again."""
        with self._lock.hold():
            self._reconcile()
            return self._compactor.forget_older_state(self.user.id, self._transaction, progress)

    # -- keys ------------------------------------------------------------------------------------------------------

    def keyed(self, text: str) -> str:
        """Keyed hash of an identifier for the record, hex: the same text gives the same hash in this store only."""
        data = unicodedata.normalize("NFC", text).encode()
        return hmac.digest(self.keys.ring.keys.record, data, "sha256").hex()

    def sign(self, data: bytes) -> bytes:
        """Ed25519 signature under the store's signing key."""
        return self._signing.sign(data)

    @property
    def recipient(self) -> str:
        """The age recipient to which others encrypt what only this store shall open."""
        return self.keys.ring.keys.recipient()

    # -- the record and checks -------------------------------------------------------------------------------------

    def head(self) -> Head:
        """The audit log's head as it stands outside the database."""
        return self._heads.read()

    def prove(self, entries: Sequence[int]) -> tuple[Proof, ...]:
        """Inclusion proofs of record entries, all against one head."""
        reader = self.read()
        with reader.snapshot():
            return audit.prove(reader, entries)

    def verify_record(self, head: Path | None = None) -> AuditResult:
        """Recomputes every leaf and the root, and compares with database, head file and, if given, an exported head."""
        with self.at_rest():
            return integrity.verify_record(self._subject(), None if head is None else resolve_file(head))

    def check(
        self,
        subset: tuple[int, int] | None = None,
        progress: OnProgress = ignore_progress,
        cancel: CancelToken | None = None,
        references: Sequence[integrity.Reference] = (),
    ) -> CheckResult:
        """Database, vault and record agree, and every byte (or slice n of t, from 1) authenticates.

        Writers wait only while the structure is looked at. `references` are further checks by the caller.
        """
        cancel = cancel or CancelToken()
        with self.at_rest():
            found = integrity.check_structure(self._subject(), progress, cancel).join(self._compactor.check())
        return found.join(integrity.check_contents(self._subject(), subset, progress, cancel, references)).result()

    # -- inner life ------------------------------------------------------------------------------------------------

    def _begin(self, name: str, pair: recovery.Pair) -> None:
        """First transaction: schema, store row, first user, first entries."""
        writer = self._database.writer
        self.user = User(1, name, frozenset(Role))
        with self._lock.hold():
            writer.begin()
            try:
                migrate(writer, 0)
                self._heads.store = self._vault_end.store = str(uuid.uuid4())
                file = self.keys.ring.file
                users_sql.begin_store(writer, self.id, now(), file.generation, file.digest())
                audit.begin(writer)
                first = users_sql.add(writer, name, keys.name_key(name), self.user.roles, now(), None, None)
                users_sql.set_passphrase_origin(writer, first, now(), first)
                self.keys.begin(writer, pair, self.user)
                writer.commit()
            except BaseException:
                writer.rollback()
                raise
            with self._transaction() as batch:
                batch.note("store created", store=self.id, user_added=1)

    def _settle(self, user: int | None, examine: bool, accept: bool) -> None:
        """After opening: schema known, user known, head and key file fitting, unfinished steps taken back."""
        writer, newest = self._database.writer, migrations()[-1][0]
        if self._database.version() > newest:
            migrate(writer, self._database.version())
        if self._database.version() == 0:  # an empty file is a database to SQLite
            raise StoreError("The store's database is damaged; run a check, and restore the newest backup.")
        if user is not None:
            found = users_sql.by_id(writer, user)
            if found is None or found.disabled:
                raise WrongPassphrase("The name or the passphrase is wrong.")
            self.user = found
        with self._lock.hold():
            self._heads.store = self._vault_end.store = users_sql.store_id(writer)
            self.keys.follow()
            wrong = (self._heads.find_problem(), self.keys.find_problem(writer), self._vault_end.find_problem_at_opening())
            self.problems = tuple(problem for problem in wrong if problem)
            if accept and not self.problems:
                self.problems = integrity.find_log_problems(self._subject())
            if self.problems and not (examine or accept):
                raise opening.not_fitting(self.problems[0])
            if self.problems and accept:
                self._accept()
            if not self.problems:
                self._sign_missing_head()
                self._migrate(newest)
                self._reconcile()
        if not self.problems:
            self.keys.adopt()
            opening.creation_done(self.directory)
            self._compactor.finish_at_opening(self.forget_older_state)

    def _migrate(self, newest: int) -> None:
        version = self._database.version()
        if version < newest:
            with self._transaction() as batch:
                migrate(batch, version)
                batch.note("schema migrated", before=version, after=newest)
                self._vault_end.account(batch, unfinished=True)  # its intent names the commit before this one

    def _accept(self) -> None:
        """An administrator goes on from a state that the head or the key file does not confirm."""
        if Role.ADMIN not in self.user.roles:
            raise Refused("Only an administrator may accept that entries of the audit log are missing.")
        self.keys.check_acceptable(self._database.writer)
        seen, self.problems = self._heads.describe(), ()
        with self._transaction() as batch:
            migrate(batch, self._database.version())
            self.keys.bind(batch, self.keys.ring)
            self._vault_end.account(batch, unfinished=False)
            batch.note("rollback accepted", **seen)
        self._heads.write(record.state(self._database.writer), anew=True)
        self._vault_end.restart()

    @contextmanager
    def _transaction(self) -> Iterator[Batch]:
        """With the lock held: begin, then vault fsync, COMMIT and head; or nothing."""
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
            self._heads.write(state)
            self._vault_end.finish()

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Nobody writes, and a step whose writer was killed before its head is settled."""
        with self._lock.hold():
            if not self.problems and not (self._heads.find_problem() or self._vault_end.find_problem()):
                self._reconcile()
            yield

    def _reconcile(self) -> None:
        """With the lock held: what a killed writer left is settled. Raises StoreError when it is more than one batch."""
        self._sign_missing_head()
        if problem := self._vault_end.find_problem():
            raise opening.not_fitting(problem)
        if self._vault_end.has_unfinished():
            with self._transaction() as batch:
                self._vault_end.account(batch, unfinished=True)

    def _sign_missing_head(self) -> None:
        """A head that is one transaction behind (its writer was killed) is signed anew."""
        if problem := self._heads.find_problem():
            raise opening.not_fitting(problem)
        if self._heads.is_behind() and not self._heads.write(record.state(self._database.writer)):
            with self._transaction() as batch:
                batch.note("pages vouched for anew")
        self._vault_end.finish()

    def _subject(self) -> integrity.Subject:
        head, pages = self.directory / opening.HEAD, self._heads.pages
        return integrity.Subject(self._database, self.vault, head, self.id, self.public_key, pages, self.problems)
