"""SQL of the funnel: how many reports reached each step, and which stand without an outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.model.funnel import WITHOUT_OUTCOME
from triage.model.views import STATUSES
from triage.store.database import Reader

_OPEN = f"q.status IN ({', '.join(str(STATUSES.index(status)) for status in WITHOUT_OUTCOME)})"
_WITHOUT_OUTCOME = f"{_OPEN} AND NOT EXISTS (SELECT 1 FROM case_report c WHERE c.report_id = q.report_id)"


@dataclass(frozen=True, slots=True)
class ImportPeriod:
    """The reports that were imported from `since` to before `until`, ISO 8601 in UTC."""

    since: str = ""
    until: str = "9"


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A report without an outcome. `status` and `band` are positions; `office` is a word."""

    number: str
    band: int
    imported: str
    status: int
    assignee: int | None
    office: str | None


_IMPORTED = "JOIN report_version v ON v.report_id = q.report_id AND v.n = 1 AND v.imported >= ? AND v.imported < ?"


def count_reports(db: Reader, period: ImportPeriod) -> tuple[int, int, int]:
    """Returns how many reports of the store were imported in the period, are duplicates of another, and are assigned."""
    row = db.first(
        "SELECT count(*), count(q.duplicates_of), count(CASE WHEN q.assignee IS NOT NULL OR f.officer IS NOT NULL THEN 1 END)"
        f" FROM queue q {_IMPORTED} LEFT JOIN case_report c ON c.report_id = q.report_id"
        " LEFT JOIN case_file f ON f.id = c.case_id",
        (period.since, period.until),
    )
    return (row[0], row[1], row[2]) if row else (0, 0, 0)


def count_imported(db: Reader, period: ImportPeriod) -> int:
    """Returns how many reports of the store were imported in the period, judged or not."""
    return int(
        db.value(
            "SELECT count(*) FROM report_version WHERE n = 1 AND imported >= ? AND imported < ?", (period.since, period.until)
        )
    )


def count_requested(db: Reader, period: ImportPeriod) -> tuple[int, int]:
    """Returns how many reports stand behind a line of a request that was sent, and behind one of a request with a reply."""
    row = db.first(
        "SELECT count(DISTINCT CASE WHEN q.sent IS NOT NULL THEN o.report_id END),"
        " count(DISTINCT CASE WHEN EXISTS (SELECT 1 FROM request_reply p WHERE p.request_id = q.id) THEN o.report_id END)"
        " FROM request_line_report o JOIN request_line l ON l.id = o.line_id JOIN request q ON q.id = l.request_id"
        " JOIN report_version v ON v.report_id = o.report_id AND v.n = 1 AND v.imported >= ? AND v.imported < ?",
        (period.since, period.until),
    )
    return (row[0], row[1]) if row else (0, 0)


def list_stages_reached(db: Reader, period: ImportPeriod) -> list[tuple[int, str, int]]:
    """Returns (case, stage, reports of the period in the case) for each stage that a case entered."""
    return [
        (case, stage, reports)
        for case, stage, reports in db.all(
            "SELECT s.case_id, s.stage, (SELECT count(*) FROM case_report c JOIN report_version v ON v.report_id = c.report_id"
            " AND v.n = 1 AND v.imported >= ? AND v.imported < ? WHERE c.case_id = s.case_id)"
            " FROM case_stage s GROUP BY s.case_id, s.stage",
            (period.since, period.until),
        )
    ]


def count_outcomes(db: Reader, period: ImportPeriod) -> list[tuple[str, str | None, int]]:
    """Returns (status, reason, reports) by the last decision that stands, of the reports that have an outcome."""
    return [
        (status, reason, reports)
        for status, reason, reports in db.all(
            "SELECT d.status, d.reason, count(*) FROM decision d"
            " JOIN report_version v ON v.report_id = d.report_id AND v.n = 1 AND v.imported >= ? AND v.imported < ?"
            " WHERE d.id = (SELECT max(id) FROM decision WHERE report_id = d.report_id AND undone = 0)"
            " AND d.status IN ('closed', 'referred', 'case_opened') GROUP BY d.status, d.reason ORDER BY 3 DESC, 1, 2",
            (period.since, period.until),
        )
    ]


def count_in_cases_alone(db: Reader, period: ImportPeriod) -> int:
    """Returns how many reports are in a case although nobody decided their status."""
    return int(
        db.value(
            f"SELECT count(*) FROM queue q {_IMPORTED} JOIN case_report c ON c.report_id = q.report_id WHERE {_OPEN}",
            (period.since, period.until),
        )
    )


def count_standing(db: Reader, period: ImportPeriod, before: Sequence[str]) -> list[tuple[int, int, int, str]]:
    """Returns (status, reports, overdue, earliest import) of the reports without an outcome.

    `before` says for each band, A first, before which time of import a report is overdue.
    """
    late = " ".join(f"WHEN {band} THEN v.imported < ?" for band in range(len(before)))
    return [
        (status, reports, overdue, earliest)
        for status, reports, overdue, earliest in db.all(
            f"SELECT q.status, count(*), sum(CASE q.band {late} END), min(v.imported) FROM queue q {_IMPORTED}"
            f" WHERE {_WITHOUT_OUTCOME} GROUP BY q.status ORDER BY q.status",
            (*before, period.since, period.until),
        )
    ]


def list_overdue(db: Reader, before: Sequence[str], limit: int, offset: int) -> list[StandingRow]:
    """Returns the reports without an outcome that are overdue (see `count_standing`), highest band and earliest import first."""
    late = " OR ".join(f"(q.band = {band} AND v.imported < ?)" for band in range(len(before)))
    return [
        StandingRow(*row)
        for row in db.all(
            "SELECT r.number, q.band, v.imported, q.status, q.assignee, o.word FROM queue q"
            " JOIN report r ON r.id = q.report_id JOIN report_version v ON v.report_id = q.report_id AND v.n = 1"
            f" LEFT JOIN code o ON o.id = q.office WHERE {_WITHOUT_OUTCOME} AND ({late})"
            " ORDER BY q.band, v.imported, q.number_key LIMIT ? OFFSET ?",
            (*before, limit, offset),
        )
    ]


def list_present_stages(db: Reader) -> list[tuple[str, str, str | None]]:
    """Returns (stage, since, due) of the present stage of each case; `due` is a day or None."""
    return [
        (stage, since, due)
        for stage, since, due in db.all(
            "SELECT s.stage, s.since, s.due FROM case_stage s"
            " WHERE s.id = (SELECT max(id) FROM case_stage WHERE case_id = s.case_id)"
        )
    ]
