"""Consent of a second person: another user's own passphrase for acts that nobody may do alone.

The audit log says who agreed. Wrong passphrases are counted and slow down the session in which they were typed, over all
processes and restarts. They do not slow down the person whose passphrase was guessed: that person can agree in anybody else's
session, and work in their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from triage.errors import Refused, WrongPassphrase
from triage.jobs.session import Session, unlock
from triage.message import NOTHING, Message
from triage.model.users import CONSENTING, READING, RECOVERY_KEY, Role, User
from triage.store.audit import Value
from triage.store.database import Reader
from triage.store.queries import users as users_sql

ONE_USER = "no second person: this store has one user"
"""Stands on papers in place of the second person."""

_FREE_TRIES = 3  # wrong passphrases in the window before the first delay; a success clears them
_WINDOW = timedelta(hours=24)
_DELAYS_MINUTES = (1, 2, 4, 8, 15)  # after the third, fourth ... wrong passphrase; the last one for all further ones
_FOR_READING = frozenset({Role.LEAD, Role.EXAMINER})
_LEADING = (frozenset({Role.LEAD}), _FOR_READING, CONSENTING)
_FORM = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Consent:
    """The name and passphrase of another user who agrees."""

    user: str
    passphrase: str


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """The person who agreed to an act.

    `check` is called again within the transaction of the act. It raises Refused when they can't agree any more.
    """

    user: User
    check: Callable[[Reader], None]


@dataclass(frozen=True, slots=True)
class GivenConsent:
    """The person who agreed, None while the store has only ever had one user.

    `check` is called again within the transaction of the act.
    """

    second: User | None
    check: Callable[[Reader], None]


def utc_now() -> datetime:
    """Returns the present time; tests replace it."""
    return datetime.now(UTC)


def is_alone(reader: Reader) -> bool:
    """Returns whether the store has only ever had one user: disabled users count."""
    return len(users_sql.list_users(reader)) == 1


def sees_reports(roles: frozenset[Role]) -> bool:
    """Returns whether one of the roles lets a user read reports."""
    return bool(roles & READING)


def request_consent(
    session: Session, consent: Consent | None, kind: str, *, reading: bool, concerning: User | None = None, **about: Value
) -> GivenConsent:
    """Obtains the second person's consent for an act on users or keys, once the store has had two users.

    `reading` means that the act lets somebody see reports, so a lead or an examiner has to agree.

    Raises:
        Refused: if the consent is missing or this person can't give it
        WrongPassphrase: if the passphrase is wrong
    """
    subject = concerning.id if concerning else None
    wanted = _consenting_roles(session.store.read(), session.user.id, reading)
    if subject is not None:
        about = {**about, "subject": subject}
    missing = Message("This needs the consent of a second person ({roles}): give --consent-user.", roles=_name_roles(wanted))
    return _obtain(session, consent, wanted, missing, kind, subject, about)


def request_leaving_consent(
    session: Session, consent: Consent | None, missing: Message, kind: str, **about: Value
) -> GivenConsent:
    """Obtains the consent of a lead or examiner that something leaves, once the store has had two users.

    Raises:
        Refused: with `missing` if the consent is missing, or if this person can't give it
        WrongPassphrase: if the passphrase is wrong
    """
    return _obtain(session, consent, _FOR_READING, missing, kind, None, about)


def request_lead_consent(session: Session, consent: Consent, kind: str, **about: Value) -> GivenConsent:
    """Obtains the consent of a second lead, or where nobody else is one of the next best other person.

    Raises:
        Refused: if this person can't give it
        WrongPassphrase: if the passphrase is wrong
    """
    wanted = _find_wanted_roles(session.store.read(), session.user.id, _LEADING)
    return _obtain(session, consent, wanted, NOTHING, kind, None, about)


def name_lead_roles(session: Session) -> tuple[str, ...]:
    """Returns the roles of which the second person of `request_lead_consent` needs one."""
    return _name_roles(_find_wanted_roles(session.store.read(), session.user.id, _LEADING))


def describe_consent(session: Session, given: GivenConsent) -> str:
    """Returns what papers say of who agreed: their name and account, or that the store has one user."""
    second = given.second
    return ONE_USER if second is None else f"{second.name} ({describe_person(session, second.id)})"


def _obtain(
    session: Session,
    consent: Consent | None,
    wanted: frozenset[Role],
    missing: Message,
    kind: str,
    concerning: int | None,
    about: Mapping[str, Value],
) -> GivenConsent:
    """Obtains the consent of a person with one of the roles, and raises Refused with `missing` where it is missing."""

    def check_needed(reader: Reader) -> None:
        """Raises Refused once the store has had two users."""
        if not is_alone(reader):
            raise Refused(missing)  # message-ok

    if consent is None:
        check_needed(session.store.read())
        return GivenConsent(None, check_needed)
    second = verify_consent(
        session, consent, lambda user: bool(user.roles & wanted), _name_roles(wanted), kind, concerning=concerning, **about
    )
    return GivenConsent(second.user, second.check)


def _name_roles(roles: frozenset[Role]) -> tuple[str, ...]:
    """Returns the words of roles, in the order of all roles."""
    return tuple(role.value for role in Role if role in roles)


def _consenting_roles(reader: Reader, actor: int, reading: bool) -> frozenset[Role]:
    """Returns the roles of which a second person needs one: for acts that let somebody see reports, those that may."""
    return _find_wanted_roles(reader, actor, ([_FOR_READING] if reading else []) + [CONSENTING])


def _find_wanted_roles(reader: Reader, actor: int, choices: Sequence[frozenset[Role]]) -> frozenset[Role]:
    """Returns the first of the choices of which another person holds a role.

    Where nobody but the actor holds such a role, the next best other person agrees: otherwise a desk whose second user is an
    analyst could never add a third. Disabled users count, so that nobody changes this alone.
    """
    others = [user.roles for user in users_sql.list_users(reader) if user.id != actor]
    for wanted in choices:
        if any(roles & wanted for roles in others):
            return wanted
    return frozenset(Role)


def verify_consent(
    session: Session,
    consent: Consent,
    may: Callable[[User], bool],
    needed: tuple[str, ...],
    kind: str,
    *,
    concerning: int | None = None,
    **about: Value,
) -> SecondPerson:
    """Checks the second person and their passphrase; returns that person.

    `may` says whether a user can agree; `needed` names the roles of which one is needed. `kind` and `about` go into the audit log
    under the second person's name. `concerning` is the user whom the act is about.

    Raises:
        Refused: if this person can't agree, or after too many wrong passphrases
        WrongPassphrase: if the passphrase is wrong
        NotFound: if there is no such user
    """
    actor = session.user.id
    named = session.store.users.named(consent.user)
    check_can_consent(named, actor, may, needed, concerning)
    _count_attempt(session)
    try:
        other = unlock(session.store.directory, consent.user, consent.passphrase)
    except WrongPassphrase:
        with session.store.batch() as batch:
            batch.note("consent failed", subject=named.id)
        raise WrongPassphrase(
            "The passphrase of {name} is wrong; the audit log keeps that it was tried.", name=named.name
        ) from None
    with other, other.store.batch() as batch:
        check_can_consent(other.store.users.named(consent.user), actor, may, needed, concerning)
        users_sql.clear_consent_failures(batch, actor)
        batch.note(kind, maker=actor, **about)

    def check_standing(reader: Reader) -> None:
        """Raises Refused when the second person can't consent any more."""
        check_can_consent(users_sql.load_user(reader, other.user.id) or other.user, actor, may, needed, concerning)

    return SecondPerson(other.user, check_standing)


