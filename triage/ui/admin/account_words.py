"""Says what each role may do, and how a user stands."""

from __future__ import annotations

from triage.jobs.keeping.accounts import Account
from triage.model.users import Role
from triage.ui.text.i18n import Safe, isolated, mark, tr, word
from triage.ui.text.role_names import name_role
from triage.ui.text.times import pkt

_MAY = {
    Role.ANALYST: mark("Imports, reads reports, views media, decides."),
    Role.LEAD: mark("As an analyst; also assigns, keeps hash lists and rules, exports queues, holds and destroys by order."),
    Role.EXAMINER: mark("As an analyst; also makes evidence packets and exports media."),
    Role.ADMIN: mark("Keeps users, keys, policies and backups. Opens no report and no media."),
    Role.AUDITOR: mark("Reads and verifies the audit log and the statistics. Opens no report and no media."),
}


def describe_role(role: Role) -> Safe:
    """Returns what a role may do, in one sentence."""
    return word(_MAY[role])


def name_roles(account: Account) -> Safe:
    """Returns the roles of a user."""
    return Safe(tr(", ").join(name_role(role) for role in Role if role in account.roles))


def describe_standing(account: Account) -> Safe:
    """Returns how a user stands."""
    match account.standing:
        case "disabled":
            return tr("suspended")
        case "initial":
            return tr("has to choose a passphrase")
        case "recovered":
            return tr("recovered, not confirmed")
    return tr("active")


def choose_ink(account: Account) -> str:
    """Returns the colour of the standing."""
    return {"disabled": "muted", "initial": "warn", "recovered": "bad"}.get(account.standing, "text")


def describe_added(account: Account) -> Safe:
    """Returns when, by whom and with whose consent a user was added."""
    when = pkt(account.added) if account.added else tr("not stated")
    if account.added_by is None:
        return tr("{when}; the first user of the store", when=when)
    if account.consented_by is None:
        return tr("{when}, by {name} alone, when the store had one user", when=when, name=isolated(account.added_by))
    return tr(
        "{when}, by {name} with the consent of {second}",
        when=when,
        name=isolated(account.added_by),
        second=isolated(account.consented_by),
    )


def describe_passphrase(account: Account) -> Safe:
    """Returns when and by whom the passphrase was set."""
    when = pkt(account.passphrase_set) if account.passphrase_set else tr("not stated")
    if account.by_recovery_key:
        return tr("{when}, with the recovery key", when=when)
    if account.passphrase_by is not None:
        name = isolated(account.passphrase_by) if account.passphrase_by else tr("not stated")
        return tr("{when}, by {name}", when=when, name=name)
    return tr("{when}, by themselves", when=when)
