"""Names people and their roles."""

from __future__ import annotations

from triage.model.user_names import read_unknown_user, split_store
from triage.model.users import Role
from triage.ui.text.i18n import Safe, isolated, ltr, mark, tr, word

_NAMES = {
    Role.ANALYST: mark("analyst"),
    Role.LEAD: mark("lead"),
    Role.EXAMINER: mark("examiner"),
    Role.ADMIN: mark("administrator"),
    Role.AUDITOR: mark("auditor"),
}


def name_role(role: Role) -> Safe:
    """Returns the name of a role."""
    return word(_NAMES[role])


def name_person(name: str) -> Safe:
    """Returns the name of a person: with the store of one who works elsewhere, and in words where it is not known."""
    number = read_unknown_user(name)
    if number is not None:
        return tr("user {number}", number=ltr(str(number)))
    own, store = split_store(name)
    return isolated(name) if store is None else tr("{name} at {store}", name=isolated(own), store=isolated(store))
