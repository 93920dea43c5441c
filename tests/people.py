"""People of a store: tests of other things add them in one step."""

from __future__ import annotations

from collections.abc import Iterable

from triage.model.users import Role, User
from triage.store.store import Store


def add_person(store: Store, name: str, roles: Iterable[Role], passphrase: str) -> User:
    """Adds a user who has changed the passphrase, so that they can work and agree at once."""
    store.users.add(name, roles, passphrase, store.user)
    return store.users.change_passphrase(name, passphrase, store.users.named(name))
