"""The few policies of a desk, each with a default. An administrator sets them; the record says when."""

from __future__ import annotations

from enum import StrEnum

from triage.errors import Refused
from triage.jobs.session import Session
from triage.model.users import Right
from triage.store.queries import policies


class Policy(StrEnum):
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
    return policies.value(session.store.read(), name) or CHOICES[name][0]


def all_policies(session: Session) -> dict[str, str]:
    return {name.value: policy(session, name) for name in Policy}


def set_policy(session: Session, name: str, value: str) -> None:
    """Raises Refused for a policy or a value that there is not."""
    session.require(Right.POLICY)
    known = {p.value: p for p in Policy}
    if name not in known:
        raise Refused("There is no policy {name}; choose from: {choices}.", name=repr(name), choices=tuple(sorted(known)))
    choices = CHOICES[known[name]]
    if value not in choices:
        raise Refused("{name} takes one of: {choices}.", name=name, choices=tuple(choices))
    with session.store.batch() as batch:
        policies.put(batch, name, value)
        batch.note("policy set", policy=name, value=int(value) if value.isdecimal() else value)
