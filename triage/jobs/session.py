"""The user at the workstation. Every use case takes a Session and refuses what its user's roles do not allow."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from triage.errors import Refused
from triage.jobs.passphrases import check_passphrase
from triage.model.progress import CancelToken
from triage.model.users import Right, User
from triage.resources import replace_tables, tables_edition
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import restored, signed_updates
from triage.store.settling import HearWait, ignore_wait
from triage.store.store import Store

_AFTER_REGISTER = frozenset({Right.REVEAL, Right.PACKET, Right.EXPORT_MEDIA, Right.EXPORT_QUEUE, Right.CASE_PAPERS})
"""Rights that wait in a restored store until its destructions are settled. What a court ordered destroyed is neither viewed nor
handed on. Triage itself goes on, since the child behind a report can't wait for a register to be found."""

_READING = frozenset({Right.READ_REPORT, Right.RECORD, Right.AUDIT, Right.STATISTICS, Right.REVEAL})
"""Rights whose jobs may run on a store that is open read-only. A batch of such a job is refused all the same."""


class Session:
    """An unlocked store and the user who unlocked it. Closing it wipes the keys as far as Python allows."""

    def __init__(self, store: Store, *, examines: bool = False) -> None:
        self.store = store
        self._examines = examines
        self.token = secrets.token_hex(8)
        """Names this session among those that have the store open now."""

    @property
    def user(self) -> User:
        """The user who unlocked the store."""
        return self.store.user

    def require(self, right: Right) -> None:
        """Raises Refused when this user may not do this now.

        That is so when no role of the user allows `right`, when the user was changed since the store was unlocked, or when
        somebody else set the passphrase. In a restored store some rights also wait until the register of destructions was
        applied.

        The use case then works with the tables of this store, also when another program applied or undid an update since.
        """
        self.require_own_passphrase()
        if right not in _READING:
            self.store.require_writable()
        if not self._examines:  # the store of a session that examines may hold anything
            use_stored_tables(self.store.read())
        if not self.user.may(right):
            raise Refused("{name} may not {right}: no role of this user allows it.", name=self.user.name, right=right.value)
        if right in _AFTER_REGISTER and (since := self.unsettled_since()) is not None:
            raise Refused(
                "This store was restored from a backup of {since}. An administrator must first apply the "
                "register of destructions (triage register apply FILE) or state that there is none (triage "
                "register none --reason R).",
                since=since,
            )

    def require_own_passphrase(self) -> None:
        """Raises Refused while somebody else has set the user's passphrase, or when the user was changed since unlocking."""
        known = self.store.users.check_unchanged(self.store.read())
        if known is not None and known.initial:
            raise Refused(
                "Another person set the passphrase of {name}. Change it first with: triage user passphrase", name=known.name
            )

    def unsettled_since(self) -> str | None:
        """Returns when the backup of a restored store was made while it waits for the register of destructions, else None."""
        return restored.find_unsettled_since(self.store.read())

    @contextmanager
    def reading(self, *, shared: bool = False) -> Iterator[Reader]:
        """Yields a connection that reads one state of the store. It is kept short: it holds the write-ahead log.

        With `shared` it is the connection that threads use in turn; the caller keeps them apart.
        """
        reader = self.store.read(shared=shared)
        with reader.snapshot():
            yield reader

    def writing(self, cancel: CancelToken | None) -> AbstractContextManager[Batch]:
        """Opens a batch of a job that can be stopped, also while it waits for another program or job.

        Raises:
            StoreBusy: if another program writes for too long
            Cancelled: if the token was set
        """
        return self.store.batch() if cancel is None else self.store.batch(waiting=cancel.check)

    def hear_waits(self, hear: HearWait) -> None:
        """Has `hear` called by threads that wait to write."""
        self.store.hear_waits(hear)

    def close(self) -> None:
        """Closes the store."""
        self.store.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class NewStore:
    """A new store's session, its fingerprint, and the two halves of its recovery key."""

    session: Session
    fingerprint: str
    """The fingerprint of the signing key, which is printed on paper and on every export."""
    recovery: tuple[str, str]
    """Two halves, shown once to the only user there is, and kept nowhere. They are void as soon as there is a second user."""


def create_store(directory: Path, user: str, passphrase: str) -> NewStore:
    """Makes a store whose first user holds all roles.

    Raises:
        Refused: if the passphrase is too easy to guess
        StoreError: if the folder is not empty or the disk refuses
    """
    check_passphrase(passphrase, user, directory)
    created = Store.create(directory, user, passphrase)
    return NewStore(Session(created.store), created.fingerprint, created.recovery)


def unlock(
    directory: Path,
    user: str,
    passphrase: str,
    *,
    examine: bool = False,
    read_only: bool = False,
    hear: HearWait = ignore_wait,
    cancel: CancelToken | None = None,
) -> Session:
    """Unlocks the store as `user`.

    With `examine` a store that does not fit its head opens all the same, to be checked but not written. With `read_only` no byte
    of its folder changes. `hear` is called by threads that wait to write, here and later, and around a long update of an older
    store. `cancel` stops whatever of the unlocking takes long.

    Raises:
        WrongPassphrase: if the name or the passphrase is wrong
        StoreError: if the store is damaged, too new or older than its head
        Cancelled: if it was stopped
    """
    store = Store.open(directory, user, passphrase, examine=examine, read_only=read_only, hear=hear, cancel=cancel)
    session = Session(store, examines=examine)
    if cancel is not None and cancel.cancelled():  # nobody waits for it any more
        session.close()
        cancel.check()
    if not examine:
        use_stored_tables(session.store.read())
    return session


def use_stored_tables(db: Reader) -> None:
    """Uses the tables of the store's signed updates in this process, and the shipped ones where it has none."""
    edition = signed_updates.list_digests_in_use(db)
    if edition == tables_edition():
        return
    tables: dict[str, bytes] = {}
    for stored in signed_updates.load_tables_in_use(db):
        tables |= msgspec.msgpack.decode(stored, type=dict[str, bytes])
    replace_tables(tables, edition)


def now() -> str:
    """Returns the present second as ISO 8601 in UTC with Z, the form of every stored time."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
