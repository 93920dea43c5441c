"""SQL of counts for the statistics that no other subject needs."""

from __future__ import annotations

from dataclasses import dataclass

from triage.store.database import Reader


def count_repeated_files(db: Reader) -> int:
    """Returns how many files hold bytes that another file holds already."""
    files = "SELECT n FROM row_count WHERE name = 'files'"
    return int(db.value(f"SELECT ({files}) - (SELECT n FROM row_count WHERE name = 'media in files')"))


def count_media_matching_earlier(db: Reader) -> int:
    """Returns the number of media items that match one with a lower id.

    Matches of hub images that are held and not confirmed do not count.
    """
    held = "SELECT media_item_id FROM held_hash WHERE media_item_id IS NOT NULL AND outcome IS NOT 'confirmed'"
    return int(db.value(f"SELECT count(DISTINCT b) FROM media_match WHERE a NOT IN ({held}) AND b NOT IN ({held})"))


_LAST = "d.id = (SELECT max(id) FROM decision WHERE report_id = q.report_id AND undone = 0)"
_COMPLETED = "d.status IN ('closed', 'referred', 'case_opened')"


def list_completed_reports(db: Reader) -> list[tuple[int, int, str, str | None]]:
    """Returns (report, band, status, reason) of all completed reports, by the last decision that stands."""
    return [
        (report_id, band, status, reason)
        for report_id, band, status, reason in db.all(
            "SELECT q.report_id, q.band, d.status, d.reason FROM queue q JOIN decision d ON d.report_id = q.report_id"
            f" AND {_LAST} WHERE {_COMPLETED} ORDER BY q.report_id"
        )
    ]


def list_completed_at_the_top(db: Reader) -> list[tuple[int, str, str | None]]:
    """Returns (report, status, reason) of the completed reports of band A, by the last decision that stands."""
    return [
        (report_id, status, reason)
        for report_id, status, reason in db.all(
            "SELECT q.report_id, d.status, d.reason FROM queue q INDEXED BY queue_top CROSS JOIN decision d"
            f" ON {_LAST} WHERE q.band = 0 AND {_COMPLETED} ORDER BY q.report_id"
        )
    ]


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """What a statistic counts of one report without its documents. Times are seconds since 1970."""

    report_id: int
    received: int
    """Of the receipt, else of the import."""
    esp: str | None
    incident_type: str | None
    province: str | None
    in_pakistan: int | None
    status: int
    reason: str | None
    """Of the last decision that stands."""
    stage: str | None
    """Present stage of the case."""


def list_reports_of_period(db: Reader, begin: int, end: int, after: int, limit: int) -> list[PeriodRow]:
    """Returns the next reports behind an id that were received from `begin` until before `end`."""
    return [
        PeriodRow(*row)
        for row in db.all(
            "SELECT q.report_id, coalesce(q.received, unixepoch(v.imported)) AS at, e.word, t.word, p.word, q.in_pakistan,"
            " q.status,"
            " (SELECT d.reason FROM decision d WHERE d.report_id = q.report_id AND d.undone = 0 ORDER BY d.id DESC LIMIT 1),"
            " (SELECT s.stage FROM case_report c JOIN case_stage s ON s.case_id = c.case_id WHERE c.report_id = q.report_id"
            " ORDER BY s.id DESC LIMIT 1)"
            " FROM queue q JOIN report_version v ON v.report_id = q.report_id AND v.n = 1"
            " LEFT JOIN code e ON e.id = q.esp LEFT JOIN code t ON t.id = q.incident_type LEFT JOIN code p ON p.id = q.province"
            " WHERE q.report_id > ? AND at >= ? AND at < ? ORDER BY q.report_id LIMIT ?",
            (after, begin, end, limit),
        )
    ]


def count_unjudged(db: Reader) -> int:
    """Returns how many reports have no row in the queue yet."""
    judged = "SELECT coalesce(sum(n), 0) FROM queue_count"
    return int(db.value(f"SELECT n - ({judged}) FROM row_count WHERE name = 'reports'"))
