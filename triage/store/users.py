"""Users: rows in the database, slots in the key file. The slot is written first; a crash between leaves a file that is one
generation ahead, which the next start adopts: a slot without its row opens nothing, a row without its slot neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from triage.errors import NotFound, Refused, StoreError
from triage.model.people import Role, User
from triage.store.database import Reader
from triage.store.keys import name_key
from triage.store.queries import users as sql

if TYPE_CHECKING:
    from triage.store.store import Store

MAX_NAME = 64


class Users:
    """Does not judge rights: `jobs` does."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> tuple[User, ...]:
        return sql.all_users(self._store.read())

    def named(self, name: str) -> User:
        """Raises NotFound."""
        found = sql.by_key(self._store.read(), name_key(name))
        if found is None:
            raise NotFound("There is no user of this name.")
        return found

    def check_unchanged(self, reader: Reader) -> None:
        """Raises Refused when the user of this store was disabled, or lost a role, since they unlocked it."""
        mine = self._store.user
        known = sql.by_id(reader, mine.id)
        if known is not None and known.disabled:
            raise Refused("This user was disabled; nothing more can be written.")
        if known is not None and not mine.roles <= known.roles:
            raise Refused("This user's roles were changed; lock and unlock the store to go on.")

    def add(self, name: str, roles: Iterable[Role], passphrase: str, by: User) -> User:
        """Raises StoreError when the name is taken."""
        name, key = checked_name(name), name_key(name)
        held = frozenset(roles)
        if not held:
            raise StoreError("A user needs at least one role.")
        checked_passphrase(passphrase)
        with self._store.keys.change() as (batch, ring):
            if sql.by_key(batch, key):
                raise StoreError("There is already a user of this name; choose another name.")
            user = sql.add(batch, name, key, held)
            ring.set_passphrase(user, name, passphrase)
            batch.note("user added", subject=user, by=by.id, roles=sorted(held))
        return User(user, name, held)

    def set_roles(self, name: str, roles: Iterable[Role]) -> User:
        """The last active administrator stays one."""
        user, held = self.named(name), frozenset(roles)
        if not held:
            raise StoreError("A user needs at least one role.")
        with self._store.batch() as batch:
            if Role.ADMIN not in held:
                self._keep_an_administrator(batch, user)
            sql.set_roles(batch, user.id, held)
            batch.note("roles changed", subject=user.id, roles=sorted(held))
        if user.id == self._store.user.id:
            self._store.user = User(user.id, user.name, held, user.disabled)
        return User(user.id, user.name, held, user.disabled)

    def disable(self, name: str) -> None:
        """The name stays taken, since the record speaks of it. The last active administrator can't be disabled."""
        user = self.named(name)
        with self._store.keys.change() as (batch, ring):
            self._keep_an_administrator(batch, user)
            sql.set_disabled(batch, user.id, True)
            ring.remove(user.id)
            batch.note("user disabled", subject=user.id)

    def change_passphrase(self, name: str, new: str) -> None:
        user = self.named(name)
        if user.disabled:
            raise Refused("This user is disabled.")
        checked_passphrase(new)
        with self._store.keys.change() as (batch, ring):
            ring.set_passphrase(user.id, user.name, new)
            batch.note("passphrase changed", subject=user.id)

    def _keep_an_administrator(self, reader: Reader, user: User) -> None:
        active = [u for u in sql.all_users(reader) if not u.disabled and Role.ADMIN in u.roles]
        if [u.id for u in active] == [user.id]:
            raise Refused("This is the last administrator; make another one first.")


def checked_name(name: str) -> str:
    """The name without surrounding spaces. Raises StoreError for one that can't be shown on a line."""
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise StoreError(f"A user's name has 1 to {MAX_NAME} printable characters.")
    return name


def checked_passphrase(passphrase: str) -> str:
    if not passphrase:
        raise StoreError("The passphrase is empty; choose one of several words.")
    return passphrase
