"""The policy of the office: settings that an administrator makes, each with a default. The audit log keeps who set what."""

from __future__ import annotations

from dataclasses import dataclass

from triage.errors import Refused, StoreError
from triage.jobs.session import Session
from triage.message import Message
from triage.model.settings import MAX_TEXT, format_value, setting, settings_of, text_setting
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
    closed_kept_months: int = setting(
        0,
        Message("How long closed reports are kept"),
        {0: Message("no rule"), **{n: Message("{n} months", n=n) for n in (12, 24, 36, 60, 120)}},
    )
    agency_name: str = text_setting(Message("Name of the agency, for papers"))
    agency_address: str = text_setting(Message("Address of the agency, for papers"))
    help_text: str = text_setting(Message("Where people who view media find help, in the words of the office"))
    clock_source: str = text_setting(Message("What the clock was compared with, when, and the difference, for papers"))


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
    choices = known[name].choices
    if choices and value not in (words := tuple(format_value(choice) for choice in choices)):
        raise Refused("{name} takes one of: {choices}.", name=name, choices=words)
    try:
        value = format_value(known[name].parse(value))
    except ValueError:
        raise Refused("{name} takes one plain line of at most {most} characters.", name=name, most=MAX_TEXT) from None
    with session.store.batch() as batch:
        policies.save_policy(batch, name, value)
        noted = session.store.keyed(value) if not choices else value
        batch.note("policy set", policy=name, value=int(noted) if noted.isdecimal() else noted)
