"""The policy of the office: settings that an administrator makes, each with a default. The audit log keeps who set what."""

from __future__ import annotations

from dataclasses import dataclass

from triage.errors import Refused, StoreError
from triage.jobs.session import Session
from triage.message import Message
from triage.model.settings import format_value, setting, settings_of
from triage.model.users import Right
from triage.store.queries import policies


@dataclass(frozen=True, slots=True)
class OfficePolicy:
    """What an administrator decides for the whole office. A new setting is one field here."""

    receipt_required: bool = setting(
        False, Message("Imports must state source and carrier"), {False: Message("no"), True: Message("yes")}
    )
    backup_expires_after_days: int = setting(
        90, Message("Days until a backup expires"), {n: Message("{n} days", n=n) for n in (30, 90, 180, 365)}
    )


SETTINGS = settings_of(OfficePolicy)


def read_policy(session: Session) -> OfficePolicy:
    """Returns the policy in force. Raises StoreError when the store holds a value that this version does not know."""
    stored = policies.values(session.store.read())
    found: dict[str, object] = {}
    for each in SETTINGS:
        text = stored.get(each.name)
        if text is not None:
            try:
                found[each.field] = each.parse(text)
            except ValueError:
                raise StoreError(
                    "The policy {name} has the unknown value {value}; an administrator sets it again with triage policy set.",
                    name=each.name,
                    value=repr(text),
                ) from None
    return OfficePolicy(**found)  # type: ignore[arg-type]


def format_policy(policy: OfficePolicy) -> dict[str, str]:
    """Returns each setting's name with its value, as `set_policy` takes them."""
    return {each.name: format_value(getattr(policy, each.field)) for each in SETTINGS}


def set_policy(session: Session, name: str, value: str) -> None:
    """Sets one setting. Raises Refused for a setting or a value that does not exist."""
    session.require(Right.POLICY)
    known = {each.name: each for each in SETTINGS}
    if name not in known:
        raise Refused("There is no policy {name}; choose from: {choices}.", name=repr(name), choices=tuple(sorted(known)))
    choices = tuple(format_value(choice) for choice in known[name].choices)
    if value not in choices:
        raise Refused("{name} takes one of: {choices}.", name=name, choices=choices)
    with session.store.batch() as batch:
        policies.save_policy(batch, name, value)
        batch.note("policy set", policy=name, value=int(value) if value.isdecimal() else value)
