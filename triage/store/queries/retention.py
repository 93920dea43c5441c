"""SQL of the rule of retention: which closed reports nothing keeps any longer."""

from __future__ import annotations

from triage.model.views import STATUSES
from triage.store.database import Reader

_LAST = "(SELECT max(d.taken) FROM decision d WHERE d.report_id = q.report_id AND d.undone = 0)"
_KEPT_BY = (
    "legal_hold k WHERE k.report_id = q.report_id",
    "case_report k WHERE k.report_id = q.report_id",
    "packet_report k WHERE k.report_id = q.report_id",
    "report_version k WHERE k.report_id = q.report_id AND k.imported >= ?1",
    "appeal k WHERE k.report_id = q.report_id AND k.answered IS NULL",
    "work_conflict k WHERE k.report_id = q.report_id AND k.resolved IS NULL",
    "deadline k WHERE k.report_id = q.report_id AND k.duty = 1",
    (
        "request_line_report k JOIN request_line l ON l.id = k.line_id JOIN request a ON a.id = l.request_id"
        " WHERE k.report_id = q.report_id AND a.closed IS NULL"
    ),
    "deconfliction_item k JOIN deconfliction a ON a.session = k.session WHERE k.report_id = q.report_id AND a.finished IS NULL",
    "file f JOIN victim_series_media k ON k.media_item_id = f.media_item_id WHERE f.report_id = q.report_id",
)
"""What keeps a closed report: somebody waits for something, asked about it, was given it, or a child is looked for with it."""
_DUE = (
    f" FROM queue q JOIN report r ON r.id = q.report_id WHERE q.status = {STATUSES.index('closed')} AND {_LAST} < ?1"
    + "".join(f" AND NOT EXISTS (SELECT 1 FROM {each})" for each in _KEPT_BY)
)


def list_due(db: Reader, before: str, most: int) -> list[tuple[str, str]]:
    """Returns (number, last decision) of closed reports of which the last decision is older, the oldest first.

    Left out are reports under a legal hold, of cases, packets and series, with a part that came since, and those that an open
    request, comparison, conflict, appeal or duty speaks of.
    """
    rows = db.all(f"SELECT r.number, {_LAST} AS last{_DUE} ORDER BY last, r.id LIMIT ?2", (before, most))
    return [(number, decided) for number, decided in rows]


def count_due(db: Reader, before: str) -> int:
    """Returns the number of reports that `list_due` lists without a limit."""
    return int(db.value(f"SELECT count(*){_DUE}", (before,)))


def is_due(db: Reader, number: str, before: str) -> bool:
    """Returns whether `list_due` would list this report."""
    return db.first(f"SELECT 1{_DUE} AND r.number = ?2", (before, number)) is not None
