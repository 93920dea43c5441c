"""SQL of the feedback to whoever sent reports: what became of each."""

from __future__ import annotations

from dataclasses import dataclass

from triage.store.database import Reader


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """The outcome of one report. Times are seconds since 1970, but `decided`, which is ISO 8601."""

    report_id: int
    number: str
    esp: str | None
    received: int | None
    status: str
    reason: str | None
    decided: str
    case: str | None
    duplicate_of: str | None


def list_outcomes(db: Reader, begin: int, end: int) -> list[OutcomeRow]:
    """Returns the outcomes of completed reports that were received from `begin` until before `end`, by report number."""
    return [
        OutcomeRow(*row)
        for row in db.all(
            "SELECT q.report_id, r.number, e.word, q.received, d.status, d.reason, d.taken,"
            " (SELECT f.number FROM case_report c JOIN case_file f ON f.id = c.case_id WHERE c.report_id = q.report_id),"
            " (SELECT o.number FROM report o WHERE o.id = q.duplicates_of)"
            " FROM queue q JOIN report r ON r.id = q.report_id JOIN report_version v ON v.report_id = q.report_id AND v.n = 1"
            " JOIN decision d ON d.report_id = q.report_id"
            " AND d.id = (SELECT max(id) FROM decision WHERE report_id = q.report_id AND undone = 0)"
            " LEFT JOIN code e ON e.id = q.esp WHERE d.status IN ('closed', 'referred', 'case_opened')"
            " AND coalesce(q.received, unixepoch(v.imported)) >= ? AND coalesce(q.received, unixepoch(v.imported)) < ?"
            " ORDER BY q.number_key",
            (begin, end),
        )
    ]


def list_providers(db: Reader) -> list[str]:
    """Returns the names of all providers of the store's reports, sorted."""
    sql = "SELECT DISTINCT e.word FROM queue_provider_count q JOIN code e ON e.id = q.provider WHERE q.n > 0 ORDER BY e.word"
    return [name for (name,) in db.all(sql)]