def check_can_consent(
    user: User, actor: int, may: Callable[[User], bool], roles: tuple[str, ...] = (), concerning: int | None = None
) -> None:
    """Raises Refused with the reason when this user can't be the second person of an act of `actor`."""
    if user.id == actor:
        raise Refused("The second person must be a different user.")
    if user.id == concerning:
        raise Refused("The second person must not be the user concerned.")
    check_own_standing(user)
    if not may(user):
        raise Refused("{user} can't consent: a person with another role is needed ({roles}).", user=user.name, roles=roles)


def check_own_standing(user: User) -> None:
    """Raises Refused when it is not sure that this user is one person of their own."""
    if user.disabled:
        raise Refused("{user} can't consent: the account is disabled.", user=user.name)
    if user.initial:
        raise Refused(
            "{user} can't consent yet: another person set the passphrase. Change it with: triage user passphrase",
            user=user.name,
        )
    if user.recovered:
        raise Refused(
            "{user} can't consent yet: the recovery key was used. Another person confirms the account with: triage user confirm",
            user=user.name,
        )


def describe_person(session: Session, user: int) -> str:
    """Returns since when a user exists, who added them, and who set their passphrase, for papers."""
    store = session.store
    names = store.users.names()
    found = store.users.history(user)

    def name(of: int | None) -> str:
        """Returns the name of the user with this id."""
        return "the recovery key" if of == RECOVERY_KEY else "not stated" if of is None else names.get(of, "not stated")

    said = [f"user since {found.created or 'not stated'}"]
    if found.created_by is None:
        said.append("first user of the store" if user == 1 else "added by: not stated")
    elif found.consented_by is None:
        said.append(f"added by {name(found.created_by)} alone, when the store had one user")
    else:
        said.append(f"added by {name(found.created_by)} with the consent of {name(found.consented_by)}")
    setter = "themselves" if found.passphrase_by == user else name(found.passphrase_by)
    said.append(f"passphrase set by {setter} on {found.passphrase_set or 'not stated'}")
    if found.recovered is not None:
        said.append(f"recovered with the recovery key on {found.recovered}")
        said.append(
            f"confirmed by {name(found.confirmed_by)} on {found.confirmed}" if found.confirmed else "not confirmed by anybody"
        )
    return ", ".join(said)


def _count_attempt(session: Session) -> None:
    """Counts an attempt as failed before it is made, so that neither a kill nor a second process makes it free.

    A success clears the count. An attempt that is refused here is not counted: the delay ends by itself.

    Raises:
        Refused: during the delay after too many wrong passphrases
    """
    actor = session.user.id
    with session.store.batch() as batch:
        now = utc_now()
        failed = users_sql.list_consent_failures(batch, actor, (now - _WINDOW).strftime(_FORM), now.strftime(_FORM))
        if len(failed) >= _FREE_TRIES:
            delay = timedelta(minutes=_DELAYS_MINUTES[min(len(failed) - _FREE_TRIES, len(_DELAYS_MINUTES) - 1)])
            left = datetime.strptime(failed[-1], _FORM).replace(tzinfo=UTC) + delay - now
            if left > timedelta(0):
                minutes = -(-int(left.total_seconds()) // 60) or 1
                if minutes == 1:
                    raise Refused("Too many wrong passphrases of second persons; try again in {minutes} minute.", minutes=1)
                raise Refused("Too many wrong passphrases of second persons; try again in {minutes} minutes.", minutes=minutes)
        users_sql.add_consent_failure(batch, actor, now.strftime(_FORM))
