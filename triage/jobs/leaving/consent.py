"""A second person: what nobody may do alone needs another user's own passphrase, and the record says who agreed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from triage.errors import Refused
from triage.jobs.session import Session, unlock
from triage.model.people import User
from triage.store.audit import Value


@dataclass(frozen=True, slots=True)
class Consent:
    """Another user, who agrees by their own passphrase."""

    user: str
    passphrase: str


def ask(session: Session, consent: Consent, may: Callable[[User], bool], unfit: str, kind: str, **about: Value) -> User:
    """The second person, after they agreed. `may` says whether they can, `unfit` in words what they are if not; `kind` and
    `about` go into the record under their name. Raises Refused, WrongPassphrase."""
    with unlock(session.store.directory, consent.user, consent.passphrase) as other:
        if other.user.id == session.user.id:
            raise Refused("The second person must be another user than the first.")
        if not may(other.user):
            raise Refused(f"{other.user.name} is {unfit} and can't give consent.")
        with other.store.batch() as batch:
            batch.note(kind, maker=session.user.id, **about)
        return other.user
