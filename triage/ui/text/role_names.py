"""Names the roles of people."""

from __future__ import annotations

from triage.model.users import Role
from triage.ui.text.i18n import Safe, mark, word

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
