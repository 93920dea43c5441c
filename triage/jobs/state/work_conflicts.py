"""Describes the fields that two workstations set differently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from triage.model.user_names import name_user
from triage.model.work import WorkConflict
from triage.store.database import Reader
from triage.store.queries import trusted
from triage.store.queries.exchange import ConflictRow


def describe_conflicts(db: Reader, names: Mapping[int, str], rows: Iterable[ConflictRow]) -> tuple[WorkConflict, ...]:
    """Returns conflicts for people, in their order."""
    stores = trusted.load_names(db)
    return tuple(
        WorkConflict(
            package_id=row.package_id,
            with_=stores.get(row.fingerprint or "", row.fingerprint or ""),
            report_id=row.number,
            field=row.field,
            here=row.here,
            there=row.there,
            resolved=row.resolved is not None,
            taken=row.taken,
            reason=row.reason,
            resolved_by=None if row.resolved_by is None else name_user(names, row.resolved_by),
            resolved_at=row.resolved,
        )
        for row in rows
    )
