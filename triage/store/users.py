"""Users: rows in the database and slots in the key file.

The slot is written first. A crash between the two leaves a file that is one generation ahead, which the next start adopts. A slot
without its row opens nothing, and neither does a row without its slot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from triage.errors import NotFound, Refused, SessionEnded, StoreError
from triage.message import Message
from triage.model.choices import name_choices
from triage.model.user_names import clean_name, find_look_alike, find_name_problem
from triage.model.users import RECOVERY_KEY, Role, User, UserHistory
from triage.store.canonical import now
from triage.store.database import Reader
from triage.store.key_file import KeyFileEditor
from triage.store.keys import normalize_name
from triage.store.private_account import PrivateAccount
from triage.store.queries import private
from triage.store.queries import recovery as recovery_sql
from triage.store.queries import users as sql
from triage.store.transactions import Transactions

Check = Callable[[Reader], None]


def _allow(_: Reader) -> None:
    """Allows everything: the default check."""


class Users:
    """Adds and changes users. The jobs package checks rights, not this class."""

    def __init__(self, store: Transactions, keys: KeyFileEditor, account: PrivateAccount) -> None:
        """Takes the open store, the editor of its key file, and the private account of the user who opened it."""
        self._store = store
        self._keys = keys
        self._account = account

    def all(self) -> tuple[User, ...]:
        """Returns all users, disabled ones too."""
        return sql.list_users(self._store.read())

    def names(self) -> dict[int, str]:
        """Returns the names of users by id, and of people of other workstations ("NAME at STORE"), whose ids are below 0."""
        return sql.load_names(self._store.read())

    def named(self, name: str) -> User:
        """Returns the user with this name.

        Raises:
            NotFound: if there is none
        """
        found = sql.find_user(self._store.read(), normalize_name(name))
        if found is None:
            choices = name_choices([user.name for user in sql.list_users(self._store.read())], Message("triage user list"))
            raise NotFound("There is no user {name}; {choices}.", name=repr(name), choices=choices)
        return found

    def history(self, user: int, reader: Reader | None = None) -> UserHistory:
        """Returns when and by whom the user was added, confirmed and given a passphrase.

        Raises:
            NotFound: if there is no such user
        """
        found = sql.load_history(reader or self._store.read(), user)
        if found is None:
            raise NotFound("There is no user of this name.")
        return found

    def check_unchanged(self, reader: Reader) -> User | None:
        """Returns the user of this store as the database knows them, or None while there is no row yet.

        A new passphrase ends all other sessions of the user: whoever knew the old one may sit in one of them.

        Raises:
            SessionEnded: if the user was disabled, got another passphrase or lost a role since they unlocked the store
        """
        mine = self._store.user
        known = sql.load_user(reader, mine.id)
        if known is not None and known.disabled:
            raise SessionEnded("This user was disabled; nothing more can be written.")
        if known is not None and not self._keys.has_own_slot(reader):
            raise SessionEnded("This user's passphrase was changed; lock and unlock the store to go on.")
        if known is not None and not mine.roles <= known.roles:
            raise SessionEnded("This user's roles were changed; lock and unlock the store to go on.")
        return known

    def add(
        self,
        name: str,
        roles: Iterable[Role],
        passphrase: str,
        by: User,
        *,
        second: User | None = None,
        check: Check = _allow,
    ) -> User:
        """Adds a user with a passphrase that `by` has set; returns the user.

        `check` runs within the transaction and raises when this is not allowed. With the second user, the recovery halves that
        the first one saw alone open nothing any more.

        Raises:
            StoreError: if the name is taken or not allowed, or there is no role
        """
        name, key = check_name(name), normalize_name(name)
        held = frozenset(roles)
        if not held:
            raise StoreError("A user needs at least one role.")
        check_passphrase(passphrase)
        with self._keys.change() as (batch, ring):
            check(batch)
            known = sql.list_users(batch)
            if sql.find_user(batch, key):
                raise StoreError("There is already a user {name}; choose another name.", name=name)
            if find_look_alike(name, (user.name for user in known)) is not None:
                raise StoreError("{name} looks like the name of another user; choose another name.", name=name)
            user = sql.add_user(batch, name, key, held, now(), by.id, second.id if second else None)
            ring.set_passphrase(user, name, passphrase, void_recovery=len(known) == 1)
            sql.set_passphrase_origin(batch, user, now(), by.id)
            if len(known) == 1:
                recovery_sql.delete_halves(batch)
            batch.note("user added", subject=user, by=by.id, roles=sorted(held), second=second.id if second else None)
        return User(user, name, held, initial=by.id != user)

    def set_roles(self, name: str, roles: Iterable[Role], *, second: User | None = None, check: Check = _allow) -> User:
        """Replaces the user's roles; returns the user.

        Raises:
            Refused: if the last active administrator would lose that role
        """
        user, held = self.named(name), frozenset(roles)
        if not held:
            raise StoreError("A user needs at least one role.")
        with self._store.batch() as batch:
            check(batch)
            if Role.ADMIN not in held:
                self._keep_an_administrator(batch, user)
            sql.set_roles(batch, user.id, held)
            batch.note("roles changed", subject=user.id, roles=sorted(held), second=second.id if second else None)
        return self._reload_user(user)

    def disable(self, name: str) -> None:
        """Disables the user and removes their slot; the name stays taken, because the audit log mentions it.

        Raises:
            Refused: if this is the last active administrator
        """
        user = self.named(name)
        with self._keys.change() as (batch, ring):
            self._keep_an_administrator(batch, user)
            sql.set_disabled(batch, user.id, True)
            ring.remove_slots(user.id)
            batch.note("user disabled", subject=user.id)

    def change_passphrase(
        self, name: str, new: str, by: User, *, second: User | None = None, enable: bool = False, check: Check = _allow
    ) -> User:
        """Sets the passphrase of a user, who is `by` or somebody else. `enable` enables a disabled user again.

        Raises:
            Refused: if the user is disabled and `enable` is not set
        """
        user = self.named(name)
        if user.disabled and not enable:
            raise Refused("The user {name} is disabled.", name=user.name)
        check_passphrase(new)
        with self._keys.change() as (batch, ring):
            check(batch)
            identity = ring.set_passphrase(user.id, user.name, new)
            sql.set_passphrase_origin(batch, user.id, now(), by.id)
            if user.id == self._store.user.id:
                self._account.keep_under(batch, ring, identity)
            else:
                private.delete_key(batch, user.id)  # nobody can open it any more: only the old passphrase could
            if user.disabled:
                sql.set_disabled(batch, user.id, False)
                batch.note("user enabled", subject=user.id, second=second.id if second else None)
            batch.note("passphrase changed", subject=user.id, by=by.id, second=second.id if second else None)
        return self._reload_user(user)

    def recover(self, name: str, new: str) -> User:
        """Enables a user with a new passphrase by the recovery key; its halves open nothing any more."""
        user = self.named(name)
        check_passphrase(new)
        with self._keys.change() as (batch, ring):
            sql.set_disabled(batch, user.id, False)
            ring.identity = ring.page.keep(ring.set_passphrase(user.id, user.name, new, void_recovery=True))
            sql.set_passphrase_origin(batch, user.id, now(), RECOVERY_KEY)
            sql.set_recovered(batch, user.id, now())
            private.delete_key(batch, user.id)
            recovery_sql.delete_halves(batch)
            batch.note("recovery key used", subject=user.id)
        return self.named(name)

    def confirm(self, name: str, by: User, *, check: Check = _allow) -> User:
        """Records that another person vouches for a recovered user."""
        user = self.named(name)
        with self._store.batch() as batch:
            check(batch)
            sql.set_confirmed(batch, user.id, now(), by.id)
            batch.note("recovered user confirmed", subject=user.id, by=by.id)
        return self._reload_user(user)

    def _reload_user(self, user: User) -> User:
        """Returns the user as the database knows them now, and updates the open store's own user."""
        after = self.named(user.name)
        if user.id == self._store.user.id:
            self._store.user = after
        return after

    def _keep_an_administrator(self, reader: Reader, user: User) -> None:
        """Raises Refused when this user is the last active administrator."""
        active = [u for u in sql.list_users(reader) if not u.disabled and Role.ADMIN in u.roles]
        if [u.id for u in active] == [user.id]:
            raise Refused("This is the last administrator; make another one first.")


def check_name(name: str) -> str:
    """Returns the name without surplus spaces.

    Raises:
        StoreError: if a user can't have this name
    """
    name = clean_name(name)
    if problem := find_name_problem(name):
        raise StoreError(problem)  # message-ok
    return name


def check_passphrase(passphrase: str) -> str:
    """Returns the passphrase unless it is empty. The jobs package checks how strong it is.

    Raises:
        StoreError: if it is empty
    """
    if not passphrase:
        raise StoreError("The passphrase is empty; choose one of several words.")
    return passphrase
