"""Adds and changes users and their roles. Once a store has had two users, nobody adds, raises or resets an account alone."""

from __future__ import annotations

from triage.errors import Refused
from triage.jobs.consent import Consent, check_own_standing, is_alone, request_consent, sees_reports
from triage.jobs.passphrases import SAME, check_passphrase
from triage.jobs.session import Session
from triage.model.users import CONSENTING, READING, Right, Role, User
from triage.store.database import Reader


def add_user(session: Session, name: str, roles: list[str], passphrase: str, consent: Consent | None = None) -> User:
    """Adds a user, who has to change this passphrase first of all."""
    session.require(Right.USERS)
    held = _parse_roles(roles)
    check_passphrase(passphrase, name, session.store.directory)
    agreed = request_consent(session, consent, "new user consented", reading=sees_reports(held), roles=sorted(held))
    return session.store.users.add(name, held, passphrase, session.user, second=agreed.second, check=agreed.check)


def set_roles(session: Session, name: str, roles: list[str], consent: Consent | None = None) -> User:
    """Sets what the user may do from the next time they unlock the store.

    Raises:
        Refused: if the last administrator would lose that role, or without consent
    """
    session.require(Right.USERS)
    held, user = _parse_roles(roles), session.store.users.named(name)
    _check_not_raising_oneself(session, session.store.read(), user, held)
    agreed = request_consent(session, consent, "roles consented", reading=sees_reports(held), concerning=user, roles=sorted(held))

    def check(reader: Reader) -> None:
        """Raises Refused when the consent does not hold any more."""
        agreed.check(reader)
        _check_not_raising_oneself(session, reader, user, held)

    return session.store.users.set_roles(name, held, second=agreed.second, check=check)


def _check_not_raising_oneself(session: Session, reader: Reader, user: User, held: frozenset[Role]) -> None:
    """Raises Refused for roles that let oneself see reports, once the store has had two users."""
    if user.id == session.user.id and (held - user.roles) & READING and not is_alone(reader):
        raise Refused("Nobody gives themselves a role that sees reports; another administrator has to.")


def all_users(session: Session) -> tuple[User, ...]:
    """Returns all users. Everybody may know who works here: reports are assigned by name."""
    return tuple(session.store.users.all())


def list_active_names(session: Session) -> tuple[str, ...]:
    """Returns the names of the users who are not disabled."""
    return tuple(user.name for user in all_users(session) if not user.disabled)


def has_one_user(session: Session) -> bool:
    """Returns whether the store has only ever had one user, so that nobody could agree; disabled users count."""
    return len(all_users(session)) == 1


def disable_user(session: Session, name: str) -> None:
    """Takes a user's access away. One person may do this alone, since it can be urgent; enabling again takes two."""
    session.require(Right.USERS)
    session.store.users.disable(name)


def enable_user(session: Session, name: str, passphrase: str, consent: Consent | None = None) -> User:
    """Lets a disabled user in again, with a passphrase that they have to change first of all."""
    session.require(Right.USERS)
    user = session.store.users.named(name)
    if not user.disabled:
        raise Refused("{user} is not disabled.", user=user.name)
    return _set_passphrase(session, user, passphrase, consent, "enabling consented", enable=True)


def reset_passphrase(session: Session, name: str, passphrase: str, consent: Consent | None = None) -> User:
    """Gives somebody else a passphrase that they have to change first of all."""
    session.require(Right.USERS)
    user = session.store.users.named(name)
    if user.id == session.user.id:
        raise Refused("Change your own passphrase without --for.")
    return _set_passphrase(session, user, passphrase, consent, "passphrase consented")


def change_passphrase(session: Session, new: str, present: str | None = None) -> None:
    """Changes one's own passphrase. The present one is refused, since somebody else may know it.

    `present` is asked for where the person did not just sign in: somebody else may sit at an unlocked workstation.

    Raises:
        Refused: if `present` is not the passphrase that holds now, or the new one is that or too weak
    """
    store, name = session.store, session.user.name
    if present is not None and not store.keys.is_passphrase_of(name, present):
        raise Refused("The present passphrase is wrong.")
    check_passphrase(new, name, store.directory)
    if store.keys.is_passphrase_of(name, new):
        raise Refused(SAME)  # message-ok
    store.users.change_passphrase(name, new, session.user)


def confirm_user(session: Session, name: str) -> User:
    """Vouches that a recovered user is the person they say. Whoever can give consent may do it, for others only."""
    subject = session.store.users.named(name)

    def check(reader: Reader) -> None:
        """Raises Refused when this user may not confirm the other one."""
        known = session.store.users.check_unchanged(reader)
        if known is None or not known.roles & CONSENTING:
            raise Refused("Only a lead, an examiner or an administrator confirms a recovered user.")
        check_own_standing(known)
        if known.id == subject.id:
            raise Refused("Nobody confirms themselves; another person has to.")

    check(session.store.read())
    if not subject.recovered:
        raise Refused("{user} is not waiting to be confirmed.", user=subject.name)
    return session.store.users.confirm(name, session.user, check=check)


def _set_passphrase(
    session: Session, user: User, passphrase: str, consent: Consent | None, kind: str, *, enable: bool = False
) -> User:
    """Sets the passphrase of another user with the consent of a second person."""
    check_passphrase(passphrase, user.name, session.store.directory)
    agreed = request_consent(session, consent, kind, reading=sees_reports(user.roles), concerning=user)
    return session.store.users.change_passphrase(
        user.name, passphrase, session.user, second=agreed.second, enable=enable, check=agreed.check
    )


def _parse_roles(roles: list[str]) -> frozenset[Role]:
    """Returns the roles with these names.

    Raises:
        Refused: for an unknown role, or without any
    """
    known = {role.value for role in Role}
    if unknown := sorted(set(roles) - known):
        raise Refused("{role} is not a role; choose from {choices}.", role=repr(unknown[0]), choices=tuple(sorted(known)))
    if not roles:
        raise Refused("Give at least one role of {choices}.", choices=tuple(sorted(known)))
    return frozenset(Role(r) for r in roles)
