"""Users of the workstation, their roles, and what each role may do (docs/decisions/10-jobs-and-rights.md)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles of users."""

    ANALYST = "analyst"
    LEAD = "lead"
    EXAMINER = "examiner"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Right(StrEnum):
    """What a role allows a user to do."""

    IMPORT = "import bundles"
    READ_REPORT = "read reports"
    REVEAL = "reveal media"
    DECIDE = "decide on reports"
    ASSIGN = "assign reports"
    LISTS = "change hash lists"
    RULES = "change rules"
    EXPORT_QUEUE = "export queues"
    PACKET = "make evidence packets"
    CASE_PAPERS = "write papers of cases"
    EXPORT_MEDIA = "export media"
    EXPORT_TOOLS = "export for other tools"
    HOLD = "hold and clear reports"
    DESTROY = "destroy by order"
    USERS = "manage users"
    KEYS = "manage keys"
    POLICY = "set policies"
    BACKUP = "back up and restore"
    RECORD = "verify the record"
    AUDIT = "read the audit log"
    STATISTICS = "read statistics"


_READ = {Right.READ_REPORT, Right.RECORD, Right.STATISTICS}
_ANALYST = _READ | {Right.IMPORT, Right.REVEAL, Right.DECIDE}
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ANALYST: frozenset(_ANALYST),
    Role.LEAD: frozenset(
        _ANALYST
        | {
            Right.ASSIGN,
            Right.LISTS,
            Right.RULES,
            Right.EXPORT_QUEUE,
            Right.CASE_PAPERS,
            Right.EXPORT_TOOLS,
            Right.HOLD,
            Right.DESTROY,
        }
    ),
    Role.EXAMINER: frozenset(_ANALYST | {Right.PACKET, Right.CASE_PAPERS, Right.EXPORT_MEDIA, Right.EXPORT_TOOLS, Right.HOLD}),
    Role.ADMIN: frozenset(
        {Right.USERS, Right.KEYS, Right.POLICY, Right.BACKUP, Right.DESTROY, Right.RECORD, Right.AUDIT, Right.STATISTICS}
    ),
    Role.AUDITOR: frozenset({Right.RECORD, Right.AUDIT, Right.STATISTICS}),
}


CONSENTING = frozenset({Role.LEAD, Role.EXAMINER, Role.ADMIN})
"""Whoever holds one of these roles can agree as a second person."""
READING = frozenset(role for role, rights in RIGHTS.items() if Right.READ_REPORT in rights)
"""Roles that let a person see reports."""
RECOVERY_KEY = 0
"""Stands in place of a user's id where the recovery key set a passphrase."""


@dataclass(frozen=True, slots=True)
class User:
    """A user of the workstation.

    `id` is the number that the audit log names.
    """

    id: int
    name: str
    roles: frozenset[Role]
    disabled: bool = False
    initial: bool = False
    """Somebody else set the passphrase, so that two people may know it."""
    recovered: bool = False
    """The recovery key set the passphrase, and nobody has confirmed since that it was this person."""

    def may(self, right: Right) -> bool:
        """Returns whether one of the user's roles has this right.

        A disabled user has none.
        """
        return not self.disabled and any(right in RIGHTS[role] for role in self.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What papers say of a user, beside the name. An empty text is not stated."""

    full_name: str = ""
    rank: str = ""
    badge: str = ""
    post: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """A user as papers name them: the profile, and the agency they work for. An empty text is not stated."""

    user: str
    """The name with which they sign in."""
    profile: Profile
    agency_name: str
    agency_address: str
    clock_source: str
    """What the workstation's clock was compared with, when, and the difference."""

    @property
    def name(self) -> str:
        """Returns the full name, or the name of signing in where none is stated."""
        return self.profile.full_name or self.user


@dataclass(frozen=True, slots=True)
class UserHistory:
    """The history of a user's account, for exports.

    It holds ids of users; None is unknown unless stated otherwise.
    """

    user: User
    created: str | None
    created_by: int | None
    """None for the first user too."""
    consented_by: int | None
    """None when the store had one user then."""
    passphrase_set: str | None
    passphrase_by: int | None
    recovered: str | None
    confirmed: str | None
    confirmed_by: int | None
