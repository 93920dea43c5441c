"""Users: rows in the database, slots in the key file. The slot is written first; a crash between leaves a file that is one
generation ahead, which the next start adopts: a slot without its row opens nothing, a row without its slot neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from triage.errors import NotFound, Refused, StoreError
from triage.model.user_names import clean_name, find_look_alike, find_name_problem
from triage.model.users import RECOVERY_KEY, Role, User, UserHistory
from triage.store.canonical import now
from triage.store.database import Reader
from triage.store.key_file import KeyFileEditor
from triage.store.keys import name_key
from triage.store.queries import recovery as recovery_sql
from triage.store.queries import users as sql
from triage.store.transactions import Transactions

Check = Callable[[Reader], None]


def _allow(_: Reader) -> None:
    """Asks nothing."""


class Users:
    """Does not judge rights: `jobs` does."""

    def __init__(self, store: Transactions, keys: KeyFileEditor) -> None:
        """Takes the open store, and the editor of its key file."""
        self._store = store
        self._keys = keys

    def all(self) -> tuple[User, ...]:
        return sql.all_users(self._store.read())

    def named(self, name: str) -> User:
        """Raises NotFound."""
        found = sql.by_key(self._store.read(), name_key(name))
        if found is None:
            raise NotFound("There is no user of this name.")
        return found

    def history(self, user: int, reader: Reader | None = None) -> UserHistory:
        """Raises NotFound."""
        found = sql.history(reader or self._store.read(), user)
        if found is None:
            raise NotFound("There is no user of this name.")
        return found

    def check_unchanged(self, reader: Reader) -> User | None:
        """Returns the user of this store as the database knows them, None while there is no row yet.

        Raises Refused when they were disabled, or lost a role, since they unlocked it.
        """
        mine = self._store.user
        known = sql.by_id(reader, mine.id)
        if known is not None and known.disabled:
            raise Refused("This user was disabled; nothing more can be written.")
        if known is not None and not mine.roles <= known.roles:
            raise Refused("This user's roles were changed; lock and unlock the store to go on.")
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
        """Adds a user with a passphrase that `by` has set. Raises StoreError when the name is taken or can't be one.

        `check` is asked within the transaction, and raises when this may not be done. With the second user, the recovery halves
        that the first one saw alone open nothing any more.
        """
        name, key = checked_name(name), name_key(name)
        held = frozenset(roles)
        if not held:
            raise StoreError("A user needs at least one role.")
        checked_passphrase(passphrase)
        with self._keys.change() as (batch, ring):
            check(batch)
            known = sql.all_users(batch)
            if sql.by_key(batch, key):
                raise StoreError("There is already a user of this name; choose another name.")
            if find_look_alike(name, (user.name for user in known)) is not None:
                raise StoreError("This name looks like that of another user; choose another name.")
            user = sql.add(batch, name, key, held, now(), by.id, second.id if second else None)
            ring.set_passphrase(user, name, passphrase, void_recovery=len(known) == 1)
            sql.set_passphrase_origin(batch, user, now(), by.id)
            if len(known) == 1:
                recovery_sql.clear(batch)
            batch.note("user added", subject=user, by=by.id, roles=sorted(held), second=second.id if second else None)
        return User(user, name, held, initial=by.id != user)

    def set_roles(self, name: str, roles: Iterable[Role], *, second: User | None = None, check: Check = _allow) -> User:
        """The last active administrator stays one."""
        user, held = self.named(name), frozenset(roles)
        if not held:
            raise StoreError("A user needs at least one role.")
        with self._store.batch() as batch:
            check(batch)
            if Role.ADMIN not in held:
                self._keep_an_administrator(batch, user)
            sql.set_roles(batch, user.id, held)
            batch.note("roles changed", subject=user.id, roles=sorted(held), second=second.id if second else None)
        return self._changed(user)

    def disable(self, name: str) -> None:
        """The name stays taken, since the record speaks of it. The last active administrator can't be disabled."""
        user = self.named(name)
        with self._keys.change() as (batch, ring):
            self._keep_an_administrator(batch, user)
            sql.set_disabled(batch, user.id, True)
            ring.remove(user.id)
            batch.note("user disabled", subject=user.id)

    def change_passphrase(
        self, name: str, new: str, by: User, *, second: User | None = None, enable: bool = False, check: Check = _allow
    ) -> User:
        """Sets the passphrase of a user, who is `by` or somebody else; `enable` lets a disabled user in again."""
        user = self.named(name)
        if user.disabled and not enable:
            raise Refused("This user is disabled.")
        checked_passphrase(new)
        with self._keys.change() as (batch, ring):
            check(batch)
            ring.set_passphrase(user.id, user.name, new)
            sql.set_passphrase_origin(batch, user.id, now(), by.id)
            if user.disabled:
                sql.set_disabled(batch, user.id, False)
                batch.note("user enabled", subject=user.id, second=second.id if second else None)
            batch.note("passphrase changed", subject=user.id, by=by.id, second=second.id if second else None)
        return self._changed(user)

    def recover(self, name: str, new: str) -> User:
        """Gives a user, who is enabled again, a new passphrase by the recovery key; its halves open nothing any more."""
        user = self.named(name)
        checked_passphrase(new)
        with self._keys.change() as (batch, ring):
            sql.set_disabled(batch, user.id, False)
            ring.set_passphrase(user.id, user.name, new, void_recovery=True)
            sql.set_passphrase_origin(batch, user.id, now(), RECOVERY_KEY)
            sql.set_recovered(batch, user.id, now())
            recovery_sql.clear(batch)
            batch.note("recovery key used", subject=user.id)
        return self.named(name)

    def confirm(self, name: str, by: User, *, check: Check = _allow) -> User:
        """Keeps that another person vouches for a recovered user."""
        user = self.named(name)
        with self._store.batch() as batch:
            check(batch)
            sql.set_confirmed(batch, user.id, now(), by.id)
            batch.note("recovered user confirmed", subject=user.id, by=by.id)
        return self._changed(user)

    def _changed(self, user: User) -> User:
        """Returns the user as the database knows them now; the open store follows when it is its own user."""
        after = self.named(user.name)
        if user.id == self._store.user.id:
            self._store.user = after
        return after

    def _keep_an_administrator(self, reader: Reader, user: User) -> None:
        active = [u for u in sql.all_users(reader) if not u.disabled and Role.ADMIN in u.roles]
        if [u.id for u in active] == [user.id]:
            raise Refused("This is the last administrator; make another one first.")


def checked_name(name: str) -> str:
    """Returns the name without surplus spaces. Raises StoreError for one that a user may not have."""
    name = clean_name(name)
    if problem := find_name_problem(name):
        raise StoreError(problem)  # message-ok
    return name


def checked_passphrase(passphrase: str) -> str:
    """Refuses only what opens nothing: how strong a passphrase has to be is a rule of the jobs."""
    if not passphrase:
        raise StoreError("The passphrase is empty; choose one of several words.")
    return passphrase
