"""SQL of the figures for leads, beside what is counted from the queue's planes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.model.funnel import WITHOUT_OUTCOME
from triage.model.views import STATUSES
from triage.store.database import Reader

_OPEN = f"status IN ({', '.join(str(STATUSES.index(status)) for status in WITHOUT_OUTCOME)})"
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


def count_due(db: Reader, begin: int, end: int, office: int | None) -> list[tuple[int, int, int]]:
    """Returns (week from `begin`, code of what expires, open reports) of the deadlines from `begin` to before `end`."""
    narrowed = "" if office is None else " AND q.office = ?"
    return [
        (week, name, n)
        for week, name, n in db.all(
            f"SELECT (d.due - ?) / {WEEK}, d.name, count(DISTINCT d.report_id) FROM deadline d JOIN queue q"
            f" ON q.report_id = d.report_id WHERE d.due >= ? AND d.due < ? AND q.{_OPEN}{narrowed} GROUP BY 1, 2 ORDER BY 1, 2",
            (begin, begin, end) if office is None else (begin, begin, end, office),
        )
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
