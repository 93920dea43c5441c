"""SQL of the figures for leads. The queue is read in slices of report ids, so that it can be stopped and says how far it is."""

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
class QueueGroup:
    """Reports of a slice of the queue that agree in these columns. `day` counts days in Pakistan since 1970; None: not stated."""

    band: int
    office: int | None
    open: bool
    day: int | None
    reports: int


@dataclass(frozen=True, slots=True)
class OldestRow:
    """The open report of a band that was received first, in a slice. Its time is in seconds since 1970."""

    band: int
    received: int
    report_id: int
    assignee: int | None


@dataclass(frozen=True, slots=True)
class SampledWeek:
    """Completed sampled reports of some bands in a week, and those with one of the statuses of a hit."""

    week: str
    completed: int
    hits: int


def load_last_report_id(db: Reader) -> int:
    """Returns the highest id in the queue, 0 without reports."""
    return int(db.value("SELECT coalesce(max(report_id), 0) FROM queue"))


def count_groups(db: Reader, after: int, upto: int) -> list[QueueGroup]:
    """Returns the reports with ids above `after` up to `upto`, by band, office, whether they are open, and day of receipt."""
    return [
        QueueGroup(band, office, bool(is_open), day, n)
        for band, office, is_open, day, n in db.all(
            f"SELECT band, office, {_OPEN}, (received + {ZONE}) / {DAY}, count(*) FROM queue"
            " WHERE report_id > ? AND report_id <= ? GROUP BY 1, 2, 3, 4",
            (after, upto),
        )
    ]


def count_by_assignee(db: Reader, after: int, upto: int) -> list[tuple[int | None, int]]:
    """Returns (assignee or None, open reports) of the same slice."""
    sql = f"SELECT assignee, count(*) FROM queue WHERE report_id > ? AND report_id <= ? AND {_OPEN} GROUP BY 1"
    return [(assignee, n) for assignee, n in db.all(sql, (after, upto))]


def count_by_provider(db: Reader, after: int, upto: int) -> list[tuple[int | None, int]]:
    """Returns (provider's code or None, reports) of the same slice."""
    sql = "SELECT esp, count(*) FROM queue WHERE report_id > ? AND report_id <= ? GROUP BY 1"
    return [(provider, n) for provider, n in db.all(sql, (after, upto))]


def list_oldest(db: Reader, after: int, upto: int, office: int | None) -> list[OldestRow]:
    """Returns the open report of each band that was received first, of the same slice, of one office if one is given."""
    narrowed = "" if office is None else " AND office = ?"
    return [
        OldestRow(band, received, report_id, assignee)
        for band, received, report_id, assignee in db.all(
            "SELECT band, min(received), report_id, assignee FROM queue"
            f" WHERE report_id > ? AND report_id <= ? AND received IS NOT NULL AND {_OPEN}{narrowed} GROUP BY band",
            (after, upto) if office is None else (after, upto, office),
        )
    ]


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
