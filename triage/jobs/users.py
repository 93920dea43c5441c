"""Users of the store and their roles."""

from __future__ import annotations

from triage.errors import Refused
from triage.jobs.session import Session
from triage.model.people import Right, Role, User


def add_user(session: Session, name: str, roles: list[str], passphrase: str) -> User:
    session.require(Right.USERS)
    return session.store.users.add(name, _roles(roles), passphrase, by=session.user)


def set_roles(session: Session, name: str, roles: list[str]) -> User:
    """What the user may do from the next time they unlock. The last administrator stays one: Refused."""
    session.require(Right.USERS)
    return session.store.users.set_roles(name, _roles(roles))


def _roles(roles: list[str]) -> frozenset[Role]:
    known = {role.value for role in Role}
    if not roles or set(roles) - known:
        raise Refused(f"Give at least one role of {', '.join(sorted(known))}.")
    return frozenset(Role(r) for r in roles)


def all_users(session: Session) -> tuple[User, ...]:
    """Everybody may know who works here: reports are assigned by name."""
    return tuple(session.store.users.all())


def disable_user(session: Session, name: str) -> None:
    session.require(Right.USERS)
    session.store.users.disable(name)


def change_passphrase(session: Session, new: str) -> None:
    """One's own."""
    session.store.users.change_passphrase(session.user.name, new)
