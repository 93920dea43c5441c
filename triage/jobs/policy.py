"""The few policies of an office, each with a default. An administrator sets them, and the audit log says when."""

from __future__ import annotations

from enum import StrEnum

from triage.errors import Refused
from triage.jobs.session import Session
from triage.model.people import Right
from triage.store.queries import policies


class Policy(StrEnum):
    """A policy of the office, by its name."""

    RECEIPT_REQUIRED = "receipt-required"
    """yes: an import must say from whom and on what medium."""
    BACKUP_DAYS = "backup-expires-after-days"
    """A backup that was not brought up to date for so long has to be, or its medium destroyed."""


CHOICES: dict[Policy, tuple[str, ...]] = {
    Policy.RECEIPT_REQUIRED: ("no", "yes"),
    Policy.BACKUP_DAYS: ("90", "30", "180", "365"),
}
"""The first is the default."""


def policy(session: Session, name: Policy) -> str:
    """Returns the chosen value of the policy, or its default."""
    return policies.load_policy(session.store.read(), name) or CHOICES[name][0]


def all_policies(session: Session) -> dict[str, str]:
    """Returns the values of all policies by name."""
    return {name.value: policy(session, name) for name in Policy}


def set_policy(session: Session, name: str, value: str) -> None:
    """Sets a policy.

    Raises:
        Refused: for an unknown policy or value
    """
    session.require(Right.POLICY)
    known = {p.value: p for p in Policy}
    if name not in known:
        raise Refused("There is no policy {name}; choose from: {choices}.", name=repr(name), choices=tuple(sorted(known)))
    choices = CHOICES[known[name]]
    if value not in choices:
        raise Refused("{name} takes one of: {choices}.", name=name, choices=tuple(choices))
    with session.store.batch() as batch:
        policies.save_policy(batch, name, value)
        batch.note("policy set", policy=name, value=int(value) if value.isdecimal() else value)
