"""Prepares an opened store: its schema, user, head, key file and vault end, and what a killed program left."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeAlias

from triage.errors import DiskFull, Refused, StoreError, WrongPassphrase
from triage.message import Message
from triage.model.progress import CancelToken, OnProgress, check_cancelled, ignore_progress
from triage.model.users import Role, User
from triage.store import integrity, opening
from triage.store.batch import Batch
from triage.store.compaction import Compactor
from triage.store.database import PAGE, Database, Writer
from triage.store.heads import HeadKeeper
from triage.store.key_file import KeyFileEditor
from triage.store.lock import WAIT_SECONDS, WriterLock
from triage.store.migrations import apply_migrations, is_up_to_date, load_migrations
from triage.store.queries import audit_log
from triage.store.queries import users as users_sql
from triage.store.vault_end import VaultEnd

HearWait: TypeAlias = Callable[[Message | None], None]
"""Is called with what a thread waits for, after a second, and with None at the end. The same around a long update."""
_SOON_BYTES = 100 << 20
"""A smaller database is updated in seconds."""
_UPDATE_SECONDS_A_GB = 120.0
"""Some twice the processor time of the slowest update so far, migration 0010 (docs/measurements.md): disks take time, too."""
_UPDATE_BYTES_A_BYTE = 2
"""Free space that it needs, in times of the database: 1.3 for the write-ahead log and 0.55 for what the database grows by."""


def ignore_wait(message: Message | None) -> None:
    """Does nothing, for callers who show nothing."""


class Settling(ABC):
    """The part of a store that prepares it once it is open."""

    directory: Path
    user: User
    problems: tuple[Message, ...]
    keys: KeyFileEditor
    read_only: bool
    _database: Database
    _heads: HeadKeeper
    _vault_end: VaultEnd
    _compactor: Compactor
    _lock: WriterLock
    _hear: HearWait

    @abstractmethod
    def _transaction(self) -> AbstractContextManager[Batch]: ...

    @abstractmethod
    def subject(self) -> integrity.CheckSubject:
        """Returns what a check of the store looks at."""

    @abstractmethod
    def forget_older_state(self, progress: OnProgress = ignore_progress, wait: float = WAIT_SECONDS) -> bool:
        """Finishes a destruction."""

    def hear_waits(self, hear: HearWait) -> None:
        """Has `hear` called by threads that wait to write."""
        self._hear = hear
        self._lock.hear = lambda waits: hear(self._compactor.describe_wait() if waits else None)

    @contextmanager
    def _hold_settled(self, patient: bool) -> Iterator[None]:
        """Keeps writers out, and settles what a killed writer left. A patient caller waits for as long as it takes."""
        with self._lock.hold(patient=lambda: patient):
            self._reconcile()
            yield

    def _settle(self, user: int | None, examine: bool, accept: bool, cancel: CancelToken | None = None) -> None:
        """Prepares an opened store: checks user, head, key file and vault end, and settles unfinished steps.

        `cancel` stops a wait for other programs, an update of the schema, and what an interrupted destruction left to do.
        """
        writer, newest = self._database.writer, load_migrations()[-1][0]
        if self._database.version() > newest:
            apply_migrations(writer, self._database.version())
        if self._database.version() == 0:  # an empty file is a database to SQLite
            raise StoreError("The store's database is damaged; run a check, and restore the newest backup.")
        if user is not None:
            found = users_sql.load_user(writer, user)
            if found is None or found.disabled:
                raise WrongPassphrase("The name or the passphrase is wrong.")
            self.user = found
        if self.read_only:
            self._settle_read_only(newest, examine)
            return
        with self._lock.hold(waiting=lambda: check_cancelled(cancel), patient=self._compactor.is_rebuilding):
            self._heads.store = self._vault_end.store = users_sql.load_store_id(writer)
            self.keys.follow()
            self._find_problems(writer)
            if accept and not self.problems:
                self.problems = integrity.find_log_problems(self.subject())
            if self.problems and not (examine or accept):
                raise opening.make_mismatch_error(self.problems[0], acceptable=self.keys.is_acceptable(self._database.writer))
            if self.problems and accept:
                self._accept_loss()
            if not self.problems:
                self._sign_missing_head()
                if self._database.version() < newest:
                    self._compactor.drop_change_log(self._transaction)
                self._apply_migrations(newest, cancel)
                self._reconcile()
        if not self.problems:
            self.keys.adopt(self._database.writer)
            self.user = users_sql.load_user(self._database.writer, self.user.id) or self.user
            opening.finish_creation(self.directory)
            self._compactor.finish_at_opening(lambda wait: self.forget_older_state(lambda _: check_cancelled(cancel), wait))

    def _settle_read_only(self, newest: int, examine: bool) -> None:
        """Checks head, key file and vault end, and leaves unfinished steps as they are."""
        writer = self._database.writer
        if self._database.version() < newest:
            raise StoreError(
                "An older Triage made this store; open it once without --read-only, where it can be written, to update it."
            )
        self._heads.store = self._vault_end.store = users_sql.load_store_id(writer)
        self._find_problems(writer)
        if self.problems and not examine:
            raise opening.make_mismatch_error(self.problems[0], acceptable=self.keys.is_acceptable(writer))

    def _find_problems(self, writer: Writer) -> None:
        """Notes what is wrong with head, key file and vault end."""
        wrong = (self._heads.find_problem(), self.keys.find_problem(writer), self._vault_end.find_problem_at_opening())
        self.problems = tuple(problem for problem in wrong if problem)

    def _apply_migrations(self, newest: int, cancel: CancelToken | None) -> None:
        """Applies the migrations that are newer than the store's schema, as one step. Says so first if that takes long."""
        version = self._database.version()
        if version < newest:
            with self._updating(), self._transaction() as batch:
                with batch.calling(lambda: check_cancelled(cancel)):
                    apply_migrations(batch, version)
                batch.note("schema migrated", before=version, after=newest)
                self._vault_end.account(batch, unfinished=True)  # its intent names the commit before this one

    @contextmanager
    def _updating(self) -> Iterator[None]:
        """Prepares for the transaction of an update. Says how long that takes, and what it needs when the disk is full."""
        if is_up_to_date(self._database.writer):
            yield
            return
        size = self._database.writer.count_pages() * PAGE
        needed = _UPDATE_BYTES_A_BYTE * size / 1e9
        if size >= _SOON_BYTES:
            minutes = math.ceil(_UPDATE_SECONDS_A_GB * size / 1e9 / 60)
            message = Message(
                "The store is being updated for this version of Triage. That takes about {minutes} min and up to {needed} GB of"
                " free space. If it is stopped, nothing is lost; the next opening starts it again.",
                minutes=minutes,
                needed=f"{needed:.1f}",
            )
            self._hear(message)
        try:
            with self._database.writer.without_foreign_keys():
                yield
        except DiskFull as error:
            raise DiskFull(
                "The disk is full, so the store was not updated, and nothing was changed. Free up to {needed} GB, then open the"
                " store again.",
                needed=f"{needed:.1f}",
                detail=error.detail,
            ) from error
        finally:
            if size >= _SOON_BYTES:
                self._hear(None)

    def _accept_loss(self) -> None:
        """Continues from a state that the head or the key file does not confirm. Only an administrator may do so."""
        if Role.ADMIN not in self.user.roles:
            raise Refused("Only an administrator may accept that entries of the audit log are missing.")
        self.keys.check_acceptable(self._database.writer)
        seen, self.problems = self._heads.describe(), ()
        with self._updating(), self._transaction() as batch:
            apply_migrations(batch, self._database.version())
            self.keys.bind(batch, self.keys.ring)
            self._vault_end.account(batch, unfinished=False)
            batch.note("rollback accepted", **seen)
        self._heads.write(audit_log.load_state(self._database.writer), anew=True)
        self._vault_end.restart()

    def _reconcile(self) -> None:
        """Settles, under the held lock, what a killed writer left. Raises StoreError if more than one batch is missing."""
        self._sign_missing_head()
        if problem := self._vault_end.find_problem():
            raise opening.make_mismatch_error(problem, acceptable=self.keys.is_acceptable(self._database.writer))
        if self._vault_end.has_unfinished():
            with self._transaction() as batch:
                self._vault_end.account(batch, unfinished=True)

    def _sign_missing_head(self) -> None:
        """Signs the head again when it is one transaction behind, because its writer was killed."""
        if problem := self._heads.find_problem():
            raise opening.make_mismatch_error(problem, acceptable=self.keys.is_acceptable(self._database.writer))
        if self._heads.is_behind() and not self._heads.write(audit_log.load_state(self._database.writer)):
            with self._transaction() as batch:
                batch.note("pages vouched for anew")
        self._vault_end.finish()
