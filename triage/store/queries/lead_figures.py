"""SQL of the figures for leads, beside what is counted from the queue's planes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.store.database import Reader

_LAST = "(SELECT d.status FROM decision d WHERE d.report_id = s.report_id AND d.undone = 0 ORDER BY d.id DESC LIMIT 1)"
ZONE = 5 * 3600  # seconds that Pakistan is ahead of UTC
DAY = 86400
WEEK = 7 * DAY


@dataclass(frozen=True, slots=True)
class OldestRow:
    """An open report of a band that was received first. Its time is in seconds since 1970."""

    number: str
    received: int
    assignee: int | None


@dataclass(frozen=True, slots=True)
class SampledWeek:
    """Completed sampled reports of some bands in a week, and those with one of the statuses of a hit."""

    week: str
    completed: int
    hits: int


def load_oldest(db: Reader, ids: Sequence[int]) -> dict[int, OldestRow]:
    """Returns id -> what is shown of these reports."""
    sql = (
        "SELECT q.report_id, r.number, q.received, q.assignee FROM queue q JOIN report r ON r.id = q.report_id"
        f" WHERE q.received IS NOT NULL AND q.report_id IN ({','.join('?' * len(ids))})"
    )
    return {report_id: OldestRow(number, received, assignee) for report_id, number, received, assignee in db.all(sql, tuple(ids))}


def list_case_receipts(db: Reader) -> list[tuple[int | None, int | None, int | None, int]]:
    """Returns (day of receipt in Pakistan, office, provider, reports) of the reports that are in a case."""
    return [
        (day, office, provider, n)
        for day, office, provider, n in db.all(
            f"SELECT (q.received + {ZONE}) / {DAY}, q.office, q.esp, count(*) FROM case_report c"
            " JOIN queue q ON q.report_id = c.report_id GROUP BY 1, 2, 3"
        )
    ]


def count_by_provider(db: Reader) -> list[tuple[int, int]]:
    """Returns (code of a provider or 0, reports), as triggers counted them."""
    return [(code, n) for code, n in db.all("SELECT provider, sum(n) FROM queue_provider_count GROUP BY 1 HAVING sum(n) > 0")]


def count_by_day(db: Reader, office: int | None) -> list[tuple[int | None, int | None, int]]:
    """Returns (day of receipt in Pakistan, band, reports), as triggers counted them.

    The day is None where it is not stated; the band is None of reports that have an outcome.
    """
    narrowed = "" if office is None else " WHERE office = ?"
    sql = f"SELECT nullif(day, -1), nullif(band, -1), sum(n) FROM queue_day_count{narrowed} GROUP BY day, band HAVING sum(n) > 0"
    return [(day, band, n) for day, band, n in db.all(sql, () if office is None else (office,))]


def list_due(db: Reader, begin: int, end: int) -> list[tuple[int, str]]:
    """Returns (code of what expires, reports) of the deadlines from `begin` to before `end`, the reports as ids with commas.

    One text holds all ids of a code, since a hundred thousand rows would take ten times as long to fetch.
    """
    return [
        (name, ids[1:-1])
        for name, ids in db.all(
            "SELECT c.id, (SELECT json_group_array(d.report_id) FROM deadline d INDEXED BY deadline_due"
            " WHERE d.name = c.id AND d.due >= ? AND d.due < ?) FROM code c WHERE c.kind = 'due_name' ORDER BY c.id",
            (begin, end),
        )
        if ids != "[]"
    ]


def count_finished(db: Reader, since: str) -> dict[int, int]:
    """Returns user -> reports that they gave an outcome since a time, by decisions that stand."""
    return dict(
        db.all(
            "SELECT user_id, count(DISTINCT report_id) FROM decision WHERE taken >= ? AND undone = 0 AND user_id > 0"
            " AND status IN ('closed', 'referred', 'case_opened') GROUP BY user_id",
            (since,),
        )
    )


def list_sampled_weeks(db: Reader, bands: Sequence[int], hits: Sequence[str]) -> list[SampledWeek]:
    """Returns the completed sampled reports that were drawn from these bands by week, the oldest week first."""
    found: dict[str, list[int]] = {}
    marks = ",".join(str(band) for band in bands)
    for week, status in db.all(f"SELECT s.week, {_LAST} FROM sample s WHERE s.band IN ({marks}) ORDER BY s.week"):
        if status in ("closed", "referred", "case_opened"):
            counts = found.setdefault(week, [0, 0])
            counts[0] += 1
            counts[1] += status in hits
    return [SampledWeek(week, completed, hit) for week, (completed, hit) in found.items()]
