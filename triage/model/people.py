"""Users of the workstation, their roles and what each role may do (docs/decisions/10-jobs-and-rights.md)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    ANALYST = "analyst"
    LEAD = "lead"
    EXAMINER = "examiner"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Right(StrEnum):
    IMPORT = "import bundles"
    READ_REPORT = "read reports"
    REVEAL = "reveal media"
    DECIDE = "decide on reports"
    ASSIGN = "assign reports"
    LISTS = "change hash lists"
    RULES = "change rules"
    EXPORT_QUEUE = "export queues"
    PACKET = "make evidence packets"
    EXPORT_MEDIA = "export media"
    HOLD = "hold and clear reports"
    DESTROY = "destroy by order"
    USERS = "manage users"
    KEYS = "manage keys"
    POLICY = "set policies"
    BACKUP = "back up and restore"
    RECORD = "verify the record"
    STATISTICS = "read statistics"


_READ = {Right.READ_REPORT, Right.RECORD, Right.STATISTICS}
_ANALYST = _READ | {Right.IMPORT, Right.REVEAL, Right.DECIDE}
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ANALYST: frozenset(_ANALYST),
    Role.LEAD: frozenset(_ANALYST | {Right.ASSIGN, Right.LISTS, Right.RULES, Right.EXPORT_QUEUE, Right.HOLD, Right.DESTROY}),
    Role.EXAMINER: frozenset(_ANALYST | {Right.PACKET, Right.EXPORT_MEDIA, Right.HOLD}),
    Role.ADMIN: frozenset({Right.USERS, Right.KEYS, Right.POLICY, Right.BACKUP, Right.DESTROY, Right.RECORD, Right.STATISTICS}),
    Role.AUDITOR: frozenset({Right.RECORD, Right.STATISTICS}),
}


@dataclass(frozen=True, slots=True)
class User:
    """A user as the store knows them. `id` is what the record names."""

    id: int
    name: str
    roles: frozenset[Role]
    disabled: bool = False

    def may(self, right: Right) -> bool:
        return not self.disabled and any(right in RIGHTS[role] for role in self.roles)
