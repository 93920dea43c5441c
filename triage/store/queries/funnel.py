"""SQL of the funnel: how many reports reached each step, and which stand without an outcome."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triage.store.database import Reader
from triage.store.queries import encode_json_array

NEVER = "9"
"""Behind all stored times."""


@dataclass(frozen=True, slots=True)
class ImportPeriod:
    """The reports that were imported from `since` to before `until`, ISO 8601 in UTC; days in Pakistan begin there."""

    since: str = ""
    until: str = NEVER


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A report without an outcome. `status` and `band` are positions; `office` is a word."""

    number: str
    band: int
    imported: str
    status: int
    assignee: int | None
    office: str | None


def count_unjudged(db: Reader, period: ImportPeriod, missing: str, last: int) -> int:
    """Returns how many reports that are not in the queue were imported in the period.

    `missing` are the ids up to `last` that are not in the queue, as a JSON array: of waiting and of destroyed reports.
    """
    return int(
        db.value(
            "SELECT count(*) FROM report_version WHERE n = 1 AND imported >= ? AND imported < ?"
            " AND report_id IN (SELECT value FROM json_each(?) UNION ALL SELECT id FROM report WHERE id > ?)",
            (period.since, period.until, missing, last),
        )
    )


def list_reports_in_cases(db: Reader) -> list[tuple[int, bool]]:
    """Returns (report, whether the case has an officer) of all reports that are in a case."""
    return [
        (report_id, bool(has_officer))
        for report_id, has_officer in db.all(
            "SELECT c.report_id, f.officer IS NOT NULL FROM case_report c LEFT JOIN case_file f ON f.id = c.case_id"
        )
    ]


def load_first_import(db: Reader, report_id: int) -> str:
    """Returns when a report was imported first."""
    return str(db.value("SELECT imported FROM report_version WHERE report_id = ? AND n = 1", (report_id,)))


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


def count_furthest_stages(db: Reader, period: ImportPeriod, stages: Sequence[str]) -> dict[int, int]:
    """Returns the position of a stage among these -> the reports of the period whose case came as far as that stage."""
    return dict(
        db.all(
            "WITH came AS (SELECT s.case_id, max(t.key) AS far FROM case_stage s JOIN json_each(?) t ON t.value = s.stage"
            " GROUP BY s.case_id)"
            " SELECT a.far, count(*) FROM came a JOIN case_report c ON c.case_id = a.case_id JOIN report_version v"
            " ON v.report_id = c.report_id AND v.n = 1 AND v.imported >= ? AND v.imported < ? GROUP BY 1",
            (json.dumps(stages), period.since, period.until),
        )
    )


def count_outcomes(db: Reader, period: ImportPeriod) -> list[tuple[str, str | None, int]]:
    """Returns (status, reason, reports) by the last decision that stands, of the reports that have an outcome."""
    return [
        (status, reason, reports)
        for status, reason, reports in db.all(
            "SELECT status, nullif(reason, ''), sum(n) FROM outcome_count"
            " WHERE day >= coalesce((unixepoch(nullif(?, '')) + 18000) / 86400, day)"
            f" AND day < coalesce((unixepoch(nullif(?, '{NEVER}')) + 18000) / 86400, day + 1)"
            " GROUP BY status, reason HAVING sum(n) > 0 ORDER BY 3 DESC, 1, 2",
            (period.since, period.until),
        )
    ]


def load_standing(db: Reader, report_ids: Iterable[int]) -> dict[int, StandingRow]:
    """Returns report -> what is shown of it, of these reports without an outcome; in no order."""
    return {
        report_id: StandingRow(*row)
        for report_id, *row in db.all(
            "SELECT r.id, r.number, q.band, v.imported, q.status, q.assignee, o.word FROM json_each(?) i CROSS JOIN queue q"
            " ON q.report_id = i.value JOIN report r ON r.id = q.report_id JOIN report_version v ON v.report_id = q.report_id"
            " AND v.n = 1 LEFT JOIN code o ON o.id = q.office",
            (encode_json_array(report_ids),),
        )
    }


def count_present_stages(db: Reader, today: str) -> list[tuple[str, int, int, str]]:
    """Returns (stage, cases that stand there, those whose deadline was before this day, since when the first stands there).

    Withdrawn cases are left out, as they are in all lists.
    """
    return [
        (stage, n, late, since)
        for stage, n, late, since in db.all(
            "SELECT s.stage, count(*), sum(s.due IS NOT NULL AND s.due < ?), min(s.since) FROM case_stage s"
            " JOIN (SELECT max(id) AS last FROM case_stage GROUP BY case_id) l ON l.last = s.id"
            " WHERE s.case_id NOT IN (SELECT id FROM case_file WHERE withdrawn IS NOT NULL) GROUP BY s.stage",
            (today,),
        )
    ]
