"""Describes the users of the workstation for those who manage them: roles, standing, and who added them with whose consent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from triage.jobs.session import Session
from triage.model.users import RECOVERY_KEY, Right, Role, User

Standing = Literal["active", "disabled", "initial", "recovered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user. `added_by` and `consented_by` are None when nobody is known; `passphrase_by` is None when they set it themselves.

    `passphrase_by` is empty when it is not known who set it. `by_recovery_key` is True when the recovery key set the passphrase.
    """

    name: str
    roles: frozenset[Role]
    standing: Standing
    added: str | None
    added_by: str | None
    consented_by: str | None
    passphrase_set: str | None
    passphrase_by: str | None
    by_recovery_key: bool


def list_accounts(session: Session) -> tuple[Account, ...]:
    """Returns all users, disabled ones last."""
    session.require(Right.RECORD)
    names = session.store.users.names()

    def name(of: int | None) -> str | None:
        return None if of is None else names.get(of, str(of))

    found = []
    for user in session.store.users.all():
        history = session.store.users.history(user.id)
        own = history.passphrase_by in (user.id, RECOVERY_KEY)
        found.append(
            Account(
                name=user.name,
                roles=user.roles,
                standing=_describe_standing(user),
                added=history.created,
                added_by=name(history.created_by),
                consented_by=name(history.consented_by),
                passphrase_set=history.passphrase_set,
                passphrase_by=None if own else name(history.passphrase_by) or "",
                by_recovery_key=history.passphrase_by == RECOVERY_KEY,
            )
        )
    return tuple(sorted(found, key=lambda account: (account.standing == "disabled", account.name.casefold())))


def _describe_standing(user: User) -> Standing:
    """Returns the standing of a user in one word."""
    if user.disabled:
        return "disabled"
    if user.initial:
        return "initial"
    return "recovered" if user.recovered else "active"
