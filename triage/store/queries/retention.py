"""SQL of the rule of retention: which closed reports nothing keeps any longer."""

from __future__ import annotations

from triage.model.views import STATUSES
from triage.store.database import Reader

_DUE = (
    f" FROM queue q JOIN report r ON r.id = q.report_id WHERE q.status = {STATUSES.index('closed')}"
    " AND NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.report_id = q.report_id)"
    " AND NOT EXISTS (SELECT 1 FROM case_report c WHERE c.report_id = q.report_id)"
    " AND (SELECT max(d.taken) FROM decision d WHERE d.report_id = q.report_id AND d.undone = 0) < ?1"
)


def list_due(db: Reader, before: str, most: int) -> list[tuple[str, str]]:
    """Returns (number, last decision) of closed reports of which the last decision is older, the oldest first.

    Reports under a legal hold and reports of cases are left out.
    """
    last = "(SELECT max(d.taken) FROM decision d WHERE d.report_id = q.report_id AND d.undone = 0)"
    rows = db.all(f"SELECT r.number, {last} AS last{_DUE} ORDER BY last, r.id LIMIT ?2", (before, most))
    return [(number, decided) for number, decided in rows]


def count_due(db: Reader, before: str) -> int:
    """Returns the number of reports that `list_due` lists without a limit."""
    return int(db.value(f"SELECT count(*){_DUE}", (before,)))


def is_due(db: Reader, number: str, before: str) -> bool:
    """Returns whether `list_due` would list this report."""
    return db.first(f"SELECT 1{_DUE} AND r.number = ?2", (before, number)) is not None
