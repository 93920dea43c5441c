"""Users of the store and their roles."""

from __future__ import annotations

from triage.errors import Refused
from triage.jobs.session import Session
from triage.model.people import Right, Role, User


def add_user(session: Session, name: str, roles: list[str], passphrase: str) -> User:
    session.require(Right.USERS)
    known = {role.value for role in Role}
    unknown = sorted(set(roles) - known)
    if unknown or not roles:
        raise Refused(f"Give at least one role of {', '.join(sorted(known))}.")
    return session.store.users.add(name, frozenset(Role(r) for r in roles), passphrase, by=session.user)


def all_users(session: Session) -> tuple[User, ...]:
    """Everybody may know who works here: reports are assigned by name."""
    return tuple(session.store.users.all())


def disable_user(session: Session, name: str) -> None:
    session.require(Right.USERS)
    session.store.users.disable(name)


def change_passphrase(session: Session, new: str) -> None:
    """One's own."""
    session.store.users.change_passphrase(session.user.name, new)
